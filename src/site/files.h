/*
 * files - what lies in the capsule folder and is served as it is.
 */
#ifndef SITE_FILES_H
#define SITE_FILES_H

#include <stdbool.h>

#include "site/visit.h"

#define FILES_FRAME_MAX (256 * 1024) /* bytes of a header.gmi or footer.gmi */

/* Answers a path that names a file or a folder; false for any other. */
visit_step files_answer;

/* Answers / with the capsule's own index.gmi; false if there is none. */
visit_step files_front_page;

/* Appends header.gmi or footer.gmi of the capsule to the body, set apart by a blank line. False
 * if there is none. */
bool files_put_frame(struct visit *visit, const char *path);

#endif
