/*
 * search_writer - keeps the words of an edition's articles. The writer of an edition alone uses it;
 * store/search.h finds.
 *
 * The index holds words and where they stand, not the texts: those are read from the articles.
 * So what was in print must still be there when its words are taken out.
 */
#ifndef STORE_SEARCH_WRITER_H
#define STORE_SEARCH_WRITER_H

#include "store/database.h"

/* The tables; executed once, after that of the articles. */
extern const char search_schema[];

struct search_writer;

/* Shares the connection of host, which outlives it, and its trouble: running out of memory is
 * trouble too. */
struct search_writer *search_writer_open(struct database *host);
void search_writer_close(struct search_writer *writer);

/* Before the article in print at path is replaced or taken out; nothing happens without one. */
void search_writer_drop(struct search_writer *writer, const char *path);
/* After an article was put into print with that ID: its words are noted to be put in. */
void search_writer_put(struct search_writer *writer, int64_t id);

/* Before the transaction is committed: puts the words of all noted articles in. One after the
 * other, because FTS5 writes to the disk what it has gathered whenever another statement opens a
 * savepoint, as most do. */
void search_writer_flush(struct search_writer *writer);
/* After it was rolled back. */
void search_writer_forget(struct search_writer *writer);

#endif
