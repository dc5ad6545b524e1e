#include "people/invitations.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "config/values.h"
#include "store/folder.h"

#define PATH_LEN (sizeof("invitations/") - 1 + INVITATION_HASH_LEN)

/* What messages call the file; from the "/" on it is the path in the folder. */
static const char *
name_file(const char *hash, char file[static PATH_LEN + 1])
{
	snprintf(file, PATH_LEN + 1, "invitations/%s", hash);
	return strchr(file, '/');
}

enum invitations_result
invitations_read(int folder_fd, const char *hash, struct invitation *out, struct error *err)
{
	char file[PATH_LEN + 1];
	const char *path = name_file(hash, file);
	struct buffer bytes = BUFFER_EMPTY;
	enum invitations_result result = INVITATIONS_FAILED;

	if (faccessat(folder_fd, hash, F_OK, 0) == -1 && errno == ENOENT)
		return INVITATIONS_ABSENT;
	if (folder_read(folder_fd, path, STATE_FILE_MAX, &bytes, err) &&
	    invitation_read(file, buffer_text(&bytes), bytes.len, out, err) == STATE_FILE_OK)
		result = INVITATIONS_FOUND;
	buffer_free(&bytes);
	return result;
}

bool
invitations_write(
    int folder_fd, const char *hash, const struct invitation *invitation, struct error *err)
{
	char file[PATH_LEN + 1];
	const char *path = name_file(hash, file);
	struct buffer bytes = BUFFER_EMPTY;

	invitation_write(invitation, &bytes);
	bool ok = bytes.failed
		      ? error_set(err, "out of memory")
		      : folder_write_private(folder_fd, path, buffer_text(&bytes), bytes.len, err);
	buffer_free(&bytes);
	return ok;
}

bool
invitations_drop(int folder_fd, const char *hash, struct error *err)
{
	if (unlinkat(folder_fd, hash, 0) == -1)
		return errno == ENOENT ||
		       error_set(err, "invitations/%s: %s", hash, strerror(errno));
	return fsync(folder_fd) == 0 || error_set(err, "invitations: %s", strerror(errno));
}

static bool
is_hash(const char *name)
{
	char hash[INVITATION_HASH_LEN + 1];

	return value_fingerprint(name, hash) && strcmp(name, hash) == 0;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool
invitations_list(int folder_fd, struct strings *out, struct error *err)
{
	DIR *listing = io_open_listing(folder_fd);
	struct dirent *entry;
	bool ok = true;

	if (listing == NULL)
		return error_set(err, "invitations: %s", strerror(errno));
	while (ok && (entry = readdir(listing)) != NULL)
		ok = !is_hash(entry->d_name) || strings_add(out, entry->d_name);
	closedir(listing);
	if (!ok)
		return error_set(err, "out of memory");
	if (out->count > 1)
		qsort(out->items, out->count, sizeof(out->items[0]), compare_names);
	return true;
}
