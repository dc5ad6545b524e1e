#include "check.h"

#include <stdlib.h>

#include "press/absence.h"

static void
what_has_gone_waits_for_quiet_but_not_for_ever(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		int64_t added_ms[4]; /* ended by -1 */
		int64_t now_ms;
		bool is_settled;
	} rows[] = {
	    {"at once", {0, -1}, 0, false},
	    {"not yet quiet", {0, -1}, ABSENCE_QUIET_MS - 1, false},
	    {"quiet", {0, -1}, ABSENCE_QUIET_MS, true},
	    {"again", {0, 200, -1}, ABSENCE_QUIET_MS, false},
	    {"quiet at last", {0, 200, -1}, 200 + ABSENCE_QUIET_MS, true},
	    {"going on and on", {0, 500, 999, -1}, ABSENCE_MAX_MS, true},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct absence absence = {0};
		for (size_t k = 0; rows[i].added_ms[k] >= 0; k++)
			assert_int_equal(
			    absence_add(&absence, k % 2 == 0 ? "/a" : "/b/", rows[i].added_ms[k]),
			    QUEUE_TAKEN);
		check_row(rows[i].label, absence_is_pending(&absence));
		check_row(rows[i].label,
		    absence_is_settled(&absence, rows[i].now_ms) == rows[i].is_settled);
		absence_clear(&absence);
		check_row(rows[i].label, !absence_is_settled(&absence, INT64_MAX));
	}
}

static void
what_is_taken_is_pending_no_more(void **state)
{
	(void)state;
	struct absence absence = {0};

	absence_add(&absence, "/a", 0);
	char *path = absence_take(&absence);
	assert_string_equal(path, "/a");
	free(path);
	assert_false(absence_is_pending(&absence));
	assert_null(absence_take(&absence));
	absence_add(&absence, "/b", 5000); /* a new first one */
	assert_false(absence_is_settled(&absence, 5001));
	absence_clear(&absence);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_has_gone_waits_for_quiet_but_not_for_ever),
	    cmocka_unit_test(what_is_taken_is_pending_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
