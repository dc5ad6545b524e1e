#include "store/edition.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "store/database.h"
#include "store/edition_file.h"
#include "store/lists.h"
#include "store/search.h"

enum statement {
	BEGIN,
	END,
	ARTICLE,
	CARD,
	MOVED,
	ORIGIN,
	RETRACTED,
	GONE,
	FILE_TYPE,
	FILE_LOOKS,
	EDITOR,
	COUNTS,
	STATEMENT_COUNT
};

#define CARD_COLUMNS    "id, path, date, title, authors, summary, lang, image, image_alt, image_credit"
#define ARTICLE_COLUMNS CARD_COLUMNS ", dek, updated, tags, corrections, body"

static const char *const texts[STATEMENT_COUNT] = {
    [BEGIN] = "BEGIN",
    [END] = "COMMIT",
    [ARTICLE] = ("SELECT " ARTICLE_COLUMNS " FROM article WHERE path = ?1"),
    [CARD] = ("SELECT " CARD_COLUMNS " FROM article WHERE id = ?1"),
    [MOVED] = ("SELECT target FROM moved WHERE path = ?1 AND NOT EXISTS"
	       " (SELECT 1 FROM file WHERE folder = ?2 AND name = ?3) ORDER BY target LIMIT 1"),
    [ORIGIN] = ("SELECT path FROM moved AS own WHERE target = ?1 AND place = 0"
		" AND NOT EXISTS (SELECT 1 FROM article WHERE article.path = own.path)"
		" AND NOT EXISTS (SELECT 1 FROM moved AS other WHERE other.path = own.path"
		"  AND other.target < own.target)"),
    [RETRACTED] = "SELECT reason FROM file WHERE folder = ?1 AND name = ?2 AND state = ?3",
    [GONE] = "SELECT 1 FROM gone WHERE path = ?1",
    [FILE_TYPE] = "SELECT mime FROM file WHERE folder = ?1 AND name = ?2 AND mime <> ''",
    [FILE_LOOKS] = ("SELECT state, size, inode, mtime_ns, published FROM file"
		    " WHERE folder = ?1 AND name = ?2"),
    [EDITOR] = "SELECT 1 FROM editor WHERE fingerprint = ?1",
    [COUNTS] = EDITION_COUNTS,
};

struct edition {
	struct database database;
	struct lists *lists;
	struct search *search;
	unsigned number;
};

/* Whether this edition is finished and ours, having read from it once. */
static bool
is_finished(struct edition *edition)
{
	return edition_file_pragma(&edition->database, "PRAGMA user_version") == EDITION_SCHEMA &&
	       edition->database.trouble == DATABASE_FINE;
}

static bool
open_number(const char *folder, unsigned number, struct edition *edition, struct error *err)
{
	char path[EDITION_PATH_MAX];
	struct edition_counts counts;

	assert(number > 0); /* 0 is no edition's */
	edition_file_path(path, folder, number);
	if (!database_open(&edition->database, path, DATABASE_READ, texts, STATEMENT_COUNT, err))
		return false;
	edition->number = number;
	edition->lists = lists_open(&edition->database);
	if (edition->lists == NULL)
		database_note(&edition->database, SQLITE_NOMEM);
	edition->search = search_open(&edition->database);
	if (is_finished(edition) && edition_counts(edition, &counts) == EDITION_FOUND)
		return true;
	error_set(err, "%s: %s", path,
	    edition->database.trouble == DATABASE_FINE ? "not finished, or of another version"
						       : database_reason(&edition->database));
	lists_close(edition->lists);
	search_close(edition->search);
	database_close(&edition->database);
	return false;
}

/* Whether we may read that edition. One that we may not is no reason to wait for another. */
static bool
may_read(const char *folder, unsigned number, struct error *err)
{
	char path[EDITION_PATH_MAX];

	edition_file_path(path, folder, number);
	return access(path, R_OK) == 0 || errno != EACCES ||
	       error_set(err, "%s: %s", path, strerror(EACCES));
}

enum edition_result
edition_open(const char *folder, struct edition **out, struct error *err)
{
	unsigned *numbers = NULL;
	size_t count = 0;
	enum edition_result result = EDITION_ABSENT;

	if (!edition_file_numbers(folder, &numbers, &count, err))
		return EDITION_FAILED;
	struct edition *edition = calloc(1, sizeof(*edition));
	if (edition == NULL) {
		error_set(err, "out of memory");
		result = EDITION_FAILED;
	}
	for (size_t i = 0; edition != NULL && result == EDITION_ABSENT && i < count; i++)
		if (open_number(folder, numbers[i], edition, err))
			result = EDITION_FOUND;
		else if (!may_read(folder, numbers[i], err))
			result = EDITION_FAILED;
	free(numbers);
	assert(result != EDITION_FOUND || (edition->lists != NULL && edition->search != NULL));
	if (result == EDITION_FOUND)
		*out = edition;
	else
		free(edition);
	return result;
}

