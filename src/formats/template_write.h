/*
 * template_write - what template code becomes: Markdown, or in a block of HTML, where Markdown
 * would be words, HTML. Pure.
 */
#ifndef FORMATS_TEMPLATE_WRITE_H
#define FORMATS_TEMPLATE_WRITE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* Appends text so that Markdown and HTML take it for nothing else, as one line. */
void template_put_literal(struct buffer *out, const char *text, size_t len);
/* Appends where a link leads, so that Markdown and HTML both take it whole. */
void template_put_destination(struct buffer *out, const char *url);

void template_put_picture(struct buffer *out, bool is_html, const char *url, const char *label);
void template_put_link(struct buffer *out, bool is_html, const char *url, const char *label);
/* Appends a fence around text[0..len), with the indent of the line it begins. */
void template_put_listing(
    struct buffer *out, bool is_html, const char *name, const char *text, size_t len);

#endif
