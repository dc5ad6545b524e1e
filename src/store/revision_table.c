#include "store/revision_table.h"

#include <stdio.h>

#include "store/tables.h"

/* Commits are numbered upwards from 1 and, those read back, downwards from 0. */
static int64_t
next_number(struct edition_writer *writer, enum writer_end end)
{
	return end == WRITER_NEWER ? tables_number(writer, REVISION_NEWEST, 0) + 1
				   : tables_number(writer, REVISION_OLDEST, 1) - 1;
}

void
writer_put_revision(
    struct edition_writer *writer, enum writer_end end, const struct history_revision *revision)
{
	int64_t number = next_number(writer, end);
	sqlite3_stmt *statement = tables_about(writer, REVISION_PUT, revision->commit);

	database_bind_number(statement, 2, number);
	database_bind_number(statement, 3, revision->seconds);
	database_bind_text(statement, 4, revision->name);
	database_bind_text(statement, 5, revision->mail);
	database_bind_text(statement, 6, revision->message);
	tables_run(writer, statement);
	for (size_t i = 0; i < revision->paths.count; i++) {
		statement = tables_about(writer, REVISION_OF_PUT, revision->paths.items[i]);
		database_bind_number(statement, 2, number);
		tables_run(writer, statement);
	}
}

void
writer_clear_revisions(struct edition_writer *writer)
{
	tables_run(writer, database_statement(&writer->database, REVISION_CLEAR));
	tables_run(writer, database_statement(&writer->database, REVISION_OF_CLEAR));
}

static int64_t
number_of(struct edition_writer *writer, const char *commit)
{
	sqlite3_stmt *row = tables_about(writer, REVISION_NUMBER, commit == NULL ? "" : commit);
	bool is_known = database_step(&writer->database, row);
	int64_t number = is_known ? sqlite3_column_int64(row, 0) : INT64_MAX;

	sqlite3_reset(row);
	return number;
}

size_t
writer_revisions(struct edition_writer *writer, const char *path, const char *before, size_t limit,
    revision_visit *visit, void *arg)
{
	int64_t below = number_of(writer, before);
	sqlite3_stmt *row = tables_about(writer, REVISIONS_OF, path);
	size_t count = 0;

	database_bind_number(row, 2, below);
	while (count < limit && database_step(&writer->database, row)) {
		struct history_revision revision = {
		    .seconds = sqlite3_column_int64(row, 1),
		    .name = (char *)database_text(row, 2),
		    .mail = (char *)database_text(row, 3),
		    .message = (char *)database_text(row, 4),
		};

		snprintf(revision.commit, sizeof(revision.commit), "%s", database_text(row, 0));
		visit(arg, &revision);
		count++;
	}
	sqlite3_reset(row);
	return count;
}
