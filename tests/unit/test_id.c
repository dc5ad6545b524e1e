/* Tests of article/id: numbers whose order is the order of publication. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "article/id.h"

#define JUNE_13   INT64_C(1749772800)   /* 2025-06-13T00:00:00Z */
#define YEAR_1    INT64_C(-62135596800) /* 0001-01-01T00:00:00Z */
#define YEAR_9999 INT64_C(253402300799) /* 9999-12-31T23:59:59Z */

static void
order_of_ids_is_order_of_publication(void **state)
{
	static const int64_t seconds[] = {YEAR_1, -1, 0, 1, JUNE_13, JUNE_13 + 1, YEAR_9999};

	(void)state;
	for (size_t i = 1; i < sizeof(seconds) / sizeof(seconds[0]); i++)
		assert_true(id_make(seconds[i - 1], "/articles/z.gmi", 0) <
			    id_make(seconds[i], "/articles/a.gmi", 0));
}

static void
an_id_tells_its_second(void **state)
{
	(void)state;
	assert_int_equal(id_published(id_make(JUNE_13, "/articles/a.gmi", 0)), JUNE_13);
	assert_int_equal(id_published(id_make(-5, "/articles/a.gmi", 9)), -5);
	assert_int_equal(id_published(id_make(YEAR_9999, "/articles/a.gmi", 0)), YEAR_9999);
}

static void
an_id_is_positive_whatever_the_second(void **state)
{
	(void)state;
	assert_true(id_make(INT64_MIN, "/articles/a.gmi", 0) > 0);
	assert_true(id_make(INT64_MAX, "/articles/a.gmi", 0) > 0);
	assert_true(id_make(INT64_MAX, "/articles/a.gmi", 0) < INT64_MAX);
}

static void
paths_and_attempts_tell_articles_of_one_second_apart(void **state)
{
	int64_t id = id_make(JUNE_13, "/articles/a.gmi", 0);

	(void)state;
	assert_int_equal(id_make(JUNE_13, "/articles/a.gmi", 0), id);
	assert_int_not_equal(id_make(JUNE_13, "/articles/b.gmi", 0), id);
	for (unsigned attempt = 1; attempt < 50; attempt++) {
		assert_int_not_equal(id_make(JUNE_13, "/articles/a.gmi", attempt), id);
		assert_int_equal(
		    id_published(id_make(JUNE_13, "/articles/a.gmi", attempt)), JUNE_13);
	}
}

static void
text_is_thirteen_digits_in_number_order(void **state)
{
	static const int64_t ids[] = {0, 1, 31, 32, INT64_C(1) << 40, INT64_MAX};
	char before[ID_TEXT_LEN + 1] = "", text[ID_TEXT_LEN + 1];

	(void)state;
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		int64_t read = -1;

		id_write(ids[i], text);
		assert_int_equal(strlen(text), ID_TEXT_LEN);
		assert_true(strcmp(before, text) < 0);
		assert_true(id_read(text, &read));
		assert_int_equal(read, ids[i]);
		strcpy(before, text);
	}
	assert_string_equal(text, "7vvvvvvvvvvvv");
}

static void
reading_accepts_either_case(void **state)
{
	int64_t lower, upper;

	(void)state;
	assert_true(id_read("0abcdefghijkv", &lower));
	assert_true(id_read("0ABCDEFGHIJKV", &upper));
	assert_int_equal(lower, upper);
}

static void
each_digit_has_its_value_in_either_case(void **state)
{
	static const char *const digits[] = {
	    "0123456789abcdefghijklmnopqrstuv", "0123456789ABCDEFGHIJKLMNOPQRSTUV"};
	char text[] = "000000000000?";
	int64_t id;

	(void)state;
	for (size_t i = 0; i < 64; i++) {
		text[12] = digits[i / 32][i % 32];
		assert_true(id_read(text, &id));
		assert_int_equal(id, i % 32);
	}
}

static void
reading_refuses_what_writing_cannot_make(void **state)
{
	static const char *const cases[] = {
	    "",
	    "0",
	    "000000000000",
	    "00000000000000",
	    "8000000000000",
	    "000000000000w",
	    "000000 000000",
	    "-000000000001",
	    "00000000000\xC3\xA9",
	};
	int64_t id = 42;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (id_read(cases[i], &id) || id != 42)
			fail_msg("accepted \"%s\"", cases[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(order_of_ids_is_order_of_publication),
	    cmocka_unit_test(an_id_tells_its_second),
	    cmocka_unit_test(an_id_is_positive_whatever_the_second),
	    cmocka_unit_test(paths_and_attempts_tell_articles_of_one_second_apart),
	    cmocka_unit_test(text_is_thirteen_digits_in_number_order),
	    cmocka_unit_test(reading_accepts_either_case),
	    cmocka_unit_test(each_digit_has_its_value_in_either_case),
	    cmocka_unit_test(reading_refuses_what_writing_cannot_make),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