void
edition_close(struct edition *edition)
{
	if (edition == NULL)
		return;
	lists_close(edition->lists);
	search_close(edition->search);
	database_close(&edition->database);
	free(edition);
}

struct search *
edition_search(struct edition *edition)
{
	return edition->search;
}

unsigned
edition_number(const struct edition *edition)
{
	return edition->number;
}

const char *
edition_reason(const struct edition *edition)
{
	return database_reason(&edition->database);
}

struct lists *
edition_lists(struct edition *edition)
{
	return edition->lists;
}

bool
edition_begin(struct edition *edition)
{
	database_forgive(&edition->database);
	database_run(&edition->database, database_statement(&edition->database, BEGIN));
	return edition->database.trouble == DATABASE_FINE;
}

void
edition_end(struct edition *edition)
{
	for (size_t i = 0; i < STATEMENT_COUNT; i++)
		if (edition->database.statements[i] != NULL)
			sqlite3_reset(edition->database.statements[i]);
	if (!sqlite3_get_autocommit(edition->database.db))
		database_run(&edition->database, database_statement(&edition->database, END));
}

/* The verdict on a question for one row, of which has_row says whether it was there. */
static enum edition_result
verdict(const struct edition *edition, bool has_row)
{
	if (edition->database.trouble != DATABASE_FINE)
		return EDITION_FAILED;
	return has_row ? EDITION_FOUND : EDITION_ABSENT;
}

static struct card
read_card(sqlite3_stmt *row)
{
	return (struct card){
	    .id = sqlite3_column_int64(row, 0),
	    .path = database_text(row, 1),
	    .date = database_text(row, 2),
	    .title = database_text(row, 3),
	    .authors = database_text(row, 4),
	    .summary = database_text(row, 5),
	    .lang = database_text(row, 6),
	    .image = database_text(row, 7),
	    .image_alt = database_text(row, 8),
	    .image_credit = database_text(row, 9),
	};
}

enum edition_result
edition_article(struct edition *edition, const char *path, struct article *out)
{
	sqlite3_stmt *row = database_statement(&edition->database, ARTICLE);

	database_bind_text(row, 1, path);
	if (!database_step(&edition->database, row))
		return verdict(edition, false);

	struct article article = {
	    .card = read_card(row),
	    .dek = database_text(row, 10),
	    .updated = database_text(row, 11),
	    .tags = database_text(row, 12),
	    .corrections = database_text(row, 13),
	    .body = database_text(row, 14),
	    .body_len = (size_t)sqlite3_column_bytes(row, 14),
	};
	/* Out of memory must not look like an empty article. */
	if (sqlite3_errcode(edition->database.db) == SQLITE_NOMEM)
		return EDITION_FAILED;
	*out = article;
	return EDITION_FOUND;
}

#define CARD_STRINGS 9

static void
strings_of(struct card *card, const char **out[static CARD_STRINGS])
{
	const char **all[CARD_STRINGS] = {&card->path, &card->date, &card->title, &card->authors,
	    &card->summary, &card->lang, &card->image, &card->image_alt, &card->image_credit};

	memcpy(out, all, sizeof(all));
}

/* A list outlives the rows it was read from: the strings are copied one behind the other into a
 * buffer, and pointed at once that no longer moves. */
static bool
add_card(struct edition_cards *cards, struct card card)
{
	const char **strings[CARD_STRINGS];

	strings_of(&card, strings);
	for (size_t i = 0; i < CARD_STRINGS; i++)
		buffer_append(&cards->text, *strings[i], strlen(*strings[i]) + 1);
	cards->cards[cards->count++] = card;
	return !cards->text.failed;
}

static void
point_cards(struct edition_cards *cards)
{
	const char *string = cards->text.data;

	for (size_t i = 0; i < cards->count; i++) {
		const char **strings[CARD_STRINGS];

		strings_of(&cards->cards[i], strings);
		for (size_t k = 0; k < CARD_STRINGS; k++) {
			assert(string < cards->text.data + cards->text.len);
			*strings[k] = string;
			string += strlen(string) + 1;
		}
	}
}

/* Copies the cards of those articles. */
static bool
add_cards(struct edition *edition, const struct listing_page *page, struct edition_cards *cards)
{
	bool ok = true;

	for (size_t i = 0; ok && i < page->count; i++) {
		sqlite3_stmt *row = database_statement(&edition->database, CARD);

		database_bind_number(row, 1, page->ids[i]);
		if (database_step(&edition->database, row))
			ok = add_card(cards, read_card(row));
		sqlite3_reset(row);
	}
	return ok;
}

/* The number of the list asked for. */
static enum edition_result
find_list(struct edition *edition, const struct edition_query *query, int64_t *out)
{
	struct list all;

	*out = query->list;
	if (query->list != 0)
		return EDITION_FOUND;
	enum edition_result result = lists_find(edition->lists, LIST_FOLDER, LISTS_ALL, &all);
	if (result == EDITION_FOUND) {
		*out = all.number;
		list_free(&all);
	}
	return result;
}

