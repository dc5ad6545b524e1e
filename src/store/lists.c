#include "store/lists.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/list_sources.h"

enum statement {
	BY_KEY,
	FIRST_OF_BASE,
	BY_HASH,
	KEY_OF,
	TALLY,
	NAMES,
	PERIODS,
	LISTING,
	STATEMENT_COUNT
};

#define COLUMNS "number, articles, label, key, base, hash"

static const char *const texts[STATEMENT_COUNT] = {
    [BY_KEY] = ("SELECT " COLUMNS " FROM list WHERE kind = ?1 AND base = ?2 AND key = ?3"),
    [FIRST_OF_BASE] = ("SELECT " COLUMNS " FROM list WHERE kind = ?1 AND base = ?2"
		       " ORDER BY oldest, key LIMIT 1"),
    [BY_HASH] = ("SELECT " COLUMNS " FROM list WHERE kind = ?1 AND base = ?2 AND hash = ?3"
		 " ORDER BY oldest, key LIMIT 1"),
    [KEY_OF] = "SELECT key FROM list WHERE number = ?1",
    [TALLY] = "SELECT articles FROM list_tally WHERE list = ?1 AND folder = ?2",
    [NAMES] = ("SELECT " COLUMNS " FROM list WHERE kind = ?1 AND (base, key) > (?2, ?3)"
	       " ORDER BY base, key"),
    [PERIODS] = ("SELECT " COLUMNS " FROM list WHERE kind = ?1 AND base = '' AND key >= ?2"
		 " AND key < ?3 ORDER BY key DESC"),
    [LISTING] = "SELECT id, folder FROM listing WHERE list = ?1 AND id < ?2 ORDER BY id DESC",
};

struct hidden_folder {
	const char *prefix; /* borrowed */
	int64_t list;       /* of that folder; -1: no article lies there */
	int64_t articles;
};

struct lists {
	struct database database;
	struct list_sources *sources;
	struct hidden_folder *hidden; /* none lies in another */
	const char **hidden_prefixes; /* theirs, borrowed */
	size_t hidden_count;
	bool hides_all;
	int64_t judged_folder; /* the folder looked at last, -1 for none, and the verdict on it */
	bool is_judged_hidden;
};

struct lists *
lists_open(struct database *host)
{
	struct lists *lists = calloc(1, sizeof(*lists));

	if (lists == NULL || !database_join(&lists->database, host, texts, STATEMENT_COUNT)) {
		free(lists);
		return NULL;
	}
	lists->sources = list_sources_open(host);
	if (lists->sources == NULL) {
		lists_close(lists);
		return NULL;
	}
	return lists;
}

void
lists_close(struct lists *lists)
{
	if (lists == NULL)
		return;
	list_sources_close(lists->sources);
	database_close(&lists->database);
	free(lists->hidden);
	free(lists->hidden_prefixes);
	free(lists);
}

static bool
is_fine(const struct lists *lists)
{
	return lists->database.host->trouble == DATABASE_FINE;
}

static void
fail(struct lists *lists)
{
	database_note(&lists->database, SQLITE_NOMEM);
}

static enum edition_result
verdict(const struct lists *lists, bool is_found)
{
	if (!is_fine(lists))
		return EDITION_FAILED;
	return is_found ? EDITION_FOUND : EDITION_ABSENT;
}

static sqlite3_stmt *
about(struct lists *lists, enum statement which, int64_t first)
{
	sqlite3_stmt *statement = database_statement(&lists->database, which);

	database_bind_number(statement, 1, first);
	return statement;
}

static sqlite3_stmt *
about_name(struct lists *lists, enum statement which, enum list_kind kind, const char *second,
    const char *third)
{
	sqlite3_stmt *statement = about(lists, which, kind);

	database_bind_text(statement, 2, second);
	if (third != NULL)
		database_bind_text(statement, 3, third);
	return statement;
}

/* The number in a column of the only row, or `otherwise`. */
static int64_t
number(struct lists *lists, sqlite3_stmt *row, int column, int64_t otherwise)
{
	int64_t value =
	    database_step(&lists->database, row) ? sqlite3_column_int64(row, column) : otherwise;

	sqlite3_reset(row);
	return value;
}

