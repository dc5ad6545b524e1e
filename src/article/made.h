/*
 * made - where pages are made, so that no file is served: known to who answers, to who takes
 * uploads and to who checks a folder. Pure.
 */
#ifndef ARTICLE_MADE_H
#define ARTICLE_MADE_H

#include <stdbool.h>

/* The folder that holds nothing but made pages and that path (decoded) lies below: "/tags/" of
 * "/tags/x", static; or NULL. What is below /news/ depends on the capsule and is not among them. */
const char *made_folder(const char *path);

/* Whether path is that of the feed of a folder below /articles/. */
bool made_is_folder_feed(const char *path);

#endif
