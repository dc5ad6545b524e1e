/* What the press makes of the files that it finds: live, to come, broken, or of no interest. The
 * real-time clock is ours: a test need not wait for an article to be due. */
#include "presswork.h"

#include "base/time.h"

#define HOUR 3600

static bool is_time_coarse;

/* Instead of the C library's, which may lag behind by a tick, and so by a second at its turn. */
time_t
time(time_t *out)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	now.tv_sec -= is_time_coarse;
	if (out != NULL)
		*out = now.tv_sec;
	return now.tv_sec;
}

static int64_t
now(void)
{
	struct timespec real;

	clock_gettime(CLOCK_REALTIME, &real);
	return real.tv_sec;
}

static int
set_up(void **state)
{
	clockwork = (struct clockwork){0};
	is_time_coarse = false;
	return presswork_set_up(state);
}

static void
nothing_is_served_before_all_is_printed(void **state)
{
	(void)state;
	struct error err;
	char path[64];

	for (int i = 0; i < 50; i++) {
		snprintf(path, sizeof(path), "/articles/%d.gmi", i);
		workshop_put(&shop, path, "# Title\n\nText.\n");
	}
	shop.press = press_open(&shop.config, &shop.capsule, &err);
	assert_non_null(shop.press);
	assert_int_equal(press_edition(shop.press), 0);
	assert_true(press_work(shop.press, 0)); /* one step */
	assert_true(status().is_scanning);
	assert_int_equal(edition_open(shop.printed, &shop.edition, &err), EDITION_ABSENT);
	workshop_work(&shop);
	assert_int_equal(press_edition(shop.press), 1);
	assert_false(status().is_scanning);
	assert_int_equal(status().articles, 50);
	assert_true(workshop_is_live(&shop, "/articles/7.gmi", "Title"));
}

static void
an_empty_capsule_is_an_edition_too(void **state)
{
	(void)state;

	workshop_print(&shop);
	assert_int_equal(press_edition(shop.press), 1);
	assert_int_equal(status().articles, 0);
	assert_string_equal(status().commit, "");
}

static void
an_article_of_this_very_moment_is_not_one_to_come(void **state)
{
	(void)state;
	static const struct {
		const char *path, *text;
		bool is_live;
	} rows[] = {
	    {"/articles/before.gmi", "---\ndate = 2025-06-13T14:29:59Z\n---\n", true},
	    {"/articles/now.gmi", "---\ndate = 2025-06-13T14:30:00Z\n---\n", true},
	    {"/articles/later.gmi", "---\ndate = 2025-06-13T14:30:01Z\n---\n", false},
	};

	clockwork.real_s = 1749825000; /* half past two */
	is_time_coarse = true;
	for (size_t i = 0; i < ROWS(rows); i++)
		workshop_put(&shop, rows[i].path, rows[i].text);
	workshop_print(&shop);
	for (size_t i = 0; i < ROWS(rows); i++) {
		bool is_live = workshop_is_live(&shop, rows[i].path, NULL);
		check_row(rows[i].path, is_live == rows[i].is_live);
	}
}

static void
what_was_never_live_is_not_gone_but_absent(void **state)
{
	(void)state;
	static const char *const paths[] = {
	    "/articles/draft.gmi", "/articles/broken.gmi", "/articles/later.gmi", "/images/a.svg"};

	workshop_put(&shop, paths[0], "---\nstatus = draft\ndate = 2025-06-13\n---\nText\n");
	workshop_put(&shop, paths[1], "---\ndate = never\n---\nText\n");
	workshop_put(&shop, paths[2], "---\ndate = 9000-01-01\n---\nText\n");
	workshop_put(&shop, paths[3], "<svg/>");
	workshop_put(&shop, "/about.gmi", "");
	workshop_print(&shop);
	assert_int_equal(status().drafts, 1);
	assert_int_equal(status().broken, 1);
	assert_int_equal(status().scheduled, 1);
	assert_int_equal(status().files, 2);
	for (size_t i = 0; i < ROWS(paths); i++) {
		check_row(paths[i], !workshop_is_live(&shop, paths[i], NULL));
		workshop_delete(&shop, paths[i]);
	}
	workshop_notice(&shop);
	for (size_t i = 0; i < ROWS(paths); i++)
		check_row_text(paths[i], workshop_fate(&shop, paths[i]), "nothing");
	assert_string_equal(source("/.gone"), "");
}

