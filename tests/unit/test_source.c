/* Tests of article/source: a source file becomes an article. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "article/derive.h"
#include "article/source.h"
#include "base/buffer.h"
#include "base/text.h"

static struct source *
parsed(const char *path, const char *file)
{
	struct error err = {""};
	struct source *source = source_parse(path, file, strlen(file), &err);

	if (source == NULL)
		fail_msg("%s: %s", path, err.text);
	return source;
}

static void
every_key_reaches_the_article(void **state)
{
	struct source *s = parsed("/articles/2025/06/clinic.gmi",
	    "---\n"
	    "title = Clinics move outdoors for the weekend\n"
	    "author = Heidi\n"
	    "author: Ida\n"
	    "date = 2025-06-13\n"
	    "updated = 2025-06-14T23:30-07:00\n"
	    "tags = legal aid, \t, los angeles,\n"
	    "tags = clinics\n"
	    "summary = Free advice tables; they follow the marches.\n"
	    "lang = es-MX\n"
	    "image = ../clinic day.jpg\n"
	    "image-alt = A folding table\n"
	    "image-credit = Ida\n"
	    "status = ready\n"
	    "editor = heidi\n"
	    "correction = 2025-06-14 It was Saturday.\n"
	    "correction = 2025-06-15 It was noon.\n"
	    "moved-from = /old%20name.gmi\n"
	    "moved-from = gemini://old.example/clinic.gmi\n"
	    "retracted = The story does not hold.\n"
	    "---\n"
	    "Body in gemtext.\n");
	const struct article *a = &s->article;

	(void)state;
	assert_string_equal(a->card.path, "/articles/2025/06/clinic.gmi");
	assert_string_equal(a->card.title, "Clinics move outdoors for the weekend");
	assert_string_equal(a->card.authors, "Heidi\nIda");
	assert_string_equal(a->card.summary, "Free advice tables; they follow the marches.");
	assert_string_equal(a->dek, a->card.summary);
	assert_string_equal(a->card.lang, "es-MX");
	assert_string_equal(a->card.image, "/articles/2025/clinic%20day.jpg");
	assert_string_equal(a->card.image_alt, "A folding table");
	assert_string_equal(a->card.image_credit, "Ida");
	assert_string_equal(a->tags, "legal aid\nlos angeles\nclinics");
	assert_string_equal(a->corrections, "2025-06-14 It was Saturday.\n2025-06-15 It was noon.");
	assert_string_equal(a->updated, "2025-06-14T23:30:00-07:00"); /* in its own zone */
	assert_string_equal(a->body, "Body in gemtext.\n");
	assert_int_equal(a->body_len, strlen(a->body));
	assert_true(s->has_date && s->has_updated);
	assert_int_equal(s->date.day, 13);
	assert_false(s->date.has_time);
	assert_int_equal(s->updated.offset_minutes, -7 * 60);
	assert_int_equal(s->status, SOURCE_READY);
	assert_string_equal(s->editor, "heidi");
	assert_string_equal(s->retracted, "The story does not hold.");
	assert_int_equal(s->moved_from.count, 2);
	assert_string_equal(s->moved_from.items[0], "/old name.gmi");
	assert_string_equal(s->moved_from.items[1], "/clinic.gmi");
	assert_int_equal(s->warnings.count, 0);
	source_free(s);
}

static void
absent_values_are_empty_and_never_null(void **state)
{
	static const char *const files[] = {
	    "",
	    "---\n---\n",
	    "---\nauthor =\ndate =\nlang =\nimage =\nstatus = \n---\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct source *s = parsed("/articles/x.gmi", files[i]);
		const struct article *a = &s->article;
		const char *const values[] = {
		    a->card.date,
		    a->card.authors,
		    a->card.summary,
		    a->card.lang,
		    a->card.image,
		    a->card.image_alt,
		    a->card.image_credit,
		    a->dek,
		    a->updated,
		    a->tags,
		    a->corrections,
		    a->body,
		    s->editor,
		    s->retracted,
		};

		for (size_t j = 0; j < sizeof(values) / sizeof(values[0]); j++)
			assert_string_equal(values[j], "");
		assert_string_equal(a->card.title, "x");
		assert_false(s->has_date || s->has_updated);
		assert_int_equal(s->status, SOURCE_PUBLISHED);
		assert_int_equal(s->warnings.count, 0);
		source_free(s);
	}
}

