/*
 * feeds - lists as Atom feeds.
 */
#ifndef SITE_FEEDS_H
#define SITE_FEEDS_H

#include "site/visit.h"

/* Answers with the feed of a list, which the visit's path is the address of. page is the decoded
 * path of the list itself; subtitle "" for none; the cards are its newest, ATOM_ENTRIES at most,
 * read during this visit. */
void feeds_answer(struct visit *visit, const char *title, const char *subtitle, const char *page,
    const struct edition_cards *cards);

#endif
