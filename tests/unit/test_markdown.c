/* Tests of article/markdown: CommonMark to gemtext. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>
#include <time.h>

#include "article/markdown.h"

struct conversion {
	const char *label, *markdown, *gemtext;
};

static void
assert_conversions(const struct conversion *cases, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct buffer out = BUFFER_EMPTY;
		size_t html_line;

		assert_true(markdown_to_gemtext(
		    cases[i].markdown, strlen(cases[i].markdown), &out, &html_line));
		if (strcmp(buffer_text(&out), cases[i].gemtext) != 0)
			fail_msg("%s:\n%s", cases[i].label, buffer_text(&out));
		buffer_free(&out);
	}
}

#define ASSERT_CONVERSIONS(cases) assert_conversions(cases, sizeof(cases) / sizeof(cases[0]))

static void
a_paragraph_is_one_line(void **state)
{
	static const struct conversion cases[] = {
	    {"empty", "", ""},
	    {"soft line ends are blanks", "One\ntwo\nthree.\n\nFour.\n",
		"One two three.\n\nFour.\n"},
	    {"hard line ends stay", "One  \ntwo\\\nthree\n", "One\ntwo\nthree\n"},
	    {"emphasis is dropped", "A *b* **c** _d_ `e*` ~f~\n", "A b c d e* ~f~\n"},
	    {"entities", "Fish &amp; chips &copy;\n", "Fish & chips \u00a9\n"},
	    {"a line end as an entity", "a&#10;=> /evil\n", "a => /evil\n"},
	    {"a rule", "a\n\n***\n\nb\n", "a\n\n---\n\nb\n"},
	    {"a table stays text", "| a | b |\n|---|---|\n| 1 | 2 |\n",
		"| a | b |\n|---|---|\n| 1 | 2 |\n"},
	};

	(void)state;
	ASSERT_CONVERSIONS(cases);
}

static void
text_never_becomes_markup(void **state)
{
	static const struct conversion cases[] = {
	    {"link", "=> /evil x\n", "\u200b=> /evil x\n"},
	    {"heading", "\\# x\n", "\u200b# x\n"},
	    {"quote", "\\> x\n", "\u200b> x\n"},
	    {"item", "\\* x\n", "\u200b* x\n"},
	    {"toggle", "\\`\\`\\` x\n", "\u200b``` x\n"},
	    {"behind a hard line end", "a\\\n=> /evil x\n", "a\n\u200b=> /evil x\n"},
	};

	(void)state;
	ASSERT_CONVERSIONS(cases);
}

static void
headings_have_three_levels(void **state)
{
	static const struct conversion cases[] = {
	    {"levels", "# a\n## b\n### c\n#### d\n###### e\n",
		"# a\n\n## b\n\n### c\n\n### d\n\n### e\n"},
	    {"underlined", "a\n===\nb\n---\n", "# a\n\n## b\n"},
	    {"emphasis is dropped", "# A *b* `c`\n", "# A b c\n"},
	    {"empty", "#\n\ntext\n", "text\n"},
	};

	(void)state;
	ASSERT_CONVERSIONS(cases);
}

static void
lists_are_flat(void **state)
{
	static const struct conversion cases[] = {
	    {"bullets of all kinds", "- a\n- b\n\ntext\n\n* c\n\ntext\n\n+ d\n",
		"* a\n* b\n\ntext\n\n* c\n\ntext\n\n* d\n"},
	    {"loose", "- a\n\n- b\n", "* a\n* b\n"},
	    {"nested", "- a\n  - b\n    - c\n- d\n", "* a\n* b\n* c\n* d\n"},
	    {"numbers", "3. a\n4. b\n9. c\n", "3. a\n4. b\n5. c\n"},
	    {"numbers in bullets", "- a\n  1) b\n  2) c\n- d\n", "* a\n1. b\n2. c\n* d\n"},
	    {"two lists", "- a\n\n1. b\n", "* a\n\n1. b\n"},
	    {"more paragraphs", "- a\n\n  more\n\n- b\n", "* a\n\nmore\n\n* b\n"},
	    {"empty item", "-\n- b\n", "* b\n"},
	    {"heading in an item", "- # a\n", "* a\n"},
	    {"code in an item", "- ```\n  x\n  ```\n- b\n", "```\nx\n```\n\n* b\n"},
	};

	(void)state;
	ASSERT_CONVERSIONS(cases);
}

static void
quotes_are_flat(void **state)
{
	static const struct conversion cases[] = {
	    {"one", "> a\n> b\n\nc\n", "> a b\n\nc\n"},
	    {"nested", "> a\n>> b\n", "> a\n\n> b\n"},
	    {"hard line ends", "> a\\\n> b\n", "> a\n> b\n"},
	    {"a list in it", "> - a\n> - b\n", "> * a\n> * b\n"},
	    {"in an item", "- > a\n- b\n", "> a\n\n* b\n"},
	    {"a heading in it", "> # a\n", "> a\n"},
	};

	(void)state;
	ASSERT_CONVERSIONS(cases);
}

static void
code_is_preformatted(void **state)
{
	static const struct conversion cases[] = {
	    {"fenced, with what it is", "```c\nint  a;\n\n=> b\n```\n",
		"```c\nint  a;\n\n=> b\n```\n"},
	    {"indented", "    a\n      b\n", "```\na\n  b\n```\n"},
	    {"a fence inside cannot close it", "~~~\na\n```\n=> /evil\n~~~\n",
		"```\na\n\u200b```\n=> /evil\n```\n"},
	    {"empty", "```\n```\n", "```\n```\n"},
	    {"unclosed", "```\na", "```\na\n```\n"},
	};

	(void)state;
	ASSERT_CONVERSIONS(cases);
}

static void
links_are_gathered_after_each_block(void **state)
{
	static const struct conversion cases[] = {
	    {"after the paragraph", "See [a](/a) and [b *c*](/b).\n\nText.\n",
		"See a and b c.\n\n=> /a a\n=> /b b c\n\nText.\n"},
	    {"each once", "[a](/x) [b](/x) [c](/y) [d](/x)\n", "a b c d\n\n=> /x a\n=> /y c\n"},
	    {"again in the next block", "[a](/x) b\n\n[a](/x) b\n",
		"a b\n\n=> /x a\n\na b\n\n=> /x a\n"},
	    {"a paragraph that is a link", "[a](/x)\n", "=> /x a\n"},
	    {"after the whole list", "- [a](/a)\n- [b](/b)\n\nText.\n",
		"* a\n* b\n\n=> /a a\n=> /b b\n\nText.\n"},
	    {"after a quote", "> [a](/a)\n", "> a\n\n=> /a a\n"},
	    {"in a heading", "# [a](/a)\n", "# a\n\n=> /a a\n"},
	    {"by reference", "[a][1] b\n\n[1]: /x 'title'\n", "a b\n\n=> /x a\n"},
	    {"autolinks", "See <https://example.org/> or <me@example.org>.\n",
		"See https://example.org/ or me@example.org.\n\n=> https://example.org/\n"
		"=> mailto:me@example.org me@example.org\n"},
	    {"blanks in the target", "x [a](</a b>)\n", "x a\n\n=> /a%20b a\n"},
	    {"line ends in the target", "x [a](</a&#10;b>)\n", "x a\n\n=> /a%0Ab a\n"},
	    {"UTF-8 in the target", "x [a](/\u00e9)\n", "x a\n\n=> /%C3%A9 a\n"},
	    {"to the same page", "x [a](#b)\n", "x a\n"},
	    {"to the same page, alone", "[a](#b)\n", "a\n"},
	    {"without a target", "x [a]()\n", "x a\n"},
	    {"line ends in the words", "x [a\nb](/a)\n", "x a b\n\n=> /a a b\n"},
	};

	(void)state;
	ASSERT_CONVERSIONS(cases);
}

static void
pictures_are_links_with_their_description(void **state)
{
	static const struct conversion cases[] = {
	    {"alone", "![A *red* acceptor](/acceptor.png)\n", "=> /acceptor.png A red acceptor\n"},
	    {"in a sentence", "See ![a acceptor](/acceptor.png) there.\n",
		"See there.\n\n=> /acceptor.png a acceptor\n"},
	    {"only a title", "![](/acceptor.png \"A acceptor\")\n",
		"=> /acceptor.png A acceptor\n"},
	    {"as a link", "[![a acceptor](/small.png)](/big.png)\n",
		"=> /small.png a acceptor\n=> /big.png a acceptor\n"},
	    {"links in the description", "![a [b](/b)](/c.png)\n", "=> /c.png a b\n"},
	    {"pictures in the description", "![a ![b](/b.png) c](/c.png)\n", "=> /c.png a b c\n"},
	};

	(void)state;
	ASSERT_CONVERSIONS(cases);
}

static void
raw_html_keeps_its_words_and_its_line_is_told(void **state)
{
	static const struct {
		const char *label, *markdown, *gemtext;
		size_t line;
	} cases[] = {
	    {"block", "a\n\n<div>\nx\n</div>\n\nb\n", "a\n\nx\n\nb\n", 3},
	    {"within a line", "a <b>c</b> d\n", "a c d\n", 0},
	    {"a break", "a<br>b<BR/>c\n", "a\nb\nc\n", 0},
	    {"script", "<script>\nx\n\ny\n</script>\n", "", 1},
	    {"script among words", "<div>a<style>b</style> c<script>d</script></div>\n", "a c\n",
		1},
	    {"comment", "<!-- x -->\n\na\n", "a\n", 0},
	    {"comment among words", "<p>a<!-- > b --> c</p>\n", "a c\n", 1},
	    {"elements", "<p>a <b>b</b>c</p><p>d<br>e</p>\n", "a bc\nd\ne\n", 1},
	    {"a table", "<table><tr><th>a</th><th>b</th></tr>\n<tr><td>c<td>d</table>\n",
		"a b\nc d\n", 1},
	    {"Markdown between", "<div>\n\nx *y*\n\n</div>\n", "x y\n", 1},
	    {"entities", "<p>&lt;b&gt; caf&eacute;&#33; &x AT&amp;T &copy\n",
		"<b> café! &x AT&T &copy\n", 1},
	    {"no Markdown", "<p># 1. *a* `b` [c](d) \\e ![f](g)</p>\n",
		"\u200B# 1. *a* `b` [c](d) \\e ![f](g)\n", 1},
	    {"no number", "<p>1. a<p>- b\n", "1. a\n- b\n", 1},
	    {"quoted sign", "<p title='a > b'>c</p><p title=\">d</p>\n", "c\nd\n", 1},
	    {"no tag", "<p>a < b <3 <c", "a < b <3 <c\n", 1},
	    {"lines that count", "<div><pre>a\nb</pre>c\nd</div>\n", "a\nb\nc d\n", 1},
	    {"in a quote and an item", "> <p>a</p>\n\n* <p>b</p>\n", "> a\n\n* b\n", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer out = BUFFER_EMPTY;
		size_t line;

		assert_true(
		    markdown_to_gemtext(cases[i].markdown, strlen(cases[i].markdown), &out, &line));
		if (strcmp(buffer_text(&out), cases[i].gemtext) != 0 || line != cases[i].line)
			fail_msg("%s: line %zu\n%s", cases[i].label, line, buffer_text(&out));
		buffer_free(&out);
	}
}

static void
a_line_loses_its_marks(void **state)
{
	static const struct {
		const char *markdown, *plain;
	} cases[] = {
	    {"A *red* **acceptor**", "A red acceptor"},
	    {"`code` and [a link](/x)", "code and a link"},
	    {"1984. A year", "1984. A year"},
	    {"- not a list", "- not a list"},
	    {"The case for C #", "The case for C #"},
	    {"2 * 3 * 4", "2 * 3 * 4"},
	    {"snake_case_name", "snake_case_name"},
	    {"", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer out = BUFFER_EMPTY;

		assert_true(markdown_to_line(cases[i].markdown, &out));
		assert_string_equal(buffer_text(&out), cases[i].plain);
		buffer_free(&out);
	}
}

static double
seconds_of_processor(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* The pieces, each repeated 50,000 times, must not make the work grow with their square. */
static void
hostile_nesting_is_quick_and_flat(void **state)
{
	static const char *const pieces[] = {
	    ">",
	    "> ",
	    "- ",
	    "1. ",
	    "[",
	    "![",
	    "](",
	    "*",
	    "**a ",
	    "`",
	    "<",
	    "[a](",
	    "![a](b) ",
	    "\\",
	    "&",
	    "[a](/b) ",
	    "<!--",
	    "a\n\n",
	    "![[]()",
	    "![] ",
	    "\\![]()",
	    "![a]\n*\n",
	    ">a*",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct buffer markdown = BUFFER_EMPTY;
		struct buffer out = BUFFER_EMPTY;
		double start = seconds_of_processor(), took;
		size_t html_line;

		for (int n = 0; n < 50000; n++)
			buffer_puts(&markdown, pieces[i]);
		buffer_puts(&markdown, "x\n");
		assert_true(markdown_to_gemtext(markdown.data, markdown.len, &out, &html_line));
		took = seconds_of_processor() - start;
		if (took > 5)
			fail_msg("%s: %.1f s", pieces[i], took);
		buffer_free(&markdown);
		buffer_free(&out);
	}
}

