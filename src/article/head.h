/*
 * head - the lines between the two `---` of a source's front matter, being edited. Lines that say
 * nothing to us stay as and where they are. Keys fold case. Pure.
 */
#ifndef ARTICLE_HEAD_H
#define ARTICLE_HEAD_H

#include <stdbool.h>
#include <stddef.h>

#include "article/frontmatter.h"
#include "base/buffer.h"

/* Takes a source apart: appends its front matter's lines, each with its LF, and returns the body.
 */
const char *head_take(struct buffer *lines, const char *bytes, size_t len, size_t *out_body_len);

/* The last entry of that key that has a value. Borrowed from lines. */
bool head_find(const struct buffer *lines, const char *key, struct frontmatter_entry *out);
/* Whether key has exactly that value in one of its entries. */
bool head_has(const struct buffer *lines, const char *key, const char *value, size_t value_len);

/* Drops the entries that keep() refuses. */
typedef bool head_keeper(void *context, const struct frontmatter_entry *entry);
void head_filter(struct buffer *lines, head_keeper *keep, void *context);
void head_drop(struct buffer *lines, const char *key);
/* Drops the keys without a value: they count as absent. */
void head_drop_empty(struct buffer *lines);

/* Puts the value in the place of the first entry of that key, or at the end. */
void head_set(struct buffer *lines, const char *key, const char *value, size_t value_len);
/* Appends the entries of `from` whose key is not in lines. */
void head_add_missing(struct buffer *lines, const struct buffer *from);

/* Appends the source: front matter, if there is any, and body. */
void head_put(struct buffer *out, const struct buffer *lines, const char *body, size_t len);

#endif
