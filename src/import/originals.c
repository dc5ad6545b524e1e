#include "import/originals.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/array.h"
#include "base/strings.h"
#include "base/text.h"
#include "command/progress.h"
#include "store/folder.h"

#define PROGRESS_FILES 500 /* files between two words of progress */

/* The folder of a word of the command line being looked through. */
struct walk {
	struct originals *to;
	struct report *report;
	size_t root;
	struct strings folders; /* paths below the root with a final slash; walked in this order */
};

/* --- adding --- */

/* The root that is this open folder, which is taken over; a new one unless it is known. False if
 * out of memory. */
static bool
add_root(struct originals *to, int fd, const char *shown, size_t shown_len, size_t *out)
{
	struct stat status = {0};

	fstat(fd, &status);
	for (size_t i = 0; i < to->root_count; i++)
		if (to->roots[i].device == status.st_dev && to->roots[i].inode == status.st_ino) {
			close(fd);
			*out = i;
			return true;
		}
	struct original_root *roots =
	    array_room(to->roots, to->root_count, &to->root_capacity, sizeof(*roots));
	char *owned = strndup(shown, shown_len);
	if (roots != NULL)
		to->roots = roots;
	if (roots == NULL || owned == NULL) {
		close(fd);
		free(owned);
		return false;
	}
	*out = to->root_count;
	roots[to->root_count++] = (struct original_root){
	    .fd = fd, .device = status.st_dev, .inode = status.st_ino, .shown = owned};
	return true;
}

static bool
add_file(struct originals *to, size_t root, const char *path, int64_t changed, enum format format)
{
	struct original *items = array_room(to->items, to->count, &to->capacity, sizeof(*items));
	char *owned = strdup(path);

	if (items != NULL)
		to->items = items;
	if (items == NULL || owned == NULL) {
		free(owned);
		return false;
	}
	items[to->count++] =
	    (struct original){.root = root, .path = owned, .changed = changed, .format = format};
	if (to->count % PROGRESS_FILES == 0)
		progress_show("looking for files: %zu …", to->count);
	return true;
}

void
originals_put_name(
    const struct originals *originals, const struct original *original, struct buffer *out)
{
	buffer_printf(out, "%s%s", originals->roots[original->root].shown, original->path + 1);
}

/* --- folders --- */

static void
pass_over(struct walk *walk, const char *path, const char *why)
{
	struct original original = {.root = walk->root, .path = (char *)path};
	struct buffer name = BUFFER_EMPTY;

	originals_put_name(walk->to, &original, &name);
	report_passed_over(walk->report, buffer_text(&name), why);
	buffer_free(&name);
}

static bool
walk_folder_entry(struct walk *walk, const char *path)
{
	struct buffer folder = BUFFER_EMPTY;
	size_t depth = 0;

	for (const char *at = path; (at = strchr(at, '/')) != NULL; at++)
		depth++;
	if (depth >= ORIGINALS_DEPTH_MAX) {
		pass_over(walk, path, "too deep a folder");
		return true;
	}
	buffer_printf(&folder, "%s/", path);
	bool ok = !folder.failed && strings_add(&walk->folders, folder.data);
	buffer_free(&folder);
	return ok;
}

