/* Lists of an edition: written by its writer, read as workers read them. */
#include "bindery.h"

#include <sqlite3.h>

#include "article/id.h"
#include "store/edition_file.h"
#include "store/list_sources.h"
#include "store/lists.h"
#include "store/lists_writer.h"

#define DAY 86400

static struct database database; /* of the readers */
static struct lists *lists;

static int
tear_down(void **state)
{
	lists_close(lists);
	lists = NULL;
	if (database.statements != NULL)
		database_close(&database);
	return bindery_tear_down(state);
}

static void
put(const char *path, int64_t published, const char *date, const char *tags, const char *authors)
{
	struct article article = {
	    .card = {0, path, date, "Title", authors, "", "", "", "", ""},
	    .dek = "",
	    .updated = "",
	    .tags = tags,
	    .corrections = "",
	    .body = "",
	};

	writer_begin(writer);
	writer_put_article(writer, published, &article);
}

/* Opens what was written, for reading, with nothing hidden. */
static void
read_lists(void)
{
	static const char *const none[] = {NULL};
	char path[EDITION_PATH_MAX];
	struct error err;

	commit();
	if (lists == NULL) {
		edition_file_path(path, shop.folder, 1);
		if (!database_open(&database, path, DATABASE_READ, none, 0, &err))
			fail_msg("%s", err.text);
		lists = lists_open(&database);
		assert_non_null(lists);
	}
	assert_true(lists_hide(lists, none, 0));
}

/* How many articles a list shows, or 0 if there is none. */
static int64_t
count_of(enum list_kind kind, const char *name)
{
	struct list list;

	switch (lists_find(lists, kind, name, &list)) {
	case EDITION_FOUND:
		break;
	case EDITION_ABSENT:
		return 0;
	case EDITION_FAILED:
		fail_msg("%s: %s", name, database_reason(&database));
	}
	int64_t articles = list.articles;
	list_free(&list);
	return articles;
}

/* The slug of one name; valid until the next call. */
static const char *
slug_of(enum list_kind kind, const char *name)
{
	static char slug[LIST_SLUG_MAX + 1];
	struct buffer out = BUFFER_EMPTY;

	assert_int_equal(lists_slugs(lists, kind, name, &out), EDITION_FOUND);
	snprintf(slug, sizeof(slug), "%.*s", (int)strcspn(out.data, "\n"), out.data);
	buffer_free(&out);
	return slug;
}

/* The label of the list with that slug; valid until the next call. */
static const char *
label_of(enum list_kind kind, const char *slug)
{
	static char label[512];
	struct list list;

	if (lists_find(lists, kind, slug, &list) != EDITION_FOUND)
		return "(none)";
	snprintf(label, sizeof(label), "%s", list.label);
	list_free(&list);
	return label;
}

static void
an_article_is_in_all_its_lists_and_leaves_them(void **state)
{
	static const struct {
		enum list_kind kind;
		const char *name;
	} rows[] = {
	    {LIST_FOLDER, "/articles/"},
	    {LIST_FOLDER, "/articles/a/"},
	    {LIST_FOLDER, "/articles/a/b/"},
	    {LIST_TAG, "legal-aid"},
	    {LIST_TAG, "los-angeles"},
	    {LIST_AUTHOR, "heidi"},
	    {LIST_AUTHOR, "ida"},
	    {LIST_YEAR, "2025"},
	    {LIST_MONTH, "2025-06"},
	};

	(void)state;
	put("/articles/a/b/x.gmi", DAY, "2025-06-13", "legal aid\nLos \xc3\x81ngeles",
	    "Heidi\nIda");
	read_lists();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (count_of(rows[i].kind, rows[i].name) != 1)
			fail_msg("it is not in %s", rows[i].name);
	assert_int_equal(count_of(LIST_FOLDER, "/articles/a"), 0);
	assert_int_equal(count_of(LIST_TAG, ""), 0);
	drop("/articles/a/b/x.gmi");
	read_lists();
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (count_of(rows[i].kind, rows[i].name) != 0)
			fail_msg("it is still in %s", rows[i].name);
}

