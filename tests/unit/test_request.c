#include "check.h"

#include "gemini/request.h"

/* Feeds len bytes, at most chunk at a time, until a verdict; returns how many were taken. */
static size_t
feed(struct request_line *r, const char *bytes, size_t len, size_t chunk)
{
	size_t taken = 0;

	while (taken < len && r->verdict == REQUEST_MORE) {
		size_t n = len - taken < chunk ? len - taken : chunk;
		taken += request_feed(r, bytes + taken, n);
	}
	return taken;
}

struct row {
	const char *label, *bytes;
	enum request_verdict verdict;
	size_t len, taken;
};

static const struct row rows[] = {
    {"nothing", "", REQUEST_MORE, 0, 0},
    {"a whole line", "gemini://h/\r\n", REQUEST_READY, 11, 13},
    {"an empty line", "\r\n", REQUEST_READY, 0, 2},
    {"a body behind it", "titan://h/x;size=3\r\nabc", REQUEST_READY, 18, 20},
    {"a second request", "a\r\nb\r\n", REQUEST_READY, 1, 3},
    {"a line cut short", "gemini://h/", REQUEST_MORE, 11, 11},
    {"a lone CR", "gemini://h/\r", REQUEST_MORE, 12, 12},
    {"a lone LF", "gemini://h/\n", REQUEST_MORE, 12, 12},
    {"a lone LF before the end", "gemini://h/\n\r\n", REQUEST_READY, 12, 14},
    {"two CRs before the end", "gemini://h/\r\r\n", REQUEST_READY, 12, 14},
    {"a CR inside", "a\rb\r\n", REQUEST_READY, 3, 5},
};

static void
the_line_ends_at_the_first_crlf(void **state)
{
	(void)state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct request_line r = {0};
		size_t taken = request_feed(&r, rows[i].bytes, strlen(rows[i].bytes));
		check_row(rows[i].label, r.verdict == rows[i].verdict);
		check_row(rows[i].label, r.len == rows[i].len && taken == rows[i].taken);
		check_row(rows[i].label, memcmp(r.line, rows[i].bytes, r.len) == 0);
	}
}

static void
verdict_does_not_depend_on_chunking(void **state)
{
	(void)state;

	for (size_t i = 0; i < ROWS(rows); i++)
		for (size_t chunk = 1; chunk < 6; chunk++) {
			struct request_line r = {0};
			size_t taken = feed(&r, rows[i].bytes, strlen(rows[i].bytes), chunk);
			check_row(rows[i].label, r.verdict == rows[i].verdict);
			check_row(rows[i].label, r.len == rows[i].len && taken == rows[i].taken);
		}
}

static void
what_stood_before_the_line_does_not_end_it(void **state)
{
	(void)state;
	struct {
		char before[sizeof(size_t)];
		struct request_line line;
	} memory = {0};

	memset(memory.before, '\r', sizeof(memory.before));
	assert_int_equal(request_feed(&memory.line, "\n", 1), 1);
	assert_int_equal(memory.line.verdict, REQUEST_MORE);
	assert_int_equal(memory.line.len, 1);
}

static void
length_is_counted_without_the_crlf(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		size_t len; /* of the URI */
		const char *end;
		enum request_verdict verdict;
	} lengths[] = {
	    {"the longest", URL_MAX, "\r\n", REQUEST_READY},
	    {"the longest, unfinished", URL_MAX, "", REQUEST_MORE},
	    {"the longest, half finished", URL_MAX, "\r", REQUEST_MORE},
	    {"the longest, a CR and no LF", URL_MAX, "\rx", REQUEST_TOO_LONG},
	    {"the longest, two CRs", URL_MAX, "\r\r\n", REQUEST_TOO_LONG},
	    {"one byte more", URL_MAX + 1, "", REQUEST_TOO_LONG},
	    {"far more", 5000, "\r\n", REQUEST_TOO_LONG},
	};

	for (size_t i = 0; i < ROWS(lengths); i++)
		for (size_t chunk = 1; chunk < 5010; chunk += 1023) {
			char bytes[5010];
			struct request_line r = {0};
			memset(bytes, '0', lengths[i].len);
			strcpy(bytes + lengths[i].len, lengths[i].end);
			feed(&r, bytes, strlen(bytes), chunk);
			check_row(lengths[i].label, r.verdict == lengths[i].verdict);
		}
}

static void
a_verdict_is_final(void **state)
{
	(void)state;
	struct request_line r = {0};

	assert_int_equal(request_feed(&r, "a\r\n", 3), 3);
	assert_int_equal(request_feed(&r, "b\r\n", 3), 0);
	assert_int_equal(r.verdict, REQUEST_READY);
	assert_int_equal(r.len, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_line_ends_at_the_first_crlf),
	    cmocka_unit_test(verdict_does_not_depend_on_chunking),
	    cmocka_unit_test(what_stood_before_the_line_does_not_end_it),
	    cmocka_unit_test(length_is_counted_without_the_crlf),
	    cmocka_unit_test(a_verdict_is_final),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
