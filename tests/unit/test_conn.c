/* What a connection makes of what it is asked, of its owner's decisions, and of a proxy. */
#include "talk.h"

#include <arpa/inet.h>
#include <netinet/in.h>

/* --- requests ------------------------------------------------------------------------------ */

static void
a_request_is_answered_and_closed_in_both_versions(void **state)
{
	static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct talk t = talk_with(versions[i], "a.test", NULL);
		struct conn_report report;
		pump(t.client, t.conn);
		say(&t, "gemini://a.test/x\r\n");
		pump(t.client, t.conn);
		assert_body(t.client, 5);
		assert_true(t.client->is_closed);
		assert_int_equal(conn_state(t.conn), CONN_DRAIN);
		conn_report(t.conn, &report);
		assert_string_equal(report.url, "gemini://a.test/x");
		assert_int_equal(report.status, 20);
		assert_int_equal(report.bytes, t.client->got_len);
		assert_true(report.is_whole);
		assert_null(report.trouble);
		talk_end(&t);
	}
}

static void
the_handler_learns_capsule_url_and_peer(void **state)
{
	struct identity id = identity_usual("reader");
	struct talk t = talk_with(TLS1_3_VERSION, "b.test", &id);

	(void)state;
	pump(t.client, t.conn);
	say(&t, "gemini://b.test/p%20q?r\r\n");
	pump(t.client, t.conn);
	assert_int_equal(handler.calls, 1);
	assert_ptr_equal(handler.capsule, &room.capsules[1]);
	assert_string_equal(handler.url.path, "/p q");
	assert_string_equal(handler.url.query, "r");
	assert_true(handler.visitor.has_certificate);
	assert_int_equal(strlen(handler.visitor.certificate), 64);
	assert_ptr_equal(conn_tag(handler.conn), &handler);
	talk_end(&t);
	identity_done(&id);
}

/* Cuts the request at every place into two records, and each record's bytes into pieces. */
static void
verdict_does_not_depend_on_chunking(void **state)
{
	static const char request[] = "gemini://a.test/x\r\nand more";
	static const size_t pieces[] = {1, 7, WHOLE};

	(void)state;
	for (size_t cut = 0; cut < 3 * sizeof(request); cut++) {
		struct talk t = talk_with(TLS1_3_VERSION, "a.test", NULL);
		size_t piece = pieces[cut % 3], at = cut / 3, rest = sizeof(request) - 1;
		pump_by(t.client, t.conn, piece);
		if (at > 0 && at < rest)
			client_say(t.client, request, at);
		else
			at = 0;
		client_say(t.client, request + at, rest - at);
		pump_by(t.client, t.conn, piece);
		assert_body(t.client, 5);
		assert_true(t.client->is_closed);
		assert_string_equal(handler.url.path, "/x");
		talk_end(&t);
	}
}

static void
one_byte_a_record_is_a_request_too(void **state)
{
	struct talk t = talk_new();

	(void)state;
	for (const char *at = "gemini://a.test/x\r\n"; *at != '\0'; at++) {
		assert_int_equal(conn_state(t.conn), CONN_REQUEST);
		client_say(t.client, at, 1);
		pump(t.client, t.conn);
	}
	assert_body(t.client, 5);
	talk_end(&t);
}

