/* What a press tells of history: the revisions of a path, and what is deleted. */
#include "putting.h"

static void
take_commit(void *arg, const struct path_revision *revision)
{
	memcpy(arg, revision->commit, sizeof(revision->commit));
}

static void
put_three(void)
{
	put("/articles/a.gmi", "# One\n");
	workshop_put(&shop, "/articles/a.gmi", "# Hand\n");
	put("/articles/a.gmi", "# Three\n");
	put("/articles/b.gmi", "# Other\n");
}

static const char three[] = "Heidi: publish /articles/a.gmi\n"
			    "broadsheet: Change articles/a.gmi\n"
			    "Heidi: publish /articles/a.gmi\n";

static void
revisions_of_a_path_are_told_newest_first(void **state)
{
	(void)state;
	char commit[HISTORY_COMMIT_LEN + 1];
	struct error err;

	put_three();
	assert_string_equal(revisions("/articles/a.gmi", NULL, 9), three);
	assert_string_equal(revisions("/about.gmi", NULL, 9), "broadsheet: Add about.gmi\n");
	assert_string_equal(revisions("/none.gmi", NULL, 9), "");
	assert_true(
	    press_revisions(shop.press, "/articles/a.gmi", NULL, 1, take_commit, commit, &err));
	assert_string_equal(
	    revisions("/articles/a.gmi", commit, 1), "broadsheet: Change articles/a.gmi\n");
	assert_true(
	    press_revisions(shop.press, "/articles/a.gmi", commit, 9, take_commit, commit, &err));
	assert_string_equal(revisions("/articles/a.gmi", commit, 9), "");
}

static void
a_new_edition_reads_revisions_back(void **state)
{
	(void)state;
	struct error err;
	char command[256];

	put_three();
	press_close(shop.press);
	snprintf(command, sizeof(command), "rm %s/edition-*", shop.printed);
	assert_int_equal(system(command), 0);
	shop.press = press_open(&shop.config, &shop.capsule, &err);
	assert_non_null(shop.press);
	put("/articles/c.gmi", "# New\n"); /* before anything was read back */
	assert_string_equal(
	    revisions("/articles/c.gmi", NULL, 1), "Heidi: publish /articles/a.gmi\n");
	assert_string_equal(revisions("/articles/a.gmi", NULL, 9),
	    "(older changes are still being read from history: look again soon)");
	workshop_work(&shop);
	assert_string_equal(revisions("/articles/a.gmi", NULL, 9), three);
	assert_string_equal(revisions("/about.gmi", NULL, 9), "broadsheet: Add about.gmi\n");
	assert_string_equal(
	    revisions("/articles/c.gmi", NULL, 9), "Heidi: publish /articles/a.gmi\n");
	assert_true(press_reprint(shop.press, &err));
	workshop_work(&shop);
	assert_string_equal(revisions("/articles/a.gmi", NULL, 9), three);
}

static void
a_commit_that_was_not_printed_is_told_after_a_restart(void **state)
{
	(void)state;
	char command[512];

	put("/articles/a.gmi", "# One\n");
	press_close(shop.press);
	shop.press = NULL;
	snprintf(command, sizeof(command), "cp -r %s %s/before", shop.printed, shop.state);
	assert_int_equal(system(command), 0);
	workshop_print(&shop);
	put("/articles/a.gmi", "# Two\n");
	press_close(shop.press);
	shop.press = NULL;
	snprintf(command, sizeof(command), "rm %s/edition-* && cp %s/before/edition-* %s",
	    shop.printed, shop.state, shop.printed);
	assert_int_equal(system(command), 0);
	workshop_print(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Two"));
	assert_string_equal(revisions("/articles/a.gmi", NULL, 9),
	    "Heidi: publish /articles/a.gmi\nHeidi: publish /articles/a.gmi\n");
}

static void
without_history_there_are_no_revisions(void **state)
{
	(void)state;

	press_close(shop.press);
	shop.press = NULL;
	shop.capsule.history = false;
	workshop_print(&shop);
	put("/articles/a.gmi", "# One\n");
	assert_string_equal(revisions("/articles/a.gmi", NULL, 9),
	    "(this capsule keeps no history (history = no))");
}

static void
append_deleted(void *arg, const struct path_revision *revision)
{
	buffer_printf(arg, "%s ", revision->path);
}

/* What is deleted, the latest first, behind a path. */
static const char *
deleted(const char *after, size_t limit)
{
	static char text[1024];
	struct buffer out = BUFFER_EMPTY;
	struct error err;

	if (!press_deleted(shop.press, after, limit, append_deleted, &out, &err))
		buffer_printf(&out, "(%s)", err.text);
	snprintf(text, sizeof(text), "%s", buffer_text(&out));
	buffer_free(&out);
	return text;
}

static void
put_as(const char *message, const struct press_change *changes, size_t count)
{
	struct press_credit credit = heidi;
	struct error err;

	credit.message = message;
	assert_true(press_put(shop.press, changes, count, &credit, &err));
}

static void
delete_some(void)
{
	static const struct press_change removal[] = {{"/articles/a.gmi", NULL, 0},
	    {"/articles/b.gmi", NULL, 0}, {"/articles/c.gmi", NULL, 0}};
	static const struct press_change move[] = {
	    {"/articles/e.gmi", "# D\n", 4}, {"/articles/d.gmi", NULL, 0}};

	put("/articles/a.gmi", "# A\n");
	put("/articles/b.gmi", "# B\n");
	put("/articles/c.gmi", "# C\n");
	put("/articles/d.gmi", "# D\n");
	put_as("delete /articles/a.gmi", &removal[0], 1);
	put_as("delete /articles/b.gmi", &removal[1], 1);
	put_as("delete /articles/c.gmi", &removal[2], 1);
	put("/articles/b.gmi", "# B\n"); /* there again */
	put_as("move /articles/d.gmi", move, 2);
}

static void
what_is_deleted_is_told_the_latest_first(void **state)
{
	(void)state;

	assert_string_equal(deleted(NULL, 9), "");
	delete_some();
	assert_string_equal(deleted(NULL, 9), "/articles/c.gmi /articles/a.gmi ");
	assert_string_equal(deleted(NULL, 1), "/articles/c.gmi ");
	assert_string_equal(deleted("/articles/c.gmi", 9), "/articles/a.gmi ");
	assert_string_equal(deleted("/articles/b.gmi", 1), "/articles/c.gmi ");
	workshop_delete(&shop, "/about.gmi");
	workshop_notice(&shop);
	assert_string_equal(deleted(NULL, 1), "/about.gmi ");
}

static void
a_new_edition_reads_back_what_is_deleted(void **state)
{
	(void)state;
	struct error err;

	delete_some();
	assert_true(press_reprint(shop.press, &err));
	workshop_work(&shop);
	assert_int_equal(press_edition(shop.press), 2);
	assert_string_equal(deleted(NULL, 9), "/articles/c.gmi /articles/a.gmi ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PUTTING_TEST(revisions_of_a_path_are_told_newest_first),
	    PUTTING_TEST(a_new_edition_reads_revisions_back),
	    PUTTING_TEST(a_commit_that_was_not_printed_is_told_after_a_restart),
	    PUTTING_TEST(without_history_there_are_no_revisions),
	    PUTTING_TEST(what_is_deleted_is_told_the_latest_first),
	    PUTTING_TEST(a_new_edition_reads_back_what_is_deleted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
