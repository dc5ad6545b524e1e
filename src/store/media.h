/*
 * media - MIME types: by file name (a table, used everywhere), and by content (libmagic, used by
 * the publisher alone).
 */
#ifndef STORE_MEDIA_H
#define STORE_MEDIA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

/* The type for a file name's ending, case ignored; NULL if the ending tells nothing. Without
 * parameters. Static. */
const char *media_by_name(const char *name);

/* Whether a file of that name may be sent to readers as a picture: its type is one of pictures, or
 * its name does not tell. */
bool media_may_be_picture(const char *name);

/* Whether a file counts as one of the pictures that may tell more than is seen, and is looked
 * through before readers or history get it: its first bytes are those of one (picture/picture.h),
 * whatever its name says, or its name promises one. The one rule of press, workers and `check`.
 * sample is the first PICTURE_SAMPLE bytes, or all if there are less; nothing at all is no picture,
 * nor is a text that begins with the letters of a format. */
bool media_is_picture(const char *name, const void *sample, size_t len);

struct media; /* a libmagic cookie; one a thread */

/* Loads the magic database, so that a sandbox may close behind it. */
struct media *media_open(struct error *err);
void media_close(struct media *media);

/* The type of the file behind fd (read from its start), e.g. "image/png", for text also
 * `; charset=…` unless it is UTF-8 or ASCII. Borrowed until the next call.
 * "application/octet-stream" when libmagic cannot tell. */
const char *media_by_content(struct media *media, int fd);
/* The same of bytes in memory. */
const char *media_by_bytes(struct media *media, const void *bytes, size_t len);

#endif