/* Whether another of the prefixes, or the same one earlier, holds all that this one does. */
static bool
is_covered(const char *const *prefixes, size_t count, size_t which)
{
	for (size_t i = 0; i < count; i++) {
		bool is_same = strcmp(prefixes[i], prefixes[which]) == 0;

		if (text_starts(prefixes[which], prefixes[i]) && (!is_same || i < which))
			return true;
	}
	return false;
}

bool
lists_hide(struct lists *lists, const char *const *prefixes, size_t count)
{
	struct hidden_folder *hidden = calloc(count + 1, sizeof(*hidden));
	const char **hidden_prefixes = calloc(count + 1, sizeof(*hidden_prefixes));

	free(lists->hidden);
	free(lists->hidden_prefixes);
	lists->hidden = hidden;
	lists->hidden_prefixes = hidden_prefixes;
	lists->hidden_count = 0;
	lists->hides_all = false;
	lists->judged_folder = -1;
	if (hidden == NULL || hidden_prefixes == NULL) {
		fail(lists);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		if (is_covered(prefixes, count, i))
			continue;
		lists->hides_all |= text_starts(LISTS_ALL, prefixes[i]);
		hidden_prefixes[lists->hidden_count] = prefixes[i];
		struct hidden_folder *folder = &hidden[lists->hidden_count++];
		sqlite3_stmt *row = about_name(lists, BY_KEY, LIST_FOLDER, "", prefixes[i]);

		*folder = (struct hidden_folder){.prefix = prefixes[i], .list = -1};
		if (database_step(&lists->database, row)) {
			folder->list = sqlite3_column_int64(row, 0);
			folder->articles = sqlite3_column_int64(row, 1);
		}
		sqlite3_reset(row);
	}
	return is_fine(lists);
}

static bool
is_path_hidden(const struct lists *lists, const char *path)
{
	for (size_t i = 0; i < lists->hidden_count; i++)
		if (text_starts(path, lists->hidden[i].prefix))
			return true;
	return false;
}

/* Whether what lies right in a folder is hidden. Neighbours in a list often share one. */
static bool
is_folder_hidden(struct lists *lists, int64_t folder)
{
	if (lists->hidden_count == 0)
		return false;
	if (folder != lists->judged_folder) {
		sqlite3_stmt *row = about(lists, KEY_OF, folder);

		/* A folder that is not there is trouble; better nothing shows than too much. */
		lists->is_judged_hidden = !database_step(&lists->database, row) ||
					  is_path_hidden(lists, database_text(row, 0));
		lists->judged_folder = folder;
		sqlite3_reset(row);
	}
	return lists->is_judged_hidden;
}

/* How many of a list's articles lie in a hidden folder. */
static int64_t
count_hidden(struct lists *lists, enum list_kind kind, const struct list *list,
    const struct hidden_folder *h)
{
	if (h->list == -1)
		return 0;
	if (kind == LIST_FOLDER)
		return text_starts(h->prefix, list->key) ? h->articles : 0;
	sqlite3_stmt *row = about(lists, TALLY, list->number);
	database_bind_number(row, 2, h->list);
	return number(lists, row, 0, 0);
}

static bool
has_bare_slug(struct lists *lists, enum list_kind kind, const char *base, int64_t list)
{
	sqlite3_stmt *row = about_name(lists, FIRST_OF_BASE, kind, base, NULL);

	return number(lists, row, 0, -1) == list;
}

/* Takes a list from a row, which stays as it is. False if all of it is hidden, or on trouble:
 * nothing is owned then. */
