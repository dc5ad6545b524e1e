/* Tests of article/printing and desk/printings: what tells printings apart, and who was given
 * which. */
#include "check.h"

#include "scarce.h"

#include "../../src/upload/printings.c"

#include "plenty.h"

#include "article/printing.h"

static void
the_last_printings_that_were_given_are_known(void **state)
{
	static const struct {
		uint64_t printing;
		const char *known; /* from then on, the latest first */
	} rows[] = {{1, "1"}, {1, "1"}, {2, "21"}, {1, "12"}, {3, "312"}, {4, "4312"}, {1, "1432"},
	    {2, "2143"}, {5, "5214 and more"}, {4, "4521 and more"}, {3, "3452 and more"}};
	struct printings *printings = printings_new(8);

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char known[32] = "";

		printings_note(printings, "ada", "/articles/a.gmi", rows[i].printing);
		struct printings_given given = printings_find(printings, "ada", "/articles/a.gmi");
		for (size_t k = 0; k < given.count; k++)
			known[k] = (char)('0' + given.printings[k]);
		strcat(known, given.has_more ? " and more" : "");
		check_row_text(rows[i].known, known, rows[i].known);
	}
	printings_free(printings);
}

static void
what_a_person_saves_takes_the_place_of_what_it_replaced(void **state)
{
	static const struct {
		uint64_t from, to;
		const char *known; /* from then on, the latest first */
	} rows[] = {{9, 8, "321"}, {2, 4, "341"}, {4, 4, "341"}, {3, 1, "41"}, {1, 4, "4"}};
	struct printings *printings = printings_new(8);

	(void)state;
	printings_replace(printings, "ada", "/a", 1, 2);
	for (uint64_t i = 1; i <= 3; i++)
		printings_note(printings, "ada", "/a", i);
	for (size_t i = 0; i < ROWS(rows); i++) {
		char known[32] = "";

		printings_replace(printings, "ada", "/a", rows[i].from, rows[i].to);
		struct printings_given given = printings_find(printings, "ada", "/a");
		for (size_t k = 0; k < given.count; k++)
			known[k] = (char)('0' + given.printings[k]);
		check_row_text(rows[i].known, known, rows[i].known);
	}
	printings_free(printings);
}

static uint64_t
last(const struct printings *printings, const char *person, const char *path)
{
	return printings_find(printings, person, path).printings[0];
}

static void
nothing_is_known_of_others(void **state)
{
	static const struct {
		const char *label, *person, *path;
	} rows[] = {
	    {"another person", "carl", "/articles/a.gmi"},
	    {"another path", "ada", "/articles/b.gmi"},
	    {"a person that begins so", "ad", "/articles/a.gmi"},
	    {"what runs together", "ada/articles", "/a.gmi"},
	};
	struct printings *printings = printings_new(8);

	(void)state;
	printings_note(printings, "ada", "/articles/a.gmi", 1);
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].label,
		    printings_find(printings, rows[i].person, rows[i].path).count == 0);
	printings_free(printings);
}

static void
what_was_given_longest_ago_is_forgotten_first(void **state)
{
	static const char *const paths[] = {"/0", "/1", "/2", "/0", "/3"};
	static const struct {
		const char *path;
		uint64_t printing;
	} expected[] = {{"/0", 4}, {"/1", 0}, {"/2", 3}, {"/3", 5}};
	struct printings *printings = printings_new(3);

	(void)state;
	for (size_t i = 0; i < ROWS(paths); i++)
		printings_note(printings, "ada", paths[i], i + 1);
	for (size_t i = 0; i < ROWS(expected); i++)
		check_row(expected[i].path,
		    last(printings, "ada", expected[i].path) == expected[i].printing);
	printings_free(printings);
}

static void
without_memory_nothing_new_is_known(void **state)
{
	struct printings *printings = printings_new(3);

	(void)state;
	printings_note(printings, "ada", "/a", 1);
	allocations_left = 0;
	printings_note(printings, "ada", "/a", 2);
	printings_note(printings, "ada", "/b", 2);
	assert_null(printings_new(3));
	allocations_left = SIZE_MAX;
	assert_int_equal(last(printings, "ada", "/a"), 2);
	assert_int_equal(last(printings, "ada", "/b"), 0);
	printings_note(printings, "ada", "/b", 3);
	assert_int_equal(last(printings, "ada", "/b"), 3);
	printings_free(printings);
}

static struct article
plain(void)
{
	return (struct article){
	    .card = {.path = "/articles/a.gmi",
		.date = "2025-06-13",
		.title = "T",
		.authors = "A",
		.summary = "",
		.lang = "",
		.image = "",
		.image_alt = "",
		.image_credit = ""},
	    .dek = "",
	    .updated = "",
	    .tags = "",
	    .corrections = "",
	    .body = "Text.\n",
	    .body_len = 6,
	};
}

static void
all_that_is_printed_of_an_article_tells_printings_apart(void **state)
{
	struct article articles[12];
	size_t count = 0;

	(void)state;
	for (size_t i = 0; i < ROWS(articles); i++)
		articles[i] = plain();
	articles[count++].body = "Texts\n";
	articles[count++].body_len = 5;
	articles[count++].card.date = "2025-06-14";
	articles[count++].card.title = "TA";
	articles[count++].card.authors = "";
	articles[count++].card.image = "A";
	articles[count++].card.image_alt = "A";
	articles[count++].card.image_credit = "A";
	articles[count++].dek = "A";
	articles[count++].updated = "A";
	articles[count++].tags = "A";
	articles[count++].corrections = "A";
	assert_int_equal(count, ROWS(articles));
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < i; k++)
			assert_int_not_equal(printing_of(&articles[i]), printing_of(&articles[k]));
}

static void
what_others_add_to_a_page_is_no_other_printing(void **state)
{
	struct article article = plain(), other = plain();

	(void)state;
	other.card.id = 7;
	other.tag_slugs = other.author_slugs = "slug";
	assert_int_equal(printing_of(&article), printing_of(&other));
	assert_int_not_equal(printing_of(&article), 0);
	article.body = "Text\n1";
	other.body = "Text\n2"; /* what stands behind a body is none of it */
	article.body_len = other.body_len = 5;
	assert_int_equal(printing_of(&article), printing_of(&other));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_last_printings_that_were_given_are_known),
	    cmocka_unit_test(what_a_person_saves_takes_the_place_of_what_it_replaced),
	    cmocka_unit_test(nothing_is_known_of_others),
	    cmocka_unit_test(what_was_given_longest_ago_is_forgotten_first),
	    cmocka_unit_test(without_memory_nothing_new_is_known),
	    cmocka_unit_test(all_that_is_printed_of_an_article_tells_printings_apart),
	    cmocka_unit_test(what_others_add_to_a_page_is_no_other_printing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
