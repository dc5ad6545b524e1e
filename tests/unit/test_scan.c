#include "workshop.h"

#include <fcntl.h>

#include "press/scan.h"
#include "store/folder.h"

static struct workshop shop;
static struct scan *scan;
static struct scan_view view;

static int
set_up(void **state)
{
	struct error err;

	(void)state;
	workshop_open(&shop);
	scan = scan_new();
	view = (struct scan_view){
	    .root_fd = open(shop.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC),
	    .watch = watch_open(shop.root, &err),
	};
	return writer_open(shop.folder, 1, &view.edition, &err) != WRITER_UNFINISHED;
}

static int
tear_down(void **state)
{
	(void)state;
	scan_free(scan);
	close(view.root_fd);
	watch_close(view.watch);
	writer_close(view.edition);
	workshop_close(&shop);
	return 0;
}

/* Scans a folder to the end; the paths that differ, in order, a blank after each. */
static const char *
differences(const char *folder)
{
	static char found[8192];
	char path[SCAN_PATH_MAX];
	enum scan_result result;

	found[0] = '\0';
	assert_true(scan_add(scan, folder));
	while ((result = scan_next(scan, &view, path)) != SCAN_DONE) {
		assert_true(result == SCAN_LOOK || result == SCAN_NOTHING);
		if (result == SCAN_LOOK)
			snprintf(found + strlen(found), sizeof(found) - strlen(found), "%s ", path);
	}
	assert_false(scan_is_busy(scan));
	return found;
}

/* Writes into the table what lies at path. */
static void
know(const char *path)
{
	struct stat st;
	struct file_row row = {.reason = "", .mime = "", .title = "", .editor = "", .date = ""};

	assert_int_equal(fstatat(view.root_fd, path + 1, &st, 0), 0);
	row.state = S_ISDIR(st.st_mode) ? FILE_FOLDER : FILE_PLAIN;
	row.mtime_ns = folder_time_ns(&st.st_mtim);
	row.size = st.st_size;
	row.inode = (int64_t)st.st_ino;
	writer_put_file(view.edition, path, &row);
}

static void
everything_is_new_at_first(void **state)
{
	(void)state;

	workshop_put(&shop, "/b.gmi", "");
	workshop_put(&shop, "/a/z.gmi", "");
	workshop_put(&shop, "/a/b/c.gmi", "");
	assert_string_equal(differences("/"), "/a /a/b /a/b/c.gmi /a/z.gmi /b.gmi ");
	assert_string_equal(differences("/a/b/"), "/a/b/c.gmi ");
}

static void
what_is_known_is_not_looked_at(void **state)
{
	(void)state;

	workshop_put(&shop, "/a/b.gmi", "");
	workshop_put(&shop, "/c.gmi", "");
	know("/a");
	know("/a/b.gmi");
	know("/c.gmi");
	assert_string_equal(differences("/"), "");
	workshop_put(&shop, "/c.gmi", "longer");
	assert_string_equal(differences("/"), "/c.gmi ");
}

static void
what_is_gone_is_found_children_first(void **state)
{
	(void)state;

	workshop_put(&shop, "/a/b/c.gmi", "");
	workshop_put(&shop, "/d.gmi", "");
	know("/a");
	know("/a/b");
	know("/a/b/c.gmi");
	know("/d.gmi");
	workshop_delete(&shop, "/d.gmi");
	workshop_delete_tree(workshop_name(&shop, "/a"));
	assert_string_equal(differences("/"), "/a/b/c.gmi /a/b /a /d.gmi ");
}

static void
a_folder_that_became_a_file_is_emptied_first(void **state)
{
	(void)state;

	workshop_put(&shop, "/a/b.gmi", "");
	know("/a");
	know("/a/b.gmi");
	workshop_delete_tree(workshop_name(&shop, "/a"));
	workshop_put(&shop, "/a", "a file");
	assert_string_equal(differences("/"), "/a/b.gmi /a ");
}

static void
hidden_names_are_left_alone(void **state)
{
	(void)state;

	workshop_put(&shop, "/.git/config", "");
	workshop_put(&shop, "/.hidden", "");
	workshop_put(&shop, "/.gone", "");
	workshop_put(&shop, "/.well-known/security.txt", "");
	workshop_put(&shop, "/a/.gone", "");
	workshop_put(&shop, "/a/.well-known/x", "");
	assert_string_equal(differences("/"), "/.gone /.well-known /.well-known/security.txt /a ");
}

