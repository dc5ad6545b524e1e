#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "article/source.h"
#include "base/text.h"
#include "gemini/gemtext.h"
#include "gemini/url.h"
#include "import/job.h"
#include "store/folder.h"

#define TRIES_MAX 10000 /* names looked at before we give up */

/* --- what is there already --- */

/* Appends the text without where its links lead: that changes as other pieces come. */
static void
put_words(struct buffer *out, const struct article *article)
{
	struct gemtext_reader reader = {.rest = article->body, .rest_len = article->body_len};
	struct gemtext_line line;

	while (gemtext_next(&reader, &line)) {
		buffer_append(out, line.type == GEMTEXT_LINK ? line.text : line.raw,
		    line.type == GEMTEXT_LINK ? line.text_len : line.raw_len);
		buffer_putc(out, '\n');
	}
}

static bool
have_same_words(const struct source *a, const struct source *b)
{
	struct buffer a_words = BUFFER_EMPTY, b_words = BUFFER_EMPTY;

	put_words(&a_words, &a->article);
	put_words(&b_words, &b->article);
	bool are_same = !a_words.failed && !b_words.failed &&
			strcmp(a->article.card.authors, b->article.card.authors) == 0 &&
			strcmp(buffer_text(&a_words), buffer_text(&b_words)) == 0;
	buffer_free(&a_words);
	buffer_free(&b_words);
	return are_same;
}

static bool
are_same_date(const struct timestamp *a, const struct timestamp *b)
{
	return a->year == b->year && a->month == b->month && a->day == b->day &&
	       a->hour == b->hour && a->minute == b->minute && a->second == b->second;
}

static bool
have_same_head(const struct source *a, const struct source *b)
{
	return strcmp(a->article.card.title, b->article.card.title) == 0 &&
	       a->has_date == b->has_date && are_same_date(&a->date, &b->date);
}

enum likeness { NOTHING_THERE, ANOTHER, SAME_HEAD, SAME };

/* How what lies at path is like the source. */
static enum likeness
compare(const struct job *job, const char *path, const struct source *source)
{
	struct buffer bytes = BUFFER_EMPTY;
	struct source *there = NULL;
	enum likeness likeness = ANOTHER;
	struct stat status;
	struct error err;
	int fd = -1;

	if (folder_open(job->root_fd, path, &fd, &status) == FOLDER_ABSENT)
		return faccessat(job->root_fd, path + 1, F_OK, AT_SYMLINK_NOFOLLOW) == 0
			   ? ANOTHER /* but nothing we may read */
			   : NOTHING_THERE;
	if (fd != -1 && S_ISREG(status.st_mode) &&
	    folder_read_open(fd, job->config->limits.upload_size, &bytes, &err))
		there = source_parse(path, buffer_text(&bytes), bytes.len, &err);
	if (there != NULL && have_same_head(there, source))
		likeness = have_same_words(there, source) ? SAME : SAME_HEAD;
	if (fd != -1)
		close(fd);
	source_free(there);
	buffer_free(&bytes);
	return likeness;
}

/* --- choosing --- */

/* A piece looking for its place. */
struct search {
	struct job *job;
	const struct source *source; /* the piece as it would be read */
	char slug[TEXT_SLUG_MAX + 1];
	struct error *err;
};