static void
case_and_blanks_do_not_make_another_name(void **state)
{
	(void)state;
	put("/articles/1.gmi", DAY, "2025-01-01", "legal aid\nLegal  Aid", "\xc3\x89mile");
	put("/articles/2.gmi", 2 * DAY, "2025-01-02", "Legal Aid", "\xc3\xa9mile");
	read_lists();
	assert_int_equal(count_of(LIST_TAG, "legal-aid"), 2);
	assert_string_equal(label_of(LIST_TAG, "legal-aid"), "Legal Aid");
	assert_int_equal(count_of(LIST_AUTHOR, "emile"), 2);
	drop("/articles/2.gmi");
	read_lists();
	assert_string_equal(label_of(LIST_TAG, "legal-aid"), "legal aid");
	assert_string_equal(label_of(LIST_AUTHOR, "emile"), "\xc3\x89mile");
}

static void
the_name_with_the_oldest_article_has_the_bare_slug(void **state)
{
	static const struct {
		const char *path, *tag;
		int64_t day;
	} articles[] = {{"/articles/1.gmi", "C++", 1}, {"/articles/2.gmi", "C", 2},
	    {"/articles/3.gmi", "C#", 3}};
	static const int orders[][3] = {{0, 1, 2}, {2, 1, 0}, {1, 2, 0}};
	char of_c[LIST_SLUG_MAX + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		for (size_t k = 0; k < 3; k++) {
			int which = orders[i][k];

			put(articles[which].path, articles[which].day * DAY, "2025-01-01",
			    articles[which].tag, "");
		}
		read_lists();
		assert_string_equal(slug_of(LIST_TAG, "C++"), "c");
		snprintf(of_c, sizeof(of_c), "%s", slug_of(LIST_TAG, "C"));
		assert_int_equal(strlen(of_c), strlen("c-123456"));
		assert_string_equal(label_of(LIST_TAG, "c"), "C++");
		assert_string_equal(label_of(LIST_TAG, of_c), "C");
		assert_string_equal(label_of(LIST_TAG, slug_of(LIST_TAG, "c#")), "C#");
		drop("/articles/1.gmi");
		read_lists();
		assert_string_equal(slug_of(LIST_TAG, "C"), "c");
		assert_string_equal(label_of(LIST_TAG, of_c), "C"); /* its own address stays */
		drop("/articles/2.gmi");
		drop("/articles/3.gmi");
	}
}

static void
names_of_any_kind_lead_to_their_list(void **state)
{
	static const char *const names[] = {"..", "/", "+++", "\xe2\x98\x83",
	    "\xe6\x97\xa5\xe6\x9c\xac", "=> /x", "%2e%2e", "more", "atom.xml", "abcdef", "x abcdef",
	    "a\xffz", "\xc4\xb0", "Alpha", "alpha beta"};
	char path[64];
	const char *slug;
	struct buffer longest = BUFFER_EMPTY;

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "/articles/%zu.gmi", i);
		put(path, DAY * (int64_t)(i + 1), "2025-01-01", "", names[i]);
	}
	for (int i = 0; i < 4000; i++)
		buffer_puts(&longest, i % 2 == 0 ? "x" : "+");
	put("/articles/long.gmi", 99 * DAY, "2025-01-01", "", longest.data);
	read_lists();
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		slug = slug_of(LIST_AUTHOR, names[i]);
		if (slug[0] == '\0' || strchr(slug, '/') != NULL || strcmp(slug, "..") == 0 ||
		    strcmp(label_of(LIST_AUTHOR, slug), names[i]) != 0)
			fail_msg("%s has the slug %s, which leads to %s", names[i], slug,
			    label_of(LIST_AUTHOR, slug));
	}
	slug = slug_of(LIST_AUTHOR, longest.data);
	assert_int_equal(count_of(LIST_AUTHOR, slug), 1);
	buffer_free(&longest);
}

