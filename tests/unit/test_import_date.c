/* Tests of import/date: days as pages write them. */
#include "check.h"

#include "base/buffer.h"
#include "formats/date.h"

static void
days_are_read_as_people_and_programs_write_them(void **state)
{
	static const struct {
		const char *label, *text, *iso; /* iso NULL: refused */
	} cases[] = {
	    {"month first", "June 13, 2025", "2025-06-13"},
	    {"no comma", "June 3 2025", "2025-06-03"},
	    {"short month", "Jun. 13, 2025", "2025-06-13"},
	    {"four letters", "Sept 1, 2025", "2025-09-01"},
	    {"any case", "JUNE 13, 2025", "2025-06-13"},
	    {"day first", "13 June 2025", "2025-06-13"},
	    {"weekday and time", "Fri, 13 Jun 2025 10:00:00 GMT", "2025-06-13"},
	    {"long weekday", "Friday, June 13, 2025", "2025-06-13"},
	    {"iso", "2025-06-13", "2025-06-13"},
	    {"iso time", "2025-06-13T10:20:30Z", "2025-06-13T10:20:30Z"},
	    {"zone without colon", "2025-06-13 10:20:30 +0200", "2025-06-13T10:20:30+02:00"},
	    {"years 1 and 9999", "January 1, 0001", "0001-01-01"},
	    {"year 9999", "December 31, 9999", "9999-12-31"},
	    {"no such day", "February 30, 2025", NULL},
	    {"no month", "Ju 13, 2025", NULL},
	    {"no such month", "Juney 13, 2025", NULL},
	    {"year too long", "June 13, 20255", NULL},
	    {"no year", "June 13", NULL},
	    {"empty", "", NULL},
	    {"a zone and nothing else", "+0200", NULL},
	    {"a zone behind nothing but blanks", "                    -9999", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct timestamp day = {0};
		struct buffer iso = BUFFER_EMPTY;

		bool is_read = date_read(cases[i].text, &day);
		check_row(cases[i].label, is_read == (cases[i].iso != NULL));
		if (is_read) {
			timestamp_append(&iso, &day);
			check_row_text(cases[i].label, buffer_text(&iso), cases[i].iso);
		}
		buffer_free(&iso);
	}
}

static void
a_day_that_does_not_exist_is_meant_all_the_same(void **state)
{
	(void)state;
	assert_true(date_is_meant("February 30, 2025"));
	assert_true(date_is_meant("June 13, 2025"));
	assert_false(date_is_meant("June is a month"));
	assert_false(date_is_meant("13, 2025"));
	assert_false(date_is_meant(""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(days_are_read_as_people_and_programs_write_them),
	    cmocka_unit_test(a_day_that_does_not_exist_is_meant_all_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
