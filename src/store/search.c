#include "store/search.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/text.h"
#include "gemini/gemtext.h"
#include "store/search_excerpt.h"
#include "store/search_tokenizer.h"
#include "store/search_words.h"

#define STRINGIFY(x) #x
#define STRING(x)    STRINGIFY(x)

#define STEPS_BETWEEN_LOOKS 500 /* of SQLite's machine: some ten microseconds */

enum statement { NEWEST, BEST, COUNT, STATEMENT_COUNT };

/* Without zones (?1 is how many) no path is read: that is most of what a count costs. */
#define NOT_HIDDEN "(?1 = 0 OR NOT is_hidden(path))"

static const char *const texts[STATEMENT_COUNT] = {
    [NEWEST] =
	("SELECT rowid, path, excerpt(search) FROM search WHERE search MATCH ?2 AND rowid < ?3"
	 " AND " NOT_HIDDEN " ORDER BY rowid DESC LIMIT ?4"),
    [BEST] = ("SELECT rowid, path, excerpt(search) FROM search WHERE search MATCH ?2 AND rowid < ?3"
	      " AND " NOT_HIDDEN " ORDER BY rank LIMIT ?4"),
    [COUNT] = ("SELECT rowid FROM search WHERE search MATCH ?2 AND " NOT_HIDDEN
	       " ORDER BY rowid DESC LIMIT " STRING(SEARCH_COUNT_MAX) " + 1"),
};

struct search {
	struct database database;
	const struct search_query *query; /* the one being answered */
	int64_t deadline_ms;
};

/* Whether the zones of the query hide a path: for SQLite, so that it makes no snippet in vain. */
static void
is_hidden(sqlite3_context *context, int count, sqlite3_value **values)
{
	const struct search *search = sqlite3_user_data(context);
	const struct search_query *query = search->query;
	const unsigned char *path = NULL;
	int is_in_zone = 0;

	(void)count;
	if (query->hidden_count > 0)
		path = sqlite3_value_text(values[0]);
	for (size_t i = 0; path != NULL && i < query->hidden_count && !is_in_zone; i++)
		is_in_zone = text_starts((const char *)path, query->hidden[i]);
	sqlite3_result_int(context, is_in_zone);
}

struct search *
search_open(struct database *host)
{
	struct search *search = calloc(1, sizeof(*search));

	if (search == NULL || !database_join(&search->database, host, texts, STATEMENT_COUNT)) {
		database_note(host, SQLITE_NOMEM);
		free(search);
		return NULL;
	}
	search_tokenizer_register(host);
	search_excerpt_register(host);
	database_note(host, sqlite3_create_function(host->db, "is_hidden", 1,
				SQLITE_UTF8 | SQLITE_DIRECTONLY, search, is_hidden, NULL, NULL));
	return search;
}

void
search_close(struct search *search)
{
	if (search == NULL)
		return;
	database_close(&search->database);
	free(search);
}

/* --- one statement, within its deadline ---------------------------------------------------- */

static int
is_late(void *arg)
{
	const struct search *search = arg;

	return clock_now_ms() > search->deadline_ms;
}

/* Starts the clock and binds the words. NULL after trouble. */
static sqlite3_stmt *
begin(struct search *search, enum statement which, const struct search_query *query,
    const struct buffer *expression)
{
	sqlite3_stmt *row = database_statement(&search->database, which);

	search->query = query;
	search->deadline_ms = clock_now_ms() + SEARCH_DEADLINE_MS;
	sqlite3_progress_handler(search->database.db, STEPS_BETWEEN_LOOKS, is_late, search);
	database_bind_number(row, 1, (int64_t)query->hidden_count);
	database_bind_bytes(row, 2, buffer_text(expression), expression->len);
	return row;
}

/* Takes the next row. The end of time is the end of the rows, and no trouble. */
static bool
next(struct search *search, sqlite3_stmt *row, bool *out_is_cut)
{
	if (row == NULL)
		return false;
	int code = sqlite3_step(row);
	*out_is_cut = code == SQLITE_INTERRUPT;
	if (code != SQLITE_INTERRUPT)
		database_note(&search->database, code);
	return code == SQLITE_ROW;
}

