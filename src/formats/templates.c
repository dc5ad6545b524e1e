#include "formats/templates.h"

#include <ctype.h>
#include <string.h>

#include "base/text.h"
#include "formats/template_code.h"
#include "formats/template_rules.h"
#include "formats/template_write.h"

#define FENCE_MIN      3
#define LISTING_INDENT 4 /* columns */
#define TAB_COLUMNS    4
#define SHOWN_MAX      60 /* bytes of code that is told */

struct translation {
	struct template_place place;
	size_t line;
	size_t literal_len, literal_end_len;  /* of what is left as it is, and of the end of that */
	bool is_never_closed[TEMPLATE_KINDS]; /* from here on */
	bool has_no_comment_end;
	struct strings *left;
	bool out_of_memory;

	/* where in the document a line is */
	char fence; /* within a fence of these, or NUL */
	size_t fence_len;
	bool is_fence_inside; /* that fence is in a quote or a list, and ends with it */
	bool is_fence_quoted;
	bool is_listing; /* the last line was in a listing by indentation */
	bool is_blank_above, is_in_list;
};

/* --- lines --- */

struct line {
	size_t len;
	size_t indent; /* columns */
	bool is_blank;
	bool is_quoted, is_item; /* marks of a quote, of a list's item before the text */
	const char *words;       /* behind the marks */
	size_t words_len;
};

/* Of the line that text begins with, and its line end. */
static size_t
line_len(const char *text, size_t len)
{
	const char *end = memchr(text, '\n', len);

	return end == NULL ? len : (size_t)(end - text) + 1;
}

static struct line
look_at_line(const char *text, size_t len)
{
	struct line line = {.len = line_len(text, len)};
	size_t at = 0;

	if (line.len > 0 && text[line.len - 1] == '\n')
		line.len--;

	for (; at < line.len && strchr(" \t\r", text[at]) != NULL && text[at] != '\0'; at++)
		line.indent += text[at] == '\t' ? TAB_COLUMNS : 1;
	line.is_blank = at == line.len;
	while (at < line.len) {
		size_t digits = 0;

		while (at + digits < line.len && isdigit((unsigned char)text[at + digits]))
			digits++;
		bool is_mark = at + digits + 1 < line.len && text[at + digits + 1] == ' ' &&
			       strchr(digits > 0 ? ".)" : "-+*", text[at + digits]) != NULL;
		if (text[at] == '>')
			line.is_quoted = true;
		else if (is_mark)
			line.is_item = true;
		else if (text[at] != ' ' && text[at] != '\t')
			break;
		at += is_mark ? digits + 1 : 1;
	}
	line.words = text + at;
	line.words_len = line.len - at;
	return line;
}

/* How many of the same mark of a fence the text begins with, or 0. */
static size_t
fence_len(const char *text, size_t len)
{
	size_t run = 0;

	if (len == 0 || (text[0] != '`' && text[0] != '~'))
		return 0;
	while (run < len && text[run] == text[0])
		run++;
	/* Behind the backticks of a fence stands none. */
	if (run < FENCE_MIN || (text[0] == '`' && memchr(text + run, '`', len - run) != NULL))
		return 0;
	return run;
}

/* Whether the line is still within the fence: what it is in has not ended. */
static bool
is_within_fence(const struct translation *t, const struct line *line)
{
	if (t->is_fence_quoted)
		return line->is_quoted;
	return !t->is_fence_inside || line->is_blank || line->indent > 0;
}

static bool
begins_with_tag(const struct line *line)
{
	return line->words_len > 1 && line->words[0] == '<' &&
	       (isalpha((unsigned char)line->words[1]) || line->words[1] == '/');
}

static bool
is_blank_text(const char *text, size_t len)
{
	while (len > 0 && isspace((unsigned char)text[len - 1]))
		len--;
	return len == 0;
}

