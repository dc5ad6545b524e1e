#include "store/tables.h"

#include "store/edition_file.h"
#include "store/file_state.h"

#define STRINGIFY(x) #x
#define STRING(x)    STRINGIFY(x)

/* The first folder of a path: "/images/" of what lies in "/images/2025/". */
#define SECTION "substr(folder, 1, instr(substr(folder, 2), '/') + 1)"

/* Triggers keep counts, so that nobody ever has to count a million rows. */
const char tables_schema[] =
    "CREATE TABLE memory(what INTEGER PRIMARY KEY, value TEXT NOT NULL);"
    "CREATE TABLE article(id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE, date TEXT NOT NULL,"
    "  title TEXT NOT NULL, authors TEXT NOT NULL, summary TEXT NOT NULL, lang TEXT NOT NULL,"
    "  image TEXT NOT NULL, image_alt TEXT NOT NULL, image_credit TEXT NOT NULL,"
    "  dek TEXT NOT NULL, updated TEXT NOT NULL, tags TEXT NOT NULL, corrections TEXT NOT NULL,"
    "  body TEXT NOT NULL);"
    "CREATE TABLE file(folder TEXT NOT NULL, name TEXT NOT NULL, state INTEGER NOT NULL,"
    "  mtime_ns INTEGER NOT NULL, size INTEGER NOT NULL, inode INTEGER NOT NULL,"
    "  first_seen INTEGER NOT NULL, published INTEGER NOT NULL, is_ready INTEGER NOT NULL,"
    "  changed INTEGER NOT NULL, rank INTEGER NOT NULL, reason TEXT NOT NULL,"
    "  mime TEXT NOT NULL, title TEXT NOT NULL, editor TEXT NOT NULL, date TEXT NOT NULL,"
    "  PRIMARY KEY(folder, name)) WITHOUT ROWID;"
    /* Lists of the desk: the greatest rank first. Folders are in none. */
    "CREATE INDEX file_state ON file(state, rank, folder, name) WHERE state <> 6;"
    "CREATE INDEX file_editor ON file(editor, state, rank, folder, name) WHERE editor <> '';"
    "CREATE INDEX file_section ON file(" SECTION ", rank, folder, name) WHERE state = 0;"
    "CREATE INDEX file_ready ON file(state, rank, folder, name) WHERE is_ready = 1;"
    "CREATE INDEX file_due ON file(published) WHERE state = 2;"
    "CREATE TABLE moved(path TEXT NOT NULL, target TEXT NOT NULL, place INTEGER NOT NULL,"
    "  PRIMARY KEY(path, target)) WITHOUT ROWID;"
    "CREATE INDEX moved_target ON moved(target);"
    "CREATE TABLE gone(path TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE uncommitted(path TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE editor(fingerprint TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE revision(number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE,"
    "  seconds INTEGER NOT NULL, name TEXT NOT NULL, mail TEXT NOT NULL,"
    "  message TEXT NOT NULL);"
    "CREATE TABLE revision_of(path TEXT NOT NULL, number INTEGER NOT NULL,"
    "  is_removal INTEGER NOT NULL,"
    "  PRIMARY KEY(path, number)) WITHOUT ROWID;"
    /* What the newest revision of a path took away, unless it lives on elsewhere. */
    "CREATE TABLE deleted(path TEXT PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX deleted_newest ON deleted(number, path);"
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

_Static_assert(FILE_PLAIN == 0 && FILE_FOLDER == 6, "so do file_section and file_state");

#define FILE_COLUMNS                                                                               \
	"state, mtime_ns, size, inode, first_seen, published, is_ready, changed, reason, mime,"    \
	" title, editor, date"
#define FILES                                                                                      \
	"SELECT " FILE_COLUMNS ", folder || name FROM file WHERE state <> 6 AND"                   \
	" (rank, folder, name) < (?1, ?2, ?3) AND "
#define REVISION_COLUMNS "id, seconds, name, mail, message"
#define NEWEST_FIRST     " ORDER BY rank DESC, folder DESC, name DESC"

