/*
 * marked - a Markdown or gemtext file, with front matter as other programs write it or as we do.
 * Pure.
 */
#ifndef FORMATS_MARKED_H
#define FORMATS_MARKED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "formats/piece.h"

/* Adds the article. Front matter between `---` may have quoted values, `[lists, of, words]` and
 * lists of `- item` lines; between `+++` it is TOML. What it does not tell is looked for in the
 * text, and in the file's name
 * (`2025-06-13-clinic.md`), path ending in it. bytes are valid UTF-8. What has template code in it
 * whose meaning is not known is a draft, and a note tells where. False with the reason, which
 * names the line: front matter that is too long or broken, a day that does not exist, out of
 * memory. */
bool marked_read(const char *path, const char *bytes, size_t len, bool is_markdown,
    struct pieces *out, struct error *err);

#endif
