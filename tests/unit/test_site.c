/* A real publication is printed by the press into a temporary folder; then the site is asked. */
#include "newsstand.h"

#define FINGERPRINT_A "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define FINGERPRINT_B "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define FINGERPRINT_C "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define WAYS_ON                                                                                    \
	"=> /search Search\n"                                                                      \
	"=> /tags/ Tags\n"                                                                         \
	"=> /authors/ Authors\n"                                                                   \
	"=> /archive/ Archive\n"                                                                   \
	"=> /atom.xml Subscribe: Atom feed\n"
/* A visitor with a certificate. */
#define HOLDER(fingerprint, key, from, to)                                                         \
	{                                                                                          \
		.has_certificate = true, .certificate = fingerprint, .public_key = key,            \
		.not_before = from, .not_after = to                                                \
	}

static const struct file articles[] = {
    {"articles/first.gmi", "---\ntitle = First\nauthor = Ada\ndate = 2025-01-01\n---\nOne.\n"},
    {"articles/second.gmi", "---\ntitle = Second\nauthor = Ada\nauthor = Bo\ndate = 2025-01-02\n"
			    "image = /images/dot.png\nimage-alt = A dot\n---\nTwo.\n"},
    {"articles/opinion/third.gmi", "---\ntitle = Tercera\ndate = 2025-01-03\nlang = es\n"
				   "moved-from = /old/third\n---\nTres.\n"},
    {NULL, NULL},
};

static const char basic_ini[] = "tagline = News for a test\narticles-per-page = 2\n";

static void
index_is_laid_out_exactly(void **state)
{
	struct fixture f;
	struct response r;
	char older[64], expected[1024];

	(void)state;
	set_up_printed(&f, articles, basic_ini, "");
	ask_as(&f, "/", &nobody, &r);
	char *body = body_of(&r);
	assert_string_equal(r.meta, GEMTEXT);
	assert_true(find_link(body, "Show more", older, sizeof(older)));
	assert_true(text_starts(older, "/more/"));
	snprintf(expected, sizeof(expected),
	    "# The Example\n"
	    "News for a test\n"
	    "\n"
	    "=> /articles/opinion/third.gmi 2025-01-03 Tercera [es]\n"
	    "By The Example\n"
	    "Tres.\n"
	    "\n"
	    "=> /articles/second.gmi 2025-01-02 Second\n"
	    "=> /images/dot.png A dot\n"
	    "By Ada, Bo\n"
	    "Two.\n"
	    "\n"
	    "=> %s Show more\n"
	    "\n" WAYS_ON,
	    older);
	assert_string_equal(body, expected);
	free(body);
	response_free(&r);
	tear_down(&f);
}

static void
older_articles_follow_to_the_end(void **state)
{
	struct fixture f;
	struct response r;
	char older[64];

	(void)state;
	set_up_printed(&f, articles, basic_ini, "");
	ask_as(&f, "/", &nobody, &r);
	char *body = body_of(&r);
	assert_true(find_link(body, "Show more", older, sizeof(older)));
	free(body);
	response_free(&r);
	expect_body(&f, older,
	    "# More news · The Example\n"
	    "\n"
	    "=> /articles/first.gmi 2025-01-01 First\n"
	    "By Ada\n"
	    "One.\n"
	    "\n"
	    "=> / The Example\n");
	tear_down(&f);
}

static void
index_without_articles_is_title_tagline_and_ways_on(void **state)
{
	static const struct file none[] = {{NULL, NULL}};
	struct fixture f;

	(void)state;
	set_up_printed(&f, none, basic_ini, "");
	expect_body(&f, "/", "# The Example\nNews for a test\n\n" WAYS_ON);
	tear_down(&f);
}

static void
header_replaces_the_title_and_footer_follows(void **state)
{
	static const struct file files[] = {
	    {"header.gmi", "# Our own\r\n```\nart"},
	    {"footer.gmi", "Made here"},
	    {"articles/a.gmi", "---\ntitle = A\ndate = 2025-01-01\nsummary = S\n---\nT\n"},
	    {NULL, NULL},
	};
	struct fixture f;

	(void)state;
	set_up_printed(&f, files, basic_ini, "");
	expect_body(&f, "/",
	    "# Our own\n"
	    "```\n"
	    "art\n"
	    "```\n"
	    "\n"
	    "=> /articles/a.gmi 2025-01-01 A\n"
	    "By The Example\n"
	    "S\n"
	    "\n" WAYS_ON "\n"
	    "Made here\n");
	tear_down(&f);
}

