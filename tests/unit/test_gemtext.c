#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "gemini/gemtext.h"

static const char *const type_names[] = {
    [GEMTEXT_TEXT] = "text",
    [GEMTEXT_LINK] = "link",
    [GEMTEXT_TOGGLE] = "toggle",
    [GEMTEXT_PREFORMATTED] = "preformatted",
    [GEMTEXT_HEADING] = "heading",
    [GEMTEXT_LIST] = "list",
    [GEMTEXT_QUOTE] = "quote",
};

/* The document as the reader sees it: `type(content)` for each line, a link's URL before its
 * label, a heading's level before its text. The caller frees it. */
static char *
outline(const char *document, size_t len)
{
	struct gemtext_reader reader = {.rest = document, .rest_len = len};
	struct gemtext_line line;
	struct buffer out = BUFFER_EMPTY;

	while (gemtext_next(&reader, &line)) {
		buffer_printf(&out, "%s(", type_names[line.type]);
		if (line.type == GEMTEXT_LINK)
			buffer_printf(&out, "%.*s|", (int)line.url_len, line.url);
		if (line.type == GEMTEXT_HEADING)
			buffer_printf(&out, "%d|", line.level);
		buffer_append(&out, line.text, line.text_len);
		buffer_putc(&out, ')');
	}
	return buffer_take(&out);
}

static void
check_outline(const char *document, const char *expected)
{
	char *read = outline(document, strlen(document));

	check_row_text(document, read, expected);
	free(read);
}

