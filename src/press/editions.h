/*
 * editions - which edition is served and which is being printed. A new one is always another
 * file: readers keep what they have until the new one is finished.
 */
#ifndef PRESS_EDITIONS_H
#define PRESS_EDITIONS_H

#include "press/works.h"

/* Opens what there is: the newest finished edition, and one whose printing was cut short; begins
 * the first, or a new one where the old does not fit the configuration. Removes older ones. */
bool editions_open(struct press *press, struct error *err);
void editions_close(struct press *press);

/* Begins printing another one, unless that goes on already. */
bool editions_begin(struct press *press, struct error *err);

/* All of `next` is printed: lets readers see it. */
void editions_finish(struct press *press);

/* Looks how the editions have fared: to be called when no batch is open and works_commit() may have
 * failed. One that is damaged is closed and left alone, and another one begun; after other trouble
 * the press waits until the next tick. Logs. */
void editions_tend(struct press *press);

/* Removes editions older than the served one. */
void editions_remove_old(struct press *press);

#endif
