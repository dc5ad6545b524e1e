#include "bindery.h"

#include "article/id.h"
#include "store/tables.h"

static void
put_article(const char *path, int64_t published, const char *body)
{
	struct article article = {
	    .card = {0, path, "2025-06-13", "Title", "Heidi\nIda", "Summary", "es", "/i.png", "Alt",
		"Credit"},
	    .dek = "Dek",
	    .updated = "2025-06-14",
	    .tags = "legal aid",
	    .corrections = "2025-06-14 text",
	    .body = body,
	    .body_len = strlen(body),
	};

	writer_put_article(writer, published, &article);
}

static void
put_file(const char *path, enum file_state state, const char *reason, const char *mime)
{
	struct file_row row = {.state = state,
	    .mtime_ns = 1,
	    .size = 2,
	    .inode = 3,
	    .first_seen = 4,
	    .published = 5,
	    .reason = reason,
	    .mime = mime,
	    .title = "",
	    .editor = "",
	    .date = ""};

	writer_put_file(writer, path, &row);
}

static struct edition *
finish_and_open(void)
{
	struct edition *edition = NULL;
	struct error err;

	writer_begin(writer);
	writer_finish(writer);
	commit();
	if (edition_open(shop.folder, &edition, &err) != EDITION_FOUND)
		fail_msg("%s", err.text);
	return edition;
}

static void
readers_see_only_finished_editions(void **state)
{
	(void)state;
	struct edition *edition = NULL;
	struct error err;

	assert_int_equal(edition_open(shop.folder, &edition, &err), EDITION_ABSENT);
	edition = finish_and_open();
	assert_int_equal(edition_number(edition), 1);
	edition_close(edition);
	assert_int_equal(edition_open("/nowhere/at/all", &edition, &err), EDITION_ABSENT);
}

static void
the_newest_finished_edition_is_opened(void **state)
{
	(void)state;
	struct edition_writer *tenth = NULL, *eleventh = NULL;
	struct edition *edition = NULL;
	struct error err;

	edition_close(finish_and_open());
	assert_int_equal(writer_open(shop.folder, 10, &tenth, &err), WRITER_UNFINISHED);
	assert_int_equal(writer_open(shop.folder, 11, &eleventh, &err), WRITER_UNFINISHED);
	writer_begin(tenth);
	writer_finish(tenth);
	assert_true(writer_commit(tenth, &err));
	assert_int_equal(edition_open(shop.folder, &edition, &err), EDITION_FOUND);
	assert_int_equal(edition_number(edition), 10);
	edition_close(edition);
	writer_close(tenth);
	writer_close(eleventh);
}

static void
an_article_is_read_as_it_was_written(void **state)
{
	(void)state;
	struct article article;

	writer_begin(writer);
	put_article("/articles/a.gmi", 1749772800, "Body.\n");
	commit();
	struct edition *edition = finish_and_open();
	assert_true(edition_begin(edition));
	assert_int_equal(edition_article(edition, "/articles/none.gmi", &article), EDITION_ABSENT);
	assert_int_equal(edition_article(edition, "/articles/a.gmi", &article), EDITION_FOUND);
	assert_int_equal(id_published(article.card.id), 1749772800);
	assert_string_equal(article.card.path, "/articles/a.gmi");
	assert_string_equal(article.card.date, "2025-06-13");
	assert_string_equal(article.card.title, "Title");
	assert_string_equal(article.card.authors, "Heidi\nIda");
	assert_string_equal(article.card.summary, "Summary");
	assert_string_equal(article.card.lang, "es");
	assert_string_equal(article.card.image, "/i.png");
	assert_string_equal(article.card.image_alt, "Alt");
	assert_string_equal(article.card.image_credit, "Credit");
	assert_string_equal(article.dek, "Dek");
	assert_string_equal(article.updated, "2025-06-14");
	assert_string_equal(article.tags, "legal aid");
	assert_string_equal(article.corrections, "2025-06-14 text");
	assert_string_equal(article.body, "Body.\n");
	assert_int_equal(article.body_len, 6);
	edition_end(edition);
	edition_close(edition);
}