/* Takes in what has that path, if it is anything. False if out of memory. */
static bool
walk_entry(struct walk *walk, int folder_fd, const char *path)
{
	const char *name = strrchr(path, '/') + 1;
	struct stat link, status;
	int fd = -1;

	if (fstatat(folder_fd, name, &link, AT_SYMLINK_NOFOLLOW) == -1)
		return true; /* removed just now */
	if (S_ISDIR(link.st_mode))
		return walk_folder_entry(walk, path);
	enum folder_result found = folder_open(walk->to->roots[walk->root].fd, path, &fd, &status);
	if (fd != -1)
		close(fd);
	if (found == FOLDER_FILE)
		return add_file(
		    walk->to, walk->root, path, (int64_t)status.st_mtime, format_by_name(path));
	pass_over(walk, path,
	    found == FOLDER_DIRECTORY ? "a link to a folder"
	    : S_ISLNK(link.st_mode)   ? "a link that leads out of the folder, or nowhere"
				      : "not a file that can be read");
	return true;
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The paths of what is in an open folder, sorted so that two runs do the same. */
static bool
list_paths(DIR *folder, const char *path, struct strings *out)
{
	for (struct dirent *found; (found = readdir(folder)) != NULL;) {
		struct buffer entry = BUFFER_EMPTY;

		if (found->d_name[0] == '.')
			continue;
		buffer_printf(&entry, "%s%s", path, found->d_name);
		bool ok = !entry.failed && strings_add(out, entry.data);
		buffer_free(&entry);
		if (!ok)
			return false;
	}
	if (out->count > 0)
		qsort(out->items, out->count, sizeof(out->items[0]), by_bytes);
	return true;
}

static bool
walk_folder(struct walk *walk, const char *path)
{
	struct strings paths = {0};
	struct stat status;
	int fd = -1;
	enum folder_result found = folder_open(walk->to->roots[walk->root].fd, path, &fd, &status);
	DIR *folder = found == FOLDER_DIRECTORY ? fdopendir(fd) : NULL;

	if (folder == NULL) {
		if (fd != -1)
			close(fd);
		pass_over(walk, path, "a folder that cannot be read");
		return true;
	}
	bool ok = list_paths(folder, path, &paths);
	for (size_t i = 0; ok && i < paths.count; i++)
		ok = walk_entry(walk, dirfd(folder), paths.items[i]);
	closedir(folder);
	strings_free(&paths);
	return ok;
}

static bool
add_folder(struct originals *to, int fd, const char *word, struct report *report)
{
	struct walk walk = {.to = to, .report = report};
	struct buffer shown = BUFFER_EMPTY;

	buffer_printf(&shown, "%s%s", word, text_ends(word, "/") ? "" : "/");
	bool ok = add_root(to, fd, buffer_text(&shown), shown.len, &walk.root) && !shown.failed &&
		  strings_add(&walk.folders, "/");
	for (size_t i = 0; ok && i < walk.folders.count; i++)
		ok = walk_folder(&walk, walk.folders.items[i]);
	buffer_free(&shown);
	strings_free(&walk.folders);
	return ok;
}

/* --- words of the command line --- */

/* Which readers there are for a file whose name does not tell. */
static enum format
look_into(int fd)
{
	struct buffer bytes = BUFFER_EMPTY;
	char *space = buffer_reserve(&bytes, 4096);
	ssize_t n = space == NULL ? -1 : read(fd, space, 4096);
	enum format format = FORMAT_OTHER;

	if (n > 0) {
		buffer_grow(&bytes, (size_t)n);
		/* The piece may end within a character. */
		size_t len = text_cut(bytes.data, bytes.len, n == 4096 ? 4093 : bytes.len);
		format = format_by_content(bytes.data, len);
	}
	buffer_free(&bytes);
	return format;
}

/* A file is below its folder, so that what it shows from there is found. fd is closed. */
static bool
add_named_file(
    struct originals *to, int fd, const char *word, int64_t changed, struct report *report)
{
	const char *slash = strrchr(word, '/'), *name = slash == NULL ? word : slash + 1;
	enum format format = format_by_name(name);
	struct buffer folder = BUFFER_EMPTY, path = BUFFER_EMPTY;
	size_t root = 0;

	if (format == FORMAT_OTHER)
		format = look_into(fd);
	close(fd);
	buffer_printf(&folder, "%.*s", (int)(name - word), word);
	buffer_printf(&path, "/%s", name);
	int folder_fd =
	    open(folder.len == 0 ? "." : folder.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool ok = true;
	if (folder_fd == -1)
		report_refused(report, word, "its folder cannot be read: %s", strerror(errno));
	else
		ok = add_root(to, folder_fd, buffer_text(&folder), folder.len, &root) &&
		     !path.failed && add_file(to, root, path.data, changed, format);
	if (ok && folder_fd != -1)
		to->items[to->count - 1].is_named = true;
	buffer_free(&folder);
	buffer_free(&path);
	return ok;
}

bool
originals_add(struct originals *originals, const char *word, struct report *report)
{
	struct stat status;
	int fd = open(word, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	if (fd == -1 || fstat(fd, &status) == -1) {
		report_refused(report, word, "%s", strerror(errno));
		if (fd != -1)
			close(fd);
		return true;
	}
	if (S_ISDIR(status.st_mode))
		return add_folder(originals, fd, word, report);
	if (S_ISREG(status.st_mode))
		return add_named_file(originals, fd, word, (int64_t)status.st_mtime, report);
	close(fd);
	report_refused(report, word, "neither a file nor a folder");
	return true;
}

bool
originals_read(const struct originals *originals, const struct original *original, size_t max,
    struct buffer *out, struct error *err)
{
	struct stat status;
	int fd = -1;
	enum folder_result found =
	    folder_open(originals->roots[original->root].fd, original->path, &fd, &status);
	bool ok = found == FOLDER_FILE ? folder_read_open(fd, max, out, err)
				       : error_set(err, "cannot be read");

	if (fd != -1)
		close(fd);
	return ok;
}

void
originals_free(struct originals *originals)
{
	for (size_t i = 0; i < originals->count; i++)
		free(originals->items[i].path);
	for (size_t i = 0; i < originals->root_count; i++) {
		close(originals->roots[i].fd);
		free(originals->roots[i].shown);
	}
	free(originals->items);
	free(originals->roots);
	*originals = (struct originals){0};
}
