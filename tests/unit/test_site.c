/* A real publication is printed by the press into a temporary folder; then the site is asked. */
#include "newsstand.h"

#include "darkroom.h"
#include "workshop.h"

#include <fcntl.h>

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
	struct newsstand *n = *state;
	char older[64], expected[1024];

	set_up_printed(n, articles, basic_ini, "");
	expect_row(n, &(struct row){"index", "/", 20, GEMTEXT, "# The Example\n"}, &nobody);
	assert_true(find_link(page_at(n, "/"), "Show more", older, sizeof(older)));
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
	expect_body(n, "/", expected);
}

static void
older_articles_follow_to_the_end(void **state)
{
	struct newsstand *n = *state;
	char older[64];

	set_up_printed(n, articles, basic_ini, "");
	assert_true(find_link(page_at(n, "/"), "Show more", older, sizeof(older)));
	expect_body(n, older,
	    "# More news · The Example\n"
	    "\n"
	    "=> /articles/first.gmi 2025-01-01 First\n"
	    "By Ada\n"
	    "One.\n"
	    "\n"
	    "=> / The Example\n");
}

static void
index_without_articles_is_title_tagline_and_ways_on(void **state)
{
	struct newsstand *n = *state;
	static const struct file none[] = {{NULL, NULL}};

	set_up_printed(n, none, basic_ini, "");
	expect_body(n, "/", "# The Example\nNews for a test\n\n" WAYS_ON);
}

