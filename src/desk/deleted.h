/*
 * deleted - what was deleted, for those who may bring it back: part of the front page, and a page
 * of its own (pages_deleted in pages.h).
 */
#ifndef DESK_DELETED_H
#define DESK_DELETED_H

#include "upload/office.h"

/* Writes the latest of them under a heading; nothing if the capsule keeps no history. */
void deleted_put_shelf(struct errand *errand);

#endif