static void
put_ten_articles(void)
{
	writer_begin(writer);
	for (int i = 0; i < 10; i++) {
		char path[64];
		snprintf(path, sizeof(path), "/articles/%s/%d.gmi", i % 2 == 0 ? "even" : "odd", i);
		put_article(path, 1000000 * i, "");
	}
	commit();
}

static void
a_list_is_newest_first_and_pages_on(void **state)
{
	(void)state;
	struct edition_cards cards;

	put_ten_articles();
	struct edition *edition = finish_and_open();
	assert_true(edition_begin(edition));
	struct edition_query query = {.before = INT64_MAX, .limit = 4};
	int next = 9;
	do {
		assert_int_equal(edition_list(edition, &query, &cards), EDITION_FOUND);
		for (size_t i = 0; i < cards.count; i++)
			assert_int_equal(id_published(cards.cards[i].id), 1000000 * next--);
		assert_int_equal(cards.has_more, next >= 0);
		query.before = cards.cards[cards.count - 1].id;
		edition_cards_free(&cards);
	} while (next >= 0);
	assert_int_equal(edition_list(edition, &query, &cards), EDITION_FOUND);
	assert_int_equal(cards.count, 0);
	assert_false(cards.has_more);
	edition_cards_free(&cards);
	edition_end(edition);
	edition_close(edition);
}

static void
a_list_leaves_out_what_is_hidden_or_excepted(void **state)
{
	(void)state;
	static const char *const hidden[] = {"/articles/even/"};
	struct edition_cards cards;

	put_ten_articles();
	struct edition *edition = finish_and_open();
	assert_true(edition_begin(edition));
	struct edition_query query = {.before = INT64_MAX,
	    .limit = 4,
	    .hidden = hidden,
	    .hidden_count = 1,
	    .except = id_make(9000000, "/articles/odd/9.gmi", 0)};
	assert_int_equal(edition_list(edition, &query, &cards), EDITION_FOUND);
	assert_int_equal(cards.count, 4);
	assert_false(cards.has_more);
	assert_string_equal(cards.cards[0].path, "/articles/odd/7.gmi");
	assert_string_equal(cards.cards[3].path, "/articles/odd/1.gmi");
	assert_string_equal(cards.cards[3].image_credit, "Credit");
	edition_cards_free(&cards);
	edition_end(edition);
	edition_close(edition);
}

static void
an_article_written_again_keeps_one_row(void **state)
{
	(void)state;
	int64_t published = 0;

	writer_begin(writer);
	put_article("/articles/a.gmi", 100, "one");
	put_article("/articles/a.gmi", 100, "two");
	put_article("/articles/a.gmi", 200, "three");
	commit();
	assert_true(writer_article(writer, "/articles/a.gmi", &published));
	assert_int_equal(published, 200);
	struct edition *edition = finish_and_open();
	struct edition_query query = {.before = INT64_MAX, .limit = 9};
	struct edition_cards cards;
	assert_int_equal(edition_list(edition, &query, &cards), EDITION_FOUND);
	assert_int_equal(cards.count, 1);
	edition_cards_free(&cards);
	edition_close(edition);
	writer_drop_article(writer, "/articles/a.gmi");
	assert_false(writer_article(writer, "/articles/a.gmi", &published));
}

/* Two paths whose first ID at second 100 is the same: the 24 bits of the hash are soon found. */
static void
find_colliding_paths(char first[static 64], char second[static 64])
{
	static int seen[1 << 24]; /* 1 + the number in the path, by hash */

	for (int i = 0;; i++) {
		snprintf(second, 64, "/articles/%d.gmi", i);
		int *slot = &seen[id_make(100, second, 0) & 0xffffff];
		if (*slot != 0) {
			snprintf(first, 64, "/articles/%d.gmi", *slot - 1);
			return;
		}
		*slot = i + 1;
	}
}

