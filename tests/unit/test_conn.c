#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>

#include "peer.h"

#define LONG_BODY (100 * 1000)
#define WHOLE     (32 * 1024) /* a chunk size that cuts nothing */

static struct press_room room;
static struct tls *tls;
static struct conn_setup setup;

/* What the handler was called with, and what it is to answer. */
static struct {
	int calls;
	struct conn *conn;
	const struct capsule_config *capsule;
	struct url url;
	struct visitor visitor;
	bool waits;        /* does not answer yet */
	size_t body_len;   /* of a body in memory, */
	int file_fd;       /* and the file behind it, or -1 */
	off_t file_bytes;  /* that is promised of it */
	bool takes_body;   /* of an upload, and at once */
	struct buffer got; /* of a body so far */
	int wholes;        /* calls that said it is whole */
	int forgotten;
} handler;

static char
body_byte(size_t at)
{
	return (char)('a' + at % 23);
}

static void
answer(struct conn *conn)
{
	struct response r;

	response_init(&r);
	response_set(&r, GEMINI_SUCCESS, "text/gemini");
	for (size_t i = 0; i < handler.body_len; i++)
		buffer_putc(&r.body, body_byte(i));
	r.file_fd = handler.file_fd;
	r.file_bytes = handler.file_bytes;
	handler.file_fd = -1;
	conn_respond(conn, &r);
	assert_int_equal(r.file_fd, -1);
	assert_null(r.body.data);
}

static void
handle(void *arg, struct conn *conn, const struct conn_request *request)
{
	assert_ptr_equal(arg, &handler);
	handler.calls++;
	handler.conn = conn;
	handler.capsule = request->capsule;
	handler.url = *request->url;
	handler.visitor = *request->visitor;
	if (request->titan != NULL && handler.takes_body)
		conn_take_body(conn);
	else if (!handler.waits)
		answer(conn);
}

static void
take_part(void *arg, struct conn *conn, const char *bytes, size_t len)
{
	assert_ptr_equal(arg, &handler);
	assert_ptr_equal(conn, handler.conn);
	buffer_append(&handler.got, bytes, len);
	if (len > 0)
		return;
	handler.wholes++;
	if (!handler.waits)
		answer(conn);
}

static void
forget(void *arg, struct conn *conn)
{
	assert_ptr_equal(arg, &handler);
	assert_ptr_equal(conn, handler.conn);
	handler.forgotten++;
}

static int
open_room(void **state)
{
	struct error err;

	(void)state;
	press_room_open(&room);
	tls = tls_open(&room.config, peer_ticket_key, &err);
	return tls == NULL;
}

static int
close_room(void **state)
{
	(void)state;
	tls_close(tls);
	press_room_close(&room);
	return 0;
}

static int
each_test_anew(void **state)
{
	(void)state;
	buffer_free(&handler.got);
	memset(&handler, 0, sizeof(handler));
	handler.body_len = 5;
	handler.file_fd = -1;
	setup = (struct conn_setup){.config = &room.config,
	    .tls = tls,
	    .listen_port = 1965,
	    .handler = handle,
	    .body = take_part,
	    .forget = forget,
	    .handler_arg = &handler};
	return 0;
}

/* A client and a connection. */
struct talk {
	SSL_CTX *context;
	struct client *client;
	struct conn *conn;
};

static struct talk
talk_with(int version, const char *host, const struct identity *id)
{
	struct talk t = {.context = client_context(version, id)};

	t.client = client_new(t.context, host, NULL);
	t.conn = conn_new(&setup, NULL, &handler);
	assert_non_null(t.conn);
	return t;
}

/* The same with TLS 1.3 and the hands shaken. */
static struct talk
talk_new(void)
{
	struct talk t = talk_with(TLS1_3_VERSION, "a.test", NULL);

	pump(t.client, t.conn);
	assert_int_equal(conn_state(t.conn), CONN_REQUEST);
	return t;
}

static void
talk_end(struct talk *t)
{
	client_free(t->client);
	conn_free(t->conn);
	SSL_CTX_free(t->context);
}

static void
say(struct talk *t, const char *text)
{
	client_say(t->client, text, strlen(text));
}

static void
assert_body(const struct client *c, size_t len)
{
	static const char head[] = "20 text/gemini\r\n";
	size_t head_len = sizeof(head) - 1;

	assert_int_equal(c->got_len, head_len + len);
	assert_memory_equal(c->got, head, head_len);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(c->got[head_len + i], body_byte(i));
}

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

