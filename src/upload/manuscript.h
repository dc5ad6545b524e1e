/*
 * manuscript - a text that has arrived, on its way to be the source of an article or a draft:
 * cleaned, freed of a printed frame, completed, checked, and stored. What cannot be stored where it
 * was sent is kept as a draft.
 */
#ifndef UPLOAD_MANUSCRIPT_H
#define UPLOAD_MANUSCRIPT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "upload/arrival.h"

/* Appends a text as it is stored: no byte order mark, LF for CRLF. */
void manuscript_clean(struct buffer *out, const char *bytes, size_t len);

/* Takes the text in. The answer is set. */
void manuscript_put(struct arrival *arrival, const char *bytes, size_t len);

/* Appends what would be stored if a text that was kept as a draft, written by writer (NULL: the
 * admin), came once more. Nothing is written. False, with the answer set, if it would be refused.
 */
bool manuscript_compose(struct arrival *arrival, const struct person *writer, const char *bytes,
    size_t len, struct buffer *out);

#endif
