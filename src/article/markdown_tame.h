/*
 * markdown_tame - Markdown that cmark reads in a time that grows with its length, and no faster.
 * Pure.
 *
 * cmark (up to 0.30) looks at each open quote and list on every line, and at each open image at
 * every link behind it: a text made for that would hold up the publisher for hours. What nobody
 * writes by hand is taken for text by a backslash in the right place; line numbers stay.
 */
#ifndef ARTICLE_MARKDOWN_TAME_H
#define ARTICLE_MARKDOWN_TAME_H

#include <stddef.h>

#include "base/buffer.h"

/* Marks of quotes and items that begin farther right in their line are text. */
#define MARKDOWN_NESTING_COLUMNS 64

/* The end of each link or image costs as many steps as images began before it in its stretch of
 * lines without a blank one; when these are spent in all, what is left of images is text. They
 * are enough for 20,000 images in one stretch. */
#define MARKDOWN_IMAGE_STEPS 200000000

/* Appends the document. */
void markdown_tame(struct buffer *out, const char *bytes, size_t len);

#endif
