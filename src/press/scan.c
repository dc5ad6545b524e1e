#include "press/scan.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "article/paths.h"
#include "base/array.h"
#include "base/text.h"
#include "press/dates_text.h"
#include "store/folder.h"

/* A name that is in the folder, in the file table, in history, or in several of them. */
struct entry {
	char *name; /* owned */
	bool is_on_disk, is_in_table, is_old_folder;
	struct file_entry row; /* without its name */
};

struct frame {
	char *folder; /* owned; ends with "/" */
	bool is_listed, is_missing;
	struct entry *entries; /* sorted by name, each once */
	size_t count, capacity, at;
};

struct scan {
	struct frame *frames; /* a stack */
	size_t count, capacity;
};

struct scan *
scan_new(void)
{
	return calloc(1, sizeof(struct scan));
}

static void
frame_done(struct frame *frame)
{
	for (size_t i = 0; i < frame->count; i++)
		free(frame->entries[i].name);
	free(frame->entries);
	free(frame->folder);
}

void
scan_clear(struct scan *scan)
{
	while (scan->count > 0)
		frame_done(&scan->frames[--scan->count]);
}

void
scan_free(struct scan *scan)
{
	if (scan == NULL)
		return;
	scan_clear(scan);
	free(scan->frames);
	free(scan);
}

bool
scan_is_busy(const struct scan *scan)
{
	return scan->count > 0;
}

bool
scan_add(struct scan *scan, const char *folder)
{
	struct frame *frames =
	    array_room(scan->frames, scan->count, &scan->capacity, sizeof(*frames));
	if (frames == NULL)
		return false;
	scan->frames = frames;
	struct frame frame = {.folder = strdup(folder)};
	if (frame.folder == NULL)
		return false;
	scan->frames[scan->count++] = frame;
	return true;
}

bool
scan_concerns(const char *path)
{
	return paths_kind(path) != PATH_HIDDEN || strcmp(path, "/.gone") == 0 ||
	       dates_is_list(path);
}

/* Adds an entry, which takes a copy of len bytes of name. NULL if out of memory. */
static struct entry *
add_entry(struct frame *frame, const char *name, size_t len)
{
	struct entry *entries =
	    array_room(frame->entries, frame->count, &frame->capacity, sizeof(*entries));
	if (entries == NULL)
		return NULL;
	frame->entries = entries;
	struct entry *entry = &frame->entries[frame->count];
	*entry = (struct entry){.name = strndup(name, len)};
	if (entry->name == NULL)
		return NULL;
	frame->count++;
	return entry;
}

/* Writes the path of a name in the folder. False if it is too long to be looked at. */
static bool
join(const struct frame *frame, const char *name, char out[static SCAN_PATH_MAX])
{
	int len = snprintf(out, SCAN_PATH_MAX, "%s%s", frame->folder, name);

	return len > 0 && len < SCAN_PATH_MAX;
}

/* Adds what the folder holds. Temporary files that a crash left are removed on the way. */
static bool
list_disk(struct frame *frame, DIR *dir)
{
	char path[SCAN_PATH_MAX];
	struct dirent *found;

	/* cppcheck-suppress readdirCalled ; nobody else reads this stream */
	while ((found = readdir(dir)) != NULL) {
		folder_sweep(dirfd(dir), found->d_name);
		if (!join(frame, found->d_name, path) || !scan_concerns(path))
			continue;
		struct entry *entry = add_entry(frame, found->d_name, strlen(found->d_name));
		if (entry == NULL)
			return false;
		entry->is_on_disk = true;
	}
	return true;
}

/* Where an article has no date, there has to be a list of dates: it is missed if it is not there.
 */
