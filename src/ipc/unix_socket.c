#include "ipc/unix_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 4096

/* An address for path. A path too long for it goes by way of its folder, which *out_folder_fd
 * keeps open (-1 if that is not needed). False with errno set. */
static bool
address_of(const char *path, struct sockaddr_un *out, int *out_folder_fd)
{
	const char *name = strrchr(path, '/');
	char folder[4096];

	*out = (struct sockaddr_un){.sun_family = AF_UNIX};
	*out_folder_fd = -1;
	if (strlen(path) < sizeof(out->sun_path)) {
		memcpy(out->sun_path, path, strlen(path));
		return true;
	}
	errno = ENAMETOOLONG;
	if (name == NULL || (size_t)(name - path) >= sizeof(folder))
		return false;
	memcpy(folder, path, (size_t)(name - path));
	folder[name - path] = '\0';
	*out_folder_fd = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*out_folder_fd == -1)
		return false;
	int len = snprintf(
	    out->sun_path, sizeof(out->sun_path), "/proc/self/fd/%d%s", *out_folder_fd, name);
	if ((size_t)len < sizeof(out->sun_path))
		return true;
	close(*out_folder_fd);
	*out_folder_fd = -1;
	errno = ENAMETOOLONG;
	return false;
}

/* Closes fd, unless it is -1, and leaves errno as it is. */
static void
close_quietly(int fd)
{
	int saved = errno;

	if (fd != -1)
		close(fd);
	errno = saved;
}

static int
connect_flags(const char *path, int type)
{
	struct sockaddr_un address;
	int folder_fd, fd;

	if (!address_of(path, &address, &folder_fd))
		return -1;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC, 0);
	if (fd != -1 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == -1) {
		close_quietly(fd);
		fd = -1;
	}
	close_quietly(folder_fd);
	return fd;
}

int
unix_socket_connect(const char *path, int type)
{
	return connect_flags(path, type);
}

/* Removes a socket that nobody listens on. */
static bool
make_way(const char *path, int type, struct error *err)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		return errno == ENOENT || error_set(err, "%s: %s", path, strerror(errno));
	if (!S_ISSOCK(st.st_mode))
		return error_set(
		    err, "%s: there is a file of that name, and it is no socket", path);
	int fd = connect_flags(path, type | SOCK_NONBLOCK);
	bool is_living = fd != -1 || errno != ECONNREFUSED;
	close_quietly(fd);
	if (is_living)
		return error_set(
		    err, "%s: %s: is another server running?", path, strerror(EADDRINUSE));
	if (unlink(path) == -1)
		return error_set(err, "%s: %s", path, strerror(errno));
	return true;
}

/* The mode is set before the name appears, so that nobody slips in between, and again after it,
 * as the first way heeds the umask. */
static bool
bind_and_listen(int fd, const char *path, mode_t mode)
{
	struct sockaddr_un address;
	int folder_fd;

	if (!address_of(path, &address, &folder_fd))
		return false;
	bool ok = fchmod(fd, mode) == 0 &&
		  bind(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
		  chmod(path, mode) == 0 && listen(fd, BACKLOG) == 0;
	close_quietly(folder_fd);
	return ok;
}

int
unix_socket_listen(const char *path, int type, mode_t mode, struct error *err)
{
	if (!make_way(path, type, err))
		return -1;
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1 || !bind_and_listen(fd, path, mode)) {
		error_set(err, "%s: %s", path, strerror(errno));
		close_quietly(fd);
		return -1;
	}
	return fd;
}
