/*
 * supervisor - the first process: starts the others, restarts what dies, reloads, upgrades, stops.
 * It waits for signals and for words from its children, has no event loop, and parses nothing
 * that a peer sends.
 */
#ifndef SUPERVISOR_SUPERVISOR_H
#define SUPERVISOR_SUPERVISOR_H

#include "supervisor/generation.h"
#include "supervisor/upgrade.h"

/* All that `serve` opened. supervisor_run() takes everything over but the strings. */
struct supervisor_setup {
	const char *config_path; /* loaded again on a reload */
	struct settings *settings;
	struct listeners listeners;
	int lock_fd;
	struct commons commons;
	struct generation *adopted; /* children of the program before an upgrade, or NULL */
	struct program program;     /* what to run on an upgrade */
};

/* Runs until SIGTERM or SIGINT (0), or until the first workers prove unable to start (1). */
int supervisor_run(struct supervisor_setup *setup);

#endif
