/* The lists of files that the desk asks for: what is in them, in which order, and that a page of
 * them costs the same at any depth. */
#include "bindery.h"

#include "store/tables.h"

static int
set_up(void **state)
{
	if (bindery_set_up(state) != 0)
		return -1;
	writer_begin(writer);
	return 0;
}

static void
put(const char *path, enum file_state state, int64_t published, int64_t changed, const char *editor,
    bool is_ready)
{
	struct file_row row = {
	    .state = state,
	    .published = published,
	    .changed = changed,
	    .reason = "",
	    .mime = "",
	    .title = "",
	    .editor = editor,
	    .date = "",
	    .is_ready = is_ready,
	};

	writer_put_file(writer, path, &row);
}

static void
append_path(void *arg, const struct file_row *row)
{
	buffer_printf(arg, "%s ", row->path);
}

static const char *
list(const struct file_query *query)
{
	static char text[1024];
	struct buffer out = BUFFER_EMPTY;

	assert_true(writer_query(writer, query, append_path, &out));
	snprintf(text, sizeof(text), "%s", buffer_text(&out));
	buffer_free(&out);
	return text;
}

static void
put_some(void)
{
	put("/articles/new.gmi", FILE_ARTICLE, 30, 1, "ada", false);
	put("/articles/old.gmi", FILE_ARTICLE, 10, 9, "carl", false);
	put("/articles/deep/mid.gmi", FILE_ARTICLE, 20, 5, "ada", false);
	put("/articles/later.gmi", FILE_SCHEDULED, 90, 1, "", false);
	put("/articles/soon.gmi", FILE_SCHEDULED, 80, 2, "ada", false);
	put("/articles/back.gmi", FILE_RETRACTED, 20, 1, "ada", false);
	put("/articles/away.gmi", FILE_RETRACTED, 10, 2, "ada", false);
	put("/articles/draft.gmi", FILE_DRAFT, 90, 1, "ada", false);
	put("/drafts/a.gmi", FILE_DRAFT, 0, 3, "ada", true);
	put("/drafts/b.gmi", FILE_DRAFT, 0, 2, "carl", true);
	put("/images/a.png", FILE_PLAIN, 0, 7, "", false);
	put("/images/2025/b.png", FILE_PLAIN, 0, 8, "", false);
	put("/images/2025/c.png", FILE_PLAIN, 0, 8, "", false);
	put("/about.txt", FILE_PLAIN, 0, 9, "", false);
	put("/images", FILE_FOLDER, 0, 0, "", false);
}

static void
a_list_has_what_was_asked_for_in_order(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		struct file_query query;
		const char *expected;
	} rows[] = {
	    {"articles by publication", {.state = FILE_ARTICLE, .limit = 9},
		"/articles/new.gmi /articles/deep/mid.gmi /articles/old.gmi "},
	    {"what is due next", {.state = FILE_SCHEDULED, .limit = 9},
		"/articles/soon.gmi /articles/later.gmi "},
	    {"retracted by publication", {.state = FILE_RETRACTED, .limit = 9},
		"/articles/back.gmi /articles/away.gmi "},
	    {"drafts by change", {.state = FILE_DRAFT, .limit = 9},
		"/drafts/a.gmi /drafts/b.gmi /articles/draft.gmi "},
	    {"not more than that", {.state = FILE_DRAFT, .limit = 1}, "/drafts/a.gmi "},
	    {"none", {.state = FILE_DRAFT, .limit = 0}, ""},
	    {"one editor's", {.state = FILE_ARTICLE, .editor = "ada", .limit = 9},
		"/articles/new.gmi /articles/deep/mid.gmi "},
	    {"nobody's", {.state = FILE_SCHEDULED, .editor = "", .limit = 9},
		"/articles/later.gmi "},
	    {"ready", {.state = FILE_DRAFT, .is_ready = true, .limit = 9},
		"/drafts/a.gmi /drafts/b.gmi "},
	    {"ready of one editor",
		{.state = FILE_DRAFT, .is_ready = true, .editor = "carl", .limit = 9},
		"/drafts/b.gmi "},
	    {"images", {.state = FILE_PLAIN, .under = "/images/", .limit = 9},
		"/images/2025/c.png /images/2025/b.png /images/a.png "},
	    {"images of a year", {.state = FILE_PLAIN, .under = "/images/2025/", .limit = 9},
		"/images/2025/c.png /images/2025/b.png "},
	    {"everything plain", {.state = FILE_PLAIN, .under = "/", .limit = 1}, "/about.txt "},
	    {"articles below", {.state = FILE_ARTICLE, .under = "/articles/deep/", .limit = 9},
		"/articles/deep/mid.gmi "},
	};

	put_some();
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row_text(rows[i].label, list(&rows[i].query), rows[i].expected);
}

static void
pages_meet_without_gap_or_overlap(void **state)
{
	(void)state;
	struct file_query query = {.state = FILE_PLAIN, .under = "/images/", .limit = 1};

	put_some();
	assert_string_equal(list(&query), "/images/2025/c.png ");
	query.after = "/images/2025/c.png";
	assert_string_equal(list(&query), "/images/2025/b.png ");
	query.after = "/images/2025/b.png"; /* of the same second */
	assert_string_equal(list(&query), "/images/a.png ");
	query.after = "/images/a.png";
	assert_string_equal(list(&query), "");
	query.after = "/images/deleted.png";
	assert_string_equal(list(&query), "/images/2025/c.png ");
}

static void
no_list_is_sorted_or_searched_from_end_to_end(void **state)
{
	(void)state;
	static const struct {
		enum writer_statement which;
		const char *index;
	} rows[] = {
	    {FILES_IN_STATE, "file_state"},
	    {FILES_OF_EDITOR, "file_editor"},
	    {FILES_IN_SECTION, "file_section"},
	    {FILES_READY, "file_ready"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char text[2048];
		struct buffer plan = BUFFER_EMPTY;
		sqlite3_stmt *row = NULL;

		snprintf(text, sizeof(text), "EXPLAIN QUERY PLAN %s", tables_texts[rows[i].which]);
		assert_int_equal(
		    sqlite3_prepare_v2(writer->database.db, text, -1, &row, NULL), SQLITE_OK);
		while (sqlite3_step(row) == SQLITE_ROW)
			buffer_printf(&plan, "%s\n", (const char *)sqlite3_column_text(row, 3));
		sqlite3_finalize(row);
		const char *said = buffer_text(&plan);
		check_row(said, strstr(said, rows[i].index) != NULL);
		check_row(said, strstr(said, "SEARCH file USING") != NULL);
		check_row(said, strstr(said, "rank") != NULL); /* begins where the page does */
		check_row(said, strstr(said, "SCAN") == NULL && strstr(said, "TEMP") == NULL);
		buffer_free(&plan);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, bindery_tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_list_has_what_was_asked_for_in_order),
	    TEST(pages_meet_without_gap_or_overlap),
	    TEST(no_list_is_sorted_or_searched_from_end_to_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
