/*
 * folder - files below a capsule root: no path leaves it, and writes are durable.
 * (openat2 with RESOLVE_BENEATH; where the kernel lacks it, one segment at a time.)
 */
#ifndef STORE_FOLDER_H
#define STORE_FOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/error.h"

enum folder_result {
	FOLDER_FILE,      /* *out_fd is open for reading, *out_stat filled */
	FOLDER_DIRECTORY, /* *out_fd is the open directory */
	FOLDER_ABSENT,    /* nothing that may be served: missing, unreadable, not a regular file,
			   * leaving the root by a symbolic link, a name too long */
	FOLDER_FAILED,    /* no descriptor or memory, or a disk error: say 40 */
};

/* Opens a decoded path ("/images/a.png"; "/" is the root) below root_fd. Never blocks on a FIFO. */
enum folder_result folder_open(int root_fd, const char *path, int *out_fd, struct stat *out_stat);

#define FOLDER_PATH_MAX 4096 /* bytes, with the final NUL */
/* Writes where a decoded path really lies below the root: without symbolic links on its way, by the
 * rules of folder_open(). False if it leads nowhere, or out of the root, or is too long. */
bool folder_real_path(int root_fd, const char *path, char out[static FOLDER_PATH_MAX]);

/* A stamp of a file in nanoseconds. A file may bear any date: one beyond the year 2262 wraps round,
 * and still tells a change. */
int64_t folder_time_ns(const struct timespec *time);

/* Whether the root has a front page of its own: one of paths_index[]. */
bool folder_has_front_page(int root_fd);

/* Reads a whole file of at most max bytes. False with the reason. */
bool folder_read(int root_fd, const char *path, size_t max, struct buffer *out, struct error *err);

/* The same of a file that is open, from where it stands; the reason does not name the file. */
bool folder_read_open(int fd, size_t max, struct buffer *out, struct error *err);

/* Replaces a file whole and durably: temporary dot file beside it, fsync, rename, fsync of the
 * folder; makes missing folders. On failure nothing has changed. Its time of change is a moment
 * ago: whatever changes it from now on shows, even within the same tick of the clock. */
bool folder_write(int root_fd, const char *path, const void *bytes, size_t len, struct error *err);
/* The same for what nobody else may read (0600). */
bool folder_write_private(
    int root_fd, const char *path, const void *bytes, size_t len, struct error *err);

/* The same, and *out_former_fd is the caller's to read what was replaced, as it was at that very
 * moment: somebody may have changed it after it was looked at. -1: no file was there. */
bool folder_replace(int root_fd, const char *path, const void *bytes, size_t len,
    int *out_former_fd, struct error *err);

/* Removes a file durably; one that is not there is no failure. */
bool folder_remove(int root_fd, const char *path, struct error *err);

/* Such a temporary file is locked (flock) while its writer lives, whichever process that is. */
#define FOLDER_TEMPORARY_MAX 64 /* bytes of its name, with its NUL */

/* Makes an empty temporary file in the folder, with that mode, and writes its name. The descriptor
 * is the caller's, open for writing: until it is closed, nobody sweeps the file. -1 with errno. */
int folder_open_temporary(int folder_fd, mode_t mode, char out_name[static FOLDER_TEMPORARY_MAX]);

/* Removes name in the folder if it is a temporary file that a crash left: its writer is dead. All
 * else stays. */
void folder_sweep(int folder_fd, const char *name);

#endif
