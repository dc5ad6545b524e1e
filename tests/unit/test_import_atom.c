/* Tests of import/atom: feeds. */
#include "check.h"

#include <stdlib.h>

#include "formats/atom.h"

#define FEED(entries) "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='en'>" entries "</feed>"
#define ENTRY(parts)                                                                               \
	FEED("<entry><title>T</title><updated>2025-01-02T03:04:05Z</updated>" parts "</entry>")
#define HEAD "---\ntitle = T\ndate = 2025-01-02T03:04:05Z\n"

struct feed {
	const char *label, *xml, *becomes;
};

/* The source files that the feed becomes, or the reasons that it or an entry does not. */
static char *
read_feed(const char *label, const char *xml)
{
	struct pieces pieces = {0};
	struct buffer all = BUFFER_EMPTY;
	struct error err;

	if (!atom_read(xml, strlen(xml), &pieces, &err))
		buffer_puts(&all, err.text);
	else
		for (size_t i = 0; i < pieces.count; i++)
			if (pieces.items[i].refusal.len > 0)
				buffer_puts(&all, pieces.items[i].refusal.data);
			else
				check_row(label, piece_write(&pieces.items[i], &all));
	pieces_free(&pieces);
	char *taken = buffer_take(&all);
	assert_non_null(taken);
	return taken;
}

static void
check_feeds(const struct feed *feeds, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *read = read_feed(feeds[i].label, feeds[i].xml);

		check_row_text(feeds[i].label, read, feeds[i].becomes);
		free(read);
	}
}

static void
each_entry_becomes_an_article(void **state)
{
	static const struct feed feeds[] = {
	    {"all of it",
		FEED("<author><name>Ida</name></author>"
		     "<entry><title type='html'>A &amp;lt;b&amp;gt; &lt;i&gt;c&lt;/i&gt;</title>"
		     "<author><name>Judy, Dr</name></author>"
		     "<published>2025-01-02T03:04:05Z</published>"
		     "<updated>2025-02-02T03:04:05Z</updated>"
		     "<category term='sea' label='The, sea'/><category term='boats'/>"
		     "<summary>A dek.</summary>"
		     "<content type='html'>&lt;p&gt;Text "
		     "&lt;b&gt;b&lt;/b&gt;&lt;/p&gt;</content></entry>"),
		"---\ntitle = A <b> c\nauthor = Judy, Dr\ndate = 2025-01-02T03:04:05Z\n"
		"updated = 2025-02-02T03:04:05Z\ntags = The  sea, boats\nsummary = A dek.\n"
		"lang = en\n---\nText b\n"},
	    {"the author of the feed",
		FEED("<author><name>Ida</name></author><entry><title>T</title>"
		     "<updated>2025-01-02T03:04:05Z</updated><content>Text</content></entry>"),
		"---\ntitle = T\nauthor = Ida\ndate = 2025-01-02T03:04:05Z\nlang = "
		"en\n---\nText\n"},
	    {"xhtml",
		ENTRY("<content type='xhtml'><div xmlns='http://www.w3.org/1999/xhtml'>"
		      "<p>a <em>b</em></p></div></content>"),
		HEAD "lang = en\n---\na b\n"},
	    {"text", ENTRY("<content type='text'>a\n\n# b</content>"),
		HEAD "lang = en\n---\na\n\n\u200b# b\n"},
	    {"a summary alone", ENTRY("<summary>Text</summary>"), HEAD "lang = en\n---\nText\n"},
	    {"two entries",
		FEED("<entry><title>A</title><content>a</content></entry>"
		     "<entry><title>B</title><content>b</content></entry>"),
		"---\ntitle = A\nlang = en\n---\na\n---\ntitle = B\nlang = en\n---\nb\n"},
	};

	(void)state;
	check_feeds(feeds, ROWS(feeds));
}

static void
what_is_wrong_with_an_entry_refuses_that_one(void **state)
{
	static const struct feed feeds[] = {
	    {"a date", FEED("<entry><title>T</title><updated>soon</updated></entry>"),
		"entry 1 (T): updated is `soon`, expected a date like 2025-06-13T09:30:00Z"},
	    {"no title", FEED("<entry><content>a</content></entry>"),
		"entry 1 (): it has no title"},
	    {"no text", ENTRY(""), "entry 1 (T): it has neither content nor summary"},
	    {"text elsewhere", ENTRY("<content src='x.html'/>"),
		"entry 1 (T): it has neither content nor summary"},
	    {"no text at all", ENTRY("<content type='image/png'>aaaa</content>"),
		"entry 1 (T): its content is image/png, expected text, html or xhtml"},
	    {"and the rest goes on",
		FEED("<entry/><entry><title>B</title><content>b</content></entry>"),
		"entry 1 (): it has no title---\ntitle = B\nlang = en\n---\nb\n"},
	};

	(void)state;
	check_feeds(feeds, ROWS(feeds));
}

static void
what_is_no_feed_is_refused(void **state)
{
	static const struct feed feeds[] = {
	    {"empty", "", "there is nothing in it"},
	    {"no entries", FEED(""), "there is no entry in it"},
	    {"RSS", "<rss version='2.0'/>",
		"its root is <rss>, expected <feed xmlns=\"http://www.w3.org/2005/Atom\">"},
	    {"another namespace", "<feed/>",
		"its root is <feed>, expected <feed xmlns=\"http://www.w3.org/2005/Atom\">"},
	    {"a document type",
		"<!DOCTYPE feed [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>" FEED(
		    "<entry><title>&a;</title></entry>"),
		"it has a document type of its own, which is not read"},
	};

	(void)state;
	check_feeds(feeds, ROWS(feeds));
}

static void
broken_xml_is_told_with_its_line(void **state)
{
	char *read = read_feed("broken", "<feed>\n<entry>\n</feed>");

	(void)state;
	assert_int_equal(strncmp(read, "line 3: ", 8), 0);
	free(read);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_entry_becomes_an_article),
	    cmocka_unit_test(what_is_wrong_with_an_entry_refuses_that_one),
	    cmocka_unit_test(what_is_no_feed_is_refused),
	    cmocka_unit_test(broken_xml_is_told_with_its_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
