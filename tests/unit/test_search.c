/* Tests of store/search and what it is made of: words typed, words found, and nothing left over. */
#include "bindery.h"

#include "article/id.h"
#include "base/text.h"
#include "store/search.h"
#include "store/search_tokenizer.h"
#include "store/search_words.h"
#include "store/tables.h"

static struct edition *edition;

/* From now on the clock moves by so much whenever it is looked at. */
static void
step_clock(int64_t step_ns)
{
	clockwork.step_ns = step_ns;
}

/* As in every test at first: a slow machine is no reason for a search to end early. */
static void
stop_clock(void)
{
	clockwork.is_stepped = true;
	clockwork.step_ns = 0;
}

static int
set_up(void **state)
{
	stop_clock();
	edition = NULL;
	if (bindery_set_up(state) != 0)
		return -1;
	writer_begin(writer);
	writer_finish(writer);
	commit();
	return 0;
}

static int
tear_down(void **state)
{
	edition_close(edition);
	return bindery_tear_down(state);
}

static void
put(int64_t published, const char *path, const char *title, const char *body)
{
	struct article article = {
	    .card = {0, path, "2025-06-13", title, "Heidi", "", "", "", "", ""},
	    .dek = "",
	    .updated = "",
	    .tags = "legal aid",
	    .corrections = "",
	    .body = body,
	    .body_len = strlen(body),
	};

	writer_begin(writer);
	writer_put_article(writer, published, &article);
}

static struct search *
begin_reading(void)
{
	struct error err;

	commit();
	if (edition == NULL && edition_open(shop.folder, &edition, &err) != EDITION_FOUND)
		fail_msg("%s", err.text);
	assert_true(edition_begin(edition));
	return edition_search(edition);
}

/* The paths found, a blank behind each, until the next call. */
static const char *
find(const struct search_query *query)
{
	static char paths[4096];
	struct search_found found = {0};
	struct search *search = begin_reading();

	paths[0] = '\0';
	assert_int_equal(search_find(search, query, &found), EDITION_FOUND);
	assert_false(found.is_cut);
	for (size_t i = 0; i < found.count; i++)
		snprintf(paths + strlen(paths), sizeof(paths) - strlen(paths), "%s ",
		    found.hits[i].path);
	search_found_free(&found);
	edition_end(edition);
	return paths;
}

static const char *
find_words(const char *words)
{
	struct search_query query = {.words = words, .before = INT64_MAX, .limit = 20};

	return find(&query);
}

static void
words_become_quoted_ones(void **state)
{
	static const struct {
		const char *label, *text, *expected;
	} rows[] = {
	    {"nothing", "", ""},
	    {"blanks", " \t\n\u3000\u00a0", ""},
	    {"a word", "clinic", "\"clinic\""},
	    {"words", "  legal   aid ", "\"legal\" \"aid\""},
	    {"a phrase", "\"legal aid\" now", "\"legal aid\" \"now\""},
	    {"curly quotes", "\u201clegal aid\u201d", "\"legal aid\""},
	    {"an open quote", "say \"legal aid", "\"say\" \"legal aid\""},
	    {"empty quotes", "\"\" \" \" x", "\"x\""},
	    {"quotes in words", "le\"gal ai\"d", "\"le\" \"gal ai\" \"d\""},
	    {"the language of FTS5", "a OR b* NEAR(c, 2) -d ^e title:f",
		"\"a\" \"OR\" \"b*\" \"NEAR(c,\" \"2)\" \"-d\" \"^e\" \"title:f\""},
	    {"one Han character", "\u732b", "\"\u732b\" *"},
	    {"two", "\u6771\u4eac", "\"\u6771\u4eac\""},
	    {"one behind Latin", "x\u732b", "\"x\u732b\" *"},
	    {"too many", "1 2 3 4 5 6 7 8 9 a b c d e f g h i",
		"\"1\" \"2\" \"3\" \"4\" \"5\" \"6\" \"7\" \"8\" \"9\" \"a\" \"b\" \"c\" \"d\" "
		"\"e\" \"f\" \"g\""},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer out = BUFFER_EMPTY;

		search_words(&out, rows[i].text);
		check_row_text(rows[i].label, buffer_text(&out), rows[i].expected);
		buffer_free(&out);
	}
}

