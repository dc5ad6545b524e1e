/*
 * orphans - the children of a supervisor that was killed die with it, but not in the same moment:
 * up to then they have its lock and its sockets, and who starts waits for them.
 */
#ifndef SUPERVISOR_ORPHANS_H
#define SUPERVISOR_ORPHANS_H

#include <stdbool.h>

/* Sleeps for a moment, to be called while something is taken; *waited_ms is 0 at first. False, at
 * once, when that has lasted two seconds: no orphan lives so long. */
bool orphans_wait(int *waited_ms);

#endif
