#include "article/source.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "article/derive.h"
#include "article/fences.h"
#include "article/frontmatter.h"
#include "article/keys.h"
#include "article/markdown.h"
#include "article/reference.h"
#include "base/text.h"
#include "gemini/gemtext.h"
#include "gemini/language.h"

#define LANGUAGE_TAG_MAX 35 /* bytes (RFC 5646 section 4.4.1) */

/* Everything that the strings of a source are borrowed from. */
struct parsed {
	struct source source; /* first: a pointer to it is a pointer to this */
	struct buffer path;
	struct buffer values[KEY_COUNT]; /* lists hold one value a line */
	struct buffer updated, derived_summary;
	struct buffer body;
	struct buffer scratch; /* of whatever needs one; borrowed from by nobody */
};

/* One source being read. */
struct reading {
	struct parsed *to;
	const char *path;
	bool is_markdown;
	size_t line_of[KEY_COUNT];                   /* where a key was given last, or 0 */
	struct frontmatter_entry entries[KEY_COUNT]; /* these, of keys that may stand once */
	bool out_of_memory;
	struct error *err;
};

/* What a key does with its value: one line, not empty. False, with the reason, if it cannot. */
typedef bool key_taker(struct reading *r, enum key key, const char *value);

static key_taker take_text, take_words, take_item, take_tags, take_date, take_language, take_image,
    take_status, take_correction, take_old_path;

static const struct {
	key_taker *take;
	bool is_list; /* may be repeated */
} key_rules[KEY_COUNT] = {
    [KEY_TITLE] = {take_words, false},
    [KEY_AUTHOR] = {take_item, true},
    [KEY_DATE] = {take_date, false},
    [KEY_UPDATED] = {take_date, false},
    [KEY_SUMMARY] = {take_words, false},
    [KEY_TAGS] = {take_tags, true},
    [KEY_LANG] = {take_language, false},
    [KEY_IMAGE] = {take_image, false},
    [KEY_IMAGE_ALT] = {take_text, false},
    [KEY_IMAGE_CREDIT] = {take_text, false},
    [KEY_STATUS] = {take_status, false},
    [KEY_EDITOR] = {take_text, false},
    [KEY_CORRECTION] = {take_correction, true},
    [KEY_MOVED_FROM] = {take_old_path, true},
    [KEY_RETRACTED] = {take_text, false},
    [KEY_SENT_TO] = {take_text, false},
    [KEY_REVISION] = {take_text, false},
};

/* Adds a warning about the line; running out of memory for it is noticed at the end. */
static void __attribute__((format(printf, 3, 4)))
warn(struct reading *r, size_t line, const char *format, ...)
{
	struct buffer text = BUFFER_EMPTY;
	va_list args;

	buffer_printf(&text, "line %zu: ", line);
	va_start(args, format);
	buffer_vprintf(&text, format, args);
	va_end(args);
	if (text.failed || !strings_add(&r->to->source.warnings, buffer_text(&text)))
		r->out_of_memory = true;
	buffer_free(&text);
}

static bool
take_text(struct reading *r, enum key key, const char *value)
{
	struct buffer *to = &r->to->values[key];

	buffer_truncate(to, 0);
	buffer_puts(to, value);
	return true;
}

/* Text that has Markdown in it if the article has. */
static bool
take_words(struct reading *r, enum key key, const char *value)
{
	struct buffer *to = &r->to->values[key];

	if (!r->is_markdown)
		return take_text(r, key, value);
	buffer_truncate(to, 0);
	r->out_of_memory |= !markdown_to_line(value, to);
	return true;
}

static void
add_item(struct buffer *list, const char *text, size_t len)
{
	if (list->len > 0)
		buffer_putc(list, '\n');
	text_append_line(list, text, len);
}

static bool
take_item(struct reading *r, enum key key, const char *value)
{
	add_item(&r->to->values[key], value, strlen(value));
	return true;
}

static bool
take_tags(struct reading *r, enum key key, const char *value)
{
	while (*value != '\0') {
		size_t len = strcspn(value, ",");

		if (strspn(value, " \t") < len)
			add_item(&r->to->values[key], value, len);
		value += len + (value[len] == ',');
	}
	return true;
}

static bool
take_date(struct reading *r, enum key key, const char *value)
{
	struct source *source = &r->to->source;
	bool is_update = key == KEY_UPDATED;

	if (!timestamp_parse(value, is_update ? &source->updated : &source->date))
		return error_set(r->err,
		    "line %zu: %s is `%s`, expected a date like 2025-06-13 or 2025-06-13T09:30",
		    r->line_of[key], keys_names[key], value);
	if (is_update)
		source->has_updated = true;
	else
		source->has_date = true;
	return true;
}

static bool
take_language(struct reading *r, enum key key, const char *value)
{
	if (strlen(value) <= LANGUAGE_TAG_MAX && language_is_tag(value))
		return take_text(r, key, value);
	warn(r, r->line_of[key], "lang is `%s`, expected a language tag like es; not used", value);
	return true;
}

