/* What the desk tells of history, and brings back from it. */
#include "deskside.h"

/* --- history --- */

static size_t
count(const struct newsroom *n, const char *text)
{
	size_t found = 0;

	for (const char *next = body(n); (next = strstr(next, text)) != NULL; next++)
		found++;
	return found;
}

static void
history_tells_who_changed_what(void **state)
{
	struct newsroom *n = *state;

	send(n, "ada", "/articles/a.gmi", "---\ntitle = A\ndate = 2025-06-01\n---\nOld.\n```\n");
	send(n, "heidi", "/articles/a.gmi", "New.\n```\n");
	check_said(visit(n, "heidi", "history/articles/a.gmi"), "20 ");
	check_shown(n, "Heidi: update\n=> /desk/diff/articles/a.gmi/");
	check_shown(n, "Ada L\u00f6w: publish\n=> /desk/diff/articles/a.gmi/");
	assert_true(place(n, ": update") < place(n, ": publish"));
	check_shown(n, "Bring this version back");
	visit(n, "carl", "history/articles/a.gmi");
	check_not_shown(n, "Bring this version back");
}

static void
history_names_a_path_only_where_it_is_another_one(void **state)
{
	struct newsroom *n = *state;

	send(n, "ada", "/articles/a.gmi", "# A\n");
	workshop_put(&n->shop, "/articles/a.gmi", "# Hand\n");
	workshop_notice(&n->shop);
	carry_out(n, "heidi", "move/articles/a.gmi?/articles/b.gmi");
	visit(n, "heidi", "history/articles/a.gmi");
	check_shown(n, "\u00b7 Heidi: move /articles/b.gmi\n");
	check_shown(n, "\u00b7 changed by hand\n");
	check_shown(n, "\u00b7 Ada L\u00f6w: publish\n");
}

static void
a_diff_is_one_block_whatever_is_in_it(void **state)
{
	struct newsroom *n = *state;

	send(n, "ada", "/articles/a.gmi",
	    "---\ntitle = A\ndate = 2025-06-01\n---\nOld.\n```\n=> /x\n```\n");
	send(n, "ada", "/articles/a.gmi", "New.\n```\n=> /x\n```\n");
	visit(n, "ada", "history/articles/a.gmi");
	check_said(visit(n, "ada", last_link(n, "diff/articles/a.gmi/")), "20 ");
	check_shown(n, "\n+Old.\n+```\n");
	visit(n, "ada", "history/articles/a.gmi");
	char older[512];
	snprintf(older, sizeof(older), "%s?now", last_link(n, "diff/articles/a.gmi/"));
	check_said(visit(n, "ada", older), "20 ");
	check_shown(n, "\n-Old.\n+New.\n ```\n => /x\n ```\n");
}

static void
an_old_version_comes_back(void **state)
{
	struct newsroom *n = *state;

	send(n, "ada", "/articles/a.gmi", "---\ntitle = A\ndate = 2025-06-01\n---\nOld.\n");
	send(n, "ada", "/articles/a.gmi", "New.\n");
	visit(n, "ada", "history/articles/a.gmi");
	check_said(carry_out(n, "ada", last_link(n, "restore/articles/a.gmi/")),
	    "30 gemini://example.org/articles/a.gmi");
	assert_non_null(strstr(newsroom_file(n, "/articles/a.gmi"), "Old."));
	assert_string_equal(
	    newsroom_commit(n), "Ada L\u00f6w <ada@example.org> restore /articles/a.gmi");
}

static void
a_deleted_article_comes_back(void **state)
{
	struct newsroom *n = *state;
	char link[128];

	send(n, "ada", "/articles/a.gmi", "---\ntitle = A\ndate = 2025-06-01\n---\nOld.\n");
	check_said(carry_out(n, "ada", "delete/articles/a.gmi"), "30 gemini://example.org/desk/");
	assert_string_equal(newsroom_file(n, "/articles/a.gmi"), "");
	assert_string_equal(workshop_fate(&n->shop, "/articles/a.gmi"), "gone: ");
	check_said(
	    visit(n, "ada", "preview/articles/a.gmi"), "51 Look at /desk/history/articles/a.gmi");
	visit(n, "ada", "history/articles/a.gmi");
	strcpy(link, last_link(n, "restore/articles/a.gmi/"));
	visit(n, "heidi", link);
	check_shown(n, "/articles/a.gmi will be there again, as it was in the version of 20");
	check_said(carry_out(n, "heidi", link), "30 gemini://example.org/articles/a.gmi");
	assert_true(workshop_is_live(&n->shop, "/articles/a.gmi", "A"));
}

