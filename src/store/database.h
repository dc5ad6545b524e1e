/*
 * database - one SQLite connection and its statements, each prepared at first use and kept. What
 * reader and writer of an edition have in common; nothing outside store/ needs it.
 *
 * Trouble is remembered, as in base/buffer.h: run as many statements as needed, then look at
 * `trouble` once.
 */
#ifndef STORE_DATABASE_H
#define STORE_DATABASE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* The worse the greater. */
enum database_trouble {
	DATABASE_FINE,
	DATABASE_BUSY,    /* locked, or out of memory: the same may work later */
	DATABASE_FULL,    /* no room on the disk: the same will work once there is */
	DATABASE_FAILED,  /* an I/O error, a statement that is wrong */
	DATABASE_DAMAGED, /* the file is none, or is broken */
};

struct database {
	sqlite3 *db;
	const char *const *texts;  /* of the statements, borrowed */
	sqlite3_stmt **statements; /* owned, NULL until first used */
	size_t count;
	enum database_trouble trouble; /* the worst since database_forgive() */
	struct database *host;         /* whose connection this shares, or NULL: its own */
};

enum database_mode { DATABASE_READ, DATABASE_WRITE };

/* Opens (or, for writing, makes) the file. texts[0..count) are the statements to come. On failure
 * *out is closed, but its trouble tells which kind it was. */
bool database_open(struct database *out, const char *path, enum database_mode mode,
    const char *const *texts, size_t count, struct error *err);
/* Shares the connection of a host with more statements. All trouble is the host's: look there. The
 * host outlives it. False if out of memory. */
bool database_join(
    struct database *out, struct database *host, const char *const *texts, size_t count);
void database_close(struct database *database);

/* The statement, ready for its values; NULL after trouble (the functions below accept that). */
sqlite3_stmt *database_statement(struct database *database, size_t which);

/* Position counts from 1. The text must stay until the statement is run. */
void database_bind_text(sqlite3_stmt *statement, int position, const char *text);
void database_bind_bytes(sqlite3_stmt *statement, int position, const char *text, size_t len);
void database_bind_number(sqlite3_stmt *statement, int position, int64_t number);

/* Takes the next row. False when there is none, or on trouble. */
bool database_step(struct database *database, sqlite3_stmt *statement);
/* Runs a statement that gives no rows, and resets it. */
void database_run(struct database *database, sqlite3_stmt *statement);
/* The same for texts that are not kept; several statements with ";" between them. */
void database_execute(struct database *database, const char *text);

/* A column as text, never NULL, borrowed until the statement is stepped or reset. */
const char *database_text(sqlite3_stmt *statement, int column);

/* Remembers what an SQLite result code means. */
void database_note(struct database *database, int code);
/* The sentence of SQLite for the last trouble. */
const char *database_reason(const struct database *database);
void database_forgive(struct database *database);

#endif
