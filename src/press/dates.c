#include "press/dates.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/log.h"
#include "press/works.h"
#include "store/file_table.h"
#include "store/folder.h"

#define DATES_BYTES_MAX ((size_t)256 * 1024 * 1024)

/* --- the list of one folder, in memory --- */

static void
forget(struct dates *dates)
{
	for (size_t i = 0; i < dates->count; i++)
		free(dates->entries[i].name);
	free(dates->entries);
	free(dates->list);
	buffer_free(&dates->added);
	*dates = (struct dates){.written = dates->written, .bad_list = dates->bad_list};
}

void
dates_close(struct press *press)
{
	forget(&press->dates);
	strings_free(&press->dates.written);
	free(press->dates.bad_list);
}

static int
by_name_and_line(const void *a, const void *b)
{
	const struct dates_entry *one = a, *other = b;
	int order = strcmp(one->name, other->name);

	return order != 0 ? order : (one->line > other->line) - (one->line < other->line);
}

/* Of several lines for one name only the last is kept. */
static void
sort(struct dates *dates)
{
	size_t kept = 0;

	if (dates->count > 0)
		qsort(dates->entries, dates->count, sizeof(*dates->entries), by_name_and_line);
	for (size_t i = 0; i < dates->count; i++) {
		struct dates_entry *entry = &dates->entries[i];

		if (kept > 0 && strcmp(dates->entries[kept - 1].name, entry->name) == 0)
			free(dates->entries[--kept].name);
		dates->entries[kept++] = *entry;
	}
	dates->count = kept;
}

/* Adds an entry at that place, which takes a copy of the name. False if out of memory. */
static bool
add_entry(struct dates *dates, size_t at, const char *name, size_t name_len, int64_t seconds)
{
	struct dates_entry *entries =
	    array_room(dates->entries, dates->count, &dates->capacity, sizeof(*entries));
	if (entries == NULL)
		return false;
	dates->entries = entries;
	struct dates_entry entry = {strndup(name, name_len), seconds, dates->count};
	if (entry.name == NULL)
		return false;
	memmove(entries + at + 1, entries + at, (dates->count - at) * sizeof(*entries));
	entries[at] = entry;
	dates->count++;
	return true;
}

void
dates_check(const struct press *press)
{
	const struct dates *dates = &press->dates;

	assert(dates->count <= dates->capacity);
	assert((dates->entries == NULL) == (dates->capacity == 0));
	if (dates->list == NULL) {
		assert(dates->count == 0);
		assert(dates->added.len == 0 && !dates->added.failed);
	} else {
		assert(dates_is_list(dates->list));
	}
}

/* Opens a list. *out_fd is -1 and *out_st all zero if there is none. False if there is one that
 * cannot be read: it must not be taken for none, and be written over. */
static bool
open_list(const struct press *press, const char *list, int *out_fd, struct stat *out_st,
    struct error *err)
{
	struct stat st;

	*out_fd = -1;
	*out_st = (struct stat){0};
	switch (folder_open(press->root_fd, list, out_fd, out_st)) {
	case FOLDER_FILE:
		return true;
	case FOLDER_DIRECTORY:
		close(*out_fd);
		return error_set(err, "is a folder, a list of dates was expected");
	case FOLDER_ABSENT:
		return fstatat(press->root_fd, list + 1, &st, AT_SYMLINK_NOFOLLOW) == -1 ||
		       error_set(err, "cannot be read");
	case FOLDER_FAILED:
		break;
	}
	return error_set(err, "cannot be read: %s", strerror(errno));
}

/* Appends what the list says, nothing if there is none. */
static bool
read_list(const struct press *press, const char *list, struct buffer *out, struct stat *out_st,
    struct error *err)
{
	int fd = -1;

	if (!open_list(press, list, &fd, out_st, err))
		return false;
	bool ok = fd == -1 || folder_read_open(fd, DATES_BYTES_MAX, out, err);
	if (fd != -1)
		close(fd);
	return ok;
}