static void
an_id_that_is_taken_is_left_to_its_article(void **state)
{
	(void)state;
	struct article article;
	char first[64], second[64];

	find_colliding_paths(first, second);
	writer_begin(writer);
	put_article(first, 100, "");
	put_article(second, 100, "");
	put_article(first, 100, "");
	put_article(second, 100, "");
	commit();
	struct edition *edition = finish_and_open();
	assert_true(edition_begin(edition));
	assert_int_equal(edition_article(edition, first, &article), EDITION_FOUND);
	assert_true(article.card.id == id_make(100, first, 0));
	assert_int_equal(edition_article(edition, second, &article), EDITION_FOUND);
	assert_true(article.card.id == id_make(100, second, 1));
	edition_end(edition);
	edition_close(edition);
}

static void
moved_leads_on_unless_a_file_is_there(void **state)
{
	(void)state;
	struct strings old = {0};

	strings_add(&old, "/old/a");
	strings_add(&old, "/old/b");
	writer_begin(writer);
	writer_put_moved(writer, "/articles/z.gmi", &old);
	writer_put_moved(
	    writer, "/articles/m.gmi", &old); /* two claim it: the answer is always one */
	put_file("/old/b", FILE_PLAIN, "", "");
	commit();
	edition_close(finish_and_open());
	snprintf(shop.printed, sizeof(shop.printed), "%s", shop.folder);
	assert_string_equal(workshop_fate(&shop, "/old/a"), "moved: /articles/m.gmi");
	assert_string_equal(workshop_fate(&shop, "/old/b"), "nothing");

	old.count = 0; /* nothing leads there any more */
	writer_begin(writer);
	writer_put_moved(writer, "/articles/m.gmi", &old);
	commit();
	assert_string_equal(workshop_fate(&shop, "/old/a"), "moved: /articles/z.gmi");
	old.count = 2;
	strings_free(&old);
}

static void
gone_tells_the_note_of_a_retracted_article(void **state)
{
	(void)state;

	writer_begin(writer);
	put_file("/articles/r.gmi", FILE_RETRACTED, "We erred.", "");
	put_file("/articles/b.gmi", FILE_BROKEN, "line 3", "");
	writer_put_gone(writer, "/articles/g.gmi");
	commit();
	edition_close(finish_and_open());
	snprintf(shop.printed, sizeof(shop.printed), "%s", shop.folder);
	assert_string_equal(workshop_fate(&shop, "/articles/r.gmi"), "gone: We erred.");
	assert_string_equal(workshop_fate(&shop, "/articles/b.gmi"), "nothing");
	assert_string_equal(workshop_fate(&shop, "/articles/g.gmi"), "gone: ");
	assert_true(writer_is_gone(writer, "/articles/g.gmi"));
	writer_drop_gone(writer, "/articles/g.gmi");
	assert_string_equal(workshop_fate(&shop, "/articles/g.gmi"), "nothing");
}

static void
types_are_told_where_the_name_does_not(void **state)
{
	(void)state;
	struct buffer type = BUFFER_EMPTY;

	writer_begin(writer);
	put_file("/LICENSE", FILE_PLAIN, "", "text/plain");
	put_file("/a.png", FILE_PLAIN, "", "");
	commit();
	struct edition *edition = finish_and_open();
	assert_int_equal(edition_file_type(edition, "/a.png", &type), EDITION_ABSENT);
	assert_int_equal(edition_file_type(edition, "/none", &type), EDITION_ABSENT);
	assert_int_equal(edition_file_type(edition, "/LICENSE", &type), EDITION_FOUND);
	assert_string_equal(buffer_text(&type), "text/plain");
	buffer_free(&type);
	edition_close(edition);
}

