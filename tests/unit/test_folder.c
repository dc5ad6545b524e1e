#include "workshop.h"

#include <fcntl.h>
#include <sys/un.h>
#include <sys/socket.h>

#include "store/folder.h"

static struct workshop shop;
static int root_fd;

static int
set_up(void **state)
{
	(void)state;
	workshop_open(&shop);
	root_fd = open(shop.root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return root_fd == -1;
}

static int
tear_down(void **state)
{
	(void)state;
	close(root_fd);
	workshop_close(&shop);
	return 0;
}

static enum folder_result
try_open(const char *path)
{
	struct stat st;
	int fd = -1;

	enum folder_result result = folder_open(root_fd, path, &fd, &st);
	if (fd != -1)
		close(fd);
	return result;
}

static void
no_path_leaves_the_root(void **state)
{
	(void)state;
	char outside[128];
	const struct {
		const char *label, *path;
		enum folder_result expected;
	} rows[] = {
	    {"a file", "/images/a.png", FOLDER_FILE},
	    {"a folder", "/images", FOLDER_DIRECTORY},
	    {"a folder with a slash", "/images/", FOLDER_DIRECTORY},
	    {"the root", "/", FOLDER_DIRECTORY},
	    {"a link that stays inside", "/inside.png",
		workshop_follows_links() ? FOLDER_FILE : FOLDER_ABSENT},
	    {"a link that leaves", "/outside", FOLDER_ABSENT},
	    {"a link to an absolute path", "/absolute", FOLDER_ABSENT},
	    {"a link to itself", "/loop", FOLDER_ABSENT},
	    {"dots that leave", "/../secret", FOLDER_ABSENT},
	    {"dots that stay", "/images/../images/a.png", FOLDER_ABSENT},
	    {"a dot", "/./images/a.png", FOLDER_ABSENT},
	    {"an empty segment", "/images//a.png", FOLDER_ABSENT},
	    {"two slashes first", "//images/a.png", FOLDER_ABSENT},
	    {"a relative path", "images/a.png", FOLDER_ABSENT},
	    {"nothing there", "/none", FOLDER_ABSENT},
	    {"a file as a folder", "/images/a.png/b", FOLDER_ABSENT},
	    {"a file with a slash", "/images/a.png/", FOLDER_ABSENT},
	};

	workshop_put(&shop, "/images/a.png", "png");
	snprintf(outside, sizeof(outside), "%s/secret", shop.folder);
	fclose(fopen(outside, "w"));
	assert_int_equal(symlinkat("images/a.png", root_fd, "inside.png"), 0);
	assert_int_equal(symlinkat("../secret", root_fd, "outside"), 0);
	assert_int_equal(symlinkat(outside, root_fd, "absolute"), 0);
	assert_int_equal(symlinkat("loop", root_fd, "loop"), 0);
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].label, try_open(rows[i].path) == rows[i].expected);
}

static void
real_path_is_that_behind_all_links(void **state)
{
	(void)state;
	static const struct {
		const char *label, *path, *expected;
	} rows[] = {
	    {"a file", "/images/2025/a.png", "/images/2025/a.png"},
	    {"a link to it", "/a.png", "/images/2025/a.png"},
	    {"below a link to its folder", "/photos/a.png", "/images/2025/a.png"},
	    {"below a link to a link", "/more/a.png", "/images/2025/a.png"},
	    {"a link that goes up", "/deep/er/up/a.png", "/images/2025/a.png"},
	    {"a folder with a slash", "/photos/", "/images/2025"},
	    {"a link that leaves", "/outside/a.png", NULL},
	    {"a link to an absolute path", "/absolute/a.png", NULL},
	    {"a link to itself", "/loop/a.png", NULL},
	    {"nothing there", "/none/a.png", NULL},
	    {"dots", "/images/../a.png", NULL},
	};
	char found[FOLDER_PATH_MAX];

	workshop_put(&shop, "/images/2025/a.png", "png");
	workshop_put(&shop, "/deep/er/x", "x");
	assert_int_equal(symlinkat("images/2025/a.png", root_fd, "a.png"), 0);
	assert_int_equal(symlinkat("./images//2025/", root_fd, "photos"), 0);
	assert_int_equal(symlinkat("photos", root_fd, "more"), 0);
	assert_int_equal(symlinkat("../../more/../2025", root_fd, "deep/er/up"), 0);
	assert_int_equal(symlinkat("..", root_fd, "outside"), 0);
	assert_int_equal(symlinkat("/tmp", root_fd, "absolute"), 0);
	assert_int_equal(symlinkat("loop", root_fd, "loop"), 0);
	for (size_t i = 0; i < ROWS(rows); i++) {
		bool is_there = folder_real_path(root_fd, rows[i].path, found);
		check_row_text(rows[i].label, is_there ? found : "(none)",
		    rows[i].expected == NULL ? "(none)" : rows[i].expected);
	}
}

static void
special_files_are_absent_and_do_not_block(void **state)
{
	(void)state;
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	assert_int_equal(mkfifoat(root_fd, "fifo", 0644), 0);
	snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", shop.root);
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(try_open("/fifo"), FOLDER_ABSENT);
	assert_int_equal(try_open("/socket"), FOLDER_ABSENT);
	close(fd);
}

