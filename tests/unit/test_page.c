/* Tests of article/page: the printed page and the cards, byte for byte. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "article/page.h"
#include "article/source.h"

static struct capsule_config capsule;

static int
make_capsule(void **state)
{
	static char title[] = "The Example Broadsheet", language[] = "en";

	(void)state;
	capsule = (struct capsule_config){.title = title, .language = language};
	for (size_t i = 0; i < LABEL_COUNT; i++)
		capsule.labels.text[i] = label_defaults[i];
	return 0;
}

static const struct card other = {
    .id = 32,
    .path = "/articles/other.gmi",
    .date = "2025-06-12",
    .title = "Title of the other",
    .authors = "",
    .summary = "",
    .lang = "",
    .image = "",
    .image_alt = "",
    .image_credit = "",
};

static void
assert_page(const char *file, const char *date, const struct card *more, size_t more_count,
    bool has_more, const char *expected)
{
	struct buffer out = BUFFER_EMPTY;
	struct error err = {""};
	struct source *s = source_parse("/articles/clinic.gmi", file, strlen(file), &err);

	if (s == NULL)
		fail_msg("%s", err.text);
	s->article.card.date = date;
	page_article(&out, &capsule, &s->article, more, more_count, has_more);
	assert_string_equal(buffer_text(&out), expected);
	source_free(s);
	buffer_free(&out);
}

static void
a_page_is_laid_out_exactly(void **state)
{
	static char letters[] = "mailto:desk@example.org";
	struct card more[2] = {other, other};

	(void)state;
	more[1].path = "/articles/m\u00e1s lejos.gmi";
	more[1].title = "M\u00e1s lejos";
	more[1].lang = "es";
	more[1].date = "2025-06-11";
	more[1].id = 31;
	capsule.letters = letters;
	assert_page("---\n"
		    "title = Clinics move outdoors for the weekend\n"
		    "author = Heidi\n"
		    "author = Ida\n"
		    "updated = 2025-06-14\n"
		    "summary = Free advice tables will follow the marches.\n"
		    "image = /images/clinic.jpg\n"
		    "image-alt = A folding table with leaflets on a pavement\n"
		    "image-credit = Photo: Ida\n"
		    "tags = legal aid\n"
		    "correction = 2025-06-14 It was Saturday.\n"
		    "correction = It was noon.\n"
		    "---\n"
		    "Body in gemtext.\n"
		    "\n"
		    "## More of it\n",
	    "2025-06-13", more, 2, true,
	    "# Clinics move outdoors for the weekend\n"
	    "\n"
	    "Heidi, Ida \u00b7 2025-06-13 \u00b7 updated 2025-06-14\n"
	    "\n"
	    "> Free advice tables will follow the marches.\n"
	    "\n"
	    "=> /images/clinic.jpg A folding table with leaflets on a pavement (Photo: Ida)\n"
	    "\n"
	    "Body in gemtext.\n"
	    "\n"
	    "## More of it\n"
	    "\n"
	    "Correction 2025-06-14: It was Saturday.\n"
	    "Correction: It was noon.\n"
	    "\n"
	    "=> /tags/legal-aid Filed under: legal aid\n"
	    "=> /authors/heidi More by Heidi\n"
	    "=> /authors/ida More by Ida\n"
	    "\n"
	    "## More news\n"
	    "\n"
	    "=> /articles/other.gmi Title of the other (2025-06-12)\n"
	    "=> /articles/m%C3%A1s%20lejos.gmi M\u00e1s lejos [es] (2025-06-11)\n"
	    "=> /more/000000000000v Show more\n"
	    "\n"
	    "=> mailto:desk@example.org Write to the editor\n"
	    "=> / The Example Broadsheet\n");
}

static void
lines_without_a_value_are_left_out_with_their_blank_line(void **state)
{
	(void)state;
	assert_page("Text of the article.\n", "2025-06-13", NULL, 0, false,
	    "# clinic\n"
	    "\n"
	    "The Example Broadsheet \u00b7 2025-06-13\n"
	    "\n"
	    "Text of the article.\n"
	    "\n"
	    "=> / The Example Broadsheet\n");
	assert_page("", "2025-06-13", &other, 1, false,
	    "# clinic\n"
	    "\n"
	    "The Example Broadsheet \u00b7 2025-06-13\n"
	    "\n"
	    "## More news\n"
	    "\n"
	    "=> /articles/other.gmi Title of the other (2025-06-12)\n"
	    "\n"
	    "=> / The Example Broadsheet\n");
}

static void
a_picture_without_words_is_a_picture(void **state)
{
	(void)state;
	assert_page("---\nimage = acceptor.png\nimage-credit = Ida\n---\n", "2025-06-13", NULL, 0,
	    false,
	    "# clinic\n"
	    "\n"
	    "The Example Broadsheet \u00b7 2025-06-13\n"
	    "\n"
	    "=> /articles/acceptor.png Picture (Ida)\n"
	    "\n"
	    "=> / The Example Broadsheet\n");
}

static void
values_cannot_become_markup(void **state)
{
	(void)state;
	assert_page("---\n"
		    "author = => /evil\n"
		    "title = # deep\n"
		    "summary = > quoted\n"
		    "correction = => /evil\n"
		    "---\n"
		    "```\n"
		    "left open\n",
	    "2025-06-13", &other, 1, false,
	    "# # deep\n"
	    "\n"
	    "\u200b=> /evil \u00b7 2025-06-13\n"
	    "\n"
	    "> > quoted\n"
	    "\n"
	    "```\n"
	    "left open\n"
	    "```\n"
	    "\n"
	    "Correction: => /evil\n"
	    "\n"
	    "=> /authors/evil More by => /evil\n"
	    "\n"
	    "## More news\n"
	    "\n"
	    "=> /articles/other.gmi Title of the other (2025-06-12)\n"
	    "\n"
	    "=> / The Example Broadsheet\n");
}

static void
a_correction_tells_its_day_if_it_stands_alone_in_front(void **state)
{
	(void)state;
	assert_page("---\n"
		    "correction = 2025-06-14: noon\n"
		    "correction = 2025-06-14\n"
		    "correction = x\n"
		    "correction = 2025-06-31 noon\n"
		    "---\n",
	    "2025-06-13", NULL, 0, false,
	    "# clinic\n"
	    "\n"
	    "The Example Broadsheet \u00b7 2025-06-13\n"
	    "\n"
	    "Correction: 2025-06-14: noon\n"
	    "Correction: 2025-06-14\n"
	    "Correction: x\n"
	    "Correction: 2025-06-31 noon\n"
	    "\n"
	    "=> / The Example Broadsheet\n");
}

static void
names_link_to_the_lists_that_there_are(void **state)
{
	static const char file[] = "---\ntags = a, b, c\nauthor = Ida\n---\n";
	struct error err = {""};
	struct source *s = source_parse("/articles/x.gmi", file, strlen(file), &err);
	struct buffer out = BUFFER_EMPTY;

	(void)state;
	assert_non_null(s);
	s->article.tag_slugs = "a\n\nc d";
	s->article.author_slugs = "";
	page_article(&out, &capsule, &s->article, NULL, 0, false);
	assert_non_null(strstr(buffer_text(&out), "\n\n=> /tags/a Filed under: a\n"
						  "=> /tags/c%20d Filed under: c\n\n=> / "));
	source_free(s);
	buffer_free(&out);
}

static void
a_name_as_long_as_can_be_has_a_list(void **state)
{
	char file[] = "---\ntags = "
		      "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffgg\n---\n";
	struct error err = {""};
	struct source *s = source_parse("/articles/x.gmi", file, strlen(file), &err);
	struct buffer out = BUFFER_EMPTY;

	(void)state;
	assert_non_null(s);
	page_article(&out, &capsule, &s->article, NULL, 0, false);
	assert_non_null(strstr(buffer_text(&out),
	    "=> /tags/aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffff Filed"));
	source_free(s);
	buffer_free(&out);
}

static void
labels_are_the_capsules_words(void **state)
{
	(void)state;
	capsule.labels.text[LABEL_MORE_NEWS] = "Mehr";
	capsule.labels.text[LABEL_SHOW_MORE] = "\u00c4ltere";
	capsule.labels.text[LABEL_UPDATED] = "ge\u00e4ndert";
	capsule.labels.text[LABEL_CORRECTION] = "# Berichtigung";
	assert_page("---\nupdated = 2025-06-14\ncorrection = 2025-06-14 x\n---\n", "2025-06-13",
	    &other, 1, true,
	    "# clinic\n"
	    "\n"
	    "The Example Broadsheet \u00b7 2025-06-13 \u00b7 ge\u00e4ndert 2025-06-14\n"
	    "\n"
	    "\u200b# Berichtigung 2025-06-14: x\n"
	    "\n"
	    "## Mehr\n"
	    "\n"
	    "=> /articles/other.gmi Title of the other (2025-06-12)\n"
	    "=> /more/0000000000010 \u00c4ltere\n"
	    "\n"
	    "=> / The Example Broadsheet\n");
}

static void
a_card_is_laid_out_exactly(void **state)
{
	static const struct {
		const char *label;
		struct card card;
		const char *expected;
	} cases[] = {
	    /* id, path, date, title, authors, summary, lang, image, its description and credit */
	    {"full",
		{7, "/articles/clinic.gmi", "2025-06-13", "Clinics move outdoors for the weekend",
		    "Heidi", "Free advice tables will follow the marches.", "",
		    "/images/clinic.jpg", "A folding table with leaflets on a pavement", ""},
		"=> /articles/clinic.gmi 2025-06-13 Clinics move outdoors for the weekend\n"
		"=> /images/clinic.jpg A folding table with leaflets on a pavement\n"
		"By Heidi\n"
		"Free advice tables will follow the marches.\n"
		"\n"},
	    {"bare", {7, "/articles/a b.gmi", "2025-06-12", "T", "", "", "", "", "", ""},
		"=> /articles/a%20b.gmi 2025-06-12 T\n"
		"By The Example Broadsheet\n"
		"\n"},
	    {"another language", {7, "/a.gmi", "2025-06-12", "T", "A\nB", "", "es", "", "", ""},
		"=> /a.gmi 2025-06-12 T [es]\n"
		"By A, B\n"
		"\n"},
	    {"the capsule's language",
		{7, "/a.gmi", "2025-06-12", "T", "", "", "EN-GB", "", "", ""},
		"=> /a.gmi 2025-06-12 T\n"
		"By The Example Broadsheet\n"
		"\n"},
	    {"a summary that looks like a link",
		{7, "/a.gmi", "2025-06-12", "T", "", "=> /x 2025-01-01 y", "", "", "", ""},
		"=> /a.gmi 2025-06-12 T\n"
		"By The Example Broadsheet\n"
		"\u200b=> /x 2025-01-01 y\n"
		"\n"},
	    {"a credit", {7, "/a.gmi", "2025-06-12", "T", "", "", "", "/i.png", "", "Ida"},
		"=> /a.gmi 2025-06-12 T\n"
		"=> /i.png Picture (Ida)\n"
		"By The Example Broadsheet\n"
		"\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer out = BUFFER_EMPTY;

		page_card(&out, &capsule, &cases[i].card);
		if (strcmp(buffer_text(&out), cases[i].expected) != 0)
			fail_msg("%s:\n%s", cases[i].label, buffer_text(&out));
		buffer_free(&out);
	}
}

