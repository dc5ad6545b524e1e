#include "store/folder.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "article/paths.h"
#include "base/io.h"
#include "base/text.h"

#define OPEN_FLAGS   (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) /* a FIFO must not hold us up */
#define OPEN_RETRIES 8 /* a rename elsewhere makes RESOLVE_BENEATH say EAGAIN */
#define PATH_BYTES   FOLDER_PATH_MAX
#define LINKS_MAX    40          /* on the way to a file, as in the kernel */
#define READ_BYTES   (16 * 1024) /* at a time; more would be mapped and unmapped for every file */
#define AGE_NS       (100L * 1000 * 1000) /* some ticks of any clock */

/* Whether path is "/" or made of names only: no empty segment but a last one, no "." or "..". */
static bool
is_plain_path(const char *path)
{
	if (*path != '/')
		return false;
	while (*path == '/') {
		const char *name = path + 1;
		size_t len = strcspn(name, "/");

		path = name + len;
		if (len == 0 && *path == '/')
			return false;
		if ((len == 1 && name[0] == '.') || (len == 2 && memcmp(name, "..", 2) == 0))
			return false;
	}
	return true;
}

/* For kernels before 5.6: one segment at a time, following no symbolic link at all. */
static int
open_by_segment(int root_fd, const char *relative)
{
	int fd = fcntl(root_fd, F_DUPFD_CLOEXEC, 0);

	while (fd != -1 && *relative != '\0') {
		char name[256];
		size_t len = strcspn(relative, "/");
		int is_folder = relative[len] == '/' ? O_DIRECTORY : 0;
		int next = -1;

		if (len < sizeof(name)) {
			memcpy(name, relative, len);
			name[len] = '\0';
			next = openat(fd, name, OPEN_FLAGS | O_NOFOLLOW | is_folder);
		} else {
			errno = ENAMETOOLONG;
		}
		int saved = errno;
		close(fd);
		errno = saved;
		fd = next;
		relative += len;
		relative += strspn(relative, "/");
	}
	return fd;
}

static int
open_beneath(int root_fd, const char *path)
{
	static atomic_bool is_missing; /* the kernel has no openat2 */
	assert(path[0] == '/');
	const char *relative = path[1] == '\0' ? "." : path + 1;
	struct open_how how = {
	    .flags = OPEN_FLAGS, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
	long fd = -1;

	if (!is_missing) {
		for (int i = 0; i < OPEN_RETRIES; i++) {
			fd = syscall(SYS_openat2, root_fd, relative, &how, sizeof(how));
			if (fd != -1 || errno != EAGAIN)
				break;
		}
		if (fd != -1 || errno != ENOSYS)
			return (int)fd;
		is_missing = true;
	}
	return open_by_segment(root_fd, relative);
}

static enum folder_result
result_of_errno(int code)
{
	switch (code) {
	case EMFILE:
	case ENFILE:
	case ENOMEM:
	case EIO:
	case ESTALE:
		return FOLDER_FAILED;
	default:
		return FOLDER_ABSENT;
	}
}

enum folder_result
folder_open(int root_fd, const char *path, int *out_fd, struct stat *out_stat)
{
	struct stat st;

	if (!is_plain_path(path))
		return FOLDER_ABSENT;

	int fd = open_beneath(root_fd, path);
	if (fd == -1)
		return result_of_errno(errno);
	if (fstat(fd, &st) == -1) {
		int code = errno;
		close(fd);
		return result_of_errno(code);
	}
	if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode)) {
		close(fd);
		return FOLDER_ABSENT;
	}
	*out_fd = fd;
	*out_stat = st;
	return S_ISDIR(st.st_mode) ? FOLDER_DIRECTORY : FOLDER_FILE;
}

/* Follows the link that out names, if it is one: its target goes before what is left of the way. */
static bool
follow(int root_fd, char out[static PATH_BYTES], char rest[static PATH_BYTES], int *links)
{
	char target[PATH_BYTES], joined[PATH_BYTES];
	ssize_t len = readlinkat(root_fd, out + 1, target, sizeof(target));

	if (len == -1)
		return errno == EINVAL; /* no link */
	if (len == sizeof(target) || target[0] == '/' || ++*links > LINKS_MAX)
		return false;
	int all = snprintf(joined, sizeof(joined), "%.*s/%s", (int)len, target, rest);
	if (all < 0 || (size_t)all >= sizeof(joined))
		return false;
	memcpy(rest, joined, (size_t)all + 1);
	*strrchr(out, '/') = '\0';
	return true;
}