/* Whether the line that begins is part of a listing: nothing in it means anything. */
static bool
begin_line(struct translation *t)
{
	struct line line = look_at_line(t->place.rest, t->place.len);
	size_t run = fence_len(line.words, line.words_len);
	bool is_blank_above = t->is_blank_above;

	t->is_blank_above = line.is_blank;
	t->place.is_html = !line.is_blank && (t->place.is_html || begins_with_tag(&line));
	if (t->fence != '\0' && is_within_fence(t, &line)) {
		if (run >= t->fence_len && !line.is_item && *line.words == t->fence &&
		    is_blank_text(line.words + run, line.words_len - run))
			t->fence = '\0';
		return true;
	}
	t->fence = '\0';
	if (line.is_item)
		t->is_in_list = true;
	else if (is_blank_above && line.indent == 0 && !line.is_blank)
		t->is_in_list = false;
	t->is_listing =
	    !t->is_in_list && line.indent >= LISTING_INDENT && (is_blank_above || t->is_listing);
	if (t->is_listing || run == 0)
		return t->is_listing;
	t->fence = *line.words;
	t->fence_len = run;
	t->is_fence_quoted = line.is_quoted;
	t->is_fence_inside = line.is_item || (t->is_in_list && line.indent > 1);
	return true;
}

/* --- words --- */

/* Passes over what has been dealt with. */
static void
pass(struct translation *t, const char *to)
{
	for (const char *at = t->place.rest; at < to; at++)
		t->line += *at == '\n';
	t->place.len -= (size_t)(to - t->place.rest);
	t->place.rest = to;
}

static void
copy(struct translation *t, size_t len)
{
	buffer_append(t->place.out, t->place.rest, len);
	pass(t, t->place.rest + len);
}

/* Adds what is told of code; appends it to out_words, made one line. */
static bool
add_told(struct strings *left, size_t line, const char *code, size_t len, struct buffer *out_words)
{
	struct buffer told = BUFFER_EMPTY;

	for (size_t i = 0; i < len; i++) {
		bool is_blank = isspace((unsigned char)code[i]);

		if (!is_blank)
			buffer_putc(out_words, code[i]);
		else if (out_words->len > 0 && out_words->data[out_words->len - 1] != ' ')
			buffer_putc(out_words, ' ');
	}
	size_t shown = text_cut(buffer_text(out_words), out_words->len, SHOWN_MAX);
	buffer_printf(&told, "line %zu `%.*s%s`", line, (int)shown, buffer_text(out_words),
	    shown < out_words->len ? "…" : "");
	bool ok = !told.failed && !out_words->failed && strings_add(left, told.data);
	buffer_free(&told);
	return ok;
}

static void
tell(struct translation *t, const struct template_code *code)
{
	struct buffer words = BUFFER_EMPTY;

	t->out_of_memory |= !add_told(t->left, t->line, t->place.rest, code->len, &words);
	template_put_literal(t->place.out, buffer_text(&words), words.len);
	buffer_free(&words);
}

/* Reads the code that the rest begins with. */
static bool
read_code(struct translation *t, struct template_code *out)
{
	return template_code_read(t->place.rest, t->place.len, t->is_never_closed, out);
}

/* Template code in words: what it means, or itself. False if there is none. */
static bool
translate_code(struct translation *t)
{
	struct template_code code;

	if (!read_code(t, &code))
		return false;
	const char *behind = t->place.rest + code.len;
	struct template_place place = t->place;

	place.rest = behind;
	place.len -= code.len;
	bool is_known = template_rules_apply(&place, &code);
	memcpy(t->place.is_never_ended, place.is_never_ended, sizeof(place.is_never_ended));
	if (!is_known) {
		tell(t, &code);
		pass(t, behind);
		return true;
	}
	t->literal_len = place.literal_len;
	t->literal_end_len = place.literal_end_len;
	pass(t, place.rest);
	return true;
}

/* Template code in a listing: only what would keep a generator from running it goes. False if there
 * is none. */
static bool
translate_listed_code(struct translation *t)
{
	struct template_code code;

	if (!read_code(t, &code))
		return false;
	if (code.is_literal)
		template_put_shown(t->place.out, &code);
	else if (code.kind != TEMPLATE_TAG ||
		 !template_is_among(" raw endraw ", code.inner, code.inner_len))
		return false;
	pass(t, t->place.rest + code.len);
	return true;
}