static bool
take_image(struct reading *r, enum key key, const char *value)
{
	struct buffer *to = &r->to->values[key];

	buffer_truncate(to, 0);
	reference_resolve(to, r->path, value);
	return true;
}

static bool
take_status(struct reading *r, enum key key, const char *value)
{
	static const struct {
		const char *name;
		enum source_status status;
	} statuses[] = {
	    {"published", SOURCE_PUBLISHED},
	    {"draft", SOURCE_DRAFT},
	    {"ready", SOURCE_READY},
	};

	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
		if (strcasecmp(value, statuses[i].name) == 0) {
			r->to->source.status = statuses[i].status;
			return true;
		}
	return error_set(r->err, "line %zu: status is `%s`, expected published, draft or ready",
	    r->line_of[key], value);
}

static bool
take_correction(struct reading *r, enum key key, const char *value)
{
	struct timestamp day;
	char start[TIME_ISO_DATE_LEN + 1] = "";

	strncat(start, value, TIME_ISO_DATE_LEN);
	if (!timestamp_parse(start, &day) || value[TIME_ISO_DATE_LEN] != ' ')
		warn(r, r->line_of[key],
		    "correction is `%s`, expected its day first, like 2025-06-14 text", value);
	return take_item(r, key, value);
}

static bool
take_old_path(struct reading *r, enum key key, const char *value)
{
	struct url url;

	if (!reference_read_path(value, &r->to->scratch, &url))
		warn(r, r->line_of[key],
		    "moved-from is `%s`, expected a path that begins with /; not used", value);
	else if (!strings_add_bytes(&r->to->source.moved_from, url.path, url.path_len))
		r->out_of_memory = true;
	return true;
}

/* Nobody learns from a warning that a text which was to wait is out: what may have been meant to
 * hold it back does so. So does a line that may have been meant to end the front matter. */
static bool
take_unknown(struct reading *r, const struct frontmatter_entry *entry)
{
	struct buffer name = BUFFER_EMPTY;
	const char *nearest = keys_nearest(entry->key, entry->key_len);
	enum key hiding =
	    keys_nearest_hiding(entry->key, entry->key_len, entry->value, entry->value_len);
	bool ok = true;

	if (hiding == KEY_COUNT)
		hiding = keys_hiding_elsewhere(
		    entry->key, entry->key_len, entry->value, entry->value_len);
	text_append_line(&name, entry->key, entry->key_len);
	r->out_of_memory |= name.failed;
	if (hiding != KEY_COUNT && entry->value_len > 0)
		ok = error_set(r->err, "line %zu: unknown key `%s`, did you mean `%s`?",
		    entry->line, buffer_text(&name), keys_names[hiding]);
	else if (text_starts(buffer_text(&name), "---"))
		ok = error_set(r->err, "line %zu: expected `---` alone on the line, found `%s`",
		    entry->line, buffer_text(&name));
	else if (nearest != NULL)
		warn(r, entry->line, "unknown key `%s`, did you mean `%s`?", buffer_text(&name),
		    nearest);
	else
		warn(r, entry->line, "unknown key `%s`", buffer_text(&name));
	buffer_free(&name);
	return ok;
}

/* Which of two values was meant, nobody can tell: one of them may hold the text back. */
static bool
check_repeated(struct reading *r, enum key key, const struct frontmatter_entry *entry)
{
	const struct frontmatter_entry before = r->entries[key];

	r->entries[key] = *entry;
	if (r->line_of[key] == 0 || key_rules[key].is_list)
		return true;
	if (before.value_len != entry->value_len ||
	    memcmp(before.value, entry->value, entry->value_len) != 0)
		return error_set(
		    r->err, "line %zu: a second `%s`: leave one", entry->line, keys_names[key]);
	warn(r, entry->line, "`%s` again, as in line %zu", keys_names[key], r->line_of[key]);
	return true;
}

static bool
take_entry(struct reading *r, const struct frontmatter_entry *entry)
{
	enum key key = keys_find(entry->key, entry->key_len);
	struct buffer value = BUFFER_EMPTY;
	bool ok = true;

	if (key == KEY_COUNT)
		return take_unknown(r, entry);
	text_append_line(&value, entry->value, entry->value_len);
	r->out_of_memory |= value.failed;
	assert(key < KEY_COUNT && key_rules[key].take != NULL);
	if (value.len > 0) {                           /* an empty key counts as absent */
		assert(entry->line > r->line_of[key]); /* they come in their order */
		ok = check_repeated(r, key, entry);
		r->line_of[key] = entry->line;
		ok = ok && key_rules[key].take(r, key, value.data);
	}
	buffer_free(&value);
	return ok;
}

static bool
read_head(struct reading *r, struct frontmatter *head)
{
	struct frontmatter_entry entry;
	enum frontmatter_result result;

	while ((result = frontmatter_next(head, &entry, r->err)) == FRONTMATTER_ENTRY)
		if (!take_entry(r, &entry))
			return false;
	return result == FRONTMATTER_END;
}

