/*
 * search_words - what readers type into a search, made harmless; and the scripts that are written
 * without blanks. Pure.
 */
#ifndef STORE_SEARCH_WORDS_H
#define STORE_SEARCH_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

#define SEARCH_WORDS_MAX 16 /* words and phrases of a search; more are left out */

/* Appends an FTS5 expression for text, which must be UTF-8: every word, and every phrase in double
 * quotes, must be found. Each stands in quotes, so nothing of FTS5's own language is left. Returns
 * how many there are; 0 for blanks alone. */
size_t search_words(struct buffer *out, const char *text);

/* Whether words of the character's script stand together without blanks (Chinese, Japanese, Thai…):
 * each pair of neighbours counts for a word then. */
bool search_is_unspaced(uint32_t code_point);

#endif
