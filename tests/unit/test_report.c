#include "publisher/report.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define NOW 1700000000

static struct scoreboard board;
static struct report_capsule capsules[2];
static const struct report report = {&board, capsules, 2, NOW};

static int
fill_report(void **state)
{
	(void)state;
	memset(&board, 0, sizeof(board));
	board.generation = 3;
	board.started = NOW - 3700;
	board.supervisor_pid = 100;
	board.entries[0].role = PROCESS_PUBLISHER;
	board.entries[0].pid = 101;
	board.entries[1].role = PROCESS_WORKER;
	board.entries[1].pid = 102;
	board.entries[1].started = NOW - 75;
	board.slots[1].requests = 5;
	board.slots[1].by_class[2] = 4;
	board.slots[1].by_class[5] = 1;
	board.slots[1].connections = 2;
	board.slots[2].requests = 7; /* of a worker that is no more */
	board.slots[2].by_class[2] = 7;
	capsules[0] = (struct report_capsule){
	    "example.org", {.edition = 4, .articles = 12, .files = 3, .widest_folder = 5001}};
	strcpy(capsules[0].press.commit, "0123456789abcdef0123456789abcdef01234567");
	capsules[1] = (struct report_capsule){"second.example", {.is_scanning = true}};
	return 0;
}

static void
assert_contains(const struct buffer *text, const char *part)
{
	if (strstr(text->data, part) == NULL)
		print_error("missing: %s\nin: %s\n", part, text->data);
	assert_non_null(strstr(text->data, part));
}

static void
nonsense_of_a_worker_does_not_spoil_the_sum(void **state)
{
	static const int lies[][2] = {{INT32_MAX, INT32_MAX}, {INT32_MIN, INT32_MIN}};

	for (size_t i = 0; i < sizeof(lies) / sizeof(lies[0]); i++) {
		struct buffer out = BUFFER_EMPTY;
		fill_report(state);
		board.slots[3].connections = lies[i][0];
		board.slots[4].connections = lies[i][1];
		report_text(&report, &out);
		assert_contains(&out, i == 0 ? "connections: 2097154 open" : "connections: 2 open");
		buffer_free(&out);
	}
}

static void
text_tells_people_what_matters(void **state)
{
	struct buffer out = BUFFER_EMPTY;

	(void)state;
	report_text(&report, &out);
	assert_contains(&out, "process 100, generation 3, up 1h 1m\n");
	assert_contains(&out, "1m 15s");
	assert_contains(&out, "answers: 12 (10: 0, 20: 11, ");
	assert_contains(&out, "example.org: edition 4\n");
	assert_contains(&out, "history at 0123456789ab\n");
	assert_contains(&out, "5001 entries");
	assert_contains(&out, "second.example: the first edition is being printed\n");
	buffer_free(&out);
}

static void
counters_of_processes_that_ended_stay_in_the_sum(void **state)
{
	struct buffer out = BUFFER_EMPTY;

	(void)state;
	report_json(&report, &out);
	assert_contains(&out, "\"counters\":{\"connections\":2,\"accepted\":0,\"requests\":12,");
	buffer_free(&out);
}

static void
json_is_one_object_on_one_line(void **state)
{
	struct buffer out = BUFFER_EMPTY;
	int depth = 0;

	(void)state;
	report_json(&report, &out);
	for (size_t i = 0; i < out.len; i++) {
		depth += strchr("{[", out.data[i]) != NULL   ? 1
			 : strchr("}]", out.data[i]) != NULL ? -1
							     : 0;
		assert_true(depth > 0 || i + 2 >= out.len);
	}
	assert_int_equal(depth, 0);
	assert_ptr_equal(strchr(out.data, '\n'), out.data + out.len - 1);
	assert_contains(&out, "{\"host\":\"example.org\",\"edition\":4,\"articles\":12,");
	assert_contains(&out, "\"role\":\"worker\",\"slot\":1,\"pid\":102,");
	buffer_free(&out);
}

static void
editions_are_a_line_for_each_capsule(void **state)
{
	struct buffer out = BUFFER_EMPTY;

	(void)state;
	report_editions(&report, &out);
	assert_string_equal(out.data, "example.org 4 15 idle\nsecond.example 0 0 printing\n");
	buffer_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup(text_tells_people_what_matters, fill_report),
	    cmocka_unit_test_setup(nonsense_of_a_worker_does_not_spoil_the_sum, fill_report),
	    cmocka_unit_test_setup(counters_of_processes_that_ended_stay_in_the_sum, fill_report),
	    cmocka_unit_test_setup(json_is_one_object_on_one_line, fill_report),
	    cmocka_unit_test_setup(editions_are_a_line_for_each_capsule, fill_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
