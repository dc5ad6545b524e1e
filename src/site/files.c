#include "site/files.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "article/paths.h"
#include "base/text.h"
#include "gemini/gemtext.h"
#include "picture/picture.h"
#include "site/listing.h"
#include "site/site.h"
#include "store/folder.h"
#include "store/media.h"

/* Appends what the publisher's libmagic found out about a file whose name does not tell. */
static void
put_type_by_content(struct visit *visit, const char *path, struct buffer *type)
{
	struct edition *edition = visit->site->edition == NULL ? NULL : visit_edition(visit);

	if (edition != NULL && edition_file_type(edition, path, type) == EDITION_FAILED)
		visit_edition_failed(visit);
}

/* Answers 20 with the file, which is taken over. */
static void
send_file(struct visit *visit, const char *path, int fd, const struct stat *file)
{
	struct buffer found = BUFFER_EMPTY;
	const char *type = media_by_name(path);

	if (type == NULL) {
		put_type_by_content(visit, path, &found);
		type = found.len > 0 ? buffer_text(&found) : "application/octet-stream";
	}
	if (strcmp(type, "text/gemini") == 0)
		visit_gemtext(visit, NULL);
	else if (text_starts(type, "text/") && strstr(type, "charset=") == NULL)
		response_set(visit->out, GEMINI_SUCCESS, "%s; charset=utf-8", type);
	else
		response_set(visit->out, GEMINI_SUCCESS, "%s", type);
	buffer_free(&found);
	visit->out->file_fd = fd;
	visit->out->file_bytes = file->st_size;
}

static bool
is_as_it_was(const struct edition_looks *looks, const struct stat *file)
{
	return looks->size == file->st_size && (uint64_t)looks->inode == file->st_ino &&
	       (looks->mtime_ns == 0 || looks->mtime_ns == folder_time_ns(&file->st_mtim)) &&
	       (looks->ctime_ns == 0 || looks->ctime_ns == folder_time_ns(&file->st_ctim));
}

/* What the publisher knows of a picture, under its path or that to which links lead: it follows no
 * link to a folder. ABSENT also if it knows another one. */
static enum edition_result
find_looks(struct visit *visit, struct edition *edition, const char *path, const struct stat *file,
    struct edition_looks *out)
{
	char real[FOLDER_PATH_MAX];

	enum edition_result found = edition_file_looks(edition, path, out);
	if (found == EDITION_FAILED || (found == EDITION_FOUND && is_as_it_was(out, file)))
		return found;
	if (!folder_real_path(visit->site->root_fd, path, real) || strcmp(real, path) == 0)
		return EDITION_ABSENT;
	found = edition_file_looks(edition, real, out);
	return found == EDITION_FOUND && !is_as_it_was(out, file) ? EDITION_ABSENT : found;
}

/* Whether the publisher will ever look at what lies there. */
static bool
is_looked_through(const struct visit *visit, const char *path)
{
	char real[FOLDER_PATH_MAX];

	return !folder_real_path(visit->site->root_fd, path, real) ||
	       paths_kind(real) != PATH_HIDDEN;
}

/* Whether readers have to wait for a picture, or do without. None is sent before the publisher has
 * looked through it: it may tell where it was taken. */
static bool
is_held_back(struct visit *visit, const char *path, const struct stat *file, bool *out_answered)
{
	struct edition_looks looks;

	*out_answered = true;
	struct edition *edition = visit_edition(visit);
	if (edition == NULL)
		return true;
	switch (find_looks(visit, edition, path, file, &looks)) {
	case EDITION_FOUND:
		*out_answered = false; /* 51, like what is not there */
		return looks.is_held;
	case EDITION_ABSENT:
		*out_answered = is_looked_through(visit, path);
		if (*out_answered)
			response_set(visit->out, GEMINI_UNAVAILABLE,
			    "This file is being looked at: ask again in a moment");
		break;
	case EDITION_FAILED:
		visit_edition_failed(visit);
		break;
	}
	return true;
}

