/*
 * Any bytes are read to their end or refused with a line; what frontmatter_set() writes is read
 * back, and setting one key changes no other.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "article/frontmatter.h"

#define KEY   "fuzzed key"
#define VALUE "a value"

/* Whether all lines can be read; *out_ours is how many entries have our key. */
static bool
read_all(const char *bytes, size_t len, size_t *out_ours, size_t *out_others)
{
	struct frontmatter head;
	struct frontmatter_entry entry;
	struct error err;
	enum frontmatter_result result;
	size_t line = 1;

	*out_ours = *out_others = 0;
	frontmatter_open(&head, bytes, len);
	assert(head.body_len <= len);
	while ((result = frontmatter_next(&head, &entry, &err)) == FRONTMATTER_ENTRY) {
		assert(head.is_present && entry.line > line && entry.key_len > 0);
		assert(memchr(entry.key, '\n', entry.key_len) == NULL);
		assert(entry.value_len <= FRONTMATTER_LINE_MAX);
		line = entry.line;
		*(frontmatter_is(&entry, KEY) ? out_ours : out_others) += 1;
	}
	assert(result == FRONTMATTER_END || strncmp(err.text, "line ", 5) == 0);
	return result == FRONTMATTER_END;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data;
	struct buffer with = BUFFER_EMPTY, without = BUFFER_EMPTY;
	size_t ours, others, ours_after, others_after;
	bool is_whole = read_all(bytes, size, &ours, &others);

	frontmatter_set(&with, bytes, size, KEY, VALUE);
	if (is_whole && size < FRONTMATTER_MAX / 2) {
		assert(read_all(with.data, with.len, &ours_after, &others_after));
		assert(ours_after == 1 && others_after == others);
	}
	frontmatter_set(&without, with.data, with.len, KEY, NULL);
	if (is_whole && size < FRONTMATTER_MAX / 2) {
		assert(read_all(without.data, without.len, &ours_after, &others_after));
		assert(ours_after == 0 && others_after == others);
	}
	buffer_free(&with);
	buffer_free(&without);
	return 0;
}
