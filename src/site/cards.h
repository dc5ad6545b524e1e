/*
 * cards - articles of a list as cards, and as a feed.
 */
#ifndef SITE_CARDS_H
#define SITE_CARDS_H

#include <stdbool.h>
#include <stdint.h>

#include "site/visit.h"

/* The list: its number in store/lists.h, 0 for all articles. What lies in a zone is left out, but
 * for zones that the path asked for lies in, too: those have let the visitor in. */

/* Appends a page of cards older than `before` (INT64_MAX: the newest), and the way to the next
 * page below prefix, an encoded path with its final "/". False if the edition fails: the visit is
 * then answered. */
bool cards_put(
    struct visit *visit, struct edition *edition, int64_t list, int64_t before, const char *prefix);

/* Answers with the list's feed; the rest as in feeds_answer(). */
void cards_feed(struct visit *visit, struct edition *edition, int64_t list, const char *title,
    const char *subtitle, const char *page);

#endif
