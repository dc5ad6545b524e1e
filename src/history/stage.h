/*
 * stage - where git objects wait in memory until their commit, so that ten thousand files become
 * a few packs and one changed file a few loose objects, each written and synced once.
 *
 * Objects go to the repository of the stage, which sees what waits and what is on the disk. It
 * does not ask the disk whether an object that is written is there already: that is a look into
 * every pack there is, and the same object twice does no harm.
 */
#ifndef HISTORY_STAGE_H
#define HISTORY_STAGE_H

#include <git2.h>
#include <git2/sys/odb_backend.h>
#if __has_include(<git2/sys/errors.h>) /* git_error_set_oom(), which git2.h has up to 1.7 */
#include <git2/sys/errors.h>
#endif
#include <stdbool.h>
#include <stddef.h>

#define STAGE_LOOSE_MAX 64 /* objects: fewer are written loose, more as a pack */

struct stage;

/* Opens a stage before repository, which outlives it. NULL on failure: see git_error_last(). */
struct stage *stage_open(git_repository *repository);
/* Forgets what waits. What was looked up in stage_repository() is to be freed first. */
void stage_close(struct stage *stage);

/* The same repository as it will be after stage_flush(). The stage's. */
git_repository *stage_repository(const struct stage *stage);

/* Bytes of the objects that wait. */
size_t stage_bytes(const struct stage *stage);

/* Writes what waits to the disk and forgets it. An error code of libgit2; on failure everything
 * still waits. */
int stage_flush(struct stage *stage);

/* Forgets what waits. */
void stage_clear(struct stage *stage);

#endif
