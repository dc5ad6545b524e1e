#include "store/file_table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/text.h"
#include "store/tables.h"

#define FIRST_TEXT 8 /* of FILE_COLUMNS; TABLES_FILE_TEXTS follow */

/* Binds folder and name, as the file table is keyed by them. */
static sqlite3_stmt *
about_file(struct edition_writer *writer, enum writer_statement which, const char *path)
{
	assert(path[0] == '/');
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

/* Reads FILE_COLUMNS but for their texts. What is no article has no second of publication: there
 * the column holds its ctime, so that no edition has to be printed anew for one more. */
static struct file_row
read_row(sqlite3_stmt *row)
{
	enum file_state state = state_of(row, 0);
	int64_t moment = sqlite3_column_int64(row, 5);

	return (struct file_row){
	    .state = state,
	    .mtime_ns = sqlite3_column_int64(row, 1),
	    .size = sqlite3_column_int64(row, 2),
	    .inode = sqlite3_column_int64(row, 3),
	    .first_seen = sqlite3_column_int64(row, 4),
	    .published = state == FILE_PLAIN ? 0 : moment,
	    .ctime_ns = state == FILE_PLAIN ? moment : 0,
	    .is_ready = sqlite3_column_int64(row, 6) != 0,
	    .changed = sqlite3_column_int64(row, 7),
	};
}

static void
texts_of(struct file_row *row, const char **out[static TABLES_FILE_TEXTS])
{
	const char **all[TABLES_FILE_TEXTS] = {
	    &row->reason, &row->mime, &row->title, &row->editor, &row->date};

	memcpy(out, all, sizeof(all));
}

bool
writer_file(struct edition_writer *writer, const char *path, struct file_row *out)
{
	sqlite3_stmt *row = about_file(writer, FILE_GET, path);
	const char **texts[TABLES_FILE_TEXTS];

	bool is_there = database_step(&writer->database, row);
	if (is_there) {
		*out = read_row(row);
		out->path = path;
		texts_of(out, texts);
		for (int i = 0; i < TABLES_FILE_TEXTS; i++)
			*texts[i] = tables_keep(&writer->file_texts[i], row, FIRST_TEXT + i);
	}
	sqlite3_reset(row);
	return is_there;
}

/* The place in the lists of its state: what stands first has the greatest. */
static int64_t
rank(const struct file_row *row)
{
	switch (row->state) {
	case FILE_ARTICLE:
	case FILE_RETRACTED:
		return row->published;
	case FILE_SCHEDULED:
		return -row->published; /* what is due next */
	case FILE_PLAIN:
	case FILE_DRAFT:
	case FILE_BROKEN:
	case FILE_FOLDER:
	case FILE_STATE_COUNT:
		break;
	}
	return row->changed;
}

void
writer_put_file(struct edition_writer *writer, const char *path, const struct file_row *row)
{
	assert(row->state < FILE_STATE_COUNT);
	sqlite3_stmt *statement = about_file(writer, FILE_PUT, path);
	const int64_t numbers[] = {row->state, row->mtime_ns, row->size, row->inode,
	    row->first_seen, row->state == FILE_PLAIN ? row->ctime_ns : row->published,
	    row->is_ready, row->changed, rank(row)};
	const char *const texts[TABLES_FILE_TEXTS] = {
	    row->reason, row->mime, row->title, row->editor, row->date};
	int position = 3;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		database_bind_number(statement, position++, numbers[i]);
	for (size_t i = 0; i < TABLES_FILE_TEXTS; i++)
		database_bind_text(statement, position++, texts[i]);
	tables_run(writer, statement);
}

void
writer_drop_file(struct edition_writer *writer, const char *path)
{
	tables_run(writer, about_file(writer, FILE_DROP, path));
}

bool
writer_has_rows(struct edition_writer *writer, const char *folder)
{
	return tables_exists(writer, tables_about(writer, FILE_BELOW, folder));
}

static bool
add_entry(struct file_list *list, size_t *capacity, sqlite3_stmt *row)
{
	struct file_entry *entries =
	    array_room(list->entries, list->count, capacity, sizeof(*entries));
	if (entries == NULL)
		return false;
	list->entries = entries;
	enum file_state state = state_of(row, 1);
	int64_t moment = sqlite3_column_int64(row, 5);
	struct file_entry entry = {
	    .name = strdup(database_text(row, 0)),
	    .state = state,
	    .mtime_ns = sqlite3_column_int64(row, 2),
	    .size = sqlite3_column_int64(row, 3),
	    .inode = sqlite3_column_int64(row, 4),
	    .published = state == FILE_PLAIN ? 0 : moment,
	    .ctime_ns = state == FILE_PLAIN ? moment : 0,
	    .first_seen = sqlite3_column_int64(row, 6),
	    .is_undated = sqlite3_column_int64(row, 7) != 0,
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
	sqlite3_stmt *row = tables_about(writer, FILE_LIST, folder);

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

/* The statement that walks the fewest files, with what it asks for but the place to begin. */
static sqlite3_stmt *
choose(struct edition_writer *writer, const struct file_query *query)
{
	enum writer_statement which = FILES_IN_STATE;
	size_t section_len = 0;

	if (query->under != NULL && query->under[0] == '/' && query->under[1] != '\0')
		section_len = 2 + strcspn(query->under + 1, "/");
	if (query->is_ready)
		which = FILES_READY;
	else if (query->editor != NULL && query->editor[0] != '\0')
		which = FILES_OF_EDITOR;
	else if (section_len > 0 && query->state == FILE_PLAIN)
		which = FILES_IN_SECTION;

	sqlite3_stmt *statement = database_statement(&writer->database, which);
	if (which != FILES_IN_SECTION)
		database_bind_number(statement, 4, query->state);
	if (which == FILES_OF_EDITOR)
		database_bind_text(statement, 5, query->editor);
	if (which == FILES_IN_SECTION)
		database_bind_bytes(statement, 5, query->under, section_len);
	return statement;
}

/* Binds where to begin: behind query->after, or before everything. */
static void
begin_after(struct edition_writer *writer, const struct file_query *query, sqlite3_stmt *statement)
{
	bool is_there = false;
	int64_t place = INT64_MAX;

	if (query->after != NULL) {
		sqlite3_stmt *row = about_file(writer, FILE_RANK, query->after);
		is_there = database_step(&writer->database, row);
		if (is_there)
			place = sqlite3_column_int64(row, 0);
		sqlite3_reset(row);
	}
	const char *name = is_there ? strrchr(query->after, '/') + 1 : "";
	database_bind_number(statement, 1, place);
	database_bind_bytes(
	    statement, 2, query->after, is_there ? (size_t)(name - query->after) : 0);
	database_bind_text(statement, 3, name);
}

static bool
is_wanted(const struct file_query *query, const struct file_row *row)
{
	return (query->under == NULL || text_starts(row->path, query->under)) &&
	       (query->editor == NULL || strcmp(row->editor, query->editor) == 0);
}

bool
writer_query(
    struct edition_writer *writer, const struct file_query *query, file_visit *visit, void *arg)
{
	sqlite3_stmt *statement = choose(writer, query);
	size_t left = query->limit;

	begin_after(writer, query, statement);
	while (left > 0 && database_step(&writer->database, statement)) {
		struct file_row row = read_row(statement);
		const char **texts[TABLES_FILE_TEXTS];

		row.path = database_text(statement, FIRST_TEXT + TABLES_FILE_TEXTS);
		texts_of(&row, texts);
		for (int i = 0; i < TABLES_FILE_TEXTS; i++)
			*texts[i] = database_text(statement, FIRST_TEXT + i);
		if (!is_wanted(query, &row))
			continue;
		visit(arg, &row);
		left--;
	}
	sqlite3_reset(statement);
	return writer->database.trouble == DATABASE_FINE;
}