static bool
read_list(struct lists *lists, enum list_kind kind, sqlite3_stmt *row, struct list *out)
{
	struct list list = {
	    .number = sqlite3_column_int64(row, 0),
	    .articles = sqlite3_column_int64(row, 1),
	    .label = strdup(database_text(row, 2)),
	    .key = strdup(database_text(row, 3)),
	};

	if (list.label == NULL || list.key == NULL) {
		fail(lists);
		list_free(&list);
		return false;
	}
	if (lists->hides_all || (kind == LIST_FOLDER && is_path_hidden(lists, list.key)))
		list.articles = 0;
	for (size_t i = 0; list.articles > 0 && i < lists->hidden_count; i++)
		list.articles -= count_hidden(lists, kind, &list, &lists->hidden[i]);
	if (list.articles <= 0 || !is_fine(lists)) {
		list_free(&list);
		return false;
	}
	*out = list;
	return true;
}

/* Gives a tag or an author its slug. Not while a statement that finds lists by their first is
 * being read: it is run for that. */
static void
set_slug(
    struct lists *lists, enum list_kind kind, const char *base, const char *hash, struct list *list)
{
	if (kind == LIST_TAG || kind == LIST_AUTHOR)
		list_name_slug(
		    list->slug, base, hash, has_bare_slug(lists, kind, base, list->number));
}

void
list_free(struct list *list)
{
	free(list->label);
	free(list->key);
	*list = (struct list){0};
}

/* Reads the only row of a statement. */
static enum edition_result
only_list(struct lists *lists, enum list_kind kind, sqlite3_stmt *row, struct list *out)
{
	struct list_name name = {.key = ""};
	bool is_found = false;

	if (database_step(&lists->database, row) && read_list(lists, kind, row, out)) {
		strncpy(name.base, database_text(row, 4), sizeof(name.base) - 1);
		strncpy(name.hash, database_text(row, 5), sizeof(name.hash) - 1);
		is_found = true;
	}
	sqlite3_reset(row);
	if (is_found)
		set_slug(lists, kind, name.base, name.hash, out);
	return verdict(lists, is_found);
}

enum edition_result
lists_find(struct lists *lists, enum list_kind kind, const char *name, struct list *out)
{
	char base[TEXT_SLUG_MAX + 1], hash[LIST_HASH_LEN + 1];

	if (kind != LIST_TAG && kind != LIST_AUTHOR)
		return only_list(lists, kind, about_name(lists, BY_KEY, kind, "", name), out);
	enum edition_result found = EDITION_ABSENT;
	if (name[0] != '\0')
		found =
		    only_list(lists, kind, about_name(lists, FIRST_OF_BASE, kind, name, NULL), out);
	if (found == EDITION_ABSENT && list_name_split(name, base, hash))
		found = only_list(lists, kind, about_name(lists, BY_HASH, kind, base, hash), out);
	return found;
}

enum edition_result
lists_slugs(struct lists *lists, enum list_kind kind, const char *names, struct buffer *out)
{
	struct list_name name;
	struct list list;
	size_t len;
	bool failed = false;

	for (; *names != '\0' && !failed; names += len + (names[len] == '\n')) {
		len = strcspn(names, "\n");
		if (list_name_make(&name, names, len, &failed) &&
		    only_list(lists, kind, about_name(lists, BY_KEY, kind, name.base, name.key),
			&list) == EDITION_FOUND) {
			buffer_puts(out, list.slug);
			list_free(&list);
		}
		buffer_putc(out, '\n');
	}
	if (failed || out->failed)
		fail(lists);
	return verdict(lists, true);
}

static sqlite3_stmt *
names_after(struct lists *lists, const struct list_query *query)
{
	char base[TEXT_SLUG_MAX + 1];
	sqlite3_stmt *row = about_name(lists, NAMES, query->kind, "", query->after);

	text_slug(query->after, base);
	if (row != NULL) /* the base does not outlive this function */
		sqlite3_bind_text(row, 2, base, -1, SQLITE_TRANSIENT);
	return row;
}

/* Keys of periods are digits and "-": ":" comes after them all. */
static sqlite3_stmt *
periods_before(struct lists *lists, const struct list_query *query)
{
	char end[sizeof("YYYY-:")];
	sqlite3_stmt *row = about_name(lists, PERIODS, query->kind, query->within, query->after);

	if (row == NULL || query->after[0] != '\0')
		return row;
	snprintf(end, sizeof(end), "%s:", query->within);
	sqlite3_bind_text(row, 3, end, -1, SQLITE_TRANSIENT);
	return row;
}