static void
temporary_files_of_the_dead_are_removed(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		int expected;
	} rows[] = {
	    {"/a/.broadsheet-123-4", -1},
	    {"/a/.broadsheet-notes", 0}, /* these are somebody's own */
	    {"/a/.broadsheet-123", 0},
	    {"/a/.broadsheet-123-4~", 0},
	    {"/a/.a.gmi.swp", 0},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		workshop_put(&shop, rows[i].path, "half");
	differences("/");
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].path,
		    access(workshop_name(&shop, rows[i].path), F_OK) == rows[i].expected);
}

static void
a_temporary_file_that_is_being_written_stays(void **state)
{
	(void)state;
	char name[FOLDER_TEMPORARY_MAX];

	int fd = folder_open_temporary(view.root_fd, 0644, name);
	assert_int_not_equal(fd, -1);
	assert_string_equal(differences("/"), "");
	assert_int_equal(renameat(view.root_fd, name, view.root_fd, "a.gmi"), 0);
	assert_string_equal(differences("/"), "/a.gmi ");
	close(fd);

	fd = folder_open_temporary(view.root_fd, 0644, name);
	close(fd); /* as if its writer had been killed */
	differences("/");
	assert_int_equal(faccessat(view.root_fd, name, F_OK, 0), -1);
}

static void
links_to_folders_are_not_followed(void **state)
{
	(void)state;

	workshop_put(&shop, "/a/b.gmi", "");
	assert_int_equal(symlinkat(".", view.root_fd, "loop"), 0);
	assert_string_equal(differences("/"), "/a /a/b.gmi /loop ");
	assert_string_equal(differences("/loop/"), "/loop "); /* as if it were missing */
}

static void
history_is_asked_for_what_is_only_there(void **state)
{
	(void)state;
	char path[128];
	struct error err;

	snprintf(path, sizeof(path), "%s/history.git", shop.folder);
	view.history = history_open(path, &err);
	assert_non_null(view.history);
	history_put(view.history, "/a/lost.gmi", "x", 1, &err);
	history_put(view.history, "/lost/b.gmi", "x", 1, &err);
	history_put(view.history, "/c.gmi", "x", 1, &err);
	history_put(view.history, "/.hidden", "x", 1, &err);
	assert_true(history_commit(view.history, "a", "b", "c", &err));
	workshop_put(&shop, "/a/d.gmi", "");
	workshop_put(&shop, "/c.gmi", "");
	know("/c.gmi");
	assert_string_equal(differences("/"), "/a /a/d.gmi /a/lost.gmi /lost/b.gmi /lost ");
	history_close(view.history);
}

static void
a_folder_added_meanwhile_goes_first(void **state)
{
	(void)state;
	char path[SCAN_PATH_MAX];
	enum scan_result result;

	workshop_put(&shop, "/a.gmi", "");
	workshop_put(&shop, "/z/new.gmi", "");
	assert_true(scan_add(scan, "/"));
	assert_int_equal(scan_next(scan, &view, path), SCAN_NOTHING); /* listed */
	assert_true(scan_add(scan, "/z/"));
	while ((result = scan_next(scan, &view, path)) == SCAN_NOTHING)
		;
	assert_int_equal(result, SCAN_LOOK);
	assert_string_equal(path, "/z/new.gmi");
	scan_clear(scan);
	assert_int_equal(scan_next(scan, &view, path), SCAN_DONE);
}

static void
a_folder_that_cannot_be_read_is_not_gone(void **state)
{
	(void)state;
	char path[SCAN_PATH_MAX];

	if (geteuid() == 0)
		skip(); /* root reads everything */
	workshop_put(&shop, "/a/b.gmi", "");
	know("/a");
	know("/a/b.gmi");
	assert_int_equal(fchmodat(view.root_fd, "a", 0, 0), 0);
	assert_true(scan_add(scan, "/a/"));
	assert_int_equal(scan_next(scan, &view, path), SCAN_UNREADABLE);
	assert_string_equal(path, "/a/");
	assert_int_equal(scan_next(scan, &view, path), SCAN_NOTHING);
	assert_int_equal(scan_next(scan, &view, path), SCAN_DONE);
	assert_int_equal(fchmodat(view.root_fd, "a", 0755, 0), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(everything_is_new_at_first),
	    TEST(what_is_known_is_not_looked_at),
	    TEST(what_is_gone_is_found_children_first),
	    TEST(a_folder_that_became_a_file_is_emptied_first),
	    TEST(hidden_names_are_left_alone),
	    TEST(temporary_files_of_the_dead_are_removed),
	    TEST(a_temporary_file_that_is_being_written_stays),
	    TEST(links_to_folders_are_not_followed),
	    TEST(history_is_asked_for_what_is_only_there),
	    TEST(a_folder_added_meanwhile_goes_first),
	    TEST(a_folder_that_cannot_be_read_is_not_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
