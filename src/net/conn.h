/*
 * conn - one connection as a pure machine: bytes in, bytes out, no socket, no clock, no log.
 *
 *   PROXY (if configured) -> HANDSHAKE -> REQUEST -> ANSWER -> RESPOND -> DRAIN
 *            an upload, once the handler wants it:  -> BODY -> ANSWER
 *                                  any of them -> ABORT
 *
 * The owner moves bytes: it feeds what came, sends what conn_pending() gives, and after each call
 * looks at conn_state(). Deadlines are the owner's too: conn_timeout() says how long the present
 * state may last, and conn_expired() what happens then.
 */
#ifndef NET_CONN_H
#define NET_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "config/config.h"
#include "gemini/response.h"
#include "gemini/titan.h"
#include "gemini/url.h"
#include "gemini/visitor.h"
#include "net/tls.h"

#define CONN_ANSWER_SECONDS 15 /* a handler that has not answered by then never will */

enum conn_state {
	CONN_PROXY,     /* waiting for the PROXY protocol header */
	CONN_HANDSHAKE, /* TLS */
	CONN_REQUEST,   /* waiting for the request line */
	CONN_ANSWER,    /* the handler has not answered yet */
	CONN_BODY,      /* an upload's body comes */
	CONN_RESPOND,   /* answer on its way: keep sending what is pending */
	CONN_DRAIN,     /* all was sent: send FIN, then feed what the peer still sends, which is
			 * discarded, until it ends or the time is up (a close with unread bytes
			 * would take the answer back from the peer) */
	CONN_ABORT,     /* close now, without another byte but those pending (a TLS alert) */
};

struct conn;

/* What is asked; borrowed until the handler returns. */
struct conn_request {
	const char *line; /* as it came, without CRLF; not NUL-terminated */
	size_t line_len;
	const struct capsule_config *capsule;
	const struct url *url;
	const struct titan *titan; /* NULL for gemini:// */
	const struct visitor *visitor;
};

/* Called once a request line is whole and well formed for us (host, port and Titan parameters
 * included). The handler calls conn_respond() before it returns or later; it may keep conn until
 * then, or until it is told to forget it. To see the body of an upload first it calls
 * conn_take_body(). */
typedef void conn_handler(void *arg, struct conn *conn, const struct conn_request *request);
/* The next len bytes of the body, as many in all as its size says; len 0: that was the last of
 * it, and now conn_respond() is due. It may come earlier too: the rest is then discarded. */
typedef void conn_body(void *arg, struct conn *conn, const char *bytes, size_t len);
/* The handler's answer is no longer waited for: the body was cut short or too long (which conn
 * answers itself), time is up, or the connection is gone. */
typedef void conn_forgotten(void *arg, struct conn *conn);

/* Shared by all connections of a listener; borrowed by each for its life. */
struct conn_setup {
	const struct config *config;
	struct tls *tls;
	bool proxy_protocol; /* a header must come first */
	int listen_port;     /* the port that URLs may name beside a capsule's public one; 0: any */
	conn_handler *handler;
	conn_body *body;        /* NULL with a handler that takes none */
	conn_forgotten *forget; /* NULL with a handler that keeps no connection */
	void *handler_arg;      /* of these three */
};

/* peer is where the TCP connection comes from (an AF_UNIX one has none). The tag is the owner's.
 * NULL if out of memory. */
struct conn *conn_new(const struct conn_setup *setup, const struct sockaddr *peer, void *tag);
void conn_free(struct conn *conn);
void *conn_tag(const struct conn *conn);

/* Bytes from the network; all are taken. */
void conn_receive(struct conn *conn, const void *bytes, size_t len);
/* The peer ended its side (FIN). A whole request is still answered. */
void conn_receive_end(struct conn *conn);

/* Bytes for the network: borrowed until the next call on conn (while in CONN_RESPOND they stay
 * where they are over conn_receive()). Produces the next records of a long body as it is emptied,
 * about 16 KB at a time, 32 KB at most. 0 when there is nothing to send now. */
size_t conn_pending(struct conn *conn, const void **out);
/* The front len of them were handed to the network. */
void conn_sent(struct conn *conn, size_t len);

enum conn_state conn_state(const struct conn *conn);
/* Seconds the present state may last since it was entered (in BODY and RESPOND: since bytes last
 * moved). */
int conn_timeout(const struct conn *conn);
/* Seconds that CONN_BODY may last in all. */
uint64_t conn_body_seconds(const struct conn *conn);
/* Whether bytes are of use now. Not while the handler thinks about an upload: left where they are
 * they slow the peer down; those that are fed nevertheless are kept. */
bool conn_wants_bytes(const struct conn *conn);
/* The time is up: no bytes are written; the state becomes CONN_ABORT. A CONN_DRAIN in which the
 * peer still sends stays what it is, a few times, and the timer is to be armed again. */
void conn_expired(struct conn *conn);

/* Lets the body of an upload come. May call the setup's body() at once, and as often as there are
 * parts. Does nothing when the connection was given up in the meantime. */
void conn_take_body(struct conn *conn);

/* A pointer of the handler's own, kept beside the connection. */
void conn_set_errand(struct conn *conn, void *errand);
void *conn_errand(const struct conn *conn); /* NULL at first */

/* Answers the request. Takes over r's body and descriptor and leaves r empty. Does nothing else
 * when the connection was given up in the meantime. */
void conn_respond(struct conn *conn, struct response *r);

/* Where the client really is (from the PROXY header if there was one): family AF_UNSPEC if
 * unknown. Valid once past CONN_PROXY. */
const struct sockaddr_storage *conn_client(const struct conn *conn);

/* For the access log. url is "-" when no request line came. */
struct conn_report {
	const char *url;     /* borrowed; as it came, maybe hostile */
	int status;          /* 0: none was sent */
	uint64_t bytes;      /* of the answer, head included */
	bool is_whole;       /* everything, close_notify included, was handed to the network */
	const char *trouble; /* static text, or NULL: why it was aborted */
};
void conn_report(const struct conn *conn, struct conn_report *out);

#endif
