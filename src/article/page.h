/*
 * page - the printed article page and the cards of lists, exactly as the design lays them out.
 * Pure: words and title come from the capsule's configuration.
 */
#ifndef ARTICLE_PAGE_H
#define ARTICLE_PAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "article/article.h"
#include "base/buffer.h"
#include "config/config.h"

#define PAGE_MORE_NEWS 5 /* other articles below each article */

/* Appends the whole page. more[0..more_count) are the newest others; has_more says that there
 * are older ones than the last of them. */
void page_article(struct buffer *out, const struct capsule_config *capsule,
    const struct article *article, const struct card *more, size_t more_count, bool has_more);

/* Appends one card of a list (link line with date and title, picture line, byline, summary) and
 * a blank line. */
void page_card(struct buffer *out, const struct capsule_config *capsule, const struct card *card);

/* Appends `=> PREFIXmore/ID Show more`, ID being that of the last card shown. */
void page_show_more(
    struct buffer *out, const struct capsule_config *capsule, const char *prefix, int64_t last_id);

#endif
