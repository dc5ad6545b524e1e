/*
 * pages - the pages where editors work. Each is a desk_page (see office.h): it checks the path and
 * what the person may do, and answers. None of them changes anything, except pages_do with "yes".
 *
 *   front.c         /desk/, /desk/list/NAME/…
 *   deleted.c       /desk/deleted/…
 *   preview.c       /desk/preview/PATH
 *   images.c        /desk/image/PATH, /desk/images/
 *   history_page.c  /desk/history/PATH, /desk/diff/PATH/REV
 *   compare.c       /desk/compare/PATH
 *   actions.c       /desk/ACTION/PATH, /desk/do/TOKEN
 */
#ifndef DESK_PAGES_H
#define DESK_PAGES_H

#include "upload/office.h"

desk_page pages_front; /* /desk/ */
desk_page pages_list;  /* /desk/list/NAME/…: more of what the front page begins to list */

desk_page pages_deleted; /* /desk/deleted/…: what was deleted and may be brought back */

desk_page pages_preview; /* /desk/preview/PATH */
desk_page pages_image;   /* /desk/image/PATH: a picture, and the lines to copy */
desk_page pages_images;  /* /desk/images/ and its further pages */

desk_page pages_history; /* /desk/history/PATH, and its further pages */
desk_page pages_diff;    /* /desk/diff/PATH/REV */
desk_page pages_compare; /* /desk/compare/PATH: a kept text beside what it was sent to replace */

/* What an action is about to do, with a link to /desk/do/TOKEN. */
desk_page pages_publish; /* /desk/publish/PATH */
desk_page pages_restore; /* /desk/restore/PATH/REV */
desk_page pages_move;    /* /desk/move/PATH asks for the new path */
desk_page pages_retract; /* /desk/retract/PATH asks for the note */
desk_page pages_delete;  /* /desk/delete/PATH */

desk_page pages_do; /* /desk/do/TOKEN: asks, and acts on "yes" */

#endif
