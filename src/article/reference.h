/*
 * reference - URL references as authors write them, made into what may stand in a link line. Pure.
 */
#ifndef ARTICLE_REFERENCE_H
#define ARTICLE_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "gemini/url.h"

/* Appends text with every byte percent-encoded that RFC 3986 does not let stand in a reference.
 * Escapes that are there already stay; a "%" that begins none becomes one. */
void reference_append(struct buffer *out, const char *text, size_t len);

/* The same for a reference in the document at the decoded path base, made right on every page:
 * an absolute path without dot segments, or a URL as it was. */
void reference_resolve(struct buffer *out, const char *base, const char *text);

/* Reads an old address of an article: an absolute path, or a gemini:// URL. The decoded path is
 * out->path. False for anything else, and if out of memory: scratch, which is overwritten, has
 * failed then. */
bool reference_read_path(const char *text, struct buffer *scratch, struct url *out);

#endif
