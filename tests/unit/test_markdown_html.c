/* Tests of article/markdown_html: the words of raw HTML, as Markdown. */
#include "check.h"

#include <stdlib.h>

#include "article/markdown_html.h"

static void
check_words(const char *html, const char *expected)
{
	struct buffer out = BUFFER_EMPTY;
	size_t len = strlen(html);
	char *exact = malloc(len > 0 ? len : 1); /* a sanitizer watches its end */

	assert_non_null(exact);
	memcpy(exact, html, len);
	buffer_puts(&out, "before");
	markdown_html_put_words(&out, exact, len);
	check_row_text(html, buffer_text(&out) + strlen("before"), expected);
	free(exact);
	buffer_free(&out);
}

struct row {
	const char *html, *words;
};

static void
elements_part_words_or_lines(void **state)
{
	static const struct row rows[] = {
	    {"", ""},
	    {" a \n b ", "a b"},
	    {"a<br>b", "a\\\nb"},
	    {"<p>a", "a"},
	    {"a</p>", "a"},
	    {"a</p> b", "a\\\nb"},
	    {"a<td>b<TH>c", "a b c"},
	    {"a<b>b</b>c <wbr>d", "abc d"},
	    {"a<bx>b", "a\\\nb"},
	    {"<pre>a\nb</pre>c\nd", "a\\\nb\\\nc d"},
	    {"<pre> a  b\n\n c", "a b\\\nc"},
	    {"a<!-- > --> b<!---->c", "a bc"},
	    {"a<!-- b>", "a"},
	    {"a<!--", "a"},
	    {"a<!x>b<?y?>c<!->d", "abcd"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_words(rows[i].html, rows[i].words);
}

static void
what_is_no_markup_is_text(void **state)
{
	static const struct row rows[] = {
	    {"<", "\\<"},
	    {"a<3", "a\\<3"},
	    {"< b>", "\\< b\\>"},
	    {"</", "\\<\\/"},
	    {"a<b", "a\\<b"},
	    {"a<b <c", "a\\<b \\<c"},
	    {"<!-", "\\<\\!\\-"},
	    {"<p t='>'>a", "a"},
	    {"<p t='>\"'>a", "a"},
	    {"<p t=\"'>\">a", "a"},
	    {"<p t=\">a", "a"},
	    {"<>a", "\\<\\>a"},
	    {"*_#`[a](b)!", "\\*\\_\\#\\`\\[a\\]\\(b\\)\\!"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_words(rows[i].html, rows[i].words);
}

static void
entities_are_left_to_markdown(void **state)
{
	static const struct row rows[] = {
	    {"&amp;", "&amp;"},
	    {"a&#33;b&#x21;", "a&#33;b&#x21;"},
	    {"&", "\\&"},
	    {"&#", "\\&\\#"},
	    {"&amp", "\\&amp"},
	    {"&a b;", "\\&a b\\;"},
	    {"a#;", "a\\#\\;"},
	    {"&#3#;", "\\&\\#3\\#\\;"},
	    {"&abcdefghijklmnopqrstuvwxyzabcdefghijklm;",
		"&abcdefghijklmnopqrstuvwxyzabcdefghijklm;"},
	    {"&abcdefghijklmnopqrstuvwxyzabcdefghijklmn;",
		"\\&abcdefghijklmnopqrstuvwxyzabcdefghijklmn\\;"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_words(rows[i].html, rows[i].words);
}

static void
scripts_and_styles_have_no_words(void **state)
{
	static const struct row rows[] = {
	    {"a<script>x</script>b", "ab"},
	    {"<script>x<b></b><script></script >a", "a"},
	    {"<script>x<script>y", ""},
	    {"a<style>x</styles></STYLE>b", "ab"},
	    {"<script>x</", ""},
	    {"<script>x<", ""},
	    {"a</script>b", "ab"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_words(rows[i].html, rows[i].words);
}

static void
a_tag_is_known_by_its_name(void **state)
{
	static const struct {
		const char *html;
		size_t len;
		bool is_br;
	} rows[] = {
	    {"<br>", 4, true},
	    {"</br>", 5, true},
	    {"<BR/>", 5, true},
	    {"<br class=x>", 12, true},
	    {"<br>", 3, false},
	    {"</br>", 4, false},
	    {"<brx>", 5, false},
	    {"<br1>", 5, false},
	    {"<bx>", 4, false},
	    {"xbr>", 4, false},
	    {"<", 1, false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char *exact = malloc(rows[i].len);

		assert_non_null(exact);
		memcpy(exact, rows[i].html, rows[i].len);
		check_row(
		    rows[i].html, markdown_html_is(exact, rows[i].len, "br") == rows[i].is_br);
		free(exact);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(elements_part_words_or_lines),
	    cmocka_unit_test(what_is_no_markup_is_text),
	    cmocka_unit_test(entities_are_left_to_markdown),
	    cmocka_unit_test(scripts_and_styles_have_no_words),
	    cmocka_unit_test(a_tag_is_known_by_its_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
