/*
 * worker - the process that serves readers.
 */
#ifndef WORKER_WORKER_H
#define WORKER_WORKER_H

#include "ipc/child.h"

/* Runs until it is told to end. Returns the exit status. */
int worker_run(const struct child_setup *setup);

#endif
