/*
 * edition - what workers read: a printed edition of one capsule, read-only (SQLite, WAL).
 *
 * Files: STATE/HOST/edition-N.db. The newest N whose printing was finished is the one to serve.
 * The writing side is store/press.h's; this one never needs write access to anything.
 */
#ifndef STORE_EDITION_H
#define STORE_EDITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "article/article.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/strings.h"

struct edition;

enum edition_result { EDITION_FOUND, EDITION_ABSENT, EDITION_FAILED };

/* Opens the newest finished edition in folder (STATE/HOST) and reads once, so that a sandbox may
 * close behind it. EDITION_ABSENT when none is finished yet. The caller closes it. */
enum edition_result edition_open(const char *folder, struct edition **out, struct error *err);
void edition_close(struct edition *edition);

/* The N of edition-N.db. */
unsigned edition_number(const struct edition *edition);
/* The sentence of SQLite for what went wrong last; good until the next call. */
const char *edition_reason(const struct edition *edition);

/* Everything between begin and end sees one consistent edition. False if the database fails. End
 * before waiting for anything: an open reader keeps the log from shrinking. */
bool edition_begin(struct edition *edition);
void edition_end(struct edition *edition);

/* The published article at a decoded path. Strings are borrowed until edition_end(). */
enum edition_result edition_article(struct edition *edition, const char *path, struct article *out);

/* The lists of this edition: see store/lists.h. The edition's. */
struct lists;
struct lists *edition_lists(struct edition *edition);

/* A page of cards, newest first. */
struct edition_query {
	int64_t list;              /* its number in store/lists.h; 0: all articles */
	int64_t before;            /* only IDs below it; INT64_MAX for all */
	int64_t except;            /* an ID to leave out, or 0 */
	size_t limit;              /* cards wanted; one more is looked for, to set has_more */
	const char *const *hidden; /* path prefixes to leave out (zones) */
	size_t hidden_count;
};
struct edition_cards {
	struct card *cards; /* owned, strings included, until edition_cards_free() */
	size_t count;
	bool has_more;      /* perhaps nothing, where much is hidden among very many folders */
	int64_t last;       /* the ID that the next page is before */
	struct buffer text; /* holds the strings */
};
/* EDITION_FOUND also for no cards at all. */
enum edition_result edition_list(
    struct edition *edition, const struct edition_query *query, struct edition_cards *out);
void edition_cards_free(struct edition_cards *cards);

/* Where an old path moved to (31): the new decoded path. */
enum edition_result edition_moved(struct edition *edition, const char *path, struct buffer *out);
/* The decoded path that the article at path had first. ABSENT if that is its own: it never moved,
 * or another article has the old path now, or a better claim to it. */
enum edition_result edition_origin(struct edition *edition, const char *path, struct buffer *out);
/* Whether a path is gone (52): the note of a retracted article, or "" for a deleted one. */
enum edition_result edition_gone(struct edition *edition, const char *path, struct buffer *out);
/* The MIME type that libmagic told the publisher, for files whose name does not tell. */
enum edition_result edition_file_type(
    struct edition *edition, const char *path, struct buffer *out);

/* What a file looked like when the publisher took it in. */
struct edition_looks {
	bool is_held; /* readers may not have it: file_state.h, FILE_BROKEN */
	int64_t size, inode;
	int64_t mtime_ns; /* 0 if it may have changed since */
	int64_t ctime_ns; /* 0: not told, as by an edition of an earlier version */
};
enum edition_result edition_file_looks(
    struct edition *edition, const char *path, struct edition_looks *out);

/* Whether that is a fingerprint (certificate or public key, lower-case hex) of an editor of this
 * capsule. */
enum edition_result edition_editor(struct edition *edition, const char *fingerprint);

/* What finds words in it (store/search.h), as long as the edition is open. */
struct search *edition_search(struct edition *edition);

/* Counts for `status`. */
struct edition_counts {
	int64_t articles, scheduled, drafts, broken, files;
};
enum edition_result edition_counts(struct edition *edition, struct edition_counts *out);

#endif
