/* The bytes are what a reader types, and a text too: no words upset FTS5, and a text is found by
 * its own words however they are cut, with a part of it to show. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/search_excerpt.h"
#include "store/search_tokenizer.h"
#include "store/search_words.h"

#define TEXT_MAX 1024 /* bytes: a request has no room for more */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum statement { CLEAR, PUT, FIND, ANY_WORD, STATEMENT_COUNT };

static const char *const texts[STATEMENT_COUNT] = {
    [CLEAR] = "DELETE FROM words",
    [PUT] = "INSERT INTO words(rowid, text) VALUES(1, ?1)",
    [FIND] = "SELECT excerpt(words) FROM words WHERE words MATCH ?1",
    [ANY_WORD] = "SELECT 1 FROM known LIMIT 1",
};

static struct database *
open_index(void)
{
	static struct database database;
	struct error err;

	if (database.db != NULL)
		return &database;
	if (!database_open(&database, ":memory:", DATABASE_WRITE, texts, STATEMENT_COUNT, &err))
		abort();
	search_tokenizer_register(&database);
	search_excerpt_register(&database);
	database_execute(&database,
	    "CREATE VIRTUAL TABLE words USING fts5(a, b, c, d, e, text, tokenize = " //
	    SEARCH_TOKENIZER ");"
	    "CREATE VIRTUAL TABLE known USING fts5vocab(words, row)");
	return &database;
}

/* Runs a statement; whether it gave a row. */
static bool
run(struct database *index, enum statement which, const char *text)
{
	sqlite3_stmt *statement = database_statement(index, which);

	if (text != NULL)
		database_bind_text(statement, 1, text);
	bool has_row = database_step(index, statement);
	sqlite3_reset(statement);
	return has_row;
}

/* Whether the text is found; then there is an excerpt. */
static bool
find(struct database *index, const char *expression)
{
	sqlite3_stmt *statement = database_statement(index, FIND);

	database_bind_text(statement, 1, expression);
	bool is_found = database_step(index, statement);
	if (is_found) {
		const char *excerpt = database_text(statement, 0);

		assert(*excerpt != '\0' && text_is_utf8(excerpt, strlen(excerpt)));
	}
	sqlite3_reset(statement);
	return is_found;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct database *index = open_index();
	struct buffer expression = BUFFER_EMPTY;
	char text[TEXT_MAX + 1] = "";

	if (size > TEXT_MAX || memchr(data, '\0', size) != NULL ||
	    !text_is_utf8((const char *)data, size))
		return 0;
	memcpy(text, data, size);
	size_t count = search_words(&expression, text);
	assert(count <= SEARCH_WORDS_MAX && (count > 0) == (expression.len > 0));
	run(index, CLEAR, NULL);
	run(index, PUT, text);
	bool has_words = run(index, ANY_WORD, NULL);
	bool is_found = count > 0 && find(index, buffer_text(&expression));
	assert(count == SEARCH_WORDS_MAX || is_found == has_words);
	assert(index->trouble == DATABASE_FINE);
	buffer_free(&expression);
	return 0;
}
