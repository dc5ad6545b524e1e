#include "upload/naming.h"

#include <ctype.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encode.h"
#include "base/text.h"
#include "base/time.h"
#include "store/folder.h"

#define TRIES_MAX  10000 /* names looked at before we give up */
#define STEM_MAX   200   /* bytes that a kept text keeps of its name */
#define HASH_BYTES 4

static const char *const kept_words[] = {
    [NAMING_CONFLICT] = "-conflict-",
    [NAMING_REFUSED] = "-refused-",
};

static bool
give_up(struct errand *errand, const char *instead)
{
	response_set(errand->out, GEMINI_FAILURE, "%s", instead);
	return false;
}

/* Whether something lies at path; *out_failed when that cannot be told. */
static bool
is_taken(const struct errand *errand, const char *path, bool *out_failed)
{
	int fd = -1;
	struct stat st;

	enum folder_result found = folder_open(press_root_fd(errand->desk->press), path, &fd, &st);
	if (found == FOLDER_FILE || found == FOLDER_DIRECTORY)
		close(fd);
	*out_failed = found == FOLDER_FAILED;
	return found != FOLDER_ABSENT;
}

/* How a path may be called. */
struct names {
	const char *stem, *ending;
	bool is_counted;     /* from the first on: STEM1; else STEM, STEM-2, … */
	naming_is_it *is_it; /* or NULL */
	void *context;
};

/* The first path that is free, or holds what is being named already. */
static bool
find_path(struct errand *errand, const struct names *names, char out[static RULES_PATH_MAX])
{
	bool failed = press_root_fd(errand->desk->press) == -1;

	for (int i = 1; i <= TRIES_MAX && !failed; i++) {
		char number[16] = "";

		if (names->is_counted || i > 1)
			snprintf(number, sizeof(number), "%s%d", names->is_counted ? "" : "-", i);
		int len =
		    snprintf(out, RULES_PATH_MAX, "%s%s.%s", names->stem, number, names->ending);
		if (len < 0 || len > URL_MAX)
			return give_up(errand, "Choose a folder with a shorter path");
		if (!is_taken(errand, out, &failed) ||
		    (names->is_it != NULL && names->is_it(names->context, out)))
			return true;
	}
	if (!failed)
		return give_up(errand, "Choose another title: there are too many of this one");
	response_set(errand->out, GEMINI_TEMPORARY_FAILURE,
	    "Try again soon: the capsule's folder cannot be read");
	return false;
}

/* The slug of the title, or of the first words. */
static void
slug_of(const struct source *source, char out[static TEXT_SLUG_MAX + 1])
{
	text_slug(source->article.card.title, out);
	if (*out == '\0')
		text_slug(source->article.card.summary, out);
	if (*out == '\0')
		strcpy(out, "untitled");
}

/* How many of the wanted parts, "2025/06/", the folder has at its end already: 0, 1 or 2. */
static int
dated_parts(const char *folder)
{
	static const char *const shapes[] = {"/9999/99/", "/9999/"};

	for (int i = 0; i < 2; i++) {
		size_t len = strlen(shapes[i]);
		const char *end = folder + strlen(folder) - len;
		bool fits = strlen(folder) >= len;

		for (size_t j = 0; fits && j < len; j++)
			fits = shapes[i][j] == '9' ? isdigit((unsigned char)end[j]) != 0
						   : end[j] == shapes[i][j];
		if (fits)
			return 2 - i;
	}
	return 0;
}

bool
naming_article(struct errand *errand, const char *folder, const struct source *source,
    naming_is_it *is_it, void *context, char out[static RULES_PATH_MAX])
{
	struct timestamp day = source->has_date
				   ? source->date
				   : timestamp_at(errand->now, errand->desk->capsule->timezone);
	char stem[RULES_PATH_MAX + TEXT_SLUG_MAX], slug[TEXT_SLUG_MAX + 1], date[32];

	slug_of(source, slug);
	snprintf(date, sizeof(date), "%04d/%02d/", day.year, day.month);
	int parts = dated_parts(folder);
	const char *missing = parts == 0 ? date : parts == 1 ? date + strlen("2025/") : "";
	snprintf(stem, sizeof(stem), "%s%s%s", folder, missing, slug);
	return find_path(errand,
	    &(struct names){.stem = stem, .ending = "gmi", .is_it = is_it, .context = context},
	    out);
}

