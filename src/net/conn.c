#include "net/conn.h"

#include <assert.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "gemini/request.h"
#include "net/delivery.h"
#include "net/proxy.h"
#include "net/route.h"

#define TLS_HANDSHAKE_BYTE 0x16        /* what every TLS connection begins with */
#define AHEAD_BYTES        (16 * 1024) /* with less than this pending, the next record is made */
#define BODY_BYTES_SECOND  (16 * 1024) /* the slowest upload that is waited for, */
#define BODY_GRACE_SECONDS 10          /* once this is over */
#define DRAIN_BYTES        (16 * 1024 * 1024) /* discarded at most */
#define DRAIN_SECONDS      2                  /* without a byte */
#define DRAIN_PERIODS      5                  /* of DRAIN_SECONDS, however busy the peer is */

/* Bytes not yet looked at, borrowed. */
struct span {
	const char *bytes;
	size_t len;
};

struct conn {
	const struct conn_setup *setup;
	void *tag;
	enum conn_state state;
	struct tls_session *tls; /* NULL once all is said */
	struct sockaddr_storage client;
	struct buffer proxy_header; /* as much of it as has come */
	bool is_proxy_itself;       /* the proxy spoke for itself: a health check */
	bool has_begun;             /* the first byte of TLS is here */
	bool has_line;              /* a request line, or too much of one, has come */
	bool is_finished;           /* all of the answer, close_notify included, is pending */
	bool is_whole;              /* and was sent */
	bool is_mute;               /* not another byte */
	const char *trouble;        /* static text */
	struct request_line request;
	bool is_owed;         /* the handler was called, and has not answered */
	bool has_body_before; /* an upload came that nobody has agreed to take */
	bool has_left;        /* the peer ended its side */
	uint64_t body_bytes;  /* of the upload; */
	uint64_t body_left;   /* what has not come of it */
	struct buffer ahead;  /* what came of it behind the request line */
	void *errand;         /* the handler's */
	struct delivery delivery;
	int status;     /* that was sent */
	uint64_t bytes; /* of the answer, encrypted so far */
	uint64_t drained;
	bool drained_lately; /* since the last period began */
	int drain_periods;   /* that are over */
};

#define TO(state) (1u << (state))

/* Where a connection may go from each state. */
static const unsigned edges[] = {
    [CONN_PROXY] = TO(CONN_HANDSHAKE) | TO(CONN_ABORT),
    [CONN_HANDSHAKE] = TO(CONN_REQUEST) | TO(CONN_ABORT),
    [CONN_REQUEST] = TO(CONN_ANSWER) | TO(CONN_ABORT),
    [CONN_ANSWER] = TO(CONN_BODY) | TO(CONN_RESPOND) | TO(CONN_ABORT),
    [CONN_BODY] = TO(CONN_ANSWER) | TO(CONN_RESPOND) | TO(CONN_ABORT),
    [CONN_RESPOND] = TO(CONN_DRAIN) | TO(CONN_ABORT),
    [CONN_DRAIN] = TO(CONN_ABORT),
    [CONN_ABORT] = 0, /* closed is final */
};

/* What holds up to the answer: the way in, and an upload. */
static void
check_request(const struct conn *c)
{
	bool is_past_proxy = c->state > CONN_PROXY, is_given_up = c->state == CONN_ABORT;
	bool is_past_tls = c->state > CONN_HANDSHAKE, has_asked = c->state > CONN_REQUEST;
	const void *ignored;

	assert(c->setup->proxy_protocol || (is_past_proxy && !c->is_proxy_itself));
	assert(!is_past_proxy || c->proxy_header.data == NULL);
	assert(is_past_proxy || !c->is_proxy_itself);
	assert(is_past_proxy || tls_pending(c->tls, &ignored) == 0);
	assert(c->has_begun ? is_past_proxy : !is_past_tls || is_given_up);
	assert(c->has_line ? has_asked : !has_asked || is_given_up);
	assert(has_asked || c->request.verdict == REQUEST_MORE);
	assert(c->is_owed == (c->state == CONN_ANSWER || c->state == CONN_BODY));
	assert(c->body_left <= c->body_bytes);
	assert(!c->has_body_before || (c->state == CONN_ANSWER && c->body_left == c->body_bytes));
	assert(c->ahead.data == NULL || c->state == CONN_ANSWER);
	assert(c->state != CONN_BODY || c->setup->body != NULL);
	/* A peer that has left asks no more, and sends no more of a body. */
	assert(!c->has_left || c->state == CONN_ANSWER || c->state > CONN_BODY);
}

