/*
 * course - the way of an article to its readers, and back: what is done to it by changing its place
 * or the keys of its front matter. As in deeds.h: the rules are asked again here, and on false the
 * answer of the errand says why.
 */
#ifndef DESK_COURSE_H
#define DESK_COURSE_H

#include <stdbool.h>

#include "desk/piece.h"
#include "upload/office.h"

/* Brings a draft to readers, or back what was retracted. A text that was kept goes where it was
 * sent, if what lies there is still of the revision `replaced`. out: where it lies now. */
bool course_publish(
    struct errand *errand, const char *path, const char *replaced, char out[static RULES_PATH_MAX]);
/* Whether that can be done to it by the person, and is not done already. */
bool course_may_publish(struct errand *errand, const struct piece *piece);

/* Makes a contributor's own draft ask for an editor. */
bool course_offer(struct errand *errand, const char *path);

/* Moves an article or draft. Readers who ask for an article's old path are led to the new one. */
bool course_move(struct errand *errand, const char *path, const char *to);
/* Whether it can be moved to where `to` leads: a path, or a folder in which it keeps its name. out:
 * that path. */
bool course_may_move(struct errand *errand, const struct piece *piece, const char *to,
    char out[static RULES_PATH_MAX]);

/* Takes an article from its readers, who get the note instead. */
bool course_retract(struct errand *errand, const char *path, const char *note);
bool course_may_retract(struct errand *errand, const struct piece *piece);

#endif
