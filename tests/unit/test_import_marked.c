/* Tests of import/marked: Markdown and gemtext with front matter of many programs. */
#include "check.h"

#include <stdlib.h>

#include "formats/marked.h"

struct file {
	const char *label, *path, *text, *becomes;
};

/* The source file it becomes, with its notes behind it; or the reason that it does not. */
static char *
read_file(const struct file *file)
{
	struct pieces pieces = {0};
	struct buffer all = BUFFER_EMPTY;
	struct error err;
	bool is_markdown = strstr(file->path, ".md") != NULL;

	if (!marked_read(file->path, file->text, strlen(file->text), is_markdown, &pieces, &err)) {
		buffer_puts(&all, err.text);
	} else {
		check_row(file->label, pieces.count == 1);
		check_row(file->label, piece_write(&pieces.items[0], &all));
		if (pieces.items[0].is_draft)
			buffer_puts(&all, "== draft\n");
		for (size_t i = 0; i < pieces.items[0].notes.count; i++)
			buffer_printf(&all, "== %s\n", pieces.items[0].notes.items[i]);
	}
	pieces_free(&pieces);
	char *taken = buffer_take(&all);
	assert_non_null(taken);
	return taken;
}

static void
check_files(const struct file *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *read = read_file(&files[i]);

		check_row_text(files[i].label, read, files[i].becomes);
		free(read);
	}
}

static void
front_matter_of_other_programs_is_understood(void **state)
{
	static const struct file files[] = {
	    {"quoted", "/a.md", "---\ntitle: \"Tea: \\\"all\\\"\"\ndate: 2025-06-13\n---\nText\n",
		"---\ntitle = Tea: \"all\"\ndate = 2025-06-13\n---\nText\n"},
	    {"a list in brackets", "/a.md",
		"---\ntitle: T\ntags: [\"legal aid\", cake]\n---\nText\n",
		"---\ntitle = T\ntags = legal aid, cake\n---\nText\n"},
	    {"a list of lines", "/a.md", "---\ntitle: T\nauthors:\n  - Ida\n  - Judy\n---\nText\n",
		"---\ntitle = T\nauthor = Ida\nauthor = Judy\n---\nText\n"},
	    {"tags and categories", "/a.md",
		"---\ntitle: T\ntags: a\ncategories:\n- a\n- b\n---\nText\n",
		"---\ntitle = T\ntags = a, b\n---\nText\n"},
	    {"a draft", "/a.md", "---\ntitle: T\ndraft: true\n---\nText\n",
		"---\ntitle = T\n---\nText\n== draft\n"},
	    {"a draft for now", "/a.md", "---\ntitle: T\ndraft: True # for now\n---\nText\n",
		"---\ntitle = T\n---\nText\n== draft\n"},
	    {"hidden, as other programs say it", "/a.md",
		"---\ntitle: T\nhidden: true\n---\nText\n",
		"---\ntitle = T\n---\nText\n== draft\n== line 3: `hidden` is left out\n"},
	    {"until a day, as they say it", "/a.md",
		"+++\ntitle = \"T\"\n[extra]\nembargo = 2031-01-01\n+++\nText\n",
		"---\ntitle = T\n---\nText\n== draft\n"},
	    {"and not hidden", "/a.md", "---\ntitle: T\nprivate: \"false\"\n---\nText\n",
		"---\ntitle = T\n---\nText\n== line 3: `private` is left out\n"},
	    {"a draft, and not published", "/a.md",
		"---\ntitle: T\npublished: false\ndraft: false\n---\nText\n",
		"---\ntitle = T\n---\nText\n== draft\n"},
	    {"a draft whose theme says no", "/a.md",
		"+++\ntitle = \"T\"\ndraft = true\n[extra]\ndraft = false\n+++\nText\n",
		"---\ntitle = T\n---\nText\n== draft\n"},
	    {"not published", "/a.md", "---\ntitle: T\npublished: false\n---\nText\n",
		"---\ntitle = T\n---\nText\n== draft\n"},
	    {"a status in capitals", "/a.md", "---\ntitle: T\nStatus: Draft\n---\nText\n",
		"---\ntitle = T\n---\nText\n== draft\n"},
	    {"a date to come", "/a.md",
		"---\ntitle: T\npublishDate: 2031-01-02\ndate: 2025-06-13\n---\nText\n",
		"---\ntitle = T\ndate = 2031-01-02\n---\nText\n"},
	    {"written later than it came out", "/a.md",
		"+++\ntitle = \"T\"\ndate = 2025-06-13\npublishDate = 2025-06-12\n+++\nText\n",
		"---\ntitle = T\ndate = 2025-06-13\n---\nText\n"},
	    {"a date to come alone", "/2025-06-13-a.md",
		"---\ntitle: T\npublishDate: 2031-01-02\n---\nText\n",
		"---\ntitle = T\ndate = 2031-01-02\n---\nText\n"},
	    {"a long zone", "/a.md", "---\ntitle: T\ndate: 2025-06-13 10:00:00 +0200\n---\nText\n",
		"---\ntitle = T\ndate = 2025-06-13T10:00:00+02:00\n---\nText\n"},
	    {"what has no meaning here", "/a.md",
		"---\nlayout: post\ntitle: T\nmap:\n  a: b\n---\nText\n",
		"---\ntitle = T\n---\nText\n== line 2: `layout` is left out\n"},
	    {"line ends", "/a.md", "---\r\ntitle: T\r\n---\r\nText\r\n",
		"---\ntitle = T\n---\nText\n"},
	    {"our own keys", "/a.gmi",
		"---\ntitle = T\nmoved-from = /old\ncorrection = 2025-06-14 No.\n---\nText\n",
		"---\ntitle = T\nmoved-from = /old\ncorrection = 2025-06-14 No.\n---\nText\n"},
	};

	(void)state;
	check_files(files, ROWS(files));
}

