/* How a connection ends: early, late, in silence, or drained. */
#include "talk.h"

static void
half_a_connection_is_enough_for_an_answer(void **state)
{
	struct talk t = talk_new();

	(void)state;
	say(&t, "gemini://a.test/x\r\n");
	pump_up(t.client, t.conn, WHOLE);
	conn_receive_end(t.conn);
	pump(t.client, t.conn);
	assert_body(t.client, 5);
	assert_true(t.client->is_closed);
	talk_end(&t);
}

static void
who_leaves_early_is_not_answered(void **state)
{
	static const struct {
		const char *label, *request, *trouble;
		bool shakes_hands, says_goodbye;
	} cases[] = {
	    {"at once", "", "peer left during the handshake", false, false},
	    {"without asking", "", "peer left before asking", true, false},
	    {"in the middle of asking", "gemini://a", "peer left before asking", true, false},
	    {"with close_notify", "gemini://a", "peer left before asking", true, true},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(cases); i++) {
		struct talk t = talk_with(TLS1_3_VERSION, "a.test", NULL);
		struct conn_report report;
		if (cases[i].shakes_hands)
			pump(t.client, t.conn);
		if (cases[i].request[0] != '\0')
			say(&t, cases[i].request);
		if (cases[i].says_goodbye)
			SSL_shutdown(t.client->ssl);
		if (cases[i].shakes_hands)
			pump_up(t.client, t.conn, WHOLE);
		conn_receive_end(t.conn);
		print_message("%s\n", cases[i].label);
		assert_int_equal(conn_state(t.conn), CONN_ABORT);
		conn_report(t.conn, &report);
		assert_string_equal(report.trouble, cases[i].trouble);
		assert_int_equal(handler.calls, 0);
		talk_end(&t);
	}
}

static void
plain_text_is_met_with_silence(void **state)
{
	struct conn *conn = conn_new(&setup, NULL, NULL);
	struct conn_report report;
	const void *ignored;

	(void)state;
	conn_receive(conn, "gemini://a.test/\r\n", 18);
	assert_int_equal(conn_state(conn), CONN_ABORT);
	assert_int_equal(conn_pending(conn, &ignored), 0);
	conn_report(conn, &report);
	assert_string_equal(report.trouble, "not TLS");
	conn_free(conn);
}

static void
broken_tls_gets_an_alert(void **state)
{
	struct talk t = talk_with(TLS1_1_VERSION, "a.test", NULL);

	(void)state;
	SSL_set_cipher_list(t.client->ssl, "ALL:@SECLEVEL=0");
	pump(t.client, t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	assert_true(t.client->is_failed);
	talk_end(&t);
}

static void
each_state_has_its_deadline_and_expires_in_silence(void **state)
{
	struct talk t;
	const void *ignored;

	(void)state;
	t = talk_with(TLS1_3_VERSION, "a.test", NULL);
	client_work(t.client);
	pump_up(t.client, t.conn, 100);
	assert_int_equal(conn_state(t.conn), CONN_HANDSHAKE);
	assert_int_equal(conn_timeout(t.conn), 11);
	conn_expired(t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	assert_int_equal(conn_pending(t.conn, &ignored), 0);
	assert_int_equal(conn_timeout(t.conn), 0);
	talk_end(&t);

	t = talk_new();
	handler.body_len = LONG_BODY;
	say(&t, "gemini://a.test/x\r\n");
	pump_up(t.client, t.conn, WHOLE);
	assert_true(conn_pending(t.conn, &ignored) > 0);
	assert_int_equal(conn_state(t.conn), CONN_RESPOND);
	assert_int_equal(conn_timeout(t.conn), 13);
	conn_expired(t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	assert_int_equal(conn_pending(t.conn, &ignored), 0);
	talk_end(&t);
}

static void
what_was_answered_but_never_sent_has_no_status(void **state)
{
	struct talk t = talk_new();
	struct conn_report report;

	(void)state;
	say(&t, "gemini://a.test/x\r\n");
	pump_up(t.client, t.conn, WHOLE);
	assert_int_equal(conn_state(t.conn), CONN_RESPOND);
	conn_expired(t.conn);
	conn_report(t.conn, &report);
	assert_int_equal(report.status, 0);
	assert_int_equal(report.bytes, 0);
	assert_string_equal(report.trouble, "peer stopped reading");
	talk_end(&t);
}

static void
no_bytes_are_no_news(void **state)
{
	struct talk t = talk_with(TLS1_3_VERSION, "a.test", NULL);

	(void)state;
	conn_receive(t.conn, "gemini", 0);
	assert_int_equal(conn_state(t.conn), CONN_HANDSHAKE);
	talk_end(&t);
}

/* --- draining ------------------------------------------------------------------------------ */

static struct talk
talk_to_drain(void)
{
	struct talk t = talk_new();

	say(&t, "gemini://a.test/x\r\n");
	pump(t.client, t.conn);
	assert_int_equal(conn_state(t.conn), CONN_DRAIN);
	assert_int_equal(conn_timeout(t.conn), 2);
	return t;
}

static void
a_quiet_peer_is_drained_for_one_period(void **state)
{
	struct talk t = talk_to_drain();
	struct conn_report report;

	(void)state;
	conn_expired(t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	conn_report(t.conn, &report);
	assert_true(report.is_whole);
	assert_null(report.trouble);
	talk_end(&t);
}

static void
a_busy_peer_is_drained_for_five_periods(void **state)
{
	struct talk t = talk_to_drain();

	(void)state;
	for (int i = 0; i < 4; i++) {
		conn_receive(t.conn, "more", 4);
		conn_expired(t.conn);
		assert_int_equal(conn_state(t.conn), CONN_DRAIN);
	}
	conn_receive(t.conn, "more", 4);
	conn_expired(t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	talk_end(&t);
}

static void
no_more_than_16_mib_are_drained(void **state)
{
	struct talk t = talk_to_drain();
	static const char junk[64 * 1024];

	(void)state;
	for (int i = 0; i < 256; i++)
		conn_receive(t.conn, junk, sizeof(junk));
	assert_int_equal(conn_state(t.conn), CONN_DRAIN);
	conn_receive(t.conn, junk, 1);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	talk_end(&t);
}

static void
draining_ends_when_the_peer_does(void **state)
{
	struct talk t = talk_to_drain();
	struct conn_report report;

	(void)state;
	conn_receive_end(t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	conn_report(t.conn, &report);
	assert_true(report.is_whole);
	talk_end(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TALK_TEST(half_a_connection_is_enough_for_an_answer),
	    TALK_TEST(who_leaves_early_is_not_answered),
	    TALK_TEST(plain_text_is_met_with_silence),
	    TALK_TEST(broken_tls_gets_an_alert),
	    TALK_TEST(each_state_has_its_deadline_and_expires_in_silence),
	    TALK_TEST(what_was_answered_but_never_sent_has_no_status),
	    TALK_TEST(no_bytes_are_no_news),
	    TALK_TEST(a_quiet_peer_is_drained_for_one_period),
	    TALK_TEST(a_busy_peer_is_drained_for_five_periods),
	    TALK_TEST(no_more_than_16_mib_are_drained),
	    TALK_TEST(draining_ends_when_the_peer_does),
	};

	return cmocka_run_group_tests(tests, open_room, close_room);
}
