/*
 * proof - a draft as it would be if it were published now: where it would lie, and what would be
 * in its file. What the preview shows, and what publishing writes.
 */
#ifndef DESK_PROOF_H
#define DESK_PROOF_H

#include <stdbool.h>

#include "article/source.h"
#include "base/buffer.h"
#include "desk/office.h"
#include "desk/piece.h"

struct proof {
	char path[RULES_PATH_MAX]; /* made for what lies in /drafts/ */
	struct buffer bytes;       /* status and retraction gone, date set, Markdown converted */
	struct source *source;     /* of bytes */
};

/* Makes the proof of a draft, or of an article that was retracted: piece->source is there. False
 * with the answer set. Either way proof_done() ends it. */
bool proof_make(struct errand *errand, const struct piece *piece, struct proof *out);
void proof_done(struct proof *proof);

#endif
