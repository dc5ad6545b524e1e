/*
 * desk - the newsroom's rules for one capsule: who may do what, uploads, and the pages where
 * editors work. Runs in the publisher, which is the only writer. Section 5 of the design.
 *
 * Workers are not trusted with rules: what desk_may() has checked, desk_put() checks again.
 */
#ifndef DESK_DESK_H
#define DESK_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"
#include "desk/people.h"
#include "gemini/response.h"
#include "gemini/titan.h"
#include "gemini/url.h"
#include "gemini/visitor.h"
#include "press/press.h"

struct desk;

/* All arguments are borrowed until desk_close(). */
struct desk *desk_open(const struct config *config, const struct capsule_config *capsule,
    struct press *press, struct people *people, struct error *err);
void desk_close(struct desk *desk);

struct desk_request {
	const struct url *url;
	const struct titan *titan; /* NULL for gemini:// */
	const struct visitor *visitor;
	int port;    /* that answers name; URL_DEFAULT_PORT is left out of them */
	int64_t now; /* Unix seconds */
};

/* Before the body: true when it may come. Otherwise *out (initialised) is the answer. */
bool desk_may(struct desk *desk, const struct desk_request *request, struct response *out);

/* The whole body is here. Everything is checked again; the answer comes when the source file is
 * durable and the page printed. */
void desk_put(struct desk *desk, const struct desk_request *request, const void *bytes, size_t len,
    struct response *out);

/* `;edit`, /desk/… and /welcome. */
void desk_answer(struct desk *desk, const struct desk_request *request, struct response *out);

/* The same for the command line, with the rights of an editor (as: an editor's ID, or NULL for
 * the admin). True with text for standard output, false with the reason. */
bool desk_publish(struct desk *desk, const char *as, const char *path, const void *bytes,
    size_t len, struct buffer *out, struct error *err);
bool desk_delete(
    struct desk *desk, const char *as, const char *path, struct buffer *out, struct error *err);
bool desk_history(struct desk *desk, const char *path, struct buffer *out, struct error *err);
bool desk_restore(struct desk *desk, const char *as, const char *path, const char *revision,
    struct buffer *out, struct error *err);

#endif