static const struct {
	const char *server_name, *request;
	int status;
} asked[] = {
    {"a.test", "gemini://a.test/", 20},
    {"a.test", "gemini://a.test", 20},
    {"a.test", "GEMINI://A.TEST/", 20},
    {"A.TEST", "gemini://a.test/", 20},
    {"a.test", "gemini://a.test./", 20},
    {"a.test", "gemini://alias.test/", 20},
    {"alias.test", "gemini://a.test/", 20},
    {"b.test", "gemini://b.test/", 20},
    {NULL, "gemini://a.test/", 20},
    {NULL, "gemini://b.test/", 20},
    {"127.0.0.1", "gemini://a.test/", 20},
    {"127.0.0.1", "gemini://b.test/", 20},
    {"127.0.0.1", "gemini://127.0.0.1/", 53},
    {"a.test", "gemini://b.test/", 53},
    {"b.test", "gemini://a.test/", 53},
    {"other.test", "gemini://a.test/", 53},
    {"a.test", "gemini://other.test/", 53},
    {"a.test", "gemini://a.test../", 53},
    {"a.test", "gemini://127.0.0.1/", 53},
    {"a.test", "gemini://[::1]/", 53},
    {"a.test", "gemini://a.test:/", 20},
    {"a.test", "gemini://a.test:1965/", 20},
    {"a.test", "gemini://a.test:443/", 53},
    {"a.test", "gemini://a.test:0/", 53},
    {"a.test", "gemini://a.test:19650/", 53},
    {"b.test", "gemini://b.test:19650/", 20}, /* its public port */
    {"b.test", "gemini://b.test:1965/", 20},
    {"a.test", "gemini://a.test:65536/", 59},
    {"a.test", "titan://b.test/x;size=0", 53},
    {"a.test", "titan://a.test/x;size=0", 20},
    {"a.test", "titan://a.test/x;edit", 20},
    {"a.test", "titan://a.test/x", 59},
    {"a.test", "titan://a.test/x;size=0x3", 59},
    {"a.test", "titan://a.test/x;edit;size=3", 59},
    {"a.test", "https://a.test/", 53},
    {"a.test", "//a.test/", 59},
    {"a.test", "/", 59},
    {"a.test", "", 59},
    {"a.test", "GET / HTTP/1.1", 59},
    {"a.test", "gemini://user@a.test/", 59},
    {"a.test", "gemini://a.test/#f", 59},
    {"a.test", "gemini://a.test/../", 59},
    {"a.test", "gemini://a.test/\n", 59},
    {"a.test", "gemini://a.test/\xdc", 59},
};

static void
each_request_gets_the_status_it_deserves(void **state)
{
	(void)state;
	room.capsules[1].port = 19650;
	for (size_t i = 0; i < ROWS(asked); i++) {
		struct talk t = talk_with(TLS1_3_VERSION, asked[i].server_name, NULL);
		pump(t.client, t.conn);
		say(&t, asked[i].request);
		say(&t, "\r\n");
		pump(t.client, t.conn);
		print_message("%s\n", asked[i].request);
		assert_int_equal(atoi(t.client->got), asked[i].status);
		assert_int_equal(t.client->got[2], ' ');
		assert_string_equal(
		    t.client->got + t.client->got_len - (asked[i].status == 20 ? 5 : 2),
		    asked[i].status == 20 ? "abcde" : "\r\n");
		assert_true(t.client->is_closed);
		talk_end(&t);
	}
	room.capsules[1].port = 0;
}

/* Sends len bytes of a path, perhaps with CRLF, and tells the status of the answer. */
static int
status_of_length(size_t len, const char *end)
{
	struct talk t = talk_new();
	struct buffer line = BUFFER_EMPTY;
	int status;

	buffer_puts(&line, "gemini://a.test/");
	while (line.len < len)
		buffer_putc(&line, '0');
	buffer_puts(&line, end);
	client_say(t.client, line.data, line.len);
	pump(t.client, t.conn);
	status = atoi(t.client->got);
	assert_int_equal(t.client->is_closed, status != 0);
	buffer_free(&line);
	talk_end(&t);
	return status;
}

static void
a_request_of_1024_bytes_is_the_longest(void **state)
{
	(void)state;
	assert_int_equal(status_of_length(1024, "\r\n"), 20);
	assert_int_equal(status_of_length(1025, "\r\n"), 59);
	assert_int_equal(status_of_length(1024, "\r"), 0);
	assert_int_equal(status_of_length(1025, ""), 59);
	assert_int_equal(status_of_length(5000, ""), 59);
}

