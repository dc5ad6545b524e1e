/*
 * html - a page of a web site. Pure.
 */
#ifndef FORMATS_HTML_H
#define FORMATS_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "formats/piece.h"

/* Adds the article: title, authors, date, tags and summary as the page's metadata tells them, else
 * as they stand in it; its main part as text. One with template code in its words is a draft, with
 * a note of it. False with the reason: what tree_open_html() refuses,
 * no title, no text, a date that is none, out of memory. */
bool html_read(const char *bytes, size_t len, struct pieces *out, struct error *err);

/* Appends the gemtext of a fragment of HTML; one of a heading with that title is left out. False
 * with the reason. */
bool html_fragment(
    const char *bytes, size_t len, const char *title, struct buffer *out, struct error *err);

/* Appends the gemtext of HTML that is all text of an author: nothing is taken for navigation. False
 * with the reason. */
bool html_text(const char *bytes, size_t len, struct buffer *out, struct error *err);

#endif
