/*
 * The allocations of a connection made to fail in turn: each of ours, and of OpenSSL's, which are
 * thousands, a sample. The modules are compiled in here, so that their allocators can be replaced
 * under the sanitizers too.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdbool.h>
#include <stdlib.h>

enum allocator { OURS, LIBRARY };

static bool is_armed;          /* the server is at work: allocations count, */
static enum allocator failing; /* but only of this one */
static long until_fails;       /* so many succeed still */
static bool has_failed;
static bool fails_for_good; /* all further ones too */

static bool
must_fail(enum allocator allocator)
{
	if (!is_armed || allocator != failing || (has_failed && !fails_for_good))
		return false;
	if (!has_failed && until_fails-- > 0)
		return false;
	has_failed = true;
	return true;
}

static void *
scarce_calloc(size_t count, size_t size)
{
	return must_fail(OURS) ? NULL : calloc(count, size);
}

static void *
scarce_realloc(void *old, size_t size)
{
	return must_fail(OURS) ? NULL : realloc(old, size);
}

static void *
library_malloc(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return must_fail(LIBRARY) ? NULL : malloc(size);
}

static void *
library_realloc(void *old, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return must_fail(LIBRARY) ? NULL : realloc(old, size);
}

static void
library_free(void *old, const char *file, int line)
{
	(void)file, (void)line;
	free(old);
}

#define calloc  scarce_calloc
#define realloc scarce_realloc
#include "base/buffer.c"
#include "net/conn.c"
#include "net/tls.c"
#undef calloc
#undef realloc

#include "peer.h"

#define UPLOAD_BYTES 8000

static size_t body_len;   /* of the answer */
static bool is_upload;    /* what is asked for is one */
static struct conn *owed; /* the upload that somebody thinks about */
static size_t got;        /* bytes of its body */

static void
answer(struct conn *conn)
{
	struct response r;

	response_init(&r);
	response_set(&r, GEMINI_SUCCESS, "text/gemini");
	for (size_t i = 0; i < body_len; i++)
		buffer_putc(&r.body, '0');
	if (r.body.failed)
		response_set(&r, GEMINI_TEMPORARY_FAILURE, "out of memory");
	conn_respond(conn, &r);
}

static void
handle(void *arg, struct conn *conn, const struct conn_request *request)
{
	(void)arg;
	assert_true(request->visitor->has_certificate);
	assert_int_equal(strlen(request->visitor->certificate), 64);
	assert_int_equal(strlen(request->visitor->public_key), 64);
	if (is_upload)
		owed = conn;
	else
		answer(conn);
}

static void
take_part(void *arg, struct conn *conn, const char *bytes, size_t len)
{
	(void)arg, (void)bytes;
	got += len;
	if (len > 0)
		return;
	assert_int_equal(got, UPLOAD_BYTES);
	answer(conn);
}

static void
forget(void *arg, struct conn *conn)
{
	(void)arg, (void)conn;
	owed = NULL;
}

static bool
receive(struct client *c, struct conn *conn)
{
	char bytes[32 * 1024];
	int len = BIO_read(c->out, bytes, sizeof(bytes));

	if (len <= 0)
		return false;
	is_armed = true;
	conn_receive(conn, bytes, (size_t)len);
	is_armed = false;
	return true;
}

static bool
send_pending(struct client *c, struct conn *conn)
{
	const void *bytes;

	is_armed = true;
	size_t len = conn_pending(conn, &bytes);
	is_armed = false;
	if (len == 0)
		return false;
	BIO_write(c->in, bytes, (int)len);
	is_armed = true;
	conn_sent(conn, len);
	is_armed = false;
	return true;
}

/* One connection from its beginning to its end. Returns whether it was answered whole. */
static bool
serve_one(const struct conn_setup *setup, SSL_CTX *context)
{
	struct client *c = client_new(context, "b.test", NULL);
	bool moved, is_whole = false;

	is_armed = true;
	struct conn *conn = conn_new(setup, NULL, NULL);
	is_armed = false;
	if (conn == NULL) {
		client_free(c);
		return false;
	}
	client_work(c);
	do {
		moved = receive(c, conn);
		moved = send_pending(c, conn) || moved;
		client_work(c);
		if (SSL_is_init_finished(c->ssl) && c->got_len == 0 && !c->is_failed && moved)
			client_say(c, "gemini://b.test/\r\n", 18);
	} while (moved && conn_state(conn) != CONN_ABORT);

	struct conn_report report;
	conn_report(conn, &report);
	is_whole = report.is_whole && report.status == 20;
	assert_int_equal(report.is_whole, c->is_closed);
	if (conn_state(conn) == CONN_ABORT)
		assert_non_null(report.trouble);
	if (is_whole)
		assert_int_equal(c->got_len, 16 + body_len);
	conn_free(conn);
	client_free(c);
	return is_whole;
}

/* The same, but nothing fails before the request; which may be an upload, of which half comes
 * before somebody has agreed to take it. In the end it is answered, or given up. */
