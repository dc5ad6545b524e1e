/* Tests of article/paths: what a path of a capsule is. */
#include "check.h"

#include "article/paths.h"

static void
each_path_is_of_one_kind(void **state)
{
	static const struct {
		const char *path;
		enum path_kind kind;
	} rows[] = {
	    {"/about.gmi", PATH_FILE},
	    {"/images/x.png", PATH_FILE},
	    {"/docs/", PATH_FILE},
	    {"/index.gmi", PATH_FILE},
	    {"/robots.txt", PATH_FILE},
	    {"/x.GMI", PATH_FILE},
	    {"/a.b", PATH_FILE},
	    {"/.well-known", PATH_FILE},
	    {"/.well-known/security.txt", PATH_FILE},
	    {"/.well-known/.x", PATH_HIDDEN},
	    {"/.well-knownx", PATH_HIDDEN},
	    {"/a/.well-known/b", PATH_HIDDEN},
	    {"/.git/config", PATH_HIDDEN},
	    {"/a/.b/c", PATH_HIDDEN},
	    {"/..", PATH_HIDDEN},
	    {"//about.gmi", PATH_HIDDEN},
	    {"/docs//", PATH_HIDDEN},
	    {"/drafts", PATH_DRAFT},
	    {"/drafts/", PATH_DRAFT},
	    {"/drafts/a/x.gmi", PATH_DRAFT},
	    {"/drafts/header.gmi", PATH_DRAFT},
	    {"/drafts/.x", PATH_HIDDEN},
	    {"/draftsman.gmi", PATH_FILE},
	    {"/docs/drafts", PATH_FILE},
	    {"/header.gmi", PATH_FRAME},
	    {"/articles/a/footer.gmi", PATH_FRAME},
	    {"/x-header.gmi", PATH_FILE},
	    {"/header.gmi/", PATH_FILE},
	    {"/", PATH_GENERATED},
	    {"/atom.xml", PATH_GENERATED},
	    {"/atom.xml/", PATH_FILE},
	    {"/images/atom.xml", PATH_FILE},
	    {"/search", PATH_GENERATED},
	    {"/search/more/x", PATH_GENERATED},
	    {"/searching", PATH_FILE},
	    {"/more", PATH_GENERATED},
	    {"/more/0000000000000", PATH_GENERATED},
	    {"/archive", PATH_GENERATED},
	    {"/archive/2025/06/", PATH_GENERATED},
	    {"/tags", PATH_GENERATED},
	    {"/tags/x", PATH_GENERATED},
	    {"/tags/header.gmi", PATH_GENERATED},
	    {"/tagsx/y", PATH_FILE},
	    {"/authors/a/b", PATH_GENERATED},
	    {"/desk", PATH_GENERATED},
	    {"/desk/history/articles/x.gmi", PATH_GENERATED},
	    {"/welcome", PATH_GENERATED},
	    {"/welcome/x", PATH_GENERATED},
	    {"/welcome.gmi", PATH_FILE},
	    {"/news", PATH_NEWS},
	    {"/news/", PATH_NEWS},
	    {"/news/atom.xml", PATH_NEWS},
	    {"/news/more/x", PATH_NEWS},
	    {"/news/x.gmi", PATH_IN_NEWS},
	    {"/newsx", PATH_FILE},
	    {"/articles", PATH_GENERATED},
	    {"/articles/", PATH_FILE},
	    {"/articles/atom.xml", PATH_GENERATED},
	    {"/articles/2025/06/atom.xml", PATH_GENERATED},
	    {"/articles/x-atom.xml", PATH_FILE},
	    {"/articles/more/000000000000g", PATH_GENERATED},
	    {"/articles/a/more/000000000000g", PATH_GENERATED},
	    {"/articles/more/x", PATH_FILE},
	    {"/articles/a/000000000000g", PATH_FILE},
	    {"/articles/amore/000000000000g", PATH_FILE},
	    {"/articles/x.gmi", PATH_ARTICLE},
	    {"/articles/a/x.md", PATH_ARTICLE},
	    {"/articles/tags/x.gmi", PATH_ARTICLE},
	    {"/articles/.gmi", PATH_HIDDEN},
	    {"/articles/x.GMI", PATH_MISNAMED},
	    {"/articles/x.Md", PATH_MISNAMED},
	    {"/articles/x\xff.gmi", PATH_MISNAMED},
	    {"/articles/x.gmi/", PATH_FILE},
	    {"/articles/plan.pdf", PATH_FILE},
	    {"/articlesque.gmi", PATH_FILE},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].path, paths_kind(rows[i].path) == rows[i].kind);
}

static void
hidden_segments_are_not_served(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		bool expected;
	} rows[] = {
	    {"/", true},
	    {"/a.gmi", true},
	    {"/a/b.c/d", true},
	    {"/.gone", false},
	    {"/a/.hidden", false},
	    {"/a/.git/config", false},
	    {"/.well-known/security.txt", true},
	    {"/.well-known", true},
	    {"/.well-known/.hidden", false},
	    {"/.well-known-not/x", false},
	    {"/a/.well-known/x", false},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(
		    rows[i].path, (paths_kind(rows[i].path) != PATH_HIDDEN) == rows[i].expected);
}

static void
what_hides_a_file_has_a_name(void **state)
{
	static const struct {
		const char *path, *maker;
	} rows[] = {
	    {"/tags", "/tags/"},
	    {"/tags/", "/tags/"},
	    {"/authors/a/b", "/authors/"},
	    {"/search", "/search"},
	    {"/news/x.gmi", "/news/"},
	    {"/articles/a/atom.xml", "a page of its folder's list"},
	    {"/articles/x.gmi", NULL},
	    {"/about.gmi", NULL},
	    {"/tagsx/y", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *maker = paths_maker(rows[i].path);

		check_row(rows[i].path, (maker == NULL) == (rows[i].maker == NULL));
		if (maker != NULL)
			check_row_text(rows[i].path, maker, rows[i].maker);
	}
}

static void
texts_end_in_gmi_or_md_and_are_no_frames(void **state)
{
	(void)state;
	assert_true(paths_is_text("/drafts/x.gmi"));
	assert_true(paths_is_text("/drafts/x.md"));
	assert_false(paths_is_text("/drafts/x.GMI"));
	assert_false(paths_is_text("/drafts/x.png"));
	assert_false(paths_is_text("/drafts/header.gmi"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_path_is_of_one_kind),
	    cmocka_unit_test(hidden_segments_are_not_served),
	    cmocka_unit_test(what_hides_a_file_has_a_name),
	    cmocka_unit_test(texts_end_in_gmi_or_md_and_are_no_frames),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