bool
folder_real_path(int root_fd, const char *path, char out[static FOLDER_PATH_MAX])
{
	char rest[PATH_BYTES];
	int links = 0;

	if (!is_plain_path(path) || strlen(path) >= sizeof(rest))
		return false;
	memcpy(rest, path, strlen(path) + 1);
	out[0] = '\0';
	while (rest[0] != '\0') {
		char name[PATH_BYTES];
		size_t len = strcspn(rest, "/");

		snprintf(name, sizeof(name), "%.*s", (int)len, rest);
		size_t gone = len + (rest[len] == '/');
		memmove(rest, rest + gone, strlen(rest + gone) + 1);
		if (len == 0 || strcmp(name, ".") == 0)
			continue;
		size_t used = strlen(out);
		if (strcmp(name, "..") == 0) {
			if (used == 0)
				return false;
			*strrchr(out, '/') = '\0';
			continue;
		}
		if (used + 1 + len >= PATH_BYTES)
			return false;
		snprintf(out + used, PATH_BYTES - used, "/%s", name);
		if (!follow(root_fd, out, rest, &links))
			return false;
	}
	return out[0] != '\0';
}

int64_t
folder_time_ns(const struct timespec *time)
{
	return (int64_t)((uint64_t)time->tv_sec * 1000000000 + (uint64_t)time->tv_nsec);
}

bool
folder_has_front_page(int root_fd)
{
	char path[sizeof("/index.gemini")];
	struct stat file;
	bool is_there = false;

	for (size_t i = 0; i < PATHS_INDEX_COUNT && !is_there; i++) {
		int fd = -1;

		snprintf(path, sizeof(path), "/%s", paths_index[i]);
		is_there = folder_open(root_fd, path, &fd, &file) == FOLDER_FILE;
		if (fd != -1)
			close(fd);
	}
	return is_there;
}

bool
folder_read_open(int fd, size_t max, struct buffer *out, struct error *err)
{
	size_t before = out->len;

	for (;;) {
		char *space = buffer_reserve(out, READ_BYTES);
		if (space == NULL)
			return error_set(err, "out of memory");
		ssize_t n = read(fd, space, READ_BYTES);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return error_set(err, "cannot be read: %s", strerror(errno));
		if (n == 0)
			return true;
		buffer_grow(out, (size_t)n);
		if (out->len - before > max)
			return error_set(err, "is larger than %zu bytes", max);
	}
}

bool
folder_read(int root_fd, const char *path, size_t max, struct buffer *out, struct error *err)
{
	struct stat st;
	int fd = -1;

	switch (folder_open(root_fd, path, &fd, &st)) {
	case FOLDER_FILE:
		break;
	case FOLDER_DIRECTORY:
		close(fd);
		return error_set(err, "%s: is a folder, a file was expected", path);
	case FOLDER_ABSENT:
		return error_set(err, "%s: no such file, or not readable", path);
	case FOLDER_FAILED:
		return error_set(err, "%s: %s", path, strerror(errno));
	}
	bool ok = folder_read_open(fd, max, out, err);
	close(fd);
	return ok || error_prefix(err, "%s", path);
}