static void
files_are_counted_as_they_change(void **state)
{
	(void)state;
	struct edition_counts counts;

	writer_begin(writer);
	put_file("/articles/a.gmi", FILE_ARTICLE, "", "");
	put_file("/articles/a.gmi", FILE_ARTICLE, "", ""); /* again */
	put_file("/articles/b.gmi", FILE_ARTICLE, "", "");
	put_file("/articles/c.gmi", FILE_SCHEDULED, "", "");
	put_file("/articles/b.gmi", FILE_BROKEN, "", "");
	put_file("/drafts/d.gmi", FILE_DRAFT, "", "");
	put_file("/x/1", FILE_PLAIN, "", "");
	put_file("/x/2", FILE_PLAIN, "", "");
	put_file("/x/3", FILE_PLAIN, "", "");
	put_file("/x/4", FILE_PLAIN, "", "");
	writer_drop_file(writer, "/x/1");
	writer_drop_file(writer, "/x/none");
	commit();
	struct edition *edition = finish_and_open();
	assert_int_equal(edition_counts(edition, &counts), EDITION_FOUND);
	assert_int_equal(counts.articles, 1);
	assert_int_equal(counts.scheduled, 1);
	assert_int_equal(counts.broken, 1);
	assert_int_equal(counts.drafts, 1);
	assert_int_equal(counts.files, 3);
	assert_int_equal(writer_widest_folder(writer), 3); /* /x/ is not below articles/ */
	edition_close(edition);
}

static void
a_folder_is_listed_by_name(void **state)
{
	(void)state;
	struct file_list list;
	struct file_row row;

	writer_begin(writer);
	put_file("/a/b.gmi", FILE_ARTICLE, "", "");
	put_file("/a/B.gmi", FILE_DRAFT, "why", "image/png");
	put_file("/a/c/d.gmi", FILE_ARTICLE, "", "");
	put_file("/a/c", FILE_FOLDER, "", "");
	commit();
	assert_true(writer_list(writer, "/a/", &list));
	assert_int_equal(list.count, 3);
	assert_string_equal(list.entries[0].name, "B.gmi");
	assert_string_equal(list.entries[1].name, "b.gmi");
	assert_string_equal(list.entries[2].name, "c");
	assert_int_equal(list.entries[2].state, FILE_FOLDER);
	file_list_free(&list);
	assert_true(writer_has_rows(writer, "/a/c/"));
	assert_false(writer_has_rows(writer, "/a/d/"));
	assert_true(writer_file(writer, "/a/B.gmi", &row));
	assert_int_equal(row.state, FILE_DRAFT);
	assert_int_equal(row.first_seen, 4);
	assert_string_equal(row.reason, "why");
	assert_string_equal(row.mime, "image/png");
	assert_false(writer_file(writer, "/a/none", &row));
}

static void
the_next_due_article_is_known(void **state)
{
	(void)state;
	struct strings due = {0};

	assert_true(writer_next_due(writer) == INT64_MAX);
	writer_begin(writer);
	put_file("/articles/c.gmi", FILE_SCHEDULED, "", "");
	put_file("/articles/a.gmi", FILE_ARTICLE, "", "");
	commit();
	assert_int_equal(writer_next_due(writer), 5);
	assert_true(writer_due(writer, 4, &due));
	assert_int_equal(due.count, 0);
	assert_true(writer_due(writer, 5, &due));
	assert_int_equal(due.count, 1);
	assert_string_equal(due.items[0], "/articles/c.gmi");
	strings_free(&due);
}

static void
a_transaction_is_whole_or_nothing(void **state)
{
	(void)state;
	struct edition *edition = finish_and_open();
	struct article article;

	writer_begin(writer);
	put_article("/articles/a.gmi", 100, "");
	assert_int_equal(edition_article(edition, "/articles/a.gmi", &article), EDITION_ABSENT);
	edition_end(edition);
	commit();

	assert_true(edition_begin(edition));
	assert_int_equal(edition_article(edition, "/articles/a.gmi", &article), EDITION_FOUND);
	writer_begin(writer);
	writer_drop_article(writer, "/articles/a.gmi");
	commit();
	/* what a reader began with it ends with */
	assert_int_equal(edition_article(edition, "/articles/a.gmi", &article), EDITION_FOUND);
	edition_end(edition);
	assert_int_equal(edition_article(edition, "/articles/a.gmi", &article), EDITION_ABSENT);
	edition_close(edition);
}

