#include "check.h"

#include <stdio.h>

#include "base/strings.h"

static void
added_strings_keep_their_order(void **state)
{
	(void)state;
	struct strings s = {0};
	char text[32];

	for (int i = 0; i < 100; i++) {
		snprintf(text, sizeof(text), "item %d", i);
		assert_true(strings_add(&s, text));
	}
	assert_int_equal(s.count, 100);
	assert_string_equal(s.items[0], "item 0");
	assert_string_equal(s.items[99], "item 99");
	strings_free(&s);
	assert_int_equal(s.count, 0);
}

static void
bytes_are_added_without_their_neighbours(void **state)
{
	(void)state;
	struct strings s = {0};

	assert_true(strings_add_bytes(&s, "legal aid, politics", 9));
	assert_string_equal(s.items[0], "legal aid");
	assert_true(strings_contain(&s, "legal aid"));
	assert_false(strings_contain(&s, "legal"));
	strings_free(&s);
}

static void
the_nearest_name_is_a_likely_misspelling(void **state)
{
	(void)state;
	static const char *const names[] = {"title", "tagline", "timezone", "port", "root"};
	static const struct {
		const char *text, *nearest; /* "" for none */
	} rows[] = {
	    {"title", "title"},
	    {"titel", "title"},
	    {"tilte", "title"},
	    {"tittle", "title"},
	    {"taglin", "tagline"},
	    {"time-zone", "timezone"},
	    {"prot", "port"},
	    {"poort", "port"},
	    {"x", ""},
	    {"", ""},
	    {"language", ""},
	    {"pot", "port"},
	    {"ab", ""},
	    {"pt", ""},
	    {"title title title title title title title title title title title", ""},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *nearest = strings_nearest(rows[i].text, names, ROWS(names));
		check_row_text(rows[i].text, nearest == NULL ? "" : nearest, rows[i].nearest);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(added_strings_keep_their_order),
	    cmocka_unit_test(bytes_are_added_without_their_neighbours),
	    cmocka_unit_test(the_nearest_name_is_a_likely_misspelling),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
