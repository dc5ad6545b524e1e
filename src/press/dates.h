/*
 * dates - .dates in a folder of articles: when each article there that has no `date` of its own
 * was first seen, which is the date it gets. dates_text.h tells how it is written.
 *
 * It lies beside the articles so that whatever takes them along takes their dates along: a copy, a
 * backup, a clone of history. A line is written before an edition shows its date, and stays when
 * the article is removed: it may come back. Like a folder's tree in history, the list costs what
 * its folder holds, however large the archive is.
 */
#ifndef PRESS_DATES_H
#define PRESS_DATES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/strings.h"
#include "press/dates_text.h"

struct press;

/* The second at which the article at path was first seen, if its folder's list says so. */
bool dates_find(struct press *press, const char *path, int64_t *out);

/* Notes it, unless the list says something already. Needs an open batch. */
void dates_note(struct press *press, const char *path, int64_t seconds);

/* Compares the list at path with the articles without a date that are printed: those it lacks are
 * noted, those it gives another date are queued to be printed anew. Needs an open batch. */
void dates_compare(struct press *press, const char *path);

/* Writes what was noted, and fills out (empty) with the paths of the lists that were written since
 * the last call: they are to be taken in. What cannot be written is logged and tried again with the
 * next scan; the editions know it meanwhile. Needs an open batch. */
void dates_write(struct press *press, struct strings *out);

/* Asserts what holds of the list in memory, whatever is in the file. */
void dates_check(const struct press *press);

/* Releases what is in memory; what was noted is forgotten. */
void dates_close(struct press *press);

#endif
