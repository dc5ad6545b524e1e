/*
 * order - a verb that the newsroom does (process/verb.h): the running publisher, or the verb alone
 * while no server runs.
 */
#ifndef COMMAND_ORDER_H
#define COMMAND_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "gemini/url.h"
#include "process/verb.h"

/* What a PATH on the command line names. */
struct order_path {
	const struct capsule_config *capsule;
	struct url url; /* of a PATH that is a gemini:// URL */
	char text[URL_MAX + 2];
	const char *path; /* decoded, begins with "/" */
};

/* Reads PATH: a path below the capsule's root as it stands ("/" in front may be left out), or a
 * gemini:// URL, which names the capsule too. capsule: of --capsule, or NULL. False, having told
 * standard error what was expected. */
bool order_read_path(
    const struct config *config, const char *capsule, const char *word, struct order_path *out);

/* Has it done, prints its text on standard output or the reason on standard error, and returns the
 * exit status. Takes config over. bytes: of the file to publish. */
int order_run(struct config *config, const struct verb *verb, const void *bytes, size_t len);

#endif