static enum edition_result
end(struct search *search, sqlite3_stmt *row)
{
	sqlite3_progress_handler(search->database.db, 0, NULL, NULL);
	sqlite3_reset(row);
	search->query = NULL;
	return search->database.host->trouble == DATABASE_FINE ? EDITION_FOUND : EDITION_FAILED;
}

/* --- hits ---------------------------------------------------------------------------------- */

/* One line of what was cut out of a body: without the marks of gemtext and addresses of links. The
 * caller frees it; NULL if out of memory. */
static char *
clean_snippet(const char *snippet)
{
	struct buffer line = BUFFER_EMPTY, clean = BUFFER_EMPTY;
	struct gemtext_line part;
	struct gemtext_reader reader = {
	    .rest = snippet, .rest_len = strlen(snippet), .has_started = true};

	while (gemtext_next(&reader, &part)) {
		if (part.type == GEMTEXT_TOGGLE || part.text_len == 0)
			continue;
		if (line.len > 0)
			buffer_putc(&line, ' ');
		buffer_append(&line, part.text, part.text_len);
	}
	text_append_line(&clean, buffer_text(&line), line.len);
	buffer_puts(&clean, "");
	clean.failed = clean.failed || line.failed;
	buffer_free(&line);
	return buffer_take(&clean);
}

static bool
add_hit(struct search_found *found, sqlite3_stmt *row)
{
	struct search_hit hit = {
	    .id = sqlite3_column_int64(row, 0),
	    .path = strdup(database_text(row, 1)),
	    .snippet = clean_snippet(database_text(row, 2)),
	};

	if (hit.path == NULL || hit.snippet == NULL) {
		free(hit.path);
		free(hit.snippet);
		return false;
	}
	found->hits[found->count++] = hit;
	return true;
}

void
search_found_free(struct search_found *found)
{
	for (size_t i = 0; i < found->count; i++) {
		free(found->hits[i].path);
		free(found->hits[i].snippet);
	}
	free(found->hits);
	*found = (struct search_found){0};
}

/* Fills *out with the rows of one statement. */
static enum edition_result
collect(struct search *search, enum statement which, const struct search_query *query,
    const struct buffer *expression, struct search_found *out)
{
	struct search_found found = {.hits = calloc(query->limit + 1, sizeof(*found.hits))};
	bool ok = found.hits != NULL;

	sqlite3_stmt *row = begin(search, which, query, expression);
	database_bind_number(row, 3, which == BEST ? INT64_MAX : query->before);
	database_bind_number(row, 4, (int64_t)query->limit + 1);
	while (ok && !found.has_more && next(search, row, &found.is_cut)) {
		if (found.count == query->limit)
			found.has_more = true;
		else
			ok = add_hit(&found, row);
	}
	if (!ok)
		database_note(&search->database, SQLITE_NOMEM);
	enum edition_result result = end(search, row);
	if (result != EDITION_FOUND)
		search_found_free(&found);
	else
		*out = found;
	return result;
}

enum edition_result
search_find(struct search *search, const struct search_query *query, struct search_found *out)
{
	struct buffer expression = BUFFER_EMPTY;
	struct search_found found = {0};
	enum edition_result result = EDITION_FOUND;

	size_t count = search_words(&expression, query->words);
	if (expression.failed)
		result = EDITION_FAILED;
	else if (count > 0)
		result =
		    collect(search, query->is_ranked ? BEST : NEWEST, query, &expression, &found);
	found.is_ranked = query->is_ranked && !found.is_cut;
	if (result == EDITION_FOUND && query->is_ranked && found.is_cut) {
		search_found_free(&found);
		result = collect(search, NEWEST, query, &expression, &found);
	}
	buffer_free(&expression);
	if (result == EDITION_FOUND)
		*out = found;
	return result;
}

enum edition_result
search_count(
    struct search *search, const struct search_query *query, int64_t *out_count, bool *out_is_cut)
{
	struct buffer expression = BUFFER_EMPTY;
	enum edition_result result = EDITION_FAILED;
	int64_t count = 0;
	bool is_cut = false;

	size_t words = search_words(&expression, query->words);
	if (!expression.failed) {
		sqlite3_stmt *row = begin(search, COUNT, query, &expression);

		while (words > 0 && next(search, row, &is_cut))
			count++;
		result = end(search, row);
	}
	buffer_free(&expression);
	*out_count = count;
	*out_is_cut = is_cut;
	return result;
}
