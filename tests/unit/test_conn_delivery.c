/* An answer on its way out: when it leaves, and the file behind it. */
#include "talk.h"

#include <errno.h>
#include <fcntl.h>

static void
the_ticket_does_not_wait_for_the_request(void **state)
{
	struct talk t = talk_with(TLS1_3_VERSION, "a.test", NULL);
	const void *bytes;

	(void)state;
	client_work(t.client);
	pump_up(t.client, t.conn, WHOLE);
	pump_down(t.client, t.conn, WHOLE);
	pump_up(t.client, t.conn, WHOLE); /* Finished */
	assert_int_equal(conn_state(t.conn), CONN_REQUEST);
	assert_true(conn_pending(t.conn, &bytes) > 100);
	talk_end(&t);
}

static void
ticket_answer_and_goodbye_leave_at_once(void **state)
{
	struct talk t = talk_with(TLS1_3_VERSION, "a.test", NULL);
	const void *bytes;
	size_t len;

	(void)state;
	handler.body_len = 5000;
	client_work(t.client);
	pump_up(t.client, t.conn, WHOLE);
	pump_down(t.client, t.conn, WHOLE);
	say(&t, "gemini://a.test/x\r\n");
	pump_up(t.client, t.conn, WHOLE); /* Finished and the request */
	len = conn_pending(t.conn, &bytes);
	assert_int_equal(BIO_write(t.client->in, bytes, (int)len), (int)len);
	conn_sent(t.conn, len);
	assert_int_equal(conn_state(t.conn), CONN_DRAIN);
	client_work(t.client);
	assert_body(t.client, 5000);
	assert_true(t.client->is_closed);
	talk_end(&t);
}

static void
a_long_body_is_made_as_it_leaves(void **state)
{
	struct talk t = talk_new();
	const void *bytes;
	size_t len;

	(void)state;
	handler.body_len = LONG_BODY;
	say(&t, "gemini://a.test/x\r\n");
	pump_up(t.client, t.conn, WHOLE);
	while ((len = conn_pending(t.conn, &bytes)) > 0) {
		assert_in_range(len, 1, 33 * 1024);
		BIO_write(t.client->in, bytes, (int)len);
		conn_sent(t.conn, len);
		client_work(t.client);
	}
	assert_body(t.client, LONG_BODY);
	assert_true(t.client->is_closed);
	talk_end(&t);
}

/* With that many bytes pending the next record waits, with one less it is made. */
static void
the_next_record_is_made_when_less_than_16_kib_wait(void **state)
{
	struct talk t = talk_new();
	const size_t enough = 16 * 1024;
	const void *bytes;
	size_t len;

	(void)state;
	handler.body_len = LONG_BODY;
	say(&t, "gemini://a.test/x\r\n");
	pump_up(t.client, t.conn, WHOLE);
	len = conn_pending(t.conn, &bytes);
	assert_true(len > enough);
	conn_sent(t.conn, len - enough);
	assert_int_equal(conn_pending(t.conn, &bytes), enough);
	conn_sent(t.conn, 1);
	assert_true(conn_pending(t.conn, &bytes) > enough);
	talk_end(&t);
}

/* --- files --------------------------------------------------------------------------------- */

/* An unlinked file that holds bytes of the body from `from` to `to`. */
static int
file_with(size_t from, size_t to)
{
	char path[] = "/tmp/broadsheet-file-XXXXXX";
	int fd = mkstemp(path);

	assert_int_not_equal(fd, -1);
	unlink(path);
	for (size_t i = from; i < to; i++) {
		char byte = body_byte(i);
		assert_int_equal(write(fd, &byte, 1), 1);
	}
	return fd;
}