static void
header_replaces_the_title_and_footer_follows(void **state)
{
	struct newsstand *n = *state;
	static const struct file files[] = {
	    {"header.gmi", "# Our own\r\n```\nart"},
	    {"footer.gmi", "Made here"},
	    {"articles/a.gmi", "---\ntitle = A\ndate = 2025-01-01\nsummary = S\n---\nT\n"},
	    {NULL, NULL},
	};

	set_up_printed(n, files, basic_ini, "");
	expect_body(n, "/",
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
}

static void
own_front_page_moves_the_index_to_news(void **state)
{
	struct newsstand *n = *state;
	static const struct row before[] = {
	    {"index", "/", 20, GEMTEXT, "# The Example\n"},
	    {"no list of its own", "/news/", 51, NULL, NULL},
	    {"without slash", "/news", 51, NULL, NULL},
	    {"nor a feed", "/news/atom.xml", 51, NULL, NULL},
	    {NULL, NULL, 0, NULL, NULL},
	};
	static const struct row after[] = {
	    {"own front page", "/", 20, GEMTEXT, "Welcome\r\n"},
	    {"the index", "/news/", 20, GEMTEXT, "# The Example\n"},
	    {"without slash", "/news", 31, "/news/", NULL},
	    {"its feed", "/news/atom.xml", 20, "application/atom+xml", "<?xml"},
	    {NULL, NULL, 0, NULL, NULL},
	};
	char older[64];

	set_up_printed(n, articles, basic_ini, "");
	expect_rows(n, before);
	make_file(n, "index.gmi", "Welcome\r\n");
	expect_rows(n, after);
	assert_true(find_link(page_at(n, "/news/"), "Show more", older, sizeof(older)));
	assert_true(text_starts(older, "/news/more/"));
	expect_row(n, &(struct row){"older", older, 20, GEMTEXT, "# More news"}, &nobody);
}

/* Nothing but what is made lies at these paths, even where nothing is made. Old addresses may. */
static void
generated_paths_hide_files(void **state)
{
	struct newsstand *n = *state;
	static const struct file files[] = {
	    {"articles/a.gmi",
		"---\ntitle = A\ndate = 2025-01-01\nmoved-from = /archive/a.gmi\n---\n"},
	    {"articles/pictures/atom.xml", "hidden"},
	    {"tags/x.png", "hidden"},
	    {"authors/index.gmi", "hidden"},
	    {"archive/2020.gmi", "hidden"},
	    {"more/x.gmi", "hidden"},
	    {"search/x.gmi", "hidden"},
	    {"news/x.gmi", "hidden"},
	    {NULL, NULL},
	};
	static const struct row rows[] = {
	    {"feed of a folder", "/articles/pictures/atom.xml", 51, NULL, NULL},
	    {"tag", "/tags/x.png", 51, NULL, NULL},
	    {"index of authors", "/authors/index.gmi", 51, NULL, NULL},
	    {"authors", "/authors/", 20, GEMTEXT, "# Authors"},
	    {"year", "/archive/2020.gmi", 51, NULL, NULL},
	    {"old address", "/archive/a.gmi", 31, "/articles/a.gmi", NULL},
	    {"further page", "/more/x.gmi", 51, NULL, NULL},
	    {"search", "/search/x.gmi", 51, NULL, NULL},
	    {"news", "/news/x.gmi", 51, NULL, NULL},
	    {NULL, NULL, 0, NULL, NULL},
	};

	set_up_printed(n, files, basic_ini, "");
	expect_row(n, &(struct row){"no list", "/news/x.gmi", 20, GEMTEXT, "hidden"}, &nobody);
	make_file(n, "index.gmi", "own\n");
	expect_rows(n, rows);
}

static const struct file of_all_kinds[] = {
    {"articles/a.gmi", "---\ntitle = A\ndate = 2025-01-01\nmoved-from = /old name\n---\nT\n"},
    {"articles/es.md", "---\ntitle = Es\nlang = es\ndate = 2025-01-02\n---\n*Hola*\n"},
    {"articles/later.gmi", "---\ntitle = Later\ndate = 2999-01-01\n---\nT\n"},
    {"articles/withdrawn.gmi", "---\ntitle = W\ndate = 2025-01-01\nretracted = Not so\n---\nT"},
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
    {"images/dot.svg", "<svg/>\n"},
    {"images/plain", "only words\n"},
    {"with space & é.txt", "named\n"},
    {"50%.txt", "half\n"},
    {NULL, NULL},
};

static const struct row answers[] = {
    {"index", "/", 20, GEMTEXT, "# Head\n"},
    {"no path", "", 20, GEMTEXT, "# Head\n"},
    {"query on the index", "/?x", 20, GEMTEXT, "# Head\n"},
    {"article", "/articles/a.gmi", 20, GEMTEXT, "# A\n"},
    {"article with query", "/articles/a.gmi?x=1", 20, GEMTEXT, "# A\n"},
    {"dot segments", "/./docs/../articles/a.gmi", 20, GEMTEXT, "# A\n"},
    {"Markdown in another language", "/articles/es.md", 20, "text/gemini; charset=utf-8; lang=es",
	"# Es\n"},
    {"article as a folder", "/articles/a.gmi/", 51, "Not found", NULL},
    {"not due", "/articles/later.gmi", 51, "Not found", NULL},
    {"draft", "/articles/draft.gmi", 51, "Not found", NULL},
    {"retracted", "/articles/withdrawn.gmi", 52, "Not so", NULL},
    {"frame of a section", "/articles/header.gmi", 51, NULL, NULL},
    {"other file among articles", "/articles/data.csv", 20, "text/csv; charset=utf-8", "1,2\n"},
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
    {"image", "/images/dot.svg", 20, "image/svg+xml", "<svg/>"},
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

static void
paths_are_answered_as_the_table_says(void **state)
{
	struct newsstand *n = *state;

	set_up_printed(n, of_all_kinds,
	    "redirect = /was /about.gmi\nredirect = /away gemini://other.example/a%20b\ngone = "
	    "/left\n",
	    "");
	expect_rows(n, answers);
}

static void
robots_file_replaces_the_default(void **state)
{
	struct newsstand *n = *state;
	static const struct file files[] = {{"robots.txt", "User-agent: x\n"}, {NULL, NULL}};

	set_up_printed(n, files, "", "");
	expect_body(n, "/robots.txt", "User-agent: x\n");
}

static void
removed_article_is_gone(void **state)
{
	struct newsstand *n = *state;
	static const struct row there = {"there", "/articles/first.gmi", 20, NULL, NULL};
	static const struct row gone = {"gone", "/articles/first.gmi", 52, "Gone", NULL};
	char name[256];

	set_up_printed(n, articles, "", "");
	expect_row(n, &there, &nobody);
	snprintf(name, sizeof(name), "%s/capsule/articles/first.gmi", n->folder);
	unlink(name);
	print_edition(n);
	expect_row(n, &gone, &nobody);
}

static void
files_are_served_before_the_first_edition(void **state)
{
	struct newsstand *n = *state;
	static const struct row rows[] = {
	    {"index", "/", 41, "The first edition is being printed", NULL},
	    {"article", "/articles/first.gmi", 41, "The first edition is being printed", NULL},
	    {"unknown, maybe moved", "/nothing", 41, NULL, NULL},
	    {"hidden", "/.git", 51, NULL, NULL},
	    {"file", "/about.gmi", 20, GEMTEXT, "# About\n"},
	    {NULL, NULL, 0, NULL, NULL},
	};

	set_up(n, articles, "", "");
	make_file(n, "about.gmi", "# About\n");
	open_site(n);
	expect_rows(n, rows);
	print_edition(n);
	expect_row(
	    n, &(struct row){"printed", "/articles/first.gmi", 20, NULL, "# First\n"}, &nobody);
}

static void
listing_shows_what_may_be_asked_for(void **state)
{
	struct newsstand *n = *state;
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
	char link[256];

	set_up(n, files, "listing = yes\n", "");
	snprintf(link, sizeof(link), "%s/capsule/box/out", n->folder);
	assert_int_equal(symlink("/etc/hostname", link), 0);
	snprintf(link, sizeof(link), "%s/capsule/box/pipe", n->folder);
	assert_int_equal(mkfifo(link, 0644), 0);
	open_printed(n);
	expect_body(n, "/box/",
	    "# Folder /box/ · The Example\n"
	    "\n"
	    "=> a%20b.txt a b.txt\n"
	    "=> b.txt b.txt\n"
	    "=> ./c:d c:d\n"
	    "=> sub/ sub/\n"
	    "\n"
	    "=> / The Example\n");
	expect_body(n, "/articles/",
	    "# Articles · The Example\n"
	    "\n"
	    "=> /articles/live.gmi 2025-01-01 live\n"
	    "By The Example\n"
	    "T\n"
	    "\n"
	    "=> /articles/atom.xml Subscribe: Atom feed\n"
	    "=> / The Example\n");
}

static void
zones_ask_for_the_right_certificate(void **state)
{
	struct newsstand *n = *state;
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

	set_up_printed(n, files, "", zones);
	for (size_t i = 0; i < ROWS(rows); i++) {
		const struct visitor *visitor = &rows[i].visitor;
		const char *label = rows[i].label;

		expect_row(n, &(struct row){label, "/open.txt", 20, NULL, "open"}, visitor);
		expect_row(n, &(struct row){label, "/any/a.txt", rows[i].any, NULL, NULL}, visitor);
		expect_row(n, &(struct row){label, "/few/a.txt", rows[i].few, NULL, NULL}, visitor);
		expect_row(n,
		    &(struct row){
			label, "/few/none", rows[i].few == 20 ? 51 : rows[i].few, NULL, NULL},
		    visitor);
		expect_row(n, &(struct row){label, "/%73taff/./a.txt", rows[i].staff, NULL, NULL},
		    visitor);
	}
}

static void
zones_refuse_in_words_of_ones_own(void **state)
{
	struct newsstand *n = *state;
	static const struct file files[] = {
	    {"few/a.txt", "few"}, {"staff/a.txt", "staff"}, {NULL, NULL}};
	static const char sections[] =
	    "[labels]\nneeds-certificate = A\nnot-valid-yet = B\nexpired = C\nnot-listed = D\n"
	    "editors-only = E\n"
	    "[zone example.org/few/]\nrequire = listed\nfingerprint = " FINGERPRINT_A "\n"
	    "[zone example.org/staff/]\nrequire = editor\n";
	static const struct visitor stranger = HOLDER(FINGERPRINT_C, FINGERPRINT_C, 0, INT64_MAX);
	static const struct visitor early =
	    HOLDER(FINGERPRINT_A, FINGERPRINT_A, INT64_MAX, INT64_MAX);
	static const struct visitor late = HOLDER(FINGERPRINT_A, FINGERPRINT_A, 0, 1);

	set_up_printed(n, files, "", sections);
	expect_row(n, &(struct row){"none", "/few/a.txt", 60, "A", NULL}, &nobody);
	expect_row(n, &(struct row){"early", "/few/a.txt", 62, "B", NULL}, &early);
	expect_row(n, &(struct row){"late", "/few/a.txt", 62, "C", NULL}, &late);
	expect_row(
	    n, &(struct row){"not listed", "/few/a.txt", 61, "D " FINGERPRINT_C, NULL}, &stranger);
	expect_row(n, &(struct row){"no editor", "/staff/a.txt", 61, "E", NULL}, &stranger);
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
	struct newsstand *n = *state;
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

	set_up_printed(n, files, "", zones);
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct visitor visitor = HOLDER(FINGERPRINT_C, FINGERPRINT_C, 0, INT64_MAX);

		visitor.vouch = say_verdict;
		visitor.voucher = &rows[i].verdict;
		expect_row(n,
		    &(struct row){rows[i].label, "/signed/a.txt", rows[i].status, NULL, NULL},
		    &visitor);
	}
	expect_row(n, &(struct row){"nobody asks", "/signed/a.txt", 61, NULL, NULL}, &unknown);
}

static void
zones_of_editors_admit_those_who_joined(void **state)
{
	struct newsstand *n = *state;
	static const struct file files[] = {{"staff/a.txt", "staff"}, {NULL, NULL}};
	static const struct visitor joined = HOLDER(FINGERPRINT_A, FINGERPRINT_C, 0, INT64_MAX);
	static const struct row refused = {"before", "/staff/a.txt", 61, NULL, NULL};
	static const struct row admitted = {"afterwards", "/staff/a.txt", 20, NULL, "staff"};
	struct strings fingerprints = {0};
	struct error err;

	set_up_printed(n, files, "", "[zone example.org/staff/]\nrequire = editor\n");
	expect_row(n, &refused, &joined);
	assert_true(strings_add(&fingerprints, FINGERPRINT_A));
	if (!press_put_editors(n->press, &fingerprints, &err))
		fail_msg("%s", err.text);
	print_edition(n);
	expect_row(n, &admitted, &joined);
	strings_free(&fingerprints);
}

/* What site_printing() says once a path was asked for. */
static uint64_t
printing_for(struct newsstand *n, const char *path, const struct visitor *visitor)
{
	char line[256], reason[256];
	struct response out;
	struct url url;

	snprintf(line, sizeof(line), "gemini://example.org%s", path);
	assert_int_equal(url_parse(line, strlen(line), &url, reason, sizeof(reason)), URL_OK);
	response_init(&out);
	site_answer(n->site, &url, visitor, &out);
	response_free(&out);
	return site_printing(n->site);
}

static void
only_an_editor_is_noted_to_have_a_printing(void **state)
{
	struct newsstand *n = *state;
	struct strings fingerprints = {0};
	const struct visitor by_ini = HOLDER(FINGERPRINT_A, FINGERPRINT_C, 0, INT64_MAX),
			     joined = HOLDER(FINGERPRINT_C, FINGERPRINT_B, 0, INT64_MAX),
			     stranger = HOLDER(FINGERPRINT_C, FINGERPRINT_C, 0, INT64_MAX);
	struct error err;

	set_up_printed(n, articles, "",
	    "[editor ed]\nname = Ed\nfingerprint = " FINGERPRINT_A "\nrole = author\n");
	assert_true(strings_add(&fingerprints, FINGERPRINT_B));
	assert_true(press_put_editors(n->press, &fingerprints, &err));
	uint64_t first = printing_for(n, "/articles/first.gmi", &by_ini);
	assert_int_not_equal(first, 0);
	assert_true(printing_for(n, "/articles/first.gmi", &joined) == first);
	assert_int_equal(printing_for(n, "/", &by_ini), 0);
	assert_int_equal(printing_for(n, "/articles/nothing.gmi", &by_ini), 0);
	assert_int_equal(printing_for(n, "/articles/first.gmi", &stranger), 0);
	assert_int_equal(printing_for(n, "/articles/first.gmi", &nobody), 0);
	strings_free(&fingerprints);
}

static void
articles_in_zones_are_in_no_list(void **state)
{
	struct newsstand *n = *state;
	static const struct file files[] = {
	    {"articles/open.gmi", "---\ntitle = Open\ndate = 2025-01-01\n---\nT\n"},
	    {"articles/open2.gmi", "---\ntitle = Open too\ndate = 2025-01-02\n---\nT\n"},
	    {"articles/members/in.gmi", "---\ntitle = Inside\ndate = 2025-01-03\n"
					"moved-from = /earlier\n---\nT\n"},
	    {NULL, NULL},
	};
	static const char *const paths[] = {"/", "/articles/open.gmi", "/more/4000000000000"};
	struct response r;

	set_up_printed(n, files, "", MEMBERS_ZONE);
	for (size_t i = 0; i < ROWS(paths); i++) {
		ask_as(n, paths[i], &nobody, &r);
		if (r.status == GEMINI_SUCCESS && strstr(buffer_text(&r.body), "Inside") != NULL)
			fail_msg("%s names what only members may read", paths[i]);
		response_free(&r);
	}
	expect_row(n, &(struct row){"itself", "/articles/members/in.gmi", 60, NULL, NULL}, &nobody);
	expect_row(n, &(struct row){"its old path", "/earlier", 60, NULL, NULL}, &nobody);
}

static void
feeds_name_the_public_port(void **state)
{
	struct newsstand *n = *state;
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

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct response r;
		struct url url;
		char reason[128];

		set_up_printed(n, articles, rows[i].ini, "");
		assert_int_equal(
		    url_parse(rows[i].asked, strlen(rows[i].asked), &url, reason, sizeof(reason)),
		    URL_OK);
		response_init(&r);
		site_answer(n->site, &url, &nobody, &r);
		if (strstr(buffer_text(&r.body), rows[i].expected) == NULL)
			fail_msg("%s: no %s in %s", rows[i].label, rows[i].expected,
			    buffer_text(&r.body));
		response_free(&r);
		tear_down(n);
	}
}

