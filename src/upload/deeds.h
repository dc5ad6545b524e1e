/*
 * deeds - what is done to a file at the desk, for the pages and for the command line alike. The
 * rules are asked again here. On false the answer of the errand says why.
 */
#ifndef UPLOAD_DEEDS_H
#define UPLOAD_DEEDS_H

#include <stdbool.h>

#include "upload/office.h"

/* Removes the file. A live article answers 52 from now on. */
bool deeds_delete(struct errand *errand, const char *path);

/* Whether there is such a revision of the file, and the person may bring it back. */
bool deeds_may_restore(struct errand *errand, const char *path, const char *revision);

/* Writes the file as it was at a revision of history (a commit, perhaps abbreviated). */
bool deeds_restore(struct errand *errand, const char *path, const char *revision);

#endif
