/* Tests of desk/frame: a page goes out as printed, and comes back changed inside, or around. */
#include "check.h"

#include <stdio.h>

#include "article/page.h"
#include "article/source.h"
#include "base/buffer.h"
#include "upload/frame.h"

#define BODY "First paragraph.\n\n## More of it\n\nSecond paragraph.\n"

static const char source_text[] = "---\n"
				  "title = Clinics move outdoors\n"
				  "author = Heidi\n"
				  "summary = Free advice tables.\n"
				  "image = /images/clinic.jpg\n"
				  "correction = 2025-06-14 It was Saturday.\n"
				  "tags = legal aid\n"
				  "---\n" BODY;

static const struct card others[] = {
    {.id = 33,
	.path = "/articles/other.gmi",
	.date = "2025-06-12",
	.title = "Title of the other",
	.authors = "",
	.summary = "",
	.lang = "es",
	.image = "",
	.image_alt = "",
	.image_credit = ""},
    {.id = 32,
	.path = "/articles/m\u00e1s.gmi",
	.date = "2025-06-11",
	.title = "M\u00e1s (2)",
	.authors = "",
	.summary = "",
	.lang = "",
	.image = "",
	.image_alt = "",
	.image_credit = ""},
};

static struct capsule_config capsule;
static struct source *source;
static struct buffer page;

static int
print_page(void **state)
{
	static char title[] = "The Example Broadsheet", language[] = "en",
		    letters[] = "mailto:desk@example.org";
	struct error err;

	(void)state;
	capsule = (struct capsule_config){.title = title, .language = language, .letters = letters};
	for (size_t i = 0; i < LABEL_COUNT; i++)
		capsule.labels.text[i] = label_defaults[i];
	source = source_parse("/articles/clinic.gmi", source_text, strlen(source_text), &err);
	if (source == NULL)
		return -1;
	source->article.card.date = "2025-06-13";
	page_article(&page, &capsule, &source->article, others, 2, true);
	return 0;
}

static int
drop_page(void **state)
{
	(void)state;
	source_free(source);
	buffer_free(&page);
	return 0;
}

/* Takes the frame off text; what was inside goes to inside as a string. */
static enum frame_result
take_off(const char *text, char inside[static 4096])
{
	const char *body = "";
	size_t len = 0;

	enum frame_result result = frame_remove(
	    &capsule, &source->article, BODY, strlen(BODY), text, strlen(text), &body, &len);
	snprintf(inside, 4096, "%.*s", (int)len, body);
	return result;
}

/* The page with the first `from` changed to `to`. */
static const char *
changed(const char *from, const char *to)
{
	static char text[8192];
	const char *at = strstr(page.data, from);

	if (at == NULL)
		fail_msg("the page has no \"%s\"", from);
	snprintf(text, sizeof(text), "%.*s%s%s", (int)(at - page.data), page.data, to,
	    at + strlen(from));
	return text;
}

static void
a_printed_page_comes_back_as_its_body(void **state)
{
	char inside[4096];

	(void)state;
	assert_int_equal(take_off(page.data, inside), FRAME_REMOVED);
	assert_string_equal(inside, BODY);
}