static void
words_are_found_however_they_are_written(void **state)
{
	static const struct {
		const char *label, *words;
		bool is_found;
	} rows[] = {
	    {"as it stands", "weekend", true},
	    {"in capitals", "WEEKEND", true},
	    {"in another form", "clinic", true},
	    {"of an ending", "moving", true},
	    {"without accents", "zlutoucky", true},
	    {"with accents", "\u017dLU\u0164OU\u010cK\u00dd", true},
	    {"all words", "clinics kun", true},
	    {"not all words", "clinics horse", false},
	    {"a phrase", "\"outdoors for the weekend\"", true},
	    {"a phrase in another order", "\"weekend the for\"", false},
	    {"the title", "outdoors", true},
	    {"the author", "heidi", true},
	    {"a tag", "\"legal aid\"", true},
	    {"two Han characters", "\u5927\u962a", true},
	    {"three", "\u5927\u962a\u5e02", true},
	    {"one", "\u962a", true},
	    {"the last one", "\u3059", true},
	    {"two that are apart", "\u6771\u5927", false},
	    {"across a mark", "\u6771\u4eac\u30fb\u5927\u962a", true},
	    {"Latin beside Han", "iphone", true},
	    {"both together", "iPhone\u624b", true},
	    {"Korean within a word", "\uc11c\uc6b8", true},
	    {"Thai within a run", "\u0e02\u0e49\u0e32\u0e27", true},
	    {"marks are no words", "weekend - !!! ?", true},
	    {"marks alone", "- !!!", false},
	    {"a star is no wildcard", "week*", false},
	    {"a column is none", "title:weekend", false},
	};

	(void)state;
	put(1, "/articles/a.gmi", "Clinics move outdoors for the weekend",
	    "\u017dlu\u0165ou\u010dk\u00fd k\u016f\u0148.\n"
	    "\u6771\u4eac\u30fb\u5927\u962a\u5e02\u3067\u3059\n"
	    "iPhone\u624b\u673a\n\uc11c\uc6b8\uc2dc\uc5d0\uc11c\n"
	    "\u0e01\u0e34\u0e19\u0e02\u0e49\u0e32\u0e27\n");
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row_text(rows[i].label, find_words(rows[i].words),
		    rows[i].is_found ? "/articles/a.gmi " : "");
}

static void
the_newest_stand_first_and_pages_go_on(void **state)
{
	struct search_query query = {.words = "tide", .before = INT64_MAX, .limit = 3};
	char seen[1024] = "";
	struct search_found found = {0};
	size_t pages = 0;

	(void)state;
	for (int i = 0; i < 10; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/articles/%d.gmi", i);
		put(1000 + i * 7 % 10, path, "Title", i % 5 == 0 ? "Calm.\n" : "A tide.\n");
	}
	do {
		assert_int_equal(search_find(begin_reading(), &query, &found), EDITION_FOUND);
		for (size_t i = 0; i < found.count; i++) {
			query.before = found.hits[i].id;
			snprintf(seen + strlen(seen), sizeof(seen) - strlen(seen), "%lld ",
			    (long long)id_published(found.hits[i].id));
		}
		bool has_more = found.has_more;
		search_found_free(&found);
		edition_end(edition);
		pages++;
		if (!has_more)
			break;
	} while (pages < 10);
	assert_int_equal(pages, 3);
	assert_string_equal(seen, "1009 1008 1007 1006 1004 1003 1002 1001 ");
}

static void
the_best_stand_first_when_asked(void **state)
{
	struct search_query query = {
	    .words = "tide", .before = INT64_MAX, .limit = 20, .is_ranked = true};

	(void)state;
	put(3, "/articles/in-passing.gmi", "News", "Long text about other things and a tide.\n");
	put(1, "/articles/title.gmi", "The tide", "Text.\n");
	put(2, "/articles/other.gmi", "News", "Nothing.\n");
	assert_string_equal(find(&query), "/articles/title.gmi /articles/in-passing.gmi ");
}

static void
what_zones_hide_is_neither_found_nor_counted(void **state)
{
	static const char *const hidden[] = {"/articles/members/", "/articles/board/"};
	struct search_query query = {
	    .words = "tide", .before = INT64_MAX, .limit = 20, .hidden = hidden, .hidden_count = 2};
	int64_t count = 0;
	bool is_cut = true;

	(void)state;
	put(1, "/articles/public.gmi", "The tide", "");
	put(2, "/articles/members/x.gmi", "The tide", "");
	put(3, "/articles/board/x.gmi", "The tide", "");
	assert_string_equal(find(&query), "/articles/public.gmi ");
	query.is_ranked = true;
	assert_string_equal(find(&query), "/articles/public.gmi ");
	assert_int_equal(search_count(begin_reading(), &query, &count, &is_cut), EDITION_FOUND);
	edition_end(edition);
	assert_int_equal(count, 1);
	assert_false(is_cut);
}

