/*
 * list_sources - the articles of a list that lie outside hidden folders, newest first, whatever
 * their number: read from the folders that are not hidden, side by side, so that nothing hidden is
 * looked at. Its cost grows with those folders, and with nothing else.
 *
 * A folder's list is read from the lists of the folders in it, each with all that lies below; any
 * other from the folders that its articles lie right in. Inside store/ only; all of it within
 * edition_begin() and edition_end().
 */
#ifndef STORE_LIST_SOURCES_H
#define STORE_LIST_SOURCES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/database.h"

#define LIST_SOURCES_MAX 4000 /* folders looked into for one page: some five milliseconds */

struct list_sources;

/* Shares the connection of host, which outlives it, and its trouble. NULL if out of memory. */
struct list_sources *list_sources_open(struct database *host);
void list_sources_close(struct list_sources *sources);

/* What to read: the articles of a list with IDs below `before` that lie below none of the prefixes,
 * which end with "/". */
struct list_sources_query {
	int64_t list, before;
	const char *const *hidden;
	size_t hidden_count;
};
/* False if there are too many folders for that, or on trouble, which is the host's. */
bool list_sources_begin(struct list_sources *sources, const struct list_sources_query *query);

/* Takes the next ID. False if there is none, or on trouble. */
bool list_sources_next(struct list_sources *sources, int64_t *out_id);

#endif
