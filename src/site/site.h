/*
 * site - a capsule's answers: (request, edition, configuration) -> response. No sockets.
 */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include <stdbool.h>

#include "base/error.h"
#include "config/config.h"
#include "gemini/response.h"
#include "gemini/url.h"
#include "gemini/visitor.h"

struct site;

/* Opens root folder and, if there is one, edition of a capsule, so that a sandbox may close
 * behind it. Both arguments are borrowed until site_close(). */
struct site *site_open(
    const struct config *config, const struct capsule_config *capsule, struct error *err);
void site_close(struct site *site);

/* Looks for a newer finished edition and serves that from now on. Says so in the log. */
void site_refresh(struct site *site);

enum site_acquaintance { SITE_EDITOR, SITE_STRANGER, SITE_UNSURE };
/* Whether the visitor's certificate is one of an editor of this capsule, by the ini file and the
 * edition; SITE_UNSURE while there is none to ask. Its dates are not looked at. */
enum site_acquaintance site_knows(struct site *site, const struct visitor *visitor);

/* Answers a gemini:// request whose host is this capsule's. Fills out, which was initialised. */
void site_answer(
    struct site *site, const struct url *url, const struct visitor *visitor, struct response *out);

#endif
