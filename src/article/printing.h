/*
 * printing - what tells two printings of an article apart. Pure.
 */
#ifndef ARTICLE_PRINTING_H
#define ARTICLE_PRINTING_H

#include <stdint.h>

#include "article/article.h"

/* A number made of all that is printed of the article itself, its date included: the same for two
 * versions exactly when readers see the same. Never 0. What depends on others (More news, addresses
 * of lists) and the words of the ini file are not in it. No secret, and no proof against somebody
 * who looks for two articles that have the same. */
uint64_t printing_of(const struct article *article);

#endif
