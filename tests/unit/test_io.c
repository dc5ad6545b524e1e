#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"

static int
count_entries(int folder_fd)
{
	DIR *listing = io_open_listing(folder_fd);
	int count = 0;

	assert_non_null(listing);
	for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
		count += entry->d_name[0] != '.';
	closedir(listing);
	return count;
}

static void
a_folder_is_listed_from_the_beginning_each_time(void **state)
{
	char folder[] = "/tmp/test-io-XXXXXX";

	(void)state;
	assert_non_null(mkdtemp(folder));
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_not_equal(fd, -1);
	assert_int_equal(mkdirat(fd, "a", 0700), 0);
	assert_int_equal(mkdirat(fd, "b", 0700), 0);
	assert_int_equal(count_entries(fd), 2);
	assert_int_equal(count_entries(fd), 2);
	unlinkat(fd, "a", AT_REMOVEDIR);
	unlinkat(fd, "b", AT_REMOVEDIR);
	close(fd);
	rmdir(folder);
}

static void
what_is_no_folder_has_no_listing_and_a_reason(void **state)
{
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_null(io_open_listing(fd));
	assert_int_equal(errno, ENOTDIR);
	close(fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_folder_is_listed_from_the_beginning_each_time),
	    cmocka_unit_test(what_is_no_folder_has_no_listing_and_a_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
