/*
 * markdown_html - raw HTML in Markdown, for who has no parser of HTML: its words without its tags.
 * Pure, and in a time that grows with its length.
 */
#ifndef ARTICLE_MARKDOWN_HTML_H
#define ARTICLE_MARKDOWN_HTML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

/* Appends Markdown that says the words of the HTML and nothing else: one paragraph at most, with a
 * hard break where an element begins a new line; entities are left for Markdown to read. Comments,
 * scripts and styles are dropped with what is in them. */
void markdown_html_put_words(struct buffer *out, const char *html, size_t len);

/* Whether the HTML begins with a tag of that name, opening or closing. */
bool markdown_html_is(const char *html, size_t len, const char *name);

#endif
