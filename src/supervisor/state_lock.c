#include "supervisor/state_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/buffer.h"
#include "supervisor/orphans.h"

/* The pid that the file at fd names, or 0. */
static long
holder_pid(int fd)
{
	char text[32];
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);

	if (len <= 0)
		return 0;
	text[len] = '\0';
	return strtol(text, NULL, 10);
}

static bool
write_pid(int fd, const char *path, struct error *err)
{
	char text[32];
	int len = snprintf(text, sizeof(text), "%ld\n", (long)getpid());

	if (ftruncate(fd, 0) == -1 || pwrite(fd, text, (size_t)len, 0) != len)
		return error_set(err, "%s: %s", path, strerror(errno));
	return true;
}

static bool
is_gone(long pid)
{
	return pid > 0 && kill((pid_t)pid, 0) == -1 && errno == ESRCH;
}

static bool
lock_file(int fd, const char *path, struct error *err)
{
	int waited_ms = 0;

	while (flock(fd, LOCK_EX | LOCK_NB) == -1) {
		if (errno != EWOULDBLOCK)
			return error_set(err, "%s: %s", path, strerror(errno));
		long pid = holder_pid(fd);
		if (!is_gone(pid) || !orphans_wait(&waited_ms))
			return error_set(err,
			    "%s is held by process %ld: is a server running already?", path, pid);
	}
	return write_pid(fd, path, err);
}

int
state_lock_take(const char *state, struct error *err)
{
	struct buffer path = BUFFER_EMPTY;
	int fd;

	buffer_printf(&path, "%s/lock", state);
	if (path.failed) {
		error_set(err, "out of memory");
		return -1;
	}
	fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1) {
		error_set(err, "%s: %s", path.data, strerror(errno));
	} else if (!lock_file(fd, path.data, err)) {
		close(fd);
		fd = -1;
	}
	buffer_free(&path);
	return fd;
}
