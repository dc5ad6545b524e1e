/*
 * batch - what is taken in together: one commit in history, then one transaction in each edition
 * that names the commit. A crash in between leaves the edition behind, and the next start sees it.
 */
#ifndef PRESS_BATCH_H
#define PRESS_BATCH_H

#include "press/works.h"

/* Opens the batch unless it is open, and notes that path is in it. verb: "Add", "Change" or
 * "Delete". */
void batch_open(struct press *press, const char *path, const char *verb);

/* Asserts what always holds of the batch, open or not. */
void batch_check(const struct press *press);

/* Whether it has become large or old enough to be committed although more is waiting. */
bool batch_is_ripe(const struct press *press);

/* Commits and prints the batch, which has to be open, and closes it. credit says whose it is, NULL:
 * the press's own. What an edition fails to take is queued again, and why is noted: see
 * works_commit(). False if history has not got all of it, which is logged: it is remembered as
 * uncommitted then, and printed all the same. Others call press_flush(), which first takes in what
 * the batch brings about, and tends to the editions. */
bool batch_commit(struct press *press, const struct press_credit *credit);

#endif
