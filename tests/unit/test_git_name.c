/* Tests of store/git_name: by table, and against what libgit2 refuses. */
#include "check.h"

#include <git2.h>
#include <stdio.h>
#include <stdlib.h>

#include "history/git_name.h"

static void
names_of_gits_own_folder_are_known(void **state)
{
	static const struct {
		const char *path;
		bool is_gits;
	} rows[] = {
	    {"", false},
	    {"/", false},
	    {"/.git", true},
	    {"/a/.GIT/config", true},
	    {"/git~1", true},
	    {"/articles/Git~1/x.gmi", true},
	    {"/git~1. .", true},
	    {"/git~1 ", true},
	    {"/git~1:stream", true},
	    {"/git~1 .::$INDEX_ALLOCATION", true},
	    {"/git~1\\x", true},
	    {"/\u200C.git/x.gmi", true},
	    {"/.g\u200Dit", true},
	    {"/.gi\uFEFFt\u202E", true},
	    {"/git~10", false},
	    {"/git~1x", false},
	    {"/git~1.gmi", false},
	    {"/git~2", false},
	    {"/git", false},
	    {"/.gitignore", false},
	    {"/.gi", false},
	    {"/.git\xff", false},
	    {"/.gitt", false},
	    {"/x.git", false},
	    {"/x/digit~1/y", false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].path, git_name_is_in(rows[i].path) == rows[i].is_gits);
}

/* Names of pieces that matter, some thousand of each length. */
static void
no_other_name_is_refused_by_git(void **state)
{
	static const char *const pieces[] = {".git", "git~1", "GIT", "git", ".", " ", "~", "1", "2",
	    ":", "\\", "x", "g", "i", "t", "\u200C", "\uFEFF"};
	char folder[] = "/tmp/test-git-name-XXXXXX", command[64];
	git_repository *repository = NULL;
	git_treebuilder *builder = NULL;
	unsigned seed = 11;
	size_t refused = 0;
	git_oid blob;

	(void)state;
	assert_non_null(mkdtemp(folder));
	git_libgit2_init();
	assert_int_equal(git_repository_init(&repository, folder, 1), 0);
	assert_int_equal(git_treebuilder_new(&builder, repository, NULL), 0);
	assert_int_equal(git_blob_create_from_buffer(&blob, repository, "x", 1), 0);
	for (int i = 0; i < 30000; i++) {
		char name[64] = "";
		for (int n = 1 + i % 5; n > 0; n--)
			strcat(name, pieces[(size_t)rand_r(&seed) % ROWS(pieces)]);
		bool is_refused =
		    git_treebuilder_insert(NULL, builder, name, &blob, GIT_FILEMODE_BLOB) != 0;
		bool is_dots = strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
		refused += is_refused && !is_dots;
		check_row(name, !is_refused || is_dots || git_name_is_in(name));
	}
	assert_true(refused > 100);
	git_treebuilder_free(builder);
	git_repository_free(repository);
	git_libgit2_shutdown();
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	assert_int_equal(system(command), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_of_gits_own_folder_are_known),
	    cmocka_unit_test(no_other_name_is_refused_by_git),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