static void
what_was_somebody_elses_is_not_offered_to_be_brought_back(void **state)
{
	struct newsroom *n = *state;
	char link[128];

	send(n, "heidi", "/articles/h.gmi", "# By Heidi\n");
	carry_out(n, "heidi", "delete/articles/h.gmi");
	visit(n, "heidi", "history/articles/h.gmi");
	strcpy(link, last_link(n, "restore/articles/h.gmi/"));
	check_said(visit(n, "heidi", link), "20 ");
	check_said(visit(n, "ada", link), "61 Ask an editor: that version is somebody else's");
}

static void
a_deletion_cannot_be_brought_back(void **state)
{
	struct newsroom *n = *state;

	send(n, "ada", "/articles/a.gmi", "---\ntitle = A\ndate = 2025-06-01\n---\nOld.\n");
	carry_out(n, "ada", "delete/articles/a.gmi");
	visit(n, "ada", "history/articles/a.gmi");
	assert_int_equal(count(n, "/desk/diff/"), 2);
	assert_int_equal(count(n, "/desk/restore/"), 1);
	visit(n, "ada", "history/articles/a.gmi");
	char diff[512];
	snprintf(diff, sizeof(diff), "%s", strstr(body(n), "diff/articles/a.gmi/"));
	diff[strcspn(diff, " ")] = '\0'; /* the first: the deletion */
	check_said(visit(n, "ada", diff), "20 ");
	check_shown(n, "\n-Old.\n");
	check_not_shown(n, "/desk/restore/");
}

/* --- what was deleted --- */

static void
what_was_deleted_is_found_on_the_desk(void **state)
{
	struct newsroom *n = *state;

	send(n, "ada", "/articles/a.gmi", "---\ntitle = Clinics\ndate = 2025-06-01\n---\nOld.\n");
	visit(n, "heidi", "");
	check_shown(n, "## Deleted\nNone that you may bring back.\n");
	carry_out(n, "ada", "delete/articles/a.gmi");
	visit(n, "heidi", "");
	check_shown(n, "=> /desk/history/articles/a.gmi Clinics (deleted by Ada L\u00f6w, ");
	check_not_shown(n, "None that you may bring back");
	check_said(visit(n, "heidi", "deleted/"), "20 ");
	check_shown(n, "=> /desk/history/articles/a.gmi Clinics (deleted by Ada L\u00f6w, ");
	visit(n, "heidi", "history/articles/a.gmi");
	carry_out(n, "heidi", last_link(n, "restore/articles/a.gmi/"));
	visit(n, "heidi", "");
	check_not_shown(n, "Clinics (deleted");
}

static void
what_was_deleted_is_listed_for_who_may_bring_it_back(void **state)
{
	struct newsroom *n = *state;

	send(n, "heidi", "/articles/h.gmi", "# By Heidi\n");
	send(n, "ada", "/articles/a.gmi", "# By Ada\n");
	send(n, "carl", "/drafts/c.gmi", "# By Carl\n");
	carry_out(n, "heidi", "delete/articles/h.gmi");
	carry_out(n, "heidi", "delete/articles/a.gmi");
	carry_out(n, "heidi", "delete/drafts/c.gmi");
	visit(n, "heidi", "deleted/");
	check_shown(n, "By Heidi (deleted");
	assert_true(place(n, "By Carl (deleted") < place(n, "By Ada (deleted"));
	visit(n, "ada", "deleted/");
	check_not_shown(n, "By Heidi (deleted");
	check_shown(n, "By Ada (deleted");
	visit(n, "carl", "deleted/");
	check_not_shown(n, "By Ada (deleted");
	check_shown(n, "By Carl (deleted");
}

static void
large_texts_that_were_deleted_are_not_all_read(void **state)
{
	enum { SIZE = 1536 * 1024 };
	struct newsroom *n = *state;
	char *text = malloc(SIZE + 1);

	assert_non_null(text);
	memset(text, 'x', SIZE);
	memcpy(text, "# Large\n\n", strlen("# Large\n\n"));
	text[SIZE] = '\0';
	n->shop.config.limits.upload_size = 2 * SIZE;
	send(n, "ada", "/articles/one.gmi", text);
	send(n, "ada", "/articles/two.gmi", text);
	free(text);
	carry_out(n, "ada", "delete/articles/one.gmi");
	carry_out(n, "ada", "delete/articles/two.gmi");
	visit(n, "heidi", "");
	check_shown(n, "=> /desk/history/articles/two.gmi Large (deleted by");
	check_shown(n, "=> /desk/history/articles/one.gmi /articles/one.gmi (deleted by");
}

