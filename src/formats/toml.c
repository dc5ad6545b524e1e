#include "formats/toml.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"

#define SHOWN_MAX 40 /* bytes of what is wrong that a message quotes */

struct toml {
	const char *rest;
	size_t len;
	size_t line;
	size_t nesting;
	struct buffer key; /* of the value being read */
	toml_taker *take;
	void *context;
	struct error *err;
};

/* --- bytes --- */

static bool
is_at(const struct toml *t, const char *text)
{
	return t->len >= strlen(text) && memcmp(t->rest, text, strlen(text)) == 0;
}

static void
skip(struct toml *t, size_t len)
{
	for (; len > 0; len--) {
		t->line += *t->rest == '\n';
		t->rest++;
		t->len--;
	}
}

static void
skip_blanks(struct toml *t)
{
	while (t->len > 0 && strchr(" \t\r", *t->rest) != NULL && *t->rest != '\0')
		skip(t, 1);
}

/* Blanks, line ends and comments. */
static void
skip_space(struct toml *t)
{
	for (;;) {
		skip_blanks(t);
		if (is_at(t, "#"))
			while (t->len > 0 && *t->rest != '\n')
				skip(t, 1);
		if (!is_at(t, "\n"))
			return;
		skip(t, 1);
	}
}

static bool
refuse(struct toml *t, const char *expected)
{
	const char *end = memchr(t->rest, '\n', t->len);
	size_t len = end == NULL ? t->len : (size_t)(end - t->rest);

	return error_set(t->err, "line %zu: expected %s, found `%.*s`", t->line, expected,
	    (int)text_cut(t->rest, len, SHOWN_MAX), t->rest);
}

/* --- strings --- */

static bool
put_code_point(struct toml *t, struct buffer *out, size_t digits)
{
	uint32_t code = 0;
	char bytes[4];

	for (size_t i = 0; i < digits; i++) {
		if (t->len <= 2 + i || !isxdigit((unsigned char)t->rest[2 + i]))
			return refuse(t, "hex digits");
		unsigned char c = (unsigned char)tolower((unsigned char)t->rest[2 + i]);
		code = code << 4 | (uint32_t)(isdigit(c) ? c - '0' : c - 'a' + 10);
	}
	if (code > 0x10FFFF || (code >= 0xD800 && code <= 0xDFFF))
		return refuse(t, "a character");
	buffer_append(out, bytes, text_encode(bytes, code));
	skip(t, 2 + digits);
	return true;
}

/* What a backslash and the byte behind it stand for. */
static bool
put_escape(struct toml *t, struct buffer *out, bool is_multi_line)
{
	static const char signs[] = "btnfr\"\\", bytes[] = "\b\t\n\f\r\"\\";
	char next = t->len > 1 ? t->rest[1] : '\0';
	const char *found = next == '\0' ? NULL : strchr(signs, next);

	if (found != NULL) {
		buffer_putc(out, bytes[found - signs]);
		skip(t, 2);
		return true;
	}
	if (next == 'u' || next == 'U')
		return put_code_point(t, out, next == 'u' ? 4 : 8);
	if (!is_multi_line || next == '\0' || strchr(" \t\r\n", next) == NULL)
		return refuse(t, "an escape that TOML knows");
	skip(t, 1);
	while (t->len > 0 && *t->rest != '\0' && strchr(" \t\r\n", *t->rest) != NULL)
		skip(t, 1);
	return true;
}

/* A string between `"`, `'`, or three of them. */
static bool
read_string(struct toml *t, struct buffer *out)
{
	char quote = *t->rest;
	char ends[] = {quote, quote, quote, '\0'};
	size_t line = t->line;
	bool is_multi_line = is_at(t, ends);

	if (!is_multi_line)
		ends[1] = '\0';
	skip(t, strlen(ends));
	if (is_multi_line && (is_at(t, "\n") || is_at(t, "\r\n")))
		skip(t, is_at(t, "\n") ? 1 : 2);
	while (t->len > 0 && !is_at(t, ends) && (is_multi_line || *t->rest != '\n')) {
		if (quote == '"' && *t->rest == '\\') {
			if (!put_escape(t, out, is_multi_line))
				return false;
			continue;
		}
		buffer_putc(out, *t->rest);
		skip(t, 1);
	}
	if (!is_at(t, ends))
		return error_set(t->err, "line %zu: a string that is not closed", line);
	skip(t, strlen(ends));
	for (int i = 0; is_multi_line && i < 2 && t->len > 0 && *t->rest == quote; i++) {
		buffer_putc(out, quote); /* `""""` ends with a quotation mark of its own */
		skip(t, 1);
	}
	return true;
}

/* --- keys --- */

