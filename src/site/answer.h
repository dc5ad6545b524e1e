/*
 * answer - a capsule's answers: (request, edition, configuration) -> response. No sockets.
 */
#ifndef SITE_ANSWER_H
#define SITE_ANSWER_H

#include "gemini/response.h"
#include "gemini/url.h"
#include "gemini/visitor.h"
#include "site/site.h"

/* Answers a gemini:// request whose host is this capsule's. Fills out, which was initialised. */
void site_answer(
    struct site *site, const struct url *url, const struct visitor *visitor, struct response *out);

#endif