static void
empty_lines_in_deep_lists_are_quick(void **state)
{
	struct buffer markdown = BUFFER_EMPTY, out = BUFFER_EMPTY;
	double start = seconds_of_processor();
	size_t html_line;

	(void)state;
	for (int n = 0; n < 50000; n++)
		buffer_puts(&markdown, "- ");
	buffer_puts(&markdown, "x");
	for (int n = 0; n < 100000; n++)
		buffer_puts(&markdown, "\n");
	assert_true(markdown_to_gemtext(markdown.data, markdown.len, &out, &html_line));
	double took = seconds_of_processor() - start;
	if (took > 5)
		fail_msg("%.1f s", took);
	buffer_free(&markdown);
	buffer_free(&out);
}

static void
only_what_nobody_writes_loses_its_meaning(void **state)
{
	struct buffer markdown = BUFFER_EMPTY, out = BUFFER_EMPTY;
	size_t html_line, count = 0;

	(void)state;
	for (int n = 0; n < 5000; n++) /* in one list, without a blank line */
		buffer_printf(&markdown, "* ![A picture](/%d.png)\n", n);
	for (int n = 0; n < 30; n++)
		buffer_puts(&markdown, "> ");
	buffer_puts(&markdown, "deep\n");
	assert_true(markdown_to_gemtext(markdown.data, markdown.len, &out, &html_line));
	for (const char *at = buffer_text(&out); (at = strstr(at, ".png A picture\n")) != NULL;
	     at++)
		count++;
	assert_int_equal(count, 5000);
	assert_non_null(strstr(buffer_text(&out), "\n> deep\n"));
	buffer_free(&markdown);
	buffer_free(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_paragraph_is_one_line),
	    cmocka_unit_test(text_never_becomes_markup),
	    cmocka_unit_test(headings_have_three_levels),
	    cmocka_unit_test(lists_are_flat),
	    cmocka_unit_test(quotes_are_flat),
	    cmocka_unit_test(code_is_preformatted),
	    cmocka_unit_test(links_are_gathered_after_each_block),
	    cmocka_unit_test(pictures_are_links_with_their_description),
	    cmocka_unit_test(raw_html_keeps_its_words_and_its_line_is_told),
	    cmocka_unit_test(a_line_loses_its_marks),
	    cmocka_unit_test(hostile_nesting_is_quick_and_flat),
	    cmocka_unit_test(empty_lines_in_deep_lists_are_quick),
	    cmocka_unit_test(only_what_nobody_writes_loses_its_meaning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
