/*
 * format - what kind of file something is, and which reader that means. Pure.
 */
#ifndef FORMATS_FORMAT_H
#define FORMATS_FORMAT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "formats/piece.h"

enum format {
	FORMAT_MARKDOWN,
	FORMAT_GEMTEXT,
	FORMAT_TEXT,
	FORMAT_HTML,
	FORMAT_ATOM,
	FORMAT_OTHER, /* nothing that can be imported */
};

/* The format that the ending of a name tells. */
enum format format_by_name(const char *name);
/* Tells it from how the text begins: of a file named on the command line, whatever its ending. */
enum format format_by_content(const char *bytes, size_t len);

/* Reads a file of that format into pieces; path is what it is called. False with the reason, which
 * names the line where one is to blame; what was added until then is to be thrown away. */
bool format_read(enum format format, const char *path, const char *bytes, size_t len,
    struct pieces *out, struct error *err);

#endif
