/* Tests of article/atom: what a feed holds, byte for byte where it matters. Whether it is valid by
 * the schema of RFC 4287 is tests/e2e/test_feeds.py's to say. */
#include "check.h"

#include <stdio.h>

#include "article/atom.h"
#include "article/id.h"

static const struct atom_feed news = {
    .site = "gemini://example.org",
    .page = "/",
    .self = "/atom.xml",
    .title = "The Example",
    .subtitle = "",
    .author = "The Example",
    .lang = "en",
};

#define NOON_JUNE_13 INT64_C(1749816000) /* 2025-06-13T12:00:00Z */

static struct article
make_article(int64_t published)
{
	return (struct article){
	    .card =
		{
		    .id = id_make(published, "/articles/one.gmi", 0),
		    .path = "/articles/one.gmi",
		    .date = "2025-06-13",
		    .title = "One",
		    .authors = "",
		    .summary = "",
		    .lang = "",
		    .image = "",
		    .image_alt = "",
		    .image_credit = "",
		},
	    .dek = "",
	    .updated = "",
	    .tags = "",
	    .corrections = "",
	    .body = "",
	};
}

/* The feed of one article (or none), until the next call. */
static const char *
write_feed(const struct atom_feed *feed, const struct article *article, const char *origin)
{
	static struct buffer out;
	struct atom atom;

	buffer_free(&out);
	atom_init(&atom, feed);
	if (article != NULL)
		atom_add(&atom, article, origin);
	atom_finish(&atom, &out);
	return buffer_text(&out);
}

static int
forget_feed(void **state)
{
	(void)state;
	write_feed(&news, NULL, "");
	return 0;
}

static void
check_holds(const char *label, const char *feed, const char *part)
{
	if (strstr(feed, part) == NULL)
		fail_msg("%s: no %s in\n%s", label, part, feed);
}

static void
a_feed_is_laid_out_exactly(void **state)
{
	struct article article = make_article(NOON_JUNE_13);

	(void)state;
	article.card.authors = "Heidi\nIda";
	article.card.summary = "A summary.";
	article.tags = "legal aid\nlos angeles";
	assert_string_equal(write_feed(&news, &article, ""),
	    "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n"
	    "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"en\">\n"
	    "<title>The Example</title>\n"
	    "<link rel=\"alternate\" type=\"text/gemini\" href=\"gemini://example.org/\"/>\n"
	    "<link rel=\"self\" type=\"application/atom+xml\""
	    " href=\"gemini://example.org/atom.xml\"/>\n"
	    "<id>gemini://example.org/atom.xml</id>\n"
	    "<updated>2025-06-13T12:00:00Z</updated>\n"
	    "<author><name>The Example</name></author>\n"
	    "<entry>\n"
	    "<title>One</title>\n"
	    "<link rel=\"alternate\" type=\"text/gemini\""
	    " href=\"gemini://example.org/articles/one.gmi\"/>\n"
	    "<id>gemini://example.org/articles/one.gmi</id>\n"
	    "<published>2025-06-13T12:00:00Z</published>\n"
	    "<updated>2025-06-13T12:00:00Z</updated>\n"
	    "<author><name>Heidi</name></author>\n"
	    "<author><name>Ida</name></author>\n"
	    "<category term=\"legal aid\"/>\n"
	    "<category term=\"los angeles\"/>\n"
	    "<summary>A summary.</summary>\n"
	    "</entry>\n"
	    "</feed>\n");
}

static void
an_article_without_author_has_the_publication_for_one(void **state)
{
	struct article article = make_article(NOON_JUNE_13);
	const char *feed = write_feed(&news, &article, "");

	(void)state;
	check_holds("entry", strstr(feed, "<entry>"), "<author><name>The Example</name></author>");
}

