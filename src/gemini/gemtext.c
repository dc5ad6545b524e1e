#include "gemini/gemtext.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"

#define BYTE_ORDER_MARK  "\xEF\xBB\xBF"
#define ZERO_WIDTH_SPACE "\xE2\x80\x8B" /* U+200B */
#define REPLACEMENT      "\xEF\xBF\xBD" /* U+FFFD */
#define TOGGLE           "```"

static bool
starts(const char *text, size_t len, const char *prefix)
{
	size_t prefix_len = strlen(prefix);

	return len >= prefix_len && memcmp(text, prefix, prefix_len) == 0;
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static size_t
count_blanks(const char *text, size_t len)
{
	size_t count = 0;

	while (count < len && is_blank(text[count]))
		count++;
	return count;
}

/* The content of a line: text without the blanks around it. */
static void
set_text(struct gemtext_line *line, const char *text, size_t len)
{
	size_t leading = count_blanks(text, len);

	text += leading;
	len -= leading;
	while (len > 0 && is_blank(text[len - 1]))
		len--;
	assert(text >= line->raw && text + len <= line->raw + line->raw_len);
	line->text = text;
	line->text_len = len;
}

/* Without a URL behind the mark clients show such a line as text. */
static void
read_link(struct gemtext_line *line)
{
	const char *at = line->raw + 2, *end = line->raw + line->raw_len;

	at += count_blanks(at, (size_t)(end - at));
	if (at == end)
		return;
	line->type = GEMTEXT_LINK;
	line->url = at;
	while (at < end && !is_blank(*at))
		at++;
	line->url_len = (size_t)(at - line->url);
	assert(line->url_len > 0);
	set_text(line, at, (size_t)(end - at));
}

static void
read_heading(struct gemtext_line *line)
{
	line->type = GEMTEXT_HEADING;
	while (
	    line->level < 3 && (size_t)line->level < line->raw_len && line->raw[line->level] == '#')
		line->level++;
	assert(line->level >= 1 && line->level <= 3);
	set_text(line, line->raw + line->level, line->raw_len - (size_t)line->level);
}

/* Settles type and content of a line outside of preformatted blocks. */
static void
read_line(struct gemtext_line *line)
{
	const char *raw = line->raw;
	size_t len = line->raw_len;

	if (starts(raw, len, "=>")) {
		read_link(line);
	} else if (starts(raw, len, "#")) {
		read_heading(line);
	} else if (starts(raw, len, "* ")) {
		line->type = GEMTEXT_LIST;
		set_text(line, raw + 2, len - 2);
	} else if (starts(raw, len, ">")) {
		line->type = GEMTEXT_QUOTE;
		set_text(line, raw + 1, len - 1);
	}
}

static void
read_toggle(struct gemtext_reader *reader, struct gemtext_line *line)
{
	size_t mark = strlen(TOGGLE);

	assert(line->raw_len >= mark);
	line->type = GEMTEXT_TOGGLE;
	reader->is_preformatted = !reader->is_preformatted;
	if (reader->is_preformatted)
		set_text(line, line->raw + mark, line->raw_len - mark);
	else
		line->text_len = 0; /* what follows a closing toggle is to be ignored */
}

bool
gemtext_next(struct gemtext_reader *reader, struct gemtext_line *out)
{
	if (!reader->has_started && starts(reader->rest, reader->rest_len, BYTE_ORDER_MARK)) {
		reader->rest += strlen(BYTE_ORDER_MARK);
		reader->rest_len -= strlen(BYTE_ORDER_MARK);
	}
	reader->has_started = true;
	if (reader->rest_len == 0)
		return false;

	const char *raw = reader->rest;
	const char *newline = memchr(raw, '\n', reader->rest_len);
	size_t len = newline == NULL ? reader->rest_len : (size_t)(newline - raw);
	size_t taken = newline == NULL ? len : len + 1;
	assert(taken > 0 && taken <= reader->rest_len); /* it comes to an end */
	reader->rest += taken;
	reader->rest_len -= taken;
	if (len > 0 && raw[len - 1] == '\r')
		len--;

	*out = (struct gemtext_line){.text = raw, .text_len = len, .raw = raw, .raw_len = len};
	if (starts(raw, len, TOGGLE))
		read_toggle(reader, out);
	else if (reader->is_preformatted)
		out->type = GEMTEXT_PREFORMATTED;
	else
		read_line(out);
	return true;
}

/* A byte order mark before it is no hindrance: where a document begins, it is taken off. */
static bool
has_mark(const char *text)
{
	while (text_starts(text, BYTE_ORDER_MARK))
		text += strlen(BYTE_ORDER_MARK);
	return text_starts(text, "=>") || text_starts(text, TOGGLE) || text_starts(text, "#") ||
	       text_starts(text, ">") || text_starts(text, "* ");
}

void
gemtext_put_text(struct buffer *out, const char *text)
{
	size_t mark = strlen(ZERO_WIDTH_SPACE), start = out->len;

	buffer_puts(out, ZERO_WIDTH_SPACE);
	text_append_line(out, text, strlen(text));
	if (out->failed)
		return;
	assert(out->len >= start + mark);
	if (!has_mark(out->data + start + mark)) {
		memmove(out->data + start, out->data + start + mark, out->len - start - mark);
		buffer_truncate(out, out->len - mark);
	}
	buffer_putc(out, '\n');
}

void
gemtext_put_link(struct buffer *out, const char *url, const char *label)
{
	buffer_printf(out, "=> %s", url);
	size_t end = out->len;
	buffer_putc(out, ' ');
	size_t label_at = out->len;
	text_append_line(out, label, strlen(label));
	if (out->len == label_at)
		buffer_truncate(out, end);
	buffer_putc(out, '\n');
}

void
gemtext_put_heading(struct buffer *out, int level, const char *text)
{
	assert(level >= 1 && level <= 3);
	buffer_printf(out, "%.*s ", level, "###");
	text_append_line(out, text, strlen(text));
	buffer_putc(out, '\n');
}

void
gemtext_put_quote(struct buffer *out, const char *text)
{
	buffer_puts(out, "> ");
	text_append_line(out, text, strlen(text));
	buffer_putc(out, '\n');
}

/* Appends one line without its end; what we never serve becomes a space. */
static void
put_clean(struct buffer *out, const char *line, size_t len)
{
	size_t clean_from = 0; /* bytes from here to where we are go out as they stand */
	uint32_t code_point;

	for (size_t at = 0, n; at < len; at += n) {
		n = text_decode(line + at, len - at, &code_point);
		bool is_valid = n > 0;
		assert(clean_from <= at && n <= len - at);
		n = is_valid ? n : 1;
		if (is_valid && (code_point == '\t' || !text_is_control(code_point)))
			continue;
		buffer_append(out, line + clean_from, at - clean_from);
		buffer_puts(out, is_valid ? " " : REPLACEMENT);
		clean_from = at + n;
	}
	buffer_append(out, line + clean_from, len - clean_from);
}

void
gemtext_put_preformatted(struct buffer *out, const char *alt, const char *bytes, size_t len)
{
	buffer_puts(out, TOGGLE);
	text_append_line(out, alt, strlen(alt));
	buffer_putc(out, '\n');
	while (len > 0) {
		const char *end = memchr(bytes, '\n', len);
		size_t line_len = end == NULL ? len : (size_t)(end - bytes);

		if (starts(bytes, line_len, TOGGLE))
			buffer_puts(out, ZERO_WIDTH_SPACE);
		buffer_append(out, bytes, line_len);
		buffer_putc(out, '\n');
		bytes += line_len + (end != NULL);
		len -= line_len + (end != NULL);
	}
	buffer_puts(out, TOGGLE "\n");
}

void
gemtext_put_document(struct buffer *out, const char *bytes, size_t len)
{
	struct gemtext_reader reader = {.rest = bytes, .rest_len = len};
	struct gemtext_line line;

	/* All of them, so that doing this twice changes nothing. */
	while (starts(reader.rest, reader.rest_len, BYTE_ORDER_MARK)) {
		reader.rest += strlen(BYTE_ORDER_MARK);
		reader.rest_len -= strlen(BYTE_ORDER_MARK);
	}
	while (gemtext_next(&reader, &line)) {
		put_clean(out, line.raw, line.raw_len);
		buffer_putc(out, '\n');
	}
	if (reader.is_preformatted)
		buffer_puts(out, TOGGLE "\n");
}
