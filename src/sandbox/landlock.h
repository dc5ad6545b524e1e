/*
 * landlock - which files a process may still reach (Linux: Documentation/userspace-api/landlock).
 * Degrades to what the kernel knows.
 */
#ifndef SANDBOX_LANDLOCK_H
#define SANDBOX_LANDLOCK_H

#include <stdbool.h>

#include "base/error.h"

enum landlock_access { LANDLOCK_READ, LANDLOCK_READ_AND_WRITE };

/* The version (ABI) that the kernel has, 0 without Landlock. */
int landlock_version(void);

/* A set of rules that is being put together, as a descriptor. -1 with the reason. No write to any
 * file, no execution, no TCP bind or connect, no signal or abstract socket to the outside, as far
 * as the kernel's version goes. */
int landlock_begin(int version, struct error *err);

/* Lets a folder with all below it, or a file, be reached. What is missing is left out: false, with
 * errno ENOENT. */
bool landlock_allow(int rules_fd, int version, const char *path, enum landlock_access access);

/* Puts the rules on this process for good, and closes rules_fd. Needs no_new_privs. */
bool landlock_enforce(int rules_fd, struct error *err);

#endif
