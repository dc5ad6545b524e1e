/*
 * tls - the one room's file that knows OpenSSL: identities by SNI, sessions over memory buffers.
 *
 * TLS 1.2 and 1.3, no renegotiation, no compression, no early data; a client certificate is asked
 * for and any is accepted (who it is gets checked on each request); sessions resume with stateless
 * tickets shared by all workers, one ticket a handshake. Protocol notes A.5, platform notes 9.
 */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"
#include "gemini/visitor.h"

#define TLS_TICKET_KEY_BYTES 80 /* name, cipher key and MAC key, as OpenSSL wants them */

struct tls;         /* the server's identities; immutable after tls_open() */
struct tls_session; /* one connection's TLS state */

/* Loads certificate and key of every capsule, and the authorities of zones: call before privileges
 * are dropped. All workers must get the same ticket key, or sessions resume in one of them alone.
 */
struct tls *tls_open(const struct config *config,
    const uint8_t ticket_key[static TLS_TICKET_KEY_BYTES], struct error *err);
void tls_close(struct tls *tls);

struct tls_session *tls_session_new(struct tls *tls); /* NULL if out of memory */
void tls_session_free(struct tls_session *s);

enum tls_result {
	TLS_DONE,   /* the handshake is complete; or bytes were read */
	TLS_MORE,   /* bytes from the peer are needed */
	TLS_CLOSED, /* the peer sent close_notify */
	TLS_FAILED, /* protocol error: *reason is a short static text for the log */
};

/* Hands over ciphertext from the network: all of it is taken. False if out of memory. */
bool tls_receive(struct tls_session *s, const void *bytes, size_t len);
/* Ciphertext waiting for the network: borrowed until the next call; tls_sent() drops its front. */
size_t tls_pending(struct tls_session *s, const void **out);
void tls_sent(struct tls_session *s, size_t len);

enum tls_result tls_handshake(struct tls_session *s, const char **reason);
enum tls_result tls_read(
    struct tls_session *s, void *out, size_t size, size_t *out_len, const char **reason);
/* Encrypts all of it into the pending bytes. False if out of memory: the session is of no use
 * then. */
bool tls_write(struct tls_session *s, const void *bytes, size_t len);
/* Adds close_notify to the pending bytes. False as above. */
bool tls_shut(struct tls_session *s);

/* Who the peer is, once the handshake is done; a date that is none lets nobody in. Works out the
 * fingerprints: call it once. False if out of memory. */
bool tls_visitor(struct tls_session *s, struct visitor *out);
/* The name asked for by SNI, lower case, "" without one. */
const char *tls_server_name(struct tls_session *s);

#endif
