#include "formats/clipping.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/array.h"
#include "base/text.h"
#include "formats/date.h"
#include "gemini/gemtext.h"

#define WRAPPED_MIN 50 /* bytes of a line that a program has broken, not its author */
#define WRAPPED_MAX 80

/* A line without the blanks around it; its text is NUL-terminated. */
struct line {
	char *text; /* owned */
	size_t len; /* 0: parts paragraphs */
	size_t number;
};

struct clipping {
	struct line *lines; /* owned */
	size_t count, capacity;
	struct pieces *out;
	struct error *err;
};

/* --- lines --- */

/* How many bytes of blanks, no-break ones and byte order marks too, text[0..len) begins with. */
static size_t
blanks_before(const char *text, size_t len)
{
	size_t at = 0, n;
	uint32_t c;

	while ((n = text_decode(text + at, len - at, &c)) > 0 &&
	       (c <= ' ' || c == 0xA0 || c == 0xFEFF || (c >= 0x2000 && c <= 0x200B)))
		at += n;
	return at;
}

static size_t
without_blanks_behind(const char *text, size_t len)
{
	while (len > 0) {
		size_t start = len - 1;

		while (start > 0 && ((unsigned char)text[start] & 0xC0) == 0x80)
			start--;
		if (blanks_before(text + start, len - start) < len - start)
			break;
		len = start;
	}
	return len;
}

static bool
add_line(struct clipping *c, const char *text, size_t len, size_t number)
{
	struct line *lines = array_room(c->lines, c->count, &c->capacity, sizeof(*lines));
	size_t blanks = blanks_before(text, len);
	struct buffer line = BUFFER_EMPTY;

	if (lines == NULL)
		return false;
	c->lines = lines;
	text_append_line(&line, text + blanks, without_blanks_behind(text + blanks, len - blanks));
	size_t line_len = line.len;
	char *owned = line.len > 0 ? buffer_take(&line) : strdup("");
	buffer_free(&line);
	if (owned == NULL)
		return false;
	lines[c->count++] = (struct line){.text = owned, .len = line_len, .number = number};
	return true;
}

static bool
split(struct clipping *c, const char *bytes, size_t len)
{
	for (size_t number = 1; len > 0; number++) {
		const char *end = memchr(bytes, '\n', len);
		size_t line_len = end == NULL ? len : (size_t)(end - bytes);

		if (!add_line(c, bytes, line_len, number))
			return false;
		line_len += end != NULL;
		bytes += line_len;
		len -= line_len;
	}
	return true;
}

/* The first line from `at` on that is not empty, or the end. */
static size_t
skip_empty(const struct clipping *c, size_t at)
{
	while (at < c->count && c->lines[at].len == 0)
		at++;
	return at;
}

static bool
is_show_more(const struct line *line)
{
	return strcasecmp(line->text, "Show More") == 0;
}

/* Takes empty lines and the button off the end. */
static void
trim_end(struct clipping *c)
{
	while (c->count > 0 &&
	       (c->lines[c->count - 1].len == 0 || is_show_more(&c->lines[c->count - 1])))
		free(c->lines[--c->count].text);
}

/* --- who and when --- */

/* A line that tells who wrote something, and when. */
struct byline {
	const char *author; /* borrowed from the line */
	size_t author_len;
	const char *date; /* to the end of the line */
};

/* `Author • June 13, 2025`. */
static bool
find_head(const struct line *line, struct byline *out)
{
	static const char *const dots[] = {" • ", " · ", " | "};

	for (size_t i = 0; i < sizeof(dots) / sizeof(dots[0]); i++)
		for (const char *dot = line->text; (dot = strstr(dot, dots[i])) != NULL; dot++) {
			const char *date = dot + strlen(dots[i]);

			if (!date_is_meant(date))
				continue;
			*out = (struct byline){line->text, (size_t)(dot - line->text), date};
			return true;
		}
	return false;
}

/* `By Author June 13, 2025`. */
static bool
find_card(const struct line *line, struct byline *out)
{
	const char *author = line->text + strlen("By ");

	if (!text_starts(line->text, "By "))
		return false;
	for (const char *blank = author; (blank = strchr(blank, ' ')) != NULL; blank++)
		if (date_is_meant(blank + 1)) {
			*out = (struct byline){author, (size_t)(blank - author), blank + 1};
			return true;
		}
	return false;
}

static bool
take_byline(
    struct clipping *c, const struct line *line, const struct byline *byline, struct piece *piece)
{
	if (!date_read(byline->date, &piece->date))
		return error_set(
		    c->err, "line %zu: there is no day `%s`", line->number, byline->date);
	piece->has_date = true;
	return piece_add_authors(piece, byline->author, byline->author_len) ||
	       error_set(c->err, "out of memory");
}

/* --- the article --- */

/* Whether the line stands alone between quotation marks. */
static bool
is_quoted(const struct clipping *c, size_t at)
{
	static const char *const marks[][2] = {{"\"", "\""}, {"“", "”"}, {"„", "“"}, {"«", "»"}};
	const struct line *line = &c->lines[at];
	bool is_alone = at + 1 == c->count || c->lines[at + 1].len == 0;

	for (size_t i = 0; is_alone && i < sizeof(marks) / sizeof(marks[0]); i++)
		if (line->len > strlen(marks[i][0]) + strlen(marks[i][1]) &&
		    text_starts(line->text, marks[i][0]) && text_ends(line->text, marks[i][1]))
			return true;
	return false;
}

