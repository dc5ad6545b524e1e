#include "net/conn.h"

#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "gemini/request.h"
#include "net/proxy.h"

#define TLS_HANDSHAKE_BYTE 0x16         /* what every TLS connection begins with */
#define RECORD_BYTES       (16 * 1024)  /* plaintext of a full TLS record */
#define AHEAD_BYTES        RECORD_BYTES /* with less than this pending, the next record is made */
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
	bool is_refused;            /* response is the answer, whatever is asked */
	bool is_finished;           /* all of the answer, close_notify included, is pending */
	bool is_whole;              /* and was sent */
	bool is_mute;               /* not another byte */
	const char *trouble;        /* static text */
	struct request_line request;
	struct response response;
	struct buffer head;
	struct span head_rest; /* of the answer, what is not yet encrypted: head, */
	struct span body_rest; /* body, and then the file */
	off_t file_offset;
	int status;     /* that was sent */
	uint64_t bytes; /* of the answer, encrypted so far */
	uint64_t drained;
	bool drained_lately; /* since the last period began */
	int drain_periods;   /* that are over */
};

/* The one gate between states: lets go of what only the old one needed. */
static void
conn_enter(struct conn *c, enum conn_state state)
{
	if (c->state == CONN_PROXY)
		buffer_free(&c->proxy_header);
	if (state == CONN_DRAIN) { /* may last: keep neither TLS nor an open file for it */
		response_free(&c->response);
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

	response_init(&r);
	response_set(&r, status, "%s", meta);
	conn_respond(c, &r);
}

static bool
is_port_ours(const struct conn *c, const struct capsule_config *capsule, int port)
{
	int listen_port = c->setup->listen_port;

	if (port <= 0) /* none written; 0 is nobody's, though it means "any" and "none" below */
		return port == -1;
	return listen_port == 0 || port == listen_port || port == capsule->port;
}

/* Some clients send an address as server name, which RFC 6066 does not allow: it means nothing. */
static bool
is_address(const char *name)
{
	return strchr(name, ':') != NULL || name[strspn(name, "0123456789.")] == '\0';
}

/* Whether the name asked for in the handshake, if any, is the URL's or another of its capsule's
 * (protocol notes A.2, rule 7). */
static bool
is_server_name_of(struct conn *c, const struct capsule_config *capsule)
{
	const char *name = tls_server_name(c->tls);

	return is_address(name) || config_capsule(c->setup->config, name) == capsule;
}

/* The URL is well formed: is it one of ours? */
static void
conn_route(struct conn *c, const struct url *url)
{
	const struct capsule_config *capsule = config_capsule(c->setup->config, url->host);
	struct tls_peer peer;

	if (capsule == NULL)
		conn_answer(c, GEMINI_PROXY_REFUSED, "This host is not served here");
	else if (!is_port_ours(c, capsule, url->port))
		conn_answer(c, GEMINI_PROXY_REFUSED, "This port is not served here");
	else if (!is_server_name_of(c, capsule))
		conn_answer(c, GEMINI_PROXY_REFUSED, "The TLS server name is not the URL's host");
	else if (url->scheme == URL_TITAN)
		conn_answer(c, GEMINI_PROXY_REFUSED, "Uploads are not possible here");
	else if (!tls_peer(c->tls, &peer))
		conn_abort(c, "out of memory");
	else
		c->setup->handler(c->setup->handler_arg, c, capsule, url, &peer);
}

/* The request line is whole: line[0..len). */
static void
conn_ask(struct conn *c)
{
	struct url url;
	char reason[128];

	switch (url_parse(c->request.line, c->request.len, &url, reason, sizeof(reason))) {
	case URL_OK:
		conn_route(c, &url);
		break;
	case URL_MALFORMED:
		conn_answer(c, GEMINI_BAD_REQUEST, reason);
		break;
	case URL_FOREIGN:
		conn_answer(c, GEMINI_PROXY_REFUSED, "Only gemini:// is served here");
		break;
	}
}

/* --- the answer ---------------------------------------------------------------------------- */

static size_t
span_take(struct span *from, char *out, size_t space)
{
	size_t len = from->len < space ? from->len : space;

	if (len == 0) /* and bytes perhaps NULL */
		return 0;
	memcpy(out, from->bytes, len);
	from->bytes += len;
	from->len -= len;
	return len;
}

static bool
file_is_done(const struct conn *c)
{
	return c->response.file_fd == -1 || c->file_offset >= c->response.file_bytes;
}

/* Reads on in the file, if one belongs to the answer. False when it is shorter than promised or
 * cannot be read. */
static bool
file_take(struct conn *c, char *out, size_t space, size_t *out_len)
{
	off_t left = c->response.file_bytes - c->file_offset;
	ssize_t len;

	*out_len = 0;
	if (space == 0 || file_is_done(c))
		return true;
	if ((off_t)space > left)
		space = (size_t)left;
	do
		len = pread(c->response.file_fd, out, space, c->file_offset);
	while (len == -1 && errno == EINTR);
	if (len <= 0)
		return false;
	c->file_offset += len;
	*out_len = (size_t)len;
	return true;
}

static bool
encrypt(struct conn *c, const char *bytes, size_t len)
{
	c->bytes += len;
	return tls_write(c->tls, bytes, len) || conn_abort(c, "out of memory");
}

/* Encrypts the next record: of head, body and file what fits. Only a full record's worth of body
 * is worth the detour around the copy. */
static bool
encrypt_record(struct conn *c)
{
	char record[RECORD_BYTES];
	size_t len = 0, file_len;

	if (c->head_rest.len == 0 && c->body_rest.len >= sizeof(record)) {
		const char *bytes = c->body_rest.bytes;
		c->body_rest.bytes += sizeof(record);
		c->body_rest.len -= sizeof(record);
		return encrypt(c, bytes, sizeof(record));
	}
	len += span_take(&c->head_rest, record, sizeof(record));
	len += span_take(&c->body_rest, record + len, sizeof(record) - len);
	if (!file_take(c, record + len, sizeof(record) - len, &file_len))
		return conn_abort(c, "file became shorter or unreadable while it was sent");
	return encrypt(c, record, len + file_len);
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
		if (c->head_rest.len > 0 || c->body_rest.len > 0 || !file_is_done(c))
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

	c->request.line[end] = '\0'; /* for the report */
	c->has_line = true;
	conn_enter(c, CONN_ANSWER);
	if (c->is_refused)
		conn_respond(c, &c->response);
	else if (c->request.verdict == REQUEST_TOO_LONG)
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
	request_feed(&c->request, chunk, len); /* what follows the line is nobody's */
	return c->request.verdict == REQUEST_MORE || conn_take_line(c);
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
    [CONN_ANSWER] = {step_ignore, "no answer in time", NULL},
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
	c->response.file_fd = -1;
	set_client(c, peer);
	c->tls = tls_session_new(setup->tls);
	if (c->tls == NULL) {
		conn_free(c);
		return NULL;
	}
	return c;
}

void
conn_free(struct conn *c)
{
	if (c == NULL)
		return;
	tls_session_free(c->tls);
	response_free(&c->response);
	buffer_free(&c->head);
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
	while (states[c->state].step(c, &in))
		;
}

void
conn_receive_end(struct conn *c)
{
	const char *left = states[c->state].left;

	if (c->state == CONN_DRAIN)
		conn_enter(c, CONN_ABORT);
	else if (left != NULL)
		conn_abort(c, c->is_proxy_itself ? NULL : left);
}

size_t
conn_pending(struct conn *c, const void **out)
{
	*out = NULL;
	if (c->state == CONN_RESPOND)
		conn_produce(c);
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
		return limits->request_timeout;
	case CONN_ANSWER:
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
	if (c->state == CONN_DRAIN)
		conn_enter(c, CONN_ABORT);
	else if (c->state != CONN_ABORT)
		conn_abort(c, states[c->state].expired);
}

void
conn_respond(struct conn *c, struct response *r)
{
	struct response taken = *r;

	response_init(r);
	if (c->state != CONN_ANSWER) { /* given up in the meantime */
		response_free(&taken);
		return;
	}
	response_free(&c->response);
	c->response = taken;
	c->status = (int)taken.status;
	response_head(&c->response, &c->head);
	if (c->head.failed) {
		conn_abort(c, "out of memory");
		return;
	}
	c->head_rest = (struct span){c->head.data, c->head.len};
	c->body_rest = (struct span){c->response.body.data, c->response.body.len};
	conn_enter(c, CONN_RESPOND);
}

const struct sockaddr_storage *
conn_client(const struct conn *c)
{
	return &c->client;
}

void
conn_refuse(struct conn *c, enum gemini_status status, const char *meta)
{
	switch (c->state) {
	case CONN_PROXY:
	case CONN_HANDSHAKE:
		conn_abort(c, "refused");
		break;
	case CONN_REQUEST:
		response_set(&c->response, status, "%s", meta);
		c->is_refused = true;
		break;
	case CONN_ANSWER:
		conn_answer(c, status, meta);
		break;
	case CONN_RESPOND:
	case CONN_DRAIN:
	case CONN_ABORT:
		break; /* too late to matter */
	}
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
