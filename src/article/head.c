#include "article/head.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define FENCE "---\n"

/* One line of a head, its LF counted, and what it says. */
struct line {
	const char *text;
	size_t len;
	bool is_entry;
	struct frontmatter_entry entry;
};

/* Takes the line at *at. False at the end. */
static bool
next_line(const struct buffer *lines, size_t *at, struct line *out)
{
	const char *text = buffer_text(lines) + *at;
	const char *end = *at < lines->len ? memchr(text, '\n', lines->len - *at) : NULL;

	if (end == NULL)
		return false;
	*out = (struct line){.text = text, .len = (size_t)(end - text) + 1};
	struct frontmatter alone = {.is_present = true, .rest = text, .rest_len = out->len};
	out->is_entry = frontmatter_next(&alone, &out->entry, NULL) == FRONTMATTER_ENTRY;
	*at += out->len;
	return true;
}

/* Puts what was built in the place of lines, unless memory ran out: then lines has failed. */
static void
replace(struct buffer *lines, struct buffer *built)
{
	bool failed = lines->failed || built->failed;

	buffer_free(lines);
	*lines = *built;
	lines->failed = failed;
}

const char *
head_take(struct buffer *lines, const char *bytes, size_t len, size_t *out_body_len)
{
	struct frontmatter head;

	frontmatter_open(&head, bytes, len);
	buffer_append(lines, head.rest, head.is_present ? head.rest_len : 0);
	*out_body_len = head.body_len;
	return head.body;
}

bool
head_find(const struct buffer *lines, const char *key, struct frontmatter_entry *out)
{
	struct line line;
	bool found = false;

	for (size_t at = 0; next_line(lines, &at, &line);) {
		if (!line.is_entry || line.entry.value_len == 0 ||
		    !frontmatter_is(&line.entry, key))
			continue;
		*out = line.entry;
		found = true;
	}
	return found;
}

bool
head_has(const struct buffer *lines, const char *key, const char *value, size_t value_len)
{
	struct line line;

	for (size_t at = 0; next_line(lines, &at, &line);)
		if (line.is_entry && frontmatter_is(&line.entry, key) &&
		    line.entry.value_len == value_len &&
		    memcmp(line.entry.value, value, value_len) == 0)
			return true;
	return false;
}

void
head_filter(struct buffer *lines, head_keeper *keep, void *context)
{
	struct buffer kept = BUFFER_EMPTY;
	struct line line;

	for (size_t at = 0; next_line(lines, &at, &line);)
		if (!line.is_entry || keep(context, &line.entry))
			buffer_append(&kept, line.text, line.len);
	replace(lines, &kept);
}

static bool
has_other_key(void *context, const struct frontmatter_entry *entry)
{
	const char *key = context;

	return !frontmatter_is(entry, key);
}

void
head_drop(struct buffer *lines, const char *key)
{
	head_filter(lines, has_other_key, (void *)key);
}

static bool
has_value(void *context, const struct frontmatter_entry *entry)
{
	(void)context;
	return entry->value_len > 0;
}

void
head_drop_empty(struct buffer *lines)
{
	head_filter(lines, has_value, NULL);
}

static void
put_entry(struct buffer *out, const char *key, const char *value, size_t value_len)
{
	buffer_puts(out, key);
	buffer_puts(out, " = ");
	text_append_line(out, value, value_len);
	buffer_putc(out, '\n');
}

void
head_set(struct buffer *lines, const char *key, const char *value, size_t value_len)
{
	struct buffer built = BUFFER_EMPTY;
	struct line line;
	bool is_put = false;

	for (size_t at = 0; next_line(lines, &at, &line);) {
		if (!line.is_entry || !frontmatter_is(&line.entry, key)) {
			buffer_append(&built, line.text, line.len);
		} else if (!is_put) {
			put_entry(&built, key, value, value_len);
			is_put = true;
		}
	}
	if (!is_put)
		put_entry(&built, key, value, value_len);
	replace(lines, &built);
}

/* The entries of lines that have a value, in the order of their keys. */
struct index {
	struct frontmatter_entry *entries; /* owned */
	size_t count;
};

static int
compare_keys(const void *left, const void *right)
{
	const struct frontmatter_entry *a = left, *b = right;
	size_t len = a->key_len < b->key_len ? a->key_len : b->key_len;
	int order = strncasecmp(a->key, b->key, len);

	return order != 0 ? order : (a->key_len > b->key_len) - (a->key_len < b->key_len);
}

/* False if out of memory. Borrows from lines. */
static bool
index_make(struct index *index, const struct buffer *lines)
{
	struct line line;
	size_t count = 0;

	*index = (struct index){.entries = NULL};
	for (size_t at = 0; next_line(lines, &at, &line);)
		count++;
	if (count == 0)
		return true;
	index->entries = malloc(count * sizeof(*index->entries));
	if (index->entries == NULL)
		return false;
	for (size_t at = 0; next_line(lines, &at, &line);)
		if (line.is_entry && line.entry.value_len > 0)
			index->entries[index->count++] = line.entry;
	qsort(index->entries, index->count, sizeof(*index->entries), compare_keys);
	return true;
}

static bool
index_has_key_of(const struct index *index, const struct frontmatter_entry *entry)
{
	return index->count > 0 && bsearch(entry, index->entries, index->count,
				       sizeof(*index->entries), compare_keys) != NULL;
}

void
head_add_missing(struct buffer *lines, const struct buffer *from)
{
	struct buffer missing = BUFFER_EMPTY;
	struct index present;
	struct line line;

	if (!index_make(&present, lines)) {
		lines->failed = true;
		return;
	}
	for (size_t at = 0; next_line(from, &at, &line);)
		if (line.is_entry && line.entry.value_len > 0 &&
		    !index_has_key_of(&present, &line.entry))
			buffer_append(&missing, line.text, line.len);
	free(present.entries); /* which borrow from lines */
	buffer_append(lines, buffer_text(&missing), missing.len);
	lines->failed |= missing.failed || from->failed;
	buffer_free(&missing);
}

void
head_put(struct buffer *out, const struct buffer *lines, const char *body, size_t len)
{
	/* A body that begins like a head would be taken for one. */
	if (lines->len > 0 || (len >= strlen(FENCE) && memcmp(body, "---", 3) == 0)) {
		buffer_puts(out, FENCE);
		buffer_append(out, buffer_text(lines), lines->len);
		buffer_puts(out, FENCE);
	}
	buffer_append(out, body, len);
	out->failed |= lines->failed;
}
