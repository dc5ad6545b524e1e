/* Tests of desk/rules and desk/kinds: the table of who may write where. */
#include "check.h"

#include <stdio.h>

#include "upload/kinds.h"
#include "upload/rules.h"

static void
a_path_leads_to_one_place(void **state)
{
	static const struct {
		const char *path;
		enum rules_place place;
		const char *written;
	} rows[] = {
	    {"/articles/x.gmi", RULES_ARTICLE, "/articles/x.gmi"},
	    {"/articles/a/b/x.md", RULES_ARTICLE, "/articles/a/b/x.md"},
	    {"/articles/x", RULES_ARTICLE, "/articles/x.gmi"},
	    {"/articles/index.gmi", RULES_ARTICLE, "/articles/index.gmi"},
	    {"/articles/v1.2-notes", RULES_ARTICLE, "/articles/v1.2-notes.gmi"},
	    {"/articles/", RULES_ARTICLE_FOLDER, "/articles/"},
	    {"/articles", RULES_ARTICLE_FOLDER, "/articles/"},
	    {"/articles/opinion/", RULES_ARTICLE_FOLDER, "/articles/opinion/"},
	    {"/articles/header.gmi", RULES_STATIC, "/articles/header.gmi"},
	    {"/articles/opinion/footer.gmi", RULES_STATIC, "/articles/opinion/footer.gmi"},
	    {"/articles/plan.pdf", RULES_STATIC, "/articles/plan.pdf"},
	    {"/drafts/x.gmi", RULES_DRAFT, "/drafts/x.gmi"},
	    {"/drafts/x", RULES_DRAFT, "/drafts/x.gmi"},
	    {"/drafts/", RULES_DRAFT_FOLDER, "/drafts/"},
	    {"/drafts", RULES_DRAFT_FOLDER, "/drafts/"},
	    {"/images/x.png", RULES_IMAGE, "/images/x.png"},
	    {"/images/2025/x.JPG", RULES_IMAGE, "/images/2025/x.JPG"},
	    {"/images/x.pdf", RULES_IMAGE, "/images/x.pdf"},
	    {"/images/", RULES_IMAGE_FOLDER, "/images/"},
	    {"/images", RULES_IMAGE_FOLDER, "/images/"},
	    {"/about.gmi", RULES_STATIC, "/about.gmi"},
	    {"/index.gmi", RULES_STATIC, "/index.gmi"},
	    {"/robots.txt", RULES_STATIC, "/robots.txt"},
	    {"/header.gmi", RULES_STATIC, "/header.gmi"},
	    {"/articlesque.gmi", RULES_STATIC, "/articlesque.gmi"},
	    {"/.well-known/security.txt", RULES_STATIC, "/.well-known/security.txt"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct rules_target target;

		rules_read_path(rows[i].path, &target);
		check_row(rows[i].path, target.place == rows[i].place);
		check_row_text(rows[i].path, target.path, rows[i].written);
	}
}

static void
some_paths_are_for_nobody(void **state)
{
	static const struct {
		const char *path, *instead;
	} rows[] = {
	    {"", "Choose a path that begins with /"},
	    {"about.gmi", "Choose a path that begins with /"},
	    {"//about.gmi", "Choose a path without //"},
	    {"/articles//x.gmi", "Choose a path without //"},
	    {"/articles/../x.gmi", "Choose a name that does not begin with a dot"},
	    {"/.git/config", "Choose a name that does not begin with a dot"},
	    {"/articles/.x.gmi", "Choose a name that does not begin with a dot"},
	    {"/drafts/.well-known/x.gmi", "Choose a name that does not begin with a dot"},
	    {"/.well-known/.x", "Choose a name that does not begin with a dot"},
	    {"/articles/git~1/x.gmi", "Choose another name than git~1"},
	    {"/drafts/GIT~1.", "Choose another name than git~1"},
	    {"/\u200C.git/x", "Choose another name than git~1"},
	    {"/a\nb.gmi", "Choose a name in UTF-8"},
	    {"/a\xff.gmi", "Choose a name in UTF-8"},
	    {"/a/", "Add the name of a file"},
	    {"/.well-known/", "Add the name of a file"},
	    {"/images/x", "Choose a name that ends in .png"},
	    {"/images/x.svg", "Choose a name that ends in .png"},
	    {"/images/x.gmi", "Choose a name that ends in .png"},
	    {"/drafts/x.png", "Choose a name that ends in .gmi or .md"},
	    {"/drafts/x.GMI", "Choose a name that ends in .gmi or .md"},
	    {"/articles/x.GMI", "Choose a name that ends in .gmi or .md, in small"},
	    {"/articles/opinion/x.Md", "Choose a name that ends in .gmi or .md, in small"},
	    {"/drafts/header.gmi", "Choose a name that ends in .gmi or .md"},
	    {"/", "Choose another path: the server"},
	    {"/news/", "Choose another path: the server"},
	    {"/more/0000", "Choose another path: the server"},
	    {"/archive/2025/", "Choose another path: the server"},
	    {"/tags/x", "Choose another path: the server"},
	    {"/authors/", "Choose another path: the server"},
	    {"/search", "Choose another path: the server"},
	    {"/atom.xml", "Choose another path: the server"},
	    {"/articles/atom.xml", "Choose another path: the server"},
	    {"/articles/opinion/atom.xml", "Choose another path: the server"},
	    {"/desk/", "Choose another path: the server"},
	    {"/desk/preview/x.gmi", "Choose another path: the server"},
	    {"/welcome", "Choose another path: the server"},
	    {"/welcome/x", "Choose another path: the server"},
	    {"/more", "Choose another path: the server"},
	    {"/tags", "Choose another path: the server"},
	    {"/news/more/x", "Choose another path: the server"},
	    {"/articles/more/000000000000g", "Choose another path: the server"},
	    {"/tags/header.gmi", "Choose another path: the server"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct rules_target target;
		enum gemini_status status;

		rules_read_path(rows[i].path, &target);
		check_row(rows[i].path, target.place == RULES_FORBIDDEN);
		const char *refusal = rules_refusal(ROLE_EDITOR, &target, RULES_NEW, &status);
		check_row(rows[i].path, refusal != NULL && status == GEMINI_FAILURE);
		if (strncmp(refusal, rows[i].instead, strlen(rows[i].instead)) != 0)
			fail_msg("%s: \"%s\"", rows[i].path, refusal);
	}
}

static void
names_end_at_255_bytes(void **state)
{
	static const struct {
		const char *label, *folder, *ending;
		size_t name_len; /* without the ending */
		bool is_taken;
	} rows[] = {
	    {"255 bytes", "/articles/", ".gmi", 251, true},
	    {"256 bytes", "/articles/", ".gmi", 252, false},
	    {"251 bytes, .gmi is added", "/drafts/", "", 251, true},
	    {"252 bytes, .gmi is added", "/drafts/", "", 252, false},
	    {"a folder of 255 bytes", "/articles/", "/x.gmi", 255, true},
	    {"a folder of 256 bytes", "/articles/", "/x.gmi", 256, false},
	    {"more than a request can hold", "/", "", URL_MAX, false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char path[2 * URL_MAX], name[URL_MAX + 1] = "";
		struct rules_target target;

		memset(name, 'n', rows[i].name_len);
		snprintf(path, sizeof(path), "%s%s%s", rows[i].folder, name, rows[i].ending);
		rules_read_path(path, &target);
		check_row(rows[i].label, (target.place != RULES_FORBIDDEN) == rows[i].is_taken);
	}
}

static void
folders_do_not_go_deeper_than_sixteen(void **state)
{
	static const struct {
		const char *label, *begin;
		int folders; /* besides */
		const char *end;
		enum rules_holder holder;
		bool is_taken;
	} rows[] = {
	    {"an article in 16", "/articles/", 15, "x.gmi", RULES_NEW, true},
	    {"an article in 17", "/articles/", 16, "x.gmi", RULES_NEW, false},
	    {"an article in 470", "/articles/", 469, "x.gmi", RULES_NEW, false},
	    {"one that is there", "/articles/", 16, "x.gmi", RULES_OTHER, true},
	    {"a draft in 16", "/drafts/", 15, "x.gmi", RULES_NEW, true},
	    {"a draft in 17", "/drafts/", 16, "x.gmi", RULES_NEW, false},
	    {"a folder of drafts, 16", "/drafts/", 15, "", RULES_NEW, true},
	    {"a folder of drafts, 17", "/drafts/", 16, "", RULES_NEW, false},
	    {"year and month make 16", "/articles/", 13, "", RULES_NEW, true},
	    {"year and month make 17", "/articles/", 14, "", RULES_NEW, false},
	    {"the year makes 16", "/images/", 14, "", RULES_NEW, true},
	    {"the year makes 17", "/images/", 15, "", RULES_NEW, false},
	    {"another file in 16", "/", 16, "x.txt", RULES_NEW, true},
	    {"another file in 17", "/", 17, "x.txt", RULES_NEW, false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char path[URL_MAX + 1];
		struct rules_target target;
		enum gemini_status status;

		strcpy(path, rows[i].begin);
		for (int n = 0; n < rows[i].folders; n++)
			strcat(path, "a/");
		strcat(path, rows[i].end);
		rules_read_path(path, &target);
		const char *refusal = rules_refusal(ROLE_EDITOR, &target, rows[i].holder, &status);
		check_row(rows[i].label, (refusal == NULL) == rows[i].is_taken);
		check_row(rows[i].label, refusal == NULL || status == GEMINI_FAILURE);
		if (refusal != NULL)
			assert_non_null(strstr(refusal, "16"));
	}
}

/* Each row of section 5's table with each role: who may write what is new, own, another's. */
static void
each_role_may_write_what_the_table_says(void **state)
{
	static const struct {
		const char *path;
		const char *contributor, *author, *editor; /* of "new own other": y or n */
	} rows[] = {
	    {"/articles/x.gmi", "nnn", "yyn", "yyy"},
	    {"/articles/", "nnn", "yyy", "yyy"},
	    {"/articles/opinion/", "nnn", "yyy", "yyy"},
	    {"/drafts/x.gmi", "yyn", "yyy", "yyy"},
	    {"/drafts/", "yyy", "yyy", "yyy"},
	    {"/images/x.png", "nnn", "yyy", "yyy"},
	    {"/images/", "nnn", "yyy", "yyy"},
	    {"/about.gmi", "nnn", "nnn", "yyy"},
	    {"/articles/header.gmi", "nnn", "nnn", "yyy"},
	    {"/footer.gmi", "nnn", "nnn", "yyy"},
	    {"/.well-known/security.txt", "nnn", "nnn", "yyy"},
	    {"/desk/", "nnn", "nnn", "nnn"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *const roles[] = {rows[i].contributor, rows[i].author, rows[i].editor};
		struct rules_target target;

		rules_read_path(rows[i].path, &target);
		for (int role = 0; role < 3; role++) {
			for (int holder = 0; holder < RULES_HOLDER_COUNT; holder++) {
				enum gemini_status status;
				const char *refusal = rules_refusal((enum editor_role)role, &target,
				    (enum rules_holder)holder, &status);
				bool may = roles[role][holder] == 'y';

				check_row(rows[i].path, (refusal == NULL) == may);
				check_row(rows[i].path, may || target.place == RULES_FORBIDDEN ||
							    status == GEMINI_NOT_AUTHORISED);
			}
		}
	}
}

static void
a_refusal_says_what_to_do_in_its_first_words(void **state)
{
	static const char *const verbs[] = {"Send ", "Choose ", "Ask ", "Add "};
	static const char *const paths[] = {"/articles/x.gmi", "/articles/", "/drafts/x.gmi",
	    "/images/x.png", "/images/", "/x.gmi", "/"};

	(void)state;
	for (size_t i = 0; i < ROWS(paths); i++) {
		for (int role = 0; role < 3; role++) {
			struct rules_target target;
			enum gemini_status status;
			bool is_clear = false;

			rules_read_path(paths[i], &target);
			const char *refusal =
			    rules_refusal((enum editor_role)role, &target, RULES_OTHER, &status);
			for (size_t j = 0; refusal != NULL && j < ROWS(verbs); j++)
				is_clear |= strncmp(refusal, verbs[j], strlen(verbs[j])) == 0;
			check_row(paths[i], refusal == NULL || is_clear);
		}
	}
}

static void
types_are_compared_without_case_and_parameters(void **state)
{
	(void)state;
	assert_true(kinds_is("image/png", "image/png"));
	assert_true(kinds_is("Image/PNG; q=1", "image/png"));
	assert_true(kinds_is("image/jpg", "image/jpeg"));
	assert_false(kinds_is("image/pngs", "image/png"));
	assert_false(kinds_is("image/pn", "image/png"));
	assert_true(kinds_is_unsaid("application/octet-stream"));
	assert_true(kinds_names_picture("image/jpg"));
	assert_false(kinds_names_picture("image/svg+xml"));
}

static void
articles_are_texts_in_utf_8(void **state)
{
	static const struct {
		const char *type;
		bool is_taken;
	} rows[] = {
	    {"text/gemini", true},
	    {"text/plain", true},
	    {"text/plain; charset=utf-8", true},
	    {"text/plain;charset=\"UTF-8\"", true},
	    {"text/plain; charset=us-ascii", true},
	    {"text/markdown", true},
	    {"text/plain; charset=iso-8859-1", false},
	    {"text/html", false},
	    {"image/png", false},
	    {"application/octet-stream", false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].type, kinds_is_article(rows[i].type) == rows[i].is_taken);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_path_leads_to_one_place),
	    cmocka_unit_test(some_paths_are_for_nobody),
	    cmocka_unit_test(names_end_at_255_bytes),
	    cmocka_unit_test(folders_do_not_go_deeper_than_sixteen),
	    cmocka_unit_test(each_role_may_write_what_the_table_says),
	    cmocka_unit_test(a_refusal_says_what_to_do_in_its_first_words),
	    cmocka_unit_test(types_are_compared_without_case_and_parameters),
	    cmocka_unit_test(articles_are_texts_in_utf_8),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
