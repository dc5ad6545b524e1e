/* When an article without a date came stays known, whatever happens to edition, folder and file. */
#include "presswork.h"

#include <time.h>

#define FIRST  ((int64_t)1759320000) /* 2025-10-01T12:00:00Z */
#define SECOND ((int64_t)1759363200) /* 2025-10-02T00:00:00Z */

#define LIST       "/articles/.dates"
#define A_OF_FIRST "2025-10-01T12:00:00Z a.gmi\n"

/* Lays a file that was changed last at that second. */
static void
lay(const char *path, const char *text, int64_t seconds)
{
	const struct timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};

	workshop_put(&shop, path, text);
	assert_int_equal(utimensat(AT_FDCWD, workshop_name(&shop, path), times, 0), 0);
}

/* When the article at path is published, 0: there is none. */
static int64_t
published(const char *path)
{
	struct file_row file;

	return press_file(shop.press, path, &file) && file.state == FILE_ARTICLE ? file.published
										 : 0;
}

static void
reprint(void)
{
	unsigned number = press_edition(shop.press);
	struct error err;

	assert_true(press_reprint(shop.press, &err));
	workshop_work(&shop);
	assert_int_equal(press_edition(shop.press), number + 1);
}

/* The press starts elsewhere: in what the command makes of the root ("$root"), as "$new". */
static void
start_in(const char *command)
{
	char shell[512];

	press_close(shop.press);
	shop.press = NULL;
	snprintf(shell, sizeof(shell),
	    "cd %s && root=capsule new=new state=var && %s && rm -rf var "
	    "capsule && mv new capsule",
	    shop.folder, command);
	assert_int_equal(system(shell), 0);
	workshop_print(&shop);
	assert_int_equal(press_edition(shop.press), 1);
}

static void
print_one_and_edit_it(void)
{
	lay("/articles/a.gmi", "# A\n", FIRST);
	workshop_print(&shop);
	assert_int_equal(published("/articles/a.gmi"), FIRST);
	workshop_put(&shop, "/articles/a.gmi", "# Changed\n");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Changed"));
	assert_int_equal(published("/articles/a.gmi"), FIRST);
}

static void
a_reprint_after_an_edit_keeps_the_date(void **state)
{
	(void)state;

	print_one_and_edit_it();
	reprint();
	assert_int_equal(published("/articles/a.gmi"), FIRST);
}

static void
a_lost_edition_keeps_the_date(void **state)
{
	(void)state;
	char shell[256];

	print_one_and_edit_it();
	press_close(shop.press);
	snprintf(shell, sizeof(shell), "rm %s/edition-*", shop.printed);
	assert_int_equal(system(shell), 0);
	workshop_print(&shop);
	assert_int_equal(published("/articles/a.gmi"), FIRST);
}

static void
a_copy_without_times_keeps_the_date(void **state)
{
	(void)state;

	lay("/articles/sub/a.gmi", "# A\n", FIRST);
	workshop_print(&shop);
	start_in("cp -r $root $new");
	assert_int_equal(published("/articles/sub/a.gmi"), FIRST);
}

static void
a_clone_of_history_keeps_the_date(void **state)
{
	(void)state;

	lay("/articles/sub/a.gmi", "# A\n", FIRST);
	workshop_print(&shop);
	start_in("git -c safe.directory='*' clone -q $state/example.org/history.git $new");
	assert_int_equal(published("/articles/sub/a.gmi"), FIRST);
}

static void
a_folder_that_moves_takes_its_dates_along(void **state)
{
	(void)state;
	char to[160];

	lay("/articles/old/a.gmi", "# A\n", FIRST);
	workshop_print(&shop);
	workshop_put(&shop, "/articles/old/a.gmi", "# Changed\n");
	workshop_notice(&shop);
	snprintf(to, sizeof(to), "%s/articles/new", shop.root);
	assert_int_equal(rename(workshop_name(&shop, "/articles/old"), to), 0);
	workshop_notice(&shop);
	assert_int_equal(published("/articles/old/a.gmi"), 0);
	assert_int_equal(published("/articles/new/a.gmi"), FIRST);
}