static void
a_count_ends_behind_its_limit(void **state)
{
	struct search_query query = {.words = "tide", .before = INT64_MAX, .limit = 1};
	int64_t count = 0;
	bool is_cut = false;

	(void)state;
	for (int i = 0; i < SEARCH_COUNT_MAX + 50; i++) {
		char path[64];

		snprintf(path, sizeof(path), "/articles/%d.gmi", i);
		put(i, path, "Tide", "");
	}
	assert_int_equal(search_count(begin_reading(), &query, &count, &is_cut), EDITION_FOUND);
	edition_end(edition);
	assert_true(count == SEARCH_COUNT_MAX + 1 || is_cut);
	query.words = "";
	assert_int_equal(search_count(begin_reading(), &query, &count, &is_cut), EDITION_FOUND);
	edition_end(edition);
	assert_int_equal(count, 0);
}

static void
snippets_are_one_line_of_the_text_around_the_words(void **state)
{
	static const struct {
		const char *label, *body, *words, *expected;
	} rows[] = {
	    {"in a line", "A tide rose.\n", "tide", "A tide rose."},
	    {"marks of gemtext", "# The sea\n> A tide rose.\n* And fell.\n", "tide",
		"The sea A tide rose. And fell."},
	    {"links", "=> gemini://example.org/x The tide table\n", "table", "The tide table"},
	    {"preformatted", "```chart\ntide | noon\n```\n", "noon", "tide | noon"},
	    {"in the title alone", "Text.\n", "title", ""},
	    {"Han", "\u6771\u4eac\u306e\u6f6e\n", "\u6f6e", "\u6771\u4eac\u306e\u6f6e"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct search_query query = {
		    .words = rows[i].words, .before = INT64_MAX, .limit = 20};
		struct search_found found = {0};

		put(1, "/articles/a.gmi", "Title", rows[i].body);
		assert_int_equal(search_find(begin_reading(), &query, &found), EDITION_FOUND);
		check_row(rows[i].label, found.count == 1);
		check_row_text(rows[i].label, found.hits[0].snippet, rows[i].expected);
		search_found_free(&found);
		edition_end(edition);
	}
}

static void
a_long_text_is_cut_around_the_words(void **state)
{
	struct search_query query = {.words = "needle", .before = INT64_MAX, .limit = 20};
	struct search_found found = {0};
	struct buffer body = BUFFER_EMPTY;

	(void)state;
	for (int i = 0; i < 500; i++)
		buffer_puts(&body, i == 250 ? "needle " : "hay ");
	buffer_putc(&body, '\n');
	put(1, "/articles/a.gmi", "Title", buffer_text(&body));
	buffer_free(&body);
	assert_int_equal(search_find(begin_reading(), &query, &found), EDITION_FOUND);
	assert_non_null(strstr(found.hits[0].snippet, "needle"));
	assert_true(strlen(found.hits[0].snippet) < 200);
	assert_true(text_starts(found.hits[0].snippet, "\u2026hay"));
	search_found_free(&found);
	edition_end(edition);
}

/* A small generator, the same on each run. */
static unsigned
pick(unsigned below)
{
	static uint64_t seed = 20250613;

	seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (unsigned)(seed >> 33) % below;
}

/* Has SQLite compare the index with the articles: a word too many or missing is damage. */
static void
assert_index_is_whole(void)
{
	struct database database;
	struct error err;
	char path[EDITION_PATH_MAX];
	static const char *const check[] = {
	    "INSERT INTO search(search, rank) VALUES('integrity-check', 1)"};

	commit();
	edition_file_path(path, shop.folder, 1);
	if (!database_open(&database, path, DATABASE_WRITE, check, 1, &err))
		fail_msg("%s", err.text);
	search_tokenizer_register(&database);
	database_run(&database, database_statement(&database, 0));
	if (database.trouble != DATABASE_FINE)
		fail_msg("%s", database_reason(&database));
	database_close(&database);
}

/* Puts an article whose body is text, count times. */
static void
put_repeated(const char *text, int count)
{
	struct buffer body = BUFFER_EMPTY;

	for (int i = 0; i < count; i++)
		buffer_puts(&body, text);
	buffer_putc(&body, '\n');
	put(1, "/articles/a.gmi", "Title", buffer_text(&body));
	buffer_free(&body);
}

static void
a_word_that_is_everywhere_takes_few_steps(void **state)
{
	static const char *const words[] = {"tide", "tide tide tide", "\"tide tide\" tide"};

	(void)state;
	put_repeated("tide ", 200000);
	for (size_t i = 0; i < 2 * ROWS(words); i++) {
		struct search_query query = {.words = words[i / 2],
		    .before = INT64_MAX,
		    .limit = 20,
		    .is_ranked = i % 2 == 1};
		struct search_found found = {0};
		struct search *search = begin_reading();

		step_clock(SEARCH_DEADLINE_MS * 1000000 / 2); /* it may look twice */
		assert_int_equal(search_find(search, &query, &found), EDITION_FOUND);
		stop_clock();
		check_row(query.words, found.count == 1 && !found.is_cut);
		for (size_t k = 0; k < found.count; k++) {
			check_row(query.words, text_starts(found.hits[k].snippet, "tide tide"));
			check_row(query.words, strlen(found.hits[k].snippet) < 200);
		}
		search_found_free(&found);
		edition_end(edition);
	}
}

#define CROWD 2000

/* Articles that all have the word; the older the better they match. */
static void
put_crowd(const char *folder)
{
	char path[64];

	for (int i = 0; i < CROWD; i++) {
		snprintf(path, sizeof(path), "%s%d.gmi", folder, i);
		put(i, path, i == 0 ? "Tide" : "News", "A tide.\n");
	}
}

/* Searches with a clock that reaches the deadline at the third look. */
static void
find_in_a_hurry(const struct search_query *query, struct search_found *out)
{
	struct search *search = begin_reading();

	step_clock(SEARCH_DEADLINE_MS * 1000000 / 2);
	enum edition_result result = search_find(search, query, out);
	stop_clock();
	edition_end(edition);
	assert_int_equal(result, EDITION_FOUND);
}

static void
what_cannot_be_ranked_in_time_stands_newest_first(void **state)
{
	struct search_query query = {
	    .words = "tide", .before = INT64_MAX, .limit = 5, .is_ranked = true};
	struct search_found found = {0};

	(void)state;
	put_crowd("/articles/");
	assert_true(text_starts(find(&query), "/articles/0.gmi "));
	find_in_a_hurry(&query, &found);
	assert_false(found.is_ranked);
	assert_false(found.is_cut);
	assert_true(found.has_more);
	assert_int_equal(found.count, 5);
	for (int i = 0; i < 5; i++)
		assert_int_equal(id_published(found.hits[i].id), CROWD - 1 - i);
	search_found_free(&found);
	assert_true(text_starts(find(&query), "/articles/0.gmi "));
}

static void
a_search_that_is_cut_tells_and_is_no_trouble(void **state)
{
	static const char *const hidden[] = {"/articles/members/"};
	struct search_query query = {
	    .words = "tide", .before = INT64_MAX, .limit = 5, .hidden = hidden, .hidden_count = 1};
	struct search_found found = {0};
	int64_t count = 0;
	bool is_cut = false;

	(void)state;
	put(0, "/articles/old.gmi", "Tide", "");
	put_crowd("/articles/members/");
	for (int is_ranked = 0; is_ranked < 2; is_ranked++) {
		query.is_ranked = is_ranked == 1;
		find_in_a_hurry(&query, &found);
		assert_true(found.is_cut);
		assert_false(found.is_ranked);
		assert_int_equal(found.count, 0);
		search_found_free(&found);
	}
	struct search *search = begin_reading();
	step_clock(SEARCH_DEADLINE_MS * 1000000 / 2);
	enum edition_result result = search_count(search, &query, &count, &is_cut);
	stop_clock();
	edition_end(edition);
	assert_int_equal(result, EDITION_FOUND);
	assert_true(is_cut);
}

static void
a_snippet_shows_as_many_of_the_words_as_it_can(void **state)
{
	struct search_query query = {.words = "moon rose tide", .before = INT64_MAX, .limit = 20};
	struct search_found found = {0};
	struct buffer body = BUFFER_EMPTY;

	(void)state;
	for (int i = 0; i < 400; i++)
		buffer_puts(&body, i == 20    ? "moon "
				   : i == 100 ? "moon rose "
				   : i == 200 ? "tide moon hay rose "
				   : i == 300 ? "tide "
					      : "hay ");
	put(1, "/articles/a.gmi", "Title", buffer_text(&body));
	buffer_free(&body);
	assert_int_equal(search_find(begin_reading(), &query, &found), EDITION_FOUND);
	assert_non_null(strstr(found.hits[0].snippet, " tide moon hay rose "));
	search_found_free(&found);
	edition_end(edition);
}

static void
a_snippet_of_one_endless_word_is_short(void **state)
{
	struct search_query query = {.words = "tide", .before = INT64_MAX, .limit = 20};
	struct search_found found = {0};
	struct buffer body = BUFFER_EMPTY;

	(void)state;
	buffer_puts(&body, "tide ");
	for (int i = 0; i < 100000; i++)
		buffer_puts(&body, "\u00e9");
	put(1, "/articles/a.gmi", "Title", buffer_text(&body));
	buffer_free(&body);
	assert_int_equal(search_find(begin_reading(), &query, &found), EDITION_FOUND);
	assert_true(text_starts(found.hits[0].snippet, "tide \u00e9"));
	assert_true(strlen(found.hits[0].snippet) < 1100);
	assert_true(text_ends(found.hits[0].snippet, "\u00e9\u2026"));
	search_found_free(&found);
	edition_end(edition);
}

static void
the_index_follows_whatever_happens_to_articles(void **state)
{
	static const char *const words[] = {"tide", "clinic", "\u6771\u4eac", "harbour"};
	enum { PATHS = 6 };
	int now[PATHS]; /* the word in print at each path, or -1 */

	(void)state;
	memset(now, -1, sizeof(now));
	for (int step = 0; step < 300; step++) {
		unsigned at = pick(PATHS), word = pick(ROWS(words));
		char path[64], text[128];

		snprintf(path, sizeof(path), "/articles/%u.gmi", at);
		if (pick(3) == 0) {
			drop(path);
			now[at] = -1;
		} else {
			snprintf(text, sizeof(text), "Some %s.\n", words[word]);
			put(1 + pick(3), path, "Title", text);
			now[at] = (int)word;
		}
		if (step % 10 != 9)
			continue;
		for (unsigned w = 0; w < ROWS(words); w++) {
			const char *found = find_words(words[w]);

			for (unsigned p = 0; p < PATHS; p++) {
				snprintf(path, sizeof(path), "/articles/%u.gmi ", p);
				check_row(
				    path, (strstr(found, path) != NULL) == (now[p] == (int)w));
			}
		}
	}
	assert_index_is_whole();
}

static void
nothing_of_a_transaction_that_was_rolled_back_is_found(void **state)
{
	struct error err;

	(void)state;
	put(1, "/articles/a.gmi", "Title", "Tide.\n");
	commit();
	put(2, "/articles/a.gmi", "Title", "Harbour.\n");
	put(3, "/articles/b.gmi", "Title", "Harbour.\n");
	database_note(&writer->database, SQLITE_FULL);
	assert_false(writer_commit(writer, &err));
	put(4, "/articles/c.gmi", "Title", "Clinic.\n");
	assert_string_equal(find_words("harbour"), "");
	assert_string_equal(find_words("tide"), "/articles/a.gmi ");
	assert_string_equal(find_words("clinic"), "/articles/c.gmi ");
	assert_index_is_whole();
}

static void
no_words_do_any_harm(void **state)
{
	static const char *const rows[] = {"\"", "\"\"\"", "'", "*", "^", "a AND", "NOT", "(",
	    "{a}:", "NEAR(", "a\tb", "\xEF\xBF\xBF", ";DROP TABLE article", "-", "\u732b\"\u732b",
	    "+", ":", "\u0301", "\u200b"};

	(void)state;
	put(1, "/articles/a.gmi", "Title", "Text.\n");
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row_text(rows[i], find_words(rows[i]), "");
	assert_string_equal(find_words("text"), "/articles/a.gmi ");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(words_become_quoted_ones),
	    TEST(words_are_found_however_they_are_written),
	    TEST(the_newest_stand_first_and_pages_go_on),
	    TEST(the_best_stand_first_when_asked),
	    TEST(what_zones_hide_is_neither_found_nor_counted),
	    TEST(a_count_ends_behind_its_limit),
	    TEST(snippets_are_one_line_of_the_text_around_the_words),
	    TEST(a_long_text_is_cut_around_the_words),
	    TEST(a_word_that_is_everywhere_takes_few_steps),
	    TEST(what_cannot_be_ranked_in_time_stands_newest_first),
	    TEST(a_search_that_is_cut_tells_and_is_no_trouble),
	    TEST(a_snippet_shows_as_many_of_the_words_as_it_can),
	    TEST(a_snippet_of_one_endless_word_is_short),
	    TEST(the_index_follows_whatever_happens_to_articles),
	    TEST(nothing_of_a_transaction_that_was_rolled_back_is_found),
	    TEST(no_words_do_any_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