/* What always holds; looked at between steps. */
static void
conn_check(const struct conn *c)
{
	bool is_answered = c->state >= CONN_RESPOND, is_given_up = c->state == CONN_ABORT;

	check_request(c);
	assert(c->status != 0 ? is_answered : !is_answered || is_given_up);
	assert(c->bytes == 0 || c->status != 0);
	assert(!c->is_finished || (is_answered && c->bytes > 0));
	assert(!c->is_finished || c->state != CONN_RESPOND || delivery_is_over(&c->delivery));
	assert(c->is_whole ? c->is_finished && c->state >= CONN_DRAIN : c->state != CONN_DRAIN);

	assert(c->tls == NULL ? c->is_whole : c->state != CONN_DRAIN);
	assert(!c->is_mute || is_given_up);
	assert(c->trouble == NULL || (is_given_up && !c->is_whole));
	assert((c->drained == 0 && c->drain_periods == 0) || c->is_whole);
	assert(c->drained <= DRAIN_BYTES || is_given_up);
	assert(c->drain_periods < DRAIN_PERIODS || is_given_up);
	/* Nobody waits for ever; and for what is given up nobody waits. */
	assert(is_given_up == (conn_timeout(c) == 0));
}

/* The handler need not answer any more. */
static void
conn_forget(struct conn *c)
{
	if (!c->is_owed)
		return;
	c->is_owed = false;
	if (c->setup->forget != NULL)
		c->setup->forget(c->setup->handler_arg, c);
}

/* The one gate between states: lets go of what only the old one needed. */
static void
conn_enter(struct conn *c, enum conn_state state)
{
	assert((edges[c->state] & TO(state)) != 0);
	if (c->state == CONN_PROXY)
		buffer_free(&c->proxy_header);
	if (state > CONN_ANSWER) {
		buffer_free(&c->ahead);
		c->has_body_before = false;
	}
	if (state > CONN_BODY)
		conn_forget(c);
	if (state == CONN_DRAIN) { /* may last: keep neither TLS nor an open file for it */
		delivery_done(&c->delivery);
		tls_session_free(c->tls);
		c->tls = NULL;
	}
	c->state = state;
}

/* Ends without another byte. Returns false, as a step that is not to be followed by one. */
static bool
conn_abort(struct conn *c, const char *trouble)
{
	c->trouble = trouble;
	c->is_mute = true;
	conn_enter(c, CONN_ABORT);
	return false;
}

/* The same, but TLS may have an alert to send. */
static bool
conn_abort_tls(struct conn *c, const char *reason)
{
	conn_abort(c, reason);
	c->is_mute = false;
	return false;
}

/* --- from the request line to the handler -------------------------------------------------- */

static void
conn_answer(struct conn *c, enum gemini_status status, const char *meta)
{
	struct response r;

	conn_forget(c);
	response_init(&r);
	response_set(&r, status, "%s", meta);
	conn_respond(c, &r);
}

static void
conn_call_handler(struct conn *c, const struct route *route)
{
	struct visitor visitor;
	struct conn_request request = {
	    .line = c->request.line,
	    .line_len = c->request.len,
	    .capsule = route->capsule,
	    .url = &route->url,
	    .titan = route->is_titan ? &route->titan : NULL,
	    .visitor = &visitor,
	};

	if (!tls_visitor(c->tls, &visitor)) {
		conn_abort(c, "out of memory");
		return;
	}
	assert(c->state == CONN_ANSWER && !c->is_owed); /* asked once */
	c->is_owed = true;
	c->setup->handler(c->setup->handler_arg, c, &request);
}

/* The request line is whole. */
static void
conn_ask(struct conn *c)
{
	struct route route;
	struct response refusal;

	response_init(&refusal);
	if (!route_request(c->setup->config, c->setup->listen_port, tls_server_name(c->tls),
		c->request.line, c->request.len, &route, &refusal)) {
		conn_respond(c, &refusal);
		return;
	}
	if (route.is_titan && !route.titan.is_edit) {
		c->has_body_before = true;
		c->body_bytes = c->body_left = route.titan.size;
	}
	conn_call_handler(c, &route);
}

/* --- the answer ---------------------------------------------------------------------------- */

