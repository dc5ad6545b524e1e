/* Tests of desk/upload and what judges it: who may send what where, and what the answer is. */
#include "newsroom.h"

#include "base/text.h"

#define HEAD     "---\neditor = %s\ndate = 2025-01-01\n---\nText of %s.\n"
#define TEXT     "# Clinics move outdoors\n\nText.\n"
#define REDIRECT "30 gemini://example.org"

static const unsigned char png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I',
    'H', 'D', 'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0, 0x1f, 0x15, 0xc4, 0x89, 0, 0, 0, 0, 'I',
    'E', 'N', 'D', 0xae, 0x42, 0x60, 0x82};

/* Each row of section 5's table with each role, over what is new, own, another's. */
static void
each_row_of_the_table_holds_for_each_role(void **state)
{
	static const struct {
		const char *label, *path, *mime;
		const char *owner; /* of what lies there already, or NULL */
		int carl, ada, heidi;
	} rows[] = {
	    {"a new article", "/articles/new.gmi", "text/gemini", NULL, 61, 30, 30},
	    {"a new article without ending", "/articles/new", "text/gemini", NULL, 61, 30, 30},
	    {"ada's article", "/articles/hers.gmi", "text/gemini", "ada", 61, 30, 30},
	    {"heidi's article", "/articles/his.gmi", "text/gemini", "heidi", 61, 61, 30},
	    {"nobody's article", "/articles/old.gmi", "text/gemini", "", 61, 61, 30},
	    {"a made path", "/articles/", "text/gemini", NULL, 61, 30, 30},
	    {"a made path in a section", "/articles/opinion/", "text/gemini", NULL, 61, 30, 30},
	    {"a new draft", "/drafts/new.gmi", "text/gemini", NULL, 30, 30, 30},
	    {"carl's draft", "/drafts/his.gmi", "text/gemini", "carl", 30, 30, 30},
	    {"ada's draft", "/drafts/hers.gmi", "text/gemini", "ada", 61, 30, 30},
	    {"a draft's made path", "/drafts/", "text/gemini", NULL, 30, 30, 30},
	    {"a picture", "/images/a.png", "image/png", NULL, 61, 30, 30},
	    {"a picture's made path", "/images/", "image/png", NULL, 61, 30, 30},
	    {"a file", "/about.gmi", "text/gemini", NULL, 61, 61, 30},
	    {"a section's header", "/articles/header.gmi", "text/gemini", NULL, 61, 61, 30},
	    {"a generated page", "/tags/x", "text/gemini", NULL, 50, 50, 50},
	    {"a hidden file", "/.secret", "text/gemini", NULL, 50, 50, 50},
	};
	static const char *const people[] = {"carl", "ada", "heidi"};

	for (size_t i = 0; i < ROWS(rows); i++) {
		const int statuses[] = {rows[i].carl, rows[i].ada, rows[i].heidi};

		for (size_t j = 0; j < 3; j++) {
			struct newsroom n;
			char stored[256];
			bool is_picture = strncmp(rows[i].mime, "image/", 6) == 0;

			newsroom_open(&n);
			snprintf(stored, sizeof(stored), HEAD, rows[i].owner, rows[i].owner);
			if (rows[i].owner != NULL) {
				workshop_put(&n.shop, rows[i].path, stored);
				workshop_notice(&n.shop);
			}
			const char *said = newsroom_send_bytes(&n, people[j], rows[i].path,
			    rows[i].mime, is_picture ? (const void *)png : TEXT,
			    is_picture ? sizeof(png) : strlen(TEXT));
			if (atoi(said) != statuses[j])
				fail_msg("%s by %s: %s", rows[i].label, people[j], said);
			newsroom_close(&n);
		}
	}
	(void)state;
}

