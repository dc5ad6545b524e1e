/*
 * gate - what a worker does with a request: answers it from the edition, turns a stranger away, or
 * asks the publisher. No rule of the newsroom but whom its acceptors are open for.
 */
#ifndef WORKER_GATE_H
#define WORKER_GATE_H

#include <stdint.h>

#include "config/config.h"
#include "gemini/response.h"
#include "net/conn.h"
#include "site/site.h"

enum gate {
	GATE_SITE,   /* a reader's: the site answers */
	GATE_CLOSED, /* *out is the answer */
	GATE_DESK,   /* a page, `;edit`, or an upload too large to come, that the desk answers */
	GATE_UPLOAD, /* the desk says whether it may come */
};

/* out was initialised; now: Unix seconds. */
enum gate gate_judge(const struct config *config, struct site *site,
    const struct conn_request *request, int64_t now, struct response *out);

#endif
