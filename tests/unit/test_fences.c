/* Tests of article/fences: what looks like front matter and is none, and what it was meant to be.
 */
#include "check.h"

#include <string.h>

#include "article/fences.h"

#define HEAD  "title = T\ndate = 2027-03-01\n"
#define WHOLE "---\n" HEAD "---\n"
#define TEN   "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n"

#define TWENTY "abcdefghijklmnopqrst"

static const struct {
	const char *label, *source;
	const char *reason; /* how it begins */
	const char *mended; /* NULL: it cannot be told what was meant */
} slips[] = {
    /* above the first line */
    {"an empty line above", "\n" WHOLE "Text.\n", "line 1: blank", WHOLE "Text.\n"},
    {"lines of blanks above", " \r\n\t\n" WHOLE "Text.\n", "line 1: blank", WHOLE "Text.\n"},
    {"a line of what does not show", "\u200b\n" WHOLE "Text.\n", "line 1: blank", WHOLE "Text.\n"},
    {"the form, sent as it came", "\n---\ntitle = \nstatus = \n---\n\nText.\n", "line 1: blank",
	"---\ntitle = \nstatus = \n---\n\nText.\n"},
    {"an empty line above a revision", "\n---\nrevision = 0123456789ab\n---\nText.\n",
	"line 1: blank", "---\nrevision = 0123456789ab\n---\nText.\n"},
    /* on the first line */
    {"blanks before it", "  " WHOLE "Text.\n", "line 1: expected `---` alone", WHOLE "Text.\n"},
    {"a wide blank before it", "\u00a0" WHOLE "Text.\n", "line 1: expected", WHOLE "Text.\n"},
    {"a second byte order mark", "\xef\xbb\xbf\xef\xbb\xbf" WHOLE "Text.\n", "line 1: expected",
	WHOLE "Text.\n"},
    {"a mark of direction", "\u200e" WHOLE "Text.\n", "line 1: expected", WHOLE "Text.\n"},
    {"a bullet", "* " WHOLE "Text.\n", "line 1: expected", WHOLE "Text.\n"},
    {"another bullet", "\u2022 " WHOLE "Text.\n", "line 1: expected", WHOLE "Text.\n"},
    {"a quotation", "> ---\n> title = T\n>\n> date = 2027-03-01\n> ---\nText.\n",
	"line 1: expected", NULL},
    {"four", "----\n" HEAD "---\nText.\n", "line 1: expected", WHOLE "Text.\n"},
    {"two", "--\n" HEAD "--\nText.\n", "line 1: expected", WHOLE "Text.\n"},
    {"what others write", "+++\n" HEAD "+++\nText.\n", "line 1: expected", WHOLE "Text.\n"},
    {"dashes made by a program", "\u2014-\n" HEAD "\u2014-\nText.\n", "line 1: expected",
	WHOLE "Text.\n"},
    {"hyphens of typographers", "\u2010\u2010\u2010\n" HEAD "\u2013\u2013\u2013\nText.\n",
	"line 1: expected", WHOLE "Text.\n"},
    {"signs of minus", "\u2212\u2212\u2212\n" HEAD "\u2212\u2212\u2212\nText.\n",
	"line 1: expected", WHOLE "Text.\n"},
    {"long bars", "\u2015\u2015\n" HEAD "\u2015-\nText.\n", "line 1: expected", WHOLE "Text.\n"},
    {"words behind it", "--- x\n" HEAD "---\nText.\n", "line 1: expected", NULL},
    {"a key behind it", "---title = T\nmood = fine\n---\nText.\n", "line 1: expected", NULL},
    /* the last line */
    {"four below", "---\n" HEAD "----\nText.\n", "line 4: expected `---` alone", WHOLE "Text.\n"},
    {"text on it", "---\n" HEAD "---Body\nText.\n", "line 4: expected `---` alone",
	WHOLE "Body\nText.\n"},
    {"a sentence on it", "---\n" HEAD "---Body: x\nText.\n", "line 4: expected",
	WHOLE "Body: x\nText.\n"},
    {"blanks before the last", "---\n" HEAD "\n ---\nText.\n", "line 5: expected",
	"---\n" HEAD "\n---\nText.\n"},
    {"never closed", "---\ntitle = T\ntags = a\n\nText.\n", "line 1: a header that no `---`",
	"---\ntitle = T\ntags = a\n---\n\nText.\n"},
    {"never closed, and no gap", "---\r\ntitle = T\nSo it began: late.\n", "line 1: a header that",
	"---\ntitle = T\n---\nSo it began: late.\n"},
    {"never closed, one key", "---\ntitle: T\n\nText.\n", "line 1: a header that",
	"---\ntitle: T\n---\n\nText.\n"},
    {"never closed, a comment", "---\n\n# x\nstatus = draft\n\nText.\n", "line 1: a header that",
	"---\n\n# x\nstatus = draft\n---\n\nText.\n"},
    {"never closed, another's key first", "---\nmood = fine\ntitle = T\n\nText.\n",
	"line 1: a header that", "---\nmood = fine\ntitle = T\n---\n\nText.\n"},
    {"never closed, and all there is", "---\ntitle = T", "line 1: a header that",
	"---\ntitle = T\n---\n"},
    /* no first line */
    {"no first", HEAD "---\nText.\n", "line 1: a header without `---` above", WHOLE "Text.\n"},
    {"no first, empty lines above", "\xef\xbb\xbf\n \r\ntitle =\n---\nText.\n",
	"line 3: a header without", "---\ntitle =\n---\nText.\n"},
    {"no first, colons", "title: T\nmood: good\n---\nText.\n", "line 1: a header without",
	"---\ntitle: T\nmood: good\n---\nText.\n"},
    {"no first, another's key", "name = x\ntitle = T\n---\n", "line 1: a header without",
	"---\nname = x\ntitle = T\n---\n"},
    {"neither", "title = T\nmood = good\n\nText: more.\n", "line 1: a header without",
	"---\ntitle = T\nmood = good\n---\n\nText: more.\n"},
    {"neither, a rule below", "title = T\n\nText.\n---\nMore.\n", "line 1: a header without",
	"---\ntitle = T\n---\n\nText.\n---\nMore.\n"},
    {"neither, and no text", "revision = 0123", "line 1: a header without",
	"---\nrevision = 0123\n---\n"},
    {"neither, a status", "Status: Draft\n\nText.\n", "line 1: a header without",
	"---\nStatus: Draft\n---\n\nText.\n"},
    {"neither, colons", "Title: T\nDate: 2027-03-01\n\nText.\n", "line 1: a header without",
	"---\nTitle: T\nDate: 2027-03-01\n---\n\nText.\n"},
    {"neither, misspelled", "statsu = draft\n\nText.\n", "line 1: a header without",
	"---\nstatsu = draft\n---\n\nText.\n"},
    /* below front matter */
    {"a second", WHOLE WHOLE "Text.\n", "line 5: a second header below the first", NULL},
    {"a second, a gap between", WHOLE "\n---\ntitle = T\nrevision = 0123456789ab\n---\nText.\n",
	"line 6: a second header", NULL},
    {"a second, with colons", WHOLE "---\ntags: a\n---\nText.\n", "line 5: a second header", NULL},
    {"a second, never closed", WHOLE "---\nstatus = draft\n\nText.\n", "line 5: a second", NULL},
    {"a second without lines", WHOLE "status = draft\n\nText.\n", "line 5: a second", NULL},
    {"closed too early", "---\ntitle = T\n---\nstatus = draft\n---\nText.\n", "line 4: a second",
	NULL},
    {"an empty one above", "---\n---\n" HEAD "---\nText.\n", "line 3: a second", NULL},
    {"a second below a greeting", WHOLE "Dear all,\n\n" WHOLE "Text.\n", "line 7: a second", NULL},
    /* below text */
    {"a title above", "# T\n\n" WHOLE "Text.\n", "line 3: a header with text above it", NULL},
    {"a greeting above", "Dear Ada,\n\nhere it is:\n" WHOLE "Text.\n", "line 4: a header with",
	NULL},
    {"a title above colons", "# T\n---\ntitle: T\ntags: a\n---\nText.\n", "line 2: a header with",
	NULL},
    {"a title above a date", "# T\n---\ndate: 2027-03-01\n---\nText.\n", "line 2: a header with",
	NULL},
    {"a title above a status alone", "# T\n\nstatus = draft\n\nText.\n", "line 3: a header with",
	NULL},
    {"a title above a status that is closed", "# T\n\nStatus: draft\n---\nText.\n",
	"line 3: a header with", NULL},
    {"a title above a status that is opened", "# T\n---\nStatus: draft\n\nText.\n",
	"line 2: a header with", NULL},
    {"a title above, never closed", "# T\n---\ntags = a\n\nText.\n", "line 2: a header with", NULL},
    {"a block above", "```\nx\n```\n" WHOLE "Text.\n", "line 4: a header with", NULL},
    {"entries of others above", "mood = fine\n---\nstatus = draft\n---\nText.\n",
	"line 2: a header with", NULL},
    {"an entry and blank lines above", "# H\nmood: fine\n\n\n\n\n\n\n\n\n\n\n" WHOLE "Text.\n",
	"line 13: a header with", NULL},
    {"nine lines above", "1\n2\n3\n4\n5\n6\n7\n8\n9\n" WHOLE, "line 10: a header with", NULL},
};

