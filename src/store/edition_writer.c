#include "store/edition_writer.h"

#include <stdlib.h>
#include <string.h>

#include "article/id.h"
#include "base/array.h"

#define STRINGIFY(x) #x
#define STRING(x)    STRINGIFY(x)

/* Triggers keep counts, so that nobody ever has to count a million rows. */
static const char schema[] =
    "CREATE TABLE memory(what INTEGER PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE article(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, date TEXT NOT NULL,"
    "  title TEXT NOT NULL, authors TEXT NOT NULL, summary TEXT NOT NULL, lang TEXT NOT NULL,"
    "  image TEXT NOT NULL, image_alt TEXT NOT NULL, image_credit TEXT NOT NULL,"
    "  dek TEXT NOT NULL, updated TEXT NOT NULL, tags TEXT NOT NULL, corrections TEXT NOT NULL,"
    "  body TEXT NOT NULL);"
    "CREATE TABLE file(folder TEXT NOT NULL, name TEXT NOT NULL, state INTEGER NOT NULL,"
    "  mtime_ns INTEGER NOT NULL, size INTEGER NOT NULL, inode INTEGER NOT NULL,"
    "  first_seen INTEGER NOT NULL, published INTEGER NOT NULL, reason TEXT NOT NULL,"
    "  mime TEXT NOT NULL, PRIMARY KEY(folder, name)) WITHOUT ROWID;"
    "CREATE INDEX file_due ON file(published) WHERE state = 2;"
    "CREATE TABLE moved(path TEXT NOT NULL, target TEXT NOT NULL, place INTEGER NOT NULL,"
    "  PRIMARY KEY(path, target)) WITHOUT ROWID;"
    "CREATE INDEX moved_target ON moved(target);"
    "CREATE TABLE gone(path TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE uncommitted(path TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE tally(state INTEGER PRIMARY KEY, files INTEGER NOT NULL);"
    "CREATE TABLE folder(path TEXT PRIMARY KEY, entries INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX folder_entries ON folder(entries) WHERE path >= '/articles/'"
    "  AND path < '/articles0';"
    "CREATE TRIGGER file_inserted AFTER INSERT ON file BEGIN"
    "  INSERT INTO tally VALUES(new.state, 1)"
    "    ON CONFLICT DO UPDATE SET files = files + 1;"
    "  INSERT INTO folder VALUES(new.folder, 1)"
    "    ON CONFLICT DO UPDATE SET entries = entries + 1; END;"
    "CREATE TRIGGER file_deleted AFTER DELETE ON file BEGIN"
    "  UPDATE tally SET files = files - 1 WHERE state = old.state;"
    "  UPDATE folder SET entries = entries - 1 WHERE path = old.folder;"
    "  DELETE FROM folder WHERE path = old.folder AND entries = 0; END;"
    "CREATE TRIGGER file_changed AFTER UPDATE OF state ON file WHEN old.state <> new.state BEGIN"
    "  UPDATE tally SET files = files - 1 WHERE state = old.state;"
    "  INSERT INTO tally VALUES(new.state, 1)"
    "    ON CONFLICT DO UPDATE SET files = files + 1; END;"
    "PRAGMA application_id = " STRING(EDITION_MARK) ";";

_Static_assert(FILE_SCHEDULED == 2, "the index file_due names the state by its number");

enum statement {
	BEGIN,
	COMMIT,
	ROLLBACK,
	FILE_GET,
	FILE_PUT,
	FILE_DROP,
	FILE_BELOW,
	FILE_LIST,
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
	MEMORY_GET,
	MEMORY_PUT,
	COUNTS,
	WIDEST,
	STATEMENT_COUNT
};