static void
what_changed_inside_the_frame_is_the_new_body(void **state)
{
	static const struct {
		const char *label, *from, *to, *inside;
	} rows[] = {
	    {"a word", "First", "Fresh",
		"Fresh paragraph.\n\n## More of it\n\nSecond paragraph.\n"},
	    {"a line more", "Second paragraph.\n", "Second paragraph.\n\nThird.\n",
		BODY "\nThird.\n"},
	    {"a heading like ours", "Second paragraph.\n", "## More news\n\nMine.\n",
		"First paragraph.\n\n## More of it\n\n## More news\n\nMine.\n"},
	    {"everything", BODY, "New.\n", "New.\n"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char inside[4096];

		check_row(rows[i].label,
		    take_off(changed(rows[i].from, rows[i].to), inside) == FRAME_REMOVED);
		check_row_text(rows[i].label, inside, rows[i].inside);
	}
}

static void
more_news_may_be_what_it_was_when_the_page_was_loaded(void **state)
{
	static const char block[] = "## More news\n\n"
				    "=> /articles/other.gmi Title of the other [es] (2025-06-12)\n"
				    "=> /articles/m%C3%A1s.gmi M\u00e1s (2) (2025-06-11)\n"
				    "=> /more/0000000000010 Show more\n\n";
	static const struct {
		const char *label, *block;
	} rows[] = {
	    {"none yet", ""},
	    {"one article, none older", "## More news\n\n=> /articles/a.gmi A (2025-06-01)\n\n"},
	    {"five", "## More news\n\n=> /articles/1.gmi 1 (2025-06-01)\n"
		     "=> /articles/2.gmi 2 (2025-06-01)\n=> /articles/3.gmi 3 (2025-06-01)\n"
		     "=> /articles/4.gmi 4 (2025-06-01)\n=> /articles/5.gmi 5 (2025-06-01)\n"
		     "=> /more/000000000000v Show more\n\n"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char inside[4096];

		check_row(rows[i].label,
		    take_off(changed(block, rows[i].block), inside) == FRAME_REMOVED);
		check_row_text(rows[i].label, inside, BODY);
	}
}

static void
an_altered_frame_is_noticed(void **state)
{
	static const struct {
		const char *label, *from, *to;
	} rows[] = {
	    {"another title", "# Clinics", "# Two clinics"},
	    {"another author", "Heidi \u00b7", "Ida \u00b7"},
	    {"another day", "2025-06-13\n", "2025-06-15\n"},
	    {"no byline", "Heidi \u00b7 2025-06-13\n\n", ""},
	    {"another dek", "> Free", "> Dear"},
	    {"no picture", "=> /images/clinic.jpg Picture\n\n", ""},
	    {"another correction", "It was Saturday", "It was Sunday"},
	    {"another word above the news", "## More news", "## Other news"},
	    {"a line among the news", "=> /more/", "Mine.\n=> /more/"},
	    {"a link elsewhere among the news", "=> /articles/other.gmi", "=> gemini://a.example/"},
	    {"news without a day", " (2025-06-12)", ""},
	    {"no address for letters", "=> mailto:desk@example.org Write to the editor\n", ""},
	    {"no way back", "=> / The Example Broadsheet\n", ""},
	    {"text below the way back", "=> / The Example Broadsheet\n",
		"=> / The Example Broadsheet\n\nMine.\n"},
	    {"text above the title", "# Clinics", "Mine.\n\n# Clinics"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char inside[4096];

		check_row(rows[i].label,
		    take_off(changed(rows[i].from, rows[i].to), inside) == FRAME_ALTERED);
	}
}

/* Without corrections and tags an empty line is all there is between body and More news. */
static void
altered_news_do_not_pass_as_text(void **state)
{
	static const char plain[] = "---\ntitle = T\ndate = 2025-06-13\n---\nText.\n";
	static const struct {
		const char *label, *news;
	} rows[] = {
	    {"another heading", "## Other\n\n=> /articles/a.gmi A (2025-06-01)\n\n"},
	    {"another heading, and older ones", "## Other\n\n=> /articles/a.gmi A (2025-06-01)\n=> "
						"/more/000000000000v Show more\n\n"},
	    {"another link", "## More news\n\n=> /about.gmi A (2025-06-01)\n\n"},
	    {"six articles",
		"## More news\n\n=> /articles/a.gmi A (2025-06-01)\n=> /articles/b.gmi B "
		"(2025-06-01)\n"
		"=> /articles/a.gmi A (2025-06-01)\n=> /articles/b.gmi B (2025-06-01)\n"
		"=> /articles/a.gmi A (2025-06-01)\n=> /articles/b.gmi B (2025-06-01)\n\n"},
	};
	struct source *s = source_parse("/articles/t.gmi", plain, strlen(plain), NULL);

	(void)state;
	assert_non_null(s);
	s->article.card.date = "2025-06-13";
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer text = BUFFER_EMPTY;
		const char *body;
		size_t len;

		buffer_printf(&text,
		    "# T\n\nThe Example Broadsheet \u00b7 2025-06-13\n\nText.\n\n%s", rows[i].news);
		buffer_puts(&text, "=> mailto:desk@example.org Write to the editor\n"
				   "=> / The Example Broadsheet\n");
		check_row(rows[i].label, frame_remove(&capsule, &s->article, "Text.\n", 6,
					     text.data, text.len, &body, &len) == FRAME_ALTERED);
		buffer_free(&text);
	}
	source_free(s);
}

static void
a_text_of_ones_own_carries_no_frame(void **state)
{
	static const struct {
		const char *label, *text;
	} rows[] = {
	    {"empty", ""},
	    {"the source's own body", BODY},
	    {"with a title", "# Clinics move outdoors\n\nAnother text.\n"},
	    {"a heading like ours", "## More news\n\nThere is more.\n"},
	    {"a link back among others",
		"Text.\n\n=> / The Example Broadsheet\n=> /about.gmi About\n"},
	    {"a day in the text", "# Title\n\nHe came on 2025-06-13\n"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char inside[4096];

		check_row(rows[i].label, take_off(rows[i].text, inside) == FRAME_NONE);
	}
}

static void
what_the_source_says_itself_is_no_frame(void **state)
{
	static const char own[] =
	    "Heidi \u00b7 2025-06-13\n\nText.\n\n=> / The Example Broadsheet\n";
	const char *body;
	size_t len;

	(void)state;
	assert_int_equal(frame_remove(&capsule, &source->article, own, strlen(own), own,
			     strlen(own), &body, &len),
	    FRAME_NONE);
}

static void
a_page_sent_to_a_path_without_article_is_noticed(void **state)
{
	const char *body;
	size_t len;

	(void)state;
	assert_int_equal(
	    frame_remove(&capsule, NULL, NULL, 0, page.data, page.len, &body, &len), FRAME_ALTERED);
	assert_int_equal(
	    frame_remove(&capsule, NULL, NULL, 0, BODY, strlen(BODY), &body, &len), FRAME_NONE);
}

static void
line_ends_at_the_end_do_not_matter(void **state)
{
	char text[8192], inside[4096];

	(void)state;
	snprintf(text, sizeof(text), "%.*s", (int)page.len - 1, page.data);
	assert_int_equal(take_off(text, inside), FRAME_REMOVED);
	snprintf(text, sizeof(text), "%s\n\n", page.data);
	assert_int_equal(take_off(text, inside), FRAME_REMOVED);
	assert_string_equal(inside, BODY);
}

static void
addresses_of_lists_need_not_be_known(void **state)
{
	static const struct {
		const char *label, *tags, *authors;
	} rows[] = {
	    {"with a hash", "legal-aid-0a1b2c\n", "heidi\n"},
	    {"one is not public", "\n", "heidi-ffffff\n"},
	    {"none is public", "\n", "\n"},
	};
	char inside[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct article article = source->article;
		struct buffer sent = BUFFER_EMPTY;

		article.tag_slugs = rows[i].tags;
		article.author_slugs = rows[i].authors;
		page_article(&sent, &capsule, &article, others, 2, true);
		if (take_off(sent.data, inside) != FRAME_REMOVED)
			fail_msg("%s: it was not taken off", rows[i].label);
		check_row_text(rows[i].label, inside, BODY);
		buffer_free(&sent);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_printed_page_comes_back_as_its_body),
	    cmocka_unit_test(what_changed_inside_the_frame_is_the_new_body),
	    cmocka_unit_test(more_news_may_be_what_it_was_when_the_page_was_loaded),
	    cmocka_unit_test(an_altered_frame_is_noticed),
	    cmocka_unit_test(altered_news_do_not_pass_as_text),
	    cmocka_unit_test(a_text_of_ones_own_carries_no_frame),
	    cmocka_unit_test(what_the_source_says_itself_is_no_frame),
	    cmocka_unit_test(a_page_sent_to_a_path_without_article_is_noticed),
	    cmocka_unit_test(line_ends_at_the_end_do_not_matter),
	    cmocka_unit_test(addresses_of_lists_need_not_be_known),
	};

	return cmocka_run_group_tests(tests, print_page, drop_page);
}
