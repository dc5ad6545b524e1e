/*
 * derive - what an article does not say of itself is read off its body and its file name. Pure.
 * A body is gemtext as gemtext_put_document() leaves it.
 */
#ifndef ARTICLE_DERIVE_H
#define ARTICLE_DERIVE_H

#include <stddef.h>

#include "base/buffer.h"

#define DERIVE_SUMMARY_MAX 200 /* characters, the "…" of a cut one counted */

/* Appends the title: the first `# heading` of the body that has words, or else the name of the
 * file without its ending, "-" and "_" read as blanks. */
void derive_title(struct buffer *out, const char *body, size_t len, const char *path);

/* Appends the summary: the first quote line, or else the first line of text, cut at a word.
 * Nothing if the body has neither. */
void derive_summary(struct buffer *out, const char *body, size_t len);

/* How many bytes at the start of the body are not to be printed below the title: empty lines,
 * and a `# heading` that says the title again. scratch is overwritten; it tells by having failed
 * that there was no memory to compare the two. */
size_t derive_opening(const char *body, size_t len, const char *title, struct buffer *scratch);

/* How many bytes of the body are left without the empty lines at its end. */
size_t derive_ending(const char *body, size_t len);

#endif
