/*
 * pages - what is put together from the edition: the index, its further pages, the articles.
 */
#ifndef SITE_PAGES_H
#define SITE_PAGES_H

#include "site/visit.h"

/* Answers the paths of generated pages; false for any other. */
visit_step pages_answer;

#endif
