#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

bool
io_write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, bytes, len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return false;
		bytes += n;
		len -= (size_t)n;
	}
	return true;
}

DIR *
io_open_listing(int folder_fd)
{
	int own_fd = openat(folder_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *listing = own_fd == -1 ? NULL : fdopendir(own_fd);

	if (listing == NULL && own_fd != -1) {
		int reason = errno;
		close(own_fd);
		errno = reason;
	}
	return listing;
}
