/* What the press notices: files dropped in, changed and taken away, and whole roots. */
#include "presswork.h"

static void
a_file_dropped_in_is_live_and_follows_its_changes(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/old.gmi", "# Old\n");
	workshop_print(&shop);
	workshop_put(&shop, "/articles/a.gmi", "# One\n");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "One"));
	assert_string_equal(committed("/articles/a.gmi"), "# One\n");
	workshop_put(&shop, "/articles/a.gmi", "# Two\n"); /* as long as before */
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Two"));
	assert_string_equal(committed("/articles/a.gmi"), "# Two\n");
	workshop_delete(&shop, "/articles/a.gmi");
	workshop_notice(&shop);
	assert_false(workshop_is_live(&shop, "/articles/a.gmi", NULL));
	assert_string_equal(workshop_fate(&shop, "/articles/a.gmi"), "gone: ");
	assert_string_equal(committed("/articles/a.gmi"), "(absent)");
	assert_true(workshop_is_live(&shop, "/articles/old.gmi", "Old"));
}

static void
a_folder_moved_in_and_out_goes_as_a_whole(void **state)
{
	(void)state;
	char outside[128];

	workshop_put(&shop, "/about.gmi", "");
	workshop_print(&shop);
	workshop_put(&shop, "/../new/2025/a.gmi", "# A\n");
	workshop_put(&shop, "/../new/2025/06/b.gmi", "# B\n");
	snprintf(outside, sizeof(outside), "%s/new", shop.folder);
	assert_int_equal(rename(outside, workshop_name(&shop, "/articles")), 0);
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/2025/a.gmi", "A"));
	assert_true(workshop_is_live(&shop, "/articles/2025/06/b.gmi", "B"));

	workshop_put(&shop, "/articles/2025/06/c.gmi", "# C\n"); /* it is watched by now */
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/2025/06/c.gmi", "C"));

	assert_int_equal(rename(workshop_name(&shop, "/articles"), outside), 0);
	workshop_notice(&shop);
	assert_int_equal(status().articles, 0);
	assert_string_equal(workshop_fate(&shop, "/articles/2025/06/b.gmi"), "gone: ");
	assert_string_equal(committed("/articles/2025/06/b.gmi"), "(absent)");
	assert_int_equal(rename(outside, workshop_name(&shop, "/articles")), 0);
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/2025/06/c.gmi", "C"));
	assert_string_equal(source("/.gone"), "");
}

static void
gone_is_a_file_that_people_edit_too(void **state)
{
	(void)state;

	workshop_put(&shop, "/.gone", "# ours\n/old/page\n");
	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_put(&shop, "/articles/b.gmi", "# B\n");
	workshop_print(&shop);
	assert_string_equal(workshop_fate(&shop, "/old/page"), "gone: ");
	workshop_delete(&shop, "/articles/a.gmi");
	workshop_notice(&shop);
	assert_string_equal(source("/.gone"), "# ours\n/old/page\n/articles/a.gmi\n");
	assert_string_equal(committed("/.gone"), "# ours\n/old/page\n/articles/a.gmi\n");

	workshop_put(&shop, "/articles/a.gmi", "# Back\n");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Back"));
	assert_string_equal(source("/.gone"), "# ours\n/old/page\n");
	assert_string_equal(workshop_fate(&shop, "/articles/a.gmi"), "nothing");

	workshop_put(&shop, "/.gone", "/another\n");
	workshop_notice(&shop);
	assert_string_equal(workshop_fate(&shop, "/another"), "gone: ");
	assert_string_equal(workshop_fate(&shop, "/old/page"), "nothing");
	workshop_delete(&shop, "/.gone");
	workshop_notice(&shop);
	assert_string_equal(workshop_fate(&shop, "/another"), "nothing");
}

