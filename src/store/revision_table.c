#include "store/revision_table.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "store/tables.h"

/* Commits are numbered upwards from 1 and, those read back, downwards from 0. */
static int64_t
next_number(struct edition_writer *writer, enum writer_end end)
{
	return end == WRITER_NEWER ? tables_number(writer, REVISION_NEWEST, 0) + 1
				   : tables_number(writer, REVISION_OLDEST, 1) - 1;
}

/* Notes what a commit says of one path. */
static void
put_path(struct edition_writer *writer, const char *path, int64_t number, bool is_removal)
{
	sqlite3_stmt *statement = tables_about(writer, REVISION_OF_PUT, path);

	database_bind_number(statement, 2, number);
	database_bind_number(statement, 3, is_removal);
	tables_run(writer, statement);
}

/* Of older commits it counts only if no newer one concerns the path: the statement looks. */
static void
put_deleted(struct edition_writer *writer, const char *path, int64_t number)
{
	sqlite3_stmt *statement = tables_about(writer, DELETED_PUT, path);

	database_bind_number(statement, 2, number);
	tables_run(writer, statement);
}

/* Both lists of a revision are in the same order. */
static void
put_paths(struct edition_writer *writer, enum writer_end end, int64_t number,
    const struct history_revision *revision, bool is_move)
{
	size_t removed = 0;

	for (size_t i = 0; i < revision->paths.count; i++) {
		const char *path = revision->paths.items[i];
		bool is_removal = removed < revision->removed.count &&
				  strcmp(path, revision->removed.items[removed]) == 0;

		removed += is_removal;
		put_path(writer, path, number, is_removal);
		if (is_removal && !is_move)
			put_deleted(writer, path, number);
		else if (end == WRITER_NEWER)
			tables_run(writer, tables_about(writer, DELETED_DROP, path));
	}
}

void
writer_put_revision(struct edition_writer *writer, enum writer_end end,
    const struct history_revision *revision, bool is_move)
{
	int64_t number = next_number(writer, end);
	sqlite3_stmt *statement = tables_about(writer, REVISION_PUT, revision->commit);

	database_bind_number(statement, 2, number);
	database_bind_number(statement, 3, revision->seconds);
	database_bind_text(statement, 4, revision->name);
	database_bind_text(statement, 5, revision->mail);
	database_bind_text(statement, 6, revision->message);
	tables_run(writer, statement);
	assert(revision->removed.count <= revision->paths.count);
	put_paths(writer, end, number, revision, is_move);
}

void
writer_clear_revisions(struct edition_writer *writer)
{
	tables_run(writer, database_statement(&writer->database, REVISION_CLEAR));
	tables_run(writer, database_statement(&writer->database, REVISION_OF_CLEAR));
	tables_run(writer, database_statement(&writer->database, DELETED_CLEAR));
}

/* The number that a statement knows for key; greater than all if it knows none. */
static int64_t
number_of(struct edition_writer *writer, enum writer_statement which, const char *key)
{
	sqlite3_stmt *row = tables_about(writer, which, key == NULL ? "" : key);
	bool is_known = database_step(&writer->database, row);
	int64_t number = is_known ? sqlite3_column_int64(row, 0) : INT64_MAX;

	sqlite3_reset(row);
	return number;
}

/* Hands the rows of a statement about a path, those below a number, to visit. */
static size_t
tell(struct edition_writer *writer, sqlite3_stmt *row, int64_t below, size_t limit,
    revision_visit *visit, void *arg)
{
	size_t count = 0;

	database_bind_number(row, 2, below);
	while (count < limit && database_step(&writer->database, row)) {
		struct path_revision revision = {
		    .path = database_text(row, 0),
		    .is_removal = sqlite3_column_int(row, 1) != 0,
		    .seconds = sqlite3_column_int64(row, 3),
		    .name = database_text(row, 4),
		    .mail = database_text(row, 5),
		    .message = database_text(row, 6),
		};

		snprintf(revision.commit, sizeof(revision.commit), "%s", database_text(row, 2));
		visit(arg, &revision);
		count++;
	}
	sqlite3_reset(row);
	return count;
}

size_t
writer_revisions(struct edition_writer *writer, const char *path, const char *before, size_t limit,
    revision_visit *visit, void *arg)
{
	int64_t below = number_of(writer, REVISION_NUMBER, before);

	return tell(writer, tables_about(writer, REVISIONS_OF, path), below, limit, visit, arg);
}

size_t
writer_deleted(struct edition_writer *writer, const char *after, size_t limit,
    revision_visit *visit, void *arg)
{
	int64_t below = number_of(writer, DELETED_NUMBER, after);
	const char *path = after == NULL ? "" : after;

	return tell(writer, tables_about(writer, DELETED_LIST, path), below, limit, visit, arg);
}
