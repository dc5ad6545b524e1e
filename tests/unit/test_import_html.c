/* Tests of import/html and import/blocks: pages of web sites. */
#include "check.h"

#include <stdlib.h>

#include "formats/html.h"

struct page {
	const char *label, *html, *becomes;
};

/* The source file that the page becomes, or the reason that it does not. */
static char *
read_page(const char *label, const char *html)
{
	struct pieces pieces = {0};
	struct buffer all = BUFFER_EMPTY;
	struct error err;

	if (!html_read(html, strlen(html), &pieces, &err))
		buffer_puts(&all, err.text);
	else
		check_row(label, pieces.count == 1 && piece_write(&pieces.items[0], &all));
	pieces_free(&pieces);
	char *taken = buffer_take(&all);
	assert_non_null(taken);
	return taken;
}

static void
check_pages(const struct page *pages, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *read = read_page(pages[i].label, pages[i].html);

		check_row_text(pages[i].label, read, pages[i].becomes);
		free(read);
	}
}

static void
blocks_become_gemtext(void **state)
{
	static const struct page fragments[] = {
	    {"blanks", "<p>One\n two</p><p>Three</p>", "One two\n\nThree\n"},
	    {"breaks", "<p>One<br>two<br/>three</p>", "One\ntwo\nthree\n"},
	    {"headings", "<h1>T</h1><h2>A <i>b</i></h2>x<h5>C</h5>y",
		"## A b\n\nx\n\n### C\n\ny\n"},
	    {"lists", "<ul><li>a<li><p>b</p><ul><li>c</ul></ul><ol><li>d</li><li>e</li></ol>",
		"* a\n* b\n* c\n\n1. d\n2. e\n"},
	    {"a list from three", "<ol start=3><li>a<li>b</ol><ol start=-1><li>c</ol>",
		"3. a\n4. b\n\n1. c\n"},
	    {"a listing", "<pre><code class='x'>a</code></pre><pre><code class='language-c x'>b",
		"```\na\n```\n\n```c\nb\n```\n"},
	    {"a film", "<video src=a.mp4>b</video><iframe src=c></iframe>d", "d\n"},
	    {"quote", "<blockquote><p>a</p><p>b</p></blockquote>c", "> a\n> b\n\nc\n"},
	    {"preformatted", "<pre>a\n  b\n```\n</pre>", "```\na\n  b\n\u200b```\n```\n"},
	    {"table", "<table><tr><th>a<th>b<tr><td>1<td>2</table>c", "a | b\n1 | 2\n\nc\n"},
	    {"links behind their block",
		"<p>See <a href='/x y'>this</a> and <a href=z>that</a>.</p>b",
		"See this and that.\n\n=> /x%20y this\n=> z that\n\nb\n"},
	    {"a link alone", "<p><a href='https://e.org/'>That</a></p>",
		"=> https://e.org/ That\n"},
	    {"links to nowhere",
		"<p><a href='#x'>a</a> <a href='javascript:b()'>b</a> <a>c</a></p>", "a b c\n"},
	    {"pictures", "<p>a <img src='i.png' alt='An i'> b</p><img src=j.png>",
		"a b\n\n=> i.png An i\n\n=> j.png Picture\n"},
	    {"a caption", "<figure><img src=i.png><figcaption>An i</figcaption></figure>",
		"=> i.png An i\n"},
	    {"a picture that a script loads", "<img src='data:x' data-src=i.png alt=i>",
		"=> i.png i\n"},
	    {"a link around a picture", "<a href=big.png><img src=i.png alt=i></a>",
		"=> i.png i\n"},
	    {"what is no text",
		"<nav>a</nav><script>b</script><style>c</style><form>d</form><aside>e</aside>"
		"<p hidden>f</p><!-- g --><p class='x share'>h</p>i",
		"i\n"},
	    {"text that looks like markup", "<p>=&gt; /evil</p><p># a</p>",
		"\u200b=> /evil\n\n\u200b# a\n"},
	    {"never closed", "<p>a<div><ul><li>b", "a\n\n* b\n"},
	    {"nothing", " \n ", ""},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(fragments); i++) {
		struct buffer out = BUFFER_EMPTY;
		struct error err;
		const char *html = fragments[i].html;

		check_row(fragments[i].label, html_fragment(html, strlen(html), "T", &out, &err));
		check_row_text(fragments[i].label, buffer_text(&out), fragments[i].becomes);
		buffer_free(&out);
	}
}