static void
an_edition_remembers(void **state)
{
	(void)state;
	struct strings paths = {0};
	struct error err;

	assert_string_equal(writer_recall(writer, WRITER_COMMIT), "");
	writer_begin(writer);
	writer_remember(writer, WRITER_COMMIT, "abc");
	writer_remember(writer, WRITER_COMMIT, "def");
	writer_remember(writer, WRITER_TIMEZONE, "Europe/Prague");
	writer_put_uncommitted(writer, "/a");
	writer_put_uncommitted(writer, "/b");
	writer_put_uncommitted(writer, "/a");
	writer_drop_uncommitted(writer, "/b");
	commit();
	writer_close(writer);
	assert_int_equal(writer_open(shop.folder, 1, &writer, &err), WRITER_UNFINISHED);
	assert_string_equal(writer_recall(writer, WRITER_COMMIT), "def");
	assert_string_equal(writer_recall(writer, WRITER_TIMEZONE), "Europe/Prague");
	assert_int_equal(writer_count_uncommitted(writer), 1);
	assert_true(writer_uncommitted(writer, &paths));
	assert_string_equal(paths.items[0], "/a");
	strings_free(&paths);
}

static void
write_garbage(const char *name, const char *bytes)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", shop.folder, name);
	FILE *file = fopen(path, "w");
	assert_non_null(file);
	for (int i = 0; i < 1000; i++)
		fputs(bytes, file);
	fclose(file);
}

static void
a_damaged_file_is_not_used(void **state)
{
	(void)state;
	struct edition_writer *second = NULL;
	struct edition *edition = NULL;
	struct error err;

	edition_close(finish_and_open());
	write_garbage("edition-2.db", "this is no database ");
	assert_int_equal(writer_open(shop.folder, 2, &second, &err), WRITER_UNUSABLE);
	assert_non_null(strstr(err.text, "edition-2.db"));
	assert_int_equal(edition_open(shop.folder, &edition, &err), EDITION_FOUND);
	assert_int_equal(edition_number(edition), 1);
	edition_close(edition);
}

static void
an_edition_of_another_version_is_not_used(void **state)
{
	(void)state;
	struct edition_writer *second = NULL;
	struct edition *edition = NULL;
	struct database other;
	char path[EDITION_PATH_MAX];
	static const char *const no_texts[] = {""};
	struct error err;

	edition_file_path(path, shop.folder, 2);
	assert_true(database_open(&other, path, DATABASE_WRITE, no_texts, 1, &err));
	database_execute(&other, "CREATE TABLE x(y); PRAGMA user_version = 99");
	database_close(&other);
	assert_int_equal(writer_open(shop.folder, 2, &second, &err), WRITER_UNUSABLE);
	assert_int_equal(edition_open(shop.folder, &edition, &err), EDITION_ABSENT);
}

static void
a_reader_needs_no_write_access(void **state)
{
	(void)state;
	struct edition_counts counts;

	struct edition *edition = finish_and_open();
	edition_close(edition);
	writer_close(writer);
	writer = NULL;
	/* the last writer has left: log and index stay, so that a reader can open it all the same
	 */
	char path[128];
	snprintf(path, sizeof(path), "%s/edition-1.db-shm", shop.folder);
	assert_int_equal(access(path, F_OK), 0);
	struct error err;
	assert_int_equal(edition_open(shop.folder, &edition, &err), EDITION_FOUND);
	assert_int_equal(edition_counts(edition, &counts), EDITION_FOUND);
	edition_close(edition);
}

