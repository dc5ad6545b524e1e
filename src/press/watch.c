#include "press/watch.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define EVENTS                                                                                     \
	(IN_CLOSE_WRITE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_CREATE | IN_ATTRIB |        \
	    IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR)
#define BUFFER_BYTES (64 * 1024)
#define READS_MAX    64 /* buffers at a time; the rest waits for the next call */

struct watch {
	const char *root;
	int fd;
	char **folders; /* by watch descriptor; owned, NULL where there is none */
	size_t count;
};

struct watch *
watch_open(const char *root, struct error *err)
{
	struct watch *watch = calloc(1, sizeof(*watch));

	if (watch == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	watch->root = root;
	watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (watch->fd == -1) {
		error_set(err, "watching %s: %s", root, strerror(errno));
		free(watch);
		return NULL;
	}
	return watch;
}

void
watch_close(struct watch *watch)
{
	if (watch == NULL)
		return;
	for (size_t i = 0; i < watch->count; i++)
		free(watch->folders[i]);
	free(watch->folders);
	close(watch->fd);
	free(watch);
}

int
watch_fd(const struct watch *watch)
{
	return watch->fd;
}

/* Remembers which folder a descriptor stands for. */
static bool
remember(struct watch *watch, int descriptor, const char *folder)
{
	size_t at = (size_t)descriptor;

	assert(descriptor >= 0);
	if (at >= watch->count) {
		size_t count = (at + 1) * 2;
		char **grown = realloc(watch->folders, count * sizeof(*grown));
		if (grown == NULL)
			return false;
		memset(grown + watch->count, 0, (count - watch->count) * sizeof(*grown));
		watch->folders = grown;
		watch->count = count;
	}
	if (watch->folders[at] != NULL && strcmp(watch->folders[at], folder) == 0)
		return true;
	char *copy = strdup(folder);
	if (copy == NULL)
		return false;
	free(watch->folders[at]);
	watch->folders[at] = copy;
	return true;
}

bool
watch_add(struct watch *watch, const char *folder)
{
	char path[PATH_MAX];
	bool is_root = strcmp(folder, "/") == 0;

	int len = snprintf(path, sizeof(path), "%s%s", watch->root, folder);
	if (len <= 0 || (size_t)len >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return false;
	}
	path[len - 1] = '\0'; /* a final "/" would follow a symbolic link */
	int descriptor =
	    inotify_add_watch(watch->fd, path, EVENTS | (is_root ? 0 : IN_DONT_FOLLOW));
	if (descriptor == -1)
		return false;
	if (remember(watch, descriptor, folder))
		return true;
	inotify_rm_watch(watch->fd, descriptor);
	errno = ENOMEM;
	return false;
}

/* Lets go of a folder that has left its place, and of those below: a watch follows the folder
 * wherever it goes, and would go on telling its old name. */
static void
forget(struct watch *watch, const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < watch->count; i++) {
		const char *folder = watch->folders[i];
		if (folder == NULL || strncmp(folder, path, len) != 0 || folder[len] != '/')
			continue;
		inotify_rm_watch(watch->fd, (int)i);
		free(watch->folders[i]);
		watch->folders[i] = NULL;
	}
}

static void
tell_folder(
    struct watch *watch, const char *path, uint32_t mask, watch_handler handler, void *context)
{
	if ((mask & (IN_MOVED_FROM | IN_DELETE)) != 0)
		forget(watch, path);
	if ((mask & (IN_MOVED_FROM | IN_DELETE | IN_MOVED_TO | IN_CREATE | IN_ATTRIB)) != 0)
		handler(context, WATCH_FOLDER, path);
}

static void
tell(struct watch *watch, const struct inotify_event *event, watch_handler handler, void *context)
{
	char path[PATH_MAX + NAME_MAX];

	if ((event->mask & IN_Q_OVERFLOW) != 0) {
		handler(context, WATCH_OVERFLOW, "/");
		return;
	}
	if (event->wd < 0 || (size_t)event->wd >= watch->count || watch->folders[event->wd] == NULL)
		return; /* of a folder we have let go of */

	const char *folder = watch->folders[event->wd];
	if ((event->mask & (IN_DELETE_SELF | IN_MOVE_SELF)) != 0 && strcmp(folder, "/") == 0)
		handler(context, WATCH_ROOT, "/");
	if ((event->mask & IN_IGNORED) != 0) {
		free(watch->folders[event->wd]);
		watch->folders[event->wd] = NULL;
		return;
	}
	if (event->len == 0)
		return; /* of the folder itself: the folder above tells as well */
	snprintf(path, sizeof(path), "%s%s", folder, event->name);
	if ((event->mask & IN_ISDIR) != 0)
		tell_folder(watch, path, event->mask, handler, context);
	else
		handler(
		    context, (event->mask & IN_CREATE) != 0 ? WATCH_NEW_FILE : WATCH_FILE, path);
}

void
watch_read(struct watch *watch, watch_handler handler, void *context)
{
	_Alignas(struct inotify_event) char buffer[BUFFER_BYTES];

	for (int i = 0; i < READS_MAX; i++) {
		ssize_t n = read(watch->fd, buffer, sizeof(buffer));
		if (n <= 0)
			return; /* nothing more, or interrupted: the next poll will tell */
		for (ssize_t at = 0; at < n;) {
			const struct inotify_event *event = (const void *)(buffer + at);
			tell(watch, event, handler, context);
			at += (ssize_t)(sizeof(*event) + event->len);
		}
	}
}
