#include "check.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/error.h"

static void
an_empty_buffer_reads_as_the_empty_string(void **state)
{
	(void)state;
	struct buffer b = BUFFER_EMPTY;

	buffer_append(&b, "", 0);
	assert_string_equal(buffer_text(&b), "");
	assert_null(b.data);
	char *taken = buffer_take(&b);
	assert_string_equal(taken, "");
	free(taken);
}

static void
appends_follow_each_other(void **state)
{
	(void)state;
	struct buffer b = BUFFER_EMPTY;

	buffer_puts(&b, "one ");
	buffer_printf(&b, "%d+%s", 2, "three");
	buffer_putc(&b, '!');
	buffer_append(&b, "\0x", 2);
	assert_int_equal(b.len, 14);
	assert_memory_equal(b.data, "one 2+three!\0x", 15);
	buffer_free(&b);
}

static void
contents_survive_growth(void **state)
{
	(void)state;
	struct buffer b = BUFFER_EMPTY;

	for (int i = 0; i < 10000; i++)
		buffer_printf(&b, "%04d", i);
	assert_false(b.failed);
	assert_int_equal(b.len, 40000);
	assert_memory_equal(b.data + 4 * 9999, "9999", 5);
	buffer_free(&b);
}

static void
reserved_room_counts_once_it_is_grown_into(void **state)
{
	(void)state;
	struct buffer b = BUFFER_EMPTY;

	buffer_puts(&b, "ab");
	char *room = buffer_reserve(&b, 1000);
	assert_non_null(room);
	memset(room, 'x', 1000);
	assert_int_equal(b.len, 2);
	buffer_grow(&b, 1000);
	assert_int_equal(b.len, 1002);
	assert_int_equal(strlen(buffer_text(&b)), 1002);
	buffer_free(&b);
}

static void
truncation_only_shortens(void **state)
{
	(void)state;
	struct buffer b = BUFFER_EMPTY;

	buffer_puts(&b, "shorter");
	buffer_truncate(&b, 100);
	assert_string_equal(buffer_text(&b), "shorter");
	buffer_truncate(&b, 5);
	assert_string_equal(buffer_text(&b), "short");
	buffer_free(&b);
}

static void
taking_leaves_the_buffer_empty_and_usable(void **state)
{
	(void)state;
	struct buffer b = BUFFER_EMPTY;

	buffer_puts(&b, "first");
	char *first = buffer_take(&b);
	buffer_puts(&b, "second");
	assert_string_equal(first, "first");
	assert_string_equal(buffer_text(&b), "second");
	free(first);
	buffer_free(&b);
}

static void
running_out_of_memory_is_remembered(void **state)
{
	(void)state;
	struct buffer b = BUFFER_EMPTY;

	buffer_puts(&b, "kept");
	assert_null(buffer_reserve(&b, SIZE_MAX - 2));
	assert_true(b.failed);
	buffer_puts(&b, " ignored");
	buffer_printf(&b, "%s", "ignored");
	assert_string_equal(buffer_text(&b), "kept");
	assert_null(buffer_take(&b));
	assert_false(b.failed); /* usable again */
}

static void
an_error_is_prefixed_in_place(void **state)
{
	(void)state;
	struct error err;

	assert_false(error_set(&err, "no such file: %s", "x.crt"));
	assert_false(error_prefix(&err, "capsule %s", "example.org"));
	assert_string_equal(err.text, "capsule example.org: no such file: x.crt");
	assert_false(error_set(&err, "again: %s", err.text));
	assert_string_equal(err.text, "again: capsule example.org: no such file: x.crt");
	assert_false(error_set(NULL, "nobody wants to know"));
}

static void
a_long_error_is_cut_at_a_character(void **state)
{
	(void)state;
	char text[3 * ERROR_TEXT_MAX] = "";
	struct error err;

	for (size_t i = 0; i + 3 < sizeof(text); i += 3)
		memcpy(text + i, "€", 4);
	error_set(&err, "%s", text);
	assert_int_equal(strlen(err.text), (ERROR_TEXT_MAX - 1) / 3 * 3);
	error_prefix(&err, "%s", text);
	assert_true(strlen(err.text) < ERROR_TEXT_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_empty_buffer_reads_as_the_empty_string),
	    cmocka_unit_test(appends_follow_each_other),
	    cmocka_unit_test(contents_survive_growth),
	    cmocka_unit_test(reserved_room_counts_once_it_is_grown_into),
	    cmocka_unit_test(truncation_only_shortens),
	    cmocka_unit_test(taking_leaves_the_buffer_empty_and_usable),
	    cmocka_unit_test(running_out_of_memory_is_remembered),
	    cmocka_unit_test(an_error_is_prefixed_in_place),
	    cmocka_unit_test(a_long_error_is_cut_at_a_character),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