/* Copies len bytes of a listing. */
static void
copy_listing(struct translation *t, size_t len)
{
	const char *end = t->place.rest + len;

	while (t->place.rest < end) {
		const char *next = memchr(t->place.rest, '{', (size_t)(end - t->place.rest));

		if (next == NULL)
			next = end;
		copy(t, (size_t)(next - t->place.rest));
		if (next < end && !translate_listed_code(t))
			copy(t, 1);
	}
}

/* How long what the backticks begin is, with those that end it: but the backticks if none do
 * before the paragraph ends. */
static size_t
span_len(const char *text, size_t len)
{
	size_t run = 0, at;

	while (run < len && text[run] == '`')
		run++;
	for (at = run; at < len;) {
		const char *found = memchr(text + at, '`', len - at);
		size_t other = 0;

		if (found == NULL ||
		    memmem(text + at, (size_t)(found - text) - at, "\n\n", 2) != NULL)
			break;
		at = (size_t)(found - text);
		while (at + other < len && text[at + other] == '`')
			other++;
		at += other;
		if (other == run)
			return at;
	}
	return run;
}

/* How long a comment of HTML is that the rest begins with, or 0. */
static size_t
comment_len(struct translation *t)
{
	if (t->has_no_comment_end || t->place.len < 4 || memcmp(t->place.rest, "<!--", 4) != 0)
		return 0;
	const char *end = memmem(t->place.rest, t->place.len, "-->", 3);
	t->has_no_comment_end = end == NULL;
	return end == NULL ? 0 : (size_t)(end - t->place.rest) + 3;
}

/* How long words are that hold nothing to look at, at most to the end of the line. */
static size_t
plain_len(const char *text, size_t len)
{
	size_t at = 1;

	while (at < len && text[at - 1] != '\n' && strchr("`<\\{", text[at]) == NULL)
		at++;
	return at;
}

/* Takes some of the rest, which is words. */
static void
translate_words(struct translation *t)
{
	size_t comment;

	switch (*t->place.rest) {
	case '`':
		copy_listing(t, span_len(t->place.rest, t->place.len));
		break;
	case '<':
		comment = comment_len(t);
		copy(t, comment > 0 ? comment : 1);
		break;
	case '\\':
		copy(t, t->place.len > 1 && t->place.rest[1] != '\n' && t->place.rest[1] != '{'
			    ? 2
			    : 1);
		break;
	case '{':
		if (!translate_code(t))
			copy(t, 1);
		break;
	default:
		copy(t, plain_len(t->place.rest, t->place.len));
	}
}

/* Copies what is marked as raw, and passes over the code that ends it. */
static void
copy_literal(struct translation *t)
{
	copy(t, t->literal_len);
	pass(t, t->place.rest + t->literal_end_len);
	t->literal_len = t->literal_end_len = 0;
}

bool
templates_translate(
    const char *bytes, size_t len, size_t line, struct buffer *out, struct strings *out_left)
{
	struct translation t = {
	    .place = {.rest = bytes, .len = len, .out = out},
	    .line = line,
	    .left = out_left,
	    .is_blank_above = true,
	};

	while (t.place.len > 0) {
		const char *before = t.place.rest;

		if (t.literal_end_len > 0)
			copy_literal(&t);
		else if ((before == bytes || before[-1] == '\n') && begin_line(&t))
			copy_listing(&t, line_len(before, t.place.len));
		else
			translate_words(&t);
	}
	return !t.out_of_memory && !out->failed;
}

bool
templates_find(const char *text, size_t len, size_t line, struct strings *out_left)
{
	bool is_never_closed[TEMPLATE_KINDS] = {false}, ok = true;
	const char *end = text + len;

	while (ok && text < end) {
		struct buffer words = BUFFER_EMPTY;
		struct template_code code;

		if (template_code_read(text, (size_t)(end - text), is_never_closed, &code) &&
		    code.kind != TEMPLATE_COMMENT)
			ok = add_told(out_left, line, text, code.len, &words);
		else
			code.len = 1;
		for (; code.len > 0; code.len--)
			line += *text++ == '\n';
		buffer_free(&words);
	}
	return ok;
}
