#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/text.h"
#include "gemini/url.h"
#include "import/job.h"
#include "picture/picture.h"
#include "store/folder.h"
#include "upload/kinds.h"

#define HASH_BYTES 4
#define TRIES_MAX  100 /* pictures that share their first four bytes of hash */

/* Whether exactly these bytes lie at path; *out_is_free if nothing does. */
static bool
holds(const struct job *job, const char *path, const struct buffer *bytes, bool *out_is_free)
{
	struct buffer there = BUFFER_EMPTY;
	struct stat status;
	struct error err;
	int fd = -1;
	enum folder_result found = folder_open(job->root_fd, path, &fd, &status);

	*out_is_free = found == FOLDER_ABSENT;
	bool is_same = found == FOLDER_FILE && status.st_size == (off_t)bytes->len &&
		       folder_read_open(fd, bytes->len, &there, &err) && there.len == bytes->len &&
		       memcmp(there.data, bytes->data, bytes->len) == 0;
	if (fd != -1)
		close(fd);
	buffer_free(&there);
	return is_same;
}

/* The path of the picture, /images/2025/HASH8.EXT; *out_is_new unless it lies there already. */
static bool
place(const struct job *job, const struct buffer *bytes, const char *ending, int year,
    char out[static URL_MAX], bool *out_is_new)
{
	unsigned char digest[EVP_MAX_MD_SIZE] = {0};
	char hash[2 * HASH_BYTES + 1];

	EVP_Digest(
	    bytes->data, bytes->len, digest, NULL, EVP_sha256(), NULL); /* failing: 00000000 */
	encode_hex(digest, HASH_BYTES, hash);
	for (int i = 1; i <= TRIES_MAX; i++) {
		char number[16] = "";

		if (i > 1)
			snprintf(number, sizeof(number), "-%d", i);
		snprintf(out, URL_MAX, "/images/%04d/%s%s.%s", year, hash, number, ending);
		if (holds(job, out, bytes, out_is_new) || *out_is_new)
			return true;
	}
	return false;
}

/* Takes out what the press would take out as well, so that the same picture has the same name
 * again. False with the reason if that cannot be done. */
static bool
clean(const struct job *job, struct buffer *bytes, struct error *err)
{
	struct buffer cleaned = BUFFER_EMPTY;
	unsigned found;

	if (job->capsule->keep_metadata)
		return true;
	switch (picture_clean((const uint8_t *)bytes->data, bytes->len, &cleaned, &found, err)) {
	case PICTURE_CLEAN:
	case PICTURE_OTHER:
		return true;
	case PICTURE_CLEANED:
		buffer_free(bytes);
		*bytes = cleaned;
		return true;
	case PICTURE_BROKEN:
	case PICTURE_SEALED:
		return false;
	case PICTURE_NO_MEMORY:
		break;
	}
	return error_set(err, "out of memory");
}

static const char *
write_picture(struct job *job, const char *key, const char *shown, const struct buffer *bytes,
    const char *type, int year)
{
	char path[URL_MAX];
	bool is_new = false;
	struct error err;

	if (!place(job, bytes, kinds_ending(type), year, path, &is_new)) {
		report_refused(&job->report, shown, "no free path for it in /images/%04d/", year);
		return NULL;
	}
	if (is_new && !job->is_dry &&
	    !folder_write(job->root_fd, path, bytes->data, bytes->len, &err)) {
		report_refused(&job->report, shown, "%s", err.text);
		return NULL;
	}
	if (is_new)
		report_picture(&job->report, shown, path);
	return names_add(&job->copied, key, path) ? names_find(&job->copied, key) : NULL;
}

/* Reads the picture at path, whose name says type, and writes it. */
static const char *
copy(struct job *job, const struct original *picture, const char *key, const char *type, int year)
{
	struct buffer bytes = BUFFER_EMPTY, shown = BUFFER_EMPTY;
	const char *path = NULL;
	struct error err;

	originals_put_name(&job->originals, picture, &shown);
	if (!originals_read(
		&job->originals, picture, job->config->limits.upload_size, &bytes, &err)) {
		report_refused(&job->report, buffer_text(&shown), "%s", err.text);
	} else if (bytes.len == 0 ||
		   !kinds_is(media_by_bytes(job->media, bytes.data, bytes.len), type)) {
		report_refused(
		    &job->report, buffer_text(&shown), "its name says %s, its bytes do not", type);
	} else if (!clean(job, &bytes, &err)) {
		report_refused(&job->report, buffer_text(&shown),
		    "what its camera wrote into it cannot be taken out: %s", err.text);
	} else {
		path = write_picture(job, key, buffer_text(&shown), &bytes, type, year);
	}
	if (path == NULL) /* told once */
		names_add(&job->copied, key, "");
	buffer_free(&bytes);
	buffer_free(&shown);
	return path;
}

const char *
pictures_take(struct job *job, size_t root, const char *path, int year)
{
	const char *type = kinds_picture(path), *taken = NULL;
	struct original picture = {.root = root, .path = (char *)path};
	struct buffer key = BUFFER_EMPTY;
	struct stat status;
	int fd = -1;

	if (type == NULL)
		return NULL;
	buffer_printf(&key, "%zu:%s", root, path);
	taken = names_find(&job->copied, buffer_text(&key));
	if (taken == NULL &&
	    folder_open(job->originals.roots[root].fd, path, &fd, &status) == FOLDER_FILE)
		taken = copy(job, &picture, buffer_text(&key), type, year);
	if (fd != -1)
		close(fd);
	buffer_free(&key);
	return taken != NULL && *taken != '\0' ? taken : NULL;
}