static void
a_name_too_long_is_absent(void **state)
{
	(void)state;
	char path[5000];

	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(try_open(path), FOLDER_ABSENT);
	path[257] = '\0';
	assert_int_equal(try_open(path), FOLDER_ABSENT);
}

static void
a_write_makes_folders_and_leaves_no_temporary(void **state)
{
	(void)state;
	struct buffer read = BUFFER_EMPTY;
	struct error err;

	assert_true(folder_write(root_fd, "/articles/2025/06/a.gmi", "one", 3, &err));
	assert_true(folder_write(root_fd, "/articles/2025/06/a.gmi", "two!", 4, &err));
	assert_true(folder_read(root_fd, "/articles/2025/06/a.gmi", 100, &read, &err));
	assert_string_equal(buffer_text(&read), "two!");
	buffer_free(&read);

	int fd = -1;
	struct stat st;
	assert_int_equal(folder_open(root_fd, "/articles/2025/06", &fd, &st), FOLDER_DIRECTORY);
	assert_int_equal(unlinkat(fd, "a.gmi", 0), 0);
	close(fd);
	assert_int_equal(unlinkat(root_fd, "articles/2025/06", AT_REMOVEDIR), 0); /* it is empty */
}

static void
a_write_keeps_permissions(void **state)
{
	(void)state;
	struct stat st;
	struct error err;

	workshop_put(&shop, "/a.txt", "one");
	assert_int_equal(fchmodat(root_fd, "a.txt", 0600, 0), 0);
	assert_true(folder_write(root_fd, "/a.txt", "two", 3, &err));
	assert_int_equal(fstatat(root_fd, "a.txt", &st, 0), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void
a_write_that_cannot_be_changes_nothing(void **state)
{
	(void)state;
	static const char *const paths[] = {"/", "/a/", "/../a", "a", "/a.txt/b", "/out/b", ""};
	struct buffer read = BUFFER_EMPTY;
	struct error err;

	workshop_put(&shop, "/a.txt", "one");
	assert_int_equal(symlinkat("..", root_fd, "out"), 0);
	for (size_t i = 0; i < ROWS(paths); i++)
		check_row(paths[i], !folder_write(root_fd, paths[i], "x", 1, &err));
	assert_true(folder_read(root_fd, "/a.txt", 100, &read, &err));
	assert_string_equal(buffer_text(&read), "one");
	buffer_free(&read);
}

static void
a_written_file_is_a_moment_old(void **state)
{
	(void)state;
	struct stat written, changed;
	struct error err;

	assert_true(folder_write(root_fd, "/a.txt", "one", 3, &err));
	assert_int_equal(fstatat(root_fd, "a.txt", &written, 0), 0);
	workshop_put(&shop, "/a.txt", "two"); /* at once: perhaps within a tick of the clock */
	assert_int_equal(fstatat(root_fd, "a.txt", &changed, 0), 0);
	assert_true(changed.st_mtim.tv_sec > written.st_mtim.tv_sec ||
		    changed.st_mtim.tv_nsec > written.st_mtim.tv_nsec);
}

static void
a_file_is_removed_and_nothing_else(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		bool expected;
	} rows[] = {
	    {"/folder/a.txt", true},
	    {"/folder/a.txt", true}, /* is not there any more */
	    {"/none/a.txt", true},
	    {"/folder/b.txt/c", true}, /* nor is that */
	    {"/folder", false},
	    {"/folder/", false},
	    {"/folder/../folder/b.txt", false},
	    {"/", false},
	};
	struct stat st;
	struct error err;

	workshop_put(&shop, "/folder/a.txt", "a");
	workshop_put(&shop, "/folder/b.txt", "b");
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(
		    rows[i].path, folder_remove(root_fd, rows[i].path, &err) == rows[i].expected);
	assert_int_equal(fstatat(root_fd, "folder/a.txt", &st, 0), -1);
	assert_int_equal(fstatat(root_fd, "folder/b.txt", &st, 0), 0);
}

static void
a_read_names_what_is_wrong(void **state)
{
	(void)state;
	static const struct {
		const char *path, *expected;
	} rows[] = {
	    {"/long.txt", "/long.txt: is larger than 4 bytes"},
	    {"/none.txt", "/none.txt: no such file, or not readable"},
	    {"/folder", "/folder: is a folder, a file was expected"},
	};
	struct error err;

	workshop_put(&shop, "/long.txt", "12345");
	workshop_put(&shop, "/folder/x", "");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer read = BUFFER_EMPTY;
		assert_false(folder_read(root_fd, rows[i].path, 4, &read, &err));
		check_row_text(rows[i].path, err.text, rows[i].expected);
		buffer_free(&read);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(no_path_leaves_the_root),
	    TEST(real_path_is_that_behind_all_links),
	    TEST(special_files_are_absent_and_do_not_block),
	    TEST(a_name_too_long_is_absent),
	    TEST(a_write_makes_folders_and_leaves_no_temporary),
	    TEST(a_write_keeps_permissions),
	    TEST(a_write_that_cannot_be_changes_nothing),
	    TEST(a_written_file_is_a_moment_old),
	    TEST(a_file_is_removed_and_nothing_else),
	    TEST(a_read_names_what_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
