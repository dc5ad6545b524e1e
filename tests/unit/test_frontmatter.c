/* Tests of article/frontmatter: the block of keys that heads a source file. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "article/frontmatter.h"

/* Reads a file and tells it as "key|value|line;…body", or the error. The caller frees. */
static char *
told(const char *bytes, size_t len)
{
	struct buffer out = BUFFER_EMPTY;
	struct frontmatter head;
	struct frontmatter_entry entry;
	struct error err = {""};
	enum frontmatter_result result;

	frontmatter_open(&head, bytes, len);
	while ((result = frontmatter_next(&head, &entry, &err)) == FRONTMATTER_ENTRY)
		buffer_printf(&out, "%.*s|%.*s|%zu;", (int)entry.key_len, entry.key,
		    (int)entry.value_len, entry.value, entry.line);
	if (result == FRONTMATTER_BROKEN)
		buffer_puts(&out, err.text);
	else
		buffer_append(&out, head.body, head.body_len);
	return buffer_take(&out);
}

static void
a_block_is_keys_values_lines_and_the_rest_is_body(void **state)
{
	static const struct {
		const char *label, *file, *expected;
	} cases[] = {
	    {"both separators", "---\na = 1\nb: 2\n---\nText\n", "a|1|2;b|2|3;Text\n"},
	    {"no blanks around", "---\na=1\nb:2\n---\n", "a|1|2;b|2|3;"},
	    {"the first separator counts", "---\na: b = c\nd = e: f\n---\n", "a|b = c|2;d|e: f|3;"},
	    {"a semicolon is a semicolon", "---\na = b ; c\n---\n", "a|b ; c|2;"},
	    {"a sharp in a value too", "---\na = b # c\n---\n", "a|b # c|2;"},
	    {"quotes are part of it", "---\na = \"b\"\n---\n", "a|\"b\"|2;"},
	    {"empty values", "---\na =\nb:   \n---\n", "a||2;b||3;"},
	    {"empty lines and comments", "---\n\n# note = no\n  \na = 1\n---\n", "a|1|5;"},
	    {"indented", "---\n  a = 1\n---\n", "a|1|2;"},
	    {"CRLF", "---\r\na = 1\r\n---\r\nText\r\n", "a|1|2;Text\r\n"},
	    {"byte order mark", "\xEF\xBB\xBF---\na = 1\n---\nText", "a|1|2;Text"},
	    {"blanks behind the fences", "--- \na = 1\n---\t\nText", "a|1|2;Text"},
	    {"no line end behind the closing fence", "---\na = 1\n---", "a|1|2;"},
	    {"an empty block", "---\n---\nText", "Text"},
	    {"keys repeat", "---\na = 1\na = 2\n---\n", "a|1|2;a|2|3;"},
	    {"the body keeps its own lines", "---\na = 1\n---\n---\nb = 2\n---\n",
		"a|1|2;---\nb = 2\n---\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *found = told(cases[i].file, strlen(cases[i].file));

		if (strcmp(found, cases[i].expected) != 0)
			fail_msg("%s: %s", cases[i].label, found);
		free(found);
	}
}

static void
without_a_whole_block_everything_is_body(void **state)
{
	static const char *const cases[] = {
	    "",
	    "Text\n",
	    "---",
	    "---\n",
	    "---\na = 1\n",
	    "---\na = 1\n--- x\n",
	    "----\na = 1\n----\n",
	    " ---\na = 1\n---\n",
	    "\n---\na = 1\n---\n",
	    "---\na = 1\n ---\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *found = told(cases[i], strlen(cases[i]));

		assert_string_equal(found == NULL ? "" : found, cases[i]);
		free(found);
	}
}

static void
a_bad_line_is_named_with_what_was_expected(void **state)
{
	static const struct {
		const char *label, *file, *expected;
	} cases[] = {
	    {"no separator", "---\na = 1\nnonsense here\n---\n",
		"a|1|2;line 3: expected `key = value`, found `nonsense here`"},
	    {"a list as YAML has it", "---\ntags:\n  - law\n---\n",
		"tags||2;line 3: expected `key = value`, found `- law`"},
	    {"no key", "---\n= 1\n---\n", "line 2: expected `key = value`, found `= 1`"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *found = told(cases[i].file, strlen(cases[i].file));

		if (strcmp(found, cases[i].expected) != 0)
			fail_msg("%s: %s", cases[i].label, found);
		free(found);
	}
}

/* A file whose front matter has one line of line_len bytes ("a = xxx…"). */
static struct buffer
file_with_line(size_t line_len, const char *line_end)
{
	struct buffer file = BUFFER_EMPTY;

	buffer_puts(&file, "---\na = ");
	for (size_t i = strlen("a = "); i < line_len; i++)
		buffer_putc(&file, 'x');
	buffer_puts(&file, line_end);
	buffer_puts(&file, "---\n");
	return file;
}

static void
a_line_may_have_4096_bytes_and_not_one_more(void **state)
{
	struct buffer fits = file_with_line(FRONTMATTER_LINE_MAX, "\r\n");
	struct buffer longer = file_with_line(FRONTMATTER_LINE_MAX + 1, "\n");
	char *found = told(longer.data, longer.len);
	struct frontmatter head;
	struct frontmatter_entry entry;

	(void)state;
	frontmatter_open(&head, fits.data, fits.len);
	assert_int_equal(frontmatter_next(&head, &entry, NULL), FRONTMATTER_ENTRY);
	assert_int_equal(entry.value_len, FRONTMATTER_LINE_MAX - strlen("a = "));
	assert_string_equal(found, "line 2: 4097 bytes long, expected at most 4096");
	free(found);
	buffer_free(&fits);
	buffer_free(&longer);
}

/* A file whose closing fence ends exactly at byte end. */
static struct buffer
file_closing_at(size_t end)
{
	struct buffer file = BUFFER_EMPTY;

	buffer_puts(&file, "---\n");
	while (file.len < end - strlen("---\n") - 8)
		buffer_puts(&file, "a = 1\n\n"); /* 7 bytes */
	while (file.len < end - strlen("---\n"))
		buffer_putc(&file, '\n');
	buffer_puts(&file, "---\nText");
	return file;
}

static void
a_block_must_close_within_64_kilobytes(void **state)
{
	struct buffer closes = file_closing_at(FRONTMATTER_MAX);
	struct buffer late = file_closing_at(FRONTMATTER_MAX + 1);
	struct frontmatter head;

	(void)state;
	frontmatter_open(&head, closes.data, closes.len);
	assert_true(head.is_present);
	assert_int_equal(head.body_len, strlen("Text"));
	frontmatter_open(&head, late.data, late.len);
	assert_false(head.is_present);
	assert_int_equal(head.body_len, late.len);
	buffer_free(&closes);
	buffer_free(&late);
}

static void
a_line_of_4096_bytes_without_a_key_is_not_too_long(void **state)
{
	static char line[FRONTMATTER_LINE_MAX];
	struct frontmatter head = {.rest = line, .rest_len = sizeof(line)};
	struct frontmatter_entry entry;
	struct error err = {""};

	(void)state;
	memset(line, 'x', sizeof(line));
	assert_int_equal(frontmatter_next(&head, &entry, &err), FRONTMATTER_BROKEN);
	assert_non_null(strstr(err.text, "expected `key = value`, found `xxx"));
}

static void
what_stands_around_a_file_is_not_read(void **state)
{
	struct frontmatter head = {.rest = "ab= c", .rest_len = 2};
	struct frontmatter_entry entry;
	struct error err = {""};

	(void)state;
	assert_int_equal(frontmatter_next(&head, &entry, &err), FRONTMATTER_BROKEN);
	assert_string_equal(err.text, "line 1: expected `key = value`, found `ab`");
	head = (struct frontmatter){.rest = &"\r\na = 1\n"[1], .rest_len = 7};
	assert_int_equal(frontmatter_next(&head, &entry, &err), FRONTMATTER_ENTRY);
	assert_int_equal(entry.line, 2);
	frontmatter_open(&head, &"\r\n---\n"[1], 5);
	assert_false(head.is_present);
	assert_int_equal(head.body_len, 5);
	frontmatter_open(&head, "\xEF\xBB\xBF", 3);
	assert_int_equal(head.body_len, 0);
}

static void
keys_are_known_in_small_letters_and_capitals(void **state)
{
	static const struct {
		const char *key;
		bool is_title;
	} cases[] = {{"title", true}, {"TiTLE", true}, {"titles", false}, {"titl", false},
	    {"tithe", false}, {"x", false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct frontmatter_entry entry = {cases[i].key, strlen(cases[i].key), "", 0, 1};

		if (frontmatter_is(&entry, "title") != cases[i].is_title)
			fail_msg("%s", cases[i].key);
	}
}

static void
setting_a_key_leaves_the_rest_as_it_stands(void **state)
{
	static const struct {
		const char *label, *file, *key, *value, *expected;
	} cases[] = {
	    {"replaced in its place", "---\n# mine\na = 1\nodd: x\nb = 2\n---\nText\n", "a", "9",
		"---\n# mine\na = 9\nodd: x\nb = 2\n---\nText\n"},
	    {"added at the end", "---\na = 1\n---\nText\n", "b", "2",
		"---\na = 1\nb = 2\n---\nText\n"},
	    {"a block is made", "Text\n", "a", "1", "---\na = 1\n---\nText\n"},
	    {"repeated keys become one", "---\na = 1\nb = 2\na: 3\n---\n", "a", "9",
		"---\na = 9\nb = 2\n---\n"},
	    {"removed", "---\na = 1\nb = 2\na = 3\n---\nText", "a", NULL, "---\nb = 2\n---\nText"},
	    {"nothing to remove", "Text", "a", NULL, "Text"},
	    {"a key that begins alike", "---\nab = 1\n---\n", "a", "2",
		"---\nab = 1\na = 2\n---\n"},
	    {"line ends in a value", "---\n---\n", "a", "1\n---\nb = 2",
		"---\na = 1 --- b = 2\n---\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer out = BUFFER_EMPTY;

		frontmatter_set(
		    &out, cases[i].file, strlen(cases[i].file), cases[i].key, cases[i].value);
		if (strcmp(buffer_text(&out), cases[i].expected) != 0)
			fail_msg("%s: %s", cases[i].label, buffer_text(&out));
		buffer_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_block_is_keys_values_lines_and_the_rest_is_body),
	    cmocka_unit_test(without_a_whole_block_everything_is_body),
	    cmocka_unit_test(a_bad_line_is_named_with_what_was_expected),
	    cmocka_unit_test(a_line_may_have_4096_bytes_and_not_one_more),
	    cmocka_unit_test(a_block_must_close_within_64_kilobytes),
	    cmocka_unit_test(a_line_of_4096_bytes_without_a_key_is_not_too_long),
	    cmocka_unit_test(what_stands_around_a_file_is_not_read),
	    cmocka_unit_test(keys_are_known_in_small_letters_and_capitals),
	    cmocka_unit_test(setting_a_key_leaves_the_rest_as_it_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
