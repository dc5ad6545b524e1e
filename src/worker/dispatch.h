/*
 * dispatch - what a worker does with a request: answers it from the edition, turns a stranger away,
 * or asks the publisher. No rule of the newsroom but who may come to the desk.
 */
#ifndef WORKER_DISPATCH_H
#define WORKER_DISPATCH_H

#include <stdint.h>

#include "config/config.h"
#include "gemini/response.h"
#include "net/conn.h"
#include "site/site.h"

enum dispatch {
	DISPATCH_SITE,    /* a reader's: the site answers */
	DISPATCH_REFUSED, /* *out is the answer */
	DISPATCH_DESK, /* a page, `;edit`, or an upload too large to come, that the desk answers */
	DISPATCH_UPLOAD, /* the desk says whether it may come */
};

/* out was initialised; now: Unix seconds. */
enum dispatch dispatch_request(const struct config *config, struct site *site,
    const struct conn_request *request, int64_t now, struct response *out);

#endif