static void
own_front_page_moves_the_index_to_news(void **state)
{
	static const struct row before[] = {
	    {"index", "/", 20, GEMTEXT, "# The Example\n"},
	    {"no list of its own", "/news/", 51, NULL, NULL},
	    {NULL, NULL, 0, NULL, NULL},
	};
	static const struct row after[] = {
	    {"own front page", "/", 20, GEMTEXT, "Welcome\r\n"},
	    {"the index", "/news/", 20, GEMTEXT, "# The Example\n"},
	    {NULL, NULL, 0, NULL, NULL},
	};
	struct fixture f;
	struct response r;
	char older[64];

	(void)state;
	set_up_printed(&f, articles, basic_ini, "");
	expect_rows(&f, before);
	make_file(&f, "index.gmi", "Welcome\r\n");
	expect_rows(&f, after);
	ask_as(&f, "/news/", &nobody, &r);
	char *body = body_of(&r);
	assert_true(find_link(body, "Show more", older, sizeof(older)));
	assert_true(text_starts(older, "/news/more/"));
	free(body);
	response_free(&r);
	expect_row(&f, &(struct row){"older", older, 20, GEMTEXT, "# More news"}, &nobody);
	tear_down(&f);
}

static void
paths_are_answered_as_the_table_says(void **state)
{
	static const struct file files[] = {
	    {"articles/a.gmi",
		"---\ntitle = A\ndate = 2025-01-01\nmoved-from = /old name\n---\nT\n"},
	    {"articles/es.md", "---\ntitle = Es\nlang = es\ndate = 2025-01-02\n---\n*Hola*\n"},
	    {"articles/later.gmi", "---\ntitle = Later\ndate = 2999-01-01\n---\nT\n"},
	    {"articles/withdrawn.gmi",
		"---\ntitle = W\ndate = 2025-01-01\nretracted = Not so\n---\nT"},
	    {"articles/draft.gmi", "---\ntitle = D\nstatus = draft\n---\nT\n"},
	    {"articles/header.gmi", "section"},
	    {"articles/data.csv", "1,2\n"},
	    {"drafts/d.gmi", "secret"},
	    {"header.gmi", "# Head\n"},
	    {".git/config", "secret"},
	    {".well-known/security.txt", "Contact: x\n"},
	    {"about.gmi", "# About\n"},
	    {"docs/index.gmi", "docs\n"},
	    {"old/index.gemini", "old style\n"},
	    {"images/dot.png", "\x89PNG\r\n"},
	    {"images/plain", "only words\n"},
	    {"with space & é.txt", "named\n"},
	    {"50%.txt", "half\n"},
	    {NULL, NULL},
	};
	static const struct row rows[] = {
	    {"index", "/", 20, GEMTEXT, "# Head\n"},
	    {"no path", "", 20, GEMTEXT, "# Head\n"},
	    {"query on the index", "/?x", 20, GEMTEXT, "# Head\n"},
	    {"article", "/articles/a.gmi", 20, GEMTEXT, "# A\n"},
	    {"article with query", "/articles/a.gmi?x=1", 20, GEMTEXT, "# A\n"},
	    {"dot segments", "/./docs/../articles/a.gmi", 20, GEMTEXT, "# A\n"},
	    {"Markdown in another language", "/articles/es.md", 20,
		"text/gemini; charset=utf-8; lang=es", "# Es\n"},
	    {"article as a folder", "/articles/a.gmi/", 51, "Not found", NULL},
	    {"not due", "/articles/later.gmi", 51, "Not found", NULL},
	    {"draft", "/articles/draft.gmi", 51, "Not found", NULL},
	    {"retracted", "/articles/withdrawn.gmi", 52, "Not so", NULL},
	    {"frame of a section", "/articles/header.gmi", 51, NULL, NULL},
	    {"other file among articles", "/articles/data.csv", 20, "text/csv; charset=utf-8",
		"1,2\n"},
	    {"moved", "/old%20name", 31, "/articles/a.gmi", NULL},
	    {"folder of drafts", "/drafts", 51, NULL, NULL},
	    {"draft file", "/drafts/d.gmi", 51, NULL, NULL},
	    {"header", "/header.gmi", 51, NULL, NULL},
	    {"hidden", "/.git/config", 51, NULL, NULL},
	    {"hidden, encoded", "/%2egit/config", 51, NULL, NULL},
	    {"well known", "/.well-known/security.txt", 20, "text/plain; charset=utf-8", "Contact"},
	    {"static gemtext", "/about.gmi", 20, GEMTEXT, "# About\n"},
	    {"folder", "/docs/", 20, GEMTEXT, "docs\n"},
	    {"folder, other name", "/old/", 20, GEMTEXT, "old style\n"},
	    {"folder without slash", "/docs", 31, "/docs/", NULL},
	    {"its query", "/docs?a=%2F", 31, "/docs/?a=%2F", NULL},
	    {"its empty query", "/docs?", 31, "/docs/?", NULL},
	    {"its encoding", "/%64ocs", 31, "/%64ocs/", NULL},
	    {"folder without index", "/images/", 51, NULL, NULL},
	    {"articles, with the header of the section", "/articles/", 20, GEMTEXT, "section\n"},
	    {"articles without slash", "/articles", 31, "/articles/", NULL},
	    {"image", "/images/dot.png", 20, "image/png", "\x89PNG"},
	    {"type by content", "/images/plain", 20, "text/plain; charset=utf-8", "only words"},
	    {"blank, ampersand, letter", "/with%20space%20&%20%C3%A9.txt", 20, NULL, "named"},
	    {"raw UTF-8", "/with%20space%20&%20é.txt", 20, NULL, "named"},
	    {"percent sign", "/50%25.txt", 20, NULL, "half"},
	    {"decoded once", "/50%2525.txt", 51, NULL, NULL},
	    {"file as a folder", "/about.gmi/", 51, NULL, NULL},
	    {"empty segment", "//about.gmi", 51, NULL, NULL},
	    {"empty segment behind", "/docs//", 51, NULL, NULL},
	    {"robots", "/robots.txt", 20, "text/plain; charset=utf-8",
		"User-agent: *\nDisallow: /desk/\nDisallow: /search\n"},
	    {"not an ID", "/more/zzz", 51, NULL, NULL},
	    {"no ID", "/more/", 51, NULL, NULL},
	    {"a question", "/search", 10, "Search The Example", NULL},
	    {"redirect", "/was", 31, "/about.gmi", NULL},
	    {"redirect elsewhere", "/away", 31, "gemini://other.example/a%20b", NULL},
	    {"gone", "/left", 52, "Gone", NULL},
	    {"nothing", "/nothing", 51, "Not found", NULL},
	    {NULL, NULL, 0, NULL, NULL},
	};
	struct fixture f;

	(void)state;
	set_up_printed(&f, files,
	    "redirect = /was /about.gmi\nredirect = /away gemini://other.example/a%20b\ngone = "
	    "/left\n",
	    "");
	expect_rows(&f, rows);
	tear_down(&f);
}

