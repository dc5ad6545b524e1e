/*
 * printings - which printings of each article each person was given last, so that a printed page
 * that is sent back can be told from one that somebody else has changed since: it may be an older
 * one that was open still. In memory alone and bounded: what was not looked at for longest is
 * forgotten first. Pure.
 */
#ifndef UPLOAD_PRINTINGS_H
#define UPLOAD_PRINTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PRINTINGS_MAX  1024 /* articles of persons that a desk remembers */
#define PRINTINGS_EACH 4    /* printings of each */

struct printings;

/* What one person was given of one article. */
struct printings_given {
	uint64_t printings[PRINTINGS_EACH]; /* the latest first, none of them twice */
	size_t count;                       /* 0: nothing is known */
	bool has_more;                      /* others before them are forgotten */
};

/* Remembers `max` at most, which is not 0. NULL if out of memory. */
struct printings *printings_new(size_t max);
/* NULL is a no-op. */
void printings_free(struct printings *printings);

/* The person (an ID) was given that printing (see article/printing.h) of the article at path.
 * Without memory for it nothing is known of the two. */
void printings_note(
    struct printings *printings, const char *person, const char *path, uint64_t printing);

/* The person saved `to` over `from`: whoever has the one has the other. Nothing happens if the
 * person was not given `from`. */
void printings_replace(
    struct printings *printings, const char *person, const char *path, uint64_t from, uint64_t to);

/* The printings of the article at path that the person was given. */
struct printings_given printings_find(
    const struct printings *printings, const char *person, const char *path);

#endif