/* Opens the folder named by path[0..len), which ends before a "/"; makes it if it is missing. */
static int
open_or_make(int root_fd, const char *path, size_t len, struct error *err)
{
	char name[PATH_BYTES];
	struct stat st;
	int fd = -1;

	assert(path[0] == '/' && path[len] == '/' && len < sizeof(name));
	snprintf(name, sizeof(name), "%.*s", len == 0 ? 1 : (int)len, len == 0 ? "/" : path);
	enum folder_result found = folder_open(root_fd, name, &fd, &st);
	if (found == FOLDER_DIRECTORY)
		return fd;
	if (found == FOLDER_FILE)
		close(fd);
	if (found != FOLDER_ABSENT || len == 0) {
		error_set(err, "%s: is not a folder that can be opened", name);
		return -1;
	}

	size_t parent_len = (size_t)(strrchr(name, '/') - name);
	assert(parent_len < len); /* so that it comes to an end */
	int parent_fd = open_or_make(root_fd, path, parent_len, err);
	if (parent_fd == -1)
		return -1;
	if (mkdirat(parent_fd, name + parent_len + 1, 0755) == -1 || fsync(parent_fd) == -1)
		error_set(err, "making %s: %s", name, strerror(errno));
	else if (folder_open(root_fd, name, &fd, &st) != FOLDER_DIRECTORY)
		error_set(err, "%s: cannot be opened after it was made", name);
	close(parent_fd);
	return fd;
}

/* Puts the time of change a moment back, see folder.h; failing at that is no loss either. */
static void
age(int fd)
{
	struct stat st;
	struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}};

	if (fstat(fd, &st) == -1)
		return;
	times[1] = st.st_mtim;
	times[1].tv_nsec -= AGE_NS;
	if (times[1].tv_nsec < 0) {
		times[1].tv_sec--;
		times[1].tv_nsec += 1000000000;
	}
	assert(times[1].tv_nsec >= 0);
	(void)!futimens(fd, times);
}

/* --- temporary files --- */

#define TEMPORARY       ".broadsheet-"
#define TEMPORARY_TRIES 100

/* A file system without locks has no sweepers either: they could not lock the file. */
static void
lock(int fd)
{
	while (flock(fd, LOCK_EX) == -1 && errno == EINTR)
		;
}

int
folder_open_temporary(int folder_fd, mode_t mode, char out_name[static FOLDER_TEMPORARY_MAX])
{
	static atomic_uint counter;
	struct stat st;

	for (int i = 0; i < TEMPORARY_TRIES; i++) {
		snprintf(
		    out_name, FOLDER_TEMPORARY_MAX, TEMPORARY "%ld-%u", (long)getpid(), counter++);
		int fd = openat(folder_fd, out_name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
		if (fd == -1 && errno == EEXIST) /* of a dead process that had our number */
			continue;
		if (fd == -1)
			return -1;
		lock(fd);
		if (fstat(fd, &st) == 0 && st.st_nlink > 0)
			return fd;
		close(fd); /* swept before it was locked */
	}
	errno = EEXIST;
	return -1;
}

/* Whether it is a name that folder_open_temporary() makes. */
static bool
is_temporary(const char *name)
{
	static const char digits[] = "0123456789";

	if (!text_starts(name, TEMPORARY))
		return false;
	name += strlen(TEMPORARY);
	size_t pid_len = strspn(name, digits);
	if (pid_len == 0 || name[pid_len] != '-')
		return false;
	name += pid_len + 1;
	return *name != '\0' && name[strspn(name, digits)] == '\0';
}

void
folder_sweep(int folder_fd, const char *name)
{
	struct stat st;

	if (!is_temporary(name))
		return;
	int fd = openat(folder_fd, name, OPEN_FLAGS | O_NOFOLLOW);
	if (fd == -1)
		return;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && flock(fd, LOCK_EX | LOCK_NB) == 0)
		unlinkat(folder_fd, name, 0);
	close(fd);
}

/* --- writing --- */

static int
open_former(int folder_fd, const char *name)
{
	return openat(folder_fd, name, OPEN_FLAGS | O_NOFOLLOW);
}

/* Gives the temporary file its name, and opens what had that name up to then, which may have that
 * of the temporary file now. Between a look and a
 * rename somebody else may rename: what is replaced is known for sure only if both are exchanged.
 */
static bool
take_name(int folder_fd, const char *temporary, const char *name, int *out_former_fd)
{
	if (renameat2(folder_fd, temporary, folder_fd, name, RENAME_EXCHANGE) == 0) {
		*out_former_fd = open_former(folder_fd, temporary);
		return true;
	}
	/* Nothing is there, or the file system cannot do it. */
	int former_fd = open_former(folder_fd, name);
	if (renameat(folder_fd, temporary, folder_fd, name) == 0) {
		*out_former_fd = former_fd;
		return true;
	}
	int saved = errno;
	if (former_fd != -1)
		close(former_fd);
	errno = saved;
	return false;
}

