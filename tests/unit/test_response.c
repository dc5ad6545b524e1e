#include "check.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "gemini/response.h"

static void
the_head_is_status_one_space_and_meta(void **state)
{
	(void)state;
	struct response r;
	struct buffer head = BUFFER_EMPTY;

	response_init(&r);
	response_set(&r, GEMINI_SUCCESS, "text/gemini; charset=%s", "utf-8");
	response_head(&r, &head);
	assert_string_equal(buffer_text(&head), "20 text/gemini; charset=utf-8\r\n");
	buffer_free(&head);
	response_free(&r);
}

static void
a_meta_is_one_line_and_never_empty(void **state)
{
	(void)state;
	static const struct {
		const char *label, *text, *meta;
	} rows[] = {
	    {"plain", "Not here", "Not here"},
	    {"a header put in by a peer", "x\r\n20 text/plain", "x  20 text/plain"},
	    {"separators",
		"a\xC2\x85"
		"b\xE2\x80\xA8"
		"c",
		"a b c"},
	    {"invalid UTF-8", "caf\xE9", "caf\xEF\xBF\xBD"},
	    {"nothing", "", "Not found"},
	    {"nothing but controls", "\r\n", "Not found"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct response r;
		response_init(&r);
		response_set(&r, GEMINI_NOT_FOUND, "%s", rows[i].text);
		check_row_text(rows[i].label, r.meta, rows[i].meta);
		response_free(&r);
	}
}

static void
a_long_meta_is_cut_at_a_character(void **state)
{
	(void)state;
	char text[3 * RESPONSE_META_MAX] = "";
	struct response r;

	for (size_t i = 0; i + 3 < sizeof(text); i += 3)
		memcpy(text + i, "€", 4);
	response_init(&r);
	response_set(&r, GEMINI_FAILURE, "%s", text);
	assert_int_equal(strlen(r.meta), RESPONSE_META_MAX / 3 * 3);
	response_free(&r);
}

static void
every_status_has_a_word(void **state)
{
	(void)state;
	static const enum gemini_status statuses[] = {GEMINI_INPUT, GEMINI_SENSITIVE_INPUT,
	    GEMINI_SUCCESS, GEMINI_REDIRECT, GEMINI_MOVED, GEMINI_TEMPORARY_FAILURE,
	    GEMINI_UNAVAILABLE, GEMINI_SLOW_DOWN, GEMINI_FAILURE, GEMINI_NOT_FOUND, GEMINI_GONE,
	    GEMINI_PROXY_REFUSED, GEMINI_BAD_REQUEST, GEMINI_CERTIFICATE_REQUIRED,
	    GEMINI_NOT_AUTHORISED, GEMINI_CERTIFICATE_INVALID};

	for (size_t i = 0; i < ROWS(statuses); i++) {
		struct response r;
		char label[16];
		response_init(&r);
		response_set(&r, statuses[i], "%s", "");
		snprintf(label, sizeof(label), "%d", (int)statuses[i]);
		check_row(label, strlen(r.meta) > 0 && strcmp(r.meta, "-") != 0);
		response_free(&r);
	}
}

static void
a_status_without_a_word_has_a_meta_too(void **state)
{
	(void)state;
	struct response r;

	response_init(&r);
	response_set(&r, (enum gemini_status)99, "%s", "");
	assert_string_equal(r.meta, "-");
	response_free(&r);
}

static void
what_nobody_answered_is_a_temporary_failure(void **state)
{
	(void)state;
	struct response r;
	struct buffer head = BUFFER_EMPTY;

	response_init(&r);
	response_head(&r, &head);
	assert_string_equal(buffer_text(&head), "40 Temporary failure\r\n");
	buffer_free(&head);
	response_free(&r);
}

static void
the_end_of_a_response_closes_its_file(void **state)
{
	(void)state;
	struct response r;

	response_init(&r);
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	r.file_fd = fd;
	response_free(&r);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static void
a_new_status_drops_body_and_file(void **state)
{
	(void)state;
	struct response r;

	response_init(&r);
	response_set(&r, GEMINI_SUCCESS, "text/plain");
	buffer_puts(&r.body, "secret");
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	r.file_fd = fd;
	r.file_bytes = 10;
	response_set(&r, GEMINI_NOT_FOUND, "Not found");
	assert_int_equal(r.body.len, 0);
	assert_int_equal(r.file_fd, -1);
	assert_int_equal(r.file_bytes, 0);
	assert_int_equal(fcntl(fd, F_GETFD), -1); /* closed */
	response_free(&r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_head_is_status_one_space_and_meta),
	    cmocka_unit_test(a_meta_is_one_line_and_never_empty),
	    cmocka_unit_test(a_long_meta_is_cut_at_a_character),
	    cmocka_unit_test(every_status_has_a_word),
	    cmocka_unit_test(a_status_without_a_word_has_a_meta_too),
	    cmocka_unit_test(what_nobody_answered_is_a_temporary_failure),
	    cmocka_unit_test(the_end_of_a_response_closes_its_file),
	    cmocka_unit_test(a_new_status_drops_body_and_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
