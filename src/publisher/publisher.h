/*
 * publisher - the process that writes.
 */
#ifndef PUBLISHER_PUBLISHER_H
#define PUBLISHER_PUBLISHER_H

#include "ipc/child.h"

/* Runs until it is told to end. Returns the exit status. */
int publisher_run(const struct child_setup *setup);

#endif
