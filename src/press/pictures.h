/*
 * pictures - takes out of pictures that a hand laid into the capsule folder what their readers need
 * not know, before anything of them is kept in history. What cannot be cleaned is held back: the
 * file stays as it is, is not committed, and workers do not serve it (site/files.h).
 */
#ifndef PRESS_PICTURES_H
#define PRESS_PICTURES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/error.h"
#include "press/works.h"

enum pictures_result {
	PICTURES_FINE,  /* no picture, or a clean one by now */
	PICTURES_HELD,  /* cannot be cleaned as it is; the reason is set */
	PICTURES_AGAIN, /* the same, and it may go better at the next scan */
};

/* Looks through the file at path, open as *fd and looking like *st, which become those of the file
 * that takes its place: replaced whole and durably, with its permissions and (but for 1 ns) time of
 * change. What was taken out is logged. *fd stands at its beginning then. */
enum pictures_result pictures_tend(
    struct press *press, const char *path, int *fd, struct stat *st, struct error *reason);

/* Whether these very bytes may go to history as what path holds: they are no picture, or a clean
 * one. To be asked of whatever was read after pictures_tend(): it may have changed since. */
bool pictures_are_clean(const struct press *press, const char *path, const void *bytes, size_t len);

/* Sets *bytes and *len to what history may have of a file with that content, perhaps in out. False
 * if that is nothing. */
bool pictures_for_history(const struct press *press, const char *path, struct buffer *out,
    const void **bytes, size_t *len);

#endif
