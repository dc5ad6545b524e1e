/*
 * lists - the pages of sections (folders), tags, authors and the archive: their names, their
 * articles, their further pages, their feeds.
 */
#ifndef SITE_LISTS_H
#define SITE_LISTS_H

#include "site/visit.h"

#define LISTS_NAMES 500 /* on a page of names */

/* Answers what lies below /articles/, /tags/, /authors/ and /archive/ and is a list, and sends on
 * who left its final slash out; false for any other. Asked after the articles. */
visit_step lists_answer;

#endif