static void
front_matter_in_toml_is_understood(void **state)
{
	static const struct file files[] = {
	    {"Zola", "/2014-09-15-x.md",
		"+++\npath = \"2014/09/15/Rust-1.0\"\ntitle = \"Road to *1.0*\"\n"
		"authors = [\n  \"Ida\",\n  'Judy',\n]\naliases = [\"2014/09/15/Rust 1.html\", "
		"\"/old/\", \"https://e.org/\"]\n+++\n\nText\n",
		"---\ntitle = Road to 1.0\nauthor = Ida\nauthor = Judy\ndate = 2014-09-15\n"
		"moved-from = /2014/09/15/Rust-1.0\nmoved-from = /2014/09/15/Rust%201.html\n"
		"moved-from = /old/\n---\nText\n"},
	    {"tables", "/a.md",
		"+++\ntitle = 'T'\ndate = 2025-06-13T10:00:00Z\nupdated = 2025-06-14\n"
		"description = \"\"\"\nOne\ntwo\"\"\"\ndraft = true\n[taxonomies]\ntags = [\"a\"]\n"
		"categories = [\"b\", \"a\"]\n[extra]\nauthor = \"Ida\"\nimage = \"/c.png\"\n"
		"toc = true\n+++\nText\n",
		"---\ntitle = T\nauthor = Ida\ndate = 2025-06-13T10:00:00Z\nupdated = 2025-06-14\n"
		"tags = a, b\nsummary = One two\nimage = /c.png\n---\nText\n== draft\n"},
	    {"Hugo", "/a.md",
		"+++\r\ntitle = \"T\"\r\nlastmod = 2025-06-14\r\nslug = \"t\"\r\n"
		"author = { name = \"Ida\", email = \"i@e.org\" }\r\n+++\r\nText\r\n",
		"---\ntitle = T\nauthor = Ida\nupdated = 2025-06-14\n---\nText\n"
		"== line 4: `slug` is left out\n"},
	    {"empty", "/some-title.md", "+++\n+++\nText\n", "---\ntitle = some title\n---\nText\n"},
	    {"a bad day", "/a.md", "+++\ntitle = \"T\"\ndate = 2025-02-30\n+++\nText\n",
		"line 3: date is `2025-02-30`, expected one like 2025-06-13"},
	    {"no TOML", "/a.md", "+++\ntitle: T\n+++\nText\n",
		"line 2: expected `=` behind the key, found `: T`"},
	    {"never closed", "/a.md", "+++\ntitle = 'T'\n\nText\n",
		"line 1: expected a second line `+++` within 65536 bytes"},
	    {"no front matter", "/some-title.md", "++++\nText\n",
		"---\ntitle = some title\n---\n++++ Text\n"},
	};

	(void)state;
	check_files(files, ROWS(files));
}