static const char *const texts[STATEMENT_COUNT] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [FILE_GET] = ("SELECT state, mtime_ns, size, inode, first_seen, published, reason, mime"
		  " FROM file WHERE folder = ?1 AND name = ?2"),
    [FILE_PUT] = ("INSERT INTO file VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"
		  " ON CONFLICT DO UPDATE SET state = ?3, mtime_ns = ?4, size = ?5, inode = ?6,"
		  " first_seen = ?7, published = ?8, reason = ?9, mime = ?10"),
    [FILE_DROP] = "DELETE FROM file WHERE folder = ?1 AND name = ?2",
    [FILE_BELOW] = "SELECT 1 FROM file WHERE folder = ?1 LIMIT 1",
    [FILE_LIST] = ("SELECT name, state, mtime_ns, size, inode, published FROM file"
		   " WHERE folder = ?1 ORDER BY name"),
    [ARTICLE_PUT] = ("INSERT OR REPLACE INTO article"
		     " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)"),
    [ARTICLE_DROP] = "DELETE FROM article WHERE path = ?1",
    [ARTICLE_AT] = "SELECT id FROM article WHERE path = ?1",
    [ARTICLE_PATH] = "SELECT path FROM article WHERE id = ?1",
    [MOVED_DROP] = "DELETE FROM moved WHERE target = ?1",
    [MOVED_PUT] = "INSERT OR IGNORE INTO moved VALUES(?1, ?2, ?3)",
    [GONE_PUT] = "INSERT OR IGNORE INTO gone VALUES(?1)",
    [GONE_DROP] = "DELETE FROM gone WHERE path = ?1",
    [GONE_CLEAR] = "DELETE FROM gone",
    [GONE_IS] = "SELECT 1 FROM gone WHERE path = ?1",
    [DUE_NEXT] = "SELECT min(published) FROM file WHERE state = 2",
    [DUE_LIST] = ("SELECT folder || name FROM file WHERE state = 2 AND published <= ?1"
		  " ORDER BY published"),
    [UNCOMMITTED_PUT] = "INSERT OR IGNORE INTO uncommitted VALUES(?1)",
    [UNCOMMITTED_DROP] = "DELETE FROM uncommitted WHERE path = ?1",
    [UNCOMMITTED_LIST] = "SELECT path FROM uncommitted LIMIT 500",
    [UNCOMMITTED_COUNT] = "SELECT count(*) FROM uncommitted",
    [MEMORY_GET] = "SELECT value FROM memory WHERE what = ?1",
    [MEMORY_PUT] = "INSERT OR REPLACE INTO memory VALUES(?1, ?2)",
    [COUNTS] = EDITION_COUNTS,
    [WIDEST] = ("SELECT max(entries) FROM folder"
		" WHERE path >= '/articles/' AND path < '/articles0'"),
};

struct edition_writer {
	struct database database;
	unsigned number;
	bool is_finished;
	bool will_finish;                   /* with the running transaction */
	bool is_open;                       /* a transaction is */
	struct buffer reason, mime, memory; /* what was read last: a row is not kept waiting */
};

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

