#include "formats/template_write.h"

#include <stdlib.h>
#include <string.h>

#include "article/reference.h"
#include "base/text.h"

#define FENCE_MIN 3

/* --- words --- */

void
template_put_literal(struct buffer *out, const char *text, size_t len)
{
	struct buffer line = BUFFER_EMPTY;

	text_append_line(&line, text, len);
	for (size_t i = 0; i < line.len; i++)
		if (strchr("\\`*_[]<>!&#|~\"", line.data[i]) != NULL)
			buffer_printf(out, "&#%d;", line.data[i]);
		else
			buffer_putc(out, line.data[i]);
	out->failed |= line.failed;
	buffer_free(&line);
}

/* Appends where a link leads, so that Markdown and HTML both take it whole. */
void
template_put_destination(struct buffer *out, const char *url)
{
	struct buffer reference = BUFFER_EMPTY;

	reference_append(&reference, url, strlen(url));
	for (size_t i = 0; i < reference.len; i++)
		if (strchr("()'", reference.data[i]) != NULL)
			buffer_printf(out, "%%%02X", (unsigned char)reference.data[i]);
		else
			buffer_putc(out, reference.data[i]);
	out->failed |= reference.failed;
	buffer_free(&reference);
}

void
template_put_picture(struct buffer *out, bool is_html, const char *url, const char *label)
{
	buffer_puts(out, is_html ? "<img alt=\"" : "![");
	template_put_literal(out, label, strlen(label));
	buffer_puts(out, is_html ? "\" src=\"" : "](");
	template_put_destination(out, url);
	buffer_puts(out, is_html ? "\">" : ")");
}

void
template_put_link(struct buffer *out, bool is_html, const char *url, const char *label)
{
	buffer_puts(out, is_html ? "<a href=\"" : "[");
	if (is_html) {
		template_put_destination(out, url);
		buffer_puts(out, "\">");
	}
	template_put_literal(out, label, strlen(label));
	if (!is_html) {
		buffer_puts(out, "](");
		template_put_destination(out, url);
	}
	buffer_puts(out, is_html ? "</a>" : ")");
}

/* --- listings --- */

/* The longest run of backticks, or what a fence needs at least, less one. */
static size_t
longest_run(const char *text, size_t len)
{
	size_t run = 0, longest = FENCE_MIN - 1;

	for (size_t i = 0; i < len; i++) {
		run = text[i] == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	return longest;
}

/* Begins a line, unless it is begun and there are but blanks in it. A block of HTML ends first: a
 * fence in it would be words. */
static void
begin_line(struct buffer *out, bool is_html)
{
	size_t at = out->len;

	while (at > 0 && strchr(" \t", out->data[at - 1]) != NULL)
		at--;
	if (is_html || (at > 0 && out->data[at - 1] != '\n'))
		buffer_puts(out, "\n\n");
}

/* Appends lines, each with the indent of the list they are in, unless it has that. */
static void
put_indented(struct buffer *out, const char *text, size_t len, const char *indent)
{
	while (len > 0) {
		const char *end = memchr(text, '\n', len);
		size_t line_len = end == NULL ? len : (size_t)(end - text);

		if (line_len > 0 &&
		    (line_len < strlen(indent) || memcmp(text, indent, strlen(indent)) != 0))
			buffer_puts(out, indent);
		buffer_append(out, text, line_len);
		buffer_putc(out, '\n');
		line_len += end != NULL;
		text += line_len;
		len -= line_len;
	}
}

static void
put_fence(struct buffer *out, size_t len)
{
	while (len-- > 0)
		buffer_putc(out, '`');
}

void
template_put_listing(
    struct buffer *out, bool is_html, const char *name, const char *text, size_t len)
{
	size_t fence = longest_run(text, len) + 1;

	begin_line(out, is_html);
	size_t start = out->len;
	while (start > 0 && out->data[start - 1] != '\n')
		start--;
	char *indent = strdup(buffer_text(out) + start);
	out->failed |= indent == NULL;
	put_fence(out, fence);
	buffer_printf(out, "%s\n", name);
	if (indent != NULL) {
		put_indented(out, text, len, indent);
		buffer_puts(out, indent);
	}
	put_fence(out, fence);
	buffer_puts(out, is_html ? "\n\n" : "\n");
	free(indent);
}
