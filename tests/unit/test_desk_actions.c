/* What is done from the pages of the desk, by one-time links. */
#include "deskside.h"

/* --- tokens --- */

static void
nothing_is_done_without_yes(void **state)
{
	static const struct {
		const char *query, *says;
	} rows[] = {
	    {"", "10 Type yes to delete \"A\""},
	    {"?", "10 Type yes to delete \"A\""},
	    {"?no", "20 "},
	    {"?yes%20please", "20 "},
	    {"?%ff", "20 "},
	    {"?%20%0AYeS%20", "30 "},
	};
	struct newsroom *n = *state;
	char link[64], path[128];

	send(n, "ada", "/articles/a.gmi", "---\ntitle = A\n---\nText.\n");
	check_said(visit(n, "ada", "delete/articles/a.gmi"), "20 ");
	snprintf(link, sizeof(link), "%s", token_link(n));
	for (size_t i = 0; i < ROWS(rows); i++) {
		snprintf(path, sizeof(path), "%s%s", link, rows[i].query);
		assert_string_not_equal(newsroom_file(n, "/articles/a.gmi"), "");
		check_said(visit(n, "ada", path), rows[i].says);
	}
	assert_string_equal(newsroom_file(n, "/articles/a.gmi"), "");
	check_said(visit(n, "ada", path), "51 Go back to the page");
}

static void
a_token_is_good_for_one_certificate(void **state)
{
	struct newsroom *n = *state;
	char path[128];

	send(n, "ada", "/articles/a.gmi", "# A\n");
	visit(n, "ada", "delete/articles/a.gmi");
	snprintf(path, sizeof(path), "%s?yes", token_link(n));
	check_said(visit(n, "heidi", path), "61 ");
	assert_string_not_equal(newsroom_file(n, "/articles/a.gmi"), "");
}

static void
nothing_is_done_to_what_was_changed_since(void **state)
{
	struct newsroom *n = *state;
	char path[128];

	send(n, "ada", "/articles/a.gmi", "# A\n");
	visit(n, "ada", "delete/articles/a.gmi");
	snprintf(path, sizeof(path), "%s?yes", token_link(n));
	send(n, "heidi", "/articles/a.gmi", "# A better one\n");
	check_said(visit(n, "ada", path), "50 Look at it again: /articles/a.gmi was changed");
	assert_string_not_equal(newsroom_file(n, "/articles/a.gmi"), "");
}

static void
actions_are_for_those_who_may(void **state)
{
	static const struct {
		const char *who, *path, *says;
	} rows[] = {
	    {"carl", "delete/articles/a.gmi", "61 "},
	    {"carl", "move/articles/a.gmi?/articles/b.gmi", "61 "},
	    {"carl", "retract/articles/a.gmi?x", "61 "},
	    {"carl", "publish/drafts/h.gmi", "61 Ask an editor"},
	    {"ada", "publish/drafts/c.gmi", "61 Ask an editor"},
	    {"ada", "delete/articles/h.gmi", "61 "},
	    {"heidi", "publish/articles/a.gmi", "50 Nothing to do"},
	    {"heidi", "retract/drafts/c.gmi", "50 Delete it instead"},
	};
	struct newsroom *n = *state;

	send(n, "ada", "/articles/a.gmi", "# A\n");
	send(n, "heidi", "/articles/h.gmi", "# H\n");
	send(n, "heidi", "/drafts/h.gmi", "# H\n");
	send(n, "carl", "/drafts/c.gmi", "# C\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *said = visit(n, rows[i].who, rows[i].path);
		check_row(rows[i].path, strncmp(said, rows[i].says, strlen(rows[i].says)) == 0);
	}
}

/* --- publish, offer, move, retract --- */

static void
a_draft_is_published_at_the_made_path(void **state)
{
	struct newsroom *n = *state;

	send(n, "carl", "/drafts/d.gmi",
	    "---\ntitle = A walk\nstatus = ready\nodd = kept\n---\nText.\n");
	visit(n, "heidi", "publish/drafts/d.gmi");
	check_shown(n, "Readers will find it at /articles/2025/06/a-walk.gmi");
	check_said(carry_out(n, "heidi", "publish/drafts/d.gmi"),
	    "30 gemini://example.org/articles/2025/06/a-walk.gmi");
	assert_string_equal(newsroom_file(n, "/drafts/d.gmi"), "");
	assert_string_equal(newsroom_file(n, "/articles/2025/06/a-walk.gmi"),
	    "---\ntitle = A walk\nodd = kept\nauthor = Carl\neditor = carl\n"
	    "date = 2025-06-13T09:30:00Z\n---\nText.\n");
	assert_string_equal(
	    newsroom_commit(n), "Heidi <heidi@example.org> publish /articles/2025/06/a-walk.gmi");
}

static void
a_markdown_draft_is_published_as_gemtext(void **state)
{
	struct newsroom *n = *state;

	send(n, "heidi", "/drafts/d.md", "---\ntitle = A *fine* walk\n---\nText, **bold**.\n");
	check_said(carry_out(n, "heidi", "publish/drafts/d.md"),
	    "30 gemini://example.org/articles/2025/06/a-fine-walk.gmi");
	const char *file = newsroom_file(n, "/articles/2025/06/a-fine-walk.gmi");
	assert_non_null(strstr(file, "title = A fine walk\n"));
	assert_non_null(strstr(file, "\nText, bold.\n"));
}

