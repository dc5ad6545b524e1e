#include "store/search_writer.h"

#include <assert.h>
#include <stdlib.h>

#include "base/array.h"
#include "store/search_tokenizer.h"

#define COLUMNS "path, title, authors, tags, summary, body"

/* What `rank` counts a word for: in the title ten times as much as in the body. The path is there
 * to be read along with what was found. */
const char search_schema[] =
    "CREATE VIRTUAL TABLE search USING fts5(path UNINDEXED, title, authors, tags, summary, body,"
    "  content = article, content_rowid = id, tokenize = " SEARCH_TOKENIZER ");"
    "INSERT INTO search(search, rank) VALUES('rank', 'bm25(0, 10, 5, 5, 3, 1)');";

enum { COLUMN_COUNT = 6 };

enum statement { NUMBER, DROP, TEXTS, PUT, STATEMENT_COUNT };

/* PUT has its values bound, for INSERT ... SELECT would open a savepoint. */
static const char *const texts[STATEMENT_COUNT] = {
    [NUMBER] = "SELECT id FROM article WHERE path = ?1",
    [DROP] = ("INSERT INTO search(search, rowid, " COLUMNS ")"
	      " SELECT 'delete', id, " COLUMNS " FROM article WHERE id = ?1"),
    [TEXTS] = "SELECT " COLUMNS " FROM article WHERE id = ?1",
    [PUT] = "INSERT INTO search(rowid, " COLUMNS ") VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)",
};

struct search_writer {
	struct database database;
	int64_t *noted; /* articles in print whose words are still to be put in */
	size_t count, capacity;
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
	free(writer->noted);
	free(writer);
}

static sqlite3_stmt *
about(struct search_writer *writer, enum statement which, int64_t id)
{
	sqlite3_stmt *statement = database_statement(&writer->database, which);

	database_bind_number(statement, 1, id);
	return statement;
}

/* The article in print at path, or -1. */
static int64_t
printed(struct search_writer *writer, const char *path)
{
	sqlite3_stmt *row = database_statement(&writer->database, NUMBER);

	database_bind_text(row, 1, path);
	int64_t id = database_step(&writer->database, row) ? sqlite3_column_int64(row, 0) : -1;
	sqlite3_reset(row);
	return id;
}

/* Whether it was noted; it is not any more. What is replaced was mostly put last. */
static bool
strike(struct search_writer *writer, int64_t id)
{
	assert(writer->count <= writer->capacity);
	for (size_t i = writer->count; i > 0; i--) {
		if (writer->noted[i - 1] != id)
			continue;
		writer->noted[i - 1] = writer->noted[--writer->count];
		return true;
	}
	return false;
}

void
search_writer_drop(struct search_writer *writer, const char *path)
{
	int64_t id = printed(writer, path);

	if (id != -1 && !strike(writer, id))
		database_run(&writer->database, about(writer, DROP, id));
}

void
search_writer_put(struct search_writer *writer, int64_t id)
{
	assert(id > 0);
	int64_t *noted =
	    array_room(writer->noted, writer->count, &writer->capacity, sizeof(*noted));

	if (noted == NULL) {
		database_note(&writer->database, SQLITE_NOMEM);
		return;
	}
	writer->noted = noted;
	assert(writer->count < writer->capacity);
	noted[writer->count++] = id;
}

static void
put_words(struct search_writer *writer, int64_t id)
{
	sqlite3_stmt *row = about(writer, TEXTS, id);

	if (database_step(&writer->database, row)) {
		sqlite3_stmt *statement = about(writer, PUT, id);

		for (int i = 0; statement != NULL && i < COLUMN_COUNT; i++)
			sqlite3_bind_value(statement, i + 2, sqlite3_column_value(row, i));
		database_run(&writer->database, statement);
	}
	sqlite3_reset(row);
}

void
search_writer_flush(struct search_writer *writer)
{
	for (size_t i = 0; i < writer->count; i++)
		put_words(writer, writer->noted[i]);
	search_writer_forget(writer);
	assert(writer->count == 0);
}

void
search_writer_forget(struct search_writer *writer)
{
	writer->count = 0;
}
