/*
 * prose - the text of an article in Markdown to gemtext, with whatever HTML stands in it. Pure.
 */
#ifndef FORMATS_PROSE_H
#define FORMATS_PROSE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* Appends the gemtext of the Markdown; gemtext_put_document() is still to be applied. HTML that
 * cannot be parsed loses its tags and keeps its words: *out_reason says why then, else it is not
 * touched. False if out of memory. */
bool prose_to_gemtext(const char *bytes, size_t len, struct buffer *out, struct buffer *out_reason);

#endif
