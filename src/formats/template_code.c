#include "formats/template_code.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

static const struct {
	const char *open, *close;
} signs[TEMPLATE_KINDS] = {
    [TEMPLATE_SHORTCODE] = {"{{<", ">}}"},
    [TEMPLATE_MARKDOWN] = {"{{%", "%}}"},
    [TEMPLATE_OUTPUT] = {"{{", "}}"},
    [TEMPLATE_TAG] = {"{%", "%}"},
    [TEMPLATE_COMMENT] = {"{#", "#}"},
};

/* What has not been read yet of the inside. */
struct span {
	const char *text;
	size_t len;
};

static void
skip(struct span *s, size_t len)
{
	s->text += len;
	s->len -= len;
}

static bool
begins_with(struct span s, const char *text)
{
	return s.len >= strlen(text) && memcmp(s.text, text, strlen(text)) == 0;
}

static bool
ends_with(struct span s, const char *text)
{
	size_t len = strlen(text);

	return s.len >= len && memcmp(s.text + s.len - len, text, len) == 0;
}

static struct span
trimmed(struct span s)
{
	while (s.len > 0 && isspace((unsigned char)s.text[0]))
		skip(&s, 1);
	while (s.len > 0 && isspace((unsigned char)s.text[s.len - 1]))
		s.len--;
	return s;
}

/* --- arguments --- */

static bool
is_name_byte(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.' || c == '/';
}

/* Takes `key=` off, if there is one. */
static void
read_argument_key(struct span *rest, struct template_argument *out)
{
	size_t len = 0, sign;

	while (len < rest->len && is_name_byte(rest->text[len]))
		len++;
	for (sign = len; sign < rest->len && rest->text[sign] == ' ';)
		sign++;
	if (len == 0 || sign == rest->len || rest->text[sign] != '=' ||
	    (sign + 1 < rest->len && rest->text[sign + 1] == '='))
		return;
	out->key = rest->text;
	out->key_len = len;
	skip(rest, sign + 1);
	*rest = trimmed(*rest);
}

/* Takes a value off. False if its quotation mark is never closed. */
static bool
read_argument_value(struct span *rest, struct template_argument *out)
{
	size_t len = 0;

	if (rest->len > 0 && strchr("\"'`", rest->text[0]) != NULL && rest->text[0] != '\0') {
		out->quote = rest->text[0];
		skip(rest, 1);
		while (len < rest->len && rest->text[len] != out->quote)
			len += rest->text[len] == '\\' && out->quote != '`' ? 2 : 1;
		if (len >= rest->len)
			return false;
	} else {
		while (len < rest->len && !isspace((unsigned char)rest->text[len]) &&
		       strchr(",()", rest->text[len]) == NULL)
			len++;
	}
	out->value = rest->text;
	out->value_len = len;
	skip(rest, len + (out->quote != '\0'));
	return true;
}

static void
read_arguments(struct span rest, struct template_code *out)
{
	for (;;) {
		while (rest.len > 0 &&
		       (isspace((unsigned char)*rest.text) || strchr(",()", *rest.text) != NULL))
			skip(&rest, 1);
		if (rest.len == 0)
			return;
		struct template_argument argument = {.key = NULL};
		read_argument_key(&rest, &argument);
		out->is_odd = out->argument_count == TEMPLATE_ARGUMENTS_MAX ||
			      !read_argument_value(&rest, &argument);
		if (out->is_odd)
			return;
		out->arguments[out->argument_count++] = argument;
	}
}

/* --- all of it --- */

/* Takes off what only says how blanks around the code are to be treated, or that nothing closes
 * it. */
static struct span
without_marks(enum template_kind kind, struct span inner)
{
	if ((kind == TEMPLATE_OUTPUT || kind == TEMPLATE_TAG) && begins_with(inner, "-"))
		skip(&inner, 1);
	if ((kind == TEMPLATE_OUTPUT || kind == TEMPLATE_TAG) && ends_with(inner, "-"))
		inner.len--;
	if ((kind == TEMPLATE_SHORTCODE || kind == TEMPLATE_MARKDOWN) && ends_with(inner, "/"))
		inner.len--;
	return trimmed(inner);
}

