#include "publisher/newsroom.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"

#define WATCHED (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB)

bool
newsroom_open(struct newsroom *newsroom, const struct config *config, struct press *const *presses,
    struct error *err)
{
	*newsroom = (struct newsroom){.config = config, .watch_fd = -1};
	newsroom->desks = calloc(config->capsule_count, sizeof(struct desk *));
	newsroom->presses = calloc(config->capsule_count, sizeof(struct press *));
	if (newsroom->desks == NULL || newsroom->presses == NULL)
		return error_set(err, "out of memory");
	newsroom->people = people_open(config, err);
	if (newsroom->people == NULL)
		return false;
	for (size_t i = 0; i < config->capsule_count; i++) {
		const struct capsule_config *capsule = &config->capsules[i];
		newsroom->presses[i] = presses[i];
		newsroom->desks[i] = desk_open(config, capsule, presses[i], newsroom->people, err);
		if (newsroom->desks[i] == NULL)
			return error_prefix(err, "%s", capsule->host);
	}
	return true;
}

void
newsroom_close(struct newsroom *newsroom)
{
	for (size_t i = 0; newsroom->desks != NULL && i < newsroom->config->capsule_count; i++)
		desk_close(newsroom->desks[i]);
	free(newsroom->desks);
	free(newsroom->presses);
	if (newsroom->people != NULL)
		people_close(newsroom->people);
	if (newsroom->watch_fd != -1)
		close(newsroom->watch_fd);
	*newsroom = (struct newsroom){.config = newsroom->config, .watch_fd = -1};
}

static bool
share(struct newsroom *newsroom, size_t capsule)
{
	const char *host = newsroom->config->capsules[capsule].host;
	struct strings fingerprints = {0};
	struct error err;
	bool ok = people_fingerprints(newsroom->people, host, &fingerprints) ||
		  error_set(&err, "out of memory");

	ok = ok && press_put_editors(newsroom->presses[capsule], &fingerprints, &err);
	if (!ok)
		log_error("%s: editors: %s; trying again", host, err.text);
	strings_free(&fingerprints);
	return ok;
}

void
newsroom_share_people(struct newsroom *newsroom)
{
	unsigned changes = people_changes(newsroom->people);
	bool ok = true;

	if (newsroom->has_shared && newsroom->shared_changes == changes)
		return;
	for (size_t i = 0; i < newsroom->config->capsule_count; i++)
		ok = share(newsroom, i) && ok;
	newsroom->has_shared = ok;
	newsroom->shared_changes = changes;
}

static bool
watch(int fd, const char *state)
{
	struct buffer path = BUFFER_EMPTY;

	buffer_printf(&path, "%s/editors", state);
	bool ok = !path.failed && inotify_add_watch(fd, path.data, WATCHED) != -1;
	buffer_free(&path);
	return ok;
}

int
newsroom_watch(struct newsroom *newsroom)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd == -1 || !watch(fd, newsroom->config->server.state)) {
		log_notice(
		    "watching editors: %s; changes by hand count a little later", strerror(errno));
		if (fd != -1)
			close(fd);
		fd = -1;
	}
	newsroom->watch_fd = fd;
	return fd;
}

/* Which file an event is about does not matter. */
static void
forget_events(const struct newsroom *newsroom)
{
	char events[4096];

	while (newsroom->watch_fd != -1 && read(newsroom->watch_fd, events, sizeof(events)) > 0)
		continue;
}

void
newsroom_refresh(struct newsroom *newsroom)
{
	forget_events(newsroom);
	people_refresh(newsroom->people);
	newsroom_share_people(newsroom);
}
