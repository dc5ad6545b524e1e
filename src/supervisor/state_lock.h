/*
 * state_lock - STATE/lock: whoever holds it is the one server, or the one verb working alone, on
 * that state folder. The file says whose pid.
 */
#ifndef SUPERVISOR_STATE_LOCK_H
#define SUPERVISOR_STATE_LOCK_H

#include "base/error.h"

/* Takes the lock and writes our pid into the file. Waits for it, two seconds at most, only if the
 * process that the file names is gone: then children of it still have the lock. Returns the
 * descriptor that holds it until it is closed everywhere (a child that keeps it keeps the lock), or
 * -1 with a reason that names the holder's pid. */
int state_lock_take(const char *state, struct error *err);

#endif