static const struct {
	const char *label, *source;
	bool is_markdown;
} texts[] = {
    {"nothing", "", false},
    {"text", "Text.\n", false},
    {"both lines", WHOLE "Text.\n", false},
    {"both lines, blanks behind", "\xef\xbb\xbf--- \r\ntitle = T\r\n---\t\r\nText.\n", false},
    {"keys in the text", "Text.\n\ntitle = T\n", false},
    {"a key below a heading", "# H\ntitle = T\n", false},
    {"a sentence with a colon", "summary: it rained.\n", false},
    {"a sentence with a sign", "date: x = 1\n\nText.\n", false},
    {"a status of anything", "Status: fine\n\nText.\n", false},
    {"a status as long as a sentence",
	"Status: we have all been waiting for the rain to end, and so it did, today.\n\nText.\n",
	false},
    {"a status of 64 bytes", "Status: " TWENTY TWENTY TWENTY "abcd\n\nText.\n", false},
    {"the day at the top", "Date: 2025-06-13\nText.\n", false},
    {"the day and the place at the top", "Date: 2025-06-13\nPlace: hall\n\nText.\n", false},
    {"the day below front matter", WHOLE "Title: T\nDate: 2025-06-13\n\nText.\n", false},
    {"a rule", "---\nText.\n", false},
    {"a rule alone", "---", false},
    {"a rule above a sentence", "---\nNote: it rained.\n", false},
    {"a rule and a link", "---\n=> / title = T\n", false},
    {"rules", "# H\n\n---\n\nText.\n\n---\n\nMore: text.\n", true},
    {"a rule below the day", "# Minutes\n\nDate: 2025-06-13\nPlace: hall\n\n---\n\nText.\n", true},
    {"a rule above the day", "# Minutes\n\n---\n\nDate: 2025-06-13\n\nText.\n", true},
    {"a heading underlined", "Summary: a wet day\n---\n\nText.\n", true},
    {"a heading underlined, below", WHOLE "Summary: a wet day\n---\n\nText.\n", true},
    {"a dialogue", "Author: Why?\nEditor: Because.\n\n---\n\nAuthor: So?\n", false},
    {"a dialogue between rules", "# H\n---\nEditor: Why?\nAuthor: Because.\n---\n", false},
    {"a dialogue below front matter", WHOLE "\nEditor: Why?\nAuthor: Because.\n", false},
    {"options of a program", "# H\n---\n* --date=relative was wrong.\n", false},
    {"a table", "# H\n\nName | Date\n-----|-----\nAda | 2025-06-13\n", true},
    {"a table with a frame", "|date|title|\n|---|---|\n|a|b|\n", true},
    {"a table of spaces", "Name  Date\n----  ----------\nAda   2025-06-13\n", false},
    {"a signature", "Text.\n\n-- \nEditor: Ada\nDate: 2025-06-13\n", false},
    {"a block", "```\n" WHOLE "```\nText.\n", false},
    {"a block that stays open", "# H\n\n```\n" WHOLE "Text.\n", false},
    {"a block below front matter", WHOLE "So:\n``` example\n" WHOLE "```\n", false},
    {"a block of Markdown", "So:\n\n~~~\n" WHOLE "~~~\n", true},
    {"an indented block", "So:\n\n    ---\n    status = draft\n    ---\n", true},
    {"an indented block below front matter", WHOLE "So:\n\n\t---\n\tstatus = draft\n\t---\n", true},
    {"far below", TEN WHOLE "Text.\n", false},
    {"keys of others", "---\nmood = fine\n\nText.\n", false},
    {"keys of others, a gap above", "\n---\nmood = fine\n---\nText.\n", false},
};

