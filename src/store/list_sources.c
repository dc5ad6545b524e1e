#include "store/list_sources.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/buffer.h"
#include "base/text.h"
#include "store/lists.h"

enum statement { LIST, BELOW, OWN, NEWEST, NEWEST_OWN, STATEMENT_COUNT };

static const char *const texts[STATEMENT_COUNT] = {
    [LIST] = "SELECT kind, key FROM list WHERE number = ?1",
    [BELOW] = ("SELECT number, key FROM list WHERE kind = ?1 AND base = '' AND key > ?2"
	       " AND key < ?3 ORDER BY key LIMIT 1"),
    [OWN] = ("SELECT listing.folder, folder.key FROM listing"
	     " CROSS JOIN list AS folder ON folder.number = listing.folder"
	     " WHERE listing.list = ?1 AND listing.folder > ?2 ORDER BY listing.folder LIMIT 1"),
    [NEWEST] = "SELECT max(id) FROM listing WHERE list = ?1 AND id < ?2",
    [NEWEST_OWN] = "SELECT max(id) FROM listing WHERE list = ?1 AND folder = ?3 AND id < ?2",
};

#define ANY_FOLDER (-1)
#define NO_ID      (-1)

/* Articles of a list, all or those right in a folder. */
struct source {
	int64_t list, folder;
	int64_t next; /* the newest that was not taken yet, or NO_ID */
};

struct list_sources {
	struct database database;
	struct source *all;
	size_t count, capacity;
};

struct list_sources *
list_sources_open(struct database *host)
{
	struct list_sources *sources = calloc(1, sizeof(*sources));

	if (sources != NULL && !database_join(&sources->database, host, texts, STATEMENT_COUNT)) {
		free(sources);
		sources = NULL;
	}
	return sources;
}

void
list_sources_close(struct list_sources *sources)
{
	if (sources == NULL)
		return;
	database_close(&sources->database);
	free(sources->all);
	free(sources);
}

static bool
is_fine(const struct list_sources *sources)
{
	return sources->database.host->trouble == DATABASE_FINE;
}

static bool
is_hidden(const struct list_sources_query *query, const char *folder)
{
	for (size_t i = 0; i < query->hidden_count; i++)
		if (text_starts(folder, query->hidden[i]))
			return true;
	return false;
}

static bool
has_hidden_below(const struct list_sources_query *query, const char *folder)
{
	for (size_t i = 0; i < query->hidden_count; i++)
		if (text_starts(query->hidden[i], folder))
			return true;
	return false;
}

/* The newest of a source below an ID, or NO_ID. */
static int64_t
find_next(struct list_sources *sources, const struct source *source, int64_t before)
{
	bool is_own = source->folder != ANY_FOLDER;
	sqlite3_stmt *row = database_statement(&sources->database, is_own ? NEWEST_OWN : NEWEST);
	int64_t id = NO_ID;

	database_bind_number(row, 1, source->list);
	database_bind_number(row, 2, before);
	if (is_own)
		database_bind_number(row, 3, source->folder);
	if (database_step(&sources->database, row) && sqlite3_column_type(row, 0) != SQLITE_NULL)
		id = sqlite3_column_int64(row, 0);
	sqlite3_reset(row);
	return id;
}

/* Adds a source unless nothing is left in it. */
static void
add(struct list_sources *sources, int64_t list, int64_t folder, int64_t before)
{
	struct source source = {.list = list, .folder = folder};

	source.next = find_next(sources, &source, before);
	if (source.next == NO_ID)
		return;
	struct source *all =
	    array_room(sources->all, sources->count, &sources->capacity, sizeof(*all));
	if (all == NULL) {
		database_note(&sources->database, SQLITE_NOMEM);
		return;
	}
	sources->all = all;
	all[sources->count++] = source;
}

/* What comes right behind all that begins with a folder: "/" at its end is "0" then. */
static void
put_end(struct buffer *out, const char *folder)
{
	buffer_truncate(out, 0);
	buffer_append(out, folder, strlen(folder) - 1);
	buffer_putc(out, '/' + 1);
	buffer_puts(out, "");
}

