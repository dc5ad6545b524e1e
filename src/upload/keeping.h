/*
 * keeping - nothing is lost: a text that arrived whole and cannot be published becomes a draft.
 */
#ifndef UPLOAD_KEEPING_H
#define UPLOAD_KEEPING_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "upload/naming.h"
#include "upload/office.h"

/* A text as it arrived. */
struct keeping {
	const char *path;    /* what the draft is named after */
	const char *sent_to; /* where the text belongs, which the draft remembers; NULL: no such
				place yet */
	const char *bytes;
	size_t len;
};

/* Puts the header of a text right that would be printed with it (article/fences.h), where it can be
 * told what was meant. True if it did: then reason says what was wrong, and that the draft has it
 * right. path tells Markdown by its ending. */
bool keeping_mend(struct buffer *text, const char *path, struct error *reason);

/* Writes the text as a draft and answers that status with
 * `Kept as draft clinic-conflict-1: REASON, see /desk/`. The person becomes its editor. */
void keeping_keep(struct errand *errand, const struct keeping *text, enum naming_kept why,
    enum gemini_status status, const char *reason);

#endif