static struct fences_source
source_of(const char *text, bool is_markdown)
{
	return (struct fences_source){text, strlen(text), is_markdown};
}

static void
what_looks_like_front_matter_is_told_by_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
		struct fences_source source = source_of(slips[i].source, false);
		struct error err = {"nothing"};

		if (fences_check(&source, &err) ||
		    strncmp(err.text, slips[i].reason, strlen(slips[i].reason)) != 0)
			fail_msg("%s: %s", slips[i].label, err.text);
		source.is_markdown = true;
		if (fences_check(&source, &err))
			fail_msg("%s: not in Markdown", slips[i].label);
	}
}

static void
a_header_of_more_than_64_kilobytes_is_told_so(void **state)
{
	struct buffer text = BUFFER_EMPTY;
	struct error err = {""};

	(void)state;
	buffer_puts(&text, "---\ntitle = T\n");
	while (text.len < 65536)
		buffer_puts(&text, "# a comment\n");
	buffer_puts(&text, "---");
	struct fences_source source = {text.data, text.len, false};
	assert_false(fences_check(&source, &err));
	assert_non_null(strstr(err.text, "line 1: a header that no `---` closes within 64 KB"));
	buffer_free(&text);
}

static void
what_was_meant_is_put_back_where_it_can_be_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(slips) / sizeof(slips[0]); i++) {
		struct fences_source source = source_of(slips[i].source, false);
		struct buffer mended = BUFFER_EMPTY;

		if (fences_mend(&source, &mended) != (slips[i].mended != NULL))
			fail_msg("%s: \"%s\"", slips[i].label, buffer_text(&mended));
		if (slips[i].mended != NULL && strcmp(buffer_text(&mended), slips[i].mended) != 0)
			fail_msg("%s: \"%s\"", slips[i].label, buffer_text(&mended));
		if (slips[i].mended == NULL && mended.len != 0)
			fail_msg("%s: something appended", slips[i].label);
		buffer_free(&mended);
	}
}

