/* Tests of import/clipping: pages copied out of a browser. */
#include "check.h"

#include <stdlib.h>

#include "formats/clipping.h"

/* What the clipping becomes: source files, each after a line `== article` or `== draft`. */
static char *
read_all(const char *label, const char *text)
{
	struct pieces pieces = {0};
	struct buffer all = BUFFER_EMPTY;
	struct error err;

	if (!clipping_read(text, strlen(text), &pieces, &err))
		buffer_puts(&all, err.text);
	else
		for (size_t i = 0; i < pieces.count; i++) {
			buffer_printf(
			    &all, "== %s\n", pieces.items[i].is_draft ? "draft" : "article");
			check_row(label, piece_write(&pieces.items[i], &all));
		}
	pieces_free(&pieces);
	char *taken = buffer_take(&all);
	assert_non_null(taken);
	return taken;
}

struct clip {
	const char *label, *text, *becomes;
};

static void
check_clips(const struct clip *clips, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *read = read_all(clips[i].label, clips[i].text);

		check_row_text(clips[i].label, read, clips[i].becomes);
		free(read);
	}
}

static void
an_article_has_title_author_date_dek_and_paragraphs(void **state)
{
	static const struct clip clips[] = {
	    {"all of it",
		"A bridge reopens\n\nIda • January 7, 2025\n\n\"We missed it\"\n\nOne.\n\n\nTwo.\n",
		"== article\n---\ntitle = A bridge reopens\nauthor = Ida\ndate = 2025-01-07\n"
		"summary = \"We missed it\"\n---\nOne.\n\nTwo.\n"},
	    {"no dek", "T\n\nIda • January 7, 2025\n\nOne.\n",
		"== article\n---\ntitle = T\nauthor = Ida\ndate = 2025-01-07\n---\nOne.\n"},
	    {"curly quotes", "T\nIda • January 7, 2025\n“We”\n\nOne.\n",
		"== article\n---\ntitle = T\nauthor = Ida\ndate = 2025-01-07\n"
		"summary = “We”\n---\nOne.\n"},
	    {"a quotation later on is text", "T\nIda • January 7, 2025\nOne.\n\n\"We\"\n",
		"== article\n---\ntitle = T\nauthor = Ida\ndate = 2025-01-07\n---\n"
		"One.\n\n\"We\"\n"},
	    {"two authors", "T\nIda and Judy • January 7, 2025\nOne.\n",
		"== article\n---\ntitle = T\nauthor = Ida\nauthor = Judy\ndate = 2025-01-07\n---\n"
		"One.\n"},
	    {"blanks, line ends, a mark", "\xEF\xBB\xBF T \u00a0\r\n\r\nIda • January 7, 2025\r\n",
		"== article\n---\ntitle = T\nauthor = Ida\ndate = 2025-01-07\n---\n"},
	    {"text that looks like markup", "T\n\n=> /evil x\n\n# no heading\n",
		"== article\n---\ntitle = T\n---\n\u200b=> /evil x\n\n\u200b# no heading\n"},
	    {"items", "T\n\n• a\n- b\n", "== article\n---\ntitle = T\n---\n* a\n* b\n"},
	    {"lines broken by a program",
		"T\n\nA line of a text that was broken to fit into the width of some\n"
		"terminal.\n",
		"== article\n---\ntitle = T\n---\nA line of a text that was broken to fit into "
		"the width of some terminal.\n"},
	    {"a poem", "T\n\nshort\nlines\n", "== article\n---\ntitle = T\n---\nshort\nlines\n"},
	    {"no head", "T\n\nHeidi says hello.\n",
		"== article\n---\ntitle = T\n---\nHeidi says hello.\n"},
	    {"the button at the end", "T\n\nOne.\n\nShow More\n\n",
		"== article\n---\ntitle = T\n---\nOne.\n"},
	};

	(void)state;
	check_clips(clips, ROWS(clips));
}

static void
cards_at_the_end_become_drafts(void **state)
{
	static const struct clip clips[] = {
	    {"two cards",
		"T\n\nIda • January 7, 2025\n\nOne.\n\nA tent (Photo: Judy)\nBy Heidi June 3, "
		"2025\n"
		"Tea for all.\nA boat\nBy Ida and Judy June 2, 2025\nIt floats.\nShow More\n",
		"== article\n---\ntitle = T\nauthor = Ida\ndate = 2025-01-07\n---\nOne.\n"
		"== draft\n---\ntitle = A tent (Photo: Judy)\nauthor = Heidi\ndate = 2025-06-03\n"
		"summary = Tea for all.\nimage-alt = A tent (Photo: Judy)\n---\n"
		"== draft\n---\ntitle = A boat\nauthor = Ida\nauthor = Judy\ndate = 2025-06-02\n"
		"summary = It floats.\nimage-alt = A boat\n---\n"},
	    {"a teaser of two lines", "A tent\nBy Heidi June 3, 2025\nTea\nfor all.\n",
		"== draft\n---\ntitle = A tent\nauthor = Heidi\ndate = 2025-06-03\n"
		"summary = Tea for all.\nimage-alt = A tent\n---\n"},
	    {"empty lines between cards",
		"A\nBy Heidi June 3, 2025\nTea.\n\nB\nBy Heidi June 2, 2025\nCake.\n",
		"== draft\n---\ntitle = A\nauthor = Heidi\ndate = 2025-06-03\n"
		"summary = Tea.\nimage-alt = A\n---\n"
		"== draft\n---\ntitle = B\nauthor = Heidi\ndate = 2025-06-02\n"
		"summary = Cake.\nimage-alt = B\n---\n"},
	    {"no teaser", "A\nBy Heidi June 3, 2025\nB\nBy Heidi June 2, 2025\n",
		"== draft\n---\ntitle = A\nauthor = Heidi\ndate = 2025-06-03\nimage-alt = A\n---\n"
		"== draft\n---\ntitle = B\nauthor = Heidi\ndate = 2025-06-02\nimage-alt = "
		"B\n---\n"},
	};

	(void)state;
	check_clips(clips, ROWS(clips));
}

static void
what_is_wrong_is_told_with_its_line(void **state)
{
	static const struct clip clips[] = {
	    {"empty", "", "there is no text in it"},
	    {"blank", " \n\u00a0\n\n", "there is no text in it"},
	    {"no such day", "T\n\nIda • February 30, 2025\n\nOne.\n",
		"line 3: there is no day `February 30, 2025`"},
	    {"no such day in a card", "T\n\nOne.\n\nA\nBy Ida June 31, 2025\nTea.\n",
		"line 6: there is no day `June 31, 2025`"},
	};

	(void)state;
	check_clips(clips, ROWS(clips));
}

static void
a_long_first_line_is_no_title(void **state)
{
	struct buffer text = BUFFER_EMPTY;
	struct pieces pieces = {0};
	struct error err;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buffer_puts(&text, "word ");
	assert_true(clipping_read(buffer_text(&text), text.len, &pieces, &err));
	assert_int_equal(pieces.count, 1);
	assert_true(pieces.items[0].title.len <= CLIPPING_TITLE_MAX);
	assert_int_equal(pieces.items[0].body.len, text.len); /* a line end for its last blank */
	pieces_free(&pieces);
	buffer_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_article_has_title_author_date_dek_and_paragraphs),
	    cmocka_unit_test(cards_at_the_end_become_drafts),
	    cmocka_unit_test(what_is_wrong_is_told_with_its_line),
	    cmocka_unit_test(a_long_first_line_is_no_title),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