static void
what_was_moved_or_published_was_not_deleted(void **state)
{
	struct newsroom *n = *state;

	send(n, "ada", "/drafts/a.gmi", "# Draft\n");
	carry_out(n, "ada", "publish/drafts/a.gmi");
	send(n, "ada", "/articles/b.gmi", "# Moved\n");
	carry_out(n, "ada", "move/articles/b.gmi?/articles/c.gmi");
	visit(n, "heidi", "");
	check_shown(n, "## Deleted\nNone that you may bring back.\n");
}

static void
what_was_deleted_pages_on(void **state)
{
	struct newsroom *n = *state;
	char path[64];

	for (int i = 0; i < 60; i++) {
		snprintf(path, sizeof(path), "/articles/n%02d.gmi", i);
		send(n, "heidi", path, "# A\n");
		snprintf(path, sizeof(path), "delete/articles/n%02d.gmi", i);
		carry_out(n, "heidi", path);
	}
	visit(n, "heidi", "");
	assert_int_equal(count(n, "A (deleted by"), 10);
	check_shown(n, "=> /desk/deleted/articles/n50.gmi Show more\n");
	visit(n, "heidi", "deleted/articles/n50.gmi");
	assert_int_equal(count(n, "A (deleted by"), 50);
	check_not_shown(n, "Show more");
	visit(n, "heidi", "deleted/");
	check_shown(n, "=> /desk/deleted/articles/n10.gmi Show more\n");
	visit(n, "ada", ""); /* none is hers */
	assert_int_equal(count(n, "A (deleted by"), 0);
	check_shown(n, "=> /desk/deleted/articles/n20.gmi Show more\n");
}

static void
history_pages_on(void **state)
{
	struct newsroom *n = *state;
	char text[64];

	for (int i = 0; i < 25; i++) {
		snprintf(text, sizeof(text), "---\ntitle = A\n---\nVersion %d.\n", i);
		send(n, "ada", "/articles/a.gmi", text);
	}
	visit(n, "ada", "history/articles/a.gmi");
	assert_int_equal(count(n, "/desk/diff/"), 20);
	assert_int_equal(count(n, "/desk/restore/"), 19); /* the newest is what is there */
	check_said(visit(n, "ada", last_link(n, "history/articles/a.gmi?")), "20 ");
	assert_int_equal(count(n, "/desk/diff/"), 5);
	assert_int_equal(count(n, "/desk/restore/"), 5);
	check_not_shown(n, "Older versions");
	check_said(visit(n, "ada", "history/articles/a.gmi?HEAD~3"), "51 ");
	check_said(visit(n, "ada", "history/articles/no.gmi"), "51 ");
}

static void
a_version_is_named_by_its_commit_alone(void **state)
{
	static const char *const revisions[] = {"HEAD", "main", "HEAD~1", "@", "123", "12345678",
	    "0123456789abcdef0123456789abcdef012345678"};
	struct newsroom *n = *state;
	char path[128];

	send(n, "ada", "/articles/a.gmi", "# A\n");
	for (size_t i = 0; i < ROWS(revisions); i++) {
		snprintf(path, sizeof(path), "diff/articles/a.gmi/%s", revisions[i]);
		check_row(revisions[i], strncmp(visit(n, "ada", path), "51 ", 3) == 0);
		snprintf(path, sizeof(path), "restore/articles/a.gmi/%s", revisions[i]);
		check_row(revisions[i], strncmp(visit(n, "ada", path), "51 ", 3) == 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    NEWSROOM_TEST(history_tells_who_changed_what),
	    NEWSROOM_TEST(history_names_a_path_only_where_it_is_another_one),
	    NEWSROOM_TEST(a_diff_is_one_block_whatever_is_in_it),
	    NEWSROOM_TEST(an_old_version_comes_back),
	    NEWSROOM_TEST(a_deleted_article_comes_back),
	    NEWSROOM_TEST(what_was_somebody_elses_is_not_offered_to_be_brought_back),
	    NEWSROOM_TEST(a_deletion_cannot_be_brought_back),
	    NEWSROOM_TEST(what_was_deleted_is_found_on_the_desk),
	    NEWSROOM_TEST(what_was_deleted_is_listed_for_who_may_bring_it_back),
	    NEWSROOM_TEST(large_texts_that_were_deleted_are_not_all_read),
	    NEWSROOM_TEST(what_was_moved_or_published_was_not_deleted),
	    NEWSROOM_TEST(what_was_deleted_pages_on),
	    NEWSROOM_TEST(history_pages_on),
	    NEWSROOM_TEST(a_version_is_named_by_its_commit_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