/* Ends a page at a row; list is what was read of it, or NULL if nobody is to see it. */
static void
end_page(struct lists *lists, struct list_page *page, sqlite3_stmt *row, struct list *list)
{
	bool is_full = list != NULL && page->count > 0;

	page->has_more = true;
	page->last = strdup(is_full ? page->lists[page->count - 1].key : database_text(row, 3));
	if (page->last == NULL)
		fail(lists);
	if (list != NULL)
		list_free(list);
}

/* Takes the list of a row onto the page, or over it, or ends the page there. */
static void
add_list(struct lists *lists, const struct list_query *query, sqlite3_stmt *row,
    struct list_page *page, size_t *passed_over)
{
	struct list *list = &page->lists[page->count];

	if (!read_list(lists, query->kind, row, list)) {
		if (++*passed_over == LISTS_SCAN_MAX)
			end_page(lists, page, row, NULL);
	} else if (page->count == query->limit) {
		end_page(lists, page, row, list);
	} else {
		set_slug(lists, query->kind, database_text(row, 4), database_text(row, 5), list);
		page->count++;
	}
}

enum edition_result
lists_page(struct lists *lists, const struct list_query *query, struct list_page *out)
{
	struct list_page page = {.lists = calloc(query->limit + 1, sizeof(*page.lists))};
	bool is_names = query->kind == LIST_TAG || query->kind == LIST_AUTHOR;
	sqlite3_stmt *row = is_names ? names_after(lists, query) : periods_before(lists, query);
	size_t passed_over = 0;

	if (page.lists == NULL)
		fail(lists);
	while (is_fine(lists) && !page.has_more && database_step(&lists->database, row))
		add_list(lists, query, row, &page, &passed_over);
	sqlite3_reset(row);
	if (!is_fine(lists)) {
		list_page_free(&page);
		return EDITION_FAILED;
	}
	*out = page;
	return EDITION_FOUND;
}

void
list_page_free(struct list_page *page)
{
	for (size_t i = 0; i < page->count; i++)
		list_free(&page->lists[i]);
	free(page->lists);
	free(page->last);
	*page = (struct list_page){0};
}

/* Puts an ID on the page, or ends the page there. */
static void
add_article(const struct listing_query *query, int64_t id, struct listing_page *page)
{
	if (id == query->except)
		return;
	page->has_more = page->count == query->limit;
	if (page->has_more)
		return;
	page->ids[page->count++] = id;
	page->last = id;
}

/* Fills the rest of a page, from below an ID, without looking at what is hidden; or ends it there
 * if that would take too long. */
static void
go_around(struct lists *lists, const struct listing_query *query, int64_t before,
    struct listing_page *page)
{
	const struct list_sources_query visible = {
	    .list = query->list,
	    .before = before,
	    .hidden = lists->hidden_prefixes,
	    .hidden_count = lists->hidden_count,
	};
	int64_t id = 0;

	if (list_sources_begin(lists->sources, &visible)) {
		while (!page->has_more && list_sources_next(lists->sources, &id))
			add_article(query, id, page);
	} else {
		page->has_more = true;
		page->last = before;
	}
}

enum edition_result
lists_articles(struct lists *lists, const struct listing_query *query, struct listing_page *out)
{
	sqlite3_stmt *row = about(lists, LISTING, query->list);
	size_t passed_over = 0;
	int64_t id = query->before;

	out->count = 0;
	out->has_more = false;
	out->last = query->before;
	database_bind_number(row, 2, query->before);
	while (!lists->hides_all && !out->has_more && passed_over < LISTS_RUN_MAX &&
	       database_step(&lists->database, row)) {
		id = sqlite3_column_int64(row, 0);
		if (is_folder_hidden(lists, sqlite3_column_int64(row, 1)))
			passed_over++;
		else
			add_article(query, id, out);
	}
	sqlite3_reset(row);
	if (passed_over == LISTS_RUN_MAX)
		go_around(lists, query, id, out);
	return verdict(lists, true);
}
