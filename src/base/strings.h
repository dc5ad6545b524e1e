/*
 * strings - a list of owned strings, in order.
 */
#ifndef BASE_STRINGS_H
#define BASE_STRINGS_H

#include <stdbool.h>
#include <stddef.h>

struct strings {
	char **items; /* owned, as is each string */
	size_t count;
};

/* Appends a copy of text. False if out of memory; the list is as before. */
bool strings_add(struct strings *s, const char *text);
/* The same with the len bytes at text. */
bool strings_add_bytes(struct strings *s, const char *text, size_t len);
bool strings_contain(const struct strings *s, const char *text);
void strings_free(struct strings *s);

/* The name in names[0..count) that text was most likely meant to be (edit distance of at most
 * 2, and less than half of text), or NULL. */
const char *strings_nearest(const char *text, const char *const *names, size_t count);

#endif