static void
read_markdown_body(struct reading *r, const struct frontmatter *head)
{
	struct buffer gemtext = BUFFER_EMPTY;
	size_t lines_above = head->is_present ? head->line + 1 : 0;
	size_t html_line = 0;

	if (!markdown_to_gemtext(head->body, head->body_len, &gemtext, &html_line))
		r->out_of_memory = true;
	if (html_line > 0)
		warn(r, lines_above + html_line, "raw HTML, of which the page has the words alone");
	gemtext_put_document(&r->to->body, buffer_text(&gemtext), gemtext.len);
	buffer_free(&gemtext);
}

/* Takes what is not part of the page off both ends of the body. */
static void
trim_body(struct article *article, const struct buffer *body, struct buffer *scratch)
{
	size_t opening = derive_opening(buffer_text(body), body->len, article->card.title, scratch);

	article->body = buffer_text(body) + opening;
	assert(opening <= body->len);
	article->body_len = derive_ending(article->body, body->len - opening);
	assert(article->body_len <= body->len - opening);
}

static void
derive_missing(struct parsed *p)
{
	struct buffer *title = &p->values[KEY_TITLE];

	if (title->len == 0)
		derive_title(title, buffer_text(&p->body), p->body.len, buffer_text(&p->path));
	if (p->values[KEY_SUMMARY].len == 0)
		derive_summary(&p->derived_summary, buffer_text(&p->body), p->body.len);
	if (p->source.has_updated)
		timestamp_append(&p->updated, &p->source.updated);
}

static void
fill_source(struct parsed *p)
{
	const struct buffer *summary = &p->values[KEY_SUMMARY];

	p->source.article = (struct article){
	    .card =
		{
		    .path = buffer_text(&p->path),
		    .date = "",
		    .title = buffer_text(&p->values[KEY_TITLE]),
		    .authors = buffer_text(&p->values[KEY_AUTHOR]),
		    .summary = buffer_text(summary->len > 0 ? summary : &p->derived_summary),
		    .lang = buffer_text(&p->values[KEY_LANG]),
		    .image = buffer_text(&p->values[KEY_IMAGE]),
		    .image_alt = buffer_text(&p->values[KEY_IMAGE_ALT]),
		    .image_credit = buffer_text(&p->values[KEY_IMAGE_CREDIT]),
		},
	    .dek = buffer_text(summary),
	    .updated = buffer_text(&p->updated),
	    .tags = buffer_text(&p->values[KEY_TAGS]),
	    .corrections = buffer_text(&p->values[KEY_CORRECTION]),
	};
	trim_body(&p->source.article, &p->body, &p->scratch);
	p->source.editor = buffer_text(&p->values[KEY_EDITOR]);
	p->source.retracted = buffer_text(&p->values[KEY_RETRACTED]);
}

static bool
has_failed(const struct reading *r)
{
	const struct parsed *p = r->to;
	bool failed = r->out_of_memory || p->path.failed || p->updated.failed ||
		      p->derived_summary.failed || p->body.failed || p->scratch.failed;

	for (size_t key = 0; key < KEY_COUNT; key++)
		failed |= p->values[key].failed;
	return failed;
}

static bool
read_source(struct reading *r, const char *bytes, size_t len)
{
	const struct fences_source text = {bytes, len, r->is_markdown};
	struct frontmatter head;
	size_t bad_line = text_bad_line(bytes, len);

	if (bad_line > 0)
		return error_set(r->err, "line %zu: not valid UTF-8", bad_line);
	buffer_puts(&r->to->path, r->path);
	frontmatter_open(&head, bytes, len);
	if (!read_head(r, &head) || !fences_check(&text, r->err))
		return false;
	if (r->is_markdown)
		read_markdown_body(r, &head);
	else
		gemtext_put_document(&r->to->body, head.body, head.body_len);
	derive_missing(r->to);
	fill_source(r->to);
	return !has_failed(r) || error_set(r->err, "out of memory");
}

struct source *
source_parse(const char *path, const char *bytes, size_t len, struct error *err)
{
	struct parsed *parsed = calloc(1, sizeof(*parsed));
	struct reading reading = {
	    .to = parsed,
	    .path = path,
	    .is_markdown = text_ends(path, ".md"),
	    .err = err,
	};

	if (parsed == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	if (!read_source(&reading, bytes, len)) {
		source_free(&parsed->source);
		return NULL;
	}
	return (struct source *)parsed;
}

void
source_free(struct source *source)
{
	struct parsed *parsed = (struct parsed *)source;

	if (parsed == NULL)
		return;
	for (size_t key = 0; key < KEY_COUNT; key++)
		buffer_free(&parsed->values[key]);
	buffer_free(&parsed->path);
	buffer_free(&parsed->updated);
	buffer_free(&parsed->derived_summary);
	buffer_free(&parsed->body);
	buffer_free(&parsed->scratch);
	strings_free(&source->moved_from);
	strings_free(&source->warnings);
	free(parsed);
}