static void
what_is_hidden_is_in_no_count_and_no_page(void **state)
{
	static const char *const zones[] = {
	    "/articles/in/", "/articles/in/deep/", "/articles/none/", "/images/"};
	static const char *const everything[] = {"/"};
	static const struct {
		enum list_kind kind;
		const char *name;
		int64_t shown;
	} rows[] = {
	    {LIST_FOLDER, "/articles/", 2},
	    {LIST_FOLDER, "/articles/in/", 0},
	    {LIST_FOLDER, "/articles/in/deep/", 0},
	    {LIST_TAG, "both", 1},
	    {LIST_TAG, "secret", 0},
	    {LIST_AUTHOR, "ada", 2},
	    {LIST_AUTHOR, "mole", 0},
	    {LIST_YEAR, "2025", 2},
	    {LIST_MONTH, "2025-01", 2},
	    {LIST_MONTH, "2025-02", 0},
	};
	struct list_page page;
	struct list list;

	(void)state;
	put("/articles/in/a.gmi", 5 * DAY, "2025-01-01", "both\nsecret", "Mole");
	put("/articles/in/deep/b.gmi", 6 * DAY, "2025-02-01", "both", "Ada\nMole");
	put("/articles/in.gmi", DAY, "2025-01-01", "both", "Ada");
	put("/articles/out/d.gmi", 2 * DAY, "2025-01-02", "", "Ada");
	read_lists();
	assert_int_equal(count_of(LIST_TAG, "both"), 3);
	assert_true(lists_hide(lists, zones, 4));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (count_of(rows[i].kind, rows[i].name) != rows[i].shown)
			fail_msg(
			    "%s shows %d", rows[i].name, (int)count_of(rows[i].kind, rows[i].name));
	struct list_query query = {.kind = LIST_AUTHOR, .after = "", .within = "", .limit = 9};
	assert_int_equal(lists_page(lists, &query, &page), EDITION_FOUND);
	assert_int_equal(page.count, 1);
	assert_string_equal(page.lists[0].label, "Ada");
	list_page_free(&page);
	assert_int_equal(lists_find(lists, LIST_FOLDER, LISTS_ALL, &list), EDITION_FOUND);
	int64_t ids[4];
	struct listing_query articles = {.list = list.number, .before = INT64_MAX, .limit = 4};
	struct listing_page found = {.ids = ids};
	assert_int_equal(lists_articles(lists, &articles, &found), EDITION_FOUND);
	assert_int_equal(found.count, 2);
	assert_int_equal(id_published(ids[0]), 2 * DAY);
	assert_false(found.has_more);
	list_free(&list);
	assert_true(lists_hide(lists, everything, 1));
	assert_int_equal(count_of(LIST_FOLDER, "/articles/"), 0);
	assert_int_equal(count_of(LIST_TAG, "both"), 0);
}

/* Puts a run of articles of the zone "/articles/x/in/" between those that all may see, the newest
 * of which come first. */
static void
put_hidden_run(int length)
{
	char path[64];

	put("/articles/oldest.gmi", DAY, "1970-01-02", "tag", "Ada");
	put("/articles/x/a.gmi", 2 * DAY, "1970-01-03", "tag", "Ada");
	put("/articles/x/ins/b.gmi", 3 * DAY, "1970-01-04", "tag", "Ada");
	put("/articles/y/z/c.gmi", 4 * DAY, "1970-01-05", "tag", "Ada");
	put("/articles/x/z/d.gmi", 5 * DAY, "1970-01-06", "tag", "Ada");
	for (int i = 0; i < length; i++) {
		snprintf(path, sizeof(path), "/articles/x/in/%d/%d.gmi", i % 7, i);
		put(path, 6 * DAY + i, "1970-01-07", "tag", "Ada");
	}
	put("/articles/y/e.gmi", 8 * DAY, "1970-01-09", "tag", "Ada");
}

