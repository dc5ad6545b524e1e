/*
 * state_lock - STATE/lock: whoever holds it is the one server, or the one verb working alone, on
 * that state folder. The file says whose pid.
 */
#ifndef PROCESS_STATE_LOCK_H
#define PROCESS_STATE_LOCK_H

#include "base/error.h"

/* Takes the lock, without waiting, and writes our pid into the file. Returns the descriptor that
 * holds it until it is closed everywhere (a child that keeps it keeps the lock), or -1 with a
 * reason that names the holder's pid. */
int state_lock_take(const char *state, struct error *err);

#endif
