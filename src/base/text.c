#include "base/text.h"

#include "base/encode.h"

#include <assert.h>
#include <string.h>

#define LINE_SEPARATOR      0x2028
#define PARAGRAPH_SEPARATOR 0x2029
#define REPLACEMENT         "\xEF\xBF\xBD" /* U+FFFD */

static bool
is_continuation(char byte)
{
	return ((unsigned char)byte & 0xC0) == 0x80;
}

bool
text_is_control(uint32_t code_point)
{
	return code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F) ||
	       code_point == LINE_SEPARATOR || code_point == PARAGRAPH_SEPARATOR;
}

bool
text_is_utf8(const char *bytes, size_t len)
{
	return text_bad_line(bytes, len) == 0;
}

size_t
text_bad_line(const char *bytes, size_t len)
{
	size_t line = 1;
	uint32_t code_point;

	for (size_t at = 0, n; at < len; at += n) {
		n = text_decode(bytes + at, len - at, &code_point);
		if (n == 0)
			return line;
		line += code_point == '\n';
	}
	return 0;
}

size_t
text_decode(const char *text, size_t len, uint32_t *out)
{
	static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000}; /* by length */

	if (len == 0)
		return 0;
	unsigned char lead = (unsigned char)text[0];
	if (lead < 0x80) {
		*out = lead;
		return 1;
	}
	size_t n = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
	if (lead < 0xC2 || lead > 0xF4 || len < n)
		return 0;
	assert(n >= 2 && n <= len); /* no byte is read beyond the end */

	uint32_t code_point = lead & (0x7Fu >> n);
	for (size_t i = 1; i < n; i++) {
		if (!is_continuation(text[i]))
			return 0;
		code_point = code_point << 6 | ((unsigned char)text[i] & 0x3Fu);
	}
	bool is_surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
	if (code_point < smallest[n] || code_point > 0x10FFFF || is_surrogate)
		return 0;
	*out = code_point;
	return n;
}

size_t
text_encode(char out[static 4], uint32_t code_point)
{
	static const uint32_t lead[] = {0, 0, 0xC0, 0xE0, 0xF0}; /* by length */

	assert(code_point <= 0x10FFFF);
	if (code_point < 0x80) {
		out[0] = (char)code_point;
		return 1;
	}
	size_t n = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
	for (size_t i = n - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (code_point & 0x3F));
		code_point >>= 6;
	}
	out[0] = (char)(lead[n] | code_point);
	return n;
}

size_t
text_cut(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	for (size_t back = 0; back < 4 && back <= max; back++)
		if (!is_continuation(text[max - back]))
			return max - back;
	return max; /* not UTF-8: there is no character to keep whole */
}

size_t
text_cut_word(const char *text, size_t len, size_t max_characters)
{
	size_t end = 0, last_word_end = 0;
	uint32_t code_point;

	for (size_t count = 0; end < len && count < max_characters; count++) {
		if (text[end] == ' ' && (end == 0 || text[end - 1] != ' '))
			last_word_end = end;
		size_t n = text_decode(text + end, len - end, &code_point);
		end += n == 0 ? 1 : n;
	}
	if (end < len && text[end] != ' ' && last_word_end > 0)
		end = last_word_end;
	while (end > 0 && text[end - 1] == ' ')
		end--;
	assert(end <= len);
	return end;
}

void
text_append_line(struct buffer *out, const char *text, size_t len)
{
	size_t start = out->len;
	uint32_t code_point;

	for (size_t at = 0, n; at < len; at += n) {
		n = text_decode(text + at, len - at, &code_point);
		if (n == 0) {
			n = 1;
			buffer_puts(out, REPLACEMENT);
		} else if (!text_is_control(code_point) && code_point != ' ') {
			buffer_append(out, text + at, n);
		} else if (out->len > start) {
			buffer_putc(out, ' ');
		}
	}
	while (out->len > start && out->data[out->len - 1] == ' ')
		buffer_truncate(out, out->len - 1);
}

static bool
is_direction(uint32_t c)
{
	return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
	       (c >= 0x2066 && c <= 0x2069);
}

