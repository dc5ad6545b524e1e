#include "config/ini.h"

#include <ini.h>
#include <stdbool.h>
#include <string.h>

#include "base/text.h"

static const char byte_order_mark[] = "\xEF\xBB\xBF";

/* A stretch of the file: a line, say, without blanks at its ends. */
struct piece {
	const char *text;
	size_t len;
};

struct reading {
	struct piece rest;
	int line; /* number of the line inih has, from 1 */
	const struct ini_listener *listener;
	struct problems *problems;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static struct piece
piece_trim(const char *text, size_t len)
{
	while (len > 0 && is_blank(text[0])) {
		text++;
		len--;
	}
	while (len > 0 && is_blank(text[len - 1]))
		len--;
	return (struct piece){text, len};
}

/* What stands before a comment: a line that begins with ; or #, or a ; behind a blank. */
static struct piece
piece_uncomment(struct piece piece)
{
	if (piece.len > 0 && (piece.text[0] == ';' || piece.text[0] == '#'))
		piece.len = 0;
	for (size_t i = 1; i < piece.len; i++)
		if (piece.text[i] == ';' && is_blank(piece.text[i - 1]))
			piece.len = i;
	return piece_trim(piece.text, piece.len);
}

/* Takes the next line; its end, a byte order mark, blanks and a comment are taken off. */
static struct piece
next_line(struct reading *r)
{
	const char *text = r->rest.text, *end = memchr(text, '\n', r->rest.len);
	size_t len = end != NULL ? (size_t)(end - text) : r->rest.len;
	size_t taken = end != NULL ? len + 1 : len;

	r->rest = (struct piece){text + taken, r->rest.len - taken};
	r->line++;
	if (len > 0 && text[len - 1] == '\r')
		len--;
	if (r->line == 1 && len >= 3 && memcmp(text, byte_order_mark, 3) == 0) {
		text += 3;
		len -= 3;
	}
	return piece_uncomment(piece_trim(text, len));
}

static bool
has_control_bytes(struct piece piece)
{
	for (size_t i = 0; i < piece.len; i++) {
		unsigned char c = (unsigned char)piece.text[i];
		if ((c < 0x20 && c != '\t') || c == 0x7F)
			return true;
	}
	return false;
}

/* Why inih must not get this line, or NULL. */
static const char *
line_fault(struct piece piece)
{
	if (has_control_bytes(piece))
		return "a control byte in this line, expected text";
	if (!text_is_utf8(piece.text, piece.len))
		return "this line is not UTF-8";
	if (piece.len == 0)
		return NULL;
	if (piece.text[0] == '[') {
		if (piece.text[piece.len - 1] != ']')
			return "expected the section's name and ] to end this line";
		return NULL;
	}
	if (memchr(piece.text, '=', piece.len) == NULL &&
	    memchr(piece.text, ':', piece.len) == NULL)
		return "expected [section], key = value, or a comment after ;";
	if (piece.text[0] == '=' || piece.text[0] == ':')
		return "expected a key before the value";
	return NULL;
}

static bool
is_good(const struct reading *r, struct piece line, size_t room)
{
	const char *fault = line_fault(line);

	if (fault != NULL)
		problems_add(r->problems, r->line, "%s", fault);
	else if (line.len > room)
		problems_add(r->problems, r->line, "this line has %zu bytes, expected at most %zu",
		    line.len, room);
	return fault == NULL && line.len <= room;
}

/* Gives inih the next line, like fgets(): a blank one for one that it must not have. Sections go
 * to the listener from here, under their whole names; out serves for the NUL they need. */
static char *
feed_line(char *out, int size, void *arg)
{
	struct reading *r = arg;

	if (r->rest.len == 0)
		return NULL;
	struct piece line = next_line(r);
	bool is_section = line.len > 0 && line.text[0] == '[';
	bool is_read = is_good(r, line, (size_t)size - 2); /* less the line end and the NUL */
	if (is_section && is_read) {
		struct piece name = piece_trim(line.text + 1, line.len - 2);
		memcpy(out, name.text, name.len);
		out[name.len] = '\0';
	}
	if (is_section)
		r->listener->section(r->listener->arg, r->line, is_read ? out : NULL);
	if (is_section || !is_read)
		line.len = 0;
	memcpy(out, line.text, line.len);
	memcpy(out + line.len, "\n", 2);
	return out;
}

static int
hear_pair(void *arg, const char *section, const char *key, const char *value)
{
	struct reading *r = arg;

	(void)section; /* the listener was told of it */
	r->listener->pair(r->listener->arg, r->line, key, value);
	return 1;
}

void
ini_read(
    const char *bytes, size_t len, const struct ini_listener *listener, struct problems *problems)
{
	struct reading r = {.rest = {bytes, len}, .listener = listener, .problems = problems};
	int bad_line = ini_parse_stream(feed_line, &r, hear_pair, &r);

	if (bad_line != 0) /* nothing that line_fault() lets through is known to do this */
		problems_add(problems, bad_line > 0 ? bad_line : 0, "this line cannot be read");
}
