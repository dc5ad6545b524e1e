/*
 * markdown - CommonMark to gemtext, by cmark. Pure. Links are gathered after each block, emphasis
 * is dropped, list items become "* ", tables stay text, raw HTML loses its tags and keeps its
 * words. Never recursive: hostile nesting is flat.
 */
#ifndef ARTICLE_MARKDOWN_H
#define ARTICLE_MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* Appends the gemtext of the document; gemtext_put_document() is still to be applied.
 * *out_html_line becomes the line of the first block of raw HTML (comments do not count), or 0.
 * False if out of memory. */
bool markdown_to_gemtext(const char *bytes, size_t len, struct buffer *out, size_t *out_html_line);

/* Appends one line of Markdown with its marks dropped (for titles). False if out of memory. */
bool markdown_to_line(const char *text, struct buffer *out);

#endif