static void
a_revision_shows_in_what_looks_like_front_matter_alone(void **state)
{
	static const struct {
		const char *source;
		bool shows;
	} rows[] = {
	    {"\n---\nrevision = 0123456789ab\n---\nText.\n", true},
	    {"\n" WHOLE "Text.\n", false},
	    {"Text.\n", false},
	    {"", false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct fences_source source = source_of(rows[i].source, false);

		check_row(rows[i].source, fences_show_revision(&source) == rows[i].shows);
	}
}

static void
text_may_begin_as_it_likes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct fences_source source = source_of(texts[i].source, texts[i].is_markdown);
		struct buffer mended = BUFFER_EMPTY;
		struct error err;

		if (!fences_check(&source, &err))
			fail_msg("%s: %s", texts[i].label, err.text);
		assert_false(fences_mend(&source, &mended));
		assert_int_equal(mended.len, 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_looks_like_front_matter_is_told_by_its_line),
	    cmocka_unit_test(a_header_of_more_than_64_kilobytes_is_told_so),
	    cmocka_unit_test(what_was_meant_is_put_back_where_it_can_be_told),
	    cmocka_unit_test(a_revision_shows_in_what_looks_like_front_matter_alone),
	    cmocka_unit_test(text_may_begin_as_it_likes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