/* Writes name in the folder through a temporary file; mode is that of a new one. Sets errno on
 * failure. */
static bool
replace_in(
    int folder_fd, const char *name, const void *bytes, size_t len, mode_t mode, int *out_former_fd)
{
	char temporary[FOLDER_TEMPORARY_MAX];
	struct stat st;
	int former_fd = -1;

	assert(name[0] != '\0' && strchr(name, '/') == NULL);
	bool is_there = fstatat(folder_fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0;
	if (is_there && S_ISDIR(st.st_mode)) {
		errno = EISDIR;
		return false;
	}
	int fd = folder_open_temporary(folder_fd, mode, temporary);
	if (fd == -1)
		return false;

	/* A file that is replaced keeps its permissions; failing at that is no loss. */
	if (is_there && S_ISREG(st.st_mode))
		(void)!fchmod(fd, st.st_mode & 07777);
	bool ok = io_write_all(fd, bytes, len);
	if (ok)
		age(fd);
	ok = ok && fsync(fd) == 0 && take_name(folder_fd, temporary, name, &former_fd) &&
	     fsync(folder_fd) == 0;
	int saved = errno;
	unlinkat(folder_fd, temporary, 0);
	close(fd);
	if (ok)
		*out_former_fd = former_fd;
	else if (former_fd != -1)
		close(former_fd);
	errno = saved;
	return ok;
}

static bool
write_file(int root_fd, const char *path, const void *bytes, size_t len, mode_t mode,
    int *out_former_fd, struct error *err)
{
	if (!is_plain_path(path) || text_ends(path, "/") || strlen(path) >= PATH_BYTES)
		return error_set(err, "%s: is not the path of a file", path);

	const char *name = strrchr(path, '/') + 1;
	int folder_fd = open_or_make(root_fd, path, (size_t)(name - 1 - path), err);
	if (folder_fd == -1)
		return false;
	bool ok = replace_in(folder_fd, name, bytes, len, mode, out_former_fd) ||
		  error_set(err, "writing %s: %s", path, strerror(errno));
	close(folder_fd);
	return ok;
}

static bool
write_over(
    int root_fd, const char *path, const void *bytes, size_t len, mode_t mode, struct error *err)
{
	int former_fd = -1;

	if (!write_file(root_fd, path, bytes, len, mode, &former_fd, err))
		return false;
	if (former_fd != -1)
		close(former_fd);
	return true;
}

bool
folder_write(int root_fd, const char *path, const void *bytes, size_t len, struct error *err)
{
	return write_over(root_fd, path, bytes, len, 0644, err);
}

bool
folder_replace(int root_fd, const char *path, const void *bytes, size_t len, int *out_former_fd,
    struct error *err)
{
	return write_file(root_fd, path, bytes, len, 0644, out_former_fd, err);
}

bool
folder_write_private(
    int root_fd, const char *path, const void *bytes, size_t len, struct error *err)
{
	return write_over(root_fd, path, bytes, len, 0600, err);
}

bool
folder_remove(int root_fd, const char *path, struct error *err)
{
	char folder[PATH_BYTES];
	struct stat st;
	int fd = -1;

	if (!is_plain_path(path) || text_ends(path, "/") || strlen(path) >= PATH_BYTES)
		return error_set(err, "%s: is not the path of a file", path);

	const char *name = strrchr(path, '/') + 1;
	snprintf(folder, sizeof(folder), "%.*s", (int)(name - path), path);
	switch (folder_open(root_fd, folder, &fd, &st)) {
	case FOLDER_DIRECTORY:
		break;
	case FOLDER_FILE:
		close(fd);
		return true;
	case FOLDER_ABSENT:
		return true;
	case FOLDER_FAILED:
		return error_set(err, "removing %s: %s", path, strerror(errno));
	}
	bool ok = (unlinkat(fd, name, 0) == 0 && fsync(fd) == 0) || errno == ENOENT ||
		  error_set(err, "removing %s: %s", path, strerror(errno));
	close(fd);
	return ok;
}
