#include "command/lint.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "article/paths.h"
#include "article/source.h"
#include "base/buffer.h"
#include "base/strings.h"
#include "base/text.h"
#include "gemini/url.h"
#include "history/git_name.h"
#include "picture/picture.h"
#include "store/folder.h"
#include "store/media.h"
#include "upload/rules.h"

#define PROGRESS_FILES 500 /* files between two words of progress */

struct lint {
	const struct config *config;
	const struct capsule_config *capsule;
	struct findings *findings;
	int root_fd;
	char *shown_root;       /* what messages call the root, without a final slash */
	struct strings folders; /* decoded paths with a final slash; walked in this order */
	bool has_front_page;    /* of its own, so /news/ is the list */
	bool out_of_memory;
};

/* One name found in a folder. */
struct entry {
	struct buffer path;  /* decoded, as a request has it; a folder's without a final slash */
	struct buffer shown; /* as messages call it */
	const char *name;    /* the last segment of path */
	struct stat status;
};

static void
lint_article(struct lint *lint, const struct entry *entry)
{
	const char *path = buffer_text(&entry->path), *shown = buffer_text(&entry->shown);
	size_t size = entry->status.st_size > 0 ? (size_t)entry->status.st_size : 0;
	struct buffer bytes = BUFFER_EMPTY;
	struct source *source = NULL;
	struct error err;

	lint->findings->articles++;
	/* Somebody may be writing it: as much as it has now, and a little more. */
	if (folder_read(lint->root_fd, path, size + 4096, &bytes, &err))
		source = source_parse(path, buffer_text(&bytes), bytes.len, &err);
	if (source == NULL)
		findings_broken(lint->findings, shown, "%s", err.text);
	else
		for (size_t i = 0; i < source->warnings.count; i++)
			findings_warn(lint->findings, shown, "%s", source->warnings.items[i]);
	source_free(source);
	buffer_free(&bytes);
}

static bool
is_svg(const struct entry *entry)
{
	const char *type = media_by_name(entry->name);

	return type != NULL && strcmp(type, "image/svg+xml") == 0;
}

/* What editors of drawings write into them, besides the drawing. Nothing is taken out of an SVG:
 * that takes a parser of XML. */
static bool
is_svg_with_metadata(const struct entry *entry, const struct buffer *bytes)
{
	return is_svg(entry) && (strstr(buffer_text(bytes), "<metadata") != NULL ||
				    strstr(buffer_text(bytes), "sodipodi:docname") != NULL);
}

static void
report_picture(struct lint *lint, const struct entry *entry, const struct buffer *bytes)
{
	struct buffer cleaned = BUFFER_EMPTY, words = BUFFER_EMPTY;
	const char *shown = buffer_text(&entry->shown);
	struct error err;
	unsigned found;

	switch (picture_clean((const uint8_t *)bytes->data, bytes->len, &cleaned, &found, &err)) {
	case PICTURE_OTHER:
		if (media_is_picture(entry->name, bytes->data, bytes->len))
			findings_warn(lint->findings, shown,
			    "not served: its name is that of a picture, and its bytes are not");
		else if (is_svg_with_metadata(entry, bytes))
			findings_warn(lint->findings, shown,
			    "has notes of its makers in it, which are not taken out of an SVG");
		break;
	case PICTURE_CLEAN:
		break;
	case PICTURE_CLEANED:
		picture_put_words(&words, found);
		findings_warn(lint->findings, shown,
		    "not cleaned yet: the picture has %s in it, which serve takes out",
		    buffer_text(&words));
		break;
	case PICTURE_BROKEN:
	case PICTURE_SEALED:
		picture_put_words(&words, found);
		findings_warn(lint->findings, shown,
		    "not served: what its camera wrote into the picture cannot be taken out%s%s: "
		    "%s",
		    words.len > 0 ? ", found was " : "", buffer_text(&words), err.text);
		break;
	case PICTURE_NO_MEMORY:
		lint->out_of_memory = true;
		break;
	}
	buffer_free(&cleaned);
	buffer_free(&words);
}

/* Pictures should have nothing in them but what is seen. */
static void
lint_picture(struct lint *lint, const struct entry *entry)
{
	struct buffer bytes = BUFFER_EMPTY;
	uint8_t sample[PICTURE_SAMPLE];
	struct stat status;
	struct error err;
	int fd = -1;

	if (folder_open(lint->root_fd, buffer_text(&entry->path), &fd, &status) != FOLDER_FILE) {
		if (fd != -1)
			close(fd);
		return; /* gone by now, or unreadable: the server says so */
	}
	ssize_t n = pread(fd, sample, sizeof(sample), 0);
	if (n > 0 && (is_svg(entry) || media_is_picture(entry->name, sample, (size_t)n))) {
		if (folder_read_open(fd, PICTURE_MAX, &bytes, &err))
			report_picture(lint, entry, &bytes);
		else
			findings_warn(lint->findings, buffer_text(&entry->shown),
			    "not served: the picture cannot be cleaned: it %s", err.text);
	}
	buffer_free(&bytes);
	close(fd);
}