static void
an_article_saved_as_a_new_file_is_never_gone(void **state)
{
	(void)state;
	char shell[256];

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_print(&shop);
	workshop_delete(&shop, "/articles/a.gmi");
	press_watch_ready(shop.press);
	workshop_work(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	workshop_put(&shop, "/articles/a.gmi", "# Saved\n");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Saved"));
	assert_string_equal(source("/.gone"), "");
	snprintf(shell, sizeof(shell),
	    "git --git-dir=%s/history.git log --format=%%s | grep -q Delete", shop.printed);
	assert_int_not_equal(system(shell), 0);
}

static void
a_root_that_vanishes_takes_nothing_along(void **state)
{
	(void)state;
	char away[128];

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_print(&shop);
	snprintf(away, sizeof(away), "%s/away", shop.folder);
	assert_int_equal(rename(shop.root, away), 0);
	workshop_notice(&shop);
	assert_true(status().root_is_missing);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	workshop_restart(&shop); /* without it, too */
	assert_true(status().root_is_missing);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	assert_int_equal(press_edition(shop.press), 1);
	assert_int_equal(rename(away, shop.root), 0);
	press_tick(shop.press); /* a sandbox would not cover it: the owner has to start anew */
	assert_true(press_root_was_replaced(shop.press));
	workshop_restart(&shop);
	assert_false(status().root_is_missing);

	assert_int_equal(rename(shop.root, away), 0);
	press_tick(shop.press);
	assert_true(status().root_is_missing);
	assert_int_equal(rename(away, shop.root), 0);
	workshop_put(&shop, "/articles/b.gmi", "# B\n");
	press_tick(shop.press);
	workshop_work(&shop);
	assert_false(status().root_is_missing);
	assert_false(press_root_was_replaced(shop.press));
	assert_true(workshop_is_live(&shop, "/articles/b.gmi", "B"));
}

static void
a_root_that_is_suddenly_empty_takes_nothing_along(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_print(&shop);
	workshop_delete_tree(workshop_name(&shop, "/articles"));
	workshop_notice(&shop);
	assert_true(status().root_is_missing);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	workshop_put(&shop, "/articles/b.gmi", "# B\n");
	press_tick(shop.press);
	workshop_work(&shop);
	assert_true(workshop_is_live(&shop, "/articles/b.gmi", "B"));
	assert_string_equal(workshop_fate(&shop, "/articles/a.gmi"), "gone: ");
}

static void
a_root_removed_file_by_file_takes_nothing_along(void **state)
{
	(void)state;
	static const char *const removed[] = {"/articles/.dates", "/articles/a.gmi",
	    "/articles/b.gmi", "/articles", "/about.gmi", ""};

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_put(&shop, "/articles/b.gmi", "# B\n");
	workshop_put(&shop, "/about.gmi", "");
	workshop_print(&shop);
	for (size_t i = 0; i < ROWS(removed); i++) { /* as rm -r does, while the press is awake */
		assert_int_equal(remove(workshop_name(&shop, removed[i])), 0);
		press_watch_ready(shop.press);
		workshop_work(&shop);
	}
	clockwork.monotonic_ahead_ms += ABSENCE_QUIET_MS;
	press_tick(shop.press);
	workshop_work(&shop);
	assert_true(status().root_is_missing);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	assert_true(workshop_is_live(&shop, "/articles/b.gmi", "B"));
}

static void
another_root_is_noticed(void **state)
{
	(void)state;
	char away[128];

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_print(&shop);
	assert_false(press_root_was_replaced(shop.press));
	snprintf(away, sizeof(away), "%s/away", shop.folder);
	assert_int_equal(rename(shop.root, away), 0);
	assert_int_equal(mkdir(shop.root, 0755), 0);
	workshop_notice(&shop);
	assert_true(press_root_was_replaced(shop.press));
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PRESS_TEST(a_file_dropped_in_is_live_and_follows_its_changes),
	    PRESS_TEST(a_folder_moved_in_and_out_goes_as_a_whole),
	    PRESS_TEST(gone_is_a_file_that_people_edit_too),
	    PRESS_TEST(a_root_that_vanishes_takes_nothing_along),
	    PRESS_TEST(a_root_that_is_suddenly_empty_takes_nothing_along),
	    PRESS_TEST(a_root_removed_file_by_file_takes_nothing_along),
	    PRESS_TEST(an_article_saved_as_a_new_file_is_never_gone),
	    PRESS_TEST(another_root_is_noticed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