static void
articles_outlive_a_missing_root(void **state)
{
	struct newsstand *n = *state;
	static const struct row rows[] = {
	    {"article", "/articles/first.gmi", 20, NULL, "# First\n"},
	    {"index", "/", 20, NULL, "# The Example\n"},
	    {"file", "/about.gmi", 40, "The capsule's folder is missing", NULL},
	    {NULL, NULL, 0, NULL, NULL},
	};
	char root[128];

	set_up_printed(n, articles, "", "");
	snprintf(root, sizeof(root), "%s/capsule", n->folder);
	nftw(root, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	expect_rows(n, rows);
	site_close(n->site);
	open_site(n);
	expect_rows(n, rows);
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
	struct newsstand *n = *state;
	static const char *const paths[] = {"/", "/articles/", "/articles/first.gmi", "/images/",
	    "/images", "/images/x", "/images/x/", "/nothing", "/more/4000000000000", "/robots.txt"};
	struct response r;

	set_up(n, articles, "listing = yes\n", "");
	make_file(n, "images/x", "x");
	open_printed(n);
	ask_as(n, "/", &nobody, &r);
	response_free(&r);
	int before = next_descriptor();
	for (size_t i = 0; i < ROWS(paths); i++) {
		ask_as(n, paths[i], &nobody, &r);
		response_free(&r);
		if (next_descriptor() != before)
			fail_msg("%s left a descriptor open", paths[i]);
	}
}

static const struct file camera_files[] = {
    {"held.jpg", "\xff\xd8\xff\xfe breaks off"},
    {"held", "\xff\xd8\xff\xfe breaks off"},
    {"words.jpg", "only words"},
    {"folder/index.gmi", "\xff\xd8\xff\xfe breaks off"},
    {"photos/held.jpg", "\xff\xd8\xff\xfe breaks off"},
    {NULL, NULL},
};

static void
make_picture(const struct newsstand *n, const char *path, bool is_dirty)
{
	struct buffer bytes = BUFFER_EMPTY;
	char name[512];

	make_file(n, path, "");
	snprintf(name, sizeof(name), "%s/capsule/%s", n->folder, path);
	make_gif(&bytes, is_dirty, 1);
	FILE *file = fopen(name, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes.data, 1, bytes.len, file), bytes.len);
	assert_int_equal(fclose(file), 0);
	buffer_free(&bytes);
}

