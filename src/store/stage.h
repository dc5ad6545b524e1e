/*
 * stage - where git objects wait in memory until their commit, so that ten thousand files become
 * a few packs and one changed file a few loose objects, each written and synced once.
 *
 * A libgit2 object backend: libgit2 frees it with the object database that it was added to.
 */
#ifndef STORE_STAGE_H
#define STORE_STAGE_H

#include <git2.h>
#include <git2/sys/odb_backend.h>
#include <stdbool.h>
#include <stddef.h>

#define STAGE_LOOSE_MAX 64 /* objects: fewer are written loose, more as a pack */

struct stage;

/* Adds a stage to the object database of repository. NULL on failure: see git_error_last(). */
struct stage *stage_add(git_repository *repository);

/* Bytes of the objects that wait. */
size_t stage_bytes(const struct stage *stage);

/* Writes what waits to the disk and forgets it. An error code of libgit2; on failure everything
 * still waits. */
int stage_flush(struct stage *stage, git_repository *repository);

/* Forgets what waits. */
void stage_clear(struct stage *stage);

#endif