static void
robots_file_replaces_the_default(void **state)
{
	static const struct file files[] = {{"robots.txt", "User-agent: x\n"}, {NULL, NULL}};
	struct fixture f;

	(void)state;
	set_up_printed(&f, files, "", "");
	expect_body(&f, "/robots.txt", "User-agent: x\n");
	tear_down(&f);
}

static void
removed_article_is_gone(void **state)
{
	static const struct row there = {"there", "/articles/first.gmi", 20, NULL, NULL};
	static const struct row gone = {"gone", "/articles/first.gmi", 52, "Gone", NULL};
	struct fixture f;
	char name[256];

	(void)state;
	set_up_printed(&f, articles, "", "");
	expect_row(&f, &there, &nobody);
	snprintf(name, sizeof(name), "%s/capsule/articles/first.gmi", f.folder);
	unlink(name);
	print_edition(&f);
	expect_row(&f, &gone, &nobody);
	tear_down(&f);
}

static void
files_are_served_before_the_first_edition(void **state)
{
	static const struct row rows[] = {
	    {"index", "/", 41, "The first edition is being printed", NULL},
	    {"article", "/articles/first.gmi", 41, "The first edition is being printed", NULL},
	    {"unknown, maybe moved", "/nothing", 41, NULL, NULL},
	    {"hidden", "/.git", 51, NULL, NULL},
	    {"file", "/about.gmi", 20, GEMTEXT, "# About\n"},
	    {NULL, NULL, 0, NULL, NULL},
	};
	struct fixture f;

	(void)state;
	set_up(&f, articles, "", "");
	make_file(&f, "about.gmi", "# About\n");
	open_site(&f);
	expect_rows(&f, rows);
	print_edition(&f);
	expect_row(
	    &f, &(struct row){"printed", "/articles/first.gmi", 20, NULL, "# First\n"}, &nobody);
	tear_down(&f);
}

