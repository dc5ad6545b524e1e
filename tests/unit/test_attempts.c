/* Wrong invitation codes, counted. */
#include "check.h"

#include <stdio.h>

#include "people/attempts.h"

#define NOW 1749807000

static void
note(struct attempts *attempts, const char *certificate, int times, int64_t now)
{
	for (int i = 0; i < times; i++)
		attempts_note(attempts, certificate, now);
}

/* Wrong codes of as many certificates as it takes. */
static void
flood(struct attempts *attempts, int count, int64_t now)
{
	char name[24];

	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "flood %d", i);
		attempts_note(attempts, name, now);
	}
}

static void
one_certificate_waits_after_five(void **state)
{
	struct attempts attempts = {0};

	(void)state;
	note(&attempts, "a", ATTEMPTS_OF_ONE - 1, NOW);
	assert_int_equal(attempts_wait(&attempts, "a", NOW), 0);
	note(&attempts, "a", 1, NOW + 10);
	assert_int_equal(attempts_wait(&attempts, "a", NOW + 10), ATTEMPTS_SECONDS - 10);
	assert_int_equal(attempts_wait(&attempts, "a", NOW + ATTEMPTS_SECONDS - 1), 1);
	assert_int_equal(attempts_wait(&attempts, "a", NOW + ATTEMPTS_SECONDS), 0);
	assert_int_equal(attempts_wait(&attempts, "b", NOW), 0);
}

static void
the_count_begins_anew_after_the_wait(void **state)
{
	struct attempts attempts = {0};

	(void)state;
	note(&attempts, "a", ATTEMPTS_OF_ONE, NOW);
	note(&attempts, "a", 1, NOW + ATTEMPTS_SECONDS);
	assert_int_equal(attempts_wait(&attempts, "a", NOW + ATTEMPTS_SECONDS), 0);
	assert_int_equal(attempts.count, 1);
}

static void
a_right_code_is_forgiven(void **state)
{
	struct attempts attempts = {0};

	(void)state;
	note(&attempts, "a", ATTEMPTS_OF_ONE - 1, NOW);
	attempts_forget(&attempts, "a");
	attempts_forget(&attempts, "nobody");
	note(&attempts, "a", ATTEMPTS_OF_ONE - 1, NOW);
	assert_int_equal(attempts_wait(&attempts, "a", NOW), 0);
}

static void
a_flood_makes_only_those_wait_who_were_wrong(void **state)
{
	struct attempts attempts = {0};

	(void)state;
	note(&attempts, "a", 1, NOW);
	flood(&attempts, ATTEMPTS_OF_ALL, NOW);
	assert_int_equal(attempts_wait(&attempts, "honest", NOW + 1), 0);
	assert_int_equal(attempts_wait(&attempts, "a", NOW + 1), 59);
	assert_int_equal(attempts_wait(&attempts, "flood 3", NOW + 59), 1);
	assert_int_equal(attempts_wait(&attempts, "a", NOW + 60), 0);
}

static void
a_clock_put_back_locks_nobody_out(void **state)
{
	struct attempts attempts = {0};

	(void)state;
	note(&attempts, "a", ATTEMPTS_OF_ONE, NOW);
	flood(&attempts, ATTEMPTS_OF_ALL, NOW);
	assert_int_equal(attempts_wait(&attempts, "a", NOW - 1), 0);
	note(&attempts, "a", 1, NOW - 100000);
	assert_int_equal(attempts_wait(&attempts, "a", NOW - 100000), 0);
}

static void
what_is_remembered_is_bounded(void **state)
{
	struct attempts attempts = {0};

	(void)state;
	note(&attempts, "a", ATTEMPTS_OF_ONE, NOW);
	flood(&attempts, ATTEMPTS_MAX - 1, NOW);
	assert_int_not_equal(attempts_wait(&attempts, "a", NOW), 0);
	flood(&attempts, ATTEMPTS_MAX + 100, NOW);
	assert_int_equal(attempts.count, ATTEMPTS_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(one_certificate_waits_after_five),
	    cmocka_unit_test(the_count_begins_anew_after_the_wait),
	    cmocka_unit_test(a_right_code_is_forgiven),
	    cmocka_unit_test(a_flood_makes_only_those_wait_who_were_wrong),
	    cmocka_unit_test(a_clock_put_back_locks_nobody_out),
	    cmocka_unit_test(what_is_remembered_is_bounded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
