/*
 * visit - one request on its way through this room: who asks, for what, and the answer so far.
 * Seen by the files of site/ alone.
 */
#ifndef SITE_VISIT_H
#define SITE_VISIT_H

#include <stdbool.h>
#include <stddef.h>

#include "gemini/response.h"
#include "gemini/url.h"
#include "site/site_inside.h"

struct visit {
	struct site *site;
	const struct url *url;
	const struct visitor *visitor;
	struct response *out;
	bool is_reading; /* between edition_begin() and edition_end() */
};

/* Whether a step has answered; if not, the next one is asked. */
typedef bool visit_step(struct visit *visit);

/* The edition, ready to be read until the visit ends. NULL if there is none to read: the visit
 * is then answered with 41 or 40. */
struct edition *visit_edition(struct visit *visit);

/* The edition could not be read: answers 40, and has it opened again after the visit. */
void visit_edition_failed(struct visit *visit);

/* Answers 20 for gemtext in that language ("" or none at all: the capsule's). */
void visit_gemtext(struct visit *visit, const char *lang);

/* Sets what is appended to the body next apart by one blank line. */
void visit_put_gap(struct visit *visit);

/* Appends the capsule's own address, "gemini://example.org", with its public port where that is not
 * 1965: the one of the ini file, else the one that was asked for. */
void visit_put_address(const struct visit *visit, struct buffer *out);

/* Answers 31. The reference may hold bytes that a URI must not: they are percent-encoded, "%"
 * stands. False, and no answer, if it does not fit into a response. */
bool visit_moved(struct visit *visit, const char *reference);

/* Sends a visitor who left out the final slash there, or relative links would lead astray. */
bool visit_with_slash(struct visit *visit);

#endif