static void
names_decide_what_is_an_article(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		bool is_article;
	} rows[] = {
	    {"/articles/a.gmi", true},
	    {"/articles/a.md", true},
	    {"/articles/deep/er/a.gmi", true},
	    {"/articles/index.gmi", true},
	    {"/articles/\xc5\xbdofie s%41.gmi", true},
	    {"/articles/header.gmi", false},
	    {"/articles/opinion/footer.gmi", false},
	    {"/articles/a.txt", false},
	    {"/articles/a.GMI", false},
	    {"/articles/.hidden.gmi", false},
	    {"/articles/bad\xff.gmi", false},
	    {"/drafts/a.gmi", false},
	    {"/about.gmi", false},
	    {"/index.gmi", false},
	};
	int64_t articles = 0;

	for (size_t i = 0; i < ROWS(rows); i++)
		workshop_put(&shop, rows[i].path, "---\ndate = 2025-06-13\n---\n# Title\n");
	workshop_print(&shop);
	for (size_t i = 0; i < ROWS(rows); i++) {
		check_row(rows[i].path,
		    workshop_is_live(&shop, rows[i].path, NULL) == rows[i].is_article);
		articles += rows[i].is_article;
	}
	assert_int_equal(status().articles, articles);
	assert_int_equal(status().drafts, 1);
	assert_int_equal(status().widest_folder, 10); /* files and folders of /articles/ */
}