static void
what_front_matter_does_not_tell_is_found(void **state)
{
	static const struct file files[] = {
	    {"title in the text", "/a.md", "# The *title*\n\nText\n",
		"---\ntitle = The title\n---\n# The title\n\nText\n"},
	    {"title in the name", "/some-title.md", "Text\n",
		"---\ntitle = some title\n---\nText\n"},
	    {"date in the name", "/posts/2025-06-13-some-title.md", "Text\n",
		"---\ntitle = some title\ndate = 2025-06-13\n---\nText\n"},
	    {"date in the folders", "/posts/2025/06/13/some-title.md", "Text\n",
		"---\ntitle = some title\ndate = 2025-06-13\n---\nText\n"},
	    {"no date in the folders", "/2025/13/13/x.md", "Text\n", "---\ntitle = x\n---\nText\n"},
	    {"old addresses", "/x.md",
		"---\naliases:\n- /old/\n- /older.html\nredirect_from: [/a, /b]\n---\nText\n",
		"---\ntitle = x\nmoved-from = /old/\nmoved-from = /older.html\nmoved-from = "
		"/a\nmoved-from = /b\n"
		"---\nText\n"},
	    {"no date in the name", "/2025-13-13-x.md", "Text\n",
		"---\ntitle = 2025 13 13 x\n---\nText\n"},
	    {"gemtext stays", "/a.gmi", "# T\n=> /x *y*\n",
		"---\ntitle = T\n---\n# T\n=> /x *y*\n"},
	};

	(void)state;
	check_files(files, ROWS(files));
}

static void
broken_front_matter_is_told_with_its_line(void **state)
{
	static const struct file files[] = {
	    {"no entry", "/a.md", "---\ntitle: T\nnonsense\n---\nText\n",
		"line 3: expected `key: value` in front matter"},
	    {"no such day", "/a.md", "---\ntitle: T\ndate: 2025-02-30\n---\nText\n",
		"line 3: date is `2025-02-30`, expected one like 2025-06-13"},
	    {"an empty line above", "/a.md", "\n---\ntitle: T\ndraft: true\n---\nText\n",
		"line 1: blank, so what follows is not read as the header: remove what is above "
		"the `---`"},
	    {"a second", "/a.gmi", "---\ntitle = T\n---\n---\nstatus = draft\n---\nText\n",
		"line 4: a second header below the first: put its lines into the first one"},
	};

	(void)state;
	check_files(files, ROWS(files));
}

/* The gemtext that Markdown becomes, each in its own file. */
static void
check_texts(const struct file *files, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *read = read_file(&files[i]);
		const char *text = strstr(read + 3, "---\n");

		check_row_text(files[i].label, text == NULL ? read : text + 4, files[i].becomes);
		free(read);
	}
}

static void
html_in_markdown_is_read(void **state)
{
	static const struct file files[] = {
	    {"a block", "/a.md", "a\n\n<div>\n<p>b</p>\n<p>c</p>\n</div>\n\nd\n",
		"a\n\nb\n\nc\n\nd\n"},
	    {"Markdown between", "/a.md",
		"<div class=\"note\">\n\n## b\n\nc *d* [e](/f)\n\n</div>\n",
		"## b\n\nc d e\n\n=> /f e\n"},
	    {"within a line", "/a.md", "See <a href=\"/b\">the <em>b</em></a>.<br>c\n",
		"See the b.\nc\n\n=> /b the b\n"},
	    {"a picture", "/a.md", "<p><img src=\"/b.png\" alt=\"c\"></p>\n\nd\n",
		"=> /b.png c\n\nd\n"},
	    {"a picture by template", "/a.md",
		"<figure>\n  {% image \"b.png\" \"c\" %}\n  "
		"<figcaption>d</figcaption>\n</figure>\n",
		"d\n\n=> b.png c\n"},
	    {"details", "/a.md", "<details>\n<summary>b</summary>\n\n* c\n* d\n\n</details>\n",
		"b\n\n* c\n* d\n"},
	    {"a table", "/a.md",
		"<table>\n<tr><td>b</td><td>c</td></tr>\n\n<tr><td>d</td><td>e</td>"
		"</tr>\n</table>\n",
		"b | c\nd | e\n"},
	    {"what is never text", "/a.md",
		"<script>b</script><style>c</style>\n\n<!-- d -->\n<p>e</p>\n", "e\n"},
	    {"what a page has around its text", "/a.md", "<aside class=\"related\">b</aside>\n",
		"b\n"},
	    {"a frame", "/a.md", "<iframe src=\"https://e.org/b\" title=\"c\"></iframe>\n\nd\n",
		"=> https://e.org/b c\n\nd\n"},
	    {"a video", "/a.md",
		"<video controls>\n<source src=\"b.mp4\">\nNo video.\n</video>\n\nc\n",
		"=> b.mp4 Video\n\nc\n"},
	    {"what Markdown has beside it", "/a.md",
		"<b>b</b>\n\n```c\nd  <e>\n```\n\n3. f\n4. g\n\n| h | i |\n| j | k |\n",
		"b\n\n```c\nd  <e>\n```\n\n3. f\n4. g\n\n| h | i |\n| j | k |\n"},
	    {"only a comment", "/a.md", "b <!-- c -->\n\n<!-- d -->\n\n* e\n", "b\n\n* e\n"},
	};

	(void)state;
	check_texts(files, ROWS(files));
}