static bool
is_picture(const struct visit *visit, const char *path, int fd)
{
	uint8_t sample[PICTURE_SAMPLE];

	if (visit->site->capsule->keep_metadata)
		return false;
	ssize_t len = pread(fd, sample, sizeof(sample), 0);
	return len > 0 && media_is_picture(path, sample, (size_t)len);
}

/* Answers with the file, which is taken over. False if readers have to do without it. */
static bool
answer_file(struct visit *visit, const char *path, int fd, const struct stat *file)
{
	bool is_answered = false, is_one = is_picture(visit, path, fd);

	if (is_one && is_held_back(visit, path, file, &is_answered)) {
		close(fd);
		return is_answered;
	}
	send_file(visit, path, fd, file);
	if (is_one) /* whoever writes into it now cuts the answer off */
		visit->out->file_changed = file->st_ctim;
	return true;
}

static bool
answer_failure(struct visit *visit)
{
	response_set(visit->out, GEMINI_TEMPORARY_FAILURE, "This file cannot be read just now");
	return true;
}

/* Answers with the first of the index files in the folder at path, which ends with a slash. */
static bool
answer_folder_index(struct visit *visit, const char *path)
{
	char name[URL_MAX + sizeof("index.gemini")];
	struct stat file;
	int fd = -1;

	for (size_t i = 0; i < PATHS_INDEX_COUNT; i++) {
		snprintf(name, sizeof(name), "%s%s", path, paths_index[i]);
		if (!site_may_serve(visit->site, name))
			continue;
		switch (folder_open(visit->site->root_fd, name, &fd, &file)) {
		case FOLDER_FILE:
			if (answer_file(visit, name, fd, &file))
				return true;
			break;
		case FOLDER_DIRECTORY:
			close(fd);
			break;
		case FOLDER_ABSENT:
			break;
		case FOLDER_FAILED:
			return answer_failure(visit);
		}
	}
	return false;
}

static bool
answer_folder(struct visit *visit, int folder_fd)
{
	const char *path = visit->url->path;

	if (!text_ends(path, "/"))
		return visit_with_slash(visit);
	if (answer_folder_index(visit, path))
		return true;
	if (!visit->site->capsule->listing)
		return false;
	listing_answer(visit, folder_fd);
	return true;
}

bool
files_answer(struct visit *visit)
{
	const char *path = visit->url->path;
	struct stat file;
	int fd = -1;
	bool is_answered = false;

	if (visit->site->root_fd == -1 || !site_may_serve(visit->site, path))
		return false;
	switch (folder_open(visit->site->root_fd, path, &fd, &file)) {
	case FOLDER_FILE:
		if (text_ends(path, "/")) {
			close(fd);
			return false;
		}
		return answer_file(visit, path, fd, &file);
	case FOLDER_DIRECTORY:
		is_answered = answer_folder(visit, fd);
		close(fd);
		return is_answered;
	case FOLDER_ABSENT:
		return false;
	case FOLDER_FAILED:
		break;
	}
	return answer_failure(visit);
}

bool
files_front_page(struct visit *visit)
{
	return visit->site->root_fd != -1 && answer_folder_index(visit, "/");
}

bool
files_put_frame(struct visit *visit, const char *path)
{
	struct buffer bytes = BUFFER_EMPTY;
	bool is_there = visit->site->root_fd != -1 &&
			folder_read(visit->site->root_fd, path, FILES_FRAME_MAX, &bytes, NULL) &&
			(visit->site->capsule->keep_metadata ||
			    !media_is_picture(path, buffer_text(&bytes), bytes.len));

	if (is_there) {
		visit_put_gap(visit);
		gemtext_put_document(&visit->out->body, buffer_text(&bytes), bytes.len);
	}
	buffer_free(&bytes);
	return is_there;
}