/* Whether a request line can carry the path: protocol and server refuse the other ones. */
static bool
can_be_asked_for(const struct lint *lint, const struct entry *entry)
{
	struct buffer encoded = BUFFER_EMPTY;
	struct url url;
	char reason[128];

	buffer_printf(&encoded, "gemini://%s", lint->capsule->host);
	text_append_path(&encoded, buffer_text(&entry->path), entry->path.len);
	bool can = !encoded.failed &&
		   url_parse(encoded.data, encoded.len, &url, reason, sizeof(reason)) == URL_OK &&
		   strcmp(url.path, entry->path.data) == 0;
	buffer_free(&encoded);
	return can;
}

static void
lint_name(struct lint *lint, const struct entry *entry)
{
	const char *shown = buffer_text(&entry->shown);

	if (!can_be_asked_for(lint, entry))
		findings_warn(lint->findings, shown,
		    "no request can name it (control bytes, a backslash, no UTF-8, or too long)");
	if (lint->capsule->history && git_name_is_in(entry->name))
		findings_warn(lint->findings, shown, "not kept in history: git refuses this name");
}

/* What a file's path makes of it. */
static void
lint_kind(struct lint *lint, const struct entry *entry)
{
	const char *path = buffer_text(&entry->path), *shown = buffer_text(&entry->shown);

	switch (paths_kind(path)) {
	case PATH_NEWS:
	case PATH_IN_NEWS:
		if (!lint->has_front_page)
			break;
		/* fall through */
	case PATH_GENERATED:
		findings_warn(lint->findings, shown, "hidden by %s, which broadsheet makes",
		    paths_maker(path));
		break;
	case PATH_MISNAMED:
		findings_warn(lint->findings, shown,
		    "not served: an article's name ends in .gmi or .md, in small letters");
		break;
	case PATH_DRAFT:
		if (paths_is_text(path))
			lint_article(lint, entry);
		break;
	case PATH_ARTICLE:
		lint_article(lint, entry);
		break;
	case PATH_HIDDEN:
	case PATH_FRAME:
	case PATH_FILE:
		break;
	}
}

/* Of which lint_article() says all there is to say. */
static bool
is_source(const char *path)
{
	enum path_kind kind = paths_kind(path);

	return kind == PATH_ARTICLE || (kind == PATH_DRAFT && paths_is_text(path));
}

static void
lint_file(struct lint *lint, const struct entry *entry)
{
	const char *shown = buffer_text(&entry->shown);
	uint64_t upload_size = lint->config->limits.upload_size;

	lint->findings->files++;
	lint_name(lint, entry);
	lint_kind(lint, entry);
	if (lint->capsule->history && (uint64_t)entry->status.st_size > upload_size)
		findings_warn(lint->findings, shown,
		    "served, but not kept in history: larger than upload-size");
	if (!lint->capsule->keep_metadata && !is_source(buffer_text(&entry->path)))
		lint_picture(lint, entry);
	if (lint->findings->files % PROGRESS_FILES == 0 && isatty(STDERR_FILENO))
		fprintf(stderr, "\r%zu files …\r", lint->findings->files);
}

/* A link may lead to what lies below the root, and nowhere else. */
static void
lint_link(struct lint *lint, struct entry *entry)
{
	int fd = -1;

	switch (folder_open(lint->root_fd, buffer_text(&entry->path), &fd, &entry->status)) {
	case FOLDER_FILE:
		lint_file(lint, entry);
		break;
	case FOLDER_DIRECTORY:
		break; /* what it leads to is looked through where it lies */
	case FOLDER_ABSENT:
		findings_warn(lint->findings, buffer_text(&entry->shown),
		    "not served: a link that leads out of the root, or nowhere");
		break;
	case FOLDER_FAILED:
		findings_warn(lint->findings, buffer_text(&entry->shown), "%s", strerror(errno));
		break;
	}
	if (fd != -1)
		close(fd);
}

static void
lint_entry(struct lint *lint, struct entry *entry)
{
	switch (entry->status.st_mode & S_IFMT) {
	case S_IFDIR:
		lint_name(lint, entry);
		buffer_putc(&entry->path, '/');
		if (entry->path.failed || !strings_add(&lint->folders, entry->path.data))
			lint->out_of_memory = true;
		break;
	case S_IFREG:
		lint_file(lint, entry);
		break;
	case S_IFLNK:
		lint_link(lint, entry);
		break;
	default:
		findings_warn(lint->findings, buffer_text(&entry->shown),
		    "not served: neither a file nor a folder");
	}
}

