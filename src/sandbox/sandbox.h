/*
 * sandbox - what a child may still do once it runs: user, Landlock, seccomp. Each mechanism is a
 * file of its own; one that the kernel lacks is left out and the log says so.
 */
#ifndef SANDBOX_SANDBOX_H
#define SANDBOX_SANDBOX_H

#include <stdbool.h>

#include "base/error.h"
#include "ipc/child.h"

/* Becomes setup's uid and gid (if one is given) for good, sets no_new_privs, refuses io_uring
 * unless [server] sandbox = no, asks to be killed when the supervisor dies (and ends at once if it
 * is dead already). To be called before an event loop is opened. Failure is fatal. */
bool sandbox_drop(const struct child_setup *setup, struct error *err);

enum sandbox_kind {
	SANDBOX_WORKER,    /* capsule roots and state read-only; no new sockets; no exec */
	SANDBOX_PUBLISHER, /* capsule roots and state read and write; time zones read-only */
};

/* Landlock and seccomp, unless [server] sandbox = no. Logs in one line what is on. */
bool sandbox_enter(const struct child_setup *setup, enum sandbox_kind kind, struct error *err);

#endif
