/*
 * talk - a client and a connection that talk, and a handler that answers as it is told to: what the
 * tests of net/conn share.
 */
#ifndef UNIT_TALK_H
#define UNIT_TALK_H

#include "check.h"

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

static inline char
body_byte(size_t at)
{
	return (char)('a' + at % 23);
}

static inline void
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

static inline void
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

static inline void
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

static inline void
forget(void *arg, struct conn *conn)
{
	assert_ptr_equal(arg, &handler);
	assert_ptr_equal(conn, handler.conn);
	handler.forgotten++;
}

static inline int
open_room(void **state)
{
	struct error err;

	(void)state;
	press_room_open(&room);
	tls = tls_open(&room.config, peer_ticket_key, &err);
	return tls == NULL;
}

static inline int
close_room(void **state)
{
	(void)state;
	tls_close(tls);
	press_room_close(&room);
	return 0;
}

static inline int
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

static inline struct talk
talk_with(int version, const char *host, const struct identity *id)
{
	struct talk t = {.context = client_context(version, id)};

	t.client = client_new(t.context, host, NULL);
	t.conn = conn_new(&setup, NULL, &handler);
	assert_non_null(t.conn);
	return t;
}

/* The same with TLS 1.3 and the hands shaken. */
static inline struct talk
talk_new(void)
{
	struct talk t = talk_with(TLS1_3_VERSION, "a.test", NULL);

	pump(t.client, t.conn);
	assert_int_equal(conn_state(t.conn), CONN_REQUEST);
	return t;
}

static inline void
talk_end(struct talk *t)
{
	client_free(t->client);
	conn_free(t->conn);
	SSL_CTX_free(t->context);
}

static inline void
say(struct talk *t, const char *text)
{
	client_say(t->client, text, strlen(text));
}

static inline void
assert_body(const struct client *c, size_t len)
{
	static const char head[] = "20 text/gemini\r\n";
	size_t head_len = sizeof(head) - 1;

	assert_int_equal(c->got_len, head_len + len);
	assert_memory_equal(c->got, head, head_len);
	for (size_t i = 0; i < len; i++)
		assert_int_equal(c->got[head_len + i], body_byte(i));
}

/* A test between two open ends; the group opens and closes the room. */
#define TALK_TEST(name) cmocka_unit_test_setup(name, each_test_anew)

#endif
