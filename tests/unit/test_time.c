#include "check.h"

#include <stdio.h>

#include "base/time.h"

/* Parses text, which must be a timestamp. */
static struct timestamp
parsed(const char *text)
{
	struct timestamp t = {0};

	check_row(text, timestamp_parse(text, &t));
	return t;
}

static void
check_shown(const char *label, struct timestamp t, const char *expected)
{
	struct buffer b = BUFFER_EMPTY;

	timestamp_append(&b, &t);
	check_row_text(label, buffer_text(&b), expected);
	buffer_free(&b);
}

static void
what_people_write_is_read(void **state)
{
	(void)state;
	static const struct {
		const char *text, *shown;
	} rows[] = {
	    {"2025-06-13", "2025-06-13"},
	    {"2024-02-29", "2024-02-29"},
	    {"2000-02-29", "2000-02-29"},
	    {"0001-01-01", "0001-01-01"},
	    {"9999-12-31", "9999-12-31"},
	    {"2025-06-13T08:05", "2025-06-13T08:05:00"},
	    {"2025-06-13 08:05", "2025-06-13T08:05:00"},
	    {"2025-06-13T08:05:59", "2025-06-13T08:05:59"},
	    {"2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"},
	    {"2025-06-13T08:05:59.123456789Z", "2025-06-13T08:05:59Z"},
	    {"2025-06-13T08:05Z", "2025-06-13T08:05:00Z"},
	    {"2025-06-13T08:05+00:00", "2025-06-13T08:05:00Z"},
	    {"2025-06-13T08:05+05:30", "2025-06-13T08:05:00+05:30"},
	    {"2025-06-13 08:05:00-07:00", "2025-06-13T08:05:00-07:00"},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_shown(rows[i].text, parsed(rows[i].text), rows[i].shown);
}

static void
anything_else_is_refused_and_changes_nothing(void **state)
{
	(void)state;
	static const char *const rows[] = {
	    "",
	    "today",
	    "2025",
	    "2025-06",
	    "2025-6-13",
	    "25-06-13",
	    "2025/06/13",
	    "13.06.2025",
	    " 2025-06-13",
	    "2025-06-13 ",
	    "0000-01-01",
	    "2025-00-01",
	    "2025-13-01",
	    "2025-01-00",
	    "2025-01-32",
	    "2025-02-29",
	    "1900-02-29",
	    "2025-06-31",
	    "2025-06-13Z",
	    "2025-06-13T",
	    "2025-06-13T08",
	    "2025-06-13T8:05",
	    "2025-06-13T24:00",
	    "2025-06-13T08:60",
	    "2025-06-13T08:05:61",
	    "2025-06-13T08:05:59.",
	    "2025-06-13T08:05:59,5",
	    "2025-06-13T08:05 Z",
	    "2025-06-13T08:05z",
	    "2025-06-13T08:05+0530",
	    "2025-06-13T08:05+24:00",
	    "2025-06-13T08:05+05:60",
	    "2025-06-13T08:05Zx",
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct timestamp t = {.year = 42};
		check_row(rows[i], !timestamp_parse(rows[i], &t));
		check_row(rows[i], t.year == 42 && t.month == 0);
	}
}

static void
seconds_are_those_of_the_zone(void **state)
{
	(void)state;
	static const struct {
		const char *text, *zone;
		int64_t seconds;
	} rows[] = {
	    {"1970-01-01", "UTC", 0},
	    {"1969-12-31T23:59:59", "UTC", -1},
	    {"2000-03-01T00:00:00Z", "America/Los_Angeles", 951868800},
	    {"2025-06-13", "America/Los_Angeles", 1749798000},
	    {"2025-06-13", "Asia/Kolkata", 1749753000},
	    {"2025-06-13", "Pacific/Kiritimati", 1749722400},
	    {"2025-06-13T00:00+02:00", "Asia/Kolkata", 1749765600},
	    {"0001-01-01", "UTC", INT64_C(-62135596800)},
	    {"0001-01-01T00:00+14:00", "UTC", INT64_C(-62135596800)}, /* held in the year 1 */
	    {"9999-12-31T23:59:59", "UTC", INT64_C(253402300799)},
	    {"9999-12-31T23:59:59-12:00", "UTC", INT64_C(253402300799)},
	    {"1900-01-01", "UTC", INT64_C(-2208988800)},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct timestamp t = parsed(rows[i].text);
		check_row(rows[i].text, timestamp_seconds(&t, rows[i].zone) == rows[i].seconds);
	}
}

static void
clocks_show_their_zone(void **state)
{
	(void)state;
	static const struct {
		int64_t seconds;
		const char *zone, *shown;
	} rows[] = {
	    {0, "UTC", "1970-01-01T00:00:00Z"},
	    {-1, "UTC", "1969-12-31T23:59:59Z"},
	    {1749798000, "America/Los_Angeles", "2025-06-13T00:00:00-07:00"},
	    {1749798000, "Asia/Kolkata", "2025-06-13T12:30:00+05:30"},
	    {1735718400, "America/Los_Angeles", "2025-01-01T00:00:00-08:00"},
	    {INT64_C(-62135596800), "America/Los_Angeles", "0001-01-01T00:00:00Z"},
	    {INT64_C(253402300799), "Asia/Kolkata", "9999-12-31T23:59:59Z"},
	    {INT64_MIN, "UTC", "0001-01-01T00:00:00Z"},
	    {INT64_MAX, "UTC", "9999-12-31T23:59:59Z"},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_shown(
		    rows[i].shown, timestamp_at(rows[i].seconds, rows[i].zone), rows[i].shown);
}

static void
midnight_is_shown_on_its_own_day(void **state)
{
	(void)state;
	static const char *const zones[] = {"UTC", "America/Los_Angeles", "Europe/Amsterdam",
	    "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia"};

	for (size_t i = 0; i < ROWS(zones); i++)
		for (int year = 2; year <= 9998; year += year < 1840 || year > 2040 ? 53 : 1) {
			struct timestamp written = {.year = year, .month = 3, .day = 15};
			int64_t seconds = timestamp_seconds(&written, zones[i]);
			struct timestamp shown = timestamp_at(seconds, zones[i]);
			check_row(zones[i], shown.year == year && shown.month == 3);
			check_row(zones[i], shown.day == 15 && shown.hour == 0);
		}
}

static void
every_day_of_the_calendar_comes_back(void **state)
{
	(void)state;
	struct timestamp before = timestamp_at(INT64_C(-62135596800), "UTC");

	for (int64_t day = 1; day < 800000; day++) {
		int64_t seconds = INT64_C(-62135596800) + day * 86400;
		struct timestamp t = timestamp_at(seconds, "UTC");
		assert_int_equal(timestamp_seconds(&t, "UTC"), seconds);
		bool is_next = t.day == before.day + 1 || t.day == 1;
		assert_true(is_next);
		before = t;
	}
}

static void
only_names_of_zones_exist(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool exists;
	} rows[] = {
	    {"UTC", true},
	    {"Europe/Berlin", true},
	    {"America/Argentina/Ushuaia", true},
	    {"", false},
	    {"Europe", false},
	    {"Europe/Atlantis", false},
	    {"zone.tab", false}, /* a file, but none of a zone */
	    {"/usr/share/zoneinfo/Europe/Berlin", false},
	    {"../zoneinfo/Europe/Berlin", false},
	    {"Europe/../Europe/Berlin", false},
	    {"./Europe/Berlin", false},
	    {":Europe/Berlin", false},
	    {"Europe/Berlin/Europe/Berlin/Europe/Berlin/Europe/Berlin/Europe/Berlin", false},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].name, zone_exists(rows[i].name) == rows[i].exists);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_people_write_is_read),
	    cmocka_unit_test(anything_else_is_refused_and_changes_nothing),
	    cmocka_unit_test(seconds_are_those_of_the_zone),
	    cmocka_unit_test(clocks_show_their_zone),
	    cmocka_unit_test(midnight_is_shown_on_its_own_day),
	    cmocka_unit_test(every_day_of_the_calendar_comes_back),
	    cmocka_unit_test(only_names_of_zones_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
