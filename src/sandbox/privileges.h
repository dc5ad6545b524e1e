/*
 * privileges - becoming somebody else for good: the children of the server, the verbs that write in
 * its place, and the import.
 */
#ifndef SANDBOX_PRIVILEGES_H
#define SANDBOX_PRIVILEGES_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/* Gives up root for that user and group, and the user's other groups, and makes sure that there is
 * no way back. (uid_t)-1 stays who it is. False with the reason: end the process then, as it may be
 * half of each. */
bool privileges_become(const char *user, uid_t uid, gid_t gid, struct error *err);

#endif