/* Whether the lines of the paragraph from..to were broken to fit a width. */
static bool
is_wrapped(const struct clipping *c, size_t from, size_t to)
{
	for (size_t i = from; i + 1 < to; i++)
		if (c->lines[i].len < WRAPPED_MIN || c->lines[i].len > WRAPPED_MAX)
			return false;
	return to - from > 1;
}

/* What follows the bullet that the line begins with, or NULL. */
static const char *
find_item(const struct line *line)
{
	static const char *const bullets[] = {"• ", "* ", "- ", "– "};

	for (size_t i = 0; i < sizeof(bullets) / sizeof(bullets[0]); i++)
		if (text_starts(line->text, bullets[i]))
			return line->text + strlen(bullets[i]);
	return NULL;
}

static void
put_paragraph(const struct clipping *c, size_t from, size_t to, struct buffer *out)
{
	struct buffer joined = BUFFER_EMPTY;

	if (out->len > 0)
		buffer_putc(out, '\n');
	if (is_wrapped(c, from, to) && find_item(&c->lines[from]) == NULL) {
		for (size_t i = from; i < to; i++)
			buffer_printf(&joined, "%s ", c->lines[i].text);
		out->failed |= joined.failed;
		gemtext_put_text(out, buffer_text(&joined));
		buffer_free(&joined);
		return;
	}
	for (size_t i = from; i < to; i++) {
		const char *item = find_item(&c->lines[i]);

		if (item == NULL)
			gemtext_put_text(out, c->lines[i].text);
		else
			buffer_printf(out, "* %s\n", item);
	}
}

static void
put_paragraphs(const struct clipping *c, size_t from, size_t to, struct buffer *out)
{
	while ((from = skip_empty(c, from)) < to) {
		size_t end = from;

		while (end < to && c->lines[end].len > 0)
			end++;
		put_paragraph(c, from, end, out);
		from = end;
	}
}

/* Reads what stands in the lines from..to. */
static bool
read_article(struct clipping *c, size_t from, size_t to)
{
	struct piece *piece = pieces_add(c->out);
	const struct line *title = &c->lines[from];
	struct byline head;

	if (piece == NULL)
		return error_set(c->err, "out of memory");
	size_t title_len = text_cut_word(title->text, title->len, CLIPPING_TITLE_MAX);
	buffer_append(&piece->title, title->text, title_len);
	size_t at = title_len == title->len ? skip_empty(c, from + 1) : from;
	if (at < to && find_head(&c->lines[at], &head)) {
		if (!take_byline(c, &c->lines[at], &head, piece))
			return false;
		at = skip_empty(c, at + 1);
		if (at < to && is_quoted(c, at)) {
			buffer_puts(&piece->summary, c->lines[at].text);
			at++;
		}
	}
	put_paragraphs(c, at, to, &piece->body);
	return true;
}

/* --- cards --- */

/* The line with author and date of the first card whose caption stands at `from` or later, or the
 * end. */
static size_t
find_next_card(const struct clipping *c, size_t from)
{
	struct byline byline;

	for (size_t i = from + 1; i < c->count; i++)
		if (c->lines[i - 1].len > 0 && find_card(&c->lines[i], &byline))
			return i;
	return c->count;
}

/* Reads the card that has its author and date in the line at `byline_at`, and ends before `end`. */
static bool
read_card(struct clipping *c, size_t byline_at, size_t end)
{
	struct piece *piece = pieces_add(c->out);
	const struct line *caption = &c->lines[byline_at - 1];
	struct byline byline = {0};

	if (piece == NULL)
		return error_set(c->err, "out of memory");
	piece->is_draft = true;
	buffer_append(&piece->title, caption->text,
	    text_cut_word(caption->text, caption->len, CLIPPING_TITLE_MAX));
	buffer_puts(&piece->image_alt, caption->text);
	if (!find_card(&c->lines[byline_at], &byline) ||
	    !take_byline(c, &c->lines[byline_at], &byline, piece))
		return false;
	for (size_t i = byline_at + 1; i < end; i++)
		if (c->lines[i].len > 0 && !is_show_more(&c->lines[i]))
			buffer_printf(&piece->summary, "%s%s", piece->summary.len > 0 ? " " : "",
			    c->lines[i].text);
	/* What front matter cannot hold whole is the text of the draft. */
	if (text_cut_word(buffer_text(&piece->summary), piece->summary.len, PIECE_SUMMARY_MAX) <
	    piece->summary.len)
		gemtext_put_text(&piece->body, buffer_text(&piece->summary));
	return true;
}

static bool
read_cards(struct clipping *c, size_t byline_at)
{
	while (byline_at < c->count) {
		size_t next = find_next_card(c, byline_at + 1);

		if (!read_card(c, byline_at, next < c->count ? next - 1 : c->count))
			return false;
		byline_at = next;
	}
	return true;
}

static bool
read_lines(struct clipping *c)
{
	size_t title = skip_empty(c, 0);

	if (title == c->count)
		return error_set(c->err, "there is no text in it");
	size_t byline_at = find_next_card(c, title);
	size_t article_end = byline_at < c->count ? byline_at - 1 : c->count;
	return (article_end <= title || read_article(c, title, article_end)) &&
	       read_cards(c, byline_at);
}

bool
clipping_read(const char *bytes, size_t len, struct pieces *out, struct error *err)
{
	struct clipping c = {.out = out, .err = err};
	bool ok = split(&c, bytes, len) || error_set(err, "out of memory");

	trim_end(&c);
	ok = ok && read_lines(&c);
	for (size_t i = 0; i < c.count; i++)
		free(c.lines[i].text);
	free(c.lines);
	return ok;
}