static void
listing_shows_what_may_be_asked_for(void **state)
{
	static const struct file files[] = {
	    {"box/b.txt", ""},
	    {"box/a b.txt", ""},
	    {"box/c:d", ""},
	    {"box/.hidden", ""},
	    {"box/header.gmi", ""},
	    {"box/sub/x", ""},
	    {"articles/live.gmi", "---\ndate = 2025-01-01\n---\nT\n"},
	    {"articles/later.gmi", "---\ndate = 2999-01-01\n---\nT\n"},
	    {NULL, NULL},
	};
	struct fixture f;
	char link[256];

	(void)state;
	set_up(&f, files, "listing = yes\n", "");
	snprintf(link, sizeof(link), "%s/capsule/box/out", f.folder);
	assert_int_equal(symlink("/etc/hostname", link), 0);
	snprintf(link, sizeof(link), "%s/capsule/box/pipe", f.folder);
	assert_int_equal(mkfifo(link, 0644), 0);
	print_edition(&f);
	open_site(&f);
	expect_body(&f, "/box/",
	    "# Folder /box/ · The Example\n"
	    "\n"
	    "=> a%20b.txt a b.txt\n"
	    "=> b.txt b.txt\n"
	    "=> ./c:d c:d\n"
	    "=> sub/ sub/\n"
	    "\n"
	    "=> / The Example\n");
	expect_body(&f, "/articles/",
	    "# Articles · The Example\n"
	    "\n"
	    "=> /articles/live.gmi 2025-01-01 live\n"
	    "By The Example\n"
	    "T\n"
	    "\n"
	    "=> /articles/atom.xml Subscribe: Atom feed\n"
	    "=> / The Example\n");
	tear_down(&f);
}

static void
zones_ask_for_the_right_certificate(void **state)
{
	static const struct file files[] = {
	    {"open.txt", "open"},
	    {"any/a.txt", "any"},
	    {"few/a.txt", "few"},
	    {"staff/a.txt", "staff"},
	    {"signed/a.txt", "signed"},
	    {NULL, NULL},
	};
	static const char zones[] =
	    "[editor ed]\nname = Ed\nfingerprint = " FINGERPRINT_B "\nrole = author\n"
	    "[zone example.org/any/]\nrequire = certificate\n"
	    "[zone example.org/few/]\nrequire = listed\nfingerprint = " FINGERPRINT_A "\n"
	    "[zone example.org/staff/]\nrequire = editor\n";
	static const struct {
		const char *label;
		struct visitor visitor;
		int any, few, staff;
	} rows[] = {
	    {"nobody", {.has_certificate = false}, 60, 60, 60},
	    {"stranger", HOLDER(FINGERPRINT_C, FINGERPRINT_C, 0, INT64_MAX), 20, 61, 61},
	    {"listed by certificate", HOLDER(FINGERPRINT_A, FINGERPRINT_C, 0, INT64_MAX), 20, 20,
		61},
	    {"listed by key", HOLDER(FINGERPRINT_C, FINGERPRINT_A, 0, INT64_MAX), 20, 20, 61},
	    {"editor", HOLDER(FINGERPRINT_B, FINGERPRINT_C, 0, INT64_MAX), 20, 61, 20},
	    {"expired", HOLDER(FINGERPRINT_A, FINGERPRINT_B, 0, 1), 62, 62, 62},
	    {"not valid yet", HOLDER(FINGERPRINT_A, FINGERPRINT_B, INT64_MAX, INT64_MAX), 62, 62,
		62},
	};
	struct fixture f;

	(void)state;
	set_up_printed(&f, files, "", zones);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct visitor *visitor = &rows[i].visitor;
		const char *label = rows[i].label;

		expect_row(&f, &(struct row){label, "/open.txt", 20, NULL, "open"}, visitor);
		expect_row(
		    &f, &(struct row){label, "/any/a.txt", rows[i].any, NULL, NULL}, visitor);
		expect_row(
		    &f, &(struct row){label, "/few/a.txt", rows[i].few, NULL, NULL}, visitor);
		expect_row(&f,
		    &(struct row){
			label, "/few/none", rows[i].few == 20 ? 51 : rows[i].few, NULL, NULL},
		    visitor);
		expect_row(&f, &(struct row){label, "/%73taff/./a.txt", rows[i].staff, NULL, NULL},
		    visitor);
	}
	tear_down(&f);
}