static void
each_request_gets_the_status_it_deserves(void **state)
{
	static const struct {
		const char *server_name, *request;
		int status;
	} cases[] = {
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

	(void)state;
	room.capsules[1].port = 19650;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct talk t = talk_with(TLS1_3_VERSION, cases[i].server_name, NULL);
		pump(t.client, t.conn);
		say(&t, cases[i].request);
		say(&t, "\r\n");
		pump(t.client, t.conn);
		print_message("%s\n", cases[i].request);
		assert_int_equal(atoi(t.client->got), cases[i].status);
		assert_int_equal(t.client->got[2], ' ');
		assert_string_equal(
		    t.client->got + t.client->got_len - (cases[i].status == 20 ? 5 : 2),
		    cases[i].status == 20 ? "abcde" : "\r\n");
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

/* --- what leaves when ---------------------------------------------------------------------- */

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
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
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

/* --- ends ---------------------------------------------------------------------------------- */

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
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
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

static void
a_refused_client_is_told_when_it_asks(void **state)
{
	struct talk t = talk_new();

	(void)state;
	conn_refuse(t.conn, GEMINI_UNAVAILABLE, "Too many connections");
	say(&t, "gemini://a.test/x\r\n");
	pump(t.client, t.conn);
	assert_string_equal(t.client->got, "41 Too many connections\r\n");
	assert_true(t.client->is_closed);
	assert_int_equal(handler.calls, 0);
	talk_end(&t);
}

static void
a_request_may_be_refused_by_its_handler(void **state)
{
	struct talk t = talk_new();

	(void)state;
	handler.waits = true;
	say(&t, "gemini://a.test/x\r\n");
	pump(t.client, t.conn);
	conn_refuse(t.conn, GEMINI_SLOW_DOWN, "7");
	pump(t.client, t.conn);
	assert_string_equal(t.client->got, "44 7\r\n");
	talk_end(&t);
}

static void
a_client_refused_in_the_handshake_is_cut_off(void **state)
{
	struct talk t = talk_with(TLS1_3_VERSION, "a.test", NULL);

	(void)state;
	conn_refuse(t.conn, GEMINI_UNAVAILABLE, "Too many connections");
	pump(t.client, t.conn);
	assert_int_equal(conn_state(t.conn), CONN_ABORT);
	assert_int_equal(BIO_ctrl_pending(t.client->in), 0);
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
	for (size_t i = 0; i < 3 * sizeof(proxied) / sizeof(proxied[0]); i++) {
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
	struct conn *conn = conn_new(&setup, (struct sockaddr *)&peer, NULL);

	(void)state;
	assert_memory_equal(conn_client(conn), &peer, sizeof(peer));
	conn_free(conn);
	peer.sin6_family = AF_UNIX;
	conn = conn_new(&setup, (struct sockaddr *)&peer, NULL);
	assert_int_equal(conn_client(conn)->ss_family, AF_UNSPEC);
	conn_free(conn);
}

/* --- bodies -------------------------------------------------------------------------------- */

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

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
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

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
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

#define TEST(name) cmocka_unit_test_setup(name, each_test_anew)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_request_is_answered_and_closed_in_both_versions),
	    TEST(the_handler_learns_capsule_url_and_peer),
	    TEST(verdict_does_not_depend_on_chunking),
	    TEST(one_byte_a_record_is_a_request_too),
	    TEST(each_request_gets_the_status_it_deserves),
	    TEST(a_request_of_1024_bytes_is_the_longest),
	    TEST(a_lone_line_feed_ends_nothing_and_expires_in_silence),
	    TEST(a_second_request_is_ignored),
	    TEST(the_ticket_does_not_wait_for_the_request),
	    TEST(ticket_answer_and_goodbye_leave_at_once),
	    TEST(a_long_body_is_made_as_it_leaves),
	    TEST(a_file_follows_the_body_whatever_its_length),
	    TEST(a_file_that_grew_is_sent_as_long_as_it_was),
	    TEST(a_file_that_shrank_ends_without_a_goodbye),
	    TEST(a_file_that_cannot_be_read_ends_without_a_goodbye),
	    TEST(half_a_connection_is_enough_for_an_answer),
	    TEST(who_leaves_early_is_not_answered),
	    TEST(plain_text_is_met_with_silence),
	    TEST(broken_tls_gets_an_alert),
	    TEST(each_state_has_its_deadline_and_expires_in_silence),
	    TEST(a_quiet_peer_is_drained_for_one_period),
	    TEST(a_busy_peer_is_drained_for_five_periods),
	    TEST(no_more_than_16_mib_are_drained),
	    TEST(draining_ends_when_the_peer_does),
	    TEST(an_answer_may_come_later),
	    TEST(an_answer_that_comes_too_late_is_dropped),
	    TEST(a_refused_client_is_told_when_it_asks),
	    TEST(a_request_may_be_refused_by_its_handler),
	    TEST(a_client_refused_in_the_handshake_is_cut_off),
	    TEST(only_success_has_a_body),
	    TEST(a_proxy_header_comes_before_tls),
	    TEST(without_its_header_a_proxy_is_cut_off),
	    TEST(a_health_check_is_no_trouble),
	    TEST(without_a_proxy_the_client_is_the_peer),
	    TEST(a_body_is_the_same_however_it_is_cut),
	    TEST(a_long_body_comes_whole_and_in_order),
	    TEST(an_empty_body_is_whole_at_once),
	    TEST(edit_has_no_body),
	    TEST(what_is_too_short_or_too_long_is_refused_and_forgotten),
	    TEST(a_peer_that_left_before_its_body_was_wanted_is_judged_by_what_it_sent),
	    TEST(a_body_may_be_refused_before_and_while_it_comes),
	    TEST(a_body_that_does_not_come_in_time_ends_in_silence),
	    TEST(who_waits_for_an_answer_is_forgotten_with_the_connection),
	};

	return cmocka_run_group_tests(tests, open_room, close_room);
}