static void
a_contributor_asks_for_an_editor(void **state)
{
	struct newsroom *n = *state;

	send(n, "carl", "/drafts/d.gmi", "# A walk\n");
	check_said(carry_out(n, "carl", "publish/drafts/d.gmi"),
	    "30 gemini://example.org/desk/preview/drafts/d.gmi");
	assert_non_null(strstr(newsroom_file(n, "/drafts/d.gmi"), "status = ready\n"));
	visit(n, "heidi", "");
	check_shown(n, "Asks to be published: A walk");
}

static void
a_moved_article_is_found_by_its_old_path(void **state)
{
	struct newsroom *n = *state;

	send(n, "ada", "/articles/a.gmi", "---\ntitle = A\n---\nText.\n");
	check_said(visit(n, "ada", "move/articles/a.gmi"), "10 New path of \"A\"");
	check_said(carry_out(n, "ada", "move/articles/a.gmi?/articles/opinion/"),
	    "30 gemini://example.org/articles/opinion/a.gmi");
	assert_string_equal(newsroom_file(n, "/articles/a.gmi"), "");
	assert_string_equal(
	    workshop_fate(&n->shop, "/articles/a.gmi"), "moved: /articles/opinion/a.gmi");
	assert_string_equal(
	    newsroom_commit(n), "Ada L\u00f6w <ada@example.org> move /articles/opinion/a.gmi");
	check_said(carry_out(n, "ada", "move/articles/opinion/a.gmi?/articles/a.gmi"),
	    "30 gemini://example.org/articles/a.gmi");
	assert_null(strstr(newsroom_file(n, "/articles/a.gmi"), "moved-from = /articles/a.gmi"));
	assert_string_equal(
	    workshop_fate(&n->shop, "/articles/opinion/a.gmi"), "moved: /articles/a.gmi");
}

static void
a_move_leads_only_where_it_can(void **state)
{
	static const struct {
		const char *to, *says;
	} rows[] = {
	    {"/articles/b.gmi", "50 Choose another path: something is at /articles/b.gmi"},
	    {"/articles/b.gmi/c.gmi",
		"50 Choose another path: /articles/b.gmi is a file, not a folder"},
	    {"/articles/a.gmi/c.gmi",
		"50 Choose another path: /articles/a.gmi is a file, not a folder"},
	    {"/articles/a.md", "50 Choose a path with the same ending"},
	    {"/drafts/a.gmi", "50 Choose a path below /articles/"},
	    {"/articles/.a.gmi", "50 Choose a name"},
	    {"articles/c.gmi", "50 Choose a path"},
	    {"/images/a.png", "50 Choose a path below /articles/"},
	    {"/articles/../x.gmi", "50 "},
	};
	struct newsroom *n = *state;
	char path[128];

	send(n, "ada", "/articles/a.gmi", "# A\n");
	send(n, "ada", "/articles/b.gmi", "# B\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		snprintf(path, sizeof(path), "move/articles/a.gmi?%s", rows[i].to);
		const char *said = visit(n, "ada", path);
		if (strncmp(said, rows[i].says, strlen(rows[i].says)) != 0)
			fail_msg("%s: %s", rows[i].to, said);
	}
}

static void
a_retracted_article_answers_its_note_until_it_is_published_again(void **state)
{
	struct newsroom *n = *state;

	send(n, "ada", "/articles/a.gmi", "---\ntitle = A\n---\nText.\n");
	check_said(visit(n, "ada", "retract/articles/a.gmi"), "10 Note for readers");
	check_said(carry_out(n, "ada", "retract/articles/a.gmi?It%20was%0Auntrue"),
	    "30 gemini://example.org/desk/preview/articles/a.gmi");
	assert_string_equal(workshop_fate(&n->shop, "/articles/a.gmi"), "gone: It was untrue");
	check_said(carry_out(n, "ada", "publish/articles/a.gmi"),
	    "30 gemini://example.org/articles/a.gmi");
	assert_true(workshop_is_live(&n->shop, "/articles/a.gmi", "A"));
}

static void
no_visit_of_a_page_changes_anything(void **state)
{
	static const char *const pages[] = {"", "list/drafts/", "preview/articles/a.gmi", "images/",
	    "history/articles/a.gmi", "publish/drafts/d.gmi", "move/articles/a.gmi?/articles/b.gmi",
	    "retract/articles/a.gmi?note", "delete/articles/a.gmi"};
	struct newsroom *n = *state;
	char before[512];

	send(n, "heidi", "/articles/a.gmi", "# A\n");
	send(n, "heidi", "/drafts/d.gmi", "# D\n");
	snprintf(before, sizeof(before), "%s", newsroom_commit(n));
	for (size_t i = 0; i < ROWS(pages); i++)
		check_row(pages[i], strncmp(visit(n, "heidi", pages[i]), "20 ", 3) == 0);
	assert_string_equal(newsroom_commit(n), before);
	assert_non_null(strstr(newsroom_file(n, "/drafts/d.gmi"), "# D"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    NEWSROOM_TEST(nothing_is_done_without_yes),
	    NEWSROOM_TEST(a_token_is_good_for_one_certificate),
	    NEWSROOM_TEST(nothing_is_done_to_what_was_changed_since),
	    NEWSROOM_TEST(actions_are_for_those_who_may),
	    NEWSROOM_TEST(a_draft_is_published_at_the_made_path),
	    NEWSROOM_TEST(a_markdown_draft_is_published_as_gemtext),
	    NEWSROOM_TEST(a_contributor_asks_for_an_editor),
	    NEWSROOM_TEST(a_moved_article_is_found_by_its_old_path),
	    NEWSROOM_TEST(a_move_leads_only_where_it_can),
	    NEWSROOM_TEST(a_retracted_article_answers_its_note_until_it_is_published_again),
	    NEWSROOM_TEST(no_visit_of_a_page_changes_anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
