/* Tests of desk/manuscript and desk/form: texts sent, edited, sent back, refused and kept. */
#include "newsroom.h"

#include "base/text.h"
#include "site/answer.h"

#define REDIRECT "30 gemini://example.org"
#define COPY_MAX 8192

/* Keeps a text beyond the next request. */
static void
copy(char out[static COPY_MAX], const char *text)
{
	assert_true(strlen(text) < COPY_MAX);
	strcpy(out, text);
}

static void
sends(struct newsroom *n, const char *who, const char *path, const char *text)
{
	begins(path, newsroom_send(n, who, path, text), "30 ");
}

/* The answer's body, copied; one at a time. */
static const char *
edits(struct newsroom *n, const char *who, const char *path)
{
	static char text[64 * 1024];
	char url[2048];

	snprintf(url, sizeof(url), "titan://example.org%s;edit", path);
	begins(path, newsroom_ask(n, who, url), "20 text/");
	snprintf(text, sizeof(text), "%s", buffer_text(&n->answer.body));
	return text;
}

/* text with the first `from` changed to `to`; one at a time. */
static const char *
changed(const char *text, const char *from, const char *to)
{
	static char result[64 * 1024];
	const char *at = strstr(text, from);

	if (at == NULL)
		fail_msg("no \"%s\" in \"%s\"", from, text);
	snprintf(result, sizeof(result), "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	return result;
}

/* The page as readers get it, copied; one at a time. */
static const char *
page(struct newsroom *n, const char *path)
{
	static char text[64 * 1024];
	const struct visitor nobody = {0};
	struct response out;
	struct url url;
	char line[2048], reason[256];
	struct error err;
	struct site *site = site_open(&n->shop.config, &n->shop.capsule, &err);

	assert_non_null(site);
	snprintf(line, sizeof(line), "gemini://example.org%s", path);
	assert_int_equal(url_parse(line, strlen(line), &url, reason, sizeof(reason)), URL_OK);
	response_init(&out);
	site_answer(site, &url, &nobody, &out);
	assert_int_equal(out.status, GEMINI_SUCCESS);
	snprintf(text, sizeof(text), "%s", buffer_text(&out.body));
	response_free(&out);
	site_close(site);
	return text;
}

static void
what_is_derived_is_written_into_the_source(void **state)
{
	struct newsroom *n = *state;

	sends(n, "ada", "/articles/a.gmi", "# T\n\nText.\n");
	assert_string_equal(newsroom_file(n, "/articles/a.gmi"),
	    "---\nauthor = Ada L\u00f6w\ndate = 2025-06-13T09:30:00Z\neditor = ada\n---\n# "
	    "T\n\nText.\n");
}

static void
dates_are_those_of_the_capsules_zone(void **state)
{
	struct newsroom *n = *state;

	n->shop.capsule.timezone = (char *)"Pacific/Kiritimati";
	assert_string_equal(
	    newsroom_send(n, "ada", "/articles/", "# T\n"), REDIRECT "/articles/2025/06/t.gmi");
	assert_non_null(strstr(
	    newsroom_file(n, "/articles/2025/06/t.gmi"), "date = 2025-06-13T23:30:00+14:00\n"));
}

static void
texts_are_stored_with_plain_line_ends_and_without_mark(void **state)
{
	struct newsroom *n = *state;

	sends(
	    n, "carl", "/drafts/a.gmi", "\xef\xbb\xbf---\r\ntitle = T\r\n---\r\nOne.\r\nTwo.\r\n");
	assert_string_equal(newsroom_file(n, "/drafts/a.gmi"),
	    "---\ntitle = T\nauthor = Carl\neditor = carl\n---\nOne.\nTwo.\n");
	sends(n, "heidi", "/about.gmi", "\xef\xbb\xbfOne.\r\nTwo.\r\n");
	assert_string_equal(newsroom_file(n, "/about.gmi"), "One.\nTwo.\n");
}

static void
markdown_becomes_gemtext_unless_it_is_sent_to_md(void **state)
{
	struct newsroom *n = *state;
	static const char text[] = "---\ntitle = A *bold* step\ndate = 2025-01-01\n---\n"
				   "Some **words** and [a link](/about.gmi).\n";

	begins("to .gmi",
	    newsroom_send_bytes(n, "ada", "/articles/a.gmi", "text/markdown", text, strlen(text)),
	    "30 ");
	assert_string_equal(newsroom_file(n, "/articles/a.gmi"),
	    "---\ntitle = A bold step\ndate = 2025-01-01\nauthor = Ada L\u00f6w\neditor = "
	    "ada\n---\n"
	    "Some words and a link.\n\n=> /about.gmi a link\n");
	begins("to .md",
	    newsroom_send_bytes(n, "ada", "/articles/a.md", "text/markdown", text, strlen(text)),
	    "30 ");
	assert_non_null(strstr(newsroom_file(n, "/articles/a.md"), "Some **words**"));
	assert_string_equal(
	    newsroom_send_bytes(n, "ada", "/articles/", "text/markdown", text, strlen(text)),
	    REDIRECT "/articles/2025/01/a-bold-step.gmi");
}

static void
an_upload_cannot_speak_for_others(void **state)
{
	struct newsroom *n = *state;

	sends(n, "heidi", "/articles/hers.gmi", "# Hers\n");
	sends(n, "ada", "/articles/a.gmi",
	    "---\neditor = heidi\nmoved-from = /articles/hers.gmi\nmoved-from = /tags/x\n"
	    "moved-from = /articles/free.gmi\nmoved-from = /about.gmi\n"
	    "moved-from = /articles/opinion/\n---\n# A\n");
	const char *source = newsroom_file(n, "/articles/a.gmi");
	assert_non_null(strstr(source, "editor = ada\n"));
	assert_null(strstr(source, "heidi"));
	assert_non_null(strstr(source, "moved-from = /articles/free.gmi\n"));
	assert_null(strstr(source, "hers.gmi"));
	assert_null(strstr(source, "/tags/x"));
	assert_null(strstr(source, "/about.gmi"));
	assert_null(strstr(source, "/opinion/"));
	sends(n, "heidi", "/articles/b.gmi", "---\nmoved-from = /blog/2019/b/\n---\n# B\n");
	assert_non_null(
	    strstr(newsroom_file(n, "/articles/b.gmi"), "moved-from = /blog/2019/b/\n"));
}

static void
a_reupload_takes_over_what_it_does_not_say(void **state)
{
	struct newsroom *n = *state;

	sends(n, "ada", "/articles/a.gmi",
	    "---\ntitle = T\ntags = legal aid\ndate = 2025-01-01\n---\nText.\n");
	sends(n, "heidi", "/articles/a.gmi", "New text.\n");
	assert_string_equal(newsroom_file(n, "/articles/a.gmi"),
	    "---\ntitle = T\ntags = legal aid\ndate = 2025-01-01\nauthor = Ada L\u00f6w\neditor = "
	    "ada\n"
	    "updated = 2025-06-13T09:30:00Z\n---\nNew text.\n");
	assert_non_null(strstr(page(n, "/articles/a.gmi"),
	    "# T\n\nAda L\u00f6w \u00b7 2025-01-01 \u00b7 updated 2025-06-13\n\nNew text.\n"));
}

static void
a_file_made_by_hand_keeps_its_day_and_byline(void **state)
{
	struct newsroom *n = *state;
	char day[64];

	workshop_put(&n->shop, "/articles/a.gmi", "# By hand\n\nText.\n");
	workshop_notice(&n->shop);
	snprintf(
	    day, sizeof(day), "%.60s", strstr(page(n, "/articles/a.gmi"), "The Example \u00b7"));
	*strchr(day, '\n') = '\0';
	sends(n, "heidi", "/articles/a.gmi", "# By hand\n\nOther text.\n");
	assert_non_null(strstr(page(n, "/articles/a.gmi"), day));
}

static void
updated_is_not_set_before_publication(void **state)
{
	struct newsroom *n = *state;

	sends(n, "ada", "/articles/a.gmi", "---\ndate = 9999-01-01\n---\nText.\n");
	sends(n, "ada", "/articles/a.gmi", "New.\n");
	sends(n, "ada", "/drafts/a.gmi", "Text.\n");
	sends(n, "ada", "/drafts/a.gmi", "New.\n");
	assert_null(strstr(newsroom_file(n, "/articles/a.gmi"), "updated"));
	assert_null(strstr(newsroom_file(n, "/drafts/a.gmi"), "updated"));
}

static void
a_source_that_is_edited_carries_its_revision(void **state)
{
	struct newsroom *n = *state;

	sends(n, "ada", "/articles/a.gmi", "---\ndate = 2025-01-01\n---\nText.\n");
	assert_string_equal(edits(n, "ada", "/articles/a.gmi"),
	    "---\ndate = 2025-01-01\nauthor = Ada L\u00f6w\neditor = ada\nrevision = "
	    "980319e04465\n---\n"
	    "Text.\n");
	assert_string_equal(n->answer.meta, "text/gemini; charset=utf-8");
}

static void
a_form_begins_what_is_new(void **state)
{
	struct newsroom *n = *state;
	static const char *const paths[] = {"/articles/new.gmi", "/articles/new", "/articles/",
	    "/articles/opinion/", "/drafts/", "/drafts/new.md"};

	for (size_t i = 0; i < ROWS(paths); i++) {
		const char *form = edits(n, "ada", paths[i]);

		begins(paths[i], form, "---\ntitle = \n");
		check_row(paths[i], strstr(form, "\n---\n") != NULL);
	}
	assert_string_equal(n->answer.meta, "text/markdown; charset=utf-8");
	begins("a form as it came",
	    newsroom_send(n, "ada", "/articles/", edits(n, "ada", "/articles/")),
	    "59 Write something");
	sends(n, "ada", "/articles/",
	    changed(edits(n, "ada", "/articles/"), "title = ", "title = Filled in"));
	assert_string_equal(newsroom_file(n, "/articles/2025/06/filled-in.gmi"),
	    "---\ntitle = Filled in\nauthor = Ada L\u00f6w\ndate = 2025-06-13T09:30:00Z\neditor = "
	    "ada\n"
	    "---\n\n");
}

static void
editing_asks_for_the_rights_of_the_upload(void **state)
{
	struct newsroom *n = *state;
	static const struct {
		const char *who, *path, *answer;
	} rows[] = {
	    {"", "/articles/a.gmi", "60 "},
	    {"mallory", "/articles/a.gmi", "61 "},
	    {"carl", "/articles/a.gmi", "61 Send it to /drafts/"},
	    {"ada", "/articles/a.gmi", "61 Send your version to /drafts/"},
	    {"carl", "/articles/", "61 "},
	    {"ada", "/about.gmi", "61 "},
	    {"heidi", "/articles/a.gmi", "20 text/gemini"},
	    {"heidi", "/about.gmi", "20 text/gemini"},
	    {"heidi", "/new.txt", "20 text/plain"},
	    {"heidi", "/desk/", "50 "},
	    {"heidi", "/images/", "50 Send a picture"},
	    {"heidi", "/images/a.png", "50 See /desk/image/images/a.png"},
	    {"heidi", "/plan.zip", "50 Send the whole file again"},
	};

	sends(n, "heidi", "/articles/a.gmi", "Text.\n");
	sends(n, "heidi", "/about.gmi", "About.\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		char url[256];

		snprintf(url, sizeof(url), "titan://example.org%s;edit", rows[i].path);
		begins(rows[i].path, newsroom_ask(n, rows[i].who, url), rows[i].answer);
	}
}

static void
an_edited_source_comes_back_without_its_revision(void **state)
{
	struct newsroom *n = *state;

	sends(n, "ada", "/articles/a.gmi", "---\ndate = 2025-01-01\n---\nText.\n");
	sends(n, "ada", "/articles/a.gmi",
	    changed(edits(n, "ada", "/articles/a.gmi"), "Text", "New"));
	assert_string_equal(newsroom_file(n, "/articles/a.gmi"),
	    "---\ndate = 2025-01-01\nauthor = Ada L\u00f6w\neditor = ada\n"
	    "updated = 2025-06-13T09:30:00Z\n---\nNew.\n");
	sends(n, "heidi", "/about.gmi", "About.\n");
	const char *mine = changed(edits(n, "heidi", "/about.gmi"), "About", "Of us");
	sends(n, "heidi", "/about.gmi", mine);
	sends(n, "heidi", "/about.gmi", mine); /* once more, with the revision of before */
	assert_string_equal(newsroom_file(n, "/about.gmi"), "Of us.\n");
}

static void
a_version_that_is_not_the_newest_is_kept_as_a_draft(void **state)
{
	struct newsroom *n = *state;
	char mine[COPY_MAX];

	sends(n, "ada", "/articles/clinic.gmi", "# Clinic\n\nText.\n");
	copy(mine, changed(edits(n, "ada", "/articles/clinic.gmi"), "Text", "Mine"));
	sends(n, "heidi", "/articles/clinic.gmi", "# Clinic\n\nTheirs.\n");
	assert_string_equal(newsroom_send(n, "ada", "/articles/clinic.gmi", mine),
	    "50 Kept as draft clinic-conflict-1: somebody saved another version meanwhile, see "
	    "/desk/");
	assert_non_null(strstr(newsroom_file(n, "/articles/clinic.gmi"), "Theirs."));
	const char *kept = newsroom_file(n, "/drafts/clinic-conflict-1.gmi");
	assert_non_null(strstr(kept, "Mine."));
	assert_non_null(strstr(kept, "editor = ada\n"));
	assert_null(strstr(kept, "revision"));
	begins("again", newsroom_send(n, "ada", "/articles/clinic.gmi", mine),
	    "50 Kept as draft clinic-conflict-1: ");
	begins("another",
	    newsroom_send(n, "ada", "/articles/clinic.gmi", changed(mine, "Mine", "Yours")),
	    "50 Kept as draft clinic-conflict-2: ");
	begins("its sender may edit it",
	    newsroom_ask(n, "ada", "titan://example.org/drafts/clinic-conflict-1.gmi;edit"), "20 ");
}

static void
what_was_deleted_meanwhile_is_kept_as_a_draft(void **state)
{
	struct newsroom *n = *state;
	char mine[COPY_MAX];

	n->shop.capsule.titan_delete = true;
	sends(n, "ada", "/articles/clinic.gmi", "# Clinic\n\nText.\n");
	copy(mine, edits(n, "ada", "/articles/clinic.gmi"));
	sends(n, "ada", "/articles/clinic.gmi", "");
	assert_string_equal(newsroom_send(n, "ada", "/articles/clinic.gmi", mine),
	    "50 Kept as draft clinic-conflict-1: it was deleted or moved meanwhile, see /desk/");
}

static void
a_change_by_hand_counts_as_one_by_somebody_else(void **state)
{
	struct newsroom *n = *state;
	char mine[COPY_MAX];

	sends(n, "ada", "/articles/a.gmi", "Text.\n");
	copy(mine, edits(n, "ada", "/articles/a.gmi"));
	workshop_put(&n->shop, "/articles/a.gmi", "---\neditor = ada\n---\nBy hand.\n");
	begins("kept", newsroom_send(n, "ada", "/articles/a.gmi", mine),
	    "50 Kept as draft a-conflict-1: ");
	assert_non_null(strstr(newsroom_file(n, "/articles/a.gmi"), "By hand."));
}

static void
sending_the_same_again_is_no_conflict(void **state)
{
	struct newsroom *n = *state;
	char mine[COPY_MAX];

	sends(n, "ada", "/articles/a.gmi", "Text.\n");
	copy(mine, changed(edits(n, "ada", "/articles/a.gmi"), "Text", "Mine"));
	sends(n, "ada", "/articles/a.gmi", mine);
	assert_string_equal(
	    newsroom_send(n, "ada", "/articles/a.gmi", mine), REDIRECT "/articles/a.gmi");
}

static void
somebody_who_comes_too_late_loses_nothing(void **state)
{
	struct newsroom *n = *state;
	struct visitor visitor = newsroom_visitor(n, "ada");
	struct titan titan;
	struct url url;
	struct desk_request request =
	    newsroom_request("titan://example.org/articles/a.gmi;size=6", &visitor, &url, &titan);

	newsroom_begin(n);
	assert_true(desk_may(n->desk, &request, &n->answer));
	sends(n, "heidi", "/articles/a.gmi", "Theirs.\n");
	newsroom_begin(n);
	request =
	    newsroom_request("titan://example.org/articles/a.gmi;size=6", &visitor, &url, &titan);
	desk_put(n->desk, &request, "Mine.\n", 6, &n->answer);
	begins("ada", newsroom_said(n), "50 Kept as draft a-conflict-1: ");
	assert_non_null(strstr(newsroom_file(n, "/drafts/a-conflict-1.gmi"), "Mine.\n"));
}

static void
a_text_that_is_refused_is_kept(void **state)
{
	struct newsroom *n = *state;
	static const struct {
		const char *path, *text, *answer;
	} rows[] = {
	    {"/articles/a.gmi", "---\ndate = soon\n---\nText.\n",
		"50 Kept as draft a-refused-1: line 2: date is `soon`, expected"},
	    {"/articles/a.gmi", "---\r\ntitle\r\n---\r\nText.\r\n",
		"50 Kept as draft a-refused-2: line 2: expected `key = value`"},
	    {"/articles/a.gmi", "Text \xff\n",
		"59 Kept as draft a-refused-3: line 1: not valid UTF-8"},
	    {"/drafts/b.gmi", "---\nstatus = done\n---\nText.\n",
		"50 Kept as draft b-refused-1: line 2: status"},
	    {"/articles/", "---\ntitle = A & B\ndate = soon\n---\n",
		"50 Kept as draft a-b-refused-1: line 3: date"},
	    {"/drafts/", "\xc0\xaf", "59 Kept as draft text-refused-1: line 1: not valid UTF-8"},
	    {"/articles/c.md", "---\n= x\n---\n", "50 Kept as draft c-refused-1: line 2: "},
	    {"/articles/d.gmi", "---\ntags = a\ntitle = \n---\n\n",
		"59 Kept as draft d-refused-1: it has neither title nor text"},
	    {"/articles/", "---\ntags = a\n---\n", "59 Kept as draft text-refused-2: "},
	    {"/about.gmi", "\xff",
		"59 Kept as draft about-refused-1: it is not valid UTF-8, see /desk/"},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		begins(rows[i].path, newsroom_send(n, "heidi", rows[i].path, rows[i].text),
		    rows[i].answer);
	assert_string_equal(newsroom_file(n, "/articles/a.gmi"), "");
	assert_string_equal(newsroom_file(n, "/drafts/a-refused-1.gmi"),
	    "---\ndate = soon\neditor = heidi\nsent-to = /articles/a.gmi\n---\nText.\n");
	assert_string_equal(newsroom_file(n, "/drafts/a-refused-3.gmi"),
	    "---\neditor = heidi\nsent-to = /articles/a.gmi\n---\nText \xff\n");
	assert_true(text_ends(newsroom_file(n, "/drafts/c-refused-1.md"),
	    "---\n= x\neditor = heidi\nsent-to = /articles/c.md\n---\n"));
	assert_null(strstr(newsroom_file(n, "/drafts/a-b-refused-1.gmi"), "sent-to"));
}

static void
the_sender_of_a_refused_text_can_mend_it(void **state)
{
	struct newsroom *n = *state;

	begins("refused",
	    newsroom_send(n, "carl", "/drafts/a.gmi", "---\ndate = soon\n---\nText.\n"),
	    "50 Kept as draft a-refused-1: ");
	sends(n, "carl", "/drafts/a-refused-1.gmi",
	    changed(edits(n, "carl", "/drafts/a-refused-1.gmi"), "soon", "2025-01-01"));
}

static void
a_long_reason_leaves_room_for_what_to_do(void **state)
{
	struct newsroom *n = *state;
	char text[4096] = "---\ndate = ";

	memset(text + strlen(text), 'x', 3000);
	strcat(text, "\n---\n");
	assert_true(text_ends(newsroom_send(n, "heidi", "/articles/a.gmi", text), ", see /desk/"));
}

static void
a_head_that_grows_too_large_is_refused(void **state)
{
	struct newsroom *n = *state;
	struct buffer text = BUFFER_EMPTY;

	buffer_puts(&text, "---\n");
	while (text.len < 65500)
		buffer_puts(&text, "mood = fine\n");
	buffer_puts(&text, "---\nText.\n");
	begins("too large", newsroom_send(n, "heidi", "/articles/a.gmi", text.data),
	    "50 Kept as draft a-refused-1: its front matter is larger than 64 KB");
	buffer_free(&text);
}

static const char clinic[] = "---\ntitle = Clinic\ntags = legal aid\nsummary = Dek.\n"
			     "date = 2025-01-01\nmood = fine\n---\n# Clinic\n\nText.\n\nMore.\n";

static void
a_printed_page_that_comes_back_changes_nothing(void **state)
{
	struct newsroom *n = *state;
	char stored[COPY_MAX];

	sends(n, "ada", "/articles/clinic.gmi", clinic);
	copy(stored, newsroom_file(n, "/articles/clinic.gmi"));
	sends(n, "ada", "/articles/clinic.gmi", page(n, "/articles/clinic.gmi"));
	assert_string_equal(newsroom_file(n, "/articles/clinic.gmi"), stored);
}

static void
a_printed_page_comes_back_with_its_text_changed(void **state)
{
	struct newsroom *n = *state;
	char mine[COPY_MAX];

	sends(n, "ada", "/articles/clinic.gmi", clinic);
	sends(n, "heidi", "/articles/other.gmi", "---\ndate = 2025-02-01\n---\n# Other\n");
	copy(mine, changed(page(n, "/articles/clinic.gmi"), "More.", "Less."));
	/* What is more news changes until it comes back. */
	sends(n, "heidi", "/articles/third.gmi", "---\ndate = 2025-03-01\n---\n# Third\n");
	sends(n, "ada", "/articles/clinic.gmi", mine);
	assert_string_equal(newsroom_file(n, "/articles/clinic.gmi"),
	    "---\ntitle = Clinic\ntags = legal aid\nsummary = Dek.\n"
	    "date = 2025-01-01\nmood = fine\nauthor = Ada L\u00f6w\neditor = ada\n"
	    "updated = 2025-06-13T09:30:00Z\n---\n# Clinic\n\nText.\n\nLess.\n");
}

static void
a_title_that_only_the_text_tells_survives_the_frame(void **state)
{
	struct newsroom *n = *state;

	sends(n, "ada", "/articles/a.gmi", "---\ndate = 2025-01-01\n---\n# Told here\n\nText.\n");
	sends(n, "ada", "/articles/a.gmi", changed(page(n, "/articles/a.gmi"), "Text.", "New."));
	begins("title", page(n, "/articles/a.gmi"), "# Told here\n");
	assert_true(text_ends(newsroom_file(n, "/articles/a.gmi"), "---\n# Told here\n\nNew.\n"));
}

static void
an_altered_frame_is_refused_and_kept(void **state)
{
	struct newsroom *n = *state;

	sends(n, "ada", "/articles/clinic.gmi", clinic);
	begins("altered",
	    newsroom_send(n, "ada", "/articles/clinic.gmi",
		changed(page(n, "/articles/clinic.gmi"), "# Clinic", "# Clinics")),
	    "50 Kept as draft clinic-refused-1: the title or another line printed around the "
	    "text differs, use Edit on the desk for that, see /desk/");
	assert_non_null(strstr(newsroom_file(n, "/drafts/clinic-refused-1.gmi"), "# Clinics\n"));
	assert_non_null(strstr(newsroom_file(n, "/articles/clinic.gmi"), "# Clinic\n"));
}

static void
a_page_of_a_markdown_article_is_refused_and_kept(void **state)
{
	struct newsroom *n = *state;

	sends(
	    n, "ada", "/articles/a.md", "---\ntitle = T\ndate = 2025-01-01\n---\nSome *words*.\n");
	begins("Markdown", newsroom_send(n, "ada", "/articles/a.md", page(n, "/articles/a.md")),
	    "50 Kept as draft a-refused-1: the article is in Markdown");
}

static void
what_lies_there_already_is_printed_before_the_answer(void **state)
{
	struct newsroom *n = *state;
	static const char text[] = "---\ntitle = T\nauthor = Ada L\u00f6w\ndate = 2025-01-01\n"
				   "editor = ada\n---\nText.\n";

	workshop_put(&n->shop, "/articles/a.gmi", text); /* and nobody has noticed it */
	begins("article", newsroom_send(n, "ada", "/articles/a.gmi", text),
	    REDIRECT "/articles/a.gmi");
	assert_non_null(strstr(page(n, "/articles/a.gmi"), "Text.\n"));
	workshop_put(&n->shop, "/a.txt", "A.\n");
	begins("file", newsroom_send(n, "heidi", "/a.txt", "A.\n"), REDIRECT "/a.txt");
	page(n, "/a.txt"); /* which is there */
}

static void
first_words_are_the_title_where_nothing_else_can_be(void **state)
{
	struct newsroom *n = *state;

	assert_string_equal(
	    newsroom_send(n, "ada", "/articles/", "It's raining, Mr. Low!\n\nMore.\n"),
	    "30 gemini://example.org/articles/2025/06/it-s-raining-mr-low.gmi");
	begins("page", page(n, "/articles/2025/06/it-s-raining-mr-low.gmi"),
	    "# It's raining, Mr. Low!\n");
	sends(n, "ada", "/articles/named.gmi", "It rains.\n");
	begins("named", page(n, "/articles/named.gmi"), "# named\n");
}

/* Whoever loses a line of the form has not published: its date is one to come. */
static void
keys_without_their_fence_are_no_text(void **state)
{
	struct newsroom *n = *state;
	static const char whole[] = "title = Late\ndate = 2027-01-01\ntags = a\nsummary = S\n";
	char text[512];

	snprintf(text, sizeof(text), "%s---\n\nText.\n", whole);
	begins("no first", newsroom_send(n, "ada", "/articles/late.gmi", text),
	    "50 Kept as draft late-refused-1: line 1: a header without `---` above it, so that it "
	    "is "
	    "text: put one there, or publish the draft, where that is done, see /desk/");
	begins("to a folder", newsroom_send(n, "ada", "/articles/", text),
	    "50 Kept as draft late-refused-2: line 1: a header");
	begins("a draft", newsroom_send(n, "carl", "/drafts/late.gmi", text),
	    "50 Kept as draft late-refused-3: line 1: a header");
	snprintf(text, sizeof(text), "---\n%s\nText.\n", whole);
	begins("no last", newsroom_send(n, "ada", "/articles/late.gmi", text),
	    "50 Kept as draft late-refused-1: line 1: a header that no `---` closes");
	assert_string_equal(newsroom_file(n, "/drafts/late-refused-1.gmi"),
	    "---\ntitle = Late\ndate = 2027-01-01\ntags = a\nsummary = S\neditor = ada\n"
	    "sent-to = /articles/late.gmi\n---\n\nText.\n");
	sends(n, "ada", "/articles/rule.gmi", "---\nThe title = is a word like others.\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    NEWSROOM_TEST(what_is_derived_is_written_into_the_source),
	    NEWSROOM_TEST(dates_are_those_of_the_capsules_zone),
	    NEWSROOM_TEST(texts_are_stored_with_plain_line_ends_and_without_mark),
	    NEWSROOM_TEST(markdown_becomes_gemtext_unless_it_is_sent_to_md),
	    NEWSROOM_TEST(an_upload_cannot_speak_for_others),
	    NEWSROOM_TEST(a_reupload_takes_over_what_it_does_not_say),
	    NEWSROOM_TEST(a_file_made_by_hand_keeps_its_day_and_byline),
	    NEWSROOM_TEST(updated_is_not_set_before_publication),
	    NEWSROOM_TEST(a_source_that_is_edited_carries_its_revision),
	    NEWSROOM_TEST(a_form_begins_what_is_new),
	    NEWSROOM_TEST(editing_asks_for_the_rights_of_the_upload),
	    NEWSROOM_TEST(an_edited_source_comes_back_without_its_revision),
	    NEWSROOM_TEST(a_version_that_is_not_the_newest_is_kept_as_a_draft),
	    NEWSROOM_TEST(what_was_deleted_meanwhile_is_kept_as_a_draft),
	    NEWSROOM_TEST(a_change_by_hand_counts_as_one_by_somebody_else),
	    NEWSROOM_TEST(sending_the_same_again_is_no_conflict),
	    NEWSROOM_TEST(what_lies_there_already_is_printed_before_the_answer),
	    NEWSROOM_TEST(somebody_who_comes_too_late_loses_nothing),
	    NEWSROOM_TEST(a_text_that_is_refused_is_kept),
	    NEWSROOM_TEST(first_words_are_the_title_where_nothing_else_can_be),
	    NEWSROOM_TEST(keys_without_their_fence_are_no_text),
	    NEWSROOM_TEST(the_sender_of_a_refused_text_can_mend_it),
	    NEWSROOM_TEST(a_long_reason_leaves_room_for_what_to_do),
	    NEWSROOM_TEST(a_head_that_grows_too_large_is_refused),
	    NEWSROOM_TEST(a_printed_page_that_comes_back_changes_nothing),
	    NEWSROOM_TEST(a_printed_page_comes_back_with_its_text_changed),
	    NEWSROOM_TEST(a_title_that_only_the_text_tells_survives_the_frame),
	    NEWSROOM_TEST(an_altered_frame_is_refused_and_kept),
	    NEWSROOM_TEST(a_page_of_a_markdown_article_is_refused_and_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
