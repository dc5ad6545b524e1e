/*
 * Tests of config/location.h: where a path leads, and in which folders that is. The module is
 * compiled in here with allocators that can fail.
 */
#include "check.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scarce.h"

#include "base/array.c"
#undef FIRST_CAPACITY /* of the next module, too */
#include "base/buffer.c"
#include "config/location.c"

#include "plenty.h"

static char folder[64];

static void
link_to(const char *target, const char *name)
{
	char path[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (symlink(target, path) != 0)
		fail_msg("%s", path);
}

static int
set_up(void **state)
{
	char path[PATH_MAX];
	static const char *const folders[] = {"root", "root/below", "keys"};

	(void)state;
	strcpy(folder, "/tmp/test-location-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	for (size_t i = 0; i < ROWS(folders); i++) {
		snprintf(path, sizeof(path), "%s/%s", folder, folders[i]);
		if (mkdir(path, 0700) != 0)
			return -1;
	}
	snprintf(path, sizeof(path), "%s/root", folder);
	link_to(path, "absolute");
	link_to("root/below", "relative");
	link_to("root/new", "dangling");
	link_to("loop", "loop");
	link_to("../keys", "root/out");
	link_to("root/out", "twice");
	return 0;
}

static int
tear_down(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

/* The real path without the folder of this test before it; static. */
static const char *
find(const char *name)
{
	static char real[PATH_MAX];
	char path[PATH_MAX];
	struct location location;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_true(location_find(path, &location));
	snprintf(real, sizeof(real), "%s", location.real);
	location_done(&location);
	assert_int_equal(strncmp(real, folder, strlen(folder)), 0);
	return real + strlen(folder);
}

static void
links_are_followed_and_what_is_not_there_stays(void **state)
{
	static const struct {
		const char *label, *path, *real;
	} rows[] = {
	    {"the folder", "", ""},
	    {"slashes and dots", ".//root/./below/", "/root/below"},
	    {"up", "root/below/../..", ""},
	    {"missing", "root/new/newer", "/root/new/newer"},
	    {"up from what is missing", "new/../root", "/root"},
	    {"an absolute link", "absolute/below", "/root/below"},
	    {"a relative link", "relative", "/root/below"},
	    {"up from where a link leads", "relative/..", "/root"},
	    {"a link to what is missing", "dangling/x", "/root/new/x"},
	    {"a link by way of a link", "twice/x", "/keys/x"},
	    {"a link to itself", "loop/x", "/loop/x"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *real = find(rows[i].path);
		if (strcmp(real, rows[i].real) != 0)
			fail_msg("%s: %s", rows[i].label, real);
	}
}

static bool
lies_in(const char *name, const char *in)
{
	char path[PATH_MAX], other[PATH_MAX];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	snprintf(other, sizeof(other), "%s/%s", folder, in);
	return location_path_lies_in(path, other);
}

static void
what_lies_in_a_folder_is_known_by_any_way_there(void **state)
{
	static const struct {
		const char *path, *in;
		bool lies;
	} rows[] = {
	    {"root", "root", true},
	    {"root/below/new", "root", true},
	    {"root", "root/below", false},
	    {"rooted", "root", false},
	    {"root2/x", "root2", true}, /* neither is there */
	    {"root22", "root2", false},
	    {"keys/key", "root", false},
	    {"relative/new", "root", true},
	    {"root/below/x", "relative", true},
	    {"dangling", "absolute", true},
	    {"root/../keys/key", "root", false}, /* goes by, and is not led by anything there */
	    {"root/out/key", "root", true},      /* is led by a link there */
	    {"twice/key", "root", true},
	    {"twice/key", "keys", true},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		if (lies_in(rows[i].path, rows[i].in) != rows[i].lies)
			fail_msg("%s in %s", rows[i].path, rows[i].in);
	assert_true(location_path_lies_in("/no/such/folder", "/"));
	assert_true(location_path_lies_in("/", "/"));
	assert_false(location_path_lies_in("/", "/tmp"));
}

static void
every_allocation_may_fail(void **state)
{
	struct location location;
	char path[PATH_MAX];
	bool ok = false;

	(void)state;
	snprintf(path, sizeof(path), "%s/twice/./key", folder);
	for (size_t count = 0; !ok; count++) {
		allocations_left = count;
		ok = location_find(path, &location);
		assert_true(ok || allocations_left == 0);
		location_done(&location);
	}
	allocations_left = SIZE_MAX;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(links_are_followed_and_what_is_not_there_stays),
	    cmocka_unit_test(what_lies_in_a_folder_is_known_by_any_way_there),
	    cmocka_unit_test(every_allocation_may_fail),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
