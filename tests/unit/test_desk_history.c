/* What the desk tells of history, and brings back from it. */
#include "deskside.h"

/* --- history --- */

static void
history_tells_who_changed_what(void **state)
{
	struct newsroom *n = *state;

	send(n, "ada", "/articles/a.gmi", "---\ntitle = A\ndate = 2025-06-01\n---\nOld.\n```\n");
	send(n, "heidi", "/articles/a.gmi", "New.\n```\n");
	check_said(visit(n, "heidi", "history/articles/a.gmi"), "20 ");
	check_shown(n, "Heidi: update /articles/a.gmi\n=> /desk/diff/articles/a.gmi/");
	check_shown(n, "Ada L\u00f6w: publish /articles/a.gmi\n=> /desk/diff/articles/a.gmi/");
	assert_true(place(n, "update /articles") < place(n, "publish /articles"));
	check_shown(n, "Bring this version back");
	visit(n, "carl", "history/articles/a.gmi");
	check_not_shown(n, "Bring this version back");
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

	send(n, "ada", "/articles/a.gmi", "---\ntitle = A\ndate = 2025-06-01\n---\nOld.\n");
	check_said(carry_out(n, "ada", "delete/articles/a.gmi"), "30 gemini://example.org/desk/");
	assert_string_equal(newsroom_file(n, "/articles/a.gmi"), "");
	assert_string_equal(workshop_fate(&n->shop, "/articles/a.gmi"), "gone: ");
	check_said(
	    visit(n, "ada", "preview/articles/a.gmi"), "51 Look at /desk/history/articles/a.gmi");
	visit(n, "ada", "history/articles/a.gmi");
	check_said(carry_out(n, "heidi", last_link(n, "restore/articles/a.gmi/")),
	    "30 gemini://example.org/articles/a.gmi");
	assert_true(workshop_is_live(&n->shop, "/articles/a.gmi", "A"));
}

static size_t
count(const struct newsroom *n, const char *text)
{
	size_t found = 0;

	for (const char *next = body(n); (next = strstr(next, text)) != NULL; next++)
		found++;
	return found;
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
	    DESK_TEST(history_tells_who_changed_what),
	    DESK_TEST(a_diff_is_one_block_whatever_is_in_it),
	    DESK_TEST(an_old_version_comes_back),
	    DESK_TEST(a_deleted_article_comes_back),
	    DESK_TEST(history_pages_on),
	    DESK_TEST(a_version_is_named_by_its_commit_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
