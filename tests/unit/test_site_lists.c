/* The pages of lists: sections, tags, authors, the archive. */
#include "newsstand.h"

static const struct file articles[] = {
    {"articles/a.gmi", "---\ntitle = A\nauthor = Ada\ndate = 2025-01-01\ntags = legal aid\n---\n"
		       "One.\n"},
    {"articles/opinion/b.gmi", "---\ntitle = B\nauthor = Bo\nauthor = ada\ndate = 2025-01-02\n"
			       "tags = Legal Aid, C++\nlang = es\n---\nTwo.\n"},
    {"articles/opinion/c.gmi", "---\ntitle = C\nauthor = Bo\ndate = 2024-12-31\ntags = C\n---\n"
			       "Three.\n"},
    {"articles/letters/d.gmi", "---\ntitle = D\ndate = 2025-02-01T00:30:00+14:00\n---\nFour.\n"},
    {"articles/letters/header.gmi", "# Our letters\n"},
    {NULL, NULL},
};

static const char two_a_page[] = "articles-per-page = 2\n";

static void
a_list_is_laid_out_exactly(void **state)
{
	struct newsstand *n = *state;

	set_up_printed(n, articles, "", "");
	expect_body(n, "/tags/legal-aid",
	    "# Legal Aid · The Example\n"
	    "\n"
	    "=> /articles/opinion/b.gmi 2025-01-02 B [es]\n"
	    "By Bo, ada\n"
	    "Two.\n"
	    "\n"
	    "=> /articles/a.gmi 2025-01-01 A\n"
	    "By Ada\n"
	    "One.\n"
	    "\n"
	    "=> /tags/legal-aid/atom.xml Subscribe: Atom feed\n"
	    "=> / The Example\n");
	expect_body(n, "/articles/letters/",
	    "# Our letters\n"
	    "\n"
	    "=> /articles/letters/d.gmi 2025-02-01 D\n"
	    "By The Example\n"
	    "Four.\n"
	    "\n"
	    "=> /articles/letters/atom.xml Subscribe: Atom feed\n"
	    "=> / The Example\n");
}

static void
names_and_periods_are_shown_with_their_counts(void **state)
{
	struct newsstand *n = *state;

	set_up_printed(n, articles, "", "");
	expect_body(n, "/authors/",
	    "# Authors · The Example\n\n=> /authors/ada ada (2)\n=> /authors/bo Bo (2)\n\n"
	    "=> / The Example\n");
	expect_body(n, "/archive/",
	    "# Archive · The Example\n\n=> /archive/2025/ 2025 (3)\n=> /archive/2024/ 2024 (1)\n\n"
	    "=> / The Example\n");
	expect_body(n, "/archive/2025/",
	    "# 2025 · The Example\n\n=> /archive/2025/02/ 2025-02 (1)\n"
	    "=> /archive/2025/01/ 2025-01 (2)\n\n=> / The Example\n");
}