const char *const tables_texts[WRITER_STATEMENT_COUNT] = {
    [BEGIN] = "BEGIN IMMEDIATE",
    [COMMIT] = "COMMIT",
    [ROLLBACK] = "ROLLBACK",
    [FILE_GET] = ("SELECT " FILE_COLUMNS " FROM file WHERE folder = ?1 AND name = ?2"),
    [FILE_PUT] = ("INSERT INTO file"
		  " VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)"
		  " ON CONFLICT DO UPDATE SET state = ?3, mtime_ns = ?4, size = ?5, inode = ?6,"
		  " first_seen = ?7, published = ?8, is_ready = ?9, changed = ?10, rank = ?11,"
		  " reason = ?12, mime = ?13, title = ?14, editor = ?15, date = ?16"),
    [FILE_DROP] = "DELETE FROM file WHERE folder = ?1 AND name = ?2",
    [FILE_BELOW] = "SELECT 1 FROM file WHERE folder = ?1 LIMIT 1",
    [FILE_LIST] = ("SELECT name, state, mtime_ns, size, inode, published,"
		   " first_seen, date = '' AND state IN (1, 2, 3, 5) FROM file WHERE folder = ?1 "
		   "ORDER BY name"),
    [FILE_RANK] = "SELECT rank FROM file WHERE folder = ?1 AND name = ?2",
    [FILES_IN_STATE] = FILES "state = ?4" NEWEST_FIRST,
    [FILES_OF_EDITOR] = FILES "state = ?4 AND editor = ?5 AND editor <> ''" NEWEST_FIRST,
    [FILES_IN_SECTION] = FILES "state = 0 AND " SECTION " = ?5" NEWEST_FIRST,
    [FILES_READY] = FILES "state = ?4 AND is_ready = 1" NEWEST_FIRST,
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
    [EDITORS_CLEAR] = "DELETE FROM editor",
    [EDITOR_PUT] = "INSERT OR IGNORE INTO editor VALUES(?1)",
    [REVISION_NEWEST] = "SELECT max(number) FROM revision",
    [REVISION_OLDEST] = "SELECT min(number) FROM revision",
    [REVISION_PUT] = ("INSERT OR IGNORE INTO revision(id, number, seconds, name, mail, message)"
		      " VALUES(?1, ?2, ?3, ?4, ?5, ?6)"),
    [REVISION_OF_PUT] = "INSERT OR IGNORE INTO revision_of VALUES(?1, ?2, ?3)",
    [REVISION_CLEAR] = "DELETE FROM revision",
    [REVISION_OF_CLEAR] = "DELETE FROM revision_of",
    [REVISION_NUMBER] = "SELECT number FROM revision WHERE id = ?1",
    [REVISIONS_OF] = ("SELECT of.path, of.is_removal, " REVISION_COLUMNS " FROM revision_of AS of"
		      " JOIN revision USING(number) WHERE of.path = ?1 AND of.number < ?2"
		      " ORDER BY of.number DESC"),
    [DELETED_PUT] = ("INSERT OR REPLACE INTO deleted SELECT ?1, ?2 WHERE NOT EXISTS"
		     " (SELECT 1 FROM revision_of WHERE path = ?1 AND number > ?2)"),
    [DELETED_DROP] = "DELETE FROM deleted WHERE path = ?1",
    [DELETED_CLEAR] = "DELETE FROM deleted",
    [DELETED_NUMBER] = "SELECT number FROM deleted WHERE path = ?1",
    [DELETED_LIST] = ("SELECT path, 1, " REVISION_COLUMNS " FROM deleted"
		      " JOIN revision USING(number) WHERE (number, path) < (?2, ?1)"
		      " ORDER BY number DESC, path DESC"),
    [MEMORY_GET] = "SELECT value FROM memory WHERE what = ?1",
    [MEMORY_PUT] = "INSERT OR REPLACE INTO memory VALUES(?1, ?2)",
    [COUNTS] = EDITION_COUNTS,
    [WIDEST] = ("SELECT max(entries) FROM folder"
		" WHERE path >= '/articles/' AND path < '/articles0'"),
};

sqlite3_stmt *
tables_about(struct edition_writer *writer, enum writer_statement which, const char *text)
{
	sqlite3_stmt *statement = database_statement(&writer->database, which);

	if (statement != NULL)
		database_bind_text(statement, 1, text);
	return statement;
}

void
tables_run(struct edition_writer *writer, sqlite3_stmt *statement)
{
	database_run(&writer->database, statement);
}

bool
tables_exists(struct edition_writer *writer, sqlite3_stmt *row)
{
	bool is_there = database_step(&writer->database, row);

	sqlite3_reset(row);
	return is_there;
}

int64_t
tables_number(struct edition_writer *writer, enum writer_statement which, int64_t otherwise)
{
	sqlite3_stmt *row = database_statement(&writer->database, which);
	int64_t value = otherwise;

	if (database_step(&writer->database, row) && sqlite3_column_type(row, 0) != SQLITE_NULL)
		value = sqlite3_column_int64(row, 0);
	sqlite3_reset(row);
	return value;
}

bool
tables_collect(struct edition_writer *writer, sqlite3_stmt *row, struct strings *out)
{
	bool ok = true;

	while (ok && database_step(&writer->database, row))
		ok = strings_add(out, database_text(row, 0));
	sqlite3_reset(row);
	return ok && writer->database.trouble == DATABASE_FINE;
}

const char *
tables_keep(struct buffer *in, sqlite3_stmt *row, int column)
{
	buffer_truncate(in, 0);
	buffer_puts(in, database_text(row, column));
	return buffer_text(in);
}
