/*
 * toml - the values of front matter as Zola and Hugo write it between `+++` (TOML 1.0). Pure.
 *
 * Debian has libraries for this in C++ only. Here values are told one by one as they come, and no
 * table is built: that a key stands there twice goes unseen.
 */
#ifndef FORMATS_TOML_H
#define FORMATS_TOML_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

#define TOML_NESTING_MAX 32 /* arrays and tables within each other */

/* One value, valid for as long as it is being told. Of an array each item is one, under the key of
 * the array. */
struct toml_value {
	const char *key;  /* with those of the tables around it: `extra.author` */
	const char *text; /* a string as it reads; a number, date or truth as it was written */
	size_t len;       /* of text, which may hold any bytes and has a NUL behind it */
	size_t line;      /* of the file, where it begins */
};

/* False with the reason ends the reading. */
typedef bool toml_taker(void *context, const struct toml_value *value, struct error *err);

/* Reads lines of TOML, the first of which is that line of the file. False with the reason, which
 * names the line: what is no TOML, nested too deeply, out of memory, what take said. */
bool toml_read(
    const char *bytes, size_t len, size_t line, toml_taker *take, void *context, struct error *err);

#endif