/* Pages through a list and writes the day of each article shown, one character each. */
static void
page_through(int64_t list, size_t limit, int64_t except, char out[static 16])
{
	int64_t ids[8];
	struct listing_query query = {
	    .list = list, .before = INT64_MAX, .limit = limit, .except = except};
	struct listing_page page = {.ids = ids};
	size_t len = 0;

	do {
		assert_int_equal(lists_articles(lists, &query, &page), EDITION_FOUND);
		assert_true(page.count == limit || !page.has_more);
		for (size_t i = 0; i < page.count; i++) {
			assert_true(len < 15);
			out[len++] = (char)('0' + id_published(ids[i]) / DAY);
		}
		query.before = page.last;
	} while (page.has_more);
	out[len] = '\0';
}

static void
a_long_hidden_run_ends_no_page(void **state)
{
	static const char *const zones[] = {"/articles/x/in/", "/articles/none/"};
	static const struct {
		enum list_kind kind;
		const char *name, *days;
	} rows[] = {
	    {LIST_FOLDER, "/articles/", "854321"},
	    {LIST_FOLDER, "/articles/x/", "532"},
	    {LIST_FOLDER, "/articles/x/ins/", "3"},
	    {LIST_FOLDER, "/articles/y/", "84"},
	    {LIST_TAG, "tag", "854321"},
	    {LIST_AUTHOR, "ada", "854321"},
	    {LIST_YEAR, "1970", "854321"},
	};
	struct list list;
	char days[16];

	(void)state;
	put_hidden_run(LISTS_SCAN_MAX + 10);
	read_lists();
	assert_true(lists_hide(lists, zones, 2));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		for (size_t limit = 1; limit < 8; limit++) {
			assert_int_equal(
			    lists_find(lists, rows[i].kind, rows[i].name, &list), EDITION_FOUND);
			page_through(list.number, limit, 0, days);
			list_free(&list);
			if (strcmp(days, rows[i].days) != 0)
				fail_msg("%s by %zu: %s", rows[i].name, limit, days);
		}
	assert_int_equal(lists_find(lists, LIST_FOLDER, LISTS_ALL, &list), EDITION_FOUND);
	page_through(list.number, 2, id_make(3 * DAY, "/articles/x/ins/b.gmi", 0), days);
	list_free(&list);
	assert_string_equal(days, "85421");
}

/* Each of very many folders would have to be looked into: the page ends instead, and leads on. */
static void
a_hidden_run_among_very_many_folders_ends_a_page_early(void **state)
{
	static const char *const zones[] = {"/articles/in/"};
	char path[64];
	struct list list;
	int64_t ids[1];
	struct listing_page page = {.ids = ids};
	int pages = 0;

	(void)state;
	for (int i = 0; i < LIST_SOURCES_MAX + 1; i++) {
		snprintf(path, sizeof(path), "/articles/%d/a.gmi", i);
		put(path, DAY + i, "1970-01-02", "", "");
	}
	for (int i = 0; i < LISTS_RUN_MAX + 10; i++) {
		snprintf(path, sizeof(path), "/articles/in/%d.gmi", i);
		put(path, 2 * DAY + i, "1970-01-03", "", "");
	}
	read_lists();
	assert_true(lists_hide(lists, zones, 1));
	assert_int_equal(lists_find(lists, LIST_FOLDER, LISTS_ALL, &list), EDITION_FOUND);
	struct listing_query query = {.list = list.number, .before = INT64_MAX, .limit = 1};
	do {
		assert_int_equal(lists_articles(lists, &query, &page), EDITION_FOUND);
		query.before = page.last;
		pages++;
	} while (page.count == 0 && page.has_more);
	assert_int_equal(pages, 2);
	assert_int_equal(id_published(ids[0]), DAY + LIST_SOURCES_MAX);
	list_free(&list);
}

