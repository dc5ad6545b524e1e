#include "article/reference.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/encode.h"
#include "base/text.h"

/* RFC 3986: unreserved, sub-delims, and the gen-delims that may stand behind an authority. */
static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
			      "-._~!$&'()*+,;=:@/?#";

/* Length of `scheme:` at the start of text, or 0. */
static size_t
scheme_len(const char *text, size_t len)
{
	size_t i = 0;

	if (len == 0 || !isalpha((unsigned char)text[0]))
		return 0;
	while (i < len && text[i] != '\0' &&
	       (isalnum((unsigned char)text[i]) || strchr("+-.", text[i]) != NULL))
		i++;
	return i < len && text[i] == ':' ? i + 1 : 0;
}

/* Length of `scheme://host:port` or `//host:port` at the start of text: brackets may stand there
 * and nowhere else. */
static size_t
authority_end(const char *text, size_t len)
{
	size_t i = scheme_len(text, len);

	if (len - i < 2 || memcmp(text + i, "//", 2) != 0)
		return 0;
	for (i += 2; i < len; i++)
		if (text[i] == '/' || text[i] == '?' || text[i] == '#')
			break;
	return i;
}

void
reference_append(struct buffer *out, const char *text, size_t len)
{
	size_t brackets_end = authority_end(text, len);

	assert(brackets_end <= len);
	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		bool is_bracket = (c == '[' || c == ']') && i < brackets_end;

		if (c != '\0' && (is_bracket || strchr(allowed, c) != NULL ||
				     encode_read_percent(text + i, len - i, NULL)))
			buffer_putc(out, c);
		else
			encode_percent_byte(out, c);
	}
}

/* Takes the last segment off what was appended since root. */
static void
drop_segment(struct buffer *out, size_t root)
{
	size_t len = out->len;

	assert(len >= root); /* it never climbs above */
	while (len > root && out->data[--len] != '/')
		;
	buffer_truncate(out, len);
}

/* Appends the path without its dot segments (RFC 3986 section 5.2.4); what would climb above the
 * root stays at the root. What follows the path is appended as it is. */
static void
append_resolved(struct buffer *out, const char *path)
{
	const size_t root = out->len;
	const char *path_end = path + strcspn(path, "?#");

	while (path < path_end) {
		const char *segment = path + 1; /* path[0] is "/" */
		size_t len = strcspn(segment, "/?#");
		bool is_up = len == 2 && segment[0] == '.' && segment[1] == '.';
		bool is_dot = is_up || (len == 1 && segment[0] == '.');

		path = segment + len;
		if (is_up)
			drop_segment(out, root);
		if (!is_dot)
			buffer_append(out, segment - 1, len + 1);
		else if (path == path_end)
			buffer_putc(out, '/');
	}
	buffer_puts(out, path_end);
}

void
reference_resolve(struct buffer *out, const char *base, const char *text)
{
	size_t len = strlen(text);
	const char *slash = strrchr(base, '/');
	struct buffer whole = BUFFER_EMPTY;

	if (scheme_len(text, len) > 0 || text_starts(text, "//")) {
		reference_append(out, text, len);
		return;
	}
	if (text[0] != '/') {
		text_append_path(&whole, base, slash == NULL ? 0 : (size_t)(slash - base));
		buffer_putc(&whole, '/');
	}
	reference_append(&whole, text, len);
	append_resolved(out, buffer_text(&whole));
	out->failed |= whole.failed;
	buffer_free(&whole);
}

bool
reference_read_path(const char *text, struct buffer *scratch, struct url *out)
{
	char reason[128];

	buffer_truncate(scratch, 0);
	if (text[0] == '/')
		buffer_puts(scratch, "gemini://host");
	reference_append(scratch, text, strlen(text));
	return !scratch->failed &&
	       url_parse(scratch->data, scratch->len, out, reason, sizeof(reason)) == URL_OK &&
	       out->scheme == URL_GEMINI;
}
