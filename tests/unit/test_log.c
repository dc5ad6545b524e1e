/* What is logged goes to a temporary file that stands in for standard error. */
#include "check.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"

#define TIME_LEN 20 /* bytes of 2026-11-24T03:27:18Z */

static int real_stderr_fd;

static int
catch_stderr(void **state)
{
	(void)state;
	int fd = memfd_create("stderr", MFD_CLOEXEC);

	real_stderr_fd = dup(STDERR_FILENO);
	dup2(fd, STDERR_FILENO);
	close(fd);
	log_set_name("worker 1");
	log_set_json(false);
	return log_open_access("stderr", NULL) ? 0 : -1;
}

static int
release_stderr(void **state)
{
	(void)state;
	log_open_access("none", NULL);
	dup2(real_stderr_fd, STDERR_FILENO);
	close(real_stderr_fd);
	return 0;
}

/* What is in fd's file, from its start. */
static const char *
contents_of(int fd)
{
	static char text[8192];
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);

	assert_true(len >= 0);
	text[len] = '\0';
	return text;
}

/* What was logged, which must begin with a time, without that time. */
static const char *
logged(void)
{
	const char *text = contents_of(STDERR_FILENO);
	static const char pattern[] = "dddd-dd-ddTdd:dd:ddZ ";

	for (size_t i = 0; i < sizeof(pattern) - 1; i++) {
		bool is_digit = text[i] >= '0' && text[i] <= '9';
		assert_true(pattern[i] == 'd' ? is_digit : text[i] == pattern[i]);
	}
	return text + TIME_LEN + 1;
}