static bool
serve_one_that_shook_hands(const struct conn_setup *setup, SSL_CTX *context)
{
	static const char line[] = "gemini://b.test/\r\n";
	static const char upload_line[] = "titan://b.test/x;size=8000\r\n";
	static const char half[UPLOAD_BYTES / 2];
	struct client *c = client_new(context, "b.test", NULL);
	struct conn *conn = conn_new(setup, NULL, NULL);
	struct conn_report report;

	got = 0;
	owed = NULL;
	pump(c, conn);
	assert_int_equal(conn_state(conn), CONN_REQUEST);
	client_say(c, is_upload ? upload_line : line,
	    is_upload ? sizeof(upload_line) - 1 : sizeof(line) - 1);
	receive(c, conn);
	if (is_upload) {
		bool had_failed = has_failed;
		client_say(c, half, sizeof(half));
		receive(c, conn);
		if (has_failed && !had_failed) /* lost bytes are not waited for */
			assert_int_equal(conn_state(conn), CONN_ABORT);
		is_armed = true;
		if (owed != NULL)
			conn_take_body(owed);
		is_armed = false;
		client_say(c, half, sizeof(half));
		receive(c, conn);
	}
	while (send_pending(c, conn))
		continue;
	client_work(c);
	conn_report(conn, &report);
	assert_int_equal(report.is_whole, c->is_closed);
	assert_true(report.is_whole || conn_state(conn) == CONN_ABORT);
	bool is_whole = report.is_whole && report.status == 20;
	if (is_whole)
		assert_int_equal(c->got_len, 16 + body_len);
	conn_free(conn);
	client_free(c);
	return is_whole;
}

static SSL_CTX *context;
static struct press_room room;
static struct tls *tls;
static struct conn_setup setup;

static int
open_room(void **state)
{
	struct identity id = identity_usual("reader");
	struct error err;

	(void)state;
	context = client_context(TLS1_3_VERSION, &id);
	identity_done(&id);
	press_room_open(&room);
	tls = tls_open(&room.config, peer_ticket_key, &err);
	if (tls == NULL)
		return 1;
	setup = (struct conn_setup){.config = &room.config,
	    .tls = tls,
	    .handler = handle,
	    .body = take_part,
	    .forget = forget};
	body_len = 30000;
	until_fails = 1000000;
	return serve_one(&setup, context) ? 0 : 1; /* fills OpenSSL's caches */
}

static int
close_room(void **state)
{
	(void)state;
	tls_close(tls);
	press_room_close(&room);
	SSL_CTX_free(context);
	return 0;
}

#define ROWS_OF(table) (sizeof(table) / sizeof((table)[0]))

typedef bool serving(const struct conn_setup *setup, SSL_CTX *context);

/* Serves one connection after the other, failing a later allocation each time, until none is left
 * to fail. Returns how many connections that took. */
static long
fail_in_turn(serving *serve, enum allocator allocator, long stride)
{
	long runs = 0;

	failing = allocator;
	do {
		has_failed = false;
		until_fails = runs++ * stride;
		bool is_whole = serve(&setup, context);
		assert_true(is_whole || has_failed);
	} while (has_failed);
	return runs;
}

/* With a body of 8150 bytes, the close_notify is what the pending bytes have no more room for. */
static void
whatever_fails_behind_the_handshake_gives_up_in_the_open(void **state)
{
	static const size_t lengths[] = {8150, 30000};

	(void)state;
	for (size_t i = 0; i < 2 * ROWS_OF(lengths); i++) {
		is_upload = i % 2 == 1;
		body_len = lengths[i / 2];
		for (int for_good = 0; for_good < 2; for_good++) {
			fails_for_good = for_good == 1;
			fail_in_turn(serve_one_that_shook_hands, OURS, 1);
			fail_in_turn(serve_one_that_shook_hands, LIBRARY, 1);
		}
	}
	is_upload = false;
	body_len = 30000;
}

static void
each_of_our_allocations_may_fail(void **state)
{
	(void)state;
	fails_for_good = false;
	assert_in_range(fail_in_turn(serve_one, OURS, 1), 10, 1000);
	fails_for_good = true;
	assert_in_range(fail_in_turn(serve_one, OURS, 1), 10, 1000);
}

static void
allocations_of_the_library_may_fail(void **state)
{
	(void)state;
	fails_for_good = false;
	assert_in_range(fail_in_turn(serve_one, LIBRARY, 29), 10, 1000);
	fails_for_good = true;
	assert_in_range(fail_in_turn(serve_one, LIBRARY, 31), 10, 1000);
}

static void
identities_come_whole_or_with_a_reason(void **state)
{
	struct tls *another = NULL;
	long tried = 0;

	(void)state;
	fails_for_good = true;
	failing = OURS;
	while (another == NULL) {
		struct error err = {""};

		has_failed = false;
		until_fails = tried++;
		is_armed = true;
		another = tls_open(&room.config, peer_ticket_key, &err);
		is_armed = false;
		assert_int_equal(another == NULL, has_failed);
		assert_string_equal(err.text, another == NULL ? "out of memory" : "");
	}
	assert_int_equal(tried, 3); /* the identities, the list of them; and then none fails */
	tls_close(another);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_of_our_allocations_may_fail),
	    cmocka_unit_test(allocations_of_the_library_may_fail),
	    cmocka_unit_test(identities_come_whole_or_with_a_reason),
	    cmocka_unit_test(whatever_fails_behind_the_handshake_gives_up_in_the_open),
	};

	if (CRYPTO_set_mem_functions(library_malloc, library_realloc, library_free) != 1)
		return 1;
	return cmocka_run_group_tests(tests, open_room, close_room);
}
