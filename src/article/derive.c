#include "article/derive.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "gemini/gemtext.h"

#define ELLIPSIS "\u2026"

static bool
is_empty(const struct gemtext_line *line)
{
	for (size_t i = 0; i < line->text_len; i++)
		if (line->text[i] != ' ' && line->text[i] != '\t')
			return false;
	return true;
}

static bool
is_title_heading(const struct gemtext_line *line)
{
	return line->type == GEMTEXT_HEADING && line->level == 1 && !is_empty(line);
}

static bool
heading_title(struct buffer *out, const char *body, size_t len)
{
	struct gemtext_reader reader = {.rest = body, .rest_len = len};
	struct gemtext_line line;

	while (gemtext_next(&reader, &line)) {
		if (!is_title_heading(&line))
			continue;
		text_append_line(out, line.text, line.text_len);
		return true;
	}
	return false;
}

static void
file_title(struct buffer *out, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash == NULL ? path : slash + 1;
	const char *dot = strrchr(name, '.');
	size_t name_len = dot == NULL || dot == name ? strlen(name) : (size_t)(dot - name);
	size_t start = out->len;

	text_append_line(out, name, name_len);
	if (strspn(name, "-_ ") >= name_len)
		return; /* nothing but blanks would be left */
	for (size_t i = start; i < out->len; i++)
		if (out->data[i] == '-' || out->data[i] == '_')
			out->data[i] = ' ';
}

void
derive_title(struct buffer *out, const char *body, size_t len, const char *path)
{
	if (!heading_title(out, body, len))
		file_title(out, path);
}

/* The first line of that type with words in it. */
static bool
first_line(enum gemtext_type type, const char *body, size_t len, struct gemtext_line *out)
{
	struct gemtext_reader reader = {.rest = body, .rest_len = len};

	while (gemtext_next(&reader, out))
		if (out->type == type && !is_empty(out))
			return true;
	return false;
}

static size_t
count_characters(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)text[i] & 0xC0) != 0x80; /* not a continuation byte */
	return count;
}

void
derive_summary(struct buffer *out, const char *body, size_t len)
{
	struct gemtext_line line;
	size_t kept;

	if (!first_line(GEMTEXT_QUOTE, body, len, &line) &&
	    !first_line(GEMTEXT_TEXT, body, len, &line))
		return;
	while (*line.text == ' ' || *line.text == '\t') { /* there are words behind them */
		line.text++;
		line.text_len--;
	}
	if (count_characters(line.text, line.text_len) <= DERIVE_SUMMARY_MAX) {
		text_append_line(out, line.text, line.text_len);
		return;
	}
	kept = text_cut_word(line.text, line.text_len, DERIVE_SUMMARY_MAX - 1);
	assert(kept < line.text_len);
	text_append_line(out, line.text, kept);
	buffer_puts(out, ELLIPSIS);
}

static bool
says_again(const struct gemtext_line *heading, const char *title, struct buffer *scratch)
{
	buffer_truncate(scratch, 0);
	text_append_line(scratch, heading->text, heading->text_len);
	return strcmp(buffer_text(scratch), title) == 0;
}

size_t
derive_opening(const char *body, size_t len, const char *title, struct buffer *scratch)
{
	struct gemtext_reader reader = {.rest = body, .rest_len = len};
	struct gemtext_line line;
	size_t opening = 0;
	bool has_title = false;

	while (gemtext_next(&reader, &line)) {
		if (!has_title && is_title_heading(&line) && says_again(&line, title, scratch))
			has_title = true;
		else if (line.type != GEMTEXT_TEXT || !is_empty(&line))
			break;
		assert(reader.rest_len <= len && len - reader.rest_len > opening);
		opening = len - reader.rest_len;
	}
	return opening;
}

size_t
derive_ending(const char *body, size_t len)
{
	size_t last = len;
	const char *line_end;

	while (last > 0 && strchr(" \t\n", body[last - 1]) != NULL)
		last--;
	if (last == 0)
		return 0;
	line_end = memchr(body + last, '\n', len - last);
	return line_end == NULL ? len : (size_t)(line_end - body) + 1;
}
