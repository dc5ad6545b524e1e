#include "check.h"

#include <stdio.h>

#include "press/dates_text.h"

static void
a_list_lies_in_a_folder_of_articles(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		bool is_list;
	} rows[] = {
	    {"/articles/.dates", true},
	    {"/articles/2025/06/.dates", true},
	    {"/articles/a.gmi", false},
	    {"/articles/.dates/a.gmi", false},
	    {"/articles/.git/.dates", false},
	    {"/articles/x.dates", false},
	    {"/articles/.datesx", false},
	    {"/articles", false},
	    {"/.dates", false},
	    {"/drafts/.dates", false},
	    {"/images/articles/.dates", false},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		if (dates_is_list(rows[i].path) != rows[i].is_list)
			fail_msg("%s", rows[i].path);
}

/* What is read of a text, as "SECONDS NAME|" each. */
static const char *
read_back(const char *text, size_t len)
{
	static char out[512];
	struct buffer lines = BUFFER_EMPTY;
	struct dates_line line;

	while (dates_next(&text, &len, &line))
		buffer_printf(&lines, "%lld %.*s|", (long long)timestamp_seconds(&line.date, "UTC"),
		    (int)line.name_len, line.name);
	snprintf(out, sizeof(out), "%s", buffer_text(&lines));
	buffer_free(&lines);
	return out;
}

static void
lines_that_tell_a_date_are_read_and_others_passed_over(void **state)
{
	(void)state;
	static const struct {
		const char *label, *text, *expected;
	} rows[] = {
	    {"nothing", "", ""},
	    {"one", "1970-01-01T00:01:00Z a.gmi\n", "60 a.gmi|"},
	    {"the last line is not ended", "1970-01-01T00:01:00Z a.gmi", "60 a.gmi|"},
	    {"a date alone", "1970-01-02 a.gmi\n", "86400 a.gmi|"},
	    {"an offset", "1970-01-01T01:00:00+01:00 a.gmi\n", "0 a.gmi|"},
	    {"written on another system", "1970-01-01T00:00:00Z a\r\n1970-01-02 b\r\n",
		"0 a|86400 b|"},
	    {"blanks in a name", "1970-01-02  a b .gmi \n", "86400  a b .gmi |"},
	    {"twice", "1970-01-01 a\n1970-01-02 a\n", "0 a|86400 a|"},
	    {"other lines", "# ours\n\n1970-01-01 a\nb.gmi\n1970-01-01\n", "0 a|"},
	    {"no name", "1970-01-01 \n1970-01-01 \r\n", ""},
	    {"no date", "1970-02-30 a\n19700101 a\n a\n", ""},
	    {"a path", "1970-01-01 b/a\n1970-01-01 /a\n", ""},
	    {"a date that does not end",
		"1970-01-01T00:00:00.00000000000000000000000000000000000000Z a\n", ""},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_row_text(
		    rows[i].label, read_back(rows[i].text, strlen(rows[i].text)), rows[i].expected);
	assert_string_equal(read_back("1970-01-01 a\0b\n", 15), "");
}

static void
what_is_written_is_read_back_or_refused(void **state)
{
	(void)state;
	static const struct {
		const char *name;
		bool is_taken;
	} rows[] = {
	    {"a.gmi", true},
	    {" a b ", true},
	    {"\t#\r.gmi", true},
	    {"", false},
	    {"a\n", false},
	    {"a\r", false},
	    {"b/a", false},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer out = BUFFER_EMPTY;
		char expected[64];

		if (dates_put(&out, 61, rows[i].name) != rows[i].is_taken)
			fail_msg("%s", rows[i].name);
		snprintf(expected, sizeof(expected), "61 %s|", rows[i].name);
		check_row_text(rows[i].name, read_back(buffer_text(&out), out.len),
		    rows[i].is_taken ? expected : "");
		buffer_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_lies_in_a_folder_of_articles),
	    cmocka_unit_test(lines_that_tell_a_date_are_read_and_others_passed_over),
	    cmocka_unit_test(what_is_written_is_read_back_or_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
