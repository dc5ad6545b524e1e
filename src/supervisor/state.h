/*
 * state - the state folder: made if missing, private, and given to the user who writes there.
 */
#ifndef SUPERVISOR_STATE_H
#define SUPERVISOR_STATE_H

#include <stdbool.h>

#include "base/error.h"
#include "supervisor/settings.h"

/* Makes STATE and STATE/HOST of each capsule (0700). If it is root's, as when there was no `user`
 * yet or a service manager gave it back, it is given to the user whole. False with the reason if it
 * is somebody else's, or no state folder. */
bool state_prepare(const struct settings *settings, struct error *err);

/* Opens STATE/control.sock for the publisher: listening, non-blocking, the user's alone. Returns
 * the descriptor or -1 with the reason. */
int state_control_open(const struct settings *settings, struct error *err);
void state_control_unlink(const struct settings *settings);

#endif