static bool
read_key_part(struct toml *t)
{
	size_t len = 0;

	if (is_at(t, "\"") || is_at(t, "'"))
		return read_string(t, &t->key);
	while (len < t->len &&
	       (isalnum((unsigned char)t->rest[len]) || t->rest[len] == '-' || t->rest[len] == '_'))
		len++;
	if (len == 0)
		return refuse(t, "a key");
	buffer_append(&t->key, t->rest, len);
	skip(t, len);
	return true;
}

/* Appends a dotted key to that of the table it stands in. */
static bool
read_key(struct toml *t)
{
	for (;;) {
		if (t->key.len > 0)
			buffer_putc(&t->key, '.');
		skip_blanks(t);
		if (!read_key_part(t))
			return false;
		skip_blanks(t);
		if (!is_at(t, "."))
			return true;
		skip(t, 1);
	}
}

/* --- values --- */

static bool read_value(struct toml *t);

static bool
tell(struct toml *t, const char *text, size_t len, size_t line)
{
	struct toml_value value = {buffer_text(&t->key), text, len, line};

	if (t->key.failed)
		return error_set(t->err, "out of memory");
	return t->take(t->context, &value, t->err);
}

static bool
read_text(struct toml *t)
{
	struct buffer text = BUFFER_EMPTY;
	size_t line = t->line;

	bool ok =
	    read_string(t, &text) && (text.failed ? error_set(t->err, "out of memory")
						  : tell(t, buffer_text(&text), text.len, line));
	buffer_free(&text);
	return ok;
}

/* A number, a date or a truth. */
static bool
read_bare(struct toml *t)
{
	static const char *const words[] = {"true", "false", "inf", "nan"};
	struct buffer text = BUFFER_EMPTY;
	size_t len = 0, line = t->line;
	bool is_value =
	    t->len > 0 && (isdigit((unsigned char)*t->rest) || is_at(t, "+") || is_at(t, "-"));

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		is_value |= is_at(t, words[i]);
	if (!is_value)
		return refuse(t, "a value");
	while (len < t->len && t->rest[len] != '\0' &&
	       (isalnum((unsigned char)t->rest[len]) || strchr("+-._: ", t->rest[len]) != NULL))
		len++;
	text_append_line(&text, t->rest, len);
	skip(t, len);
	bool ok = text.failed ? error_set(t->err, "out of memory")
			      : tell(t, buffer_text(&text), text.len, line);
	buffer_free(&text);
	return ok;
}

/* Entries with commas between them, up to the end, which may follow a last comma. */
static bool
read_entries(struct toml *t, const char *end, bool (*read)(struct toml *t))
{
	if (t->nesting == TOML_NESTING_MAX)
		return error_set(t->err, "line %zu: nested too deeply", t->line);
	t->nesting++;
	skip(t, 1);
	for (skip_space(t); !is_at(t, end); skip_space(t)) {
		if (!read(t))
			return false;
		skip_space(t);
		if (!is_at(t, ",") && !is_at(t, end))
			return refuse(t, *end == ']' ? "`,` or `]`" : "`,` or `}`");
		if (is_at(t, ","))
			skip(t, 1);
	}
	skip(t, strlen(end));
	t->nesting--;
	return true;
}

/* `key = value`; the key is gone again behind it. */
static bool
read_entry(struct toml *t)
{
	size_t table_len = t->key.len;

	if (!read_key(t))
		return false;
	if (!is_at(t, "="))
		return refuse(t, "`=` behind the key");
	skip(t, 1);
	skip_blanks(t);
	if (!read_value(t))
		return false;
	buffer_truncate(&t->key, table_len);
	return true;
}

static bool
read_value(struct toml *t)
{
	if (is_at(t, "\"") || is_at(t, "'"))
		return read_text(t);
	if (is_at(t, "["))
		return read_entries(t, "]", read_value);
	if (is_at(t, "{"))
		return read_entries(t, "}", read_entry);
	return read_bare(t);
}

/* --- lines --- */

/* `[table]` or `[[one of several]]`: what follows is in it. */
static bool
read_table(struct toml *t)
{
	const char *end = is_at(t, "[[") ? "]]" : "]";

	buffer_truncate(&t->key, 0);
	skip(t, strlen(end));
	if (!read_key(t))
		return false;
	if (!is_at(t, end))
		return refuse(t, *end == end[1] ? "`]]`" : "`]`");
	skip(t, strlen(end));
	return true;
}

bool
toml_read(
    const char *bytes, size_t len, size_t line, toml_taker *take, void *context, struct error *err)
{
	struct toml t = {
	    .rest = bytes, .len = len, .line = line, .take = take, .context = context, .err = err};
	bool ok = true;

	for (skip_space(&t); ok && t.len > 0; skip_space(&t)) {
		ok = is_at(&t, "[") ? read_table(&t) : read_entry(&t);
		skip_blanks(&t);
		if (ok && t.len > 0 && !is_at(&t, "\n") && !is_at(&t, "#"))
			ok = refuse(&t, "the end of the line");
	}
	buffer_free(&t.key);
	return ok;
}