/* What an edition from before there were lists knows, or one whose list a mirror took away. */
static void
an_edition_gives_back_a_list_that_is_missing(void **state)
{
	(void)state;

	lay("/articles/a.gmi", "# A\n", FIRST);
	lay("/articles/draft.gmi", "---\nstatus = draft\n---\n# Draft\n", SECOND);
	workshop_print(&shop);
	press_close(shop.press);
	workshop_delete(&shop, LIST);
	workshop_put(&shop, "/articles/a.gmi", "# Changed\n");
	workshop_print(&shop);
	assert_string_equal(source(LIST), A_OF_FIRST "2025-10-02T00:00:00Z draft.gmi\n");
	assert_string_equal(committed(LIST), source(LIST));
	workshop_delete(&shop, LIST); /* while it is running */
	workshop_notice(&shop);
	assert_string_equal(source(LIST), A_OF_FIRST "2025-10-02T00:00:00Z draft.gmi\n");
	assert_int_equal(published("/articles/a.gmi"), FIRST);
}

static void
what_a_hand_writes_into_the_list_counts(void **state)
{
	(void)state;

	lay("/articles/a.gmi", "# A\n", FIRST);
	lay("/articles/b.gmi", "# B\n", FIRST);
	workshop_print(&shop);
	workshop_put(&shop, LIST, "# ours\n2025-10-02 a.gmi");
	workshop_notice(&shop);
	assert_int_equal(published("/articles/a.gmi"), SECOND);
	assert_int_equal(published("/articles/b.gmi"), FIRST);
	assert_string_equal(source(LIST), "# ours\n2025-10-02 a.gmi\n2025-10-01T12:00:00Z b.gmi\n");
	reprint();
	assert_int_equal(published("/articles/a.gmi"), SECOND);
}

static void
an_article_that_comes_back_has_its_date(void **state)
{
	(void)state;

	lay("/articles/a.gmi", "# A\n", FIRST);
	workshop_print(&shop);
	workshop_delete(&shop, "/articles/a.gmi");
	workshop_notice(&shop);
	assert_int_equal(published("/articles/a.gmi"), 0);
	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_notice(&shop);
	assert_int_equal(published("/articles/a.gmi"), FIRST);
}

static void
an_article_that_moves_keeps_its_date(void **state)
{
	(void)state;
	static const char moved[] = "---\nmoved-from = /articles/a.gmi\n---\n# A\n";
	const struct press_change changes[] = {
	    {"/articles/sub/b.gmi", moved, sizeof(moved) - 1},
	    {.path = "/articles/a.gmi"},
	};
	const struct press_credit credit = {"Heidi", "heidi@example.org", "move"};
	struct error err;

	lay("/articles/a.gmi", "# A\n", FIRST);
	workshop_print(&shop);
	assert_true(press_put(shop.press, changes, 2, &credit, &err));
	assert_int_equal(published("/articles/a.gmi"), 0);
	assert_int_equal(published("/articles/sub/b.gmi"), FIRST);
	reprint();
	assert_int_equal(published("/articles/sub/b.gmi"), FIRST);
}

static void
an_article_with_a_date_needs_no_list(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/a.gmi", "---\ndate = 2025-06-13\n---\n# A\n");
	workshop_put(&shop, "/articles/header.gmi", "# Ours\n");
	workshop_put(&shop, "/articles/picture.png", "png");
	workshop_put(&shop, "/drafts/b.gmi", "# B\n");
	workshop_print(&shop);
	assert_int_equal(access(workshop_name(&shop, LIST), F_OK), -1);
	assert_int_equal(access(workshop_name(&shop, "/drafts/.dates"), F_OK), -1);
}

