/*
 * alone - a verb that writes while no server runs: holds the state folder's lock, so that none
 * can start meanwhile, and is the user that the server would be.
 */
#ifndef COMMAND_ALONE_H
#define COMMAND_ALONE_H

#include <stdbool.h>

#include "base/error.h"
#include "supervisor/settings.h"

struct alone {
	struct settings *settings; /* owns the config */
	int state_lock_fd, writer_lock_fd;
};

/* Takes config over in any case. The user is taken on for good. False with the reason; nothing is
 * held then. */
bool alone_begin(struct config *config, struct alone *out, struct error *err);
void alone_end(struct alone *alone);

#endif