static const struct timespec long_ago[2] = {{1000000000, 0}, {1000000000, 0}};

static void
stamp(const char *name)
{
	assert_int_equal(utimensat(AT_FDCWD, name, long_ago, 0), 0);
}

/* Stamps it anew until that shows in its ctime: the clock of a file system has ticks. */
static void
touch(const char *name)
{
	struct stat before, now;

	assert_int_equal(stat(name, &before), 0);
	do {
		stamp(name);
		assert_int_equal(stat(name, &now), 0);
	} while (now.st_ctim.tv_sec == before.st_ctim.tv_sec &&
		 now.st_ctim.tv_nsec == before.st_ctim.tv_nsec);
}

/* What the press has not looked through may tell where it was taken. */
static void
no_picture_is_served_that_was_not_looked_through(void **state)
{
	static const struct row before[] = {
	    {"a picture", "/a.gif", 41, "The first edition is being printed", NULL},
	    {NULL, NULL, 0, NULL, NULL},
	};
	static const struct row after[] = {
	    {"as it was", "/a.gif", 20, "image/gif", NULL},
	    {"longer since", "/b.gif", 41, NULL, NULL},
	    {"touched since, with the same time of change", "/c.gif", 41, NULL, NULL},
	    {"laid there since", "/late.gif", 41, NULL, NULL},
	    {"laid there since, without an ending", "/late", 41, NULL, NULL},
	    {"laid there since, by the name of a text", "/late.txt", 41, NULL, NULL},
	    {"no picture", "/words.txt", 20, NULL, "words"},
	    {"cannot be cleaned", "/held.jpg", 51, "Not found", NULL},
	    {"cannot be cleaned, without an ending", "/held", 51, "Not found", NULL},
	    {"is none", "/words.jpg", 51, "Not found", NULL},
	    {NULL, NULL, 0, NULL, NULL},
	};
	struct newsstand *n = *state;
	char name[512];

	set_up(n, camera_files, "", "");
	make_picture(n, "a.gif", false);
	make_picture(n, "b.gif", false);
	make_picture(n, "c.gif", false);
	snprintf(name, sizeof(name), "%s/capsule/c.gif", n->folder);
	stamp(name);
	open_site(n);
	expect_rows(n, before);
	site_close(n->site);
	open_printed(n);
	make_picture(n, "b.gif", true);
	touch(name);
	make_picture(n, "late.gif", false);
	make_picture(n, "late", false);
	make_picture(n, "late.txt", false);
	make_file(n, "words.txt", "words");
	expect_rows(n, after);
}