static void
the_list_is_in_the_commit_of_its_article(void **state)
{
	(void)state;
	char shell[256];

	workshop_put(&shop, "/articles/a.gmi", "---\ndate = 2025-06-13\n---\n# A\n");
	workshop_print(&shop);
	lay("/articles/b.gmi", "# B\n", FIRST);
	workshop_notice(&shop);
	assert_string_equal(committed(LIST), "2025-10-01T12:00:00Z b.gmi\n");
	snprintf(shell, sizeof(shell),
	    "test \"$(git --git-dir=%s/history.git log --format=%%s -n 1)\" = "
	    "'Add articles/b.gmi'",
	    shop.printed);
	assert_int_equal(system(shell), 0);
}

static void
a_list_that_cannot_be_written_holds_nothing_back_and_is_written_later(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/.dates/in-the-way", "");
	lay("/articles/a.gmi", "# A\n", FIRST);
	workshop_print(&shop);
	assert_int_equal(published("/articles/a.gmi"), FIRST);
	workshop_put(&shop, "/articles/a.gmi", "# Changed\n");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Changed"));
	reprint(); /* the edition before knows */
	assert_int_equal(published("/articles/a.gmi"), FIRST);
	workshop_delete_tree(workshop_name(&shop, LIST));
	workshop_restart(&shop);
	assert_string_equal(source(LIST), A_OF_FIRST);
}

static void
a_list_that_cannot_be_read_is_not_written_over(void **state)
{
	(void)state;
	char target[16] = "";

	workshop_put(&shop, "/articles/header.gmi", "# Ours\n");
	assert_int_equal(symlink("/nowhere", workshop_name(&shop, LIST)), 0);
	lay("/articles/a.gmi", "# A\n", FIRST);
	workshop_print(&shop);
	assert_int_equal(published("/articles/a.gmi"), FIRST);
	assert_int_equal(readlink(workshop_name(&shop, LIST), target, sizeof(target) - 1), 8);
	assert_string_equal(target, "/nowhere");
	workshop_delete(&shop, LIST);
	workshop_put(&shop, LIST, "2025-10-02 a.gmi\n");
	workshop_notice(&shop);
	assert_int_equal(published("/articles/a.gmi"), SECOND);
}

static void
a_stamp_before_the_epoch_is_no_trouble(void **state)
{
	(void)state;

	lay("/articles/a.gmi", "# A\n", -3600);
	workshop_print(&shop);
	workshop_restart(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	assert_string_equal(source(LIST), "1969-12-31T23:00:00Z a.gmi\n");
}

static void
every_article_of_many_keeps_its_date(void **state)
{
	(void)state;
	enum { ARTICLES = 300 };
	char path[64];

	for (int i = 0; i < ARTICLES; i++) {
		snprintf(path, sizeof(path), "/articles/%d/%d.gmi", i % 2, i);
		lay(path, "# An article\n", FIRST + i);
	}
	workshop_print(&shop);
	start_in("cp -r $root $new");
	for (int i = 0; i < ARTICLES; i++) {
		snprintf(path, sizeof(path), "/articles/%d/%d.gmi", i % 2, i);
		if (published(path) != FIRST + i)
			fail_msg("%s: another date", path);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PRESS_TEST(a_reprint_after_an_edit_keeps_the_date),
	    PRESS_TEST(a_lost_edition_keeps_the_date),
	    PRESS_TEST(a_copy_without_times_keeps_the_date),
	    PRESS_TEST(a_clone_of_history_keeps_the_date),
	    PRESS_TEST(a_folder_that_moves_takes_its_dates_along),
	    PRESS_TEST(an_edition_gives_back_a_list_that_is_missing),
	    PRESS_TEST(what_a_hand_writes_into_the_list_counts),
	    PRESS_TEST(an_article_that_comes_back_has_its_date),
	    PRESS_TEST(an_article_that_moves_keeps_its_date),
	    PRESS_TEST(an_article_with_a_date_needs_no_list),
	    PRESS_TEST(the_list_is_in_the_commit_of_its_article),
	    PRESS_TEST(a_list_that_cannot_be_written_holds_nothing_back_and_is_written_later),
	    PRESS_TEST(a_list_that_cannot_be_read_is_not_written_over),
	    PRESS_TEST(a_stamp_before_the_epoch_is_no_trouble),
	    PRESS_TEST(every_article_of_many_keeps_its_date),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