static void
the_head_is_found_in_metadata_or_in_the_text(void **state)
{
	static const struct page pages[] = {
	    {"metadata",
		"<html lang=es><title>X</title><meta property='og:title' content='A bridge'>"
		"<meta name=author content='Ida and Judy'>"
		"<meta property='article:author' content='https://e.org/ida'>"
		"<meta property='article:published_time' content='2025-03-04T10:00:00+01:00'>"
		"<meta property='article:modified_time' content='2025-03-05T10:00:00+01:00'>"
		"<meta name=keywords content='water, boats'><meta name=description content='Dek.'>"
		"<body><p>Text",
		"---\ntitle = A bridge\nauthor = Ida\nauthor = Judy\n"
		"date = 2025-03-04T10:00:00+01:00\nupdated = 2025-03-05T10:00:00+01:00\n"
		"tags = water, boats\nsummary = Dek.\nlang = es\n---\nText\n"},
	    {"the text",
		"<title>A bridge - The Site</title><body><h1>A bridge</h1>"
		"<p class=byline>By Ida</p><time datetime=2025-03-04>March</time><p>Text",
		"---\ntitle = A bridge\nauthor = Ida\ndate = 2025-03-04\n---\nMarch\n\nText\n"},
	    {"the name of the site",
		"<title>A bridge | The Site</title>"
		"<meta property='og:site_name' content='The Site'><body>Text",
		"---\ntitle = A bridge\n---\nText\n"},
	    {"the article alone", "<title>T</title><body>Before<article>Text</article>After",
		"---\ntitle = T\n---\nText\n"},
	    {"its content alone",
		"<title>T</title><body><main>Before<div class='a entry-content'>Text</div>After",
		"---\ntitle = T\n---\nText\n"},
	};

	(void)state;
	check_pages(pages, ROWS(pages));
}

static void
what_is_no_article_is_refused(void **state)
{
	static const struct page pages[] = {
	    {"empty", "", "there is nothing in it"},
	    {"no title", "<p>Text", "it has no title"},
	    {"no text", "<title>T</title><body><nav>a</nav>", "it has no text"},
	    {"no date",
		"<title>T</title><meta property='article:published_time' content=soon><p>Text",
		"article:published_time is `soon`, expected a date like 2025-06-13"},
	    {"another encoding, not named", "<title>T</title><p>caf\xe9",
		"neither UTF-8, nor does it say what encoding it has"},
	    {"another encoding", "<meta charset='iso-8859-1'><title>T</title><p>caf\xe9",
		"---\ntitle = T\n---\ncaf\u00e9\n"},
	};

	(void)state;
	check_pages(pages, ROWS(pages));
}

static void
deep_nesting_is_refused(void **state)
{
	struct buffer html = BUFFER_EMPTY, out = BUFFER_EMPTY;
	struct error err = {""};

	(void)state;
	for (int i = 0; i < 100000; i++)
		buffer_puts(&html, "<div>");
	buffer_puts(&html, "x");
	assert_false(html_fragment(html.data, html.len, "T", &out, &err));
	assert_string_equal(err.text, "its elements are nested too deeply");
	buffer_free(&html);
	buffer_free(&out);
}

static void
a_template_of_a_page_is_a_draft(void **state)
{
	static const struct {
		const char *label, *html, *note;
	} rows[] = {
	    {"a template",
		"<title>T</title>\n<main><p>{% if a %}\n<a href='{{ b }}'>{{ c }}</a></p>",
		"a draft, as template code is left in it: line 2 `{% if a %}`, line 3 `{{ c }}`"},
	    {"a page about templates",
		"<title>T</title><p>a <code>{{ b }}</code><pre>{% c %}</pre>", NULL},
	    {"signs", "<title>T</title><p>{{ a }% {", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct pieces pieces = {0};
		struct error err;

		check_row(
		    rows[i].label, html_read(rows[i].html, strlen(rows[i].html), &pieces, &err));
		const struct piece *piece = &pieces.items[0];
		check_row(rows[i].label, piece->is_draft == (rows[i].note != NULL));
		check_row(rows[i].label, piece->notes.count == piece->is_draft);
		if (piece->is_draft)
			check_row_text(rows[i].label, piece->notes.items[0], rows[i].note);
		pieces_free(&pieces);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(blocks_become_gemtext),
	    cmocka_unit_test(the_head_is_found_in_metadata_or_in_the_text),
	    cmocka_unit_test(what_is_no_article_is_refused),
	    cmocka_unit_test(deep_nesting_is_refused),
	    cmocka_unit_test(a_template_of_a_page_is_a_draft),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
