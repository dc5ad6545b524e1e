#include "config/location.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/text.h"

#define LINKS_MAX 40 /* on one path, as the kernel has it */

/* In this file the path of the topmost folder is "", so that each name has a slash before it. */

static bool
look_at(const struct buffer *path, struct folder_id *out)
{
	struct stat status;

	if (stat(path->len == 0 ? "/" : path->data, &status) != 0)
		return false;
	*out = (struct folder_id){status.st_dev, status.st_ino};
	return true;
}

static void
cut_last_name(struct buffer *path)
{
	const char *slash = path->len > 0 ? strrchr(path->data, '/') : NULL;

	if (slash != NULL)
		buffer_truncate(path, (size_t)(slash - path->data));
}

static bool
add_id(struct location *location, struct folder_id id)
{
	struct folder_id *ids =
	    array_room(location->ids, location->id_count, &location->id_capacity, sizeof(*ids));

	if (ids == NULL)
		return false;
	location->ids = ids;
	ids[location->id_count++] = id;
	return true;
}

/* Notes what lies at path, and each folder above it. */
static bool
add_ids(struct location *location, const struct buffer *path)
{
	struct buffer at = BUFFER_EMPTY;
	struct folder_id id;

	buffer_append(&at, buffer_text(path), path->len);
	bool ok = !at.failed;
	for (bool is_top = false; ok && !is_top; cut_last_name(&at)) {
		is_top = at.len == 0;
		ok = !look_at(&at, &id) || add_id(location, id);
	}
	buffer_free(&at);
	return ok;
}

/* If at is a link, goes back to the folder that it starts from, and puts what it says before the
 * rest of the way. */
static bool
follow_link(struct location *location, struct buffer *at, struct buffer *rest, int *links)
{
	char target[PATH_MAX];
	struct buffer way = BUFFER_EMPTY;
	ssize_t len = at->failed ? -1 : readlink(at->data, target, sizeof(target) - 1);

	if (len <= 0 || ++*links > LINKS_MAX)
		return !at->failed;
	target[len] = '\0';
	if (!add_ids(location, at))
		return false;
	if (target[0] == '/')
		buffer_truncate(at, 0);
	else
		cut_last_name(at);
	buffer_printf(&way, "%s/%s", target, buffer_text(rest));
	buffer_free(rest);
	*rest = way;
	return !way.failed;
}

/* Takes the first name off the way and goes there. What is not there is no link. */
static bool
go_on(struct location *location, struct buffer *at, struct buffer *way, int *links)
{
	const char *name = way->data + strspn(way->data, "/");
	size_t len = strcspn(name, "/");
	struct buffer rest = BUFFER_EMPTY;
	bool ok = true;

	buffer_puts(&rest, name + len);
	if (len == 2 && memcmp(name, "..", 2) == 0) {
		cut_last_name(at);
	} else if (len > 0 && !(len == 1 && name[0] == '.')) {
		buffer_putc(at, '/');
		buffer_append(at, name, len);
		ok = follow_link(location, at, &rest, links);
	}
	buffer_free(way);
	*way = rest;
	return ok && !rest.failed;
}

bool
location_find(const char *path, struct location *out)
{
	struct buffer at = BUFFER_EMPTY, way = BUFFER_EMPTY;
	int links = 0;
	bool ok = true;

	*out = (struct location){0};
	buffer_puts(&way, path);
	while (ok && way.len > 0)
		ok = go_on(out, &at, &way, &links);
	ok = ok && !way.failed && add_ids(out, &at);
	out->is_there = ok && look_at(&at, &out->own);
	if (at.len == 0)
		buffer_putc(&at, '/');
	out->real = buffer_take(&at);
	buffer_free(&at);
	buffer_free(&way);
	return ok && out->real != NULL;
}

void
location_done(struct location *location)
{
	free(location->real);
	free(location->ids);
	*location = (struct location){0};
}

/* As text: for a folder that is not there yet. */
static bool
is_path_below(const char *path, const char *folder)
{
	size_t len = strcmp(folder, "/") == 0 ? 0 : strlen(folder);

	return strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');
}

bool
location_lies_in(const struct location *location, const struct location *folder)
{
	for (size_t i = 0; folder->is_there && i < location->id_count; i++)
		if (location->ids[i].device == folder->own.device &&
		    location->ids[i].inode == folder->own.inode)
			return true;
	return is_path_below(location->real, folder->real);
}

bool
location_path_lies_in(const char *path, const char *folder)
{
	struct location location, in;
	bool found = location_find(path, &location);

	found = location_find(folder, &in) && found && location_lies_in(&location, &in);
	location_done(&location);
	location_done(&in);
	return found;
}
