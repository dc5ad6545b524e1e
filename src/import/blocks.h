/*
 * blocks - elements of HTML to gemtext: headings, paragraphs, lists, quotes, preformatted text,
 * tables a row a line; links and pictures gathered after each block. Pure, never recursive.
 */
#ifndef IMPORT_BLOCKS_H
#define IMPORT_BLOCKS_H

#include <libxml/tree.h>
#include <stdbool.h>

#include "base/buffer.h"

/* Appends what stands below top. Left out are scripts, forms, navigation and the like, and headings
 * that say title. False if out of memory. */
bool blocks_to_gemtext(const xmlNode *top, const char *title, struct buffer *out);

#endif
