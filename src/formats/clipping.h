/*
 * clipping - a page that was copied out of a browser as plain text. Pure.
 *
 *	Title
 *
 *	Author • June 13, 2025
 *
 *	"A quoted dek"
 *
 *	Paragraphs, with empty lines between them.
 *
 *	A caption                       (cards of other articles, at its end)
 *	By Author June 12, 2025
 *	A teaser
 *	Show More
 */
#ifndef FORMATS_CLIPPING_H
#define FORMATS_CLIPPING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "formats/piece.h"

#define CLIPPING_TITLE_MAX 200 /* characters of a first line that is a title and no paragraph */

/* Adds the article, and a draft for each card: its caption as title and as words for the picture,
 * its teaser as summary. Text without the second line is an article whose title is its first line.
 * bytes are valid UTF-8. False with the reason, which names the line: there is no text, a day that
 * does not exist, out of memory. */
bool clipping_read(const char *bytes, size_t len, struct pieces *out, struct error *err);

#endif
