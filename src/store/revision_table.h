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

#include "store/history.h"

struct edition_writer;

enum writer_end { WRITER_NEWER, WRITER_OLDER };

/* Adds a commit as the newest or the oldest one known. */
void writer_put_revision(
    struct edition_writer *writer, enum writer_end end, const struct history_revision *revision);
void writer_clear_revisions(struct edition_writer *writer);

/* Revisions of a path, newest first: at most limit of those older than the commit `before`, or of
 * all with NULL or one that is not known. Returns how many; their paths are not filled. What visit
 * gets is borrowed while it runs. */
typedef void revision_visit(void *arg, const struct history_revision *revision);
size_t writer_revisions(struct edition_writer *writer, const char *path, const char *before,
    size_t limit, revision_visit *visit, void *arg);

#endif
