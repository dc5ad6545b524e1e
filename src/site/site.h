/*
 * site - what a capsule is answered from: its configuration, its folder and the edition in hand.
 */
#ifndef SITE_SITE_H
#define SITE_SITE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"
#include "gemini/visitor.h"

struct site;

/* Opens root folder and, if there is one, edition of a capsule, so that a sandbox may close
 * behind it. Both arguments are borrowed until site_close(). */
struct site *site_open(
    const struct config *config, const struct capsule_config *capsule, struct error *err);
void site_close(struct site *site);

/* Looks for a newer finished edition and serves that from now on. Says so in the log. */
void site_refresh(struct site *site);

/* Whether there is a front page of the capsule's own: the index is then at /news/. */
bool site_has_front_page(const struct site *site);

/* Whether what lies at path (decoded) is served as it lies there, if anything does. */
bool site_may_serve(const struct site *site, const char *path);

enum site_acquaintance { SITE_EDITOR, SITE_STRANGER, SITE_UNSURE };
/* Whether the visitor's certificate is one of an editor of this capsule, by the ini file and the
 * edition; SITE_UNSURE while there is none to ask. Its dates are not looked at. */
enum site_acquaintance site_knows(struct site *site, const struct visitor *visitor);

/* Which printing (article/printing.h) the last answer was, if it was the page of an article, for
 * the certificate of an editor of this capsule; else 0. */
uint64_t site_printing(const struct site *site);

#endif
