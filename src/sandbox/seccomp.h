/*
 * seccomp - which system calls a process may still make. One that is not on the list of its kind
 * kills it, and the supervisor's log says so.
 */
#ifndef SANDBOX_SECCOMP_H
#define SANDBOX_SECCOMP_H

#include <stdbool.h>

#include "base/error.h"
#include "sandbox/sandbox.h"

enum seccomp_result { SECCOMP_ON, SECCOMP_ABSENT, SECCOMP_FAILED };

/* Lets nobody in this process make an io_uring from now on, as if the kernel had none: what a ring
 * does, no filter sees, and an event loop that has one would go on using it in the sandbox. To be
 * called before the first loop is opened. Needs no_new_privs. */
enum seccomp_result seccomp_refuse_rings(struct error *err);

/* Puts the filter of kind on this process for good. Needs no_new_privs. */
enum seccomp_result seccomp_enter(enum sandbox_kind kind, struct error *err);

#endif