/* Said once of a list: what is in it may be asked for many articles. */
static void
complain(struct press *press, const char *list, const struct error *err)
{
	struct dates *dates = &press->dates;

	if (dates->bad_list != NULL && strcmp(dates->bad_list, list) == 0)
		return;
	log_warning("%s%s: %s; when articles without a date came is known to the edition alone, "
		    "and to no copy of the folder",
	    press->capsule->root, list, err->text);
	free(dates->bad_list);
	dates->bad_list = strdup(list);
}

static bool
read_entries(struct press *press, const char *text, size_t len)
{
	struct dates *dates = &press->dates;
	struct dates_line line;
	bool ok = true;

	while (ok && dates_next(&text, &len, &line))
		ok = add_entry(dates, dates->count, line.name, line.name_len,
		    timestamp_seconds(&line.date, press->capsule->timezone));
	sort(dates);
	return ok;
}

/* Writes what was noted, and forgets the list in memory. */
static void write_noted(struct press *press);

/* Whether the list in memory is that one, as it lies there. */
static bool
is_loaded(const struct press *press, const char *list)
{
	const struct dates *dates = &press->dates;
	struct error err;
	struct stat st;
	int fd = -1;

	if (dates->list == NULL || strcmp(dates->list, list) != 0 ||
	    !open_list(press, list, &fd, &st, &err))
		return false;
	if (fd != -1)
		close(fd);
	return dates->inode == st.st_ino && dates->size == st.st_size &&
	       dates->mtime_ns == folder_time_ns(&st.st_mtim);
}

/* Has in memory what the list says now. False, with a complaint, if it cannot be read. */
static bool
load(struct press *press, const char *list)
{
	struct dates *dates = &press->dates;
	struct buffer text = BUFFER_EMPTY;
	struct error err;
	struct stat st;

	if (is_loaded(press, list))
		return true;
	write_noted(press);
	forget(dates);
	error_set(&err, "out of memory");
	bool ok = read_list(press, list, &text, &st, &err) &&
		  read_entries(press, buffer_text(&text), text.len) &&
		  (dates->list = strdup(list)) != NULL;
	buffer_free(&text);
	dates->inode = st.st_ino;
	dates->size = st.st_size;
	dates->mtime_ns = folder_time_ns(&st.st_mtim);
	if (!ok) {
		complain(press, list, &err);
		forget(dates);
	}
	return ok;
}

/* The list that has the article at path, and the article's name. False if it is too long. */
static bool
list_of(const char *path, char out[static SCAN_PATH_MAX], const char **out_name)
{
	*out_name = strrchr(path, '/') + 1;
	int len = snprintf(out, SCAN_PATH_MAX, "%.*s" DATES_NAME, (int)(*out_name - path), path);
	return len > 0 && len < SCAN_PATH_MAX;
}

/* Where the name stands or would stand; *out_is_there says which. */
static size_t
place_of(const struct dates *dates, const char *name, bool *out_is_there)
{
	size_t low = 0, high = dates->count;

	*out_is_there = false;
	while (low < high && !*out_is_there) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(name, dates->entries[middle].name);

		*out_is_there = order == 0;
		if (order > 0)
			low = middle + 1;
		else
			high = middle;
	}
	return *out_is_there ? high : low;
}

bool
dates_find(struct press *press, const char *path, int64_t *out)
{
	char list[SCAN_PATH_MAX];
	const char *name;
	bool is_there;

	if (!list_of(path, list, &name) || !dates_is_list(list) || !load(press, list))
		return false;
	size_t at = place_of(&press->dates, name, &is_there);
	if (is_there)
		*out = press->dates.entries[at].seconds;
	return is_there;
}

void
dates_note(struct press *press, const char *path, int64_t seconds)
{
	struct dates *dates = &press->dates;
	char list[SCAN_PATH_MAX];
	const char *name;
	bool is_there;

	assert(press->batch.is_open);
	if (!list_of(path, list, &name) || !dates_is_list(list) || !load(press, list))
		return;
	size_t at = place_of(dates, name, &is_there);
	if (is_there || !dates_put(&dates->added, seconds, name))
		return;
	if (!add_entry(dates, at, name, strlen(name), seconds))
		dates->added.failed = true;
}

