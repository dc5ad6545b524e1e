/*
 * names - a map of strings: where in the capsule something that had another name is now. Pure.
 */
#ifndef IMPORT_NAMES_H
#define IMPORT_NAMES_H

#include <stdbool.h>
#include <stddef.h>

struct names {
	void *tree; /* as tsearch(3) keeps it */
};

/* Remembers a value; of two for the same key the first. False if out of memory. */
bool names_add(struct names *names, const char *key, const char *value);
/* The value, or NULL. Borrowed. */
const char *names_find(const struct names *names, const char *key);
void names_free(struct names *names);

#endif