static void
the_longest_request_is_told_what_is_too_long(void **state)
{
	struct talk t = talk_new();
	char line[1025];

	(void)state;
	memset(line, 'x', sizeof(line));
	client_say(t.client, line, sizeof(line));
	pump(t.client, t.conn);
	assert_string_equal(t.client->got, "59 The request is longer than 1024 bytes\r\n");
	talk_end(&t);
}

/* Fills the stack with what an answer that was not made anew would be taken for. */
static void __attribute__((noinline)) dirty_the_stack(void)
{
	volatile char deep[64 * 1024];

	for (size_t i = 0; i < sizeof(deep); i++)
		deep[i] = (char)0xA5;
}

static void
a_refusal_has_nothing_of_what_was_there_before(void **state)
{
	struct talk t = talk_new();

	(void)state;
	say(&t, "gemini://other.test/\r\n");
	dirty_the_stack();
	pump(t.client, t.conn);
	assert_string_equal(t.client->got, "53 This host is not served here\r\n");
	talk_end(&t);
}

static void
a_lone_line_feed_ends_nothing_and_expires_in_silence(void **state)
{
	struct talk t = talk_new();
	struct conn_report report;
	const void *ignored;

	(void)state;
	say(&t, "gemini://a.test/\n");
	pump(t.client, t.conn);
	assert_int_equal(conn_state(t.conn), CONN_REQUEST);
	assert_int_equal(conn_timeout(t.conn), 12);
	conn_expired(t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	assert_int_equal(conn_pending(t.conn, &ignored), 0);
	conn_report(t.conn, &report);
	assert_string_equal(report.url, "-");
	assert_int_equal(report.status, 0);
	assert_string_equal(report.trouble, "no request in time");
	talk_end(&t);
}

static void
a_second_request_is_ignored(void **state)
{
	struct talk t = talk_new();

	(void)state;
	say(&t, "gemini://a.test/x\r\ngemini://a.test/y\r\n");
	say(&t, "gemini://a.test/z\r\n");
	pump(t.client, t.conn);
	assert_int_equal(handler.calls, 1);
	assert_body(t.client, 5);
	talk_end(&t);
}

/* --- the owner's decisions ----------------------------------------------------------------- */

static void
an_answer_may_come_later(void **state)
{
	struct talk t = talk_new();

	(void)state;
	handler.waits = true;
	say(&t, "gemini://a.test/x\r\n");
	pump(t.client, t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ANSWER);
	assert_int_equal(t.client->got_len, 0);
	answer(handler.conn);
	pump(t.client, t.conn);
	assert_body(t.client, 5);
	talk_end(&t);
}

static void
only_success_has_a_body(void **state)
{
	struct talk t = talk_new();
	struct response r;

	(void)state;
	handler.waits = true;
	say(&t, "gemini://a.test/x\r\n");
	pump(t.client, t.conn);
	response_init(&r);
	response_set(&r, GEMINI_NOT_FOUND, "Not found");
	conn_respond(t.conn, &r);
	pump(t.client, t.conn);
	assert_string_equal(t.client->got, "51 Not found\r\n");
	talk_end(&t);
}

/* --- behind a proxy ------------------------------------------------------------------------ */

static const struct {
	const char *label, *header;
	size_t len;
	const char *client; /* "" for unknown */
} proxied[] = {
    {"version 1", "PROXY TCP4 192.0.2.7 192.0.2.1 1000 1965\r\n", 42, "192.0.2.7"},
    {"version 1, unknown", "PROXY UNKNOWN\r\n", 15, ""},
    {"version 2", "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xc0\0\x02\x07\xc0\0\x02\x01\x03\xe8\x07\xad",
	28, "192.0.2.7"},
    {"version 2, local", "\r\n\r\n\0\r\nQUIT\n\x20\0\0\0", 16, ""},
};

static void
a_proxy_header_comes_before_tls(void **state)
{
	static const size_t pieces[] = {1, 10, WHOLE};

	(void)state;
	setup.proxy_protocol = true;
	for (size_t i = 0; i < 3 * ROWS(proxied); i++) {
		size_t n = i / 3;
		struct sockaddr_in proxy = {.sin_family = AF_INET};
		struct talk t = talk_with(TLS1_3_VERSION, "a.test", NULL);
		char shown[INET6_ADDRSTRLEN] = "";
		conn_free(t.conn);
		t.conn = conn_new(&setup, (struct sockaddr *)&proxy, NULL);
		assert_int_equal(conn_state(t.conn), CONN_PROXY);
		assert_int_equal(conn_timeout(t.conn), 11);
		BIO_write(t.client->out, proxied[n].header, (int)proxied[n].len);
		pump_by(t.client, t.conn, pieces[i % 3]); /* header and ClientHello together */
		say(&t, "gemini://a.test/x\r\n");
		pump(t.client, t.conn);
		print_message("%s\n", proxied[n].label);
		assert_body(t.client, 5);
		const struct sockaddr_in *in = (const struct sockaddr_in *)conn_client(t.conn);
		if (in->sin_family == AF_INET)
			inet_ntop(AF_INET, &in->sin_addr, shown, sizeof(shown));
		assert_string_equal(shown, proxied[n].client);
		talk_end(&t);
	}
}

static void
without_its_header_a_proxy_is_cut_off(void **state)
{
	struct talk t;

	(void)state;
	setup.proxy_protocol = true;
	t = talk_with(TLS1_3_VERSION, "a.test", NULL);
	pump(t.client, t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	talk_end(&t);
}

static void
a_health_check_is_no_trouble(void **state)
{
	struct conn *conn;
	struct conn_report report;

	(void)state;
	setup.proxy_protocol = true;
	conn = conn_new(&setup, NULL, NULL);
	conn_receive(conn, proxied[3].header, proxied[3].len);
	conn_receive_end(conn);
	assert_int_equal(conn_state(conn), CONN_ABORT);
	conn_report(conn, &report);
	assert_null(report.trouble);
	conn_free(conn);
}

static void
without_a_proxy_the_client_is_the_peer(void **state)
{
	struct sockaddr_in6 peer = {.sin6_family = AF_INET6, .sin6_port = 7};
	struct sockaddr_in former = {.sin_family = AF_INET, .sin_port = 7, .sin_addr = {9}};
	struct conn *conn = conn_new(&setup, (struct sockaddr *)&former, NULL);

	(void)state;
	assert_memory_equal(conn_client(conn), &former, sizeof(former));
	conn_free(conn);
	conn = conn_new(&setup, (struct sockaddr *)&peer, NULL);
	assert_memory_equal(conn_client(conn), &peer, sizeof(peer));
	conn_free(conn);
	peer.sin6_family = AF_UNIX;
	conn = conn_new(&setup, (struct sockaddr *)&peer, NULL);
	assert_int_equal(conn_client(conn)->ss_family, AF_UNSPEC);
	conn_free(conn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TALK_TEST(a_request_is_answered_and_closed_in_both_versions),
	    TALK_TEST(the_handler_learns_capsule_url_and_peer),
	    TALK_TEST(verdict_does_not_depend_on_chunking),
	    TALK_TEST(one_byte_a_record_is_a_request_too),
	    TALK_TEST(each_request_gets_the_status_it_deserves),
	    TALK_TEST(a_request_of_1024_bytes_is_the_longest),
	    TALK_TEST(the_longest_request_is_told_what_is_too_long),
	    TALK_TEST(a_refusal_has_nothing_of_what_was_there_before),
	    TALK_TEST(a_lone_line_feed_ends_nothing_and_expires_in_silence),
	    TALK_TEST(a_second_request_is_ignored),
	    TALK_TEST(an_answer_may_come_later),
	    TALK_TEST(only_success_has_a_body),
	    TALK_TEST(a_proxy_header_comes_before_tls),
	    TALK_TEST(without_its_header_a_proxy_is_cut_off),
	    TALK_TEST(a_health_check_is_no_trouble),
	    TALK_TEST(without_a_proxy_the_client_is_the_peer),
	};

	return cmocka_run_group_tests(tests, open_room, close_room);
}
