/*
 * tables - the tables of an edition and all statements of its writing side, and what the files
 * that run them share: the writer from inside. Inside store/ only.
 *
 *   edition_writer.c  opens it; transactions; articles, moved and gone paths, what it remembers
 *   file_table.c      what lies in the capsule folder
 *   revision_table.c  what history says of it
 *   search_writer.c   the words of the articles: tables and statements of its own
 */
#ifndef STORE_TABLES_H
#define STORE_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/strings.h"
#include "store/database.h"

enum writer_statement {
	BEGIN,
	COMMIT,
	ROLLBACK,
	FILE_GET,
	FILE_PUT,
	FILE_DROP,
	FILE_BELOW,
	FILE_LIST,
	FILE_RANK,
	FILES_IN_STATE,
	FILES_OF_EDITOR,
	FILES_IN_SECTION,
	FILES_READY,
	ARTICLE_PUT,
	ARTICLE_DROP,
	ARTICLE_AT,
	ARTICLE_PATH,
	MOVED_DROP,
	MOVED_PUT,
	GONE_PUT,
	GONE_DROP,
	GONE_CLEAR,
	GONE_IS,
	DUE_NEXT,
	DUE_LIST,
	UNCOMMITTED_PUT,
	UNCOMMITTED_DROP,
	UNCOMMITTED_LIST,
	UNCOMMITTED_COUNT,
	EDITORS_CLEAR,
	EDITOR_PUT,
	REVISION_NEWEST,
	REVISION_OLDEST,
	REVISION_PUT,
	REVISION_OF_PUT,
	REVISION_CLEAR,
	REVISION_OF_CLEAR,
	REVISION_NUMBER,
	REVISIONS_OF,
	DELETED_PUT,
	DELETED_DROP,
	DELETED_CLEAR,
	DELETED_NUMBER,
	DELETED_LIST,
	MEMORY_GET,
	MEMORY_PUT,
	COUNTS,
	WIDEST,
	WRITER_STATEMENT_COUNT
};

extern const char tables_schema[];
extern const char *const tables_texts[WRITER_STATEMENT_COUNT];

#define TABLES_FILE_TEXTS 5 /* columns of the file table that are texts and kept */

struct edition_writer {
	struct database database;
	struct lists_writer *lists;   /* owned */
	struct search_writer *search; /* owned */
	unsigned number;
	bool is_open;  /* a transaction is */
	int log_pages; /* in the write-ahead log since it was last taken in */
	/* What was read last: a statement left open would keep the log from shrinking. */
	struct buffer memory, file_texts[TABLES_FILE_TEXTS];
};

/* The statement with its first value bound to text. */
sqlite3_stmt *tables_about(
    struct edition_writer *writer, enum writer_statement which, const char *text);
/* Runs a statement that gives no rows, and resets it. */
void tables_run(struct edition_writer *writer, sqlite3_stmt *statement);
/* Whether a statement finds a row; resets it. */
bool tables_exists(struct edition_writer *writer, sqlite3_stmt *row);
/* Adds the texts that a statement tells to out; resets it. */
bool tables_collect(struct edition_writer *writer, sqlite3_stmt *row, struct strings *out);
/* The number a statement without values tells; `otherwise` where it tells NULL. */
int64_t tables_number(
    struct edition_writer *writer, enum writer_statement which, int64_t otherwise);
/* Copies a column, so that the statement can be reset. Borrowed from `in`. */
const char *tables_keep(struct buffer *in, sqlite3_stmt *row, int column);

#endif