bool
text_is_unseen(uint32_t c)
{
	return c == ' ' || text_is_control(c) || is_direction(c) || c == 0xA0 || c == 0xAD ||
	       c == 0x034F || c == 0x115F || c == 0x1160 || c == 0x1680 || c == 0x17B4 ||
	       c == 0x17B5 || (c >= 0x180B && c <= 0x180F) || (c >= 0x2000 && c <= 0x200D) ||
	       c == 0x202F || (c >= 0x205F && c <= 0x206F) || c == 0x2800 || c == 0x3000 ||
	       c == 0x3164 || (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF || c == 0xFFA0 ||
	       (c >= 0xFFF0 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE0FFF);
}

size_t
text_drop_directions(char *text, size_t len)
{
	size_t kept = 0;
	uint32_t code_point;

	for (size_t at = 0, n; at < len; at += n) {
		n = text_decode(text + at, len - at, &code_point);
		if (n > 0 && is_direction(code_point))
			continue;
		n = n == 0 ? 1 : n;
		assert(kept <= at); /* what is moved only moves forward */
		memmove(text + kept, text + at, n);
		kept += n;
	}
	return kept;
}

/* What shows nothing itself, and may hide what is there or show it in another order: Unicode's
 * format characters (category Cf), but those that have a shape of their own. */
static bool
is_invisible(uint32_t c)
{
	return is_direction(c) || c == 0xAD || c == 0x180E || (c >= 0x200B && c <= 0x200D) ||
	       (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF || (c >= 0xFFF9 && c <= 0xFFFB) ||
	       (c >= 0xE0000 && c <= 0xE0FFF);
}

static bool
is_raw_in_a_log(uint32_t c)
{
	return !text_is_control(c) && !is_invisible(c);
}

void
text_append_escaped(struct buffer *out, const char *text, size_t len)
{
	uint32_t code_point;

	for (size_t at = 0, n; at < len; at += n) {
		n = text_decode(text + at, len - at, &code_point);
		if (n > 0 && is_raw_in_a_log(code_point) && code_point != '\\') {
			buffer_append(out, text + at, n);
			continue;
		}
		n = n == 0 ? 1 : n;
		for (size_t i = 0; i < n; i++)
			buffer_printf(out, "\\x%02x", (unsigned char)text[at + i]);
	}
}

/* RFC 8259 section 7: beyond U+FFFF as a pair of surrogates. */
static void
append_json_escape(struct buffer *out, uint32_t code_point)
{
	assert(code_point <= 0x10FFFF);
	if (code_point <= 0xFFFF)
		buffer_printf(out, "\\u%04x", (unsigned)code_point);
	else
		buffer_printf(out, "\\u%04x\\u%04x",
		    0xD800u + (unsigned)((code_point - 0x10000) >> 10),
		    0xDC00u + (unsigned)(code_point & 0x3FF));
}

void
text_append_json(struct buffer *out, const char *text, size_t len)
{
	uint32_t code_point;

	for (size_t at = 0, n; at < len; at += n) {
		n = text_decode(text + at, len - at, &code_point);
		if (n == 0) {
			n = 1;
			buffer_puts(out, REPLACEMENT);
		} else if (code_point == '"' || code_point == '\\') {
			buffer_putc(out, '\\');
			buffer_putc(out, (char)code_point);
		} else if (is_raw_in_a_log(code_point)) {
			buffer_append(out, text + at, n);
		} else {
			append_json_escape(out, code_point);
		}
	}
}

/* RFC 3986 section 3.3: pchar, and the "/" between segments. */
static bool
stands_in_a_path(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       (c != '\0' && strchr("-._~!$&'()*+,;=:@/", c) != NULL);
}

void
text_append_path(struct buffer *out, const char *path, size_t len)
{
	encode_percent(out, path, len, stands_in_a_path);
}

bool
text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

bool
text_ends(const char *text, const char *suffix)
{
	size_t len = strlen(text), suffix_len = strlen(suffix);

	return len >= suffix_len && memcmp(text + len - suffix_len, suffix, suffix_len) == 0;
}
