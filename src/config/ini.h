/*
 * ini - the lines of an ini file as sections and pairs, each with its exact line (by inih).
 *
 * inih alone cuts long lines and section names, joins an indented line to the one above, passes
 * over empty sections and knows lines only roughly. So it is fed line by line, by a reader that
 * looks at each line first: what inih would misread never reaches it, and is a problem instead.
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
