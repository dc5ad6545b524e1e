/*
 * dates_text - how a list of dates is written: one line each, `2025-10-01T12:00:00Z name.gmi`; of
 * two lines for one name the last counts, and what is no such line stays as it is. Pure.
 */
#ifndef PRESS_DATES_TEXT_H
#define PRESS_DATES_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/time.h"

#define DATES_NAME ".dates"

/* Whether path is that of such a list: in /articles/ or a folder below, none of them hidden. */
bool dates_is_list(const char *path);

/* A line of a list. name lies in the text. */
struct dates_line {
	struct timestamp date;
	const char *name;
	size_t name_len;
};
/* Takes the next such line off the text, and what stands before it. False at the end. */
bool dates_next(const char **text, size_t *len, struct dates_line *out);
/* Appends a line. False with nothing appended if the name could not be read back. */
bool dates_put(struct buffer *out, int64_t seconds, const char *name);

#endif
