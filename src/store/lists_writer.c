#include "store/lists_writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/strings.h"
#include "base/time.h"
#include "store/list_name.h"
#include "store/lists.h"

/* list.base is "" where names are not slugged; oldest is the least ID. listing.folder is the list
 * of the article's own folder: by it store/list_sources.h goes around what is hidden. list_tally
 * counts a list's articles below each folder, so that what a zone hides can be subtracted. */
const char lists_schema[] =
    "CREATE TABLE list(number INTEGER PRIMARY KEY, kind INTEGER NOT NULL, base TEXT NOT NULL,"
    "  key TEXT NOT NULL, hash TEXT NOT NULL, label TEXT NOT NULL, oldest INTEGER NOT NULL,"
    "  articles INTEGER NOT NULL);"
    "CREATE UNIQUE INDEX list_key ON list(kind, base, key);"
    "CREATE INDEX list_first ON list(kind, base, oldest, key);"
    "CREATE INDEX list_hash ON list(kind, base, hash, oldest, key);"
    "CREATE TABLE listing(list INTEGER NOT NULL, id INTEGER NOT NULL, folder INTEGER NOT NULL,"
    "  PRIMARY KEY(list, id)) WITHOUT ROWID;"
    "CREATE INDEX listing_folder ON listing(list, folder, id);"
    "CREATE TABLE list_tally(list INTEGER NOT NULL, folder INTEGER NOT NULL,"
    "  articles INTEGER NOT NULL, PRIMARY KEY(list, folder)) WITHOUT ROWID;";

enum statement {
	PRINTED,
	NUMBER,
	NEW,
	GROW,
	SHRINK,
	FORGET,
	LISTING_PUT,
	LISTING_DROP,
	NEWEST,
	RENAME,
	NEWEST_NAMES,
	TALLY_ADD,
	TALLY_TAKE,
	TALLY_FORGET,
	STATEMENT_COUNT
};

static const char *const texts[STATEMENT_COUNT] = {
    [PRINTED] = "SELECT id, date, authors, tags FROM article WHERE path = ?1",
    [NUMBER] = "SELECT number FROM list WHERE kind = ?1 AND base = ?2 AND key = ?3",
    [NEW] = "INSERT INTO list VALUES(NULL, ?1, ?2, ?3, ?4, '', ?5, 0)",
    [GROW] = "UPDATE list SET articles = articles + 1, oldest = min(oldest, ?2) WHERE number = ?1",
    [SHRINK] = ("UPDATE list SET articles = articles - 1, oldest = ifnull("
		"(SELECT min(id) FROM listing WHERE list = ?1), 0) WHERE number = ?1"),
    [FORGET] = "DELETE FROM list WHERE number = ?1 AND articles = 0",
    [LISTING_PUT] = "INSERT INTO listing VALUES(?1, ?2, ?3)",
    [LISTING_DROP] = "DELETE FROM listing WHERE list = ?1 AND id = ?2",
    [NEWEST] = "SELECT max(id) FROM listing WHERE list = ?1",
    [RENAME] = "UPDATE list SET label = ?2 WHERE number = ?1 AND label <> ?2",
    [NEWEST_NAMES] = ("SELECT authors, tags FROM article WHERE id ="
		      " (SELECT max(id) FROM listing WHERE list = ?1)"),
    [TALLY_ADD] = ("INSERT INTO list_tally VALUES(?1, ?2, 1)"
		   " ON CONFLICT DO UPDATE SET articles = articles + 1"),
    [TALLY_TAKE] = "UPDATE list_tally SET articles = articles - 1 WHERE list = ?1 AND folder = ?2",
    [TALLY_FORGET] = "DELETE FROM list_tally WHERE list = ?1 AND folder = ?2 AND articles = 0",
};

struct lists_writer {
	struct database database;
};

/* An article that enters its lists, or leaves them. */
struct change {
	bool is_put;
	int64_t id;
	const char *path, *date, *authors, *tags;
	int64_t *folders; /* the lists of the folders it lies in, its own last */
	size_t folder_count;
};

struct lists_writer *
lists_writer_open(struct database *host)
{
	struct lists_writer *writer = calloc(1, sizeof(*writer));

	if (writer != NULL && !database_join(&writer->database, host, texts, STATEMENT_COUNT)) {
		free(writer);
		writer = NULL;
	}
	return writer;
}

void
lists_writer_close(struct lists_writer *writer)
{
	if (writer == NULL)
		return;
	database_close(&writer->database);
	free(writer);
}

static void
fail(struct lists_writer *writer)
{
	database_note(&writer->database, SQLITE_NOMEM);
}

