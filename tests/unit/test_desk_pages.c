/* The pages of the desk: the front page, previews, pictures. */
#include "deskside.h"

/* --- the front page --- */

static void
front_says_who_one_is_and_what_to_do(void **state)
{
	static const struct {
		const char *who, *is, *has, *lacks;
	} rows[] = {
	    {"heidi", "You are Heidi, editor: you",
		"=> titan://example.org/articles/;edit Write an", "Carl"},
	    {"ada", "You are Ada L\u00f6w, author: you",
		"=> titan://example.org/images/ Send a picture", "Carl"},
	    {"carl", "You are Carl, contributor: you",
		"=> titan://example.org/drafts/;edit Write an article",
		"titan://example.org/images/"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		check_said(visit(*state, rows[i].who, ""), "20 text/gemini");
		check_shown(*state, rows[i].is);
		check_shown(*state, rows[i].has);
		check_not_shown(*state, rows[i].lacks);
		check_shown(*state, "Nothing: no conflict");
	}
}

static void
front_lists_each_state_with_dates_at_the_end(void **state)
{
	struct newsroom *n = *state;

	send(n, "ada", "/articles/live.gmi", "---\ntitle = Live\ndate = 2025-06-01\n---\nText.\n");
	send(n, "ada", "/articles/due.gmi",
	    "---\ntitle = Due\ndate = 2125-06-20T08:00\n---\nText.\n");
	send(n, "ada", "/articles/back.gmi",
	    "---\ntitle = Back\ndate = 2025-06-01\nretracted = Untrue\n---\nText.\n");
	send(n, "carl", "/drafts/idea.gmi", "---\ntitle = Idea\n---\nText.\n");
	visit(n, "heidi", "");
	check_shown(n, "## Drafts\n=> /desk/preview/drafts/idea.gmi Idea (Carl, ");
	check_shown(n, "## Scheduled\n=> /desk/preview/articles/due.gmi Due "
		       "(Ada L\u00f6w, due 2125-06-20 08:00)\n");
	check_shown(n, "## Published\n=> /desk/preview/articles/live.gmi Live "
		       "(Ada L\u00f6w, 2025-06-01)\n");
	check_shown(n, "## Retracted\n=> /desk/preview/articles/back.gmi Back "
		       "(Ada L\u00f6w, 2025-06-01)\n");
	check_shown(n, "Readers get this note: Untrue");
}

static void
front_offers_editing_only_where_one_may(void **state)
{
	struct newsroom *n = *state;

	send(n, "ada", "/articles/live.gmi", "---\ntitle = Live\ndate = 2025-06-01\n---\nText.\n");
	send(n, "carl", "/drafts/idea.gmi", "---\ntitle = Idea\n---\nText.\n");
	visit(n, "carl", "");
	check_shown(n, "=> titan://example.org/drafts/idea.gmi;edit Edit Idea");
	check_not_shown(n, "live.gmi;edit");
	visit(n, "heidi", "");
	check_shown(n, "=> titan://example.org/articles/live.gmi;edit Edit Live");
}

static void
front_begins_with_what_needs_one(void **state)
{
	struct newsroom *n = *state;

	send(n, "carl", "/drafts/idea.gmi", "---\ntitle = Idea\nstatus = ready\n---\nText.\n");
	check_said(newsroom_send(n, "ada", "/articles/x.gmi", "---\ndate = soon\n---\nText.\n"),
	    "50 Kept as draft x-refused-1");
	send(n, "ada", "/articles/y.gmi", "# Y\n");
	check_said(
	    newsroom_send(n, "ada", "/articles/y.gmi", "---\nrevision = 0123456789ab\n---\n# Z\n"),
	    "50 Kept as draft y-conflict-1");
	workshop_put(&n->shop, "/articles/hand.gmi", "---\ntitle = Hand\ndate = never\n---\n");
	workshop_notice(&n->shop);
	visit(n, "heidi", "");
	check_shown(n, "Asks to be published: Idea (Carl, ");
	check_shown(n, "=> /desk/preview/drafts/x-refused-1.gmi Refused, kept as a draft: ");
	check_shown(n, "=> /desk/preview/drafts/y-conflict-1.gmi Conflict, kept as a draft: Z (");
	check_shown(n, "=> /desk/preview/articles/hand.gmi Broken: Hand (");
	check_shown(n, "Broken: /articles/hand.gmi: line 3: ");
	assert_true(place(n, "Asks to be published") < place(n, "You are Heidi"));
	visit(n, "carl", "");
	check_shown(n, "Nothing: no conflict");
	visit(n, "ada", "");
	check_shown(n, "x-refused-1");
	check_not_shown(n, "hand.gmi Broken");
}

static void
a_title_cannot_pretend_to_be_a_link_of_ours(void **state)
{
	struct newsroom *n = *state;

	workshop_put(&n->shop, "/articles/evil.gmi",
	    "---\ntitle = x\u2028=> /desk/do/evil Yes\r\ndate = 2025-06-01\n"
	    "retracted = =\x3e /evil Note\n---\n=> /evil Text\n");
	workshop_notice(&n->shop);
	visit(n, "heidi", "");
	check_not_shown(n, "\n=> /desk/do/evil");
	visit(n, "heidi", "preview/articles/evil.gmi");
	check_not_shown(n, "\n=> /desk/do/evil");
	assert_true(place(n, "\n=> /evil") > place(n, "=> /desk/history/articles/evil.gmi"));
}

static void
a_title_cannot_turn_our_words_round(void **state)
{
	static const char *const pages[] = {"", "preview/articles/a.gmi", "history/articles/a.gmi",
	    "delete/articles/a.gmi", "retract/articles/a.gmi", "move/articles/a.gmi"};
	struct newsroom *n = *state;
	char yes[96];

	send(n, "ada", "/articles/a.gmi",
	    "---\ntitle = \u202eTide\u2066 A\u200f\nsummary = \u202ex\n---\nText.\n");
	for (size_t i = 0; i < ROWS(pages); i++) {
		const char *said = visit(n, "heidi", pages[i]);
		const char *end = strstr(body(n), "\n# ");
		size_t ours = end == NULL ? strlen(body(n)) : (size_t)(end - body(n));
		char page[8192];

		snprintf(page, sizeof(page), "%s%.*s", said, (int)ours, body(n));
		check_row(pages[i], strstr(page, "Tide A") != NULL);
		check_row(pages[i], strstr(page, "\u202e") == NULL);
		check_row(pages[i], strstr(page, "\u2066") == NULL);
	}
	visit(n, "heidi", "delete/articles/a.gmi");
	snprintf(yes, sizeof(yes), "%s", token_link(n));
	check_said(visit(n, "heidi", yes), "10 Type yes to delete \"Tide A\"");
	assert_non_null(strstr(newsroom_file(n, "/articles/a.gmi"), "\u202eTide\u2066 A\u200f"));
}

static void
lists_page_on(void **state)
{
	struct newsroom *n = *state;
	char path[64], text[128];

	for (int i = 10; i < 71; i++) {
		snprintf(path, sizeof(path), "/articles/n%d.gmi", i);
		snprintf(text, sizeof(text), "---\ntitle = Number %d\ndate = 2025-0%d-%02d\n---\n",
		    i, 1 + i / 28, 1 + i % 28);
		workshop_put(&n->shop, path, text);
	}
	workshop_notice(&n->shop);
	visit(n, "heidi", "");
	check_shown(n, " Number 70 (");
	check_shown(n, "=> /desk/list/published/articles/n61.gmi Show more\n");
	visit(n, "heidi", "list/published/articles/n61.gmi");
	check_not_shown(n, "Number 61 ");
	check_shown(n, "Number 60 ");
	check_shown(n, "=> /desk/list/published/articles/n11.gmi Show more\n");
	visit(n, "heidi", "list/published/articles/n11.gmi");
	check_shown(n, "Number 10 ");
	check_not_shown(n, "Show more");
	check_said(visit(n, "heidi", "list/nothing/"), "51 ");
}

/* --- the preview --- */

static void
preview_says_how_a_text_stands(void **state)
{
	static const struct {
		const char *label, *path, *text, *says, *above;
	} rows[] = {
	    {"draft", "/drafts/a.gmi", "# A\n", "Draft: only those who work here see it.\n",
		".gmi as readers will get it.\n"},
	    {"ready", "/drafts/b.gmi", "---\nstatus = ready\n---\n# B\n", "Draft, ready: it waits",
		".gmi as readers will get it.\n"},
	    {"live", "/articles/c.gmi", "# C\n",
		"Live: readers see it.\n=> /articles/c.gmi See it as readers do\n",
		"c.gmi as readers get it.\n"},
	    {"scheduled", "/articles/d.gmi", "---\ndate = 2125-01-02T03:04\n---\n# D\n",
		"Scheduled for 2125-01-02 03:04 (UTC)", "d.gmi as readers will get it.\n"},
	    {"retracted", "/articles/e.gmi", "---\nretracted = Untrue\n---\n# E\n",
		"Retracted: readers get this note: Untrue\n",
		"e.gmi as readers would get it if it were published again.\n"},
	};
	char page[64];

	for (size_t i = 0; i < ROWS(rows); i++) {
		send(*state, "heidi", rows[i].path, rows[i].text);
		snprintf(page, sizeof(page), "preview%s", rows[i].path);
		check_row(rows[i].label, strncmp(visit(*state, "heidi", page), "20 ", 3) == 0);
		check_shown(*state, rows[i].says);
		check_shown(*state, rows[i].above);
	}
}

static void
preview_offers_what_the_person_may_do(void **state)
{
	static const struct {
		const char *who, *path, *has, *lacks;
	} rows[] = {
	    {"heidi", "preview/drafts/d.gmi", "=> /desk/publish/drafts/d.gmi Publish\n", "retract"},
	    {"heidi", "preview/articles/a.gmi", "=> /desk/retract/articles/a.gmi Retract\n",
		"/desk/publish/"},
	    {"ada", "preview/articles/a.gmi", "=> titan://example.org/articles/a.gmi;edit Edit\n",
		"/desk/publish/"},
	    {"ada", "preview/drafts/d.gmi", "=> /desk/history/drafts/d.gmi History\n",
		"/desk/publish/"},
	    {"carl", "preview/drafts/d.gmi",
		"=> /desk/publish/drafts/d.gmi Ask an editor to publish it\n", "retract"},
	    {"carl", "preview/articles/a.gmi", "=> /desk/history/articles/a.gmi History\n",
		";edit"},
	};

	send(*state, "ada", "/articles/a.gmi", "# A\n");
	send(*state, "carl", "/drafts/d.gmi", "# D\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		visit(*state, rows[i].who, rows[i].path);
		check_shown(*state, rows[i].has);
		check_not_shown(*state, rows[i].lacks);
	}
}

static void
preview_prints_a_draft_as_it_will_be(void **state)
{
	struct newsroom *n = *state;

	send(n, "ada", "/drafts/d.gmi",
	    "---\ntitle = A walk\nimage = ../../pic.png\nimage-alt = A path\nkind = odd\n---\n"
	    "=> other.gmi The other\n=> //host/x Host\n=> mailto:a@b Write\n```\n=> kept.gmi\n");
	visit(n, "ada", "preview/drafts/d.gmi");
	check_shown(n,
	    "Below is /articles/2025/06/a-walk.gmi as readers will get it.\n\n# A walk\n\n"
	    "Ada L\u00f6w \u00b7 2025-06-13\n\n=> /articles/pic.png A path\n\n");
	check_shown(n, "=> /articles/2025/06/other.gmi The other\n=> //host/x Host\n"
		       "=> mailto:a@b Write\n```\n=> kept.gmi\n```\n");
	check_shown(n, "To look at:\n* line 5: ");
}

static void
preview_shows_what_is_broken_as_it_was_sent(void **state)
{
	struct newsroom *n = *state;

	workshop_put(
	    &n->shop, "/articles/hand.gmi", "---\ndate = never\n---\n```\n=> /desk/do/evil Evil\n");
	workshop_notice(&n->shop);
	visit(n, "heidi", "preview/articles/hand.gmi");
	check_shown(n, "Broken: /articles/hand.gmi: line 2: ");
	check_shown(n, "\n```The text as it was sent\n---\ndate = never\n---\n"
		       "\u200b```\n=> /desk/do/evil Evil\n```\n");
}

static void
what_is_not_there_is_51(void **state)
{
	static const char *const paths[] = {"preview/articles/no.gmi", "preview/articles/",
	    "preview/", "preview/.gone", "preview/desk/", "image/images/no.png", "image/articles/",
	    "diff/articles/no.gmi/1234abcd", "diff/articles/no.gmi", "diff/",
	    "restore/articles/no.gmi/1234abcd", "restore/x", "delete/articles/no.gmi",
	    "publish/drafts/no.gmi", "move/drafts/no.gmi", "retract/articles/no.gmi",
	    "do/00000000000000000000000000000000", "do/", "no-such-page"};

	for (size_t i = 0; i < ROWS(paths); i++)
		check_row(paths[i], strncmp(visit(*state, "heidi", paths[i]), "51 ", 3) == 0);
}

/* --- pictures --- */

static void
an_image_page_has_the_lines_to_copy(void **state)
{
	static const unsigned char png[] =
	    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\6\0\0\0CRC!"
	    "\0\0\0\0IEND\xae\x42\x60\x82";
	struct newsroom *n = *state;

	check_said(newsroom_send_bytes(
		       n, "ada", "/images/my%20pic.png", "image/png", png, sizeof(png) - 1),
	    "30 gemini://example.org/desk/image/images/my%20pic.png");
	check_said(visit(n, "ada", "image/images/my%20pic.png"), "20 ");
	check_shown(n, "=> /images/my%20pic.png See the picture\n");
	check_shown(n, "\nimage = /images/my%20pic.png\nimage-alt = \nimage-credit = \n");
	check_shown(n, "\n=> /images/my%20pic.png What the picture shows\n");
	visit(n, "carl", "images/");
	check_shown(n, "=> /desk/image/images/my%20pic.png/ my pic.png (");
}

/* Lagrange takes a link for a picture by the end of its path, shows it in its place, and waits for
 * ever if a page comes. */
static void
links_to_pages_about_pictures_do_not_end_like_pictures(void **state)
{
	static const unsigned char png[] =
	    "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\10\6\0\0\0CRC!"
	    "\0\0\0\0IEND\xae\x42\x60\x82";
	struct newsroom *n = *state;

	newsroom_send_bytes(n, "ada", "/images/a.png", "image/png", png, sizeof(png) - 1);
	check_said(visit(n, "heidi", "image/images/a.png/"), "20 ");
	check_shown(n, "=> /images/a.png See the picture\n");
	check_shown(n, "=> /desk/delete/images/a.png/ Delete\n");
	check_shown(n, "=> /desk/history/images/a.png/ History\n");
	check_said(visit(n, "heidi", "history/images/a.png/"), "20 ");
	check_shown(n, "=> /desk/preview/images/a.png/ Preview\n");
	check_said(visit(n, "heidi", "preview/images/a.png/"),
	    "30 gemini://example.org/desk/image/images/a.png");
	check_said(visit(n, "heidi", "delete/images/a.png/"), "20 ");
	check_shown(n, "Articles that show it will lead to nothing there.");
	check_said(carry_out(n, "heidi", "delete/images/a.png/"), "30 ");
	visit(n, "heidi", "");
	check_shown(n, "=> /desk/history/images/a.png/ /images/a.png (deleted by Heidi, ");
	check_said(visit(n, "heidi", "history/images/a.png/"), "20 ");
	check_said(carry_out(n, "heidi", last_link(n, "restore/images/a.png/")), "30 ");
	check_said(visit(n, "heidi", "image/images/a.png/"), "20 ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    NEWSROOM_TEST(front_says_who_one_is_and_what_to_do),
	    NEWSROOM_TEST(front_lists_each_state_with_dates_at_the_end),
	    NEWSROOM_TEST(front_offers_editing_only_where_one_may),
	    NEWSROOM_TEST(front_begins_with_what_needs_one),
	    NEWSROOM_TEST(a_title_cannot_pretend_to_be_a_link_of_ours),
	    NEWSROOM_TEST(a_title_cannot_turn_our_words_round),
	    NEWSROOM_TEST(lists_page_on),
	    NEWSROOM_TEST(preview_says_how_a_text_stands),
	    NEWSROOM_TEST(preview_offers_what_the_person_may_do),
	    NEWSROOM_TEST(preview_prints_a_draft_as_it_will_be),
	    NEWSROOM_TEST(preview_shows_what_is_broken_as_it_was_sent),
	    NEWSROOM_TEST(what_is_not_there_is_51),
	    NEWSROOM_TEST(an_image_page_has_the_lines_to_copy),
	    NEWSROOM_TEST(links_to_pages_about_pictures_do_not_end_like_pictures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