static void
only_names_of_editions_are_numbers(void **state)
{
	(void)state;
	unsigned *numbers = NULL;
	size_t count = 0;
	struct error err;

	write_garbage("edition-7.db", "");
	write_garbage("edition-12.db", "");
	write_garbage("edition-12.db-wal", "");
	write_garbage("edition-0.db", "");
	write_garbage("edition-x.db", "");
	write_garbage("edition-3.db.old", "");
	assert_true(edition_file_numbers(shop.folder, &numbers, &count, &err));
	assert_int_equal(count, 3);
	assert_int_equal(numbers[0], 12);
	assert_int_equal(numbers[1], 7);
	assert_int_equal(numbers[2], 1);
	free(numbers);
	edition_file_remove(shop.folder, 12);
	assert_true(edition_file_numbers(shop.folder, &numbers, &count, &err));
	assert_int_equal(count, 2);
	free(numbers);
}

/* Bytes of edition-1.db and of what comes behind its name. */
static off_t
size_of(const char *ending)
{
	char path[EDITION_PATH_MAX + 8];
	struct stat st;

	edition_file_path(path, shop.folder, 1);
	strcat(path, ending);
	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

/* Commits articles until the log has that many pages. */
static void
fill_log(int pages)
{
	static char body[64 * 1024];
	char path[64];

	memset(body, 'x', sizeof(body) - 1);
	for (int i = 0; writer->log_pages < pages; i++) {
		snprintf(path, sizeof(path), "/articles/%d-%d.gmi", pages, i);
		writer_begin(writer);
		put_article(path, 1000 + i, body);
		commit();
	}
}

static void
the_log_is_taken_in_when_nobody_waits(void **state)
{
	(void)state;
	fill_log(WRITER_LOG_TIDY - 100);
	off_t before = size_of("");
	writer_tidy(writer); /* not yet worth it */
	assert_int_equal(size_of(""), before);
	fill_log(WRITER_LOG_TIDY);
	writer_begin(writer);
	writer_tidy(writer); /* not within a transaction */
	commit();
	assert_int_equal(size_of(""), before);
	writer_tidy(writer);
	assert_true(size_of("") > before);
	fill_log(100);
	assert_in_range(writer->log_pages, 100, 200); /* it began anew */
}

static void
the_log_does_not_grow_for_ever(void **state)
{
	(void)state;
	off_t before = size_of("");
	fill_log(WRITER_LOG_MAX - 100);
	assert_int_equal(size_of(""), before);
	for (int i = 0; i < 100; i++) {
		writer_begin(writer);
		put_article("/articles/again.gmi", i, "Text.");
		commit();
	}
	assert_true(size_of("") > before);
	assert_true(size_of("-wal") < (off_t)(WRITER_LOG_MAX + 1000) * 4200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, bindery_set_up, bindery_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(readers_see_only_finished_editions),
	    TEST(the_newest_finished_edition_is_opened),
	    TEST(an_article_is_read_as_it_was_written),
	    TEST(a_list_is_newest_first_and_pages_on),
	    TEST(a_list_leaves_out_what_is_hidden_or_excepted),
	    TEST(an_article_written_again_keeps_one_row),
	    TEST(an_id_that_is_taken_is_left_to_its_article),
	    TEST(moved_leads_on_unless_a_file_is_there),
	    TEST(gone_tells_the_note_of_a_retracted_article),
	    TEST(types_are_told_where_the_name_does_not),
	    TEST(files_are_counted_as_they_change),
	    TEST(a_folder_is_listed_by_name),
	    TEST(the_next_due_article_is_known),
	    TEST(a_transaction_is_whole_or_nothing),
	    TEST(an_edition_remembers),
	    TEST(a_damaged_file_is_not_used),
	    TEST(an_edition_of_another_version_is_not_used),
	    TEST(a_reader_needs_no_write_access),
	    TEST(only_names_of_editions_are_numbers),
	    TEST(the_log_is_taken_in_when_nobody_waits),
	    TEST(the_log_does_not_grow_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