static void
paths_of_lists_are_answered_as_the_table_says(void **state)
{
	struct newsstand *n = *state;
	static const struct row rows[] = {
	    {"all articles", "/articles/", 20, GEMTEXT, "# Articles · The Example\n"},
	    {"section", "/articles/opinion/", 20, GEMTEXT, "# Opinion · The Example\n"},
	    {"section without slash", "/articles/opinion", 31, "/articles/opinion/", NULL},
	    {"no section", "/articles/none/", 51, "Not found", NULL},
	    {"articles without slash", "/articles?q", 31, "/articles/?q", NULL},
	    {"tags without slash", "/tags", 31, "/tags/", NULL},
	    {"authors without slash", "/authors", 31, "/authors/", NULL},
	    {"archive without slash", "/archive", 31, "/archive/", NULL},
	    {"year without slash", "/archive/2025", 31, "/archive/2025/", NULL},
	    {"month without slash", "/archive/2025/06", 31, "/archive/2025/06/", NULL},
	    {"tag with slash", "/tags/legal-aid/", 31, "/tags/legal-aid", NULL},
	    {"unknown tag with slash", "/tags/none/", 51, NULL, NULL},
	    {"tag", "/tags/c", 20, GEMTEXT, "# C · The Example\n"},
	    {"unknown tag", "/tags/none", 51, "Not found", NULL},
	    {"slug with another case", "/tags/Legal-aid", 51, NULL, NULL},
	    {"more of nothing", "/tags/none/more/0000000000000", 51, NULL, NULL},
	    {"feed of nothing", "/tags/none/atom.xml", 51, NULL, NULL},
	    {"feed of all tags", "/tags/atom.xml", 51, NULL, NULL},
	    {"feed of a tag", "/tags/legal-aid/atom.xml", 20, "application/atom+xml", "<?xml"},
	    {"feed of an author", "/authors/ada/atom.xml", 20, "application/atom+xml", NULL},
	    {"feed of a section", "/articles/opinion/atom.xml", 20, "application/atom+xml", NULL},
	    {"feed of all", "/articles/atom.xml", 20, "application/atom+xml", NULL},
	    {"feed of a year", "/archive/2025/atom.xml", 20, "application/atom+xml", NULL},
	    {"feed of a month", "/archive/2025/01/atom.xml", 20, "application/atom+xml", NULL},
	    {"author", "/authors/ada", 20, GEMTEXT, "# Ada · The Example\n"},
	    {"month", "/archive/2024/12/", 20, GEMTEXT, "# 2024-12 · The Example\n"},
	    {"older of a month", "/archive/2024/12/more/7vvvvvvvvvvvv", 20, GEMTEXT, "# 2024-12"},
	    {"month without articles", "/archive/2025/07/", 51, NULL, NULL},
	    {"no month", "/archive/2025/13/", 51, NULL, NULL},
	    {"year without articles", "/archive/1999/", 51, NULL, NULL},
	    {"no year", "/archive/year/", 51, NULL, NULL},
	    {"names after a key", "/tags/more/63", 20, GEMTEXT,
		"# Tags · The Example\n\n=> /tags/"},
	    {"names after no key", "/tags/more/6", 51, NULL, NULL},
	    {"names after no UTF-8", "/tags/more/ff", 51, NULL, NULL},
	    {NULL, NULL, 0, NULL, NULL},
	};

	set_up_printed(n, articles, "", "");
	expect_rows(n, rows);
}

static void
every_list_pages_on_to_its_end(void **state)
{
	struct newsstand *n = *state;
	static const char *const lists[] = {
	    "/articles/", "/authors/mole", "/tags/one", "/archive/2025/01/"};
	char path[64], text[128], next[64];

	set_up(n, &(struct file){NULL, NULL}, two_a_page, "");
	for (int i = 1; i <= 5; i++) {
		snprintf(path, sizeof(path), "articles/%d.gmi", i);
		snprintf(text, sizeof(text),
		    "---\ntitle = Number %d\nauthor = Mole\ntags = one\ndate = 2025-01-0%d\n---\n",
		    i, i);
		make_file(n, path, text);
	}
	open_printed(n);
	for (size_t i = 0; i < ROWS(lists); i++) {
		int seen = 0;
		bool is_more = true;

		for (snprintf(next, sizeof(next), "%s", lists[i]); is_more;) {
			const char *body = page_at(n, next);

			for (const char *c = body; (c = strstr(c, "Number ")) != NULL; c++)
				assert_int_equal(c[strlen("Number ")] - '0', 5 - seen++);
			is_more = find_link(body, "Show more", next, sizeof(next));
			if (is_more && !text_starts(next, lists[i]))
				fail_msg("%s leads on to %s", lists[i], next);
		}
		if (seen != 5)
			fail_msg("%s shows %d articles", lists[i], seen);
	}
}

static void
every_link_of_an_article_to_a_list_works(void **state)
{
	struct newsstand *n = *state;
	static const struct file files[] = {
	    {"articles/a.gmi", "---\ndate = 2025-01-01\nauthor = ..\nauthor = /\nauthor = Zoë\n"
			       "tags = C, C++, +++, 日本, 50%, more, a/b, => /x\n---\nT\n"},
	    {NULL, NULL},
	};
	int links = 0;

	set_up_printed(n, files, "", "");
	char *body = strdup(page_at(n, "/articles/a.gmi"));
	for (char *link = body; (link = strstr(link, "\n=> /")) != NULL; links++) {
		char path[256];

		link += strlen("\n=> ");
		snprintf(path, sizeof(path), "%.*s", (int)strcspn(link, " \n"), link);
		if (strcmp(path, "/") == 0)
			break;
		expect_row(n, &(struct row){"link", path, 20, GEMTEXT, "# "}, &nobody);
	}
	assert_int_equal(links, 11);
	free(body);
}

