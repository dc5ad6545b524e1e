/*
 * frame - what is printed around the body of an article, taken off a page that somebody loaded as
 * a reader and sends back (Lagrange's Ctrl+E). Pure.
 */
#ifndef UPLOAD_FRAME_H
#define UPLOAD_FRAME_H

#include <stdbool.h>
#include <stddef.h>

#include "article/article.h"
#include "config/config.h"

enum frame_result {
	FRAME_NONE,    /* the text carries none */
	FRAME_REMOVED, /* *out_body is what stood inside */
	FRAME_ALTERED, /* it carries one, but not as it was printed */
	FRAME_FAILED,  /* out of memory */
};

/* text[0..len): what arrived, without front matter, its line ends LF. printed: the article as it
 * is printed now; own[0..own_len): the body of its source, whose lines are never held to be a
 * frame. Both NULL when nothing is at the path: then only a whole frame counts, as altered.
 * More news may be what it was when the page was loaded. *out_body is borrowed from text. */
enum frame_result frame_remove(const struct capsule_config *capsule, const struct article *printed,
    const char *own, size_t own_len, const char *text, size_t len, const char **out_body,
    size_t *out_body_len);

#endif
