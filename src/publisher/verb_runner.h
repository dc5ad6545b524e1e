/*
 * verb_runner - does the verbs of the command line that change or ask the newsroom: in the
 * publisher, and in a verb that works alone while no server runs.
 */
#ifndef PUBLISHER_VERB_RUNNER_H
#define PUBLISHER_VERB_RUNNER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "config/config.h"
#include "ipc/verb.h"
#include "publisher/desks.h"

struct verb_runner {
	const struct desks *desks; /* borrowed; a desk that is not needed may lack its press */
	int listen_port;           /* of the server, 0 if it is not known */
};

/* Does it. bytes: of the file to publish. True with text for standard output, false with the
 * reason. */
bool verb_runner_run(const struct verb_runner *verb_runner, const struct verb *verb,
    const void *bytes, size_t len, struct buffer *out, struct error *err);

#endif