bool
naming_draft(struct errand *errand, const char *folder, const struct source *source,
    naming_is_it *is_it, void *context, char out[static RULES_PATH_MAX])
{
	char stem[RULES_PATH_MAX + TEXT_SLUG_MAX], slug[TEXT_SLUG_MAX + 1];

	slug_of(source, slug);
	snprintf(stem, sizeof(stem), "%s%s", folder, slug);
	return find_path(errand,
	    &(struct names){.stem = stem, .ending = "gmi", .is_it = is_it, .context = context},
	    out);
}

/* Bytes that may lie somewhere already. */
struct content {
	const struct errand *errand;
	const void *bytes;
	size_t len;
};

static bool
holds(void *context, const char *path)
{
	const struct content *content = context;
	struct buffer there = BUFFER_EMPTY;

	bool is_same = office_read(content->errand->desk, path, &there, NULL) == OFFICE_FOUND &&
		       there.len == content->len &&
		       memcmp(buffer_text(&there), content->bytes, content->len) == 0;
	buffer_free(&there);
	return is_same;
}

bool
naming_image(struct errand *errand, const char *folder, const char *ending, const void *bytes,
    size_t len, char out[static RULES_PATH_MAX])
{
	struct timestamp day = timestamp_at(errand->now, errand->desk->capsule->timezone);
	unsigned char digest[EVP_MAX_MD_SIZE] = {0};
	char hash[2 * HASH_BYTES + 1], stem[RULES_PATH_MAX + 32];

	EVP_Digest(bytes, len, digest, NULL, EVP_sha256(), NULL); /* failing it is 00000000 */
	encode_hex(digest, HASH_BYTES, hash);
	if (dated_parts(folder) == 0)
		snprintf(stem, sizeof(stem), "%s%04d/%s", folder, day.year, hash);
	else
		snprintf(stem, sizeof(stem), "%s%s", folder, hash);
	struct content content = {errand, bytes, len};
	return find_path(errand,
	    &(struct names){.stem = stem, .ending = ending, .is_it = holds, .context = &content},
	    out);
}

bool
naming_keep(struct errand *errand, const char *path, enum naming_kept why, const void *bytes,
    size_t len, char out[static RULES_PATH_MAX])
{
	const char *name = strrchr(path, '/') + 1;
	const char *dot = strrchr(name, '.');
	size_t name_len = dot == NULL ? strlen(name) : (size_t)(dot - name);
	char stem[STEM_MAX + 64];

	snprintf(stem, sizeof(stem), "/drafts/%.*s%s",
	    (int)(name_len == 0 ? 4 : text_cut(name, name_len, STEM_MAX)),
	    name_len == 0 ? "text" : name, kept_words[why]);
	struct content content = {errand, bytes, len};
	return find_path(errand,
	    &(struct names){
		.stem = stem,
		.ending = text_ends(name, ".md") ? "md" : "gmi",
		.is_counted = true,
		.is_it = holds,
		.context = &content,
	    },
	    out);
}

bool
naming_is_kept(const char *path, enum naming_kept *out_why)
{
	const char *end = strrchr(path, '.');

	if (end == NULL || !text_starts(path, "/drafts/"))
		return false;
	const char *number = end;
	while (isdigit((unsigned char)number[-1]))
		number--;
	for (size_t i = 0; number < end && i < sizeof(kept_words) / sizeof(kept_words[0]); i++) {
		size_t len = strlen(kept_words[i]);

		if ((size_t)(number - path) < len || memcmp(number - len, kept_words[i], len) != 0)
			continue;
		*out_why = (enum naming_kept)i;
		return true;
	}
	return false;
}
