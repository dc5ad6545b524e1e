/*
 * blocks - elements of HTML to gemtext: headings, paragraphs, lists, quotes, preformatted text,
 * tables a row a line; links and pictures gathered after each block. Pure, never recursive.
 */
#ifndef FORMATS_BLOCKS_H
#define FORMATS_BLOCKS_H

#include <libxml/tree.h>
#include <stdbool.h>

#include "base/buffer.h"

enum blocks_of {
	BLOCKS_OF_SITE, /* left out are scripts, forms, navigation and the like */
	BLOCKS_OF_TEXT, /* all of it was written by the author: left out are scripts, and a line
			 * that begins with `|` is one; videos and frames become links */
};

/* Appends what stands below top. Left out are headings that say title. False if out of memory. */
bool blocks_to_gemtext(
    const xmlNode *top, enum blocks_of origin, const char *title, struct buffer *out);

#endif