static void
names_page_on_in_order(void **state)
{
	static const char *const expected[] = {
	    "!", "\xc3\x81lpha", "beta", "C", "C++", "delta 1", "delta 2"};
	static const char tags[] = "delta 2\ndelta 1\nC++\nC\nbeta\n\xc3\x81lpha\n!";
	struct list_query query = {.kind = LIST_TAG, .after = "", .within = "", .limit = 2};
	struct list_page page;
	struct buffer after = BUFFER_EMPTY;
	size_t seen = 0;

	(void)state;
	put("/articles/a.gmi", DAY, "2025-01-01", tags, "");
	read_lists();
	do {
		assert_int_equal(lists_page(lists, &query, &page), EDITION_FOUND);
		for (size_t i = 0; i < page.count; i++)
			assert_string_equal(page.lists[i].label, expected[seen++]);
		buffer_truncate(&after, 0);
		buffer_puts(&after, page.has_more ? page.last : "");
		query.after = buffer_text(&after);
		list_page_free(&page);
	} while (after.len > 0);
	assert_int_equal(seen, sizeof(expected) / sizeof(*expected));
	buffer_free(&after);
}

static void
periods_come_latest_first(void **state)
{
	struct list_page page;
	struct list_query years = {.kind = LIST_YEAR, .after = "", .within = "", .limit = 9};
	struct list_query months = {.kind = LIST_MONTH, .after = "", .within = "2025-", .limit = 9};

	(void)state;
	put("/articles/a.gmi", 1, "0001-01-01", "", "");
	put("/articles/b.gmi", 2, "2025-01-31", "", "");
	put("/articles/c.gmi", 3, "2025-12-01", "", "");
	put("/articles/d.gmi", 4, "9999-12-31", "", "");
	read_lists();
	assert_int_equal(lists_page(lists, &years, &page), EDITION_FOUND);
	assert_int_equal(page.count, 3);
	assert_string_equal(page.lists[0].key, "9999");
	assert_string_equal(page.lists[2].key, "0001");
	list_page_free(&page);
	assert_int_equal(lists_page(lists, &months, &page), EDITION_FOUND);
	assert_int_equal(page.count, 2);
	assert_string_equal(page.lists[0].key, "2025-12");
	assert_string_equal(page.lists[1].key, "2025-01");
	assert_false(page.has_more);
	list_page_free(&page);
}

