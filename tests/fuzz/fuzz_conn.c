/*
 * A connection under a real TLS client, with the input as a script of what happens: request bytes,
 * garbage between the records, cuts, ends, deadlines, refusals, late answers. Whatever happens:
 * at most one answer, nothing but that answer, and close_notify if and only if it was sent whole.
 */
#include <stdint.h>

#include "../unit/peer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum action {
	SAY,     /* the next bytes as one TLS record */
	INJECT,  /* the next bytes as they are, as if from the network */
	MOVE,    /* bytes both ways, cut in pieces */
	RECEIVE, /* only those for the server */
	END,     /* the client's FIN */
	GOODBYE, /* its close_notify */
	EXPIRE,
	REFUSE,
	ANSWER, /* what the handler still owes */
	TAKE,   /* the body of an upload */
	ACTIONS
};

#define MOST_BODY 50000

/* The present run. */
static struct script {
	const uint8_t *data; /* the rest of the script */
	size_t size;
	size_t body_len;
	bool answers_later;
	int calls;
	uint64_t promised, taken; /* bytes of a body */
	bool is_whole;
	struct conn *owed;
} run;

static unsigned
next_byte(void)
{
	if (run.size == 0)
		return 0;
	run.size--;
	return *run.data++;
}

/* Up to most bytes of the script, as many as its next byte says. */
static const uint8_t *
next_bytes(size_t *out_len)
{
	size_t len = next_byte();
	const uint8_t *bytes = run.data;

	*out_len = len < run.size ? len : run.size;
	run.data += *out_len;
	run.size -= *out_len;
	return bytes;
}

static void
answer(struct conn *conn)
{
	struct response r;
	char *body;

	response_init(&r);
	response_set(&r, GEMINI_SUCCESS, "text/plain");
	body = buffer_reserve(&r.body, run.body_len);
	assert(body != NULL);
	memset(body, 'x', run.body_len);
	buffer_grow(&r.body, run.body_len);
	run.owed = NULL;
	conn_respond(conn, &r);
}

static void
refuse(struct conn *conn)
{
	struct response r;

	response_init(&r);
	response_set(&r, GEMINI_UNAVAILABLE, "busy");
	run.owed = NULL;
	conn_respond(conn, &r);
}

static void
handle(void *arg, struct conn *conn, const struct conn_request *request)
{
	(void)arg;
	run.calls++;
	assert(request->capsule != NULL && request->url->path[0] == '/');
	run.owed = conn;
	if (request->titan != NULL)
		run.promised = request->titan->size;
	if (!run.answers_later)
		answer(conn);
}

static void
take_part(void *arg, struct conn *conn, const char *bytes, size_t len)
{
	(void)arg, (void)bytes;
	assert(conn == run.owed && !run.is_whole);
	run.taken += len;
	run.is_whole = len == 0;
	assert(run.taken <= run.promised && (!run.is_whole || run.taken == run.promised));
}

static void
forget(void *arg, struct conn *conn)
{
	(void)arg;
	assert(conn == run.owed);
	run.owed = NULL;
}

static void
act(enum action action, struct client *c, struct conn *conn)
{
	size_t len;
	const uint8_t *bytes;

	switch (action) {
	case SAY:
		bytes = next_bytes(&len);
		if (len > 0 && SSL_is_init_finished(c->ssl) && !c->is_failed &&
		    (SSL_get_shutdown(c->ssl) & SSL_SENT_SHUTDOWN) == 0)
			client_say(c, bytes, len);
		break;
	case INJECT:
		bytes = next_bytes(&len);
		conn_receive(conn, bytes, len);
		break;
	case MOVE:
		pump_by(c, conn, 1 + 16 * next_byte());
		break;
	case RECEIVE:
		pump_up(c, conn, 1 + 16 * next_byte());
		break;
	case END:
		conn_receive_end(conn);
		break;
	case GOODBYE:
		SSL_shutdown(c->ssl);
		ERR_clear_error();
		break;
	case EXPIRE:
		conn_expired(conn);
		break;
	case REFUSE:
		if (run.owed != NULL)
			refuse(run.owed);
		break;
	case ANSWER:
		if (run.owed != NULL)
			answer(run.owed);
		break;
	case TAKE:
		if (run.owed != NULL)
			conn_take_body(run.owed);
		break;
	case ACTIONS:
		break;
	}
}

/* Whether what the client got is one answer, or if that was cut, the beginning of one. */
static void
check_answer(const struct client *c, const struct conn_report *report)
{
	static const char success[] = "20 text/plain\r\n";
	size_t head_len = sizeof(success) - 1;

	assert(c->got_len <= report->bytes);
	assert(!c->is_closed || c->got_len == report->bytes);
	if (report->status == 20) {
		assert(c->got_len <= head_len + run.body_len);
		assert(memcmp(c->got, success, c->got_len < head_len ? c->got_len : head_len) == 0);
		for (size_t i = head_len; i < c->got_len; i++)
			assert(c->got[i] == 'x');
	} else if (c->got_len > 0) {
		assert(c->got_len < 1030 && c->got[2] == ' ');
		assert(strstr(c->got, "\r\n") == c->got + c->got_len - 2);
	}
}

static void
check(const struct client *c, const struct conn *conn)
{
	enum conn_state state = conn_state(conn);
	struct conn_report report;

	conn_report(conn, &report);
	assert(run.calls <= 1);
	assert(report.is_whole == c->is_closed);
	assert(state != CONN_DRAIN || report.is_whole);
	assert(!report.is_whole || (report.status != 0 && report.trouble == NULL));
	check_answer(c, &report);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const int versions[] = {TLS1_3_VERSION, TLS1_2_VERSION};
	static struct press_room room;
	static struct tls *tls;
	static SSL_CTX *contexts[2];

	if (tls == NULL) {
		press_room_open(&room);
		tls = tls_open(&room.config, peer_ticket_key, NULL);
		press_room_close(&room);
		for (size_t i = 0; i < 2; i++)
			contexts[i] = client_context(versions[i], NULL);
	}
	run = (struct script){.data = data, .size = size};

	unsigned flags = next_byte();
	run.body_len = next_byte() * MOST_BODY / 255;
	run.answers_later = (flags & 4) != 0;
	struct conn_setup setup = {.config = &room.config,
	    .tls = tls,
	    .handler = handle,
	    .body = take_part,
	    .forget = forget,
	    .proxy_protocol = (flags & 2) != 0};
	struct client *c = client_new(contexts[flags & 1], "a.test", NULL);
	struct conn *conn = conn_new(&setup, NULL, NULL);
	assert(conn != NULL);

	if ((flags & 8) == 0)
		pump(c, conn); /* most runs are to get past the handshake */
	while (run.size > 0)
		act((enum action)(next_byte() % ACTIONS), c, conn);
	pump(c, conn);
	check(c, conn);
	conn_free(conn);
	assert(run.owed == NULL);
	client_free(c);
	return 0;
}
