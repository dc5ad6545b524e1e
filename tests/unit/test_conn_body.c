/* The body of an upload, from its first byte to its last one, or until it is refused. */
#include "talk.h"

#define UPLOAD "titan://a.test/x;size=10\r\n"

static void
assert_got(const char *text)
{
	assert_int_equal(handler.got.len, strlen(text));
	assert_string_equal(buffer_text(&handler.got), text);
}

/* Cuts line and body at every place into two records, and each record's bytes into pieces; with
 * and without time to think between line and body. */
static void
a_body_is_the_same_however_it_is_cut(void **state)
{
	static const char upload[] = UPLOAD "0123456789";
	static const size_t pieces[] = {1, 7, WHOLE};

	for (size_t cut = 1; cut < 2 * (sizeof(upload) - 1); cut++) {
		size_t at = cut / 2 + cut % 2;
		bool thinks = cut % 2 == 0;
		struct talk t = talk_new();
		each_test_anew(state);
		handler.takes_body = !thinks;
		handler.waits = thinks;
		client_say(t.client, upload, at);
		if (at < sizeof(upload) - 1)
			client_say(t.client, upload + at, sizeof(upload) - 1 - at);
		pump_by(t.client, t.conn, pieces[cut % 3]);
		if (thinks) {
			assert_int_equal(conn_state(t.conn), CONN_ANSWER);
			assert_false(conn_wants_bytes(t.conn));
			assert_int_equal(handler.got.len, 0);
			conn_take_body(t.conn);
			assert_true(conn_wants_bytes(t.conn));
			assert_int_equal(handler.wholes, 1);
			answer(t.conn);
			pump(t.client, t.conn);
		}
		assert_got("0123456789");
		assert_int_equal(handler.wholes, 1);
		assert_int_equal(handler.forgotten, 0);
		assert_body(t.client, 5);
		assert_true(t.client->is_closed);
		talk_end(&t);
	}
}

static void
a_long_body_comes_whole_and_in_order(void **state)
{
	struct talk t = talk_new();
	char chunk[1000];

	(void)state;
	handler.takes_body = true;
	say(&t, "titan://a.test/x;size=100000\r\n");
	for (size_t at = 0; at < LONG_BODY; at += sizeof(chunk)) {
		for (size_t i = 0; i < sizeof(chunk); i++)
			chunk[i] = body_byte(at + i);
		assert_int_equal(handler.wholes, 0);
		client_say(t.client, chunk, sizeof(chunk));
		pump(t.client, t.conn);
	}
	assert_int_equal(handler.got.len, LONG_BODY);
	for (size_t i = 0; i < LONG_BODY; i++)
		assert_int_equal(handler.got.data[i], body_byte(i));
	assert_int_equal(handler.wholes, 1);
	assert_body(t.client, 5);
	talk_end(&t);
}

static void
an_empty_body_is_whole_at_once(void **state)
{
	struct talk t = talk_new();

	(void)state;
	handler.takes_body = true;
	say(&t, "titan://a.test/x;size=0\r\n");
	pump(t.client, t.conn);
	assert_int_equal(handler.wholes, 1);
	assert_body(t.client, 5);
	talk_end(&t);
}

static void
edit_has_no_body(void **state)
{
	struct talk t = talk_new();

	(void)state;
	handler.waits = true;
	say(&t, "titan://a.test/x;edit\r\n");
	pump(t.client, t.conn);
	assert_true(conn_wants_bytes(t.conn));
	conn_take_body(t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ANSWER);
	assert_int_equal(handler.wholes, 0);
	answer(t.conn);
	pump(t.client, t.conn);
	assert_body(t.client, 5);
	talk_end(&t);
}

static void
a_body_is_taken_once_and_while_somebody_waits(void **state)
{
	struct talk t = talk_new();

	(void)state;
	handler.takes_body = handler.waits = true;
	say(&t, UPLOAD "0123456789");
	pump(t.client, t.conn);
	assert_int_equal(handler.wholes, 1);
	conn_take_body(t.conn);
	assert_int_equal(handler.wholes, 1);
	answer(t.conn);
	conn_take_body(t.conn);
	assert_int_equal(conn_state(t.conn), CONN_RESPOND);
	assert_int_equal(handler.wholes, 1);
	talk_end(&t);
}

/* It has the time that any answer has, and does not need the peer's side. */
static void
who_sent_all_and_leaves_is_answered(void **state)
{
	struct talk t = talk_new();

	(void)state;
	handler.takes_body = handler.waits = true;
	say(&t, UPLOAD "0123456789");
	pump(t.client, t.conn);
	assert_int_equal(handler.wholes, 1);
	assert_int_equal(conn_state(t.conn), CONN_ANSWER);
	assert_int_equal(conn_timeout(t.conn), CONN_ANSWER_SECONDS);
	conn_receive_end(t.conn);
	assert_int_equal(handler.forgotten, 0);
	answer(t.conn);
	pump(t.client, t.conn);
	assert_body(t.client, 5);
	talk_end(&t);
}