static void
the_answer_names_where_it_is_now(void **state)
{
	struct newsroom *n = *state;
	static const struct {
		const char *path, *text, *answer;
	} rows[] = {
	    {"/articles/clinic.gmi", TEXT, REDIRECT "/articles/clinic.gmi"},
	    {"/articles/no-ending", TEXT, REDIRECT "/articles/no-ending.gmi"},
	    {"/articles/", TEXT, REDIRECT "/articles/2025/06/clinics-move-outdoors.gmi"},
	    {"/articles/", TEXT "More.\n",
		REDIRECT "/articles/2025/06/clinics-move-outdoors-2.gmi"},
	    {"/articles/", "---\ntitle = Old\ndate = 2019-12-31T23:00:00-05:00\n---\nText.\n",
		REDIRECT "/articles/2019/12/old.gmi"},
	    {"/articles/", "Only words here.\n", REDIRECT "/articles/2025/06/only-words-here.gmi"},
	    {"/articles/opinion/", TEXT,
		REDIRECT "/articles/opinion/2025/06/clinics-move-outdoors.gmi"},
	    {"/articles/2024/02/", "# Leap\n", REDIRECT "/articles/2024/02/leap.gmi"},
	    {"/articles/2024/", "# Leap\n", REDIRECT "/articles/2024/06/leap.gmi"},
	    {"/articles/m%C3%A1s%20lejos.gmi", TEXT, REDIRECT "/articles/m%C3%A1s%20lejos.gmi"},
	    {"/drafts/x.gmi", TEXT, REDIRECT "/desk/preview/drafts/x.gmi"},
	    {"/drafts/", TEXT, REDIRECT "/desk/preview/drafts/clinics-move-outdoors.gmi"},
	    {"/articles/later.gmi", "---\ndate = 9999-01-01\n---\nText.\n",
		REDIRECT "/desk/preview/articles/later.gmi"},
	    {"/articles/ready.gmi", "---\nstatus = ready\n---\nText.\n",
		REDIRECT "/desk/preview/articles/ready.gmi"},
	    {"/articles/back.gmi", "---\nretracted = It was wrong.\n---\nText.\n",
		REDIRECT "/desk/preview/articles/back.gmi"},
	    {"/about.gmi", TEXT, REDIRECT "/about.gmi"},
	    {"/.well-known/security.txt", "Contact: x\n", REDIRECT "/.well-known/security.txt"},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_row_text(rows[i].path, newsroom_send(n, "heidi", rows[i].path, rows[i].text),
		    rows[i].answer);
}

static void
a_public_port_is_named(void **state)
{
	struct newsroom *n = *state;
	struct visitor visitor = newsroom_visitor(n, "heidi");
	struct titan titan;
	struct url url;
	struct desk_request request = newsroom_request(
	    "titan://example.org:19650/articles/a.gmi;size=5", &visitor, &url, &titan);

	request.port = 19650;
	newsroom_begin(n);
	desk_put(n->desk, &request, "Text\n", 5, &n->answer);
	assert_string_equal(n->answer.meta, "gemini://example.org:19650/articles/a.gmi");
}

static void
commits_name_who_did_it(void **state)
{
	struct newsroom *n = *state;

	newsroom_send(n, "ada", "/articles/a.gmi", TEXT);
	assert_string_equal(
	    newsroom_commit(n), "Ada L\u00f6w <ada@example.org> publish /articles/a.gmi");
	newsroom_send(n, "heidi", "/articles/a.gmi", "# Another\n\nText.\n");
	assert_string_equal(newsroom_commit(n), "Heidi <heidi@example.org> update /articles/a.gmi");
}

static void
pictures_have_to_be_what_name_and_type_say(void **state)
{
	struct newsroom *n = *state;
	static const char gif[] = "GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00;";
	static const struct {
		const char *path, *mime;
		const void *bytes;
		size_t len;
		const char *answer;
	} rows[] = {
	    {"/images/a.png", "image/png", png, sizeof(png), REDIRECT "/desk/image/images/a.png"},
	    {"/images/b.png", "application/octet-stream", png, sizeof(png),
		REDIRECT "/desk/image/images/b.png"},
	    {"/images/c.gif", "image/gif", gif, sizeof(gif) - 1,
		REDIRECT "/desk/image/images/c.gif"},
	    {"/images/", "image/png", png, sizeof(png), REDIRECT "/desk/image/images/2025/"},
	    {"/images/d.png", "image/png", png, sizeof(png) - 1, "50 Save the picture anew"},
	    {"/images/d.png", "image/jpeg", png, sizeof(png), "50 Choose a name that fits"},
	    {"/images/d.png", "text/gemini", png, sizeof(png), "50 Choose a name that fits"},
	    {"/images/d.png", "image/png", gif, sizeof(gif) - 1, "50 Send another file"},
	    {"/images/d.png", "image/png", "<svg/>", 6, "50 Send another file"},
	    {"/images/", "image/png", gif, sizeof(gif) - 1, "50 Send another file"},
	    {"/images/", "image/png", "#!/bin/sh\n", 10, "50 Send another file"},
	    {"/images/", "image/svg+xml", "<svg/>", 6, "50 Send a picture here"},
	    {"/images/", "text/plain", "text", 4, "50 Send a picture here"},
	    {"/images/d.svg", "image/svg+xml", "<svg/>", 6, "50 Choose a name that ends in"},
	    {"/images/d", "image/png", png, sizeof(png), "50 Choose a name that ends in"},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		begins(rows[i].path,
		    newsroom_send_bytes(
			n, "ada", rows[i].path, rows[i].mime, rows[i].bytes, rows[i].len),
		    rows[i].answer);
	assert_string_equal(newsroom_file(n, "/images/d.png"), "");
}

static void
the_same_picture_gets_the_same_path(void **state)
{
	struct newsroom *n = *state;
	char first[sizeof(n->said)];

	strcpy(first, newsroom_send_bytes(n, "ada", "/images/", "image/png", png, sizeof(png)));
	assert_string_equal(
	    newsroom_send_bytes(n, "heidi", "/images/", "image/png", png, sizeof(png)), first);
}

/* The publisher died after it wrote, and is asked once more. */
static void
what_is_sent_twice_is_stored_once(void **state)
{
	struct newsroom *n = *state;
	static const char *const paths[] = {"/articles/", "/drafts/", "/articles/opinion/",
	    "/articles/a.gmi", "/drafts/a.gmi", "/about.gmi"};
	static const char *const texts[] = {TEXT, "---\ntags = a, b\n---\nOnly words.\n",
	    "---\ntitle = T\nrevision = 000000000000\nstatus = draft\n---\n\n"};

	for (size_t i = 0; i < ROWS(paths); i++) {
		for (size_t k = 0; k < (text_ends(paths[i], "/") ? ROWS(texts) : 1); k++) {
			char first[sizeof(n->said)], commit[512];

			strcpy(first, newsroom_send(n, "ada", paths[i], texts[k]));
			strcpy(commit, newsroom_commit(n));
			check_row_text(
			    paths[i], newsroom_send_again(n, "ada", paths[i], texts[k]), first);
			check_row_text(paths[i], newsroom_commit(n), commit);
		}
	}
}

static void
another_persons_text_gets_a_path_of_its_own(void **state)
{
	struct newsroom *n = *state;

	newsroom_send(n, "ada", "/articles/", TEXT);
	assert_string_equal(newsroom_send_again(n, "heidi", "/articles/", TEXT),
	    REDIRECT "/articles/2025/06/clinics-move-outdoors-2.gmi");
	assert_string_equal(newsroom_send_again(n, "heidi", "/articles/", TEXT),
	    REDIRECT "/articles/2025/06/clinics-move-outdoors-2.gmi");
	assert_string_equal(newsroom_send(n, "heidi", "/articles/", TEXT),
	    REDIRECT "/articles/2025/06/clinics-move-outdoors-3.gmi");
}

static void
what_is_too_large_or_of_another_kind_is_refused_before_it_comes(void **state)
{
	struct newsroom *n = *state;
	static const struct {
		const char *line, *answer;
	} rows[] = {
	    {"titan://example.org/articles/a.gmi;size=8388609",
		"50 Send at most 8388608 bytes (8 MB): this is larger"},
	    {"titan://example.org/articles/a.gmi;size=8388608", NULL},
	    {"titan://example.org/articles/a.gmi;size=3;mime=image/png", "50 Send text here"},
	    {"titan://example.org/articles/a.gmi;size=3;mime=text/html", "50 Send text here"},
	    {"titan://example.org/articles/a.gmi;size=3;mime=text/plain; charset=utf-8", NULL},
	    {"titan://example.org/articles/a.gmi;size=3;mime=text/plain; charset=koi8-r",
		"50 Send text here"},
	    {"titan://example.org/articles/a.gmi;size=3;token=any", NULL},
	    {"titan://example.org/articles/a.gmi;size=3?query", NULL},
	    {"titan://example.org/articles/../a.gmi;size=3", NULL},
	    {"titan://example.org/;size=3", "50 Choose another path"},
	    {"titan://example.org;size=3", "50 Choose another path"},
	    {"titan://example.org/articles//a.gmi;size=3", "50 Choose a path without //"},
	    {"titan://example.org/articles/a.gmi;size=0",
		"59 See /desk/delete/articles/a.gmi to delete"},
	    {"titan://example.org/articles/;size=0", "59 See /desk/ to delete"},
	};
	struct visitor visitor = newsroom_visitor(n, "heidi");

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct titan titan;
		struct url url;
		struct desk_request request =
		    newsroom_request(rows[i].line, &visitor, &url, &titan);

		newsroom_begin(n);
		bool may = desk_may(n->desk, &request, &n->answer);
		check_row(rows[i].line, may == (rows[i].answer == NULL));
		if (!may)
			begins(rows[i].line, newsroom_said(n), rows[i].answer);
	}
}

static void
an_empty_upload_deletes_only_where_that_is_allowed(void **state)
{
	struct newsroom *n = *state;

	newsroom_send(n, "ada", "/articles/a.gmi", TEXT);
	begins("not allowed", newsroom_send(n, "ada", "/articles/a.gmi", ""), "59 ");
	assert_true(workshop_is_live(&n->shop, "/articles/a.gmi", NULL));
	n->shop.capsule.titan_delete = true;
	begins("absent", newsroom_send(n, "ada", "/articles/b.gmi", ""), "51 ");
	begins("another's", newsroom_send(n, "carl", "/articles/a.gmi", ""), "61 ");
	assert_string_equal(newsroom_send(n, "ada", "/articles/a.gmi", ""), REDIRECT "/articles/");
	assert_false(workshop_is_live(&n->shop, "/articles/a.gmi", NULL));
	assert_string_equal(newsroom_file(n, "/articles/a.gmi"), "");
}

static void
folders_and_files_do_not_take_each_others_place(void **state)
{
	struct newsroom *n = *state;

	workshop_put(&n->shop, "/articles/2025.gmi/x.gmi", TEXT);
	workshop_put(&n->shop, "/articles/opinion", "a file");
	workshop_put(&n->shop, "/about.gmi", "a file");
	begins("a folder", newsroom_send(n, "heidi", "/articles/2025.gmi", TEXT),
	    "50 Choose another name: /articles/2025.gmi is a folder");
	begins("a file", newsroom_send(n, "heidi", "/articles/opinion/x.gmi", TEXT),
	    "50 Choose another path: /articles/opinion is a file");
	begins("a file for a made path", newsroom_send(n, "heidi", "/articles/opinion/", TEXT),
	    "50 Choose another path: /articles/opinion is a file");
	begins("a static file", newsroom_send(n, "heidi", "/about.gmi/x.gmi", TEXT),
	    "50 Choose another path: /about.gmi is a file");
}

/* History has no copy of it: what cannot be undone is not done. */
static void
a_file_larger_than_an_upload_is_left_alone(void **state)
{
	struct newsroom *n = *state;

	n->shop.capsule.titan_delete = true;
	n->shop.config.limits.upload_size = 64;
	workshop_put(&n->shop, "/articles/a.gmi",
	    "# Long\n\nThis text has more bytes than anybody may send to this small desk.\n");
	begins("replaced", newsroom_send(n, "heidi", "/articles/a.gmi", TEXT),
	    "50 Change it in the capsule's folder");
	begins("deleted", newsroom_send(n, "heidi", "/articles/a.gmi", ""),
	    "50 Change it in the capsule's folder");
	begins("edited", newsroom_ask(n, "heidi", "titan://example.org/articles/a.gmi;edit"),
	    "50 Change it in the capsule's folder");
	assert_true(text_starts(newsroom_file(n, "/articles/a.gmi"), "# Long\n"));
}

/* By what the server writes into its head. */
static void
a_text_as_long_as_the_limit_may_grow_beyond_it(void **state)
{
	struct newsroom *n = *state;

	n->shop.config.limits.upload_size = strlen(TEXT);
	newsroom_send(n, "ada", "/articles/a.gmi", TEXT);
	assert_true(strlen(newsroom_file(n, "/articles/a.gmi")) > strlen(TEXT));
	assert_string_equal(
	    newsroom_commit(n), "Ada L\u00f6w <ada@example.org> publish /articles/a.gmi");
	workshop_restart(&n->shop);
	desk_close(n->desk);
	n->desk = desk_open(&n->shop.config, &n->shop.capsule, n->shop.press, n->people, NULL);
	begins("edited", newsroom_ask(n, "ada", "titan://example.org/articles/a.gmi;edit"), "20 ");
	assert_string_equal(
	    newsroom_commit(n), "Ada L\u00f6w <ada@example.org> publish /articles/a.gmi");
}

static void
a_name_of_255_bytes_can_be_written(void **state)
{
	struct newsroom *n = *state;
	char path[300] = "/articles/", answer[400];

	memset(path + strlen(path), 'n', 251);
	strcat(path, ".gmi");
	snprintf(answer, sizeof(answer), REDIRECT "%s", path);
	assert_string_equal(newsroom_send(n, "heidi", path, TEXT), answer);
}

static void
certificates_are_looked_at_on_every_request(void **state)
{
	struct newsroom *n = *state;
	static const struct {
		const char *label, *who;
		int64_t not_before, not_after; /* seconds from now */
		const char *answer;
	} rows[] = {
	    {"none", "", -1, 1, "60 Choose \"New Identity for Domain\""},
	    {"a stranger's", "mallory", -1, 1, "61 Open /desk/ to see how to join"},
	    {"over", "heidi", -2, -1, "62 Use another identity"},
	    {"to come", "heidi", 1, 2, "62 Check your clock"},
	    {"good", "heidi", -1, 1, "30 "},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct visitor visitor = newsroom_visitor(n, rows[i].who);
		struct titan titan;
		struct url url;
		struct desk_request request = newsroom_request(
		    "titan://example.org/articles/a.gmi;size=5", &visitor, &url, &titan);

		visitor.not_before = NEWSROOM_NOW + rows[i].not_before;
		visitor.not_after = NEWSROOM_NOW + rows[i].not_after;
		newsroom_begin(n);
		desk_put(n->desk, &request, "Text\n", 5, &n->answer);
		begins(rows[i].label, newsroom_said(n), rows[i].answer);
	}
}

static void
a_worker_that_lies_is_not_believed(void **state)
{
	struct newsroom *n = *state;
	struct visitor visitor = newsroom_visitor(n, "heidi");
	struct titan titan;
	struct url url;
	struct desk_request request =
	    newsroom_request("titan://example.org/articles/a.gmi;size=5", &visitor, &url, &titan);

	newsroom_begin(n);
	desk_put(n->desk, &request, "Text", 4, &n->answer);
	begins("a body that is too short", newsroom_said(n), "59 ");
	request = newsroom_request("gemini://example.org/articles/a.gmi", &visitor, &url, &titan);
	desk_put(n->desk, &request, "Text", 4, &n->answer);
	begins("no Titan at all", newsroom_said(n), "59 ");
	request =
	    newsroom_request("titan://example.org/articles/a.gmi;edit", &visitor, &url, &titan);
	desk_put(n->desk, &request, "", 0, &n->answer);
	begins(";edit", newsroom_said(n), "59 ");
	assert_string_equal(newsroom_file(n, "/articles/a.gmi"), "");
}

static void
each_page_is_for_whom_it_is_for(void **state)
{
	struct newsroom *n = *state;
	static const struct {
		const char *path;
		int nobody, stranger;
	} rows[] = {
	    {"/desk/", 60, 20},
	    {"/desk/preview/articles/a.gmi", 60, 61},
	    {"/desk/images/", 60, 61},
	    {"/desk/devices", 60, 61},
	    {"/desk/do/x", 60, 61},
	    {"/desk/nowhere", 60, 61},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char url[128];

		snprintf(url, sizeof(url), "gemini://example.org%s", rows[i].path);
		check_row(rows[i].path, atoi(newsroom_ask(n, "", url)) == rows[i].nobody);
		check_row(rows[i].path, atoi(newsroom_ask(n, "mallory", url)) == rows[i].stranger);
	}
	begins("an unknown page", newsroom_ask(n, "carl", "gemini://example.org/desk/x"), "51 ");
	begins("without slash", newsroom_ask(n, "carl", "gemini://example.org/desk"),
	    REDIRECT "/desk/");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_row_of_the_table_holds_for_each_role),
	    NEWSROOM_TEST(the_answer_names_where_it_is_now),
	    NEWSROOM_TEST(a_public_port_is_named),
	    NEWSROOM_TEST(commits_name_who_did_it),
	    NEWSROOM_TEST(pictures_have_to_be_what_name_and_type_say),
	    NEWSROOM_TEST(the_same_picture_gets_the_same_path),
	    NEWSROOM_TEST(what_is_sent_twice_is_stored_once),
	    NEWSROOM_TEST(another_persons_text_gets_a_path_of_its_own),
	    NEWSROOM_TEST(what_is_too_large_or_of_another_kind_is_refused_before_it_comes),
	    NEWSROOM_TEST(an_empty_upload_deletes_only_where_that_is_allowed),
	    NEWSROOM_TEST(folders_and_files_do_not_take_each_others_place),
	    NEWSROOM_TEST(a_file_larger_than_an_upload_is_left_alone),
	    NEWSROOM_TEST(a_text_as_long_as_the_limit_may_grow_beyond_it),
	    NEWSROOM_TEST(a_name_of_255_bytes_can_be_written),
	    NEWSROOM_TEST(certificates_are_looked_at_on_every_request),
	    NEWSROOM_TEST(a_worker_that_lies_is_not_believed),
	    NEWSROOM_TEST(each_page_is_for_whom_it_is_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
