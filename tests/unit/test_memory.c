/*
 * Every allocation of base/ is made to fail in turn. The two modules that allocate are compiled in
 * here with allocators that can fail; the linker then leaves the library's copies out.
 */
#include "check.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scarce.h"

#include "base/buffer.c"
#include "base/strings.c"

#include "plenty.h"

#include "base/log.h"
#include "gemini/gemtext.h"
#include "gemini/response.h"

/* Runs act with 0, 1, 2, … allocations until it has enough. */
static void
with_ever_more_memory(void (*act)(bool has_enough))
{
	for (size_t count = 0;; count++) {
		allocations_left = count;
		act(false);
		if (allocations_left > 0)
			break;
	}
	allocations_left = SIZE_MAX;
	act(true);
}

static void
add_strings(bool has_enough)
{
	struct strings s = {0};
	size_t added = 0;

	for (int i = 0; i < 9; i++)
		added += strings_add(&s, "word");
	assert_int_equal(s.count, added);
	assert_true(!has_enough || added == 9);
	for (size_t i = 0; i < s.count; i++)
		assert_string_equal(s.items[i], "word");
	strings_free(&s);
}

static void
a_list_stays_whole_without_memory(void **state)
{
	(void)state;

	with_ever_more_memory(add_strings);
}

static void
answer(bool has_enough)
{
	struct response r;

	response_init(&r);
	response_set(&r, GEMINI_NOT_FOUND, "%0200d", 1);
	assert_int_equal(r.status, GEMINI_NOT_FOUND);
	if (has_enough)
		assert_int_equal(strlen(r.meta), 200);
	else
		assert_true(strlen(r.meta) == 200 || strcmp(r.meta, "Not found") == 0);
	response_free(&r);
}

static void
an_answer_has_its_status_without_memory(void **state)
{
	(void)state;

	with_ever_more_memory(answer);
}

static void
write_gemtext(bool has_enough)
{
	struct buffer out = BUFFER_EMPTY;

	for (int i = 0; i < 20; i++) {
		gemtext_put_heading(&out, 1, "Title");
		gemtext_put_text(&out, "# not a title");
		gemtext_put_link(&out, "/x", "");
		gemtext_put_quote(&out, "quote");
		gemtext_put_document(&out, "a\rb\n```", 7);
	}
	assert_true(!has_enough || !out.failed);
	assert_true(out.failed || out.len == 20 * strlen("# Title\n\xE2\x80\x8B# not a title\n"
							 "=> /x\n> quote\na b\n```\n```\n"));
	char *text = buffer_take(&out);
	assert_true(text != NULL || !has_enough);
	free(text);
}

static void
a_page_is_whole_or_marked_as_failed(void **state)
{
	(void)state;

	with_ever_more_memory(write_gemtext);
}

/* Logs into a file that stands in for standard error, and looks at what came of it. */
static void
log_lines(bool has_enough)
{
	const struct log_request request = {"gemini://h/", "::", NULL, 20, 1, 1};
	char text[512] = "";
	int real_fd = dup(STDERR_FILENO), fd = memfd_create("stderr", MFD_CLOEXEC);

	dup2(fd, STDERR_FILENO);
	log_error("a message of %s", "some words");
	log_access(&request);
	dup2(real_fd, STDERR_FILENO);
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
	close(real_fd);
	close(fd);

	assert_true(len > 0 && text[len - 1] == '\n');
	const char *second = strchr(text, '\n') + 1;
	assert_true(*second != '\0' && strchr(second, '\n') == text + len - 1);
	assert_true(!has_enough || strstr(text, "some words") != NULL);
}

static void
a_line_is_logged_without_memory(void **state)
{
	(void)state;

	assert_true(log_open_access("stderr", NULL));
	with_ever_more_memory(log_lines);
	assert_true(log_open_access("none", NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_list_stays_whole_without_memory),
	    cmocka_unit_test(an_answer_has_its_status_without_memory),
	    cmocka_unit_test(a_page_is_whole_or_marked_as_failed),
	    cmocka_unit_test(a_line_is_logged_without_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