static void
what_is_too_short_or_too_long_is_refused_and_forgotten(void **state)
{
	static const struct {
		const char *label, *sent;
		bool ends;
	} cases[] = {
	    {"the line alone, then FIN", UPLOAD, true},
	    {"one byte short", UPLOAD "012345678", true},
	    {"one byte more", UPLOAD "0123456789a", false},
	    {"more, then FIN", UPLOAD "0123456789abc", true},
	};

	for (size_t i = 0; i < ROWS(cases); i++) {
		struct talk t = talk_new();
		print_message("%s\n", cases[i].label);
		each_test_anew(state);
		handler.takes_body = true;
		say(&t, cases[i].sent);
		pump(t.client, t.conn);
		if (cases[i].ends)
			conn_receive_end(t.conn);
		pump(t.client, t.conn);
		assert_int_equal(atoi(t.client->got), 59);
		assert_true(t.client->is_closed);
		assert_int_equal(handler.wholes, 0);
		assert_int_equal(handler.forgotten, 1);
		talk_end(&t);
		assert_int_equal(handler.forgotten, 1);
	}
}

static void
a_peer_that_left_before_its_body_was_wanted_is_judged_by_what_it_sent(void **state)
{
	static const struct {
		const char *label, *sent;
		int status;
	} cases[] = {
	    {"all of it", UPLOAD "0123456789", 20},
	    {"not all of it", UPLOAD "01234", 59},
	};

	for (size_t i = 0; i < ROWS(cases); i++) {
		struct talk t = talk_new();
		print_message("%s\n", cases[i].label);
		each_test_anew(state);
		handler.waits = true;
		say(&t, cases[i].sent);
		pump(t.client, t.conn);
		conn_receive_end(t.conn);
		assert_int_equal(conn_state(t.conn), CONN_ANSWER);
		handler.waits = false;
		conn_take_body(t.conn);
		pump(t.client, t.conn);
		assert_int_equal(atoi(t.client->got), cases[i].status);
		talk_end(&t);
	}
}

static void
a_body_may_be_refused_before_and_while_it_comes(void **state)
{
	for (int parts = 0; parts < 2; parts++) {
		struct talk t = talk_new();
		each_test_anew(state);
		handler.waits = true;
		say(&t, UPLOAD "012");
		pump(t.client, t.conn);
		if (parts > 0) {
			conn_take_body(t.conn);
			assert_int_equal(conn_state(t.conn), CONN_BODY);
			assert_got("012");
		}
		answer(t.conn);
		say(&t, "3456789");
		pump(t.client, t.conn);
		assert_body(t.client, 5);
		assert_true(t.client->is_closed);
		assert_int_equal(conn_state(t.conn), CONN_DRAIN);
		assert_int_equal(handler.wholes, 0);
		assert_int_equal(handler.forgotten, 0);
		talk_end(&t);
	}
}

static void
a_body_that_does_not_come_in_time_ends_in_silence(void **state)
{
	struct talk t = talk_new();
	const void *ignored;

	(void)state;
	handler.takes_body = true;
	say(&t, UPLOAD "012");
	pump(t.client, t.conn);
	assert_int_equal(conn_state(t.conn), CONN_BODY);
	assert_int_equal(conn_timeout(t.conn), 12);
	assert_int_equal(conn_body_seconds(t.conn), 10);
	conn_expired(t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	assert_int_equal(conn_pending(t.conn, &ignored), 0);
	assert_int_equal(handler.forgotten, 1);
	talk_end(&t);
}

static void
who_waits_for_an_answer_is_forgotten_with_the_connection(void **state)
{
	struct talk t = talk_new();
	int here;

	(void)state;
	handler.waits = true;
	say(&t, "gemini://a.test/x\r\n");
	pump(t.client, t.conn);
	assert_null(conn_errand(t.conn));
	conn_set_errand(t.conn, &here);
	assert_ptr_equal(conn_errand(t.conn), &here);
	assert_int_equal(handler.forgotten, 0);
	talk_end(&t);
	assert_int_equal(handler.forgotten, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TALK_TEST(a_body_is_the_same_however_it_is_cut),
	    TALK_TEST(a_long_body_comes_whole_and_in_order),
	    TALK_TEST(an_empty_body_is_whole_at_once),
	    TALK_TEST(edit_has_no_body),
	    TALK_TEST(a_body_is_taken_once_and_while_somebody_waits),
	    TALK_TEST(who_sent_all_and_leaves_is_answered),
	    TALK_TEST(what_is_too_short_or_too_long_is_refused_and_forgotten),
	    TALK_TEST(a_peer_that_left_before_its_body_was_wanted_is_judged_by_what_it_sent),
	    TALK_TEST(a_body_may_be_refused_before_and_while_it_comes),
	    TALK_TEST(a_body_that_does_not_come_in_time_ends_in_silence),
	    TALK_TEST(who_waits_for_an_answer_is_forgotten_with_the_connection),
	};

	return cmocka_run_group_tests(tests, open_room, close_room);
}