static bool
list_table(struct frame *frame, struct edition_writer *edition)
{
	struct file_list list;
	bool ok = true, has_undated = false;

	if (!writer_list(edition, frame->folder, &list))
		return false;
	for (size_t i = 0; ok && i < list.count; i++) {
		const char *name = list.entries[i].name;
		struct entry *entry = add_entry(frame, name, strlen(name));
		ok = entry != NULL;
		if (!ok)
			break;
		entry->is_in_table = true;
		entry->row = list.entries[i];
		entry->row.name = NULL;
		has_undated |= entry->row.is_undated;
	}
	if (has_undated && text_starts(frame->folder, "/articles/"))
		ok = ok && add_entry(frame, DATES_NAME, strlen(DATES_NAME)) != NULL;
	file_list_free(&list);
	return ok;
}

static bool
list_history(struct frame *frame, struct history *history)
{
	struct strings names = {0};
	char path[SCAN_PATH_MAX];

	bool ok = history_list(history, frame->folder, &names, NULL);
	for (size_t i = 0; ok && i < names.count; i++) {
		size_t len = strcspn(names.items[i], "/");
		if (!join(frame, names.items[i], path) || !scan_concerns(path))
			continue;
		struct entry *entry = add_entry(frame, names.items[i], len);
		ok = entry != NULL;
		if (ok)
			entry->is_old_folder = names.items[i][len] == '/';
	}
	strings_free(&names);
	return ok;
}

static int
by_name(const void *a, const void *b)
{
	return strcmp(((const struct entry *)a)->name, ((const struct entry *)b)->name);
}

/* Sorts the entries and makes one of those with the same name. */
static void
merge(struct frame *frame)
{
	size_t kept = 0;

	if (frame->count > 0)
		qsort(frame->entries, frame->count, sizeof(*frame->entries), by_name);
	for (size_t i = 0; i < frame->count; i++) {
		struct entry *entry = &frame->entries[i];
		struct entry *last = kept == 0 ? NULL : &frame->entries[kept - 1];

		if (last == NULL || strcmp(last->name, entry->name) != 0) {
			frame->entries[kept++] = *entry;
			continue;
		}
		last->is_on_disk |= entry->is_on_disk;
		last->is_old_folder |= entry->is_old_folder;
		if (entry->is_in_table) {
			last->is_in_table = true;
			last->row = entry->row;
		}
		free(entry->name);
	}
	frame->count = kept;
}

enum opened { OPENED, OPENED_MISSING, OPENED_UNREADABLE, OPENED_FAILED };

/* A symbolic link is no folder, wherever it leads: it could lead round in circles. One that is
 * there but not for us to read is not missing: nothing in it is gone. */