static void
what_has_template_code_is_a_draft(void **state)
{
	static const struct file files[] = {
	    {"with its lines", "/a.md", "---\ntitle: T\n---\n\nText\n{{< b >}}\n{% c %}\n",
		"---\ntitle = T\n---\nText {{< b >}} {% c %}\n== draft\n"
		"== a draft, as template code is left in it: line 6 `{{< b >}}`, line 7 `{% c "
		"%}`\n"},
	    {"much of it", "/a.md",
		"---\ntitle: T\n---\n{{1}}{{2}}{{3}}{{4}}{{5}}{{6}}{{7}}{{8}}{{9}}{{0}}\n",
		"---\ntitle = T\n---\n{{1}}{{2}}{{3}}{{4}}{{5}}{{6}}{{7}}{{8}}{{9}}{{0}}\n== "
		"draft\n"
		"== a draft, as template code is left in it: line 4 `{{1}}`, line 4 `{{2}}`, "
		"line 4 `{{3}}`, line 4 `{{4}}`, line 4 `{{5}}`, line 4 `{{6}}`, line 4 `{{7}}`, "
		"line 4 `{{8}}` and 2 more\n"},
	    {"none that is left", "/a.md",
		"---\ntitle: T\n---\n`{{ a }}` [b]({{< ref \"c.md\" >}})\n",
		"---\ntitle = T\n---\n{{ a }} b\n\n=> c.md b\n"},
	    {"gemtext has no templates", "/a.gmi", "---\ntitle: T\n---\n{{ a }}\n",
		"---\ntitle = T\n---\n{{ a }}\n"},
	};

	(void)state;
	check_files(files, ROWS(files));
}

static void
html_too_deep_keeps_its_words(void **state)
{
	struct buffer text = BUFFER_EMPTY;
	struct pieces pieces = {0};
	struct error err = {""};

	(void)state;
	for (int i = 0; i < 5000; i++)
		buffer_puts(&text, "<div>");
	buffer_puts(&text, "deep\n");
	assert_true(marked_read("/a.md", text.data, text.len, true, &pieces, &err));
	assert_string_equal(buffer_text(&pieces.items[0].body), "deep\n");
	assert_string_equal(pieces.items[0].notes.items[0],
	    "of the HTML in its Markdown the words alone are taken: its elements are nested too "
	    "deeply");
	pieces_free(&pieces);
	buffer_free(&text);
}

static void
front_matter_of_a_megabyte_is_refused(void **state)
{
	struct buffer text = BUFFER_EMPTY;
	struct pieces pieces = {0};
	struct error err = {""};

	(void)state;
	buffer_puts(&text, "---\ntitle = T\n");
	while (text.len < 1024 * 1024)
		buffer_puts(&text, "tags = one, two, three\n");
	buffer_puts(&text, "---\nText\n");
	assert_false(marked_read("/a.md", text.data, text.len, true, &pieces, &err));
	assert_string_equal(err.text, "line 1: its front matter is longer than 65536 bytes");
	pieces_free(&pieces);
	buffer_free(&text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(front_matter_of_other_programs_is_understood),
	    cmocka_unit_test(front_matter_in_toml_is_understood),
	    cmocka_unit_test(what_front_matter_does_not_tell_is_found),
	    cmocka_unit_test(broken_front_matter_is_told_with_its_line),
	    cmocka_unit_test(html_in_markdown_is_read),
	    cmocka_unit_test(what_has_template_code_is_a_draft),
	    cmocka_unit_test(html_too_deep_keeps_its_words),
	    cmocka_unit_test(front_matter_of_a_megabyte_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
