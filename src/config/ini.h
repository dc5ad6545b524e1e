/*
 * ini - the lines of an ini file as sections and pairs, each with its exact line (by inih).
 *
 * inih splits pairs: key, = or :, value. All else is done before it, by the reader that feeds it
 * lines, since inih 55 cuts sections at 49 bytes and passes over empty ones, joins an indented line
 * to the one above, goes on with the front of a line that is too long, and counts lines roughly.
 * The reader counts them, strips blanks and comments, tells of sections, and makes a problem of
 * what inih would misread. How long a line may be is inih's (INI_MAX_LINE, set when Debian
 * compiled it; it can be told nothing else at run time): 198 bytes.
 */
#ifndef CONFIG_INI_H
#define CONFIG_INI_H

#include <stddef.h>

#include "config/problems.h"

/* Called in the order of the file. Strings are borrowed for the call: valid UTF-8, no control
 * bytes, no blanks at the ends, comments taken off. */
struct ini_listener {
	/* name is NULL where a section begins whose name cannot be read. */
	void (*section)(void *arg, int line, const char *name);
	void (*pair)(void *arg, int line, const char *key, const char *value);
	void *arg;
};

/* Reads all of bytes[0..len); lines that cannot be read become problems. */
void ini_read(
    const char *bytes, size_t len, const struct ini_listener *listener, struct problems *problems);

#endif
