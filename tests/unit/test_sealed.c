/* Tests of process/sealed: bytes that nobody can change any more. */
#include "check.h"

#include <sys/mman.h>
#include <unistd.h>

#include "ipc/sealed.h"

static void
bytes_arrive_as_they_were_sent(void **state)
{
	struct sealed sealed;
	struct error err;
	int memfd = sealed_new("Text\0more", 9, &err);

	(void)state;
	assert_int_not_equal(memfd, -1);
	assert_true(sealed_open(memfd, 9, &sealed, &err));
	close(memfd);
	assert_int_equal(sealed.len, 9);
	assert_memory_equal(sealed.bytes, "Text\0more", 9);
	sealed_done(&sealed);
}

static void
nothing_at_all_arrives_too(void **state)
{
	struct sealed sealed;
	struct error err;
	int memfd = sealed_new("", 0, &err);

	(void)state;
	assert_true(sealed_open(memfd, 9, &sealed, &err));
	assert_int_equal(sealed.len, 0);
	sealed_done(&sealed);
	close(memfd);
}

static void
what_is_sealed_cannot_be_changed(void **state)
{
	struct error err;
	int memfd = sealed_new("Text", 4, &err);

	(void)state;
	assert_int_equal(pwrite(memfd, "t", 1, 0), -1);
	assert_int_equal(ftruncate(memfd, 3), -1);
	assert_int_equal(ftruncate(memfd, 5), -1);
	close(memfd);
}

static void
more_than_the_limit_is_refused(void **state)
{
	struct sealed sealed;
	struct error err;
	int memfd = sealed_new("Text", 4, &err);

	(void)state;
	assert_false(sealed_open(memfd, 3, &sealed, &err));
	assert_string_equal(err.text, "4 bytes are too many: at most 3");
	close(memfd);
}

static void
what_is_not_sealed_is_refused(void **state)
{
	struct sealed sealed;
	struct error err;
	int ends[2], memfd = memfd_create("open", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	(void)state;
	assert_int_equal(write(memfd, "Text", 4), 4);
	assert_false(sealed_open(memfd, 9, &sealed, &err));
	assert_true(sealed_shut(memfd));
	assert_true(sealed_open(memfd, 9, &sealed, &err));
	sealed_done(&sealed);
	close(memfd);
	assert_int_equal(pipe(ends), 0);
	assert_false(sealed_open(ends[0], 9, &sealed, &err));
	close(ends[0]);
	close(ends[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bytes_arrive_as_they_were_sent),
	    cmocka_unit_test(nothing_at_all_arrives_too),
	    cmocka_unit_test(what_is_sealed_cannot_be_changed),
	    cmocka_unit_test(more_than_the_limit_is_refused),
	    cmocka_unit_test(what_is_not_sealed_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