/* The statement with its first values bound. */
static sqlite3_stmt *
about(struct lists_writer *writer, enum statement which, int64_t first)
{
	sqlite3_stmt *statement = database_statement(&writer->database, which);

	database_bind_number(statement, 1, first);
	return statement;
}

static void
run(struct lists_writer *writer, enum statement which, int64_t first, int64_t second)
{
	sqlite3_stmt *statement = about(writer, which, first);

	database_bind_number(statement, 2, second);
	database_run(&writer->database, statement);
}

/* The number that a statement with its values tells, or -1. */
static int64_t
number(struct lists_writer *writer, sqlite3_stmt *row)
{
	int64_t value = database_step(&writer->database, row) ? sqlite3_column_int64(row, 0) : -1;

	sqlite3_reset(row);
	return value;
}

/* What a list is found by. */
struct list_key {
	enum list_kind kind;
	const char *base, *key, *hash;
	size_t key_len;
};

/* The list's number; one that is not there yet is made, its first article having that ID. */
static int64_t
list_number(struct lists_writer *writer, const struct list_key *list, int64_t id)
{
	sqlite3_stmt *statement = about(writer, NUMBER, list->kind);

	database_bind_text(statement, 2, list->base);
	database_bind_bytes(statement, 3, list->key, list->key_len);
	int64_t found = number(writer, statement);
	if (found != -1)
		return found;
	statement = about(writer, NEW, list->kind);
	database_bind_text(statement, 2, list->base);
	database_bind_bytes(statement, 3, list->key, list->key_len);
	database_bind_text(statement, 4, list->hash);
	database_bind_number(statement, 5, id);
	database_run(&writer->database, statement);
	return sqlite3_last_insert_rowid(writer->database.db);
}

static void
rename_list(struct lists_writer *writer, int64_t list, const char *label, size_t len)
{
	sqlite3_stmt *statement = about(writer, RENAME, list);

	database_bind_bytes(statement, 2, label, len);
	database_run(&writer->database, statement);
}

/* The name in names (one a line) that has that key. */
static const char *
find_spelling(struct lists_writer *writer, const char *names, const char *key, size_t *out_len)
{
	struct list_name name;
	bool failed = false;

	for (; *names != '\0'; names += *out_len + (names[*out_len] == '\n')) {
		*out_len = strcspn(names, "\n");
		if (list_name_make(&name, names, *out_len, &failed) && strcmp(name.key, key) == 0)
			return names;
	}
	if (failed)
		fail(writer);
	return NULL;
}

/* A list is called as its newest article spells it. */
static void
relabel(struct lists_writer *writer, enum list_kind kind, int64_t list, const char *key)
{
	sqlite3_stmt *row = about(writer, NEWEST_NAMES, list);
	size_t len = 0;

	if (database_step(&writer->database, row)) {
		const char *names = database_text(row, kind == LIST_TAG);
		const char *label = find_spelling(writer, names, key, &len);
		if (label != NULL)
			rename_list(writer, list, label, len);
	}
	sqlite3_reset(row);
}

/* Puts the article into a list, or takes it out. */
static void
change_listing(struct lists_writer *writer, const struct change *change, int64_t list)
{
	assert(change->folder_count > 0); /* its own folder is the last */
	if (change->is_put) {
		sqlite3_stmt *statement = about(writer, LISTING_PUT, list);

		database_bind_number(statement, 2, change->id);
		database_bind_number(statement, 3, change->folders[change->folder_count - 1]);
		database_run(&writer->database, statement);
		run(writer, GROW, list, change->id);
	} else {
		run(writer, LISTING_DROP, list, change->id);
		database_run(&writer->database, about(writer, SHRINK, list));
		database_run(&writer->database, about(writer, FORGET, list));
	}
}

static void
change_tallies(struct lists_writer *writer, const struct change *change, int64_t list)
{
	for (size_t i = 0; i < change->folder_count; i++) {
		run(writer, change->is_put ? TALLY_ADD : TALLY_TAKE, list, change->folders[i]);
		if (!change->is_put)
			run(writer, TALLY_FORGET, list, change->folders[i]);
	}
}

/* Tags or authors: names has one a line; one that stands there twice counts once. */
static void
change_names(struct lists_writer *writer, const struct change *change, enum list_kind kind,
    const char *names)
{
	struct strings seen = {0};
	struct list_name name;
	size_t len;
	bool failed = false;

	for (; *names != '\0' && seen.count < LISTS_NAMES_MAX && !failed;
	     names += len + (names[len] == '\n')) {
		len = strcspn(names, "\n");
		if (!list_name_make(&name, names, len, &failed) || strings_contain(&seen, name.key))
			continue;
		failed = !strings_add(&seen, name.key);
		struct list_key key = {kind, name.base, name.key, name.hash, strlen(name.key)};
		int64_t list = list_number(writer, &key, change->id);

		change_listing(writer, change, list);
		change_tallies(writer, change, list);
		if (!change->is_put)
			relabel(writer, kind, list, name.key);
		else if (number(writer, about(writer, NEWEST, list)) == change->id)
			rename_list(writer, list, names, len);
	}
	if (failed)
		fail(writer);
	strings_free(&seen);
}