static void
show_more_names_the_last_id_below_its_list(void **state)
{
	struct buffer out = BUFFER_EMPTY;

	(void)state;
	page_show_more(&out, &capsule, "/", 1);
	page_show_more(&out, &capsule, "/articles/opinion/", 31);
	assert_string_equal(buffer_text(&out),
	    "=> /more/0000000000001 Show more\n"
	    "=> /articles/opinion/more/000000000000v Show more\n");
	buffer_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(a_page_is_laid_out_exactly, make_capsule),
	    cmocka_unit_test_setup(
		lines_without_a_value_are_left_out_with_their_blank_line, make_capsule),
	    cmocka_unit_test_setup(a_picture_without_words_is_a_picture, make_capsule),
	    cmocka_unit_test_setup(values_cannot_become_markup, make_capsule),
	    cmocka_unit_test_setup(
		a_correction_tells_its_day_if_it_stands_alone_in_front, make_capsule),
	    cmocka_unit_test_setup(names_link_to_the_lists_that_there_are, make_capsule),
	    cmocka_unit_test_setup(a_name_as_long_as_can_be_has_a_list, make_capsule),
	    cmocka_unit_test_setup(labels_are_the_capsules_words, make_capsule),
	    cmocka_unit_test_setup(a_card_is_laid_out_exactly, make_capsule),
	    cmocka_unit_test_setup(show_more_names_the_last_id_below_its_list, make_capsule),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