/* An authority that signed what the test says. */
static enum voucher_verdict
say_verdict(const void *voucher, const char *authority)
{
	assert_true(text_ends(authority, "/members.pem"));
	return *(const enum voucher_verdict *)voucher;
}

static void
zones_go_by_what_their_authority_says(void **state)
{
	static const struct file files[] = {{"signed/a.txt", "signed"}, {NULL, NULL}};
	static const char zones[] =
	    "[zone example.org/signed/]\nrequire = authority\nauthority = members.pem\n";
	static const struct {
		const char *label;
		enum voucher_verdict verdict;
		int status;
	} rows[] = {
	    {"signed", VOUCHER_SIGNED, 20},
	    {"foreign", VOUCHER_FOREIGN, 61},
	    {"revoked", VOUCHER_REVOKED, 61},
	    {"lapsed", VOUCHER_LAPSED, 62},
	};
	static const struct visitor unknown = HOLDER(FINGERPRINT_C, FINGERPRINT_C, 0, INT64_MAX);
	struct fixture f;

	(void)state;
	set_up_printed(&f, files, "", zones);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct visitor visitor = HOLDER(FINGERPRINT_C, FINGERPRINT_C, 0, INT64_MAX);

		visitor.vouch = say_verdict;
		visitor.voucher = &rows[i].verdict;
		expect_row(&f,
		    &(struct row){rows[i].label, "/signed/a.txt", rows[i].status, NULL, NULL},
		    &visitor);
	}
	expect_row(&f, &(struct row){"nobody asks", "/signed/a.txt", 61, NULL, NULL}, &unknown);
	tear_down(&f);
}

static void
zones_of_editors_admit_those_who_joined(void **state)
{
	static const struct file files[] = {{"staff/a.txt", "staff"}, {NULL, NULL}};
	static const struct visitor joined = HOLDER(FINGERPRINT_A, FINGERPRINT_C, 0, INT64_MAX);
	static const struct row refused = {"before", "/staff/a.txt", 61, NULL, NULL};
	static const struct row admitted = {"afterwards", "/staff/a.txt", 20, NULL, "staff"};
	struct strings fingerprints = {0};
	struct fixture f;
	struct error err;

	(void)state;
	set_up_printed(&f, files, "", "[zone example.org/staff/]\nrequire = editor\n");
	expect_row(&f, &refused, &joined);
	assert_true(strings_add(&fingerprints, FINGERPRINT_A));
	if (!press_put_editors(f.press, &fingerprints, &err))
		fail_msg("%s", err.text);
	print_edition(&f);
	expect_row(&f, &admitted, &joined);
	strings_free(&fingerprints);
	tear_down(&f);
}

static void
articles_in_zones_are_in_no_list(void **state)
{
	static const struct file files[] = {
	    {"articles/open.gmi", "---\ntitle = Open\ndate = 2025-01-01\n---\nT\n"},
	    {"articles/open2.gmi", "---\ntitle = Open too\ndate = 2025-01-02\n---\nT\n"},
	    {"articles/members/in.gmi", "---\ntitle = Inside\ndate = 2025-01-03\n"
					"moved-from = /earlier\n---\nT\n"},
	    {NULL, NULL},
	};
	static const char *const paths[] = {"/", "/articles/open.gmi", "/more/4000000000000"};
	struct fixture f;
	struct response r;

	(void)state;
	set_up_printed(
	    &f, files, "", "[zone example.org/articles/members/]\nrequire = certificate\n");
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		ask_as(&f, paths[i], &nobody, &r);
		if (r.status == GEMINI_SUCCESS && strstr(buffer_text(&r.body), "Inside") != NULL)
			fail_msg("%s names what only members may read", paths[i]);
		response_free(&r);
	}
	expect_row(
	    &f, &(struct row){"itself", "/articles/members/in.gmi", 60, NULL, NULL}, &nobody);
	expect_row(&f, &(struct row){"its old path", "/earlier", 60, NULL, NULL}, &nobody);
	tear_down(&f);
}