/* Looks at one name in the open folder, which lies at that path. */
static void
lint_name_in(struct lint *lint, int folder_fd, const char *folder, const char *name)
{
	struct entry entry = {.path = BUFFER_EMPTY, .shown = BUFFER_EMPTY};

	buffer_printf(&entry.path, "%s%s", folder, name);
	buffer_printf(&entry.shown, "%s%s%s", lint->shown_root, folder, name);
	if (entry.path.failed || entry.shown.failed) {
		lint->out_of_memory = true;
	} else if (paths_kind(entry.path.data) == PATH_HIDDEN) {
		; /* never served, so nobody need be told */
	} else if (fstatat(folder_fd, name, &entry.status, AT_SYMLINK_NOFOLLOW) == 0) {
		entry.name = entry.path.data + strlen(folder);
		lint_entry(lint, &entry);
	} else if (errno != ENOENT) { /* it may have been removed just now */
		findings_warn(lint->findings, entry.shown.data, "%s", strerror(errno));
	}
	buffer_free(&entry.path);
	buffer_free(&entry.shown);
}

static int
by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The names in an open folder, sorted so that two runs tell the same. */
static bool
list_names(DIR *folder, struct strings *out)
{
	for (struct dirent *found; (found = readdir(folder)) != NULL;)
		if (strcmp(found->d_name, ".") != 0 && strcmp(found->d_name, "..") != 0 &&
		    !strings_add(out, found->d_name))
			return false;
	if (out->count > 0)
		qsort(out->items, out->count, sizeof(out->items[0]), by_bytes);
	return true;
}

static void
lint_folder(struct lint *lint, const char *path)
{
	struct strings names = {0};
	struct stat status;
	int fd = -1;
	enum folder_result result = folder_open(lint->root_fd, path, &fd, &status);
	DIR *folder = result == FOLDER_DIRECTORY ? fdopendir(fd) : NULL;
	struct buffer shown = BUFFER_EMPTY;

	buffer_printf(&shown, "%s%s", lint->shown_root, path);
	if (folder == NULL) {
		findings_warn(lint->findings, buffer_text(&shown), "this folder cannot be read");
		if (fd != -1)
			close(fd);
		goto out;
	}
	if (rules_folders_in(path) == RULES_FOLDERS_MAX + 1)
		findings_warn(lint->findings, buffer_text(&shown),
		    "deeper than %d folders: nothing new can be sent there", RULES_FOLDERS_MAX);
	if (!list_names(folder, &names))
		lint->out_of_memory = true;
	if (names.count > LINT_FOLDER_ENTRIES_MAX)
		findings_warn(lint->findings, buffer_text(&shown),
		    "%zu entries: above %d, each change in this folder takes longer", names.count,
		    LINT_FOLDER_ENTRIES_MAX);
	for (size_t i = 0; i < names.count; i++)
		lint_name_in(lint, dirfd(folder), path, names.items[i]);
	closedir(folder);
out:
	strings_free(&names);
	buffer_free(&shown);
}

/* Redirects and gone paths of the ini file come before files, too. */
static void
lint_overruled(struct lint *lint, const char *path, const char *key)
{
	struct stat status;
	int fd = -1;

	if (folder_open(lint->root_fd, path, &fd, &status) != FOLDER_FILE)
		return;
	close(fd);
	findings_warn(lint->findings, lint->config->path, "%s = %s hides the file %s%s", key, path,
	    lint->shown_root, path);
}

/* How messages call a path: relative to where we stand if it lies below. */
static char *
shown_path(const char *path)
{
	char *here = getcwd(NULL, 0);
	size_t len = here != NULL ? strlen(here) : 0;
	bool is_below = len > 1 && strncmp(path, here, len) == 0 && path[len] == '/';

	free(here);
	return strdup(is_below ? path + len + 1 : path);
}

static void
lint_open_capsule(struct lint *lint)
{
	const struct capsule_config *capsule = lint->capsule;

	lint->has_front_page = folder_has_front_page(lint->root_fd);
	lint->out_of_memory = !strings_add(&lint->folders, "/");
	for (size_t i = 0; i < lint->folders.count; i++)
		lint_folder(lint, lint->folders.items[i]);
	for (size_t i = 0; i < capsule->redirect_count; i++)
		lint_overruled(lint, capsule->redirects[i].from, "redirect");
	for (size_t i = 0; i < capsule->gone.count; i++)
		lint_overruled(lint, capsule->gone.items[i], "gone");
}

void
lint_capsule(
    const struct config *config, const struct capsule_config *capsule, struct findings *findings)
{
	struct lint lint = {.config = config, .capsule = capsule, .findings = findings};

	lint.shown_root = shown_path(capsule->root);
	lint.root_fd = open(capsule->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lint.root_fd == -1) {
		findings_error(findings, capsule->root, "%s", strerror(errno));
	} else if (lint.shown_root != NULL) {
		lint_open_capsule(&lint);
		close(lint.root_fd);
	}
	if (lint.out_of_memory || lint.shown_root == NULL)
		findings_error(findings, capsule->root, "out of memory: not looked through");
	strings_free(&lint.folders);
	free(lint.shown_root);
}
