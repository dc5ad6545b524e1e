/*
 * root - whether the capsule folder is there. One that vanishes, or is suddenly empty (a disk
 * that is not mounted), takes nothing away from the edition.
 */
#ifndef PRESS_ROOT_H
#define PRESS_ROOT_H

#include "press/works.h"

/* Opens the root if it is there. */
void root_open(struct press *press);

/* Whether the root is there to be worked on. Logs when that changes, and queues a scan when it is
 * back. */
bool root_is_usable(struct press *press);

#endif