static void
feeds_name_the_public_port(void **state)
{
	static const struct {
		const char *label, *ini, *asked, *expected;
	} rows[] = {
	    {"none", "", "gemini://example.org/atom.xml", "<id>gemini://example.org/atom.xml<"},
	    {"the usual one", "", "gemini://example.org:1965/atom.xml",
		"<id>gemini://example.org/atom.xml<"},
	    {"the one asked for", "", "gemini://example.org:7000/atom.xml",
		"<id>gemini://example.org:7000/atom.xml<"},
	    {"the one of the ini file", "port = 7001\n", "gemini://example.org:7000/atom.xml",
		"<id>gemini://example.org:7001/atom.xml<"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct fixture f;
		struct response r;
		struct url url;
		char reason[128];

		set_up_printed(&f, articles, rows[i].ini, "");
		assert_int_equal(
		    url_parse(rows[i].asked, strlen(rows[i].asked), &url, reason, sizeof(reason)),
		    URL_OK);
		response_init(&r);
		site_answer(f.site, &url, &nobody, &r);
		if (strstr(buffer_text(&r.body), rows[i].expected) == NULL)
			fail_msg("%s: no %s in %s", rows[i].label, rows[i].expected,
			    buffer_text(&r.body));
		response_free(&r);
		tear_down(&f);
	}
}

static void
articles_outlive_a_missing_root(void **state)
{
	static const struct row rows[] = {
	    {"article", "/articles/first.gmi", 20, NULL, "# First\n"},
	    {"index", "/", 20, NULL, "# The Example\n"},
	    {"file", "/about.gmi", 40, "The capsule's folder is missing", NULL},
	    {NULL, NULL, 0, NULL, NULL},
	};
	struct fixture f;
	char root[128];

	(void)state;
	set_up_printed(&f, articles, "", "");
	snprintf(root, sizeof(root), "%s/capsule", f.folder);
	nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	expect_rows(&f, rows);
	site_close(f.site);
	open_site(&f);
	expect_rows(&f, rows);
	tear_down(&f);
}

static int
next_descriptor(void)
{
	int fd = dup(0);

	close(fd);
	return fd;
}

static void
no_request_leaves_a_descriptor_open(void **state)
{
	static const char *const paths[] = {"/", "/articles/", "/articles/first.gmi", "/images/",
	    "/images", "/images/x", "/images/x/", "/nothing", "/more/4000000000000", "/robots.txt"};
	struct fixture f;
	struct response r;

	(void)state;
	set_up(&f, articles, "listing = yes\n", "");
	make_file(&f, "images/x", "x");
	print_edition(&f);
	open_site(&f);
	ask_as(&f, "/", &nobody, &r);
	response_free(&r);
	int before = next_descriptor();
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		ask_as(&f, paths[i], &nobody, &r);
		response_free(&r);
		if (next_descriptor() != before)
			fail_msg("%s left a descriptor open", paths[i]);
	}
	tear_down(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(index_is_laid_out_exactly),
	    cmocka_unit_test(older_articles_follow_to_the_end),
	    cmocka_unit_test(index_without_articles_is_title_tagline_and_ways_on),
	    cmocka_unit_test(header_replaces_the_title_and_footer_follows),
	    cmocka_unit_test(own_front_page_moves_the_index_to_news),
	    cmocka_unit_test(paths_are_answered_as_the_table_says),
	    cmocka_unit_test(robots_file_replaces_the_default),
	    cmocka_unit_test(removed_article_is_gone),
	    cmocka_unit_test(files_are_served_before_the_first_edition),
	    cmocka_unit_test(listing_shows_what_may_be_asked_for),
	    cmocka_unit_test(zones_ask_for_the_right_certificate),
	    cmocka_unit_test(zones_go_by_what_their_authority_says),
	    cmocka_unit_test(zones_of_editors_admit_those_who_joined),
	    cmocka_unit_test(articles_in_zones_are_in_no_list),
	    cmocka_unit_test(feeds_name_the_public_port),
	    cmocka_unit_test(articles_outlive_a_missing_root),
	    cmocka_unit_test(no_request_leaves_a_descriptor_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
