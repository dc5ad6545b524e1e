#include "check.h"

#include "press/gone.h"

static void
the_list_is_edited_line_by_line(void **state)
{
	(void)state;
	static const struct {
		const char *label, *before, *added, *removed,
		    *expected; /* one path each, or NULL */
	} rows[] = {
	    {"the first", "", "/a", NULL, "/a\n"},
	    {"one more", "/a\n", "/b", NULL, "/a\n/b\n"},
	    {"again", "/a\n/b\n", "/a", NULL, "/b\n/a\n"},
	    {"the last line is not ended", "/a", "/b", NULL, "/a\n/b\n"},
	    {"written on another system", "/a\r\n/b\r\n", NULL, "/b", "/a\n"},
	    {"removed", "/a\n/b\n/c\n", NULL, "/b", "/a\n/c\n"},
	    {"removed where it stands twice", "/b\n/a\n/b\n", NULL, "/b", "/a\n"},
	    {"a longer path stays", "/abc\n/ab\n", NULL, "/ab", "/abc\n"},
	    {"other lines stay", "# ours\n\n/a\n", "/b", "/a", "# ours\n\n/b\n"},
	    {"nothing left", "/a\n", NULL, "/a", ""},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct strings added = {0}, removed = {0};
		struct buffer out = BUFFER_EMPTY;

		if (rows[i].added != NULL)
			strings_add(&added, rows[i].added);
		if (rows[i].removed != NULL)
			strings_add(&removed, rows[i].removed);
		gone_edit(rows[i].before, strlen(rows[i].before), &added, &removed, &out);
		check_row_text(rows[i].label, buffer_text(&out), rows[i].expected);
		buffer_free(&out);
		strings_free(&added);
		strings_free(&removed);
	}
}

static void
only_paths_are_read(void **state)
{
	(void)state;
	static const char text[] = "# comment\n/a\n\n relative\n/with blank\t\n/nul\0l\n/\n/last";
	struct strings paths = {0};

	assert_true(gone_read(text, sizeof(text) - 1, &paths));
	assert_int_equal(paths.count, 4);
	assert_string_equal(paths.items[0], "/a");
	assert_string_equal(paths.items[1], "/with blank");
	assert_string_equal(paths.items[2], "/");
	assert_string_equal(paths.items[3], "/last");
	strings_free(&paths);
}

static void
the_latest_note_on_a_path_counts(void **state)
{
	(void)state;
	struct press press = {0};

	gone_add(&press, "/a");
	gone_add(&press, "/a");
	gone_add(&press, "/b");
	gone_remove(&press, "/a");
	gone_add(&press, "/line\nbreak"); /* cannot stand in the list */
	assert_int_equal(press.gone.added.count, 1);
	assert_string_equal(press.gone.added.items[0], "/b");
	assert_int_equal(press.gone.removed.count, 1);
	assert_string_equal(press.gone.removed.items[0], "/a");
	strings_free(&press.gone.added);
	strings_free(&press.gone.removed);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_list_is_edited_line_by_line),
	    cmocka_unit_test(only_paths_are_read),
	    cmocka_unit_test(the_latest_note_on_a_path_counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