static void
a_message_names_process_and_level(void **state)
{
	(void)state;
	static const struct {
		enum log_level level;
		const char *line;
	} rows[] = {
	    {LOG_ERROR, "worker 1: error: 3 of them\n"},
	    {LOG_WARNING, "worker 1: warning: 3 of them\n"},
	    {LOG_NOTICE, "worker 1: 3 of them\n"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_int_equal(ftruncate(STDERR_FILENO, 0), 0);
		assert_int_equal(lseek(STDERR_FILENO, 0, SEEK_SET), 0);
		log_message(rows[i].level, "%d of them", 3);
		check_row_text(rows[i].line, logged(), rows[i].line);
	}
}

static void
nobody_can_forge_a_line(void **state)
{
	(void)state;

	log_notice("asked for %s", "x\n2026-11-24T03:27:18Z worker 1: all is well\x1B[2J");
	assert_string_equal(logged(), "worker 1: asked for x\\x0a2026-11-24T03:27:18Z worker 1: "
				      "all is well\\x1b[2J\n");
}

static void
nobody_can_turn_a_line_around(void **state)
{
	const struct log_request request = {"titan://h/\u202Eimg.exe", "x", NULL, 50, 1, 0};

	(void)state;
	log_notice("sent as %s", "\u2066a\u200B");
	assert_string_equal(logged(), "worker 1: sent as \\xe2\\x81\\xa6a\\xe2\\x80\\x8b\n");
	assert_int_equal(ftruncate(STDERR_FILENO, 0), 0);
	assert_int_equal(lseek(STDERR_FILENO, 0, SEEK_SET), 0);
	log_access(&request);
	assert_string_equal(logged(), "x titan://h/\\xe2\\x80\\xaeimg.exe 50 1 0.0 -\n");
	log_set_json(true);
	log_access(&request);
	assert_non_null(strstr(contents_of(STDERR_FILENO), "\"titan://h/\\u202eimg.exe\""));
}

static void
logging_leaves_errno_alone(void **state)
{
	(void)state;

	close(STDERR_FILENO); /* so that writing fails */
	errno = ENOSPC;
	log_notice("x");
	assert_int_equal(errno, ENOSPC);
}

static void
a_json_message_is_one_object(void **state)
{
	(void)state;

	log_set_json(true);
	log_warning("a \"quoted\"\nname");
	const char *text = contents_of(STDERR_FILENO);
	assert_memory_equal(text, "{\"time\":\"", 9);
	assert_string_equal(text + 9 + TIME_LEN,
	    "\",\"level\":\"warning\",\"process\":\"worker 1\","
	    "\"message\":\"a \\\"quoted\\\"\\u000aname\"}\n");
}

static void
an_access_line_has_countable_columns(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		struct log_request request;
		const char *line;
	} rows[] = {
	    {"an answer", {"gemini://example.org/", "192.0.2.0", NULL, 20, 5120, 1.26},
		"192.0.2.0 gemini://example.org/ 20 5120 1.3 -\n"},
	    {"an upload", {"titan://h/x;mime=a; b", "2001:db8::", "heidi", 30, 40, 20},
		"2001:db8:: titan://h/x;mime=a;\\x20b 30 40 20.0 heidi\n"},
	    {"nothing known", {"", NULL, NULL, 0, 0, 0}, "- - 0 0 0.0 -\n"},
	    {"hostile bytes", {"a\r\nb  c\xFF", "x", "", 59, 1, 0},
		"x a\\x0d\\x0ab\\x20\\x20c\\xff 59 1 0.0 -\n"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		assert_int_equal(ftruncate(STDERR_FILENO, 0), 0);
		assert_int_equal(lseek(STDERR_FILENO, 0, SEEK_SET), 0);
		log_access(&rows[i].request);
		check_row_text(rows[i].label, logged(), rows[i].line);
	}
}

static void
a_json_access_line_has_its_keys(void **state)
{
	(void)state;
	const struct log_request request = {"gemini://h/\"", "::", "heidi", 51, 12, 0.5};

	log_set_json(true);
	log_access(&request);
	const char *text = contents_of(STDERR_FILENO);
	assert_memory_equal(text, "{\"time\":\"", 9);
	assert_string_equal(text + 9 + TIME_LEN,
	    "\",\"client\":\"::\",\"url\":\"gemini://h/\\\"\",\"status\":51,\"bytes\":12,"
	    "\"ms\":0.5,\"user\":\"heidi\"}\n");
}

static void
access_lines_can_be_switched_off(void **state)
{
	(void)state;
	const struct log_request request = {"gemini://h/", "::", NULL, 20, 12, 0.5};

	assert_true(log_open_access("none", NULL));
	log_access(&request);
	assert_string_equal(contents_of(STDERR_FILENO), "");
}

static void
a_moved_access_file_is_made_again_when_opened_again(void **state)
{
	(void)state;
	const struct log_request request = {"gemini://h/", "::", NULL, 20, 12, 0.5};
	char folder[] = "/tmp/broadsheet-log-XXXXXX", path[64], moved[64];
	struct error err;
	struct stat info;

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/access.log", folder);
	snprintf(moved, sizeof(moved), "%s/access.log.1", folder);
	assert_true(log_open_access(path, &err));
	log_access(&request);
	assert_int_equal(rename(path, moved), 0);
	assert_true(log_open_access(path, &err));
	log_access(&request);
	log_access(&request);

	assert_int_equal(stat(moved, &info), 0);
	off_t one_line = info.st_size;
	assert_int_equal(stat(path, &info), 0);
	assert_int_equal(info.st_size, 2 * one_line);
	assert_int_equal(info.st_mode & 07137, 0); /* at most 0640 */
	unlink(path);
	unlink(moved);
	rmdir(folder);
}

static void
a_target_that_cannot_be_opened_leaves_the_old_one(void **state)
{
	(void)state;
	const struct log_request request = {"gemini://h/", "::", NULL, 20, 12, 0.5};
	struct error err;
	int fd = log_access_fd();

	assert_false(log_open_access("/nonexistent/access.log", &err));
	assert_string_equal(
	    err.text, "access log /nonexistent/access.log: No such file or directory");
	assert_int_equal(log_access_fd(), fd);
	log_access(&request);
	assert_string_equal(logged(), ":: gemini://h/ 20 12 0.5 -\n");
}

int
main(void)
{
#define LOG_TEST(test) cmocka_unit_test_setup_teardown(test, catch_stderr, release_stderr)
	const struct CMUnitTest tests[] = {
	    LOG_TEST(a_message_names_process_and_level),
	    LOG_TEST(nobody_can_forge_a_line),
	    LOG_TEST(nobody_can_turn_a_line_around),
	    LOG_TEST(logging_leaves_errno_alone),
	    LOG_TEST(a_json_message_is_one_object),
	    LOG_TEST(an_access_line_has_countable_columns),
	    LOG_TEST(a_json_access_line_has_its_keys),
	    LOG_TEST(access_lines_can_be_switched_off),
	    LOG_TEST(a_moved_access_file_is_made_again_when_opened_again),
	    LOG_TEST(a_target_that_cannot_be_opened_leaves_the_old_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
