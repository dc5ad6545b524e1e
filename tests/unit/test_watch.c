#include "workshop.h"

#include "press/watch.h"

static struct workshop shop;
static struct watch *watch;
static char told[8192]; /* "EVENT PATH" of each event, a "; " after each */

static int
set_up(void **state)
{
	struct error err;

	(void)state;
	workshop_open(&shop);
	workshop_put(&shop, "/a/b/c.gmi", "");
	watch = watch_open(shop.root, &err);
	return watch == NULL || !watch_add(watch, "/") || !watch_add(watch, "/a/") ||
	       !watch_add(watch, "/a/b/");
}

static int
tear_down(void **state)
{
	(void)state;
	watch_close(watch);
	workshop_close(&shop);
	return 0;
}

static void
take(void *context, enum watch_event event, const char *path)
{
	static const char *const names[] = {
	    [WATCH_FILE] = "file",
	    [WATCH_NEW_FILE] = "new",
	    [WATCH_FOLDER] = "folder",
	    [WATCH_ROOT] = "root",
	    [WATCH_OVERFLOW] = "overflow",
	};
	char line[512];

	(void)context;
	snprintf(line, sizeof(line), "%s %s; ", names[event], path);
	if (strlen(told) + strlen(line) < sizeof(told) && strstr(told, line) == NULL)
		strcat(told, line);
}

/* What was told since the last call, each event once. */
static const char *
events(void)
{
	struct pollfd watched = {.fd = watch_fd(watch), .events = POLLIN};

	told[0] = '\0';
	/* The kernel queues an event before the call that causes it is over. */
	while (poll(&watched, 1, 0) == 1)
		watch_read(watch, take, NULL);
	return told;
}

static void
move(const char *from, const char *to)
{
	char old[4096];

	snprintf(old, sizeof(old), "%s", workshop_name(&shop, from));
	assert_int_equal(rename(old, workshop_name(&shop, to)), 0);
}

static void
files_that_come_and_go_are_told(void **state)
{
	(void)state;

	workshop_put(&shop, "/a/b/new.gmi", "text");
	assert_string_equal(events(), "new /a/b/new.gmi; file /a/b/new.gmi; ");
	workshop_put(&shop, "/a/b/new.gmi", "more");
	assert_string_equal(events(), "file /a/b/new.gmi; ");
	move("/a/b/new.gmi", "/moved.gmi");
	assert_string_equal(events(), "file /a/b/new.gmi; file /moved.gmi; ");
	workshop_delete(&shop, "/moved.gmi");
	assert_string_equal(events(), "file /moved.gmi; ");
	assert_string_equal(events(), "");
}

static void
a_file_being_written_is_only_new(void **state)
{
	(void)state;

	FILE *file = fopen(workshop_name(&shop, "/half.gmi"), "w");
	fputs("half", file);
	fflush(file);
	assert_string_equal(events(), "new /half.gmi; ");
	fclose(file);
	assert_string_equal(events(), "file /half.gmi; ");
}

static void
permissions_are_a_change_too(void **state)
{
	(void)state;

	assert_int_equal(chmod(workshop_name(&shop, "/a/b/c.gmi"), 0600), 0);
	assert_string_equal(events(), "file /a/b/c.gmi; ");
}

static void
new_folders_are_told(void **state)
{
	(void)state;

	assert_int_equal(mkdir(workshop_name(&shop, "/a/new"), 0755), 0);
	assert_string_equal(events(), "folder /a/new; ");
	workshop_put(&shop, "/a/new/x.gmi", "");
	assert_string_equal(events(), ""); /* until it is watched */
	assert_true(watch_add(watch, "/a/new/"));
	workshop_put(&shop, "/a/new/x.gmi", "y");
	assert_string_equal(events(), "file /a/new/x.gmi; ");
}

static void
a_moved_folder_goes_by_its_new_name(void **state)
{
	(void)state;

	move("/a", "/z");
	assert_string_equal(events(), "folder /a; folder /z; ");
	workshop_put(&shop, "/z/b/c.gmi", "changed");
	assert_string_equal(events(), ""); /* nothing goes by the old name */
	assert_true(watch_add(watch, "/z/"));
	assert_true(watch_add(watch, "/z/b/"));
	workshop_put(&shop, "/z/b/c.gmi", "changed again");
	assert_string_equal(events(), "file /z/b/c.gmi; ");
}

static void
a_deleted_folder_is_told(void **state)
{
	(void)state;

	workshop_delete_tree(workshop_name(&shop, "/a/b"));
	assert_string_equal(events(), "file /a/b/c.gmi; folder /a/b; ");
	assert_int_equal(mkdir(workshop_name(&shop, "/a/b"), 0755), 0);
	assert_string_equal(events(), "folder /a/b; ");
	assert_true(watch_add(watch, "/a/b/"));
}

static void
the_root_is_told_of_too(void **state)
{
	(void)state;
	char away[128];

	snprintf(away, sizeof(away), "%s/away", shop.folder);
	assert_int_equal(rename(shop.root, away), 0);
	assert_string_equal(events(), "root /; ");
	assert_false(watch_add(watch, "/a/"));
}

static void
what_is_no_folder_cannot_be_watched(void **state)
{
	(void)state;

	assert_int_equal(symlink("a", workshop_name(&shop, "/link")), 0);
	assert_false(watch_add(watch, "/none/"));
	assert_false(watch_add(watch, "/a/b/c.gmi/"));
	assert_false(watch_add(watch, "/link/"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(files_that_come_and_go_are_told),
	    TEST(a_file_being_written_is_only_new),
	    TEST(permissions_are_a_change_too),
	    TEST(new_folders_are_told),
	    TEST(a_moved_folder_goes_by_its_new_name),
	    TEST(a_deleted_folder_is_told),
	    TEST(the_root_is_told_of_too),
	    TEST(what_is_no_folder_cannot_be_watched),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