static void
read_inner(struct span inner, struct template_code *out)
{
	out->is_literal = out->kind <= TEMPLATE_MARKDOWN && inner.len >= 4 &&
			  begins_with(inner, "/*") && ends_with(inner, "*/");
	if (out->is_literal)
		inner = (struct span){inner.text + 2, inner.len - 4};
	else
		inner = without_marks(out->kind, trimmed(inner));
	out->inner = inner.text;
	out->inner_len = inner.len;
	if (out->is_literal)
		return;
	out->is_closing = out->kind <= TEMPLATE_MARKDOWN && begins_with(inner, "/");
	if (out->is_closing)
		skip(&inner, 1);
	inner = trimmed(inner);
	out->name = inner.text;
	while (out->name_len < inner.len && is_name_byte(inner.text[out->name_len]))
		out->name_len++;
	skip(&inner, out->name_len);
	read_arguments(inner, out);
}

bool
template_code_read(const char *text, size_t len, bool is_never_closed[static TEMPLATE_KINDS],
    struct template_code *out)
{
	struct span whole = {text, len};

	*out = (struct template_code){.kind = TEMPLATE_SHORTCODE};
	while (out->kind < TEMPLATE_KINDS && !begins_with(whole, signs[out->kind].open))
		out->kind++;
	if (out->kind == TEMPLATE_KINDS || is_never_closed[out->kind])
		return false;
	skip(&whole, strlen(signs[out->kind].open));
	/* `## Words {#name}` names a heading. */
	if (out->kind == TEMPLATE_COMMENT && !begins_with(whole, " ") && !begins_with(whole, "\n"))
		return false;
	const char *close = signs[out->kind].close;
	const char *end = memmem(whole.text, whole.len, close, strlen(close));
	is_never_closed[out->kind] = end == NULL;
	if (end == NULL)
		return false;
	out->len = (size_t)(end - text) + strlen(close);
	read_inner((struct span){whole.text, (size_t)(end - whole.text)}, out);
	return true;
}

/* --- looking --- */

void
template_put_shown(struct buffer *out, const struct template_code *code)
{
	buffer_puts(out, signs[code->kind].open);
	buffer_append(out, code->inner, code->inner_len);
	buffer_puts(out, signs[code->kind].close);
}

bool
template_is_among(const char *names, const char *name, size_t len)
{
	for (const char *at = names; (at = strchr(at, ' ')) != NULL && at[1] != '\0'; at++)
		if (len > 0 && strncasecmp(at + 1, name, len) == 0 && at[1 + len] == ' ')
			return true;
	return false;
}

const struct template_argument *
template_argument(const struct template_code *code, const char *keys)
{
	for (size_t i = 0; i < code->argument_count; i++)
		if (template_is_among(keys, code->arguments[i].key, code->arguments[i].key_len))
			return &code->arguments[i];
	return NULL;
}

const struct template_argument *
template_position(const struct template_code *code, size_t at)
{
	for (size_t i = 0; i < code->argument_count; i++)
		if (code->arguments[i].key_len == 0 && at-- == 0)
			return &code->arguments[i];
	return NULL;
}

void
template_put_value(struct buffer *out, const struct template_argument *argument)
{
	struct buffer value = BUFFER_EMPTY;

	for (size_t i = 0; i < argument->value_len; i++) {
		i += argument->value[i] == '\\' && argument->quote != '\0' &&
		     argument->quote != '`' && i + 1 < argument->value_len;
		buffer_putc(&value, argument->value[i]);
	}
	text_append_line(out, buffer_text(&value), value.len);
	out->failed |= value.failed;
	buffer_free(&value);
}
