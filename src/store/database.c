#include "store/database.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define BUSY_WAIT_MS 250 /* only the recovery after a crash ever makes somebody wait */

static enum database_trouble
trouble_of(int code)
{
	switch (code & 0xff) {
	case SQLITE_OK:
	case SQLITE_ROW:
	case SQLITE_DONE:
		return DATABASE_FINE;
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
	case SQLITE_NOMEM:
		return DATABASE_BUSY;
	case SQLITE_FULL:
		return DATABASE_FULL;
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return DATABASE_DAMAGED;
	default:
		return DATABASE_FAILED;
	}
}

void
database_note(struct database *database, int code)
{
	enum database_trouble trouble = trouble_of(code);

	if (database->host != NULL)
		database = database->host;
	assert(database->host == NULL); /* trouble has one place */
	if (trouble > database->trouble)
		database->trouble = trouble;
}

/* No extension, no trigger or view of a damaged schema may do harm; a failing disk must be an
 * error and not a signal, so nothing is mapped. */
static void
harden(struct database *database, enum database_mode mode)
{
	sqlite3_db_config(database->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(database->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	sqlite3_busy_timeout(database->db, BUSY_WAIT_MS);
	database_execute(database, "PRAGMA mmap_size = 0; PRAGMA temp_store = MEMORY");
	if (mode == DATABASE_READ)
		database_execute(database, "PRAGMA query_only = 1");
}

bool
database_open(struct database *out, const char *path, enum database_mode mode,
    const char *const *texts, size_t count, struct error *err)
{
	int flags = mode == DATABASE_READ ? SQLITE_OPEN_READONLY
					  : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

	*out = (struct database){.texts = texts, .count = count};
	out->statements = calloc(count, sizeof(sqlite3_stmt *));
	if (out->statements == NULL) {
		out->trouble = DATABASE_BUSY;
		return error_set(err, "out of memory");
	}
	database_note(out, sqlite3_open_v2(path, &out->db, flags | SQLITE_OPEN_NOMUTEX, NULL));
	if (out->trouble == DATABASE_FINE)
		harden(out, mode);
	if (out->trouble == DATABASE_FINE)
		return true;
	error_set(err, "%s: %s", path, database_reason(out));
	database_close(out);
	return false;
}

bool
database_join(struct database *out, struct database *host, const char *const *texts, size_t count)
{
	assert(host->host == NULL && host->db != NULL);
	*out = (struct database){.db = host->db, .texts = texts, .count = count, .host = host};
	out->statements = calloc(count, sizeof(sqlite3_stmt *));
	return out->statements != NULL;
}

void
database_close(struct database *database)
{
	for (size_t i = 0; database->statements != NULL && i < database->count; i++)
		sqlite3_finalize(database->statements[i]);
	free(database->statements);
	if (database->host == NULL)
		sqlite3_close(database->db);
	database->statements = NULL;
	database->db = NULL;
}

sqlite3_stmt *
database_statement(struct database *database, size_t which)
{
	assert(which < database->count && database->texts[which] != NULL);
	sqlite3_stmt **statement = &database->statements[which];

	if (*statement == NULL)
		database_note(database, sqlite3_prepare_v3(database->db, database->texts[which], -1,
					    SQLITE_PREPARE_PERSISTENT, statement, NULL));
	else
		sqlite3_reset(*statement);
	return *statement;
}

void
database_bind_text(sqlite3_stmt *statement, int position, const char *text)
{
	database_bind_bytes(statement, position, text, strlen(text));
}

void
database_bind_bytes(sqlite3_stmt *statement, int position, const char *text, size_t len)
{
	assert(position > 0 && (text != NULL || len == 0));
	if (statement != NULL)
		sqlite3_bind_text64(
		    statement, position, text == NULL ? "" : text, len, SQLITE_STATIC, SQLITE_UTF8);
}

void
database_bind_number(sqlite3_stmt *statement, int position, int64_t number)
{
	assert(position > 0);
	if (statement != NULL)
		sqlite3_bind_int64(statement, position, number);
}

/* A reader that may write nothing can neither mend the index of the log if its halves differ, nor
 * put its mark there. It has to for a moment while a commit goes on, and after a writer's death in
 * it until there is another (SQLite, walIndexReadHdr and walTryBeginRead). */
static bool
waits_for_writer(struct database *database)
{
	switch (sqlite3_extended_errcode(database->db)) {
	case SQLITE_READONLY_RECOVERY:
	case SQLITE_READONLY_CANTINIT:
		return true;
	default:
		return false;
	}
}

static int
step_patiently(struct database *database, sqlite3_stmt *statement)
{
	int code = sqlite3_step(statement);

	for (int waited = 0;
	     code == SQLITE_READONLY && waits_for_writer(database) && waited < BUSY_WAIT_MS;
	     waited++) {
		sqlite3_reset(statement);
		sqlite3_sleep(1);
		code = sqlite3_step(statement);
	}
	return code;
}

bool
database_step(struct database *database, sqlite3_stmt *statement)
{
	if (statement == NULL)
		return false;
	int code = step_patiently(database, statement);
	database_note(database, code);
	return code == SQLITE_ROW;
}

void
database_run(struct database *database, sqlite3_stmt *statement)
{
	database_step(database, statement);
	sqlite3_reset(statement);
}

void
database_execute(struct database *database, const char *text)
{
	database_note(database, sqlite3_exec(database->db, text, NULL, NULL, NULL));
}

const char *
database_text(sqlite3_stmt *statement, int column)
{
	const unsigned char *text = sqlite3_column_text(statement, column);

	return text == NULL ? "" : (const char *)text;
}

const char *
database_reason(const struct database *database)
{
	return database->db == NULL ? "out of memory" : sqlite3_errmsg(database->db);
}

void
database_forgive(struct database *database)
{
	assert(database->host == NULL);
	database->trouble = DATABASE_FINE;
}
