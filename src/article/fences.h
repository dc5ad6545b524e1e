/*
 * fences - what looks like front matter and is none: it would be printed, and a date to come or a
 * `status = draft` in it not be heeded. Pure.
 */
#ifndef ARTICLE_FENCES_H
#define ARTICLE_FENCES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

#define FENCES_LINES_ABOVE_MAX 10 /* lines of words; what stands further below is text */

/* One source, as it is read. */
struct fences_source {
	const char *bytes;
	size_t len;
	bool is_markdown; /* where indented lines are a preformatted block, too */
};

/* False, with "line N: what is there: what to do", if keys of ours stand among the first lines of
 * the text: around or between lines of hyphens, below a blank line, a title or front matter, with
 * a mark before their `---`, or without one. `key: value` may be a sentence, so that takes more
 * than `key = value` does. In a preformatted block anything may stand. */
bool fences_check(const struct fences_source *source, struct error *err);

/* Whether `revision` is among those keys: it is the server's own, and meant for no reader. */
bool fences_show_revision(const struct fences_source *source);

/* Appends the source with its keys between two lines `---` at the top. False, with nothing
 * appended, if it cannot be told what was meant: there is front matter or text above. */
bool fences_mend(const struct fences_source *source, struct buffer *out);

#endif