/* The first path FOLDER/SLUG.gmi, FOLDER/SLUG-2.gmi, … that is free, or holds this text. */
static bool
find_place(struct search *search, const char *folder, struct buffer *out, enum verdict *out_verdict)
{
	struct buffer similar = BUFFER_EMPTY; /* the first that was it before somebody changed it */

	*out_verdict = VERDICT_NEW;
	for (int i = 1; i <= TRIES_MAX; i++) {
		buffer_truncate(out, 0);
		buffer_printf(out, "%s%s", folder, search->slug);
		if (i > 1)
			buffer_printf(out, "-%d", i);
		buffer_puts(out, ".gmi");
		if (out->failed || out->len > URL_MAX)
			break;
		if (names_find(&search->job->claimed, out->data) != NULL)
			continue;
		enum likeness likeness = compare(search->job, out->data, search->source);
		if (likeness == SAME_HEAD && similar.len == 0)
			buffer_puts(&similar, out->data);
		if (likeness == SAME)
			*out_verdict = VERDICT_THERE;
		if (likeness == NOTHING_THERE && similar.len > 0) {
			buffer_truncate(out, 0);
			buffer_puts(out, similar.data);
			*out_verdict = VERDICT_CHANGED;
		}
		if (likeness == SAME || likeness == NOTHING_THERE) {
			buffer_free(&similar);
			return true;
		}
	}
	buffer_free(&similar);
	return error_set(search->err, "no free path for it in %s", folder);
}

/* /articles/2025/06/ */
static void
put_dated_folder(struct buffer *out, const struct piece *piece)
{
	buffer_printf(out, "/articles/%04d/%02d/", piece->date.year, piece->date.month);
}

/* Whether the draft became an article since it was taken. */
static bool
is_published(struct search *search, const struct piece *piece, struct buffer *out)
{
	buffer_truncate(out, 0);
	put_dated_folder(out, piece);
	buffer_printf(out, "%s.gmi", search->slug);
	enum likeness likeness = compare(search->job, buffer_text(out), search->source);
	return likeness == SAME || likeness == SAME_HEAD;
}

static bool
choose(
    struct search *search, const struct piece *piece, struct buffer *out, enum verdict *out_verdict)
{
	struct buffer folder = BUFFER_EMPTY;

	if (piece->is_draft && is_published(search, piece, out)) {
		*out_verdict = VERDICT_CHANGED;
		return true;
	}
	if (piece->is_draft)
		buffer_puts(&folder, "/drafts/");
	else if (search->job->into != NULL)
		buffer_puts(&folder, search->job->into);
	else
		put_dated_folder(&folder, piece);
	bool is_found = find_place(search, buffer_text(&folder), out, out_verdict);
	buffer_free(&folder);
	return is_found;
}

/* A file of one of these names is no article, or not only. */
static const char *const taken_slugs[] = {"header", "footer", "index"};

static void
make_slug(const char *title, char out[static TEXT_SLUG_MAX + 1])
{
	text_slug(title, out);
	if (out[0] == '\0')
		strcpy(out, "untitled");
	for (size_t i = 0; i < sizeof(taken_slugs) / sizeof(taken_slugs[0]); i++)
		if (strcmp(out, taken_slugs[i]) == 0)
			strcat(out, "-page");
}

/* What would be written is read as the server will read it: what that refuses is not taken. */
static struct source *
parse_piece(const struct job *job, const struct piece *piece, struct error *err)
{
	struct buffer bytes = BUFFER_EMPTY;
	struct source *source = NULL;

	if (!piece_write(piece, &bytes))
		error_set(err, "out of memory");
	else if (bytes.len > job->config->limits.upload_size)
		error_set(err, "larger than upload-size of the ini file");
	else
		source = source_parse("/articles/piece.gmi", bytes.data, bytes.len, err);
	buffer_free(&bytes);
	return source;
}

char *
place_piece(
    struct job *job, const struct piece *piece, enum verdict *out_verdict, struct error *err)
{
	struct search search = {.job = job, .err = err};
	struct source *source = parse_piece(job, piece, err);
	struct buffer path = BUFFER_EMPTY;
	char *chosen = NULL;

	if (source == NULL)
		return NULL;
	search.source = source;
	make_slug(source->article.card.title, search.slug);
	if (choose(&search, piece, &path, out_verdict)) {
		chosen = buffer_take(&path);
		if (chosen == NULL || !names_add(&job->claimed, chosen, "")) {
			free(chosen);
			chosen = NULL;
			error_set(err, "out of memory");
		}
	}
	buffer_free(&path);
	source_free(source);
	return chosen;
}
