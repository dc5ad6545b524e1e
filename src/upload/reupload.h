/*
 * reupload - an uploaded article completed: by what the version it replaces says, and by what
 * the server knows of who sends it and when. Pure.
 */
#ifndef UPLOAD_REUPLOAD_H
#define UPLOAD_REUPLOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

struct reupload {
	const char *stored; /* the source that is replaced, or NULL */
	size_t stored_len;
	bool is_draft;      /* it goes to /drafts/: a date is still to come */
	const char *editor; /* ID of who sends it; "" for the admin */
	const char *author; /* whose article it is if nobody says; "" for the publication */
	const char *date;   /* when it is published if nobody says */
	const char
	    *updated; /* what `updated` becomes if the text changed; NULL: it is not public */

	/* Whether who sends it may say that the article was at a path before. */
	bool (*may_claim)(void *context, const char *path);
	void *context;
};

/* Completes front matter (see head_take()) and body into a source:
 *   - keys without a value are absent; `revision` is never stored;
 *   - missing keys are taken over from the stored version;
 *   - `editor` is that of the stored version or else who sends it, whatever the upload says;
 *   - `sent-to` is what the stored version says, and nothing once it is no draft;
 *   - `moved-from` is kept where the stored version has it, or the sender may claim it;
 *   - missing author and date are derived, `updated` is set.
 * Trouble is remembered in out. lines is used up. */
void reupload_complete(const struct reupload *reupload, struct buffer *lines, const char *body,
    size_t len, struct buffer *out);

/* Whether two sources say the same, but for `updated` and `revision`. */
bool reupload_is_same(const char *a, size_t a_len, const char *b, size_t b_len);

#endif