enum edition_result
edition_list(struct edition *edition, const struct edition_query *query, struct edition_cards *out)
{
	struct listing_query wanted = {
	    .before = query->before, .except = query->except, .limit = query->limit};
	struct listing_page page = {.ids = calloc(query->limit + 1, sizeof(*page.ids))};
	struct edition_cards cards = {.cards = calloc(query->limit + 1, sizeof(*cards.cards))};
	bool ok = page.ids != NULL && cards.cards != NULL &&
		  lists_hide(edition->lists, query->hidden, query->hidden_count);

	if (ok && find_list(edition, query, &wanted.list) == EDITION_FOUND)
		ok = lists_articles(edition->lists, &wanted, &page) == EDITION_FOUND &&
		     add_cards(edition, &page, &cards);
	free(page.ids);
	if (!ok || edition->database.trouble != DATABASE_FINE) {
		edition_cards_free(&cards);
		return EDITION_FAILED;
	}
	assert(cards.count <= query->limit);
	cards.has_more = page.has_more;
	cards.last = page.last;
	point_cards(&cards);
	*out = cards;
	return EDITION_FOUND;
}

void
edition_cards_free(struct edition_cards *cards)
{
	free(cards->cards);
	buffer_free(&cards->text);
	*cards = (struct edition_cards){0};
}

/* Binds a path as the file table knows it: the folder with its "/", and the name. */
static void
bind_file(sqlite3_stmt *statement, int position, const char *path)
{
	const char *name = strrchr(path, '/');

	name = name == NULL ? path : name + 1;
	database_bind_bytes(statement, position, path, (size_t)(name - path));
	database_bind_text(statement, position + 1, name);
}

/* Runs a question whose answer is one text; appends it to out. */
static enum edition_result
ask(struct edition *edition, sqlite3_stmt *row, struct buffer *out)
{
	bool has_row = database_step(&edition->database, row);

	if (has_row)
		buffer_puts(out, database_text(row, 0));
	sqlite3_reset(row);
	return out->failed ? EDITION_FAILED : verdict(edition, has_row);
}

/* Runs a question for a row about a text. */
static enum edition_result
ask_whether(struct edition *edition, enum statement which, const char *text)
{
	sqlite3_stmt *row = database_statement(&edition->database, which);

	database_bind_text(row, 1, text);
	bool has_row = database_step(&edition->database, row);
	sqlite3_reset(row);
	return verdict(edition, has_row);
}

enum edition_result
edition_moved(struct edition *edition, const char *path, struct buffer *out)
{
	sqlite3_stmt *row = database_statement(&edition->database, MOVED);

	database_bind_text(row, 1, path);
	bind_file(row, 2, path);
	return ask(edition, row, out);
}

enum edition_result
edition_origin(struct edition *edition, const char *path, struct buffer *out)
{
	sqlite3_stmt *row = database_statement(&edition->database, ORIGIN);

	database_bind_text(row, 1, path);
	return ask(edition, row, out);
}

enum edition_result
edition_gone(struct edition *edition, const char *path, struct buffer *out)
{
	sqlite3_stmt *row = database_statement(&edition->database, RETRACTED);

	bind_file(row, 1, path);
	database_bind_number(row, 3, FILE_RETRACTED);
	enum edition_result result = ask(edition, row, out);
	if (result != EDITION_ABSENT)
		return result;

	return ask_whether(edition, GONE, path);
}

enum edition_result
edition_file_type(struct edition *edition, const char *path, struct buffer *out)
{
	sqlite3_stmt *row = database_statement(&edition->database, FILE_TYPE);

	bind_file(row, 1, path);
	return ask(edition, row, out);
}

enum edition_result
edition_file_looks(struct edition *edition, const char *path, struct edition_looks *out)
{
	sqlite3_stmt *row = database_statement(&edition->database, FILE_LOOKS);

	bind_file(row, 1, path);
	bool has_row = database_step(&edition->database, row);
	if (has_row) /* what stands in the column of publication, file_table.c tells */
		*out = (struct edition_looks){
		    .is_held = sqlite3_column_int64(row, 0) == FILE_BROKEN,
		    .size = sqlite3_column_int64(row, 1),
		    .inode = sqlite3_column_int64(row, 2),
		    .mtime_ns = sqlite3_column_int64(row, 3),
		    .ctime_ns = sqlite3_column_int64(row, 0) == FILE_PLAIN
				    ? sqlite3_column_int64(row, 4)
				    : 0,
		};
	sqlite3_reset(row);
	return verdict(edition, has_row);
}

enum edition_result
edition_editor(struct edition *edition, const char *fingerprint)
{
	return ask_whether(edition, EDITOR, fingerprint);
}

enum edition_result
edition_counts(struct edition *edition, struct edition_counts *out)
{
	edition_file_counts(&edition->database, COUNTS, out);
	return verdict(edition, true);
}
