/*
 * markdown - CommonMark to gemtext, by cmark. Pure. Links are gathered after each block, emphasis
 * is dropped, list items become "* ", tables stay text. Never recursive: hostile nesting is flat.
 */
#ifndef ARTICLE_MARKDOWN_H
#define ARTICLE_MARKDOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* Appends the gemtext of the document. False if out of memory. */
bool markdown_to_gemtext(const char *bytes, size_t len, struct buffer *out);

/* Appends one line of Markdown with its marks dropped (for titles). */
bool markdown_to_line(const char *text, struct buffer *out);

#endif
