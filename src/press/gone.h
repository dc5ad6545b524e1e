/*
 * gone - capsule/.gone, the list of deleted articles: one decoded path a line. The press adds to
 * it and takes from it; what an admin writes there counts as well, and other lines stay.
 */
#ifndef PRESS_GONE_H
#define PRESS_GONE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/strings.h"
#include "press/works.h"

#define GONE_PATH "/.gone"

/* Adds the paths listed in the file's bytes. False if out of memory. Pure. */
bool gone_read(const char *bytes, size_t len, struct strings *out);

/* Appends the file with the added paths, each once, and without the removed ones. Pure. */
void gone_edit(const char *bytes, size_t len, const struct strings *added,
    const struct strings *removed, struct buffer *out);

/* Notes that a live article was deleted, or that something is at path again. */
void gone_add(struct press *press, const char *path);
void gone_remove(struct press *press, const char *path);

/* Prints the list into an edition. */
bool gone_print(struct edition_writer *edition, const char *bytes, size_t len);

/* Writes what was noted into the file. True if it was written: then it is to be taken in. On
 * failure, which is logged, the notes stay. */
bool gone_write(struct press *press);

#endif
