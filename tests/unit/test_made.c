#include "check.h"

#include "article/made.h"

static void
made_pages_lie_in_folders_of_their_own(void **state)
{
	static const struct {
		const char *path, *folder;
	} rows[] = {
	    {"/tags/x", "/tags/"},
	    {"/tags/", "/tags/"},
	    {"/authors/a/b", "/authors/"},
	    {"/archive/2025/06/", "/archive/"},
	    {"/more/0000000000000", "/more/"},
	    {"/search/more/x", "/search/"},
	    {"/desk/history/articles/x.gmi", "/desk/"},
	    {"/tags", NULL},
	    {"/tagsx/y", NULL},
	    {"/", NULL},
	    {"/articles/tags/x.gmi", NULL},
	    {"/news/more/x", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *folder = made_folder(rows[i].path);

		check_row(rows[i].path, (folder == NULL) == (rows[i].folder == NULL));
		if (folder != NULL)
			check_row_text(rows[i].path, folder, rows[i].folder);
	}
}

static void
folders_of_articles_have_feeds(void **state)
{
	(void)state;
	assert_true(made_is_folder_feed("/articles/atom.xml"));
	assert_true(made_is_folder_feed("/articles/2025/06/atom.xml"));
	assert_false(made_is_folder_feed("/articles/x-atom.xml"));
	assert_false(made_is_folder_feed("/atom.xml"));
	assert_false(made_is_folder_feed("/images/atom.xml"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(made_pages_lie_in_folders_of_their_own),
	    cmocka_unit_test(folders_of_articles_have_feeds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
