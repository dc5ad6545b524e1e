#include "command/files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/io.h"

bool
file_exists(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0;
}

/* mkdir() for path[0..len), which may be there already. */
static bool
make_one(const char *path, size_t len, struct error *err)
{
	char *part = strndup(path, len);

	if (part == NULL)
		return error_set(err, "out of memory");
	bool ok = mkdir(part, 0755) == 0 || errno == EEXIST;
	if (!ok)
		error_set(err, "%s: %s", part, strerror(errno));
	free(part);
	return ok;
}

/* Makes a folder and those above it where they are missing. */
static bool
make_folders(const char *path, struct error *err)
{
	size_t len = strlen(path);

	for (size_t i = 1; i <= len; i++)
		if ((path[i] == '/' || path[i] == '\0') && path[i - 1] != '/' &&
		    !make_one(path, i, err))
			return false;
	return true;
}

/* Fills the temporary file, whatever the umask says about permissions. */
static bool
fill(int fd, const void *bytes, size_t len, mode_t permissions)
{
	return fchmod(fd, permissions) == 0 && io_write_all(fd, bytes, len) && fsync(fd) == 0;
}

static bool
sync_folder(const char *folder)
{
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = fd != -1 && fsync(fd) == 0;

	if (fd != -1)
		close(fd);
	return ok;
}

/* Gives the temporary file its name. A link, unlike a renaming, never replaces anything. */
static bool
give_name(const char *temporary, const char *path, enum file_mode mode)
{
	switch (mode) {
	case FILE_NEW:
		return link(temporary, path) == 0 && unlink(temporary) == 0;
	case FILE_REPLACE:
		return rename(temporary, path) == 0;
	}
	return false;
}

static bool
write_by_way_of(char *temporary, const char *folder, const char *path, const void *bytes,
    size_t len, mode_t permissions, enum file_mode mode)
{
	int fd = mkostemp(temporary, O_CLOEXEC);

	if (fd == -1)
		return false;
	bool ok = fill(fd, bytes, len, permissions);
	int trouble = errno;
	if (close(fd) != 0 && ok) {
		trouble = errno;
		ok = false;
	}
	if (ok) {
		ok = give_name(temporary, path, mode) && sync_folder(folder);
		trouble = errno;
	}
	if (!ok)
		unlink(temporary);
	errno = trouble;
	return ok;
}

bool
file_write(const char *path, const void *bytes, size_t len, mode_t permissions, enum file_mode mode,
    struct error *err)
{
	const char *slash = strrchr(path, '/');
	struct buffer folder = BUFFER_EMPTY, temporary = BUFFER_EMPTY;
	bool ok = false;

	buffer_append(
	    &folder, slash != NULL ? path : ".", slash != NULL ? (size_t)(slash - path) : 1);
	if (slash == path)
		buffer_putc(&folder, '/');
	buffer_printf(&temporary, "%s/.broadsheet-XXXXXX", buffer_text(&folder));
	if (folder.failed || temporary.failed)
		error_set(err, "%s: out of memory", path);
	else if (make_folders(folder.data, err)) {
		ok = write_by_way_of(
		    temporary.data, folder.data, path, bytes, len, permissions, mode);
		if (!ok)
			error_set(err, "%s: %s", path, strerror(errno));
	}
	buffer_free(&folder);
	buffer_free(&temporary);
	return ok;
}
