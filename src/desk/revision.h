/*
 * revision - the last part of an address like /desk/diff/PATH/REV. Pure.
 */
#ifndef DESK_REVISION_H
#define DESK_REVISION_H

#include <stdbool.h>

#include "history/history.h"
#include "upload/rules.h"

#define REVISION_SHOWN 12 /* hex digits of a commit in our own addresses */

struct revision {
	char path[RULES_PATH_MAX];           /* of the file */
	char commit[HISTORY_COMMIT_LEN + 1]; /* perhaps abbreviated; hex digits only */
};

/* Takes "/articles/x.gmi/1a2b3c4d" apart. False if it does not end in a commit. */
bool revision_read(const char *text, struct revision *out);

/* Whether text is a commit, perhaps abbreviated to 4 digits or more. */
bool revision_is_commit(const char *text);

#endif