static enum opened
open_folder(const char *folder, int root_fd, DIR **out)
{
	char path[SCAN_PATH_MAX + 2];
	struct stat st;
	int fd = -1;

	snprintf(path, sizeof(path), ".%.*s", (int)strlen(folder) - 1, folder);
	if (fstatat(root_fd, path, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return errno == ENOENT || errno == ENOTDIR ? OPENED_MISSING : OPENED_UNREADABLE;
	if (!S_ISDIR(st.st_mode))
		return OPENED_MISSING;
	switch (folder_open(root_fd, folder, &fd, &st)) {
	case FOLDER_DIRECTORY:
		*out = fdopendir(fd);
		if (*out != NULL)
			return OPENED;
		close(fd);
		return OPENED_FAILED;
	case FOLDER_FILE:
		close(fd);
		return OPENED_MISSING;
	case FOLDER_ABSENT:
		return OPENED_UNREADABLE;
	case FOLDER_FAILED:
		break;
	}
	return OPENED_FAILED;
}

/* Lists the folder (dir is NULL if it is missing), the file table and history. */
static bool
list_all(struct frame *frame, const struct scan_view *view, DIR *dir)
{
	if (dir != NULL && !list_disk(frame, dir))
		return false;
	if (!list_table(frame, view->edition))
		return false;
	if (view->history != NULL && !list_history(frame, view->history))
		return false;
	merge(frame);
	return true;
}

/* Watches the folder, then lists it: a change in between is seen twice, never missed. */
static enum scan_result
list(struct frame *frame, const struct scan_view *view, char out_path[static SCAN_PATH_MAX])
{
	DIR *dir = NULL;
	bool is_watched = true;
	int saved = 0;

	frame->is_listed = true;
	join(frame, "", out_path);
	switch (open_folder(frame->folder, view->root_fd, &dir)) {
	case OPENED:
		is_watched = watch_add(view->watch, frame->folder);
		saved = errno;
		break;
	case OPENED_MISSING:
		frame->is_missing = true;
		break;
	case OPENED_UNREADABLE:
		return SCAN_UNREADABLE;
	case OPENED_FAILED:
		return SCAN_FAILED;
	}
	bool ok = list_all(frame, view, dir);
	if (dir != NULL)
		closedir(dir);
	errno = saved;
	return !ok ? SCAN_FAILED : is_watched ? SCAN_NOTHING : SCAN_NO_WATCH;
}

static bool
is_as_it_was(const struct file_entry *row, const struct stat *st)
{
	return row->state != FILE_FOLDER && S_ISREG(st->st_mode) && row->size == st->st_size &&
	       row->mtime_ns == folder_time_ns(&st->st_mtim) &&
	       (uint64_t)row->inode == st->st_ino &&
	       (row->ctime_ns == 0 || row->ctime_ns == folder_time_ns(&st->st_ctim));
}

/* A folder below: walks into it, and tells of it if the table does not know it. */
static enum scan_result
enter(struct scan *scan, const char *path, bool is_known)
{
	char folder[SCAN_PATH_MAX + 1];

	snprintf(folder, sizeof(folder), "%s/", path);
	if (!scan_add(scan, folder))
		return SCAN_FAILED;
	return is_known ? SCAN_NOTHING : SCAN_LOOK;
}

static enum scan_result
look(struct scan *scan, const struct entry *entry, int root_fd, const char *path)
{
	struct stat st;
	bool was_folder = entry->is_in_table && entry->row.state == FILE_FOLDER;
	bool is_there =
	    entry->is_on_disk && fstatat(root_fd, path + 1, &st, AT_SYMLINK_NOFOLLOW) == 0;

	if (is_there && S_ISDIR(st.st_mode))
		return enter(scan, path, was_folder);
	/* What lay in a folder that is none any more goes first; leave() tells of it then. */
	if (was_folder || entry->is_old_folder)
		return enter(scan, path, true);
	if (is_there && entry->is_in_table && is_as_it_was(&entry->row, &st))
		return SCAN_NOTHING;
	return SCAN_LOOK;
}

/* The folder is done with; if it was missing, so is its row. */
static enum scan_result
leave(struct scan *scan, char out_path[static SCAN_PATH_MAX])
{
	struct frame frame = scan->frames[--scan->count];
	size_t len = strlen(frame.folder);
	bool has_row = frame.is_missing && len > 1;

	if (has_row) {
		memcpy(out_path, frame.folder, len - 1);
		out_path[len - 1] = '\0';
	}
	frame_done(&frame);
	return has_row ? SCAN_LOOK : SCAN_NOTHING;
}

enum scan_result
scan_next(struct scan *scan, const struct scan_view *view, char out_path[static SCAN_PATH_MAX])
{
	if (scan->count == 0)
		return SCAN_DONE;

	struct frame *frame = &scan->frames[scan->count - 1];
	if (!frame->is_listed)
		return list(frame, view, out_path);
	assert(frame->at <= frame->count);
	if (frame->at == frame->count)
		return leave(scan, out_path);

	/* look() may move the stack: nothing of the frame is used after it. */
	struct entry entry = frame->entries[frame->at++];
	if (!join(frame, entry.name, out_path))
		return SCAN_NOTHING;
	return look(scan, &entry, view->root_fd, out_path);
}
