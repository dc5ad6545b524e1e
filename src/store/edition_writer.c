#include "store/edition_writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "article/id.h"
#include "store/lists_writer.h"
#include "store/search_writer.h"
#include "store/tables.h"

#define STRINGIFY(x) #x
#define STRING(x)    STRINGIFY(x)

/* The write-ahead log is kept when the last writer leaves, for readers that may write nothing
 * could not make it again. NORMAL: the edition is derived, and names the commit it stands at. */
static void
set_up(struct database *database)
{
	int keep = 1;

	database_execute(database, "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;"
				   "PRAGMA cache_size = -16000");
	database_note(
	    database, sqlite3_file_control(database->db, "main", SQLITE_FCNTL_PERSIST_WAL, &keep));
}

static void
take_in_log(struct edition_writer *writer)
{
	/* What readers still look at stays for the next time. */
	sqlite3_wal_checkpoint_v2(
	    writer->database.db, "main", SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	writer->log_pages = 0;
}

/* Instead of SQLite's own after every 1000 pages, which one upload in twenty had to wait for. */
static int
on_commit(void *arg, sqlite3 *db, const char *name, int log_pages)
{
	struct edition_writer *writer = arg;

	(void)db, (void)name;
	writer->log_pages = log_pages;
	if (log_pages >= WRITER_LOG_MAX)
		take_in_log(writer);
	return SQLITE_OK;
}

void
writer_tidy(struct edition_writer *writer)
{
	assert(writer->log_pages >= 0);
	if (writer->log_pages >= WRITER_LOG_TIDY && !writer->is_open)
		take_in_log(writer);
}

/* Looks at what the file is, and gives an empty one its tables. */
static enum writer_found
recognise(struct edition_writer *writer)
{
	struct database *database = &writer->database;

	set_up(database);
	sqlite3_wal_hook(database->db, on_commit, writer);
	int mark = edition_file_pragma(database, "PRAGMA application_id");
	int version = edition_file_pragma(database, "PRAGMA user_version");
	int tables = edition_file_pragma(database, "SELECT count(*) FROM sqlite_schema");
	if (database->trouble == DATABASE_FINE && mark == 0 && tables == 0) {
		writer_begin(writer);
		database_execute(database, tables_schema);
		database_execute(database, lists_schema);
		database_execute(database, search_schema);
		struct error ignored;
		if (writer_commit(writer, &ignored))
			mark = EDITION_MARK;
	}
	if (database->trouble == DATABASE_DAMAGED)
		return WRITER_UNUSABLE;
	if (database->trouble != DATABASE_FINE)
		return WRITER_FAILED;
	if (mark != EDITION_MARK || (version != 0 && version != EDITION_SCHEMA))
		return WRITER_UNUSABLE;
	return version == EDITION_SCHEMA ? WRITER_FINISHED : WRITER_UNFINISHED;
}

enum writer_found
writer_open(const char *folder, unsigned number, struct edition_writer **out, struct error *err)
{
	char path[EDITION_PATH_MAX];
	struct edition_writer *writer = calloc(1, sizeof(*writer));

	if (writer == NULL) {
		error_set(err, "out of memory");
		return WRITER_FAILED;
	}
	assert(number > 0); /* 0 is no edition's */
	edition_file_path(path, folder, number);
	writer->number = number;
	if (!database_open(&writer->database, path, DATABASE_WRITE, tables_texts,
		WRITER_STATEMENT_COUNT, err)) {
		bool is_damaged = writer->database.trouble == DATABASE_DAMAGED;
		free(writer);
		return is_damaged ? WRITER_UNUSABLE : WRITER_FAILED;
	}
	writer->lists = lists_writer_open(&writer->database);
	if (writer->lists == NULL)
		database_note(&writer->database, SQLITE_NOMEM);
	writer->search = search_writer_open(&writer->database);
	enum writer_found found = recognise(writer);
	if (found == WRITER_FINISHED || found == WRITER_UNFINISHED) {
		*out = writer;
		return found;
	}
	error_set(err, "%s: %s", path,
	    writer->database.trouble == DATABASE_FINE ? "is an edition of another version"
						      : database_reason(&writer->database));
	writer_close(writer);
	return found;
}

static void
run_plain(struct edition_writer *writer, enum writer_statement which)
{
	tables_run(writer, database_statement(&writer->database, which));
}

/* SQLite may have rolled back by itself already, after a full disk for instance. */
static void
roll_back(struct edition_writer *writer)
{
	if (!writer->is_open)
		return;
	if (!sqlite3_get_autocommit(writer->database.db))
		run_plain(writer, ROLLBACK);
	search_writer_forget(writer->search);
	writer->is_open = false;
}

void
writer_close(struct edition_writer *writer)
{
	if (writer == NULL)
		return;
	roll_back(writer);
	lists_writer_close(writer->lists);
	search_writer_close(writer->search);
	database_close(&writer->database);
	for (size_t i = 0; i < TABLES_FILE_TEXTS; i++)
		buffer_free(&writer->file_texts[i]);
	buffer_free(&writer->memory);
	free(writer);
}

unsigned
writer_number(const struct edition_writer *writer)
{
	return writer->number;
}

void
writer_begin(struct edition_writer *writer)
{
	assert(writer->lists != NULL && writer->search != NULL);
	if (writer->is_open)
		return;
	writer_forgive(writer);
	run_plain(writer, BEGIN);
	writer->is_open = true;
}

bool
writer_commit(struct edition_writer *writer, struct error *err)
{
	if (!writer->is_open)
		return true;
	search_writer_flush(writer->search);
	if (writer->database.trouble == DATABASE_FINE)
		run_plain(writer, COMMIT);
	if (writer->database.trouble != DATABASE_FINE) {
		error_set(
		    err, "edition-%u.db: %s", writer->number, database_reason(&writer->database));
		roll_back(writer);
		return false;
	}
	writer->is_open = false;
	return true;
}

enum database_trouble
writer_trouble(const struct edition_writer *writer)
{
	return writer->database.trouble;
}

void
writer_forgive(struct edition_writer *writer)
{
	if (writer->database.trouble != DATABASE_DAMAGED)
		database_forgive(&writer->database);
}

void
writer_finish(struct edition_writer *writer)
{
	database_execute(&writer->database, "PRAGMA user_version = " STRING(EDITION_SCHEMA));
}

/* The first ID for path at that second that no other article has. */
static int64_t
free_id(struct edition_writer *writer, int64_t published, const char *path)
{
	for (unsigned attempt = 0;; attempt++) {
		int64_t id = id_make(published, path, attempt);
		sqlite3_stmt *row = database_statement(&writer->database, ARTICLE_PATH);

		database_bind_number(row, 1, id);
		bool is_taken = database_step(&writer->database, row) &&
				strcmp(database_text(row, 0), path) != 0;
		sqlite3_reset(row);
		if (!is_taken)
			return id;
	}
}

void
writer_put_article(struct edition_writer *writer, int64_t published, const struct article *article)
{
	const struct card *card = &article->card;
	const char *const values[] = {card->path, card->date, card->title, card->authors,
	    card->summary, card->lang, card->image, card->image_alt, card->image_credit,
	    article->dek, article->updated, article->tags, article->corrections};
	const int count = sizeof(values) / sizeof(*values);

	assert(card->path[0] == '/');
	int64_t id = free_id(writer, published, card->path);
	assert(id > 0);
	lists_writer_put(writer->lists, id, article);
	search_writer_drop(writer->search, card->path);
	sqlite3_stmt *statement = database_statement(&writer->database, ARTICLE_PUT);
	database_bind_number(statement, 1, id);
	for (int i = 0; i < count; i++)
		database_bind_text(statement, 2 + i, values[i]);
	database_bind_bytes(statement, 2 + count, article->body, article->body_len);
	tables_run(writer, statement);
	search_writer_put(writer->search, id);
}

void
writer_drop_article(struct edition_writer *writer, const char *path)
{
	assert(path[0] == '/');
	lists_writer_drop(writer->lists, path);
	search_writer_drop(writer->search, path);
	tables_run(writer, tables_about(writer, ARTICLE_DROP, path));
}

bool
writer_article(struct edition_writer *writer, const char *path, int64_t *out_published)
{
	sqlite3_stmt *row = tables_about(writer, ARTICLE_AT, path);
	bool is_there = database_step(&writer->database, row);

	if (is_there)
		*out_published = id_published(sqlite3_column_int64(row, 0));
	sqlite3_reset(row);
	return is_there;
}

void
writer_put_moved(struct edition_writer *writer, const char *target, const struct strings *old_paths)
{
	assert(target[0] == '/');
	tables_run(writer, tables_about(writer, MOVED_DROP, target));
	for (size_t i = 0; i < old_paths->count; i++) {
		sqlite3_stmt *statement = tables_about(writer, MOVED_PUT, old_paths->items[i]);

		database_bind_text(statement, 2, target);
		database_bind_number(statement, 3, (int64_t)i);
		tables_run(writer, statement);
	}
}

void
writer_put_gone(struct edition_writer *writer, const char *path)
{
	assert(path[0] == '/');
	tables_run(writer, tables_about(writer, GONE_PUT, path));
}

void
writer_drop_gone(struct edition_writer *writer, const char *path)
{
	tables_run(writer, tables_about(writer, GONE_DROP, path));
}

void
writer_clear_gone(struct edition_writer *writer)
{
	run_plain(writer, GONE_CLEAR);
}

bool
writer_is_gone(struct edition_writer *writer, const char *path)
{
	return tables_exists(writer, tables_about(writer, GONE_IS, path));
}

void
writer_put_editors(struct edition_writer *writer, const struct strings *fingerprints)
{
	run_plain(writer, EDITORS_CLEAR);
	for (size_t i = 0; i < fingerprints->count; i++)
		tables_run(writer, tables_about(writer, EDITOR_PUT, fingerprints->items[i]));
}

int64_t
writer_next_due(struct edition_writer *writer)
{
	return tables_number(writer, DUE_NEXT, INT64_MAX);
}

bool
writer_due(struct edition_writer *writer, int64_t now, struct strings *out)
{
	sqlite3_stmt *row = database_statement(&writer->database, DUE_LIST);

	database_bind_number(row, 1, now);
	return tables_collect(writer, row, out);
}

void
writer_put_uncommitted(struct edition_writer *writer, const char *path)
{
	assert(path[0] == '/');
	tables_run(writer, tables_about(writer, UNCOMMITTED_PUT, path));
}

void
writer_drop_uncommitted(struct edition_writer *writer, const char *path)
{
	tables_run(writer, tables_about(writer, UNCOMMITTED_DROP, path));
}

bool
writer_uncommitted(struct edition_writer *writer, struct strings *out)
{
	return tables_collect(writer, database_statement(&writer->database, UNCOMMITTED_LIST), out);
}

int64_t
writer_count_uncommitted(struct edition_writer *writer)
{
	return tables_number(writer, UNCOMMITTED_COUNT, 0);
}

const char *
writer_recall(struct edition_writer *writer, enum writer_memory what)
{
	sqlite3_stmt *row = database_statement(&writer->database, MEMORY_GET);

	database_bind_number(row, 1, what);
	bool is_there = database_step(&writer->database, row);
	const char *value = is_there ? tables_keep(&writer->memory, row, 0) : "";
	sqlite3_reset(row);
	return value;
}

void
writer_remember(struct edition_writer *writer, enum writer_memory what, const char *value)
{
	sqlite3_stmt *statement = database_statement(&writer->database, MEMORY_PUT);

	database_bind_number(statement, 1, what);
	database_bind_text(statement, 2, value);
	tables_run(writer, statement);
}

void
writer_counts(struct edition_writer *writer, struct edition_counts *out)
{
	edition_file_counts(&writer->database, COUNTS, out);
}

int64_t
writer_widest_folder(struct edition_writer *writer)
{
	return tables_number(writer, WIDEST, 0);
}
