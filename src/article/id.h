/*
 * id - the number of an article: 39 bits of its publication second, counted from year 1, and 24
 * bits of a hash of its path. Order of IDs is order of publication. Pure.
 */
#ifndef ARTICLE_ID_H
#define ARTICLE_ID_H

#include <stdbool.h>
#include <stdint.h>

#define ID_TEXT_LEN 13 /* characters of base32, fixed, so that text order is number order */

/* The ID of path (decoded) published at that Unix second, clamped to the years 1 to 9999. The
 * attempt (0, 1, 2, …) moves the hash on when an ID is taken by another article. */
int64_t id_make(int64_t published, const char *path, unsigned attempt);

/* Unix second of publication. */
int64_t id_published(int64_t id);

/* Lower-case base32 (0-9 a-v, RFC 4648 section 7). Reading accepts either case; false for
 * anything that id_write() cannot have written. */
void id_write(int64_t id, char out[static ID_TEXT_LEN + 1]);
bool id_read(const char *text, int64_t *out);

#endif
