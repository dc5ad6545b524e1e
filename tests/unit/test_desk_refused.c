/* What the desk tells of a draft that was refused and would be refused again. */
#include "deskside.h"

/* A printed page comes back with another title, as from Lagrange's Ctrl+E. */
static void
send_altered_page(struct newsroom *n)
{
	send(n, "ada", "/articles/a.gmi",
	    "---\ntitle = One\ndate = 2025-06-01\ntags = t\n---\nText.\n");
	check_said(newsroom_send(n, "ada", "/articles/a.gmi",
		       "# Two\n\nAda L\u00f6w \u00b7 2025-06-01\n\nMore.\n\n"
		       "=> /tags/t Filed under: t\n\n=> / Example"),
	    "50 Kept as draft a-refused-1: ");
}

static void
its_preview_leads_to_the_article_and_does_not_offer_it(void **state)
{
	struct newsroom *n = *state;

	send_altered_page(n);
	check_said(visit(n, "ada", "preview/drafts/a-refused-1.gmi"), "20 ");
	check_shown(n, "It cannot be published like this. Correct it first: the title or another");
	check_shown(n, "=> titan://example.org/articles/a.gmi;edit Edit /articles/a.gmi itself\n");
	check_shown(n, "a-refused-1.gmi;edit Edit the draft, as it was sent\n");
	check_not_shown(n, "/desk/publish/");
	assert_true(place(n, "It cannot be") < place(n, "=> /desk/delete/"));
}

static void
it_is_compared_with_the_page(void **state)
{
	struct newsroom *n = *state;

	send_altered_page(n);
	check_said(visit(n, "ada", "compare/drafts/a-refused-1.gmi"), "20 ");
	check_shown(n, "-# One\n+# Two\n");
	check_shown(n, "-Text.\n");
	check_shown(n, "+More.\n");
	check_not_shown(n, "tags = t");
	check_not_shown(n, "No newline at end");
	check_not_shown(n, "/desk/publish/");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    NEWSROOM_TEST(its_preview_leads_to_the_article_and_does_not_offer_it),
	    NEWSROOM_TEST(it_is_compared_with_the_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
