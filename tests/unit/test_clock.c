#include "check.h"

#include <time.h>

#include "base/clock.h"

static void
the_clock_for_deadlines_never_goes_back(void **state)
{
	int64_t before = clock_now_ms();

	(void)state;
	for (int i = 0; i < 10000; i++) {
		int64_t now = clock_now_ms();
		assert_true(now >= before);
		before = now;
	}
	assert_true(before > 0);
}

static void
the_clock_on_the_wall_is_in_the_second_of_time_or_after(void **state)
{
	int64_t from = time(NULL), now = clock_wall_ms() / 1000;

	(void)state;
	assert_true(now >= from);
	assert_true(now - (int64_t)time(NULL) <= 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_clock_for_deadlines_never_goes_back),
	    cmocka_unit_test(the_clock_on_the_wall_is_in_the_second_of_time_or_after),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
