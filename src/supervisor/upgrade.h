/*
 * upgrade - executing a new binary in place: same pid, sockets, lock and ticket key. What the new
 * program needs to know goes along as text in a memfd that the environment names.
 */
#ifndef SUPERVISOR_UPGRADE_H
#define SUPERVISOR_UPGRADE_H

#include <stdbool.h>

#include "base/error.h"
#include "supervisor/generation.h"

/* How to start us again. */
struct program {
	char binary[4096];       /* where the program was when it started */
	const char *config_path; /* of -c, or NULL */
};

/* Fills in where this program is. */
bool program_find(struct program *program, const char *config_path, struct error *err);

struct handover {
	int lock_fd;
	int control_fd;
	int generation; /* the highest number so far */
	uint8_t ticket_key[TLS_TICKET_KEY_BYTES];
	struct listeners listeners;
	struct generation *children; /* adopted: all that were running */
};

/* Tries whether the binary at program starts at all, then becomes it. Returns only on failure,
 * with the reason and everything as it was. */
bool upgrade_exec(
    const struct program *program, const struct handover *handover, struct error *err);

/* Whether an earlier program handed over what is still to be received. */
bool upgrade_is_under_way(void);

enum upgrade_result {
	UPGRADE_NONE,     /* this is a first start */
	UPGRADE_RECEIVED, /* *out is filled, and the caller's */
	UPGRADE_BROKEN,   /* something was handed over and cannot be read */
};

/* Takes what an earlier program handed over. */
enum upgrade_result upgrade_receive(struct handover *out, struct error *err);

#endif