/* The number that an SQL question tells. */
static int64_t
ask(const char *question)
{
	sqlite3_stmt *row = NULL;

	assert_int_equal(sqlite3_prepare_v2(database.db, question, -1, &row, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(row), SQLITE_ROW);
	int64_t value = sqlite3_column_int64(row, 0);
	sqlite3_finalize(row);
	return value;
}

#define MODEL_ARTICLES 40
#define MODEL_STEPS    1500

static const char *const model_folders[] = {"/articles/", "/articles/a/", "/articles/a/b/"};
static const char *const model_tags[] = {"", "t1", "T1\nt2", "t2\n++\n", "t3\nt1\nt2"};
static const char *const model_dates[] = {"2025-01-01", "2025-02-01", "2024-12-31"};

/* What the model knows of one article. */
struct model {
	bool is_live;
	unsigned tags, date;
};

static void
expect_counts(const struct model *model)
{
	int64_t total = 0, t1 = 0, february = 0, deepest = 0, symbols = 0;

	for (size_t i = 0; i < MODEL_ARTICLES; i++) {
		if (!model[i].is_live)
			continue;
		total++;
		t1 += model[i].tags == 1 || model[i].tags == 2 || model[i].tags == 4;
		symbols += model[i].tags == 3;
		february += model[i].date == 1;
		deepest += i % 3 == 2;
	}
	assert_int_equal(count_of(LIST_FOLDER, "/articles/"), total);
	assert_int_equal(count_of(LIST_FOLDER, "/articles/a/b/"), deepest);
	assert_int_equal(count_of(LIST_TAG, "t1"), t1);
	assert_int_equal(count_of(LIST_MONTH, "2025-02"), february);
	if (symbols > 0)
		assert_int_equal(count_of(LIST_TAG, slug_of(LIST_TAG, "++")), symbols);
}

static void
no_row_is_stale_whatever_comes_and_goes(void **state)
{
	static const char *const consistent[] = {
	    "SELECT count(*) FROM list WHERE articles <>"
	    " (SELECT count(*) FROM listing WHERE list = number)",
	    "SELECT count(*) FROM list WHERE oldest <>"
	    " (SELECT min(id) FROM listing WHERE list = number)",
	    "SELECT count(*) FROM listing WHERE id NOT IN (SELECT id FROM article)",
	    "SELECT count(*) FROM listing WHERE list NOT IN (SELECT number FROM list)",
	    "SELECT count(*) FROM list_tally WHERE list NOT IN (SELECT number FROM list)"
	    " OR folder NOT IN (SELECT number FROM list) OR articles <= 0",
	    "SELECT count(*) FROM list_tally t, list l, list f WHERE l.number = t.list AND"
	    " f.number = t.folder AND t.articles <> (SELECT count(*) FROM listing g, article a"
	    " WHERE g.list = l.number AND a.id = g.id"
	    " AND substr(a.path, 1, length(f.key)) = f.key)",
	};
	struct model model[MODEL_ARTICLES] = {0};
	unsigned random = 1;
	char path[64];

	(void)state;
	for (int step = 1; step <= MODEL_STEPS; step++) {
		random = random * 1103515245u + 12345u;
		unsigned dice = random >> 8, which = dice % MODEL_ARTICLES;
		struct model *article = &model[which];

		snprintf(path, sizeof(path), "%s%u.gmi", model_folders[which % 3], which);
		*article = (struct model){dice / 64 % 3 != 0, dice / 256 % 5, dice / 2048 % 3};
		if (article->is_live)
			put(path, DAY * (1 + dice / 8192 % 50), model_dates[article->date],
			    model_tags[article->tags], "Ada");
		else
			drop(path);
		if (step % 50 != 0)
			continue;
		read_lists();
		expect_counts(model);
		for (size_t i = 0; i < sizeof(consistent) / sizeof(*consistent); i++)
			if (ask(consistent[i]) != 0)
				fail_msg("after %d steps: %s", step, consistent[i]);
	}
	for (unsigned i = 0; i < MODEL_ARTICLES; i++) {
		snprintf(path, sizeof(path), "%s%u.gmi", model_folders[i % 3], i);
		drop(path);
	}
	read_lists();
	assert_int_equal(ask("SELECT (SELECT count(*) FROM list) + (SELECT count(*) FROM listing)"
			     " + (SELECT count(*) FROM list_tally)"),
	    0);
}

static void
expect_plan_by_index(sqlite3 *db, const char *question)
{
	struct buffer explain = BUFFER_EMPTY;
	sqlite3_stmt *row = NULL;

	buffer_printf(&explain, "EXPLAIN QUERY PLAN %s", question);
	assert_int_equal(sqlite3_prepare_v2(db, explain.data, -1, &row, NULL), SQLITE_OK);
	while (sqlite3_step(row) == SQLITE_ROW) {
		const char *step = (const char *)sqlite3_column_text(row, 3);

		if (strstr(step, "SCAN") != NULL || strstr(step, "TEMP B-TREE") != NULL)
			fail_msg("%s: %s", question, step);
	}
	sqlite3_finalize(row);
	buffer_free(&explain);
}

/* Every statement that reading and writing has prepared by now. */
static int
expect_plans(sqlite3 *db)
{
	struct strings questions = {0};
	int count = 0;

	for (sqlite3_stmt *row = NULL; (row = sqlite3_next_stmt(db, row)) != NULL; count++)
		assert_true(strings_add(&questions, sqlite3_sql(row)));
	for (size_t i = 0; i < questions.count; i++)
		expect_plan_by_index(db, questions.items[i]);
	strings_free(&questions);
	return count;
}

static void
ask_everything(void)
{
	static const char *const zones[] = {"/articles/b/", "/articles/x/in/"};
	struct list_page page;
	struct list list;
	int64_t ids[2];
	struct listing_page found = {.ids = ids};

	assert_true(lists_hide(lists, zones, 2));
	assert_int_equal(lists_find(lists, LIST_TAG, "tag", &list), EDITION_FOUND);
	struct listing_query articles = {.list = list.number, .before = INT64_MAX, .limit = 2};
	assert_int_equal(lists_articles(lists, &articles, &found), EDITION_FOUND);
	list_free(&list);
	assert_int_equal(lists_find(lists, LIST_FOLDER, LISTS_ALL, &list), EDITION_FOUND);
	articles.list = list.number;
	assert_int_equal(lists_articles(lists, &articles, &found), EDITION_FOUND);
	list_free(&list);
	assert_int_equal(lists_find(lists, LIST_TAG, "tag-123456", &list), EDITION_ABSENT);
	assert_int_equal(count_of(LIST_YEAR, "2025"), 1);
	for (int kind = LIST_TAG; kind <= LIST_YEAR; kind++) {
		struct list_query query = {
		    .kind = (enum list_kind)kind, .after = "", .within = "", .limit = 2};
		assert_int_equal(lists_page(lists, &query, &page), EDITION_FOUND);
		list_page_free(&page);
	}
}

static void
every_question_is_answered_from_an_index(void **state)
{
	static const char *const none[] = {NULL};
	char path[EDITION_PATH_MAX];
	struct database own;
	struct error err;
	struct article article = {
	    .card = {0, "/articles/b/b.gmi", "2025-01-01", "", "Ada", "", "", "", "", ""},
	    .dek = "",
	    .tags = "tag\nother",
	};

	(void)state;
	put_hidden_run(LISTS_RUN_MAX + 1);
	put("/articles/a.gmi", DAY, "2025-01-01", "tag", "Ada");
	put("/articles/b/b.gmi", DAY, "2025-01-01", "tag", "Ada");
	read_lists();
	ask_everything();
	assert_true(expect_plans(database.db) >= 13);

	edition_file_path(path, shop.folder, 1);
	assert_true(database_open(&own, path, DATABASE_WRITE, none, 0, &err));
	struct lists_writer *own_writer = lists_writer_open(&own);
	assert_non_null(own_writer);
	lists_writer_put(own_writer, id_make(DAY, article.card.path, 0), &article);
	assert_int_equal(own.trouble, DATABASE_FINE);
	assert_true(expect_plans(own.db) >= 12);
	lists_writer_close(own_writer);
	database_close(&own);
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, bindery_set_up, tear_down)
	const struct CMUnitTest tests[] = {
	    TEST(an_article_is_in_all_its_lists_and_leaves_them),
	    TEST(case_and_blanks_do_not_make_another_name),
	    TEST(the_name_with_the_oldest_article_has_the_bare_slug),
	    TEST(names_of_any_kind_lead_to_their_list),
	    TEST(what_is_hidden_is_in_no_count_and_no_page),
	    TEST(a_long_hidden_run_ends_no_page),
	    TEST(a_hidden_run_among_very_many_folders_ends_a_page_early),
	    TEST(names_page_on_in_order),
	    TEST(periods_come_latest_first),
	    TEST(no_row_is_stale_whatever_comes_and_goes),
	    TEST(every_question_is_answered_from_an_index),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
