/*
 * lists_writer - keeps the lists of an edition: which article is in which folder, tag, author,
 * year and month. The writer of an edition alone uses it; store/lists.h reads.
 *
 * A publish touches the rows of one article, and counters: one for each of its lists and each
 * folder above it.
 */
#ifndef STORE_LISTS_WRITER_H
#define STORE_LISTS_WRITER_H

#include <stdint.h>

#include "article/article.h"
#include "store/database.h"

#define LISTS_NAMES_MAX 200 /* tags, and authors, of one article that have a list */

/* The tables; executed once, after the table of articles is made. */
extern const char lists_schema[];

struct lists_writer;

/* Shares the connection of host, which outlives it, and its trouble. NULL if out of memory. */
struct lists_writer *lists_writer_open(struct database *host);
void lists_writer_close(struct lists_writer *writer);

/* Before an article is put into print under that ID, or taken out: the row that is in print at
 * its path tells what its lists were. */
void lists_writer_put(struct lists_writer *writer, int64_t id, const struct article *article);
void lists_writer_drop(struct lists_writer *writer, const char *path);

#endif
