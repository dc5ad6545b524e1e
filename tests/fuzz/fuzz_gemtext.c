/* The bytes are a document: what we serve of it is clean, serving that again changes nothing, and
 * LF and CRLF are read alike. */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "gemini/gemtext.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_clean(const struct buffer *served)
{
	uint32_t c;

	assert(served->len == 0 || served->data[served->len - 1] == '\n');
	for (size_t at = 0, n; at < served->len; at += n) {
		n = text_decode(served->data + at, served->len - at, &c);
		assert(n > 0);
		assert(c == '\n' || c == '\t' || !text_is_control(c));
		assert(at > 0 || c != 0xFEFF);
	}
}

static void
check_served_twice(const struct buffer *served)
{
	struct buffer again = BUFFER_EMPTY;

	gemtext_put_document(&again, buffer_text(served), served->len);
	assert(again.len == served->len);
	assert(memcmp(buffer_text(&again), buffer_text(served), served->len) == 0);
	buffer_free(&again);
}

static void
append_with_crlf(struct buffer *out, const struct buffer *served)
{
	for (size_t i = 0; i < served->len; i++) {
		if (served->data[i] == '\n')
			buffer_putc(out, '\r');
		buffer_putc(out, served->data[i]);
	}
}

static void
check_line(const struct gemtext_line *line)
{
	assert(line->type == GEMTEXT_HEADING ? line->level >= 1 && line->level <= 3
					     : line->level == 0);
	assert((line->type == GEMTEXT_LINK) == (line->url != NULL));
	assert(line->url == NULL || line->url_len > 0);
	assert(line->text >= line->raw && line->text + line->text_len <= line->raw + line->raw_len);
	assert(memchr(line->raw, '\n', line->raw_len) == NULL);
}

static void
check_line_ends(const struct buffer *served)
{
	struct buffer crlf = BUFFER_EMPTY;
	struct gemtext_line line, twin;

	append_with_crlf(&crlf, served);
	struct gemtext_reader reader = {.rest = buffer_text(served), .rest_len = served->len};
	struct gemtext_reader twin_reader = {.rest = buffer_text(&crlf), .rest_len = crlf.len};
	while (gemtext_next(&reader, &line)) {
		assert(gemtext_next(&twin_reader, &twin));
		check_line(&line);
		assert(twin.type == line.type && twin.level == line.level);
		assert(twin.text_len == line.text_len && twin.url_len == line.url_len);
		assert(memcmp(twin.text, line.text, line.text_len) == 0);
	}
	assert(!gemtext_next(&twin_reader, &twin));
	assert(!reader.is_preformatted);
	buffer_free(&crlf);
}

/* As a value, the same bytes are one line of text. */
static void
check_value(const uint8_t *data, size_t size)
{
	struct buffer value = BUFFER_EMPTY, out = BUFFER_EMPTY;
	struct gemtext_line line;

	buffer_append(&value, data, size);
	buffer_puts(&out, "\n"); /* a byte order mark counts only at the very start */
	gemtext_put_text(&out, buffer_text(&value));
	struct gemtext_reader reader = {.rest = out.data, .rest_len = out.len};
	assert(gemtext_next(&reader, &line) && gemtext_next(&reader, &line));
	assert(line.type == GEMTEXT_TEXT);
	assert(!gemtext_next(&reader, &line));
	buffer_free(&value);
	buffer_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct gemtext_reader reader = {.rest = (const char *)data, .rest_len = size};
	struct gemtext_line line;
	struct buffer served = BUFFER_EMPTY;

	while (gemtext_next(&reader, &line))
		check_line(&line);
	gemtext_put_document(&served, (const char *)data, size);
	check_clean(&served);
	check_served_twice(&served);
	check_line_ends(&served);
	check_value(data, size);
	buffer_free(&served);
	return 0;
}
