/*
 * search - finds articles by their words, the newest first, or the best where that does not take
 * too long. Words are compared without case, accents and English endings.
 *
 * Its cost does not grow with the archive: hits come in the order they are stored in, and what may
 * take longer (ranking, words that are common but seldom together, a count) ends at a deadline.
 */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "store/database.h"
#include "store/edition.h"

#define SEARCH_DEADLINE_MS 20
#define SEARCH_COUNT_MAX   1000 /* matches are counted to here: more are "more than" that */

struct search; /* belongs to an edition: edition_search() */

/* Shares the connection of host, which outlives it, and its trouble: running out of memory is
 * trouble too. */
struct search *search_open(struct database *host);
void search_close(struct search *search);

struct search_query {
	const char *words; /* as a reader typed them, in UTF-8: see store/search_words.h */
	int64_t before;    /* only IDs below it; INT64_MAX for all. Not looked at when ranked */
	size_t limit;      /* hits wanted; one more is looked for, to set has_more */
	bool is_ranked;    /* the best first, if the deadline allows */
	const char *const *hidden; /* path prefixes to leave out (zones) */
	size_t hidden_count;
};

struct search_hit {
	int64_t id;
	char *path;    /* owned */
	char *snippet; /* owned: one line around the words found; "" if none is in the body */
};

struct search_found {
	struct search_hit *hits; /* owned, until search_found_free() */
	size_t count;
	bool has_more;
	bool is_ranked;
	bool is_cut; /* the deadline came first: there may be more, older than the last */
};

/* Between edition_begin() and edition_end(). FOUND also for no hits, and for no words. FAILED is
 * the edition's trouble. */
enum edition_result search_find(
    struct search *search, const struct search_query *query, struct search_found *out);
void search_found_free(struct search_found *found);

/* How many articles there are, whatever limit and before say: SEARCH_COUNT_MAX + 1 for more, and
 * for as many as could be counted in time if that was cut; *out_is_cut tells. */
enum edition_result search_count(
    struct search *search, const struct search_query *query, int64_t *out_count, bool *out_is_cut);

#endif
