/*
 * printings - which printing of each article each person was last given, so that a printed page
 * that is sent back can be told from one that somebody else has changed since. In memory alone and
 * bounded: what was not looked at for longest is forgotten first. Pure.
 */
#ifndef UPLOAD_PRINTINGS_H
#define UPLOAD_PRINTINGS_H

#include <stddef.h>
#include <stdint.h>

#define PRINTINGS_MAX 1024 /* remembered by a desk */

struct printings;

/* Remembers `max` at most, which is not 0. NULL if out of memory. */
struct printings *printings_new(size_t max);
/* NULL is a no-op. */
void printings_free(struct printings *printings);

/* The person (an ID) was given that printing (see article/printing.h) of the article at path.
 * Without memory for it nothing is known of the two any more. */
void printings_note(
    struct printings *printings, const char *person, const char *path, uint64_t printing);

/* The printing of the article at path that the person was given last; 0: not known. */
uint64_t printings_find(const struct printings *printings, const char *person, const char *path);

#endif