static void
the_first_bytes_settle_the_type(void **state)
{
	(void)state;
	static const struct {
		const char *document, *outline;
	} rows[] = {
	    {"", ""},
	    {"\n", "text()"},
	    {"plain", "text(plain)"},
	    {"  kept  \n", "text(  kept  )"},
	    {"=> /a", "link(/a|)"},
	    {"=>/a Label of it ", "link(/a|Label of it)"},
	    {"=>\t /a\t\tLabel", "link(/a|Label)"},
	    {"=>", "text(=>)"},
	    {"=>  \t", "text(=>  \t)"},
	    {" => /a", "text( => /a)"},
	    {"= > /a", "text(= > /a)"},
	    {"# One", "heading(1|One)"},
	    {"##Two ", "heading(2|Two)"},
	    {"### Three", "heading(3|Three)"},
	    {"#### Four", "heading(3|# Four)"},
	    {"#", "heading(1|)"},
	    {"* item", "list(item)"},
	    {"*item", "text(*item)"},
	    {"*", "text(*)"},
	    {"> said", "quote(said)"},
	    {">said", "quote(said)"},
	    {">", "quote()"},
	    {"> ", "quote()"},
	    {"* \t", "list()"},
	    {"one\n\ntwo\n", "text(one)text()text(two)"},
	    {"\xEF\xBB\xBF# One", "heading(1|One)"},
	    {"a\n\xEF\xBB\xBF# One", "text(a)text(\xEF\xBB\xBF# One)"},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_outline(rows[i].document, rows[i].outline);
}

static void
between_toggles_nothing_else_is_special(void **state)
{
	(void)state;
	static const struct {
		const char *document, *outline;
	} rows[] = {
	    {"```\n# x\n=> /a\n```\n# y", "toggle()preformatted(# x)preformatted(=> /a)"
					  "toggle()heading(1|y)"},
	    {"``` alt text \nx\n```ignored\n", "toggle(alt text)preformatted(x)toggle()"},
	    {"```\nx\n", "toggle()preformatted(x)"},
	    {" ```\n# x", "text( ```)heading(1|x)"},
	    {"```\n ```\n```", "toggle()preformatted( ```)toggle()"},
	    {"````\nx\n`````", "toggle(`)preformatted(x)toggle()"},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_outline(rows[i].document, rows[i].outline);
}

static void
both_line_ends_are_read_alike(void **state)
{
	(void)state;

	check_outline("# x\r\n=> /a b\r\n```\r\ny\r\n```\r\n",
	    "heading(1|x)link(/a|b)toggle()preformatted(y)toggle()");
	check_outline("x\r\r\ny\r", "text(x\r)text(y)");
}

static void
what_stands_around_the_document_is_not_read(void **state)
{
	(void)state;
	static const struct {
		const char *memory;
		size_t start, len;
		const char *outline;
	} rows[] = {
	    {"  x\n", 0, 3, "text(  x)"},
	    {">  ", 0, 1, "quote()"},
	    {"=>  /a", 0, 3, "text(=> )"},
	    {"=> /ab", 0, 5, "link(/a|)"},
	    {"##", 0, 1, "heading(1|)"},
	    {"=> ", 0, 1, "text(=)"},
	    {"a\n\n", 0, 2, "text(a)"},
	    {"```", 0, 2, "text(``)"},
	    {"\r\n", 1, 1, "text()"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char *read = outline(rows[i].memory + rows[i].start, rows[i].len);
		check_row_text(rows[i].memory, read, rows[i].outline);
		free(read);
	}
}

static void
a_raw_line_is_whole(void **state)
{
	(void)state;
	struct gemtext_reader reader = {.rest = "=> /a b \r\nx", .rest_len = 11};
	struct gemtext_line line;

	assert_true(gemtext_next(&reader, &line));
	assert_int_equal(line.raw_len, 8);
	assert_memory_equal(line.raw, "=> /a b ", 8);
	assert_true(gemtext_next(&reader, &line));
	assert_null(line.url);
	assert_false(gemtext_next(&reader, &line));
}

static void
values_at_the_start_of_a_line_stay_text(void **state)
{
	(void)state;
	static const struct {
		const char *value, *line;
	} rows[] = {
	    {"plain", "plain\n"},
	    {"=> gemini://evil/ click", "\xE2\x80\x8B=> gemini://evil/ click\n"},
	    {"```", "\xE2\x80\x8B```\n"},
	    {"#hashtag", "\xE2\x80\x8B#hashtag\n"},
	    {">quote", "\xE2\x80\x8B>quote\n"},
	    {"* item", "\xE2\x80\x8B* item\n"},
	    {"*\titem", "\xE2\x80\x8B* item\n"},
	    {"*emphasis*", "*emphasis*\n"},
	    {"  # blanks first", "\xE2\x80\x8B# blanks first\n"},
	    {"\xEF\xBB\xBF```", "\xE2\x80\x8B\xEF\xBB\xBF```\n"},
	    {"two\n# lines", "two # lines\n"},
	    {"", "\n"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer out = BUFFER_EMPTY;
		buffer_puts(&out, "before\n");
		gemtext_put_text(&out, rows[i].value);
		check_row_text(rows[i].value, buffer_text(&out) + 7, rows[i].line);
		struct gemtext_reader reader = {.rest = out.data + 7, .rest_len = out.len - 7};
		struct gemtext_line line;
		check_row(rows[i].value, gemtext_next(&reader, &line));
		check_row(rows[i].value, line.type == GEMTEXT_TEXT);
		check_row(rows[i].value, !gemtext_next(&reader, &line));
		buffer_free(&out);
	}
}

static void
written_lines_are_one_line_each(void **state)
{
	(void)state;
	struct buffer out = BUFFER_EMPTY;

	gemtext_put_heading(&out, 1, "A\ntitle");
	gemtext_put_heading(&out, 3, "# Deep");
	gemtext_put_quote(&out, " dek\r\n=> /x ");
	gemtext_put_link(&out, "/a", "A\n=> /b label");
	gemtext_put_link(&out, "/c", " ");
	assert_string_equal(buffer_text(&out), "# A title\n"
					       "### # Deep\n"
					       "> dek  => /x\n"
					       "=> /a A => /b label\n"
					       "=> /c\n");
	buffer_free(&out);
}

static void
a_preformatted_block_ends_where_it_is_to(void **state)
{
	(void)state;
	static const struct {
		const char *label, *alt, *lines, *block;
	} rows[] = {
	    {"no line", "", "", "```\n```\n"},
	    {"two lines", "", "a\n\n", "```\na\n\n```\n"},
	    {"no line end at the end", "C", "a", "```C\na\n```\n"},
	    {"an alt text of two lines", "a\nb", "x\n", "```a b\nx\n```\n"},
	    {"a line that would end it", "", "```\n=> /x\n", "```\n\xE2\x80\x8B```\n=> /x\n```\n"},
	    {"one that begins alike", "", "``\n", "```\n``\n```\n"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer out = BUFFER_EMPTY;

		gemtext_put_preformatted(&out, rows[i].alt, rows[i].lines, strlen(rows[i].lines));
		check_row(rows[i].label, strcmp(buffer_text(&out), rows[i].block) == 0);
		buffer_free(&out);
	}
}

static void
a_document_is_served_clean(void **state)
{
	(void)state;
	static const struct {
		const char *label, *document, *served;
	} rows[] = {
	    {"nothing", "", ""},
	    {"nothing but a byte order mark", "\xEF\xBB\xBF", ""},
	    {"clean already", "# A\n\ntext\n", "# A\n\ntext\n"},
	    {"no line end at the end", "a", "a\n"},
	    {"CRLF", "a\r\nb\r\n", "a\nb\n"},
	    {"mixed line ends", "a\r\nb\n", "a\nb\n"},
	    {"a bare CR", "a\rb\n", "a b\n"},
	    {"byte order marks", "\xEF\xBB\xBF\xEF\xBB\xBF# A\n", "# A\n"},
	    {"VT, FF, FS, NEL",
		"a\vb\fc\x1C"
		"d\xC2\x85"
		"e\n",
		"a b c d e\n"},
	    {"separators",
		"a\xE2\x80\xA8"
		"b\xE2\x80\xA9"
		"c\n",
		"a b c\n"},
	    {"a tab", "a\tb\n", "a\tb\n"},
	    {"Latin-1", "caf\xE9\n", "caf\xEF\xBF\xBD\n"},
	    {"an open block", "```\nx", "```\nx\n```\n"},
	    {"a closed block", "```\nx\n```", "```\nx\n```\n"},
	    {"blanks at the end of a line", "a  \n", "a  \n"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer out = BUFFER_EMPTY;
		buffer_puts(&out, "before\n");
		gemtext_put_document(&out, rows[i].document, strlen(rows[i].document));
		check_row_text(rows[i].label, buffer_text(&out) + 7, rows[i].served);
		buffer_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_first_bytes_settle_the_type),
	    cmocka_unit_test(between_toggles_nothing_else_is_special),
	    cmocka_unit_test(both_line_ends_are_read_alike),
	    cmocka_unit_test(what_stands_around_the_document_is_not_read),
	    cmocka_unit_test(a_raw_line_is_whole),
	    cmocka_unit_test(values_at_the_start_of_a_line_stay_text),
	    cmocka_unit_test(written_lines_are_one_line_each),
	    cmocka_unit_test(a_preformatted_block_ends_where_it_is_to),
	    cmocka_unit_test(a_document_is_served_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