static void
text_that_looks_like_markup_stays_text(void **state)
{
	static const struct {
		const char *label, *title, *expected;
	} rows[] = {
	    {"markup", "<b>&amp;</b>", "<title>&lt;b&gt;&amp;amp;&lt;/b&gt;</title>"},
	    {"end of a section", "]]>", "<title>]]&gt;</title>"},
	    {"quotes", "\"'", "<title>&quot;'</title>"},
	    {"forbidden characters",
		"a\x01\x1b\xEF\xBF\xBE\xEF\xBF\xBF"
		"b",
		"<title>ab</title>"},
	    {"invalid bytes", "a\xFF\xC3", "<title>a\xEF\xBF\xBD\xEF\xBF\xBD</title>"},
	    {"blanks", "a\tb\nc\rd", "<title>a b c d</title>"},
	    {"any script", "Žluťoučký 東京 😀", "<title>Žluťoučký 東京 😀</title>"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct article article = make_article(NOON_JUNE_13);

		article.card.title = rows[i].title;
		check_holds(rows[i].label, write_feed(&news, &article, ""), rows[i].expected);
	}
}

static void
addresses_are_encoded(void **state)
{
	struct article article = make_article(NOON_JUNE_13);

	(void)state;
	article.card.path = "/articles/a \"<&'>é?.gmi";
	check_holds("link", write_feed(&news, &article, ""),
	    "href=\"gemini://example.org/articles/a%20%22%3C&amp;'%3E%C3%A9%3F.gmi\"");
}

static void
a_moved_article_keeps_the_id_of_its_first_address(void **state)
{
	struct article article = make_article(NOON_JUNE_13);
	const char *feed = write_feed(&news, &article, "/old/first.gmi");

	(void)state;
	check_holds("id", feed, "<id>gemini://example.org/old/first.gmi</id>");
	check_holds("link", feed, "href=\"gemini://example.org/articles/one.gmi\"");
}

static void
updated_moves_with_updates_and_corrections_alone(void **state)
{
	static const struct {
		const char *label, *updated, *corrections, *expected;
	} rows[] = {
	    {"neither", "", "", "2025-06-13T12:00:00Z"},
	    {"updated later", "2025-06-14T08:00:00+02:00", "", "2025-06-14T06:00:00Z"},
	    {"updated on a day", "2025-06-14", "", "2025-06-14T00:00:00Z"},
	    {"updated before", "2025-06-01", "", "2025-06-13T12:00:00Z"},
	    {"a correction", "", "2025-06-14 text", "2025-06-14T00:00:01Z"},
	    {"two on one day", "", "2025-06-14 a\n2025-06-14 b", "2025-06-14T00:00:02Z"},
	    {"on the day of publication", "", "2025-06-13 text", "2025-06-13T12:00:01Z"},
	    {"a day alone", "", "2025-06-14", "2025-06-14T00:00:01Z"},
	    {"without a day", "", "text", "2025-06-13T12:00:01Z"},
	    {"the end of time", "9999-12-31T23:59:59Z", "9999-12-31 x", "9999-12-31T23:59:59Z"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct article article = make_article(NOON_JUNE_13);
		char expected[64];

		article.updated = rows[i].updated;
		article.corrections = rows[i].corrections;
		const char *feed = write_feed(&news, &article, "");
		snprintf(expected, sizeof(expected), "<updated>%s</updated>", rows[i].expected);
		check_holds(rows[i].label, feed, expected);
		check_holds(rows[i].label, strstr(feed, "<entry>"), expected);
		check_holds(rows[i].label, feed, "<published>2025-06-13T12:00:00Z</published>");
	}
}

static void
a_feed_is_as_new_as_its_newest_change(void **state)
{
	struct article older = make_article(NOON_JUNE_13 - 1000),
		       newer = make_article(NOON_JUNE_13);
	struct buffer out = BUFFER_EMPTY;
	struct atom atom;

	(void)state;
	older.updated = "2025-06-20";
	atom_init(&atom, &news);
	atom_add(&atom, &newer, "");
	atom_add(&atom, &older, "");
	atom_finish(&atom, &out);
	const char *first = strstr(buffer_text(&out), "<updated>");
	assert_non_null(first);
	assert_memory_equal(first, "<updated>2025-06-20T00:00:00Z", 29);
	buffer_free(&out);
	older.updated = "";
	atom_init(&atom, &news);
	atom_add(&atom, &newer, "");
	atom_add(&atom, &older, "");
	atom_finish(&atom, &out);
	first = strstr(buffer_text(&out), "<updated>");
	assert_memory_equal(first, "<updated>2025-06-13T12:00:00Z", 29);
	buffer_free(&out);
}

static void
a_feed_may_be_older_than_1970(void **state)
{
	struct article article = make_article(-86400);

	(void)state;
	check_holds("feed", write_feed(&news, &article, ""),
	    "</id>\n<updated>1969-12-31T00:00:00Z</updated>\n<author>");
}

static void
a_feed_has_a_subtitle_if_the_publication_has(void **state)
{
	struct atom_feed feed = news;

	(void)state;
	assert_null(strstr(write_feed(&feed, NULL, ""), "subtitle"));
	feed.subtitle = "News & more";
	check_holds("feed", write_feed(&feed, NULL, ""), "<subtitle>News &amp; more</subtitle>\n");
}

static void
the_first_and_the_last_year_have_four_digits(void **state)
{
	struct article first = make_article(INT64_MIN), last = make_article(INT64_MAX);

	(void)state;
	check_holds("year 1", write_feed(&news, &first, ""), "<published>0001-01-01T00:00:01Z");
	check_holds("year 9999", write_feed(&news, &last, ""), "<published>9999-12-31T23:59:59Z");
}

static void
only_what_is_a_language_tag_is_told(void **state)
{
	static const struct {
		const char *label, *lang, *expected;
	} rows[] = {
	    {"a language", "es", "<entry xml:lang=\"es\">"},
	    {"with a region", "pt-BR", "<entry xml:lang=\"pt-BR\">"},
	    {"with digits", "es-419", "<entry xml:lang=\"es-419\">"},
	    {"none", "", "<entry>"},
	    {"markup", "e\"><x", "<entry>"},
	    {"too long", "englishes", "<entry>"},
	    {"an end missing", "en-", "<entry>"},
	    {"digits first", "4en", "<entry>"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct article article = make_article(NOON_JUNE_13);

		article.card.lang = rows[i].lang;
		check_holds(rows[i].label, write_feed(&news, &article, ""), rows[i].expected);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_feed_is_laid_out_exactly),
	    cmocka_unit_test(an_article_without_author_has_the_publication_for_one),
	    cmocka_unit_test(text_that_looks_like_markup_stays_text),
	    cmocka_unit_test(addresses_are_encoded),
	    cmocka_unit_test(a_moved_article_keeps_the_id_of_its_first_address),
	    cmocka_unit_test(updated_moves_with_updates_and_corrections_alone),
	    cmocka_unit_test(a_feed_is_as_new_as_its_newest_change),
	    cmocka_unit_test(a_feed_may_be_older_than_1970),
	    cmocka_unit_test(a_feed_has_a_subtitle_if_the_publication_has),
	    cmocka_unit_test(the_first_and_the_last_year_have_four_digits),
	    cmocka_unit_test(only_what_is_a_language_tag_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, forget_feed);
}