/* Encrypts the next record. */
static bool
encrypt_record(struct conn *c)
{
	char record[DELIVERY_RECORD_BYTES];
	const char *bytes;
	size_t len;

	if (!delivery_next(&c->delivery, record, &bytes, &len))
		return conn_abort(c, "file became shorter or unreadable while it was sent");
	assert(len > 0 && len <= sizeof(record));
	c->bytes += len;
	return tls_write(c->tls, bytes, len) || conn_abort(c, "out of memory");
}

/* Encrypts on until enough is pending, and says good-bye behind the last byte: in one go with it,
 * so that a short answer leaves in one segment, and never behind one that was cut. */
static void
conn_produce(struct conn *c)
{
	const void *ignored;

	while (!c->is_finished && tls_pending(c->tls, &ignored) < AHEAD_BYTES) {
		if (!encrypt_record(c))
			return;
		if (!delivery_is_over(&c->delivery))
			continue;
		if (!tls_shut(c->tls)) {
			conn_abort(c, "out of memory");
			return;
		}
		c->is_finished = true;
	}
}

/* --- one step for each state: takes what it can use of the bytes that came ----------------- */

/* Each returns whether the next state may have use for what is left of in. */
typedef bool step(struct conn *c, struct span *in);

static bool
step_proxy(struct conn *c, struct span *in)
{
	size_t used = 0;

	buffer_append(&c->proxy_header, in->bytes, in->len);
	if (c->proxy_header.failed)
		return conn_abort(c, "out of memory");
	switch (proxy_parse(c->proxy_header.data, c->proxy_header.len, &c->client, &used)) {
	case PROXY_MORE:
		return false;
	case PROXY_BAD:
		return conn_abort(c, "no PROXY header");
	case PROXY_LOCAL:
		c->is_proxy_itself = true;
		break;
	case PROXY_READY:
		break;
	}
	/* The header ends within in, or it would have ended before: what follows is TLS. */
	size_t rest = c->proxy_header.len - used;
	assert(used <= c->proxy_header.len && rest < in->len);
	in->bytes += in->len - rest;
	in->len = rest;
	conn_enter(c, CONN_HANDSHAKE);
	return rest > 0;
}

static bool
step_handshake(struct conn *c, struct span *in)
{
	const char *reason = NULL;

	if (!c->has_begun && in->bytes[0] != TLS_HANDSHAKE_BYTE)
		return conn_abort(c, "not TLS");
	c->has_begun = true;
	if (!tls_receive(c->tls, in->bytes, in->len))
		return conn_abort(c, "out of memory");
	in->len = 0;
	switch (tls_handshake(c->tls, &reason)) {
	case TLS_DONE:
		conn_enter(c, CONN_REQUEST);
		return true;
	case TLS_MORE:
		return false;
	case TLS_CLOSED:
		return conn_abort_tls(c, "peer left during the handshake");
	case TLS_FAILED:
		break;
	}
	return conn_abort_tls(c, reason);
}

/* The line is whole, or never will be. */
static bool
conn_take_line(struct conn *c)
{
	size_t end = c->request.len < URL_MAX ? c->request.len : URL_MAX;

	assert(c->request.verdict != REQUEST_MORE && !c->has_line);
	c->request.line[end] = '\0'; /* for the report */
	c->has_line = true;
	conn_enter(c, CONN_ANSWER);
	if (c->request.verdict == REQUEST_TOO_LONG)
		conn_answer(c, GEMINI_BAD_REQUEST, "The request is longer than 1024 bytes");
	else
		conn_ask(c);
	return false;
}

static bool
step_request(struct conn *c, struct span *in)
{
	char chunk[2 * URL_MAX];
	const char *reason = NULL;
	size_t len = 0;

	if (in->len > 0 && !tls_receive(c->tls, in->bytes, in->len))
		return conn_abort(c, "out of memory");
	in->len = 0;
	switch (tls_read(c->tls, chunk, sizeof(chunk), &len, &reason)) {
	case TLS_DONE:
		break;
	case TLS_MORE:
		return false;
	case TLS_CLOSED:
		return conn_abort_tls(c, "peer left before asking");
	case TLS_FAILED:
		return conn_abort_tls(c, reason);
	}
	size_t used = request_feed(&c->request, chunk, len);
	assert(used == len || c->request.verdict != REQUEST_MORE);
	if (c->request.verdict == REQUEST_MORE)
		return true;
	buffer_append(&c->ahead, chunk + used, len - used);
	return c->ahead.failed ? conn_abort(c, "out of memory") : conn_take_line(c);
}

/* Until somebody has agreed to take a body, what comes of it waits as it is. While an answer is
 * made nothing else matters. */
