#include "site/listing.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "article/paths.h"
#include "base/buffer.h"
#include "base/io.h"
#include "base/strings.h"
#include "base/text.h"
#include "gemini/gemtext.h"
#include "site/site.h"
#include "store/folder.h"

/* Whether a source is public: what is a draft or not due yet must not show by its name. */
static bool
is_printed(struct visit *visit, const char *path)
{
	struct edition *edition = visit->site->edition == NULL ? NULL : visit_edition(visit);
	struct article article;

	return edition != NULL && edition_article(edition, path, &article) == EDITION_FOUND;
}

/* Adds a name of the visit's folder if it may be served; a folder's with a final slash. */
static bool
add_name(struct visit *visit, const char *name, struct strings *names)
{
	struct buffer path = BUFFER_EMPTY;
	struct stat file;
	int fd = -1;
	bool is_public = false, has_room = true;

	buffer_printf(&path, "%s%s", visit->url->path, name);
	if (path.failed)
		return false;
	if (paths_kind(path.data) == PATH_ARTICLE) {
		is_public = is_printed(visit, path.data);
	} else if (text_is_utf8(name, strlen(name)) && site_may_serve(visit->site, path.data)) {
		switch (folder_open(visit->site->root_fd, path.data, &fd, &file)) {
		case FOLDER_FILE:
			is_public = true;
			break;
		case FOLDER_DIRECTORY:
			buffer_putc(&path, '/');
			is_public = !path.failed;
			break;
		case FOLDER_ABSENT:
		case FOLDER_FAILED:
			break;
		}
	}
	if (fd != -1)
		close(fd);
	if (is_public)
		has_room = strings_add(names, path.data + strlen(visit->url->path));
	buffer_free(&path);
	return has_room;
}

static bool
collect_names(struct visit *visit, int folder_fd, struct strings *names)
{
	DIR *folder = io_open_listing(folder_fd);
	bool is_whole = folder != NULL;

	while (is_whole && names->count < LISTING_MAX) {
		struct dirent *entry = readdir(folder);

		if (entry == NULL)
			break;
		is_whole = add_name(visit, entry->d_name, names);
	}
	if (folder != NULL)
		closedir(folder);
	return is_whole;
}

static int
compare_names(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

static void
put_names(struct buffer *body, const struct strings *names)
{
	struct buffer reference = BUFFER_EMPTY;

	for (size_t i = 0; i < names->count; i++) {
		const char *name = names->items[i];

		/* "./" keeps a colon in a name from making the rest of it look like a scheme. */
		buffer_truncate(&reference, 0);
		if (strchr(name, ':') != NULL)
			buffer_puts(&reference, "./");
		text_append_path(&reference, name, strlen(name));
		gemtext_put_link(body, buffer_text(&reference), name);
	}
	body->failed = body->failed || reference.failed;
	buffer_free(&reference);
}

void
listing_answer(struct visit *visit, int folder_fd)
{
	const struct capsule_config *capsule = visit->site->capsule;
	struct buffer *body = &visit->out->body;
	struct buffer title = BUFFER_EMPTY;
	struct strings names = {0};

	if (!collect_names(visit, folder_fd, &names)) {
		response_set(
		    visit->out, GEMINI_TEMPORARY_FAILURE, "This folder cannot be read just now");
		goto out;
	}
	if (names.count > 0)
		qsort(names.items, names.count, sizeof(names.items[0]), compare_names);
	visit_gemtext(visit, NULL);
	buffer_printf(&title, "%s %s · %s", capsule->labels.text[LABEL_FOLDER], visit->url->path,
	    capsule->title);
	gemtext_put_heading(body, 1, buffer_text(&title));
	visit_put_gap(visit);
	put_names(body, &names);
	visit_put_gap(visit);
	gemtext_put_link(body, "/", capsule->title);
out:
	buffer_free(&title);
	strings_free(&names);
}