static void
a_missing_title_is_derived(void **state)
{
	static const struct {
		const char *label, *path, *file, *title;
	} cases[] = {
	    {"given", "/a.gmi", "---\ntitle = T\n---\n# H\n", "T"},
	    {"given, but empty", "/a.gmi", "---\ntitle =\n---\n# H\n", "H"},
	    {"first heading", "/a.gmi", "Text\n## Two\n# One\n# Again\n", "One"},
	    {"empty headings do not count", "/a.gmi", "#\n# H\n", "H"},
	    {"preformatted ones neither", "/a.gmi", "```\n# no\n```\n# H\n", "H"},
	    {"file name", "/articles/clinic-hours.gmi", "Text\n", "clinic hours"},
	    {"file name with underscores", "/articles/a_b.c.gmi", "", "a b.c"},
	    {"file name without an ending", "/articles/some-note", "", "some note"},
	    {"file name of an ending", "/.gmi", "", ".gmi"},
	    {"file name of marks", "/articles/--.gmi", "", "--"},
	    {"Markdown heading", "/a.md", "A *claim*\n=======\n", "A claim"},
	    {"Markdown in front matter", "/a.md", "---\ntitle = A *claim*\n---\n", "A claim"},
	    {"no Markdown in gemtext", "/a.gmi", "---\ntitle = A *claim*\n---\n", "A *claim*"},
	    {"control bytes become blanks", "/a.gmi",
		"---\ntitle = A\tB\x01"
		"C\xE2\x80\xA8"
		"D\n---\n",
		"A B C D"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct source *s = parsed(cases[i].path, cases[i].file);

		if (strcmp(s->article.card.title, cases[i].title) != 0)
			fail_msg("%s: %s", cases[i].label, s->article.card.title);
		source_free(s);
	}
}

static void
the_body_does_not_say_the_title_again(void **state)
{
	static const struct {
		const char *label, *path, *file, *body;
	} cases[] = {
	    {"derived from it", "/a.gmi", "# T\n\nText\n", "Text\n"},
	    {"the same in front matter", "/a.gmi", "---\ntitle = T\n---\n\n#  T \n\nText\n",
		"Text\n"},
	    {"another one", "/a.gmi", "---\ntitle = T\n---\n# U\n\nText\n", "# U\n\nText\n"},
	    {"only once", "/a.gmi", "# T\n# T\nText\n", "# T\nText\n"},
	    {"not further down", "/a.gmi", "Text\n# T\n", "Text\n# T\n"},
	    {"Markdown", "/a.md", "---\ntitle = A *b*\n---\n# A **b**\n\nText\n", "Text\n"},
	    {"below an old address", "/a.gmi",
		"---\ntitle = T\nmoved-from = /o.gmi\n---\n# T\nText\n", "Text\n"},
	    {"nothing but the title", "/a.gmi", "# T\n", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct source *s = parsed(cases[i].path, cases[i].file);
		const struct article *a = &s->article;

		if (a->body_len != strlen(cases[i].body) ||
		    memcmp(a->body, cases[i].body, a->body_len) != 0)
			fail_msg("%s: %.*s", cases[i].label, (int)a->body_len, a->body);
		assert_int_equal(s->warnings.count, 0);
		source_free(s);
	}
}

static void
the_body_is_ready_to_be_printed(void **state)
{
	static const struct {
		const char *label, *file, *body;
	} cases[] = {
	    {"empty lines at both ends", "\n \nText\n\n  more \n\n \t\n", "Text\n\n  more \n"},
	    {"CRLF", "---\r\ntitle = T\r\n---\r\nText\r\nmore\r\n", "Text\nmore\n"},
	    {"no last line end", "Text", "Text\n"},
	    {"open preformatted block", "```\ncode\n", "```\ncode\n```\n"},
	    {"a line of hyphens is text", "---\nT\n", "---\nT\n"},
	    {"nothing but blanks", " \n\n", ""},
	    {"one letter", "T\n\n", "T\n"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct source *s = parsed("/articles/a.gmi", cases[i].file);
		const struct article *a = &s->article;

		if (a->body_len != strlen(cases[i].body) ||
		    memcmp(a->body, cases[i].body, a->body_len) != 0)
			fail_msg("%s: %.*s", cases[i].label, (int)a->body_len, a->body);
		source_free(s);
	}
}

static void
a_missing_summary_is_derived_and_is_no_dek(void **state)
{
	static const struct {
		const char *label, *path, *file, *summary;
	} cases[] = {
	    {"first quote line", "/a.gmi", "Text\n> Quote\n> More\n", "Quote"},
	    {"first paragraph", "/a.gmi", "# T\n\n=> /x X\n* item\nText\nMore\n", "Text"},
	    {"neither", "/a.gmi", "# T\n\n* item\n```\ncode\n```\n", ""},
	    {"blanks first", "/a.gmi", "# T\n\n \t Text\n", "Text"},
	    {"empty quotes do not count", "/a.gmi", ">\nText\n", "Text"},
	    {"Markdown", "/a.md", "# T\n\nA *b*\nc.\n", "A b c."},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct source *s = parsed(cases[i].path, cases[i].file);

		if (strcmp(s->article.card.summary, cases[i].summary) != 0)
			fail_msg("%s: %s", cases[i].label, s->article.card.summary);
		assert_string_equal(s->article.dek, "");
		source_free(s);
	}
}

static size_t
characters(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += ((unsigned char)*text & 0xC0) != 0x80;
	return count;
}

static void
a_derived_summary_is_cut_at_a_word(void **state)
{
	static const struct {
		const char *label, *word;
		size_t words, characters;
	} cases[] = {
	    {"200 characters stay", "abc ", 50, 199}, /* the last blank goes */
	    {"longer is cut", "abc ", 60, 200},
	    {"characters, not bytes", "\u00e9\u00e9\u00e9 ", 60, 200},
	    {"one long word", "abc", 90, 200},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer file = BUFFER_EMPTY;
		struct source *s;
		bool is_cut = cases[i].characters == 200;

		for (size_t n = 0; n < cases[i].words; n++)
			buffer_puts(&file, cases[i].word);
		s = parsed("/articles/a.gmi", buffer_text(&file));
		if (characters(s->article.card.summary) != cases[i].characters ||
		    text_ends(s->article.card.summary, "\u2026") != is_cut)
			fail_msg("%s: %s", cases[i].label, s->article.card.summary);
		assert_int_equal(strncmp(s->article.card.summary, file.data, 100), 0);
		source_free(s);
		buffer_free(&file);
	}
}

static void
a_broken_source_names_line_and_expectation(void **state)
{
	static const struct {
		const char *label, *file, *reason;
	} cases[] = {
	    {"no separator", "---\ntitle = T\nnonsense\n---\n",
		"line 3: expected `key = value`, found `nonsense`"},
	    {"bad date", "---\ndate = 13 June 2025\n---\n",
		"line 2: date is `13 June 2025`, "
		"expected a date like 2025-06-13 or 2025-06-13T09:30"},
	    {"a day that does not exist", "---\ndate = 2025-02-30\n---\n",
		"line 2: date is `2025-02-30`, expected a date like 2025-06-13 or "
		"2025-06-13T09:30"},
	    {"bad updated", "---\n\nupdated = soon\n---\n",
		"line 3: updated is `soon`, expected a date like 2025-06-13 or 2025-06-13T09:30"},
	    {"bad status", "---\nstatus = live\n---\n",
		"line 2: status is `live`, expected published, draft or ready"},
	    {"invalid UTF-8", "---\ntitle = T\n---\nText\n\xFF\n", "line 5: not valid UTF-8"},
	    {"UTF-8 cut at the end", "Text\xC3", "line 1: not valid UTF-8"},
	    {"never opened", "title = T\n---\nText.\n",
		"line 1: a header without `---` above it, so that it is text: put one there"},
	    {"never closed", "---\r\n\n# x\nstatus = draft\n\nText.\n",
		"line 1: a header that no `---` closes within 64 KB, so that it is text: put one "
		"below its last line"},
	    {"text behind the last line", "---\nstatus = draft\n---Body: x\n---\n",
		"line 3: expected `---` alone on the line, found `---Body`"},
	    {"like status", "---\ntitle = T\nstatsu = draft\n---\n",
		"line 3: unknown key `statsu`, did you mean `status`?"},
	    {"like date", "---\nDaet: 2027-03-01\n---\n",
		"line 2: unknown key `Daet`, did you mean `date`?"},
	    {"like date, the day first", "---\ndat: 1 March 2127\n---\n",
		"line 2: unknown key `dat`, did you mean `date`?"},
	    {"like date, in numbers", "---\ndat: 1.3.27\n---\n",
		"line 2: unknown key `dat`, did you mean `date`?"},
	    {"like status, both misspelt", "---\nstaus: Drfat.\n---\n",
		"line 2: unknown key `staus`, did you mean `status`?"},
	    {"like status, with more", "---\nstate: ready for print\n---\n",
		"line 2: unknown key `state`, did you mean `status`?"},
	    {"like revision", "---\nrevisoin = 0123456789ab\n---\n",
		"line 2: unknown key `revisoin`, did you mean `revision`?"},
	    {"two states", "---\ntitle = T\nstatus = draft\nStatus: published\n---\n",
		"line 4: a second `status`: leave one"},
	    {"two dates", "---\ndate = 2127-01-01\n\ndate = 2020-01-01\n---\n",
		"line 4: a second `date`: leave one"},
	    {"two revisions", "---\nrevision = 0123456789ab\nrevision = 0123456789ac\n---\n",
		"line 3: a second `revision`: leave one"},
	    {"the value begins the same", "---\ntitle = T\ntitle = To\n---\n",
		"line 3: a second `title`: leave one"},
	    {"the last of three", "---\nlang = es\nlang = es\nlang = en\n---\n",
		"line 4: a second `lang`: leave one"},
	    {"like retracted", "---\nretract = An error.\n---\n",
		"line 2: unknown key `retract`, did you mean `retracted`?"},
	    {"a mark before it", "---\n\u2022\u200b status = draft\n---\n",
		"line 2: unknown key `\u2022\u200b status`, did you mean `status`?"},
	    {"in quotation marks", "---\n\u201cstatus\u201d: draft\n---\n",
		"line 2: unknown key `\u201cstatus\u201d`, did you mean `status`?"},
	    {"another program's draft", "---\ntitle: T\nDraft: True\n---\n",
		"line 3: unknown key `Draft`, did you mean `status`?"},
	    {"whatever is behind it", "---\ndraft: true # for now\n---\n",
		"line 2: unknown key `draft`, did you mean `status`?"},
	    {"not published", "---\npublished = no\n---\n",
		"line 2: unknown key `published`, did you mean `status`?"},
	    {"published some day", "---\npublished: 2027-03-01\n---\n",
		"line 2: unknown key `published`, did you mean `date`?"},
	    {"hidden", "---\nhidden: yes\n---\n",
		"line 2: unknown key `hidden`, did you mean `status`?"},
	    {"another program's date", "---\ndate: 2025-06-13\npublishDate: 2027-03-01\n---\n",
		"line 3: unknown key `publishDate`, did you mean `date`?"},
	    {"an embargo", "---\nembargoed_until = 2027-03-01\n---\n",
		"line 2: unknown key `embargoed_until`, did you mean `date`?"},
	    {"a draft under any name", "---\nestado = draft\n---\n",
		"line 2: unknown key `estado`, did you mean `status`?"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct error err = {""};
		struct source *s =
		    source_parse("/articles/a.gmi", cases[i].file, strlen(cases[i].file), &err);

		if (s != NULL)
			fail_msg("%s: accepted", cases[i].label);
		assert_string_equal(err.text, cases[i].reason);
	}
}

static void
oddities_are_warned_about_and_survived(void **state)
{
	static const struct {
		const char *label, *path, *file, *warning;
	} cases[] = {
	    {"unknown key", "/a.gmi", "---\nmood = good\n---\n", "line 2: unknown key `mood`"},
	    {"no draft", "/a.gmi", "---\ndraft: false\n---\n", "line 2: unknown key `draft`"},
	    {"published", "/a.gmi", "---\npublished: Yes\n---\n",
		"line 2: unknown key `published`"},
	    {"near match", "/a.gmi", "---\n\ntitel = T\n---\n",
		"line 3: unknown key `titel`, did you mean `title`?"},
	    {"given twice", "/a.gmi", "---\ntitle = T\nTitle: T \n---\n",
		"line 3: `title` again, as in line 2"},
	    {"a state of another kind", "/a.gmi", "---\nstate: Texas\n---\n",
		"line 2: unknown key `state`, did you mean `date`?"},
	    {"statistics", "/a.gmi", "---\nstats: 12 of 30\n---\n",
		"line 2: unknown key `stats`, did you mean `status`?"},
	    {"a number", "/a.gmi", "---\nrate = 3.5\n---\n",
		"line 2: unknown key `rate`, did you mean `date`?"},
	    {"data", "/a.gmi", "---\ndata = https://example.org/a\n---\n",
		"line 2: unknown key `data`, did you mean `date`?"},
	    {"how often it was revised", "/a.gmi", "---\nrevisions = 3\n---\n",
		"line 2: unknown key `revisions`, did you mean `revision`?"},
	    {"old address", "/a.gmi", "---\nmoved-from = old.gmi\n---\n",
		"line 2: moved-from is `old.gmi`, expected a path that begins with /; not used"},
	    {"language", "/a.gmi", "---\nlang = es; charset=x\n---\n",
		"line 2: lang is `es; charset=x`, expected a language tag like es; not used"},
	    {"correction", "/a.gmi", "---\ncorrection = Sorry.\n---\n",
		"line 2: correction is `Sorry.`, expected its day first, like 2025-06-14 text"},
	    {"correction right behind its day", "/a.gmi", "---\ncorrection = 2025-06-14: x\n---\n",
		"line 2: correction is `2025-06-14: x`, expected its day first, like 2025-06-14 "
		"text"},
	    {"HTML", "/a.md", "---\ntitle = T\n---\n\n<p>x</p>\n",
		"line 5: raw HTML, of which the page has the words alone"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct source *s = parsed(cases[i].path, cases[i].file);

		if (s->warnings.count != 1)
			fail_msg("%s: %zu warnings", cases[i].label, s->warnings.count);
		assert_string_equal(s->warnings.items[0], cases[i].warning);
		source_free(s);
	}
}

/* So may any text begin; nobody needs to be told. */
static void
a_line_of_hyphens_is_no_oddity(void **state)
{
	static const char *const files[] = {
	    "---", "---\n", "---\nText: a text.\n", "--- x\nText.\n", "---\n=> / title = T\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct source *s = parsed("/a.gmi", files[i]);

		if (s->warnings.count != 0)
			fail_msg("%s: %s", files[i], s->warnings.items[0]);
		source_free(s);
	}
}

static void
of_nothing_but_blanks_nothing_is_left(void **state)
{
	(void)state;
	assert_int_equal(derive_ending(" \n\t\n", 4), 0);
	assert_int_equal(derive_ending("a \n\t\n", 5), 3);
	assert_int_equal(derive_ending("", 0), 0);
	source_free(NULL);
}

static void
an_empty_key_takes_nothing_back(void **state)
{
	struct source *s = parsed("/articles/a.gmi", "---\ntitle = T\ntitle =\n---\n");

	(void)state;
	assert_string_equal(s->article.card.title, "T");
	assert_int_equal(s->warnings.count, 0);
	source_free(s);
}

static void
statuses_are_told_apart(void **state)
{
	static const struct {
		const char *file;
		enum source_status status;
	} cases[] = {
	    {"---\nstatus = published\n---\n", SOURCE_PUBLISHED},
	    {"---\nstatus: draft\n---\n", SOURCE_DRAFT}, {"---\nstatus=ready\n---\n", SOURCE_READY},
	    {"---\nStatus: Draft\n---\n", SOURCE_DRAFT},
	    {"---\nSTATUS = READY\n---\n", SOURCE_READY},
	    {"---\nstatsu = \n---\n", SOURCE_PUBLISHED}, /* an empty key counts as absent */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct source *s = parsed("/articles/a.gmi", cases[i].file);

		assert_int_equal(s->status, cases[i].status);
		source_free(s);
	}
}

static void
a_language_has_the_shape_of_a_tag(void **state)
{
	static const struct {
		const char *tag;
		bool is_taken;
	} cases[] = {
	    {"es", true}, {"es-MX", true}, {"zh-Hant-TW", true}, {"x-12345678", true},
	    {"x-123456789", false}, {"abcdefghi", false}, {"1s", false}, {"-es", false},
	    {"es-", false}, {"es--MX", false}, {"es_MX", false}, {"en, es", false},
	    {"aa-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaa", true},   /* 35 bytes */
	    {"aa-aaaaaaaa-aaaaaaaa-aaaaaaaa-aaaaaa", false}, /* 36 bytes */
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct buffer file = BUFFER_EMPTY;
		struct source *s;

		buffer_printf(&file, "---\nlang = %s\n---\n", cases[i].tag);
		s = parsed("/articles/a.gmi", buffer_text(&file));
		if ((s->article.card.lang[0] != '\0') != cases[i].is_taken)
			fail_msg("%s: %s", cases[i].tag, s->article.card.lang);
		source_free(s);
		buffer_free(&file);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_key_reaches_the_article),
	    cmocka_unit_test(absent_values_are_empty_and_never_null),
	    cmocka_unit_test(a_missing_title_is_derived),
	    cmocka_unit_test(the_body_does_not_say_the_title_again),
	    cmocka_unit_test(the_body_is_ready_to_be_printed),
	    cmocka_unit_test(a_missing_summary_is_derived_and_is_no_dek),
	    cmocka_unit_test(a_derived_summary_is_cut_at_a_word),
	    cmocka_unit_test(a_broken_source_names_line_and_expectation),
	    cmocka_unit_test(oddities_are_warned_about_and_survived),
	    cmocka_unit_test(a_line_of_hyphens_is_no_oddity),
	    cmocka_unit_test(of_nothing_but_blanks_nothing_is_left),
	    cmocka_unit_test(an_empty_key_takes_nothing_back),
	    cmocka_unit_test(statuses_are_told_apart),
	    cmocka_unit_test(a_language_has_the_shape_of_a_tag),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