/* --- the file --- */

static bool
has_folder(const struct press *press, const char *list)
{
	char folder[SCAN_PATH_MAX];
	struct stat st;
	int fd = -1;

	snprintf(folder, sizeof(folder), "%.*s", (int)(strlen(list) - strlen(DATES_NAME)), list);
	bool is_there = folder_open(press->root_fd, folder, &fd, &st) == FOLDER_DIRECTORY;
	if (fd != -1)
		close(fd);
	return is_there;
}

/* Appends the noted lines to the list, which is replaced whole. */
static bool
append(struct press *press, struct error *err)
{
	const struct dates *dates = &press->dates;
	struct buffer text = BUFFER_EMPTY;
	struct stat st;

	bool ok = read_list(press, dates->list, &text, &st, err);
	if (text.len > 0 && text.data[text.len - 1] != '\n')
		buffer_putc(&text, '\n');
	buffer_append(&text, buffer_text(&dates->added), dates->added.len);
	if (ok && (text.failed || dates->added.failed))
		ok = error_set(err, "out of memory");
	ok = ok && folder_write(press->root_fd, dates->list, buffer_text(&text), text.len, err);
	buffer_free(&text);
	return ok;
}

/* A list that was not written is looked at again by the next scan: no edition knows it. */
static void
suffer(struct press *press, const struct error *err)
{
	complain(press, press->dates.list, err);
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e))
		writer_drop_file(e, press->dates.list);
}

static void
write_noted(struct press *press)
{
	struct dates *dates = &press->dates;
	struct error err;

	if (dates->added.len == 0 && !dates->added.failed)
		return;
	assert(press->batch.is_open);
	assert(dates->list != NULL);
	if (!has_folder(press, dates->list)) {
		forget(dates); /* it went away meanwhile, with its articles */
		return;
	}
	if (append(press, &err)) {
		free(dates->bad_list);
		dates->bad_list = NULL;
		if (!strings_contain(&dates->written, dates->list))
			strings_add(&dates->written, dates->list); /* else its event tells */
	} else {
		suffer(press, &err);
	}
	forget(dates);
}

void
dates_write(struct press *press, struct strings *out)
{
	assert(press->batch.is_open && out->count == 0);
	write_noted(press);
	*out = press->dates.written;
	press->dates.written = (struct strings){0};
}

/* --- the list and the editions --- */

/* The list gives an article another date: it is looked at as if it had changed. */
static void
date_anew(struct press *press, struct edition_writer *edition, const char *path)
{
	struct file_row row;

	if (!writer_file(edition, path, &row))
		return;
	row.mtime_ns = 0;
	writer_put_file(edition, path, &row);
	works_queue(press, path);
}

static void
compare_entry(struct press *press, struct edition_writer *edition, const char *folder,
    const struct file_entry *entry)
{
	char path[SCAN_PATH_MAX];
	int64_t seconds;
	int len = snprintf(path, sizeof(path), "%s%s", folder, entry->name);

	if (!entry->is_undated || len < 0 || len >= SCAN_PATH_MAX)
		return;
	if (!dates_find(press, path, &seconds))
		dates_note(press, path, entry->first_seen);
	else if (seconds != entry->first_seen)
		date_anew(press, edition, path);
}

void
dates_compare(struct press *press, const char *path)
{
	char folder[SCAN_PATH_MAX];

	assert(press->batch.is_open && dates_is_list(path));
	snprintf(folder, sizeof(folder), "%.*s", (int)(strlen(path) - strlen(DATES_NAME)), path);
	for (struct edition_writer *e = works_first(press); e != NULL; e = works_next(press, e)) {
		struct file_list files = {0};

		if (!writer_list(e, folder, &files))
			continue; /* trouble shows elsewhere */
		for (size_t k = 0; k < files.count; k++)
			compare_entry(press, e, folder, &files.entries[k]);
		file_list_free(&files);
	}
}