/* The year or the month that the day shown lies in: its first len bytes. */
static void
change_period(
    struct lists_writer *writer, const struct change *change, enum list_kind kind, size_t len)
{
	struct list_key key = {kind, "", change->date, "", len};

	if (strlen(change->date) != TIME_ISO_DATE_LEN)
		return;
	assert(len < TIME_ISO_DATE_LEN);
	int64_t list = list_number(writer, &key, change->id);
	change_listing(writer, change, list);
	change_tallies(writer, change, list);
}

/* Finds the lists of all folders that the path lies in. */
static bool
find_folders(struct lists_writer *writer, struct change *change)
{
	size_t depth = 0;

	assert(change->path[0] == '/' && change->folder_count == 0);
	for (const char *c = change->path; *c != '\0'; c++)
		depth += *c == '/';
	change->folders = calloc(depth + 1, sizeof(*change->folders));
	if (change->folders == NULL || depth < 2) { /* an article lies below /articles/ */
		if (change->folders == NULL)
			fail(writer);
		return false;
	}
	for (const char *c = change->path + 1; (c = strchr(c, '/')) != NULL; c++) {
		struct list_key key = {
		    LIST_FOLDER, "", change->path, "", (size_t)(c - change->path) + 1};

		assert(change->folder_count < depth && key.key_len > 1);
		change->folders[change->folder_count++] = list_number(writer, &key, change->id);
	}
	return true;
}

/* Folders come last: where the tallies are taken, their numbers are still needed. */
static void
change_lists(struct lists_writer *writer, struct change *change)
{
	if (find_folders(writer, change)) {
		change_names(writer, change, LIST_TAG, change->tags);
		change_names(writer, change, LIST_AUTHOR, change->authors);
		change_period(writer, change, LIST_YEAR, strlen("YYYY"));
		change_period(writer, change, LIST_MONTH, strlen("YYYY-MM"));
		for (size_t i = 0; i < change->folder_count; i++)
			change_listing(writer, change, change->folders[i]);
	}
	free(change->folders);
}

/* What is in print at a path. The strings are copies in *text. */
static bool
find_printed(struct lists_writer *writer, const char *path, struct buffer *text, struct change *out)
{
	sqlite3_stmt *row = database_statement(&writer->database, PRINTED);
	size_t starts[3];

	database_bind_text(row, 1, path);
	bool is_there = database_step(&writer->database, row);
	for (int i = 0; is_there && i < 3; i++) {
		const char *value = database_text(row, i + 1);

		starts[i] = text->len;
		buffer_append(text, value, strlen(value) + 1);
	}
	if (is_there && !text->failed)
		*out = (struct change){
		    .id = sqlite3_column_int64(row, 0),
		    .path = path,
		    .date = text->data + starts[0],
		    .authors = text->data + starts[1],
		    .tags = text->data + starts[2],
		};
	sqlite3_reset(row);
	if (text->failed)
		fail(writer);
	return is_there && !text->failed;
}

static bool
is_same(const struct change *a, const struct change *b)
{
	return a->id == b->id && strcmp(a->date, b->date) == 0 &&
	       strcmp(a->authors, b->authors) == 0 && strcmp(a->tags, b->tags) == 0;
}

void
lists_writer_put(struct lists_writer *writer, int64_t id, const struct article *article)
{
	struct change old, new = {
			       .is_put = true,
			       .id = id,
			       .path = article->card.path,
			       .date = article->card.date,
			       .authors = article->card.authors,
			       .tags = article->tags,
			   };
	struct buffer text = BUFFER_EMPTY;

	assert(id > 0 && article->tags != NULL);
	bool was_printed = find_printed(writer, new.path, &text, &old);
	if (!was_printed || !is_same(&old, &new)) {
		if (was_printed)
			change_lists(writer, &old);
		change_lists(writer, &new);
	}
	buffer_free(&text);
}

void
lists_writer_drop(struct lists_writer *writer, const char *path)
{
	struct buffer text = BUFFER_EMPTY;
	struct change old;

	if (find_printed(writer, path, &text, &old))
		change_lists(writer, &old);
	buffer_free(&text);
}