static bool
step_answer(struct conn *c, struct span *in)
{
	if (c->has_body_before && !tls_receive(c->tls, in->bytes, in->len))
		return conn_abort(c, "out of memory");
	return false;
}

/* --- a body -------------------------------------------------------------------------------- */

/* No more of it will come. */
static void
conn_cut_body(struct conn *c)
{
	char meta[128];

	assert(c->state == CONN_BODY && c->has_left);
	snprintf(meta, sizeof(meta),
	    "Send it again: only %" PRIu64 " of %" PRIu64 " bytes came, nothing was changed",
	    c->body_bytes - c->body_left, c->body_bytes);
	conn_answer(c, GEMINI_BAD_REQUEST, meta);
}

/* As much of it is here as will come for now. */
static bool
conn_end_body(struct conn *c)
{
	if (c->body_left > 0) {
		if (c->has_left)
			conn_cut_body(c);
		return false;
	}
	conn_enter(c, CONN_ANSWER);
	c->setup->body(c->setup->handler_arg, c, NULL, 0);
	return false;
}

/* Hands on the next bytes. What is sent beside them would be lost without a word if it were only
 * passed over. */
static bool
conn_pass_body(struct conn *c, const char *bytes, size_t len)
{
	if (len > c->body_left) {
		conn_answer(c, GEMINI_BAD_REQUEST,
		    "Send it again: more bytes came than size says, nothing was changed");
		return false;
	}
	c->body_left -= len;
	if (len > 0)
		c->setup->body(c->setup->handler_arg, c, bytes, len);
	return c->state == CONN_BODY;
}

static bool
step_body(struct conn *c, struct span *in)
{
	char part[DELIVERY_RECORD_BYTES];
	const char *reason = NULL;
	size_t len = 0;

	if (in->len > 0 && !tls_receive(c->tls, in->bytes, in->len))
		return conn_abort(c, "out of memory");
	in->len = 0;
	switch (tls_read(c->tls, part, sizeof(part), &len, &reason)) {
	case TLS_DONE:
		return conn_pass_body(c, part, len);
	case TLS_CLOSED:
		c->has_left = true;
		break;
	case TLS_MORE:
		break;
	case TLS_FAILED:
		return conn_abort_tls(c, reason);
	}
	return conn_end_body(c);
}

/* While the answer is made and sent nothing the peer says matters. */
static bool
step_ignore(struct conn *c, struct span *in)
{
	(void)c, (void)in;
	return false;
}

static bool
step_drain(struct conn *c, struct span *in)
{
	c->drained += in->len;
	c->drained_lately = true;
	if (c->drained > DRAIN_BYTES)
		conn_enter(c, CONN_ABORT);
	return false;
}

/* What is said when the time of a state is up, or the peer ends its side there. */
static const struct {
	step *step;
	const char *expired, *left; /* left NULL: goes on without the peer's side */
} states[] = {
    [CONN_PROXY] = {step_proxy, "no PROXY header in time", "peer left before the PROXY header"},
    [CONN_HANDSHAKE] = {step_handshake, "no handshake in time", "peer left during the handshake"},
    [CONN_REQUEST] = {step_request, "no request in time", "peer left before asking"},
    [CONN_ANSWER] = {step_answer, "no answer in time", NULL},
    [CONN_BODY] = {step_body, "no body in time", NULL},
    [CONN_RESPOND] = {step_ignore, "peer stopped reading", NULL},
    [CONN_DRAIN] = {step_drain, NULL, NULL},
    [CONN_ABORT] = {step_ignore, NULL, NULL},
};

/* --- what the owner calls ------------------------------------------------------------------ */

static void
set_client(struct conn *c, const struct sockaddr *peer)
{
	if (peer != NULL && peer->sa_family == AF_INET)
		memcpy(&c->client, peer, sizeof(struct sockaddr_in));
	else if (peer != NULL && peer->sa_family == AF_INET6)
		memcpy(&c->client, peer, sizeof(struct sockaddr_in6));
}

struct conn *
conn_new(const struct conn_setup *setup, const struct sockaddr *peer, void *tag)
{
	struct conn *c = calloc(1, sizeof(*c));

	if (c == NULL)
		return NULL;
	c->setup = setup;
	c->tag = tag;
	c->state = setup->proxy_protocol ? CONN_PROXY : CONN_HANDSHAKE;
	delivery_init(&c->delivery);
	set_client(c, peer);
	c->tls = tls_session_new(setup->tls);
	if (c->tls == NULL) {
		conn_free(c);
		return NULL;
	}
	conn_check(c);
	return c;
}

