#include "publisher/desks.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"

#define WATCHED (IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_ATTRIB)

bool
desks_open(struct desks *desks, const struct config *config, struct press *const *presses,
    struct error *err)
{
	*desks = (struct desks){.config = config, .watch_fd = -1};
	desks->desks = calloc(config->capsule_count, sizeof(struct desk *));
	desks->presses = calloc(config->capsule_count, sizeof(struct press *));
	if (desks->desks == NULL || desks->presses == NULL)
		return error_set(err, "out of memory");
	desks->people = people_open(config, err);
	if (desks->people == NULL)
		return false;
	for (size_t i = 0; i < config->capsule_count; i++) {
		const struct capsule_config *capsule = &config->capsules[i];
		desks->presses[i] = presses[i];
		desks->desks[i] = desk_open(config, capsule, presses[i], desks->people, err);
		if (desks->desks[i] == NULL)
			return error_prefix(err, "%s", capsule->host);
	}
	return true;
}

void
desks_close(struct desks *desks)
{
	for (size_t i = 0; desks->desks != NULL && i < desks->config->capsule_count; i++)
		desk_close(desks->desks[i]);
	free(desks->desks);
	free(desks->presses);
	if (desks->people != NULL)
		people_close(desks->people);
	if (desks->watch_fd != -1)
		close(desks->watch_fd);
	*desks = (struct desks){.config = desks->config, .watch_fd = -1};
}

static bool
share(struct desks *desks, size_t capsule)
{
	const char *host = desks->config->capsules[capsule].host;
	struct strings fingerprints = {0};
	struct error err;
	bool ok = people_fingerprints(desks->people, host, &fingerprints) ||
		  error_set(&err, "out of memory");

	ok = ok && press_put_editors(desks->presses[capsule], &fingerprints, &err);
	if (!ok)
		log_error("%s: editors: %s; trying again", host, err.text);
	strings_free(&fingerprints);
	return ok;
}

void
desks_share_people(struct desks *desks)
{
	unsigned changes = people_changes(desks->people);
	bool ok = true;

	if (desks->has_shared && desks->shared_changes == changes)
		return;
	for (size_t i = 0; i < desks->config->capsule_count; i++)
		ok = share(desks, i) && ok;
	desks->has_shared = ok;
	desks->shared_changes = changes;
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
desks_watch(struct desks *desks)
{
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	if (fd == -1 || !watch(fd, desks->config->server.state)) {
		log_notice(
		    "watching editors: %s; changes by hand count a little later", strerror(errno));
		if (fd != -1)
			close(fd);
		fd = -1;
	}
	desks->watch_fd = fd;
	return fd;
}

/* Which file an event is about does not matter. */
static void
forget_events(const struct desks *desks)
{
	char events[4096];

	while (desks->watch_fd != -1 && read(desks->watch_fd, events, sizeof(events)) > 0)
		continue;
}

void
desks_refresh(struct desks *desks)
{
	forget_events(desks);
	people_refresh(desks->people);
	desks_share_people(desks);
}