static void
picture_below_a_link_is_that_where_it_lies(void **state)
{
	static const struct row rows[] = {
	    {"where it lies", "/photos/2025/a.gif", 20, "image/gif", NULL},
	    {"below a link", "/link/2025/a.gif", 20, "image/gif", NULL},
	    {"below a link, held back", "/link/held.jpg", 51, "Not found", NULL},
	    {"below a link, laid there since", "/link/late.gif", 41, NULL, NULL},
	    {"below a link to what nobody looks through", "/hidden/a.gif", 51, "Not found", NULL},
	    {"held back, as the page of a folder", "/folder/", 51, "Not found", NULL},
	    {NULL, NULL, 0, NULL, NULL},
	};
	struct newsstand *n = *state;
	char name[512];

	if (!workshop_follows_links())
		skip();
	set_up(n, camera_files, "", "");
	make_picture(n, "photos/2025/a.gif", false);
	make_picture(n, ".pool/a.gif", false);
	snprintf(name, sizeof(name), "%s/capsule/link", n->folder);
	assert_int_equal(symlink("photos", name), 0);
	snprintf(name, sizeof(name), "%s/capsule/hidden", n->folder);
	assert_int_equal(symlink(".pool", name), 0);
	open_printed(n);
	make_picture(n, "photos/late.gif", false);
	expect_rows(n, rows);
}

