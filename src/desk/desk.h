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
#include "gemini/response.h"
#include "gemini/titan.h"
#include "gemini/url.h"
#include "gemini/visitor.h"
#include "people/people.h"
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
	int port;         /* that answers name; URL_DEFAULT_PORT is left out of them */
	int64_t now;      /* Unix seconds */
	bool is_repeated; /* a put that a desk before us may have done, which died of it */
};

/* Before the body: true when it may come. Otherwise *out (initialised) is the answer. */
bool desk_may(struct desk *desk, const struct desk_request *request, struct response *out);

/* The whole body is here. Everything is checked again; the answer comes when the source file is
 * durable and the page printed. */
void desk_put(struct desk *desk, const struct desk_request *request, const void *bytes, size_t len,
    struct response *out);

/* `;edit`, /desk/… and /welcome; and why an upload may not come that is not to be waited for. */
void desk_answer(struct desk *desk, const struct desk_request *request, struct response *out);

/* The visitor was given that printing (article/printing.h) of the article at a decoded path. A
 * wrong or missing note only changes what an upload of that page is held to be an edit of. */
void desk_note_printing(
    struct desk *desk, const struct visitor *visitor, const char *path, uint64_t printing);

/* How much of a decoded path, from its beginning, may be told to anybody, such as a log: what
 * follows in /desk/do/TOKEN, or where no page is, may be a secret. Pure. */
size_t desk_told_len(const char *path);

/* The same for the command line. */
struct desk_order {
	const char *as; /* ID of the editor whose rights count; "": the admin, who has all */
	int port;       /* as in a request, and so is now */
	int64_t now;
};

/* Each takes a decoded path as an upload does. True with text for standard output, false with the
 * reason. mime: what the bytes are; "" lets the name decide. */
bool desk_publish(struct desk *desk, const struct desk_order *order, const char *path,
    const char *mime, const void *bytes, size_t len, struct buffer *out, struct error *err);
bool desk_delete(struct desk *desk, const struct desk_order *order, const char *path,
    struct buffer *out, struct error *err);
/* A line for each revision, newest first: `COMMIT DATE NAME: MESSAGE`, the commit abbreviated. */
bool desk_history(struct desk *desk, const struct desk_order *order, const char *path,
    struct buffer *out, struct error *err);
/* revision: a commit, perhaps abbreviated. */
bool desk_restore(struct desk *desk, const struct desk_order *order, const char *path,
    const char *revision, struct buffer *out, struct error *err);

#endif
