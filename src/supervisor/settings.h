/*
 * settings - a configuration made fit for this machine: what one generation of children runs
 * with. Shared between generations by counting holders.
 */
#ifndef SUPERVISOR_SETTINGS_H
#define SUPERVISOR_SETTINGS_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"
#include "config/config.h"

/* Who the children become. */
struct user {
	uid_t uid; /* (uid_t)-1: nobody else, they stay */
	gid_t gid;
	char name[64]; /* "" if they stay */
};

struct settings {
	struct config *config;
	struct user user;
	int holders;
};

/* Looks up the user and lowers what the machine does not allow. Takes config over, on success
 * only; the caller is the first holder. NULL with the reason, which names file and key. */
struct settings *settings_new(struct config *config, struct error *err);
struct settings *settings_hold(struct settings *settings);
void settings_drop(struct settings *settings); /* NULL is a no-op */

#endif