/* The next folder below one, of which `cursor` is where to go on, and moves the cursor behind it:
 * into the folder if something hidden lies there, or over it. False at the end. */
static bool
add_next_below(struct list_sources *sources, const struct list_sources_query *query,
    struct buffer *cursor, const struct buffer *end)
{
	sqlite3_stmt *row = database_statement(&sources->database, BELOW);

	database_bind_number(row, 1, LIST_FOLDER);
	database_bind_text(row, 2, buffer_text(cursor));
	database_bind_text(row, 3, buffer_text(end));
	bool is_there = database_step(&sources->database, row);
	if (is_there) {
		const char *folder = database_text(row, 1);
		int64_t list = sqlite3_column_int64(row, 0);

		if (!is_hidden(query, folder) && has_hidden_below(query, folder)) {
			add(sources, list, list, query->before);
			buffer_truncate(cursor, 0);
			buffer_puts(cursor, folder);
		} else {
			if (!is_hidden(query, folder))
				add(sources, list, ANY_FOLDER, query->before);
			put_end(cursor, folder);
		}
	}
	sqlite3_reset(row);
	if (cursor->failed)
		database_note(&sources->database, SQLITE_NOMEM);
	return is_there;
}

/* Goes through the folders below one. False if they are too many. */
static bool
add_below(struct list_sources *sources, const struct list_sources_query *query, const char *folder)
{
	struct buffer cursor = BUFFER_EMPTY, end = BUFFER_EMPTY;
	size_t looked_at = 0;

	buffer_puts(&cursor, folder);
	put_end(&end, folder);
	if (end.failed)
		database_note(&sources->database, SQLITE_NOMEM);
	if (!is_hidden(query, folder))
		add(sources, query->list, query->list, query->before);
	while (looked_at <= LIST_SOURCES_MAX && is_fine(sources) &&
	       add_next_below(sources, query, &cursor, &end))
		looked_at++;
	buffer_free(&cursor);
	buffer_free(&end);
	return looked_at <= LIST_SOURCES_MAX;
}

/* Goes through the folders that articles of the list lie right in. False if they are too many. */
static bool
add_own(struct list_sources *sources, const struct list_sources_query *query)
{
	int64_t folder = ANY_FOLDER;

	for (size_t looked_at = 0; looked_at <= LIST_SOURCES_MAX; looked_at++) {
		sqlite3_stmt *row = database_statement(&sources->database, OWN);

		database_bind_number(row, 1, query->list);
		database_bind_number(row, 2, folder);
		bool is_there = database_step(&sources->database, row);
		folder = sqlite3_column_int64(row, 0);
		if (is_there && !is_hidden(query, database_text(row, 1)))
			add(sources, query->list, folder, query->before);
		sqlite3_reset(row);
		if (!is_there || !is_fine(sources))
			return true;
	}
	return false;
}

bool
list_sources_begin(struct list_sources *sources, const struct list_sources_query *query)
{
	sqlite3_stmt *row = database_statement(&sources->database, LIST);
	bool is_small = true;

	sources->count = 0;
	database_bind_number(row, 1, query->list);
	if (database_step(&sources->database, row)) {
		if (sqlite3_column_int64(row, 0) == LIST_FOLDER)
			is_small = add_below(sources, query, database_text(row, 1));
		else
			is_small = add_own(sources, query);
	}
	sqlite3_reset(row);
	return is_small && is_fine(sources);
}

bool
list_sources_next(struct list_sources *sources, int64_t *out_id)
{
	struct source *newest = NULL;

	for (size_t i = 0; i < sources->count; i++)
		if (newest == NULL || sources->all[i].next > newest->next)
			newest = &sources->all[i];
	if (newest == NULL || newest->next == NO_ID)
		return false;
	int64_t id = newest->next;
	newest->next = find_next(sources, newest, id);
	*out_id = id;
	return is_fine(sources);
}
