/*
 * flush - the end of a batch: what it brings about in the capsule folder is written and taken in
 * too, then all of it is committed and printed.
 */
#ifndef PRESS_FLUSH_H
#define PRESS_FLUSH_H

#include "press/works.h"

/* Writes /.gone and the lists of dates as the running batch wants them, takes them in, and commits
 * the batch; nothing to do when none is open. credit says whose all of it is, NULL: the press's
 * own. Logs what fails, and tends to the editions, which may be others then. False if a commit
 * failed: see batch_commit(). */
bool press_flush(struct press *press, const struct press_credit *credit);

#endif