static void
a_broken_article_leaves_the_last_good_print(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/a.gmi", "# Good\n");
	workshop_print(&shop);
	workshop_put(&shop, "/articles/a.gmi", "---\ndate = tomorrow\n---\n# Bad\n");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Good"));
	assert_int_equal(status().broken, 1);
	assert_int_equal(status().articles, 0);
	assert_string_equal(committed("/articles/a.gmi"), "---\ndate = tomorrow\n---\n# Bad\n");
	workshop_restart(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Good"));
	workshop_put(&shop, "/articles/a.gmi", "# Better\n");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Better"));
	assert_int_equal(status().broken, 0);
	workshop_put(&shop, "/articles/a.gmi", "---\ndate = tomorrow\n---\n# Bad\n");
	workshop_notice(&shop);
	workshop_delete(&shop, "/articles/a.gmi");
	workshop_notice(&shop);
	assert_string_equal(workshop_fate(&shop, "/articles/a.gmi"), "gone: "); /* it was live */
}

static void
a_scheduled_article_becomes_live_when_due(void **state)
{
	(void)state;
	struct buffer text = BUFFER_EMPTY;
	struct timestamp due = timestamp_at(now() + HOUR, "UTC");

	buffer_puts(&text, "---\ndate = ");
	timestamp_append(&text, &due);
	buffer_puts(&text, "\n---\n# Later\n");
	workshop_put(&shop, "/articles/a.gmi", text.data);
	buffer_free(&text);
	workshop_print(&shop);
	assert_false(workshop_is_live(&shop, "/articles/a.gmi", NULL));
	assert_int_equal(status().scheduled, 1);
	assert_int_equal(press_next_due(shop.press), timestamp_seconds(&due, "UTC"));
	press_tick(shop.press);
	workshop_work(&shop);
	assert_false(workshop_is_live(&shop, "/articles/a.gmi", NULL));

	clockwork.real_ahead_s = HOUR + 1;
	press_tick(shop.press);
	workshop_work(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Later"));
	assert_int_equal(status().scheduled, 0);
	assert_true(press_next_due(shop.press) == INT64_MAX);

	clockwork.real_ahead_s = 0; /* the clock is put back */
	press_tick(shop.press);
	workshop_restart(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Later"));
}

/* The owner ticks a moment too early, works, and only then asks how long it may sleep. */
static void
what_came_due_after_a_tick_is_not_slept_over(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/a.gmi", "---\ndate = 2600-01-01\n---\n# Later\n");
	workshop_print(&shop);
	int64_t due = press_next_due(shop.press);
	press_tick(shop.press);
	clockwork.real_ahead_s = (int64_t)600 * 366 * 86400;
	assert_int_equal(press_next_due(shop.press), due);
}

static void
a_start_prints_what_came_due_meanwhile(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/a.gmi", "---\ndate = 2600-01-01\n---\n# Later\n");
	workshop_print(&shop);
	assert_false(workshop_is_live(&shop, "/articles/a.gmi", NULL));
	clockwork.real_ahead_s = (int64_t)600 * 366 * 86400;
	workshop_restart(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Later"));
}

static void
dates_are_those_written_or_of_the_first_sight(void **state)
{
	(void)state;
	static const struct {
		const char *path, *text, *day;
	} rows[] = {
	    {"/articles/day.gmi", "---\ndate = 2025-06-13\n---\n", "2025-06-13"},
	    {"/articles/zone.gmi", "---\ndate = 2025-06-13T23:30-11:00\n---\n", "2025-06-13"},
	    {"/articles/none.gmi", "# None\n", "2001-09-10"}, /* in New York, of the file's mtime */
	};
	struct timespec first[2] = {{.tv_sec = 1000180000}, {.tv_sec = 1000180000}};
	struct article article;

	shop.capsule.timezone = (char *)"America/New_York";
	for (size_t i = 0; i < ROWS(rows); i++) {
		workshop_put(&shop, rows[i].path, rows[i].text);
		assert_int_equal(
		    utimensat(AT_FDCWD, workshop_name(&shop, rows[i].path), first, 0), 0);
	}
	workshop_print(&shop);
	workshop_put(&shop, "/articles/none.gmi", "# Changed later\n");
	workshop_notice(&shop);
	struct edition *edition = workshop_edition(&shop);
	assert_true(edition_begin(edition));
	for (size_t i = 0; i < ROWS(rows); i++) {
		check_row(rows[i].path,
		    edition_article(edition, rows[i].path, &article) == EDITION_FOUND);
		check_row_text(rows[i].path, article.card.date, rows[i].day);
	}
	assert_string_equal(article.card.title, "Changed later");
	edition_end(edition);
}

static void
retracted_moved_and_existing_paths_answer_as_they_should(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/r.gmi", "---\nretracted = We erred.\n---\nText\n");
	workshop_put(&shop, "/articles/m.gmi",
	    "---\nmoved-from = /old/m\nmoved-from = /about.gmi\n---\n# Moved\n");
	workshop_put(&shop, "/articles/d.gmi", "---\nmoved-from = /old/d\nstatus = draft\n---\n");
	workshop_put(&shop, "/about.gmi", "About\n");
	workshop_print(&shop);
	assert_string_equal(workshop_fate(&shop, "/articles/r.gmi"), "gone: We erred.");
	assert_string_equal(workshop_fate(&shop, "/old/m"), "moved: /articles/m.gmi");
	assert_string_equal(workshop_fate(&shop, "/about.gmi"), "nothing");
	assert_string_equal(workshop_fate(&shop, "/old/d"), "nothing");
	workshop_delete(&shop, "/about.gmi");
	workshop_put(&shop, "/articles/m.gmi", "---\nmoved-from = /about.gmi\n---\n# Moved\n");
	workshop_notice(&shop);
	assert_string_equal(workshop_fate(&shop, "/old/m"), "nothing");
	assert_string_equal(workshop_fate(&shop, "/about.gmi"), "moved: /articles/m.gmi");
}

static void
odd_files_do_no_harm(void **state)
{
	(void)state;
	char name[300] = "/articles/";
	struct buffer type = BUFFER_EMPTY;

	memset(name + 10, 'n', 255);
	memcpy(name + 10 + 251, ".gmi", 5);
	workshop_put(&shop, name, "# Long name\n");
	workshop_put(&shop, "/articles/git~1.gmi", "# Fine for us\n");
	struct timespec far[2] = {{.tv_sec = 15000000000}, {.tv_sec = 15000000000}}; /* year 2445 */
	assert_int_equal(
	    utimensat(AT_FDCWD, workshop_name(&shop, "/articles/git~1.gmi"), far, 0), 0);
	workshop_put(&shop, "/git~1", "not for git\n");
	workshop_put(&shop, "/LICENSE", "Plain text\n");
	assert_int_equal(mkfifo(workshop_name(&shop, "/articles/fifo.gmi"), 0644), 0);
	assert_int_equal(symlink("/etc/passwd", workshop_name(&shop, "/articles/out.gmi")), 0);
	assert_int_equal(symlink("loop.gmi", workshop_name(&shop, "/articles/loop.gmi")), 0);
	assert_int_equal(symlink("git~1.gmi", workshop_name(&shop, "/articles/in.gmi")), 0);
	assert_int_equal(symlink("..", workshop_name(&shop, "/articles/up")), 0);
	workshop_put(&shop, "/articles/.broadsheet-1-1", "half");
	workshop_print(&shop);
	assert_true(workshop_is_live(&shop, name, "Long name"));
	bool has_link = workshop_is_live(&shop, "/articles/in.gmi", "Fine for us");
	assert_int_equal(has_link, workshop_follows_links());
	assert_int_equal(status().articles, 2 + has_link);
	assert_int_equal(status().broken, 0);
	assert_string_equal(committed("/LICENSE"), "Plain text\n");
	assert_string_equal(committed("/git~1"), "(absent)");
	assert_int_equal(status().uncommitted, 0);
	assert_int_equal(access(workshop_name(&shop, "/articles/.broadsheet-1-1"), F_OK), -1);
	assert_int_equal(
	    edition_file_type(workshop_edition(&shop), "/git~1", &type), EDITION_FOUND);
	assert_string_equal(buffer_text(&type), "text/plain");
	buffer_free(&type);
}

static void
large_files_are_served_without_history(void **state)
{
	(void)state;

	shop.config.limits.upload_size = 10;
	workshop_put(&shop, "/articles/small.gmi", "# Small\n");
	workshop_put(&shop, "/articles/large.gmi", "# Too large for history\n");
	workshop_print(&shop);
	assert_true(workshop_is_live(&shop, "/articles/large.gmi", "Too large for history"));
	assert_string_equal(committed("/articles/small.gmi"), "# Small\n");
	assert_string_equal(committed("/articles/large.gmi"), "(absent)");
}

static void
without_history_there_is_no_repository(void **state)
{
	(void)state;
	char repository[160];

	shop.capsule.history = false;
	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_print(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	snprintf(repository, sizeof(repository), "%s/history.git", shop.printed);
	assert_int_equal(access(repository, F_OK), -1);
	shop.capsule.history = true; /* switched on: all that is there is taken in */
	workshop_restart(&shop);
	assert_string_equal(committed("/articles/a.gmi"), "# A\n");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, presswork_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(nothing_is_served_before_all_is_printed),
	    TEST(an_empty_capsule_is_an_edition_too),
	    TEST(an_article_of_this_very_moment_is_not_one_to_come),
	    TEST(what_was_never_live_is_not_gone_but_absent),
	    TEST(names_decide_what_is_an_article),
	    TEST(a_broken_article_leaves_the_last_good_print),
	    TEST(a_scheduled_article_becomes_live_when_due),
	    TEST(what_came_due_after_a_tick_is_not_slept_over),
	    TEST(a_start_prints_what_came_due_meanwhile),
	    TEST(dates_are_those_written_or_of_the_first_sight),
	    TEST(retracted_moved_and_existing_paths_answer_as_they_should),
	    TEST(odd_files_do_no_harm),
	    TEST(large_files_are_served_without_history),
	    TEST(without_history_there_is_no_repository),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
