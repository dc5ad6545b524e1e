#include "store/search_writer.h"

#include <stdlib.h>

#include "store/search_tokenizer.h"

#define COLUMNS "path, title, authors, tags, summary, body"

/* What `rank` counts a word for: in the title ten times as much as in the body. The path is there
 * to be read along with what was found. */
const char search_schema[] =
    "CREATE VIRTUAL TABLE search USING fts5(path UNINDEXED, title, authors, tags, summary, body,"
    "  content = article, content_rowid = id, tokenize = " SEARCH_TOKENIZER ");"
    "INSERT INTO search(search, rank) VALUES('rank', 'bm25(0, 10, 5, 5, 3, 1)');";

enum statement { DROP, PUT, STATEMENT_COUNT };

static const char *const texts[STATEMENT_COUNT] = {
    [DROP] = ("INSERT INTO search(search, rowid, " COLUMNS ")"
	      " SELECT 'delete', id, " COLUMNS " FROM article WHERE path = ?1"),
    [PUT] = ("INSERT INTO search(rowid, " COLUMNS ")"
	     " SELECT id, " COLUMNS " FROM article WHERE path = ?1"),
};

struct search_writer {
	struct database database;
};

struct search_writer *
search_writer_open(struct database *host)
{
	struct search_writer *writer = calloc(1, sizeof(*writer));

	if (writer == NULL || !database_join(&writer->database, host, texts, STATEMENT_COUNT)) {
		database_note(host, SQLITE_NOMEM);
		free(writer);
		return NULL;
	}
	search_tokenizer_register(host);
	return writer;
}

void
search_writer_close(struct search_writer *writer)
{
	if (writer == NULL)
		return;
	database_close(&writer->database);
	free(writer);
}

static void
run(struct search_writer *writer, enum statement which, const char *path)
{
	sqlite3_stmt *statement = database_statement(&writer->database, which);

	database_bind_text(statement, 1, path);
	database_run(&writer->database, statement);
}

void
search_writer_drop(struct search_writer *writer, const char *path)
{
	run(writer, DROP, path);
}

void
search_writer_put(struct search_writer *writer, const char *path)
{
	run(writer, PUT, path);
}