static void
keep_metadata_serves_pictures_as_they_are(void **state)
{
	static const struct row rows[] = {
	    {"cannot be cleaned", "/held.jpg", 20, "image/jpeg", "\xff\xd8\xff\xfe breaks"},
	    {"laid there since", "/late.jpg", 20, "image/jpeg", "late"},
	    {NULL, NULL, 0, NULL, NULL},
	};
	struct newsstand *n = *state;

	set_up_printed(n, camera_files, "keep-metadata = yes\n", "");
	make_file(n, "late.jpg", "late");
	expect_rows(n, rows);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    NEWSSTAND_TEST(index_is_laid_out_exactly),
	    NEWSSTAND_TEST(older_articles_follow_to_the_end),
	    NEWSSTAND_TEST(index_without_articles_is_title_tagline_and_ways_on),
	    NEWSSTAND_TEST(header_replaces_the_title_and_footer_follows),
	    NEWSSTAND_TEST(own_front_page_moves_the_index_to_news),
	    NEWSSTAND_TEST(generated_paths_hide_files),
	    NEWSSTAND_TEST(paths_are_answered_as_the_table_says),
	    NEWSSTAND_TEST(robots_file_replaces_the_default),
	    NEWSSTAND_TEST(removed_article_is_gone),
	    NEWSSTAND_TEST(files_are_served_before_the_first_edition),
	    NEWSSTAND_TEST(listing_shows_what_may_be_asked_for),
	    NEWSSTAND_TEST(zones_ask_for_the_right_certificate),
	    NEWSSTAND_TEST(zones_refuse_in_words_of_ones_own),
	    NEWSSTAND_TEST(zones_go_by_what_their_authority_says),
	    NEWSSTAND_TEST(zones_of_editors_admit_those_who_joined),
	    NEWSSTAND_TEST(only_an_editor_is_noted_to_have_a_printing),
	    NEWSSTAND_TEST(articles_in_zones_are_in_no_list),
	    NEWSSTAND_TEST(feeds_name_the_public_port),
	    NEWSSTAND_TEST(articles_outlive_a_missing_root),
	    NEWSSTAND_TEST(no_picture_is_served_that_was_not_looked_through),
	    NEWSSTAND_TEST(picture_below_a_link_is_that_where_it_lies),
	    NEWSSTAND_TEST(keep_metadata_serves_pictures_as_they_are),
	    NEWSSTAND_TEST(no_request_leaves_a_descriptor_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
