/*
 * revision_table - what history says of each path, in the edition, where it is found at once. The
 * writing side alone has it.
 *
 * The newest commits are added at one end as they are made, older ones at the other end as they
 * are read back (see press/revisions.h).
 */
#ifndef STORE_REVISION_TABLE_H
#define STORE_REVISION_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "history/history.h"

struct edition_writer;

enum writer_end { WRITER_NEWER, WRITER_OLDER };

/* Adds a commit as the newest or the oldest one known. is_move: what it took away lives on at
 * another path, so that nobody has to find it again. */
void writer_put_revision(struct edition_writer *writer, enum writer_end end,
    const struct history_revision *revision, bool is_move);
void writer_clear_revisions(struct edition_writer *writer);

/* A commit as it concerns one path. Borrowed while visit runs. */
struct path_revision {
	const char *path;
	bool is_removal; /* it took the file away */
	char commit[HISTORY_COMMIT_LEN + 1];
	int64_t seconds; /* Unix */
	const char *name, *mail, *message;
};
typedef void revision_visit(void *arg, const struct path_revision *revision);

/* Revisions of a path, newest first: at most limit of those older than the commit `before`, or of
 * all with NULL or one that is not known. Returns how many. */
size_t writer_revisions(struct edition_writer *writer, const char *path, const char *before,
    size_t limit, revision_visit *visit, void *arg);

/* The paths whose newest revision took them away, the latest first, each with that: at most limit
 * of those that come after the path `after`, or from the start with NULL or one that is no more
 * among them. Costs what it tells. Returns how many. */
size_t writer_deleted(struct edition_writer *writer, const char *after, size_t limit,
    revision_visit *visit, void *arg);

#endif
