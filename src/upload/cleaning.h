/*
 * cleaning - what is no picture is taken out of a picture before it is stored, and what that was is
 * remembered for the page that its sender sees next.
 */
#ifndef UPLOAD_CLEANING_H
#define UPLOAD_CLEANING_H

#include <stdbool.h>
#include <stddef.h>

#include "upload/office.h"

struct cleaning {
	const void *bytes; /* what is to be stored: as they came, or in made */
	size_t len;
	unsigned found; /* taken out: bits of picture/picture.h */
	struct buffer made;
};

/* Cleans what is to be stored at path (one that ends with "/": as a picture), if it is a picture.
 * With keep-metadata, and for anything else, it is stored as it came. bytes are borrowed. False
 * with the answer set if it is a picture that cannot be cleaned. Either way cleaning_done() ends
 * it. */
bool cleaning_do(
    struct errand *errand, const char *path, const void *bytes, size_t len, struct cleaning *out);
void cleaning_done(struct cleaning *cleaning);

/* Remembers what was taken out of the picture that is stored at path now: of the last
 * CLEANING_NOTES, until the publisher ends. */
void cleaning_note(struct desk *desk, const char *path, unsigned found);
/* Whether that is remembered. */
bool cleaning_recall(const struct desk *desk, const char *path, unsigned *out_found);

#endif