static void
members_lists_show_to_members_alone(void **state)
{
	struct newsstand *n = *state;
	static const struct file files[] = {
	    {"articles/open.gmi", "---\ntitle = Open\ndate = 2025-01-01\nauthor = Ada\n"
				  "tags = shared\n---\nT\n"},
	    {"articles/members/in.gmi", "---\ntitle = Inside\ndate = 2025-02-03\nauthor = Mole\n"
					"tags = shared, secret\n---\nT\n"},
	    {NULL, NULL},
	};
	static const struct row outside[] = {
	    {"section", "/articles/members/", 60, NULL, NULL},
	    {"its feed", "/articles/members/atom.xml", 60, NULL, NULL},
	    {"tag of members alone", "/tags/secret", 51, NULL, NULL},
	    {"its feed", "/tags/secret/atom.xml", 51, NULL, NULL},
	    {"author of members alone", "/authors/mole", 51, NULL, NULL},
	    {"month of members alone", "/archive/2025/02/", 51, NULL, NULL},
	    {"tags", "/tags/", 20, NULL,
		"# Tags · The Example\n\n=> /tags/shared shared (1)\n\n=> / "},
	    {"authors", "/authors/", 20, NULL,
		"# Authors · The Example\n\n=> /authors/ada Ada (1)\n\n=> / "},
	    {"archive", "/archive/", 20, NULL,
		"# Archive · The Example\n\n=> /archive/2025/ 2025 (1)\n\n=> / "},
	    {NULL, NULL, 0, NULL, NULL},
	};
	static const struct visitor member = {.has_certificate = true, .not_after = INT64_MAX};
	static const struct row inside = {"section", "/articles/members/", 20, NULL,
	    "# Members · The Example\n\n=> /articles/members/in.gmi 2025-02-03 Inside\n"};

	set_up_printed(n, files, "", MEMBERS_ZONE);
	expect_rows(n, outside);
	assert_null(strstr(page_at(n, "/articles/"), "Inside"));
	expect_row(n, &inside, &member);
	const char *page = page_as(n, "/articles/members/in.gmi", &member);
	assert_non_null(strstr(page, "=> /tags/shared "));
	assert_null(strstr(page, "=> /tags/secret "));
	assert_null(strstr(page, "=> /authors/mole "));
}

static void
many_tags_come_in_pages(void **state)
{
	struct newsstand *n = *state;
	struct buffer text = BUFFER_EMPTY;
	char path[64], next[600] = "/tags/";
	int names = 0, pages = 0;

	set_up(n, &(struct file){NULL, NULL}, "", "");
	for (int i = 0; i < 6; i++) {
		buffer_truncate(&text, 0);
		buffer_puts(&text, "---\ndate = 2025-01-01\ntags = x");
		for (int k = 0; k < 199; k++)
			buffer_printf(&text, ", tag %d", 1000 + 199 * i + k);
		buffer_puts(&text, "\n---\n");
		snprintf(path, sizeof(path), "articles/%d.gmi", i);
		make_file(n, path, text.data);
	}
	open_printed(n);
	for (bool is_more = true; is_more; pages++) {
		const char *page = page_at(n, next);

		for (const char *c = page; (c = strstr(c, "=> /tags/tag-")) != NULL; c++)
			names++;
		is_more = find_link(page, "Show more", next, sizeof(next));
	}
	assert_int_equal(names, 6 * 199);
	assert_int_equal(pages, 3);
	buffer_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    NEWSSTAND_TEST(a_list_is_laid_out_exactly),
	    NEWSSTAND_TEST(names_and_periods_are_shown_with_their_counts),
	    NEWSSTAND_TEST(paths_of_lists_are_answered_as_the_table_says),
	    NEWSSTAND_TEST(every_list_pages_on_to_its_end),
	    NEWSSTAND_TEST(every_link_of_an_article_to_a_list_works),
	    NEWSSTAND_TEST(members_lists_show_to_members_alone),
	    NEWSSTAND_TEST(many_tags_come_in_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
