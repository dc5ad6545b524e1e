/*
 * listing - a folder's names as a page, where `listing = yes`.
 */
#ifndef SITE_LISTING_H
#define SITE_LISTING_H

#include "site/visit.h"

#define LISTING_MAX 5000 /* names on a page: what reads longer keeps others waiting */

/* Answers the visit with the names in its folder, which folder_fd is. */
void listing_answer(struct visit *visit, int folder_fd);

#endif
