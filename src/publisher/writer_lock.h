/*
 * writer_lock - STATE/writer.lock: the publisher that holds it may write. A new generation's
 * publisher waits here until the old one has finished what it holds.
 */
#ifndef PUBLISHER_WRITER_LOCK_H
#define PUBLISHER_WRITER_LOCK_H

#include "base/error.h"

/* Waits for the lock. To be called as the user who writes, and while SIGTERM still has its default
 * action, so that a generation which is given up ends at once. Returns the descriptor that holds
 * the lock until it is closed or the process ends, or -1 with the reason. */
int writer_lock_take(const char *state, struct error *err);

#endif
