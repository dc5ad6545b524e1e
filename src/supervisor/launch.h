/*
 * launch - the fork: what a child gets, what it does not keep, and how its life begins and ends.
 */
#ifndef SUPERVISOR_LAUNCH_H
#define SUPERVISOR_LAUNCH_H

#include <stdbool.h>

#include "base/error.h"
#include "supervisor/generation.h"

/* Starts child, setting its pid and ready_fd. The child itself never returns from here. */
bool launch(const struct generation *g, struct child *child, const struct commons *commons,
    struct error *err);

#endif
