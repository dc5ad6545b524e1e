/*
 * language - language tags, as they stand in the ini file, in articles, in feeds and in the head of
 * a response. Pure.
 */
#ifndef GEMINI_LANGUAGE_H
#define GEMINI_LANGUAGE_H

#include <stdbool.h>

/* Whether text has the shape of a tag (RFC 5646 section 2.1): a language of 2 to 8 letters, as in
 * "en", or "x" or "i" with more behind it; then subtags of 1 to 8 letters and digits, as in "pt-BR"
 * and "zh-Hans-TW". Nothing in it can break a header or an attribute. How long the whole may be is
 * for the caller to say. */
bool language_is_tag(const char *text);

#endif
