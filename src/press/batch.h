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

/* Whether it has become large or old enough to be closed although more is waiting. */
bool batch_is_ripe(const struct press *press);

/* Commits and prints it. What fails is queued again, for after the next tick, and logged. */
void batch_close(struct press *press);

#endif