static void
a_file_follows_the_body_whatever_its_length(void **state)
{
	static const struct {
		size_t body, file;
	} cases[] = {
	    {0, 0},
	    {0, 1},
	    {5, 0},
	    {5, 7},
	    {0, 16368},
	    {0, 16369},
	    {0, 16384},
	    {0, 40000},
	    {16384, 16384},
	    {20000, 30001},
	    {70000, 3},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct talk t = talk_new();
		handler.body_len = cases[i].body;
		handler.file_fd = file_with(cases[i].body, cases[i].body + cases[i].file);
		handler.file_bytes = (off_t)cases[i].file;
		say(&t, "gemini://a.test/x\r\n");
		pump(t.client, t.conn);
		print_message("%zu and %zu\n", cases[i].body, cases[i].file);
		assert_body(t.client, cases[i].body + cases[i].file);
		assert_true(t.client->is_closed);
		talk_end(&t);
	}
}

/* errno tells nothing after a call that went well. */
static void
a_signal_long_ago_does_not_disturb_a_file(void **state)
{
	struct talk t = talk_new();
	const void *bytes;

	(void)state;
	handler.body_len = 0;
	handler.file_fd = file_with(0, 100);
	handler.file_bytes = 100;
	say(&t, "gemini://a.test/x\r\n");
	pump_up(t.client, t.conn, WHOLE);
	errno = EINTR;
	assert_in_range(conn_pending(t.conn, &bytes), 100, 300);
	pump(t.client, t.conn);
	assert_body(t.client, 100);
	talk_end(&t);
}

static void
a_file_that_grew_is_sent_as_long_as_it_was(void **state)
{
	struct talk t = talk_new();

	(void)state;
	handler.body_len = 0;
	handler.file_fd = file_with(0, 50000);
	handler.file_bytes = 30000;
	say(&t, "gemini://a.test/x\r\n");
	pump(t.client, t.conn);
	assert_body(t.client, 30000);
	assert_true(t.client->is_closed);
	talk_end(&t);
}

static void
a_file_that_shrank_ends_without_a_goodbye(void **state)
{
	struct talk t = talk_new();
	struct conn_report report;

	(void)state;
	handler.body_len = 0;
	handler.file_fd = file_with(0, 30000);
	handler.file_bytes = 50000;
	say(&t, "gemini://a.test/x\r\n");
	pump(t.client, t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	assert_true(t.client->got_len < 50000);
	assert_false(t.client->is_closed);
	conn_report(t.conn, &report);
	assert_false(report.is_whole);
	assert_non_null(report.trouble);
	talk_end(&t);
}

static void
a_file_that_cannot_be_read_ends_without_a_goodbye(void **state)
{
	struct talk t = talk_new();

	(void)state;
	handler.file_fd = open("/tmp", O_RDONLY | O_DIRECTORY);
	handler.file_bytes = 10;
	say(&t, "gemini://a.test/x\r\n");
	pump(t.client, t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	assert_false(t.client->is_closed);
	talk_end(&t);
}

static void
an_answer_that_comes_too_late_is_dropped(void **state)
{
	struct talk t = talk_new();

	(void)state;
	handler.waits = true;
	say(&t, "gemini://a.test/x\r\n");
	pump(t.client, t.conn);
	conn_expired(t.conn);
	handler.file_fd = file_with(0, 10); /* a sanitizer would not see it leak, answer() does */
	answer(handler.conn);
	pump(t.client, t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	assert_int_equal(t.client->got_len, 0);
	talk_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TALK_TEST(the_ticket_does_not_wait_for_the_request),
	    TALK_TEST(ticket_answer_and_goodbye_leave_at_once),
	    TALK_TEST(a_long_body_is_made_as_it_leaves),
	    TALK_TEST(a_file_follows_the_body_whatever_its_length),
	    TALK_TEST(the_next_record_is_made_when_less_than_16_kib_wait),
	    TALK_TEST(a_signal_long_ago_does_not_disturb_a_file),
	    TALK_TEST(a_file_that_grew_is_sent_as_long_as_it_was),
	    TALK_TEST(a_file_that_shrank_ends_without_a_goodbye),
	    TALK_TEST(a_file_that_cannot_be_read_ends_without_a_goodbye),
	    TALK_TEST(an_answer_that_comes_too_late_is_dropped),
	};

	return cmocka_run_group_tests(tests, open_room, close_room);
}