/* Looks at what the file is, and gives an empty one its tables. */
static enum writer_found
recognise(struct edition_writer *writer)
{
	struct database *database = &writer->database;

	set_up(database);
	int mark = edition_file_pragma(database, "PRAGMA application_id");
	int version = edition_file_pragma(database, "PRAGMA user_version");
	int tables = edition_file_pragma(database, "SELECT count(*) FROM sqlite_schema");
	if (database->trouble == DATABASE_FINE && mark == 0 && tables == 0) {
		writer_begin(writer);
		database_execute(database, schema);
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
	writer->is_finished = version == EDITION_SCHEMA;
	return writer->is_finished ? WRITER_FINISHED : WRITER_UNFINISHED;
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
	edition_file_path(path, folder, number);
	writer->number = number;
	if (!database_open(&writer->database, path, DATABASE_WRITE, texts, STATEMENT_COUNT, err)) {
		bool is_damaged = writer->database.trouble == DATABASE_DAMAGED;
		free(writer);
		return is_damaged ? WRITER_UNUSABLE : WRITER_FAILED;
	}
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

void
writer_close(struct edition_writer *writer)
{
	if (writer == NULL)
		return;
	writer_rollback(writer);
	database_close(&writer->database);
	buffer_free(&writer->reason);
	buffer_free(&writer->mime);
	buffer_free(&writer->memory);
	free(writer);
}

unsigned
writer_number(const struct edition_writer *writer)
{
	return writer->number;
}

bool
writer_is_finished(const struct edition_writer *writer)
{
	return writer->is_finished;
}

/* The statement with its first value bound to text. */
static sqlite3_stmt *
about(struct edition_writer *writer, enum statement which, const char *text)
{
	sqlite3_stmt *statement = database_statement(&writer->database, which);

	if (statement != NULL)
		database_bind_text(statement, 1, text);
	return statement;
}

static void
run(struct edition_writer *writer, sqlite3_stmt *statement)
{
	database_run(&writer->database, statement);
}

static void
run_plain(struct edition_writer *writer, enum statement which)
{
	run(writer, database_statement(&writer->database, which));
}

void
writer_begin(struct edition_writer *writer)
{
	if (writer->is_open)
		return;
	writer_forgive(writer);
	run_plain(writer, BEGIN);
	writer->is_open = true;
	writer->will_finish = false;
}

bool
writer_commit(struct edition_writer *writer, struct error *err)
{
	if (!writer->is_open)
		return true;
	if (writer->database.trouble == DATABASE_FINE)
		run_plain(writer, COMMIT);
	if (writer->database.trouble != DATABASE_FINE) {
		error_set(
		    err, "edition-%u.db: %s", writer->number, database_reason(&writer->database));
		writer_rollback(writer);
		return false;
	}
	writer->is_open = false;
	if (writer->will_finish)
		writer->is_finished = true;
	return true;
}

/* SQLite may have rolled back by itself already, after a full disk for instance. */
void
writer_rollback(struct edition_writer *writer)
{
	if (writer->is_open && !sqlite3_get_autocommit(writer->database.db))
		run_plain(writer, ROLLBACK);
	writer->is_open = false;
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
	writer->will_finish = true;
}

/* Binds folder and name, as the file table is keyed by them. */
static sqlite3_stmt *
about_file(struct edition_writer *writer, enum statement which, const char *path)
{
	sqlite3_stmt *statement = database_statement(&writer->database, which);
	const char *name = strrchr(path, '/') + 1;

	database_bind_bytes(statement, 1, path, (size_t)(name - path));
	database_bind_text(statement, 2, name);
	return statement;
}

static enum file_state
state_of(sqlite3_stmt *row, int column)
{
	int64_t state = sqlite3_column_int64(row, column);

	return state >= 0 && state < FILE_STATE_COUNT ? (enum file_state)state : FILE_PLAIN;
}

/* Copies a column, so that the statement can be reset: one left open would keep the log from
 * shrinking. */
static const char *
keep(struct buffer *in, sqlite3_stmt *row, int column)
{
	buffer_truncate(in, 0);
	buffer_puts(in, database_text(row, column));
	return buffer_text(in);
}

bool
writer_file(struct edition_writer *writer, const char *path, struct file_row *out)
{
	sqlite3_stmt *row = about_file(writer, FILE_GET, path);

	bool is_there = database_step(&writer->database, row);
	if (is_there)
		*out = (struct file_row){
		    .state = state_of(row, 0),
		    .mtime_ns = sqlite3_column_int64(row, 1),
		    .size = sqlite3_column_int64(row, 2),
		    .inode = sqlite3_column_int64(row, 3),
		    .first_seen = sqlite3_column_int64(row, 4),
		    .published = sqlite3_column_int64(row, 5),
		    .reason = keep(&writer->reason, row, 6),
		    .mime = keep(&writer->mime, row, 7),
		};
	sqlite3_reset(row);
	return is_there;
}

void
writer_put_file(struct edition_writer *writer, const char *path, const struct file_row *row)
{
	sqlite3_stmt *statement = about_file(writer, FILE_PUT, path);

	database_bind_number(statement, 3, row->state);
	database_bind_number(statement, 4, row->mtime_ns);
	database_bind_number(statement, 5, row->size);
	database_bind_number(statement, 6, row->inode);
	database_bind_number(statement, 7, row->first_seen);
	database_bind_number(statement, 8, row->published);
	database_bind_text(statement, 9, row->reason);
	database_bind_text(statement, 10, row->mime);
	run(writer, statement);
}

void
writer_drop_file(struct edition_writer *writer, const char *path)
{
	run(writer, about_file(writer, FILE_DROP, path));
}

/* Whether a statement finds a row. */
static bool
exists(struct edition_writer *writer, sqlite3_stmt *row)
{
	bool is_there = database_step(&writer->database, row);

	sqlite3_reset(row);
	return is_there;
}

bool
writer_has_rows(struct edition_writer *writer, const char *folder)
{
	return exists(writer, about(writer, FILE_BELOW, folder));
}

static bool
add_entry(struct file_list *list, size_t *capacity, sqlite3_stmt *row)
{
	struct file_entry *entries =
	    array_room(list->entries, list->count, capacity, sizeof(*entries));
	if (entries == NULL)
		return false;
	list->entries = entries;
	struct file_entry entry = {
	    .name = strdup(database_text(row, 0)),
	    .state = state_of(row, 1),
	    .mtime_ns = sqlite3_column_int64(row, 2),
	    .size = sqlite3_column_int64(row, 3),
	    .inode = sqlite3_column_int64(row, 4),
	    .published = sqlite3_column_int64(row, 5),
	};
	if (entry.name == NULL)
		return false;
	list->entries[list->count++] = entry;
	return true;
}

bool
writer_list(struct edition_writer *writer, const char *folder, struct file_list *out)
{
	struct file_list list = {0};
	size_t capacity = 0;
	bool ok = true;
	sqlite3_stmt *row = about(writer, FILE_LIST, folder);

	while (ok && database_step(&writer->database, row))
		ok = add_entry(&list, &capacity, row);
	sqlite3_reset(row);
	if (!ok || writer->database.trouble != DATABASE_FINE) {
		file_list_free(&list);
		return false;
	}
	*out = list;
	return true;
}

void
file_list_free(struct file_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free(list->entries[i].name);
	free(list->entries);
	*list = (struct file_list){0};
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

	int64_t id = free_id(writer, published, card->path);
	sqlite3_stmt *statement = database_statement(&writer->database, ARTICLE_PUT);
	database_bind_number(statement, 1, id);
	for (int i = 0; i < count; i++)
		database_bind_text(statement, 2 + i, values[i]);
	database_bind_bytes(statement, 2 + count, article->body, article->body_len);
	run(writer, statement);
}

void
writer_drop_article(struct edition_writer *writer, const char *path)
{
	run(writer, about(writer, ARTICLE_DROP, path));
}

bool
writer_article(struct edition_writer *writer, const char *path, int64_t *out_published)
{
	sqlite3_stmt *row = about(writer, ARTICLE_AT, path);
	bool is_there = database_step(&writer->database, row);

	if (is_there)
		*out_published = id_published(sqlite3_column_int64(row, 0));
	sqlite3_reset(row);
	return is_there;
}

void
writer_put_moved(struct edition_writer *writer, const char *target, const struct strings *old_paths)
{
	run(writer, about(writer, MOVED_DROP, target));
	for (size_t i = 0; i < old_paths->count; i++) {
		sqlite3_stmt *statement = about(writer, MOVED_PUT, old_paths->items[i]);

		database_bind_text(statement, 2, target);
		database_bind_number(statement, 3, (int64_t)i);
		run(writer, statement);
	}
}

void
writer_put_gone(struct edition_writer *writer, const char *path)
{
	run(writer, about(writer, GONE_PUT, path));
}

void
writer_drop_gone(struct edition_writer *writer, const char *path)
{
	run(writer, about(writer, GONE_DROP, path));
}

void
writer_clear_gone(struct edition_writer *writer)
{
	run_plain(writer, GONE_CLEAR);
}

bool
writer_is_gone(struct edition_writer *writer, const char *path)
{
	return exists(writer, about(writer, GONE_IS, path));
}

/* The number a statement without values tells; `otherwise` where it tells NULL. */
static int64_t
number(struct edition_writer *writer, enum statement which, int64_t otherwise)
{
	sqlite3_stmt *row = database_statement(&writer->database, which);
	int64_t value = otherwise;

	if (database_step(&writer->database, row) && sqlite3_column_type(row, 0) != SQLITE_NULL)
		value = sqlite3_column_int64(row, 0);
	sqlite3_reset(row);
	return value;
}

/* Adds the texts that a statement tells to out. */
static bool
collect(struct edition_writer *writer, sqlite3_stmt *row, struct strings *out)
{
	bool ok = true;

	while (ok && database_step(&writer->database, row))
		ok = strings_add(out, database_text(row, 0));
	sqlite3_reset(row);
	return ok && writer->database.trouble == DATABASE_FINE;
}

int64_t
writer_next_due(struct edition_writer *writer)
{
	return number(writer, DUE_NEXT, INT64_MAX);
}

bool
writer_due(struct edition_writer *writer, int64_t now, struct strings *out)
{
	sqlite3_stmt *row = database_statement(&writer->database, DUE_LIST);

	database_bind_number(row, 1, now);
	return collect(writer, row, out);
}

void
writer_put_uncommitted(struct edition_writer *writer, const char *path)
{
	run(writer, about(writer, UNCOMMITTED_PUT, path));
}

void
writer_drop_uncommitted(struct edition_writer *writer, const char *path)
{
	run(writer, about(writer, UNCOMMITTED_DROP, path));
}

bool
writer_uncommitted(struct edition_writer *writer, struct strings *out)
{
	return collect(writer, database_statement(&writer->database, UNCOMMITTED_LIST), out);
}

int64_t
writer_count_uncommitted(struct edition_writer *writer)
{
	return number(writer, UNCOMMITTED_COUNT, 0);
}

const char *
writer_recall(struct edition_writer *writer, enum writer_memory what)
{
	sqlite3_stmt *row = database_statement(&writer->database, MEMORY_GET);

	database_bind_number(row, 1, what);
	bool is_there = database_step(&writer->database, row);
	const char *value = is_there ? keep(&writer->memory, row, 0) : "";
	sqlite3_reset(row);
	return value;
}

void
writer_remember(struct edition_writer *writer, enum writer_memory what, const char *value)
{
	sqlite3_stmt *statement = database_statement(&writer->database, MEMORY_PUT);

	database_bind_number(statement, 1, what);
	database_bind_text(statement, 2, value);
	run(writer, statement);
}

void
writer_counts(struct edition_writer *writer, struct edition_counts *out)
{
	edition_file_counts(&writer->database, COUNTS, out);
}

int64_t
writer_widest_folder(struct edition_writer *writer)
{
	return number(writer, WIDEST, 0);
}
