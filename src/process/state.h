/*
 * state - the state folder: made if missing, private, and given to the user who writes there.
 */
#ifndef PROCESS_STATE_H
#define PROCESS_STATE_H

#include <stdbool.h>

#include "base/error.h"
#include "process/settings.h"

/* Makes STATE and STATE/HOST of each capsule (0700). What root made earlier, when there was no
 * `user` yet, is given to the user whole. */
bool state_prepare(const struct settings *settings, struct error *err);

/* Opens STATE/control.sock for the publisher: listening, non-blocking, the user's alone. Returns
 * the descriptor or -1 with the reason. */
int state_control_open(const struct settings *settings, struct error *err);
void state_control_unlink(const struct settings *settings);

#endif
