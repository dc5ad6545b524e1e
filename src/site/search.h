/*
 * search - the pages that readers search with: the question, what was found, and further pages.
 */
#ifndef SITE_SEARCH_H
#define SITE_SEARCH_H

#include "site/visit.h"

/* Answers /search, /search/best (the best first, where the newest do not fit on one page) and
 * /search/more/ID, each with the words as its query; false for any other path. */
visit_step search_answer;

#endif
