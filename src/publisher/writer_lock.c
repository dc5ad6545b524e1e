#include "publisher/writer_lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"

/* An open-file-description lock: SQLite's own (per process) locks cannot drop it by accident. */
static bool
wait_for_lock(int fd, const char *path)
{
	struct flock whole_file = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

	if (fcntl(fd, F_OFD_SETLK, &whole_file) == 0)
		return true;
	if (errno == EAGAIN)
		log_notice("waits for the publisher that has %s to end", path);
	while (fcntl(fd, F_OFD_SETLKW, &whole_file) == -1)
		if (errno != EINTR)
			return false;
	return true;
}

int
writer_lock_take(const char *state, struct error *err)
{
	struct buffer path = BUFFER_EMPTY;

	buffer_printf(&path, "%s/writer.lock", state);
	if (path.failed) {
		error_set(err, "out of memory");
		return -1;
	}
	int fd = open(path.data, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd == -1 || !wait_for_lock(fd, path.data)) {
		error_set(err, "%s: %s", path.data, strerror(errno));
		if (fd != -1)
			close(fd);
		fd = -1;
	}
	buffer_free(&path);
	return fd;
}
