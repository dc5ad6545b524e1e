/*
 * templates - the template code of site generators in Markdown: shortcodes of Hugo and Zola, Liquid
 * of Jekyll, Nunjucks of Eleventy. Pure.
 *
 * What has a clear meaning becomes Markdown (formats/template_rules.c). In listings, between
 * backticks and in what is marked as raw, code is words and stays. All other code stays too, as
 * words, and is told.
 */
#ifndef FORMATS_TEMPLATES_H
#define FORMATS_TEMPLATES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/strings.h"

/* Appends the Markdown bytes[0..len), the first line of which is that line of its file. Code whose
 * meaning is not known is added to out_left, as "line 12 `{{< x >}}`". False if out of memory. */
bool templates_translate(
    const char *bytes, size_t len, size_t line, struct buffer *out, struct strings *out_left);

/* Adds all code in text, which begins in that line of its file, to out_left. False if out of
 * memory. */
bool templates_find(const char *text, size_t len, size_t line, struct strings *out_left);

#endif
