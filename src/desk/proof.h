/*
 * proof - a draft as it would be if it were published now: where it would lie, and what would be
 * in its file. What the preview shows, and what publishing writes.
 */
#ifndef DESK_PROOF_H
#define DESK_PROOF_H

#include <stdbool.h>

#include "article/source.h"
#include "base/buffer.h"
#include "desk/piece.h"
#include "upload/office.h"

struct proof {
	char path[RULES_PATH_MAX]; /* where it was sent, or made for what lies in /drafts/ */
	char
	    replaced[OFFICE_REVISION_LEN + 1]; /* of what it takes the place of; "" if of nothing */
	struct buffer bytes;   /* status and retraction gone, date set, Markdown converted */
	bool is_file;          /* neither article nor draft: served as it is */
	struct source *source; /* of bytes; NULL if it is_file */
};

/* Makes the proof of a draft (of one that was kept: what sending it again would store), or of an
 * article that was retracted: piece->source is there. False with the answer set. Either way
 * proof_done() ends it. */
bool proof_make(struct errand *errand, const struct piece *piece, struct proof *out);
void proof_done(struct proof *proof);

#endif
