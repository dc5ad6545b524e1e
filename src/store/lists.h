/*
 * lists - what workers read of the lists of an edition: folders, tags, authors, years, months.
 *
 * All of it within edition_begin() and edition_end(). What is hidden (zones) is in no list, no
 * page and no count; a list that is hidden whole is EDITION_ABSENT. Nothing costs more with a
 * longer list.
 */
#ifndef STORE_LISTS_H
#define STORE_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "store/database.h"
#include "store/edition.h"
#include "store/list_name.h"

/* Stored in editions: a change of the numbers is a change of the schema. */
enum list_kind {
	LIST_FOLDER, /* "/articles/opinion/", with all that lies below */
	LIST_TAG,
	LIST_AUTHOR,
	LIST_YEAR,  /* "2025", by the day shown */
	LIST_MONTH, /* "2025-06" */
};

#define LISTS_ALL      "/articles/" /* the folder of all articles */
#define LISTS_SCAN_MAX 5000         /* hidden names passed over for one page */
#define LISTS_RUN_MAX  200 /* hidden articles passed over for one page, and the rest gone around */

/* The lists of one edition, an edition's own: edition_lists(). */
struct lists;
struct lists *lists_open(struct database *host);
void lists_close(struct lists *lists);

/* What is hidden from now on: path prefixes that end with "/", borrowed. Looked up anew by every
 * call, for they count within edition_begin() and edition_end() only. */
bool lists_hide(struct lists *lists, const char *const *prefixes, size_t count);

struct list {
	int64_t number;
	int64_t articles; /* that are not hidden: at least one */
	char *label;      /* owned: as the newest article spells it; "" but for tags and authors */
	char *key;        /* owned: see list_name.h; of a folder its path, of a year "2025" */
	char slug[LIST_SLUG_MAX + 1]; /* of a tag or an author, else "" */
};
void list_free(struct list *list);

/* The list that is called that: a folder, year or month by its key, a tag or an author by its
 * slug; the slug with a hash leads to one that has the bare one, too. */
enum edition_result lists_find(
    struct lists *lists, enum list_kind kind, const char *name, struct list *out);

/* Appends a line for each name in names[0..), which has one a line: its slug, or nothing where no
 * list of that name shows. */
enum edition_result lists_slugs(
    struct lists *lists, enum list_kind kind, const char *names, struct buffer *out);

/* A page of lists. Tags and authors by slug and key, after that key; years and months that begin
 * with `within`, the latest first, before that key. "": from the start. */
struct list_query {
	enum list_kind kind;
	const char *after, *within;
	size_t limit;
};
struct list_page {
	struct list *lists; /* owned, until list_page_free() */
	size_t count;
	bool has_more;
	char *last; /* owned: the key that the next page comes after; NULL without more */
};
enum edition_result lists_page(
    struct lists *lists, const struct list_query *query, struct list_page *out);
void list_page_free(struct list_page *page);

/* A page of the articles of a list, newest first: IDs below `before`, without `except`. */
struct listing_query {
	int64_t list; /* its number */
	int64_t before, except;
	size_t limit;
};
struct listing_page {
	int64_t *ids; /* room for `limit` of them; the caller's */
	size_t count;
	bool has_more; /* or they lie in so many folders that nobody looked on */
	int64_t last;  /* what the next page is to be below */
};
enum edition_result lists_articles(
    struct lists *lists, const struct listing_query *query, struct listing_page *out);

#endif