void
conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	conn_forget(c);
	tls_session_free(c->tls);
	delivery_done(&c->delivery);
	buffer_free(&c->ahead);
	buffer_free(&c->proxy_header);
	free(c);
}

void *
conn_tag(const struct conn *c)
{
	return c->tag;
}

void
conn_receive(struct conn *c, const void *bytes, size_t len)
{
	struct span in = {bytes, len};

	if (len == 0)
		return;
	do
		conn_check(c);
	while (states[c->state].step(c, &in));
	conn_check(c);
}

void
conn_receive_end(struct conn *c)
{
	const char *left = states[c->state].left;

	c->has_left = true;
	if (c->state == CONN_DRAIN)
		conn_enter(c, CONN_ABORT);
	else if (c->state == CONN_BODY)
		conn_cut_body(c);
	else if (left != NULL)
		conn_abort(c, c->is_proxy_itself ? NULL : left);
	conn_check(c);
}

size_t
conn_pending(struct conn *c, const void **out)
{
	*out = NULL;
	if (c->state == CONN_RESPOND)
		conn_produce(c);
	conn_check(c);
	return c->tls == NULL || c->is_mute ? 0 : tls_pending(c->tls, out);
}

void
conn_sent(struct conn *c, size_t len)
{
	const void *ignored;

	if (c->tls == NULL)
		return;
	tls_sent(c->tls, len);
	if (c->state == CONN_RESPOND && c->is_finished && tls_pending(c->tls, &ignored) == 0) {
		c->is_whole = true;
		conn_enter(c, CONN_DRAIN);
	}
	conn_check(c);
}

enum conn_state
conn_state(const struct conn *c)
{
	return c->state;
}

int
conn_timeout(const struct conn *c)
{
	const struct limits_config *limits = &c->setup->config->limits;

	switch (c->state) {
	case CONN_PROXY:
	case CONN_HANDSHAKE:
		return limits->handshake_timeout;
	case CONN_REQUEST:
	case CONN_BODY:
		return limits->request_timeout;
	case CONN_ANSWER:
		return CONN_ANSWER_SECONDS;
	case CONN_RESPOND:
		return limits->send_timeout;
	case CONN_DRAIN:
		return DRAIN_SECONDS;
	case CONN_ABORT:
		break;
	}
	return 0;
}

void
conn_expired(struct conn *c)
{
	if (c->state == CONN_DRAIN && c->drained_lately && ++c->drain_periods < DRAIN_PERIODS) {
		c->drained_lately = false;
		return;
	}
	if (c->state != CONN_ABORT)
		conn_abort(c, states[c->state].expired);
	conn_check(c);
}

bool
conn_wants_bytes(const struct conn *c)
{
	return c->state != CONN_ANSWER || !c->has_body_before;
}

uint64_t
conn_body_seconds(const struct conn *c)
{
	return BODY_GRACE_SECONDS + c->body_bytes / BODY_BYTES_SECOND;
}

void
conn_take_body(struct conn *c)
{
	struct buffer ahead = c->ahead;
	struct span none = {"", 0};

	if (c->state != CONN_ANSWER || !c->has_body_before)
		return;
	c->ahead = BUFFER_EMPTY;
	conn_enter(c, CONN_BODY);
	if (conn_pass_body(c, ahead.data, ahead.len))
		while (states[c->state].step(c, &none))
			;
	buffer_free(&ahead);
	conn_check(c);
}

void
conn_set_errand(struct conn *c, void *errand)
{
	c->errand = errand;
}

void *
conn_errand(const struct conn *c)
{
	return c->errand;
}

void
conn_respond(struct conn *c, struct response *r)
{
	c->is_owed = false;
	if (c->state != CONN_ANSWER && c->state != CONN_BODY) { /* given up in the meantime */
		response_free(r);
		return;
	}
	c->status = (int)r->status;
	if (!delivery_begin(&c->delivery, r)) {
		conn_abort(c, "out of memory");
		return;
	}
	conn_enter(c, CONN_RESPOND);
	conn_check(c);
}

const struct sockaddr_storage *
conn_client(const struct conn *c)
{
	return &c->client;
}

void
conn_report(const struct conn *c, struct conn_report *out)
{
	*out = (struct conn_report){
	    .url = c->has_line ? c->request.line : "-",
	    .status = c->bytes > 0 ? c->status : 0,
	    .bytes = c->bytes,
	    .is_whole = c->is_whole,
	    .trouble = c->trouble,
	};
}
