#include "press/gone.h"

#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "store/folder.h"

#define GONE_BYTES_MAX ((size_t)256 * 1024 * 1024)

/* Takes the next line, without its line end, off the text. False at the end. */
static bool
next_line(const char **text, size_t *len, const char **out_line, size_t *out_len)
{
	if (*len == 0)
		return false;
	const char *end = memchr(*text, '\n', *len);
	size_t taken = end == NULL ? *len : (size_t)(end - *text) + 1;

	*out_line = *text;
	*out_len = end == NULL ? taken : taken - 1;
	while (*out_len > 0 && strchr("\r \t", (*out_line)[*out_len - 1]) != NULL)
		(*out_len)--;
	*text += taken;
	*len -= taken;
	return true;
}

bool
gone_read(const char *bytes, size_t len, struct strings *out)
{
	const char *line;
	size_t line_len;
	bool ok = true;

	while (ok && next_line(&bytes, &len, &line, &line_len))
		if (line_len > 0 && line[0] == '/' && memchr(line, '\0', line_len) == NULL)
			ok = strings_add_bytes(out, line, line_len);
	return ok;
}

static bool
contains(const struct strings *paths, const char *line, size_t len)
{
	for (size_t i = 0; i < paths->count; i++)
		if (strlen(paths->items[i]) == len && memcmp(paths->items[i], line, len) == 0)
			return true;
	return false;
}

void
gone_edit(const char *bytes, size_t len, const struct strings *added, const struct strings *removed,
    struct buffer *out)
{
	const char *line;
	size_t line_len;

	while (next_line(&bytes, &len, &line, &line_len)) {
		if (contains(removed, line, line_len) || contains(added, line, line_len))
			continue;
		buffer_append(out, line, line_len);
		buffer_putc(out, '\n');
	}
	for (size_t i = 0; i < added->count; i++)
		buffer_printf(out, "%s\n", added->items[i]);
}

static void
forget(struct strings *paths, const char *path)
{
	struct strings kept = {0};
	bool ok = true;

	if (!strings_contain(paths, path))
		return;
	for (size_t i = 0; ok && i < paths->count; i++)
		if (strcmp(paths->items[i], path) != 0)
			ok = strings_add(&kept, paths->items[i]);
	if (!ok) {
		strings_free(&kept);
		return;
	}
	strings_free(paths);
	*paths = kept;
}

static void
note(struct strings *to, struct strings *from, const char *path)
{
	forget(from, path);
	if (strpbrk(path, "\r\n") != NULL || strings_contain(to, path))
		return; /* such a path cannot stand in the list */
	if (!strings_add(to, path))
		log_error(GONE_PATH ": out of memory, %s is not noted", path);
}

void
gone_add(struct press *press, const char *path)
{
	note(&press->gone.added, &press->gone.removed, path);
}

void
gone_remove(struct press *press, const char *path)
{
	note(&press->gone.removed, &press->gone.added, path);
}

bool
gone_print(struct edition_writer *edition, const char *bytes, size_t len)
{
	struct strings paths = {0};

	if (!gone_read(bytes, len, &paths))
		return false;
	writer_clear_gone(edition);
	for (size_t i = 0; i < paths.count; i++)
		writer_put_gone(edition, paths.items[i]);
	strings_free(&paths);
	return true;
}

bool
gone_write(struct press *press)
{
	struct gone_changes *gone = &press->gone;
	struct buffer old = BUFFER_EMPTY, new = BUFFER_EMPTY;
	struct error err;
	struct stat st;
	int fd = -1;
	bool ok = true;

	if (gone->added.count == 0 && gone->removed.count == 0)
		return false;
	if (folder_open(press->root_fd, GONE_PATH, &fd, &st) == FOLDER_FILE) {
		ok = folder_read_open(fd, GONE_BYTES_MAX, &old, &err);
		close(fd);
	}
	gone_edit(buffer_text(&old), old.len, &gone->added, &gone->removed, &new);
	if (ok && new.failed)
		ok = error_set(&err, "out of memory");
	ok = ok && folder_write(press->root_fd, GONE_PATH, buffer_text(&new), new.len, &err);
	if (ok) {
		strings_free(&gone->added);
		strings_free(&gone->removed);
	} else {
		log_error("%s%s: %s; tried again later", press->capsule->root, GONE_PATH, err.text);
	}
	buffer_free(&old);
	buffer_free(&new);
	return ok;
}
