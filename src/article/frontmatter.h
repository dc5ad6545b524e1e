/*
 * frontmatter - the block of `key = value` lines between two `---` lines that may head a source
 * file. Pure; it copies and allocates nothing.
 *
 *	struct frontmatter head;
 *	struct frontmatter_entry entry;
 *
 *	frontmatter_open(&head, bytes, len);
 *	while ((result = frontmatter_next(&head, &entry, err)) == FRONTMATTER_ENTRY)
 *		…
 */
#ifndef ARTICLE_FRONTMATTER_H
#define ARTICLE_FRONTMATTER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

#define FRONTMATTER_MAX      (64 * 1024) /* bytes within which the closing `---` must end */
#define FRONTMATTER_LINE_MAX 4096        /* bytes of a line, its line end not counted */

/* One key and its value, borrowed from the source; blanks around both are taken off. */
struct frontmatter_entry {
	const char *key;
	size_t key_len;    /* at least 1 */
	const char *value; /* may hold any bytes but LF */
	size_t value_len;
	size_t line; /* of the file, from 1 */
};

struct frontmatter {
	bool is_present;  /* false: the file is all body */
	const char *body; /* what follows the closing line */
	size_t body_len;
	const char *rest; /* lines not taken yet */
	size_t rest_len;
	size_t line; /* of the file: the one taken last */
};

enum frontmatter_result {
	FRONTMATTER_ENTRY,
	FRONTMATTER_END,
	FRONTMATTER_BROKEN, /* err says "line N: …" */
};

/* Finds the block. A byte order mark before it is skipped; LF and CRLF end a line. An opening
 * `---` without a closing one within FRONTMATTER_MAX opens none (see article/fences.h). */
void frontmatter_open(struct frontmatter *head, const char *bytes, size_t len);

/* Whether the entry is of that key, in small letters or capitals. */
bool frontmatter_is(const struct frontmatter_entry *entry, const char *key);

/* Takes the next entry; empty lines and those beginning with "#" are passed over. The key ends at
 * the first "=" or ":". Broken are: a line that is too long, and one without a key. */
enum frontmatter_result frontmatter_next(
    struct frontmatter *head, struct frontmatter_entry *out, struct error *err);

/* Appends the file bytes[0..len) with key holding value: in the place of the first entry of that
 * key, or else at the end of the block, which is made if there is none. Further entries of the
 * key are dropped, and with value NULL all of them; whatever else there is stays as it stands.
 * value is made one line. */
void frontmatter_set(
    struct buffer *out, const char *bytes, size_t len, const char *key, const char *value);

#endif
