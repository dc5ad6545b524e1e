#include "article/markdown_tame.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define TAB_COLUMNS       4
#define NUMBER_DIGITS_MAX 9 /* of a list item: what is longer is text anyway */

/* A document on its way through. */
struct taming {
	struct buffer *out;
	uint64_t images;     /* in this stretch of lines */
	uint64_t steps_left; /* see MARKDOWN_IMAGE_STEPS */
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool
is_blank_line(const char *line, size_t len)
{
	while (len > 0 && is_blank(line[len - 1]))
		len--;
	return len == 0;
}

/* Bytes of the mark of a quote or item that text begins with, or 0. */
static size_t
mark_len(const char *text, size_t len)
{
	size_t digits = 0;

	if (len > 0 && text[0] == '>')
		return 1;
	while (digits < len && digits < NUMBER_DIGITS_MAX && isdigit((unsigned char)text[digits]))
		digits++;
	if (digits == len || strchr(digits == 0 ? "-+*" : ".)", text[digits]) == NULL ||
	    text[digits] == '\0')
		return 0;
	return digits + 1 == len || is_blank(text[digits + 1]) ? digits + 1 : 0;
}

/* Appends the blanks and marks that a line begins with, up to one that would be nested too deep;
 * returns how many bytes that were. */
static size_t
put_marks(struct taming *t, const char *line, size_t len)
{
	size_t at = 0, columns = 0, mark;

	while (at < len) {
		if (is_blank(line[at])) {
			columns += line[at] == '\t' ? TAB_COLUMNS : 1;
			at++;
			continue;
		}
		mark = mark_len(line + at, len - at);
		if (mark == 0 || columns >= MARKDOWN_NESTING_COLUMNS)
			break;
		columns += mark;
		at += mark;
	}
	mark = mark_len(line + at, len - at);
	buffer_append(t->out, line, at);
	if (mark == 0)
		return at;
	buffer_append(t->out, line + at, mark - 1);
	buffer_putc(t->out, '\\');
	buffer_putc(t->out, line[at + mark - 1]);
	return at + mark;
}

/* What a byte of text becomes: itself, or, when there are too many images, nothing that cmark would
 * look behind it for. */
static void
put_byte(struct taming *t, const char *text, size_t at)
{
	bool opens = text[at] == '[' && at > 0 && text[at - 1] == '!';

	if (opens && t->steps_left > 0) {
		t->images++;
	} else if (opens) {
		buffer_putc(t->out, '\\');
	} else if (text[at] == ']' && t->images <= t->steps_left) {
		t->steps_left -= t->images;
	} else if (text[at] == ']') {
		t->steps_left = 0;
		buffer_puts(t->out, "&#93;");
		return;
	}
	buffer_putc(t->out, text[at]);
}

/* Appends the text of a line. */
static void
put_text(struct taming *t, const char *text, size_t len)
{
	size_t done = 0;

	for (size_t at = 0; at < len; at++) {
		if (text[at] != '[' && text[at] != ']')
			continue;
		buffer_append(t->out, text + done, at - done);
		put_byte(t, text, at);
		done = at + 1;
	}
	buffer_append(t->out, text + done, len - done);
}

void
markdown_tame(struct buffer *out, const char *bytes, size_t len)
{
	struct taming taming = {.out = out, .steps_left = MARKDOWN_IMAGE_STEPS};

	while (len > 0) {
		size_t end = 0;

		while (end < len && bytes[end] != '\n' && bytes[end] != '\r')
			end++;
		if (is_blank_line(bytes, end))
			taming.images = 0;
		size_t marks = put_marks(&taming, bytes, end);
		put_text(&taming, bytes + marks, end - marks);
		if (end < len)
			buffer_putc(out, bytes[end++]);
		bytes += end;
		len -= end;
	}
}
