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
	struct fixture f;

	(void)state;
	set_up_printed(&f, articles, "", "");
	expect_body(&f, "/tags/legal-aid",
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
	expect_body(&f, "/articles/letters/",
	    "# Our letters\n"
	    "\n"
	    "=> /articles/letters/d.gmi 2025-02-01 D\n"
	    "By The Example\n"
	    "Four.\n"
	    "\n"
	    "=> /articles/letters/atom.xml Subscribe: Atom feed\n"
	    "=> / The Example\n");
	tear_down(&f);
}

static void
names_and_periods_are_shown_with_their_counts(void **state)
{
	struct fixture f;

	(void)state;
	set_up_printed(&f, articles, "", "");
	expect_body(&f, "/authors/",
	    "# Authors · The Example\n\n=> /authors/ada ada (2)\n=> /authors/bo Bo (2)\n\n"
	    "=> / The Example\n");
	expect_body(&f, "/archive/",
	    "# Archive · The Example\n\n=> /archive/2025/ 2025 (3)\n=> /archive/2024/ 2024 (1)\n\n"
	    "=> / The Example\n");
	expect_body(&f, "/archive/2025/",
	    "# 2025 · The Example\n\n=> /archive/2025/02/ 2025-02 (1)\n"
	    "=> /archive/2025/01/ 2025-01 (2)\n\n=> / The Example\n");
	tear_down(&f);
}

static void
paths_of_lists_are_answered_as_the_table_says(void **state)
{
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
	struct fixture f;

	(void)state;
	set_up_printed(&f, articles, "", "");
	expect_rows(&f, rows);
	tear_down(&f);
}

static void
every_list_pages_on_to_its_end(void **state)
{
	static const char *const lists[] = {
	    "/articles/", "/authors/mole", "/tags/one", "/archive/2025/01/"};
	struct fixture f;
	char path[64], text[128], next[64];

	(void)state;
	set_up(&f, &(struct file){NULL, NULL}, two_a_page, "");
	for (int i = 1; i <= 5; i++) {
		snprintf(path, sizeof(path), "articles/%d.gmi", i);
		snprintf(text, sizeof(text),
		    "---\ntitle = Number %d\nauthor = Mole\ntags = one\ndate = 2025-01-0%d\n---\n",
		    i, i);
		make_file(&f, path, text);
	}
	print_edition(&f);
	open_site(&f);
	for (size_t i = 0; i < sizeof(lists) / sizeof(*lists); i++) {
		int seen = 0;
		bool is_more = true;

		for (snprintf(next, sizeof(next), "%s", lists[i]); is_more;) {
			struct response r;

			ask_as(&f, next, &nobody, &r);
			char *body = body_of(&r);
			for (const char *c = body; (c = strstr(c, "Number ")) != NULL; c++)
				assert_int_equal(c[strlen("Number ")] - '0', 5 - seen++);
			is_more = find_link(body, "Show more", next, sizeof(next));
			if (is_more && !text_starts(next, lists[i]))
				fail_msg("%s leads on to %s", lists[i], next);
			free(body);
			response_free(&r);
		}
		if (seen != 5)
			fail_msg("%s shows %d articles", lists[i], seen);
	}
	tear_down(&f);
}

static void
every_link_of_an_article_to_a_list_works(void **state)
{
	static const struct file files[] = {
	    {"articles/a.gmi", "---\ndate = 2025-01-01\nauthor = ..\nauthor = /\nauthor = Zoë\n"
			       "tags = C, C++, +++, 日本, 50%, more, a/b, => /x\n---\nT\n"},
	    {NULL, NULL},
	};
	struct fixture f;
	struct response r;
	int links = 0;

	(void)state;
	set_up_printed(&f, files, "", "");
	ask_as(&f, "/articles/a.gmi", &nobody, &r);
	char *body = body_of(&r);
	for (char *link = body; (link = strstr(link, "\n=> /")) != NULL; links++) {
		char path[256];

		link += strlen("\n=> ");
		snprintf(path, sizeof(path), "%.*s", (int)strcspn(link, " \n"), link);
		if (strcmp(path, "/") == 0)
			break;
		expect_row(&f, &(struct row){"link", path, 20, GEMTEXT, "# "}, &nobody);
	}
	assert_int_equal(links, 11);
	free(body);
	response_free(&r);
	tear_down(&f);
}

static void
members_lists_show_to_members_alone(void **state)
{
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
	struct fixture f;
	struct response r;

	(void)state;
	set_up_printed(
	    &f, files, "", "[zone example.org/articles/members/]\nrequire = certificate\n");
	expect_rows(&f, outside);
	ask_as(&f, "/articles/", &nobody, &r);
	assert_null(strstr(buffer_text(&r.body), "Inside"));
	response_free(&r);
	expect_row(&f, &inside, &member);
	ask_as(&f, "/articles/members/in.gmi", &member, &r);
	assert_non_null(strstr(buffer_text(&r.body), "=> /tags/shared "));
	assert_null(strstr(buffer_text(&r.body), "=> /tags/secret "));
	assert_null(strstr(buffer_text(&r.body), "=> /authors/mole "));
	response_free(&r);
	tear_down(&f);
}

static void
many_tags_come_in_pages(void **state)
{
	struct buffer text = BUFFER_EMPTY;
	struct fixture f;
	char path[64], next[600] = "/tags/";
	int names = 0, pages = 0;

	(void)state;
	set_up(&f, &(struct file){NULL, NULL}, "", "");
	for (int i = 0; i < 6; i++) {
		buffer_truncate(&text, 0);
		buffer_puts(&text, "---\ndate = 2025-01-01\ntags = x");
		for (int k = 0; k < 199; k++)
			buffer_printf(&text, ", tag %d", 1000 + 199 * i + k);
		buffer_puts(&text, "\n---\n");
		snprintf(path, sizeof(path), "articles/%d.gmi", i);
		make_file(&f, path, text.data);
	}
	print_edition(&f);
	open_site(&f);
	for (bool is_more = true; is_more; pages++) {
		struct response r;

		ask_as(&f, next, &nobody, &r);
		for (const char *c = buffer_text(&r.body); (c = strstr(c, "=> /tags/tag-")) != NULL;
		     c++)
			names++;
		is_more = find_link(buffer_text(&r.body), "Show more", next, sizeof(next));
		response_free(&r);
	}
	assert_int_equal(names, 6 * 199);
	assert_int_equal(pages, 3);
	buffer_free(&text);
	tear_down(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_is_laid_out_exactly),
	    cmocka_unit_test(names_and_periods_are_shown_with_their_counts),
	    cmocka_unit_test(paths_of_lists_are_answered_as_the_table_says),
	    cmocka_unit_test(every_list_pages_on_to_its_end),
	    cmocka_unit_test(every_link_of_an_article_to_a_list_works),
	    cmocka_unit_test(members_lists_show_to_members_alone),
	    cmocka_unit_test(many_tags_come_in_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
