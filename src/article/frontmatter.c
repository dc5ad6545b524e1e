#include "article/frontmatter.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define FENCE           "---"
#define SHOWN_MAX       60 /* bytes of a bad line that a message quotes */

/* A stretch of the file. */
struct span {
	const char *text;
	size_t len;
};

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static struct span
trimmed(struct span s)
{
	while (s.len > 0 && is_blank(s.text[0])) {
		s.text++;
		s.len--;
	}
	while (s.len > 0 && is_blank(s.text[s.len - 1]))
		s.len--;
	return s;
}

/* Takes one line off *rest, without its line end. False at the end. */
static bool
take_line(struct span *rest, struct span *out_line)
{
	const char *end;
	size_t len, taken;

	if (rest->len == 0)
		return false;
	end = memchr(rest->text, '\n', rest->len);
	len = end == NULL ? rest->len : (size_t)(end - rest->text);
	taken = end == NULL ? len : len + 1;
	*out_line = (struct span){rest->text, len};
	if (len > 0 && rest->text[len - 1] == '\r')
		out_line->len--;
	assert(taken > 0 && taken <= rest->len && out_line->len <= taken);
	rest->text += taken;
	rest->len -= taken;
	return true;
}

static bool
is_fence(struct span line)
{
	/* Blanks behind it do no harm; before it they make it something else. */
	return line.len >= strlen(FENCE) && line.text[0] == '-' &&
	       trimmed(line).len == strlen(FENCE) && memcmp(line.text, FENCE, strlen(FENCE)) == 0;
}

void
frontmatter_open(struct frontmatter *head, const char *bytes, size_t len)
{
	struct span rest = {bytes, len};
	struct span line;
	const char *first;

	if (len >= strlen(BYTE_ORDER_MARK) &&
	    memcmp(bytes, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0) {
		rest.text += strlen(BYTE_ORDER_MARK);
		rest.len -= strlen(BYTE_ORDER_MARK);
	}
	*head = (struct frontmatter){.body = rest.text, .body_len = rest.len, .line = 1};
	if (!take_line(&rest, &line) || !is_fence(line))
		return;
	first = rest.text;
	while (take_line(&rest, &line) && rest.text - bytes <= FRONTMATTER_MAX) {
		if (!is_fence(line))
			continue;
		assert(line.text >= first && rest.text + rest.len == bytes + len);
		head->is_present = true;
		head->rest = first;
		head->rest_len = (size_t)(line.text - first);
		head->body = rest.text;
		head->body_len = rest.len;
		return;
	}
}

bool
frontmatter_is(const struct frontmatter_entry *entry, const char *key)
{
	return entry->key_len == strlen(key) && strncasecmp(entry->key, key, entry->key_len) == 0;
}

static const char *
find_separator(struct span line)
{
	for (size_t i = 0; i < line.len; i++)
		if (line.text[i] == '=' || line.text[i] == ':')
			return line.text + i;
	return NULL;
}

static enum frontmatter_result
refuse(struct error *err, size_t number, struct span line)
{
	if (line.len > FRONTMATTER_LINE_MAX)
		error_set(err, "line %zu: %zu bytes long, expected at most %d", number, line.len,
		    FRONTMATTER_LINE_MAX);
	else
		error_set(err, "line %zu: expected `key = value`, found `%.*s`", number,
		    (int)text_cut(line.text, line.len, SHOWN_MAX), line.text);
	return FRONTMATTER_BROKEN;
}

enum frontmatter_result
frontmatter_next(struct frontmatter *head, struct frontmatter_entry *out, struct error *err)
{
	struct span rest = {head->rest, head->rest_len};
	struct span line, key, value;
	const char *separator;

	while (take_line(&rest, &line)) {
		head->rest = rest.text;
		head->rest_len = rest.len;
		head->line++;
		if (line.len > FRONTMATTER_LINE_MAX)
			return refuse(err, head->line, line);
		line = trimmed(line);
		if (line.len == 0 || line.text[0] == '#')
			continue;
		separator = find_separator(line);
		if (separator == NULL || separator == line.text)
			return refuse(err, head->line, line);
		key = trimmed((struct span){line.text, (size_t)(separator - line.text)});
		value = trimmed(
		    (struct span){separator + 1, (size_t)(line.text + line.len - separator - 1)});
		assert(key.len > 0 && key.len + value.len < line.len);
		assert(key.len <= FRONTMATTER_LINE_MAX && value.len <= FRONTMATTER_LINE_MAX);
		*out = (struct frontmatter_entry){
		    key.text, key.len, value.text, value.len, head->line};
		return FRONTMATTER_ENTRY;
	}
	return FRONTMATTER_END;
}

static bool
is_entry_of(struct span line, const char *key)
{
	const char *separator = find_separator(line);
	struct span name;

	if (separator == NULL)
		return false;
	name = trimmed((struct span){line.text, (size_t)(separator - line.text)});
	return name.len == strlen(key) && strncasecmp(name.text, key, name.len) == 0;
}

static void
put_entry(struct buffer *out, const char *key, const char *value)
{
	buffer_puts(out, key);
	buffer_puts(out, " = ");
	text_append_line(out, value, strlen(value));
	buffer_putc(out, '\n');
}

void
frontmatter_set(
    struct buffer *out, const char *bytes, size_t len, const char *key, const char *value)
{
	struct frontmatter head;
	struct span rest, line;
	bool has_block;

	frontmatter_open(&head, bytes, len);
	rest = (struct span){head.rest, head.rest_len};
	has_block = head.is_present || value != NULL;
	assert(head.is_present || head.rest_len == 0);
	if (has_block)
		buffer_puts(out, FENCE "\n");
	while (take_line(&rest, &line)) {
		if (!is_entry_of(line, key)) {
			buffer_append(out, line.text, (size_t)(rest.text - line.text));
		} else if (value != NULL) {
			put_entry(out, key, value);
			value = NULL;
		}
	}
	if (value != NULL)
		put_entry(out, key, value);
	if (has_block)
		buffer_puts(out, FENCE "\n");
	buffer_append(out, head.body, head.body_len);
}
