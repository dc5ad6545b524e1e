#include "article/markdown_html.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define BREAK      "\\\n"
#define ENTITY_MAX 40 /* bytes of the longest name that HTML has, and its signs */

/* HTML on its way through. */
struct untagging {
	const char *rest;
	size_t len;
	struct buffer *out;
	size_t start;        /* of what was appended */
	bool is_line_due;    /* the next word begins a line */
	bool is_blank_due;   /* the next word is not part of the last */
	bool has_no_more;    /* tags: no `>` comes */
	bool is_line_keeper; /* within <pre> */
};

/* --- words --- */

static void
begin_word(struct untagging *u)
{
	if (u->out->len > u->start && u->is_line_due)
		buffer_puts(u->out, BREAK);
	else if (u->out->len > u->start && u->is_blank_due)
		buffer_putc(u->out, ' ');
	u->is_line_due = u->is_blank_due = false;
}

/* How long the entity is that text begins with, or 0. */
static size_t
entity_len(const char *text, size_t len)
{
	size_t at = 1;

	if (len > 1 && text[0] == '&' && text[1] == '#')
		at++;
	while (text[0] == '&' && at < len && at < ENTITY_MAX && isalnum((unsigned char)text[at]))
		at++;
	return text[0] == '&' && at < len && text[at] == ';' ? at + 1 : 0;
}

/* Appends one byte of text, or an entity; what Markdown could take for a mark is escaped. */
static size_t
put_text(struct untagging *u)
{
	size_t taken = entity_len(u->rest, u->len);

	if (isspace((unsigned char)*u->rest) || *u->rest == '\0') {
		u->is_blank_due = true;
		u->is_line_due |= u->is_line_keeper && *u->rest == '\n';
		return 1;
	}
	begin_word(u);
	if (taken == 0 && ispunct((unsigned char)*u->rest))
		buffer_putc(u->out, '\\');
	taken = taken == 0 ? 1 : taken;
	buffer_append(u->out, u->rest, taken);
	return taken;
}

/* --- tags --- */

/* Bytes up to the end of `needle`, or all of text. */
static size_t
len_through(const char *text, size_t len, const char *needle)
{
	const char *found = memmem(text, len, needle, strlen(needle));

	return found == NULL ? len : (size_t)(found - text) + strlen(needle);
}

/* How long the tag is that text begins with; a `>` between quotation marks does not end it, unless
 * they are never closed. 0 if there is none. */
static size_t
tag_len(struct untagging *u)
{
	char quote = '\0';

	for (size_t at = 1; at < u->len; at++) {
		char c = u->rest[at];

		if (quote == '\0' && c == '>')
			return at + 1;
		if (quote == '\0' && (c == '"' || c == '\''))
			quote = c;
		else if (c == quote)
			quote = '\0';
	}
	const char *end = memchr(u->rest, '>', u->len);
	u->has_no_more = end == NULL;
	return end == NULL ? 0 : (size_t)(end - u->rest) + 1;
}

bool
markdown_html_is(const char *html, size_t len, const char *name)
{
	size_t name_len = strlen(name), at = len > 1 && html[1] == '/' ? 2 : 1;

	return len > at + name_len && html[0] == '<' &&
	       strncasecmp(html + at, name, name_len) == 0 &&
	       !isalnum((unsigned char)html[at + name_len]);
}

static bool
is_any(const char *tag, size_t len, const char *const *names)
{
	while (*names != NULL && !markdown_html_is(tag, len, *names))
		names++;
	return *names != NULL;
}

/* What follows a script that has begun: up to the tag that closes it. */
static size_t
script_len(const char *text, size_t len)
{
	for (size_t at = 0; at < len; at++)
		if (text[at] == '<' && at + 1 < len && text[at + 1] == '/' &&
		    (markdown_html_is(text + at, len - at, "script") ||
			markdown_html_is(text + at, len - at, "style")))
			return at;
	return len;
}

/* Elements that stand within a line; all others begin one. */
static const char *const within_line[] = {"a", "abbr", "b", "bdi", "bdo", "big", "button", "cite",
    "code", "data", "del", "dfn", "em", "font", "i", "img", "ins", "kbd", "label", "mark", "q", "s",
    "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u", "var", "wbr",
    NULL};
static const char *const cells[] = {"td", "th", NULL};
static const char *const scripts[] = {"script", "style", NULL};

/* What the tag means for the words behind it. Returns how much is to be passed over. */
static size_t
pass_tag(struct untagging *u, size_t len)
{
	bool is_closing = u->rest[1] == '/';

	if (is_any(u->rest, len, scripts))
		return is_closing ? len : len + script_len(u->rest + len, u->len - len);
	if (is_any(u->rest, len, cells))
		u->is_blank_due = true;
	else if (!is_any(u->rest, len, within_line))
		u->is_line_due = true;
	if (markdown_html_is(u->rest, len, "pre"))
		u->is_line_keeper = !is_closing;
	return len;
}

/* How much of what begins with `<` is no text. */
static size_t
pass_markup(struct untagging *u)
{
	char next = u->len > 1 ? u->rest[1] : '\0';
	size_t len;

	if (u->len >= 4 && memcmp(u->rest, "<!--", 4) == 0)
		return len_through(u->rest, u->len, "-->");
	if (u->has_no_more || (!isalpha((unsigned char)next) && strchr("/!?", next) == NULL) ||
	    next == '\0')
		return 0;
	len = tag_len(u);
	return len > 0 && next != '!' && next != '?' ? pass_tag(u, len) : len;
}

void
markdown_html_put_words(struct buffer *out, const char *html, size_t len)
{
	struct untagging u = {.rest = html, .len = len, .out = out, .start = out->len};

	while (u.len > 0) {
		size_t taken = *u.rest == '<' ? pass_markup(&u) : 0;

		if (taken == 0)
			taken = put_text(&u);
		u.rest += taken;
		u.len -= taken;
	}
}
