/*
 * revisions - keeps what the editions know of history in step with it. A commit of ours is added
 * with the transaction that prints it. What is older than an edition is read back from git when
 * nothing else is to do.
 */
#ifndef PRESS_REVISIONS_H
#define PRESS_REVISIONS_H

#include "press/works.h"

/* A new edition knows nothing: what history has by now is to be read back. */
void revisions_begin(struct press *press, struct edition_writer *edition);

/* Adds the commits made since the edition was told last. Within a transaction. */
void revisions_follow(struct press *press, struct edition_writer *edition);
/* The same for all editions at a start, in transactions of its own (see works_commit()): after a
 * crash between commit and print. */
void revisions_catch_up(struct press *press);

/* Whether older commits are still to be read into the served edition. */
bool revisions_are_missing(const struct press *press);
/* Reads some back, until the monotonic clock says end_ms, in a transaction of its own (see
 * works_commit()). */
void revisions_read_back(struct press *press, int64_t end_ms);

#endif
