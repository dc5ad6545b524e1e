/*
 * peer.h - the other end for tests of net/: certificates made on the spot, a configuration of two
 * capsules that use them, and a TLS client whose bytes go through memory instead of a socket.
 * What fails here is a fault of the test or of the machine it runs on: it aborts.
 */
#ifndef TESTS_PEER_H
#define TESTS_PEER_H

#include <assert.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "config/config.h"
#include "net/conn.h"
#include "net/tls.h"

/* --- certificates -------------------------------------------------------------------------- */

struct identity {
	X509 *certificate;
	EVP_PKEY *key;
};

#define DAY (24L * 60 * 60)

/* Self-signed, valid from now plus begins to now plus ends (seconds). rsa_bits 0: P-256. */
static inline struct identity
identity_new(const char *host, unsigned rsa_bits, const EVP_MD *digest, long begins, long ends)
{
	struct identity id = {.certificate = X509_new()};
	X509_NAME *name = X509_get_subject_name(id.certificate);
	char san[300];

	id.key = rsa_bits > 0 ? EVP_RSA_gen(rsa_bits) : EVP_EC_gen("P-256");
	assert(id.key != NULL && X509_set_version(id.certificate, X509_VERSION_3) == 1);
	X509_gmtime_adj(X509_getm_notBefore(id.certificate), begins);
	X509_gmtime_adj(X509_getm_notAfter(id.certificate), ends);
	X509_NAME_add_entry_by_txt(
	    name, "CN", MBSTRING_UTF8, (const unsigned char *)host, -1, -1, 0);
	X509_set_issuer_name(id.certificate, name);
	X509_set_pubkey(id.certificate, id.key);
	snprintf(san, sizeof(san), "DNS:%s", host);
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, NULL, NID_subject_alt_name, san);
	X509_add_ext(id.certificate, extension, -1);
	X509_EXTENSION_free(extension);
	int signature_bytes = X509_sign(id.certificate, id.key, digest);
	assert(signature_bytes > 0);
	return id;
}

static inline struct identity
identity_usual(const char *host)
{
	return identity_new(host, 0, EVP_sha256(), -DAY, 365 * DAY);
}

static inline void
identity_done(struct identity *id)
{
	X509_free(id->certificate);
	EVP_PKEY_free(id->key);
}

static inline void
identity_save(const struct identity *id, const char *certificate_path, const char *key_path)
{
	FILE *certificate = fopen(certificate_path, "w"), *key = fopen(key_path, "w");

	assert(certificate != NULL && key != NULL);
	int ok = PEM_write_X509(certificate, id->certificate) &
		 PEM_write_PKCS8PrivateKey(key, id->key, NULL, NULL, 0, NULL, NULL);
	assert(ok == 1);
	fclose(certificate);
	fclose(key);
}

/* --- a server of two capsules -------------------------------------------------------------- */

static const uint8_t peer_ticket_key[TLS_TICKET_KEY_BYTES] = "the same for all workers";

/* a.test (also called alias.test) and b.test, in a temporary folder. */
struct press_room {
	char folder[64];
	char files[4][96]; /* certificate and key of a.test, then of b.test */
	char *alias;
	struct capsule_config capsules[2];
	struct config config;
};

static inline void
press_room_open(struct press_room *room)
{
	static char hosts[2][8] = {"a.test", "b.test"}, alias[] = "alias.test";

	*room = (struct press_room){.folder = "/tmp/broadsheet-test-XXXXXX", .alias = alias};
	char *made = mkdtemp(room->folder);
	assert(made != NULL);
	for (size_t i = 0; i < 2; i++) {
		struct identity id = identity_usual(hosts[i]);
		char *certificate = room->files[2 * i], *key = room->files[2 * i + 1];
		snprintf(certificate, 96, "%s/%s.crt", room->folder, hosts[i]);
		snprintf(key, 96, "%s/%s.key", room->folder, hosts[i]);
		identity_save(&id, certificate, key);
		identity_done(&id);
		room->capsules[i] = (struct capsule_config){
		    .host = hosts[i], .certificate = certificate, .key = key};
	}
	room->capsules[0].aliases = (struct strings){.items = &room->alias, .count = 1};
	room->config = (struct config){
	    .capsules = room->capsules,
	    .capsule_count = 2,
	    .limits = {.handshake_timeout = 11, .request_timeout = 12, .send_timeout = 13},
	};
}

static inline void
press_room_close(struct press_room *room)
{
	for (size_t i = 0; i < 4; i++)
		unlink(room->files[i]);
	rmdir(room->folder);
}

/* --- a client over memory ------------------------------------------------------------------ */

static inline SSL_CTX *
client_context(int version, const struct identity *id)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	assert(context != NULL);
	SSL_CTX_set_min_proto_version(context, version);
	SSL_CTX_set_max_proto_version(context, version);
	SSL_CTX_set_security_level(context, 0); /* some tests show weak certificates */
	if (id != NULL) {
		int ok = SSL_CTX_use_certificate(context, id->certificate) &
			 SSL_CTX_use_PrivateKey(context, id->key);
		assert(ok == 1);
	}
	return context;
}

struct client {
	SSL *ssl;
	BIO *in, *out;        /* the ssl's; bytes that come from the server, that go there */
	char got[256 * 1024]; /* what the server said */
	size_t got_len;
	bool is_closed; /* close_notify came */
	bool is_failed;
};

/* host NULL: without a server name. session NULL: a new one. */
static inline struct client *
client_new(SSL_CTX *context, const char *host, SSL_SESSION *session)
{
	struct client *c = calloc(1, sizeof(*c));

	assert(c != NULL);
	c->ssl = SSL_new(context);
	c->in = BIO_new(BIO_s_mem());
	c->out = BIO_new(BIO_s_mem());
	assert(c->ssl != NULL && c->in != NULL && c->out != NULL);
	SSL_set_bio(c->ssl, c->in, c->out);
	SSL_set_connect_state(c->ssl);
	if (host != NULL)
		SSL_set_tlsext_host_name(c->ssl, host);
	if (session != NULL)
		SSL_set_session(c->ssl, session);
	return c;
}

static inline void
client_free(struct client *c)
{
	/* A session of an SSL that was not shut down counts as broken and is not resumed. */
	SSL_set_shutdown(c->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(c->ssl);
	free(c);
}

/* Handshakes and reads, as far as what came allows. */
static inline void
client_work(struct client *c)
{
	size_t len;

	while (!c->is_closed && !c->is_failed) {
		ERR_clear_error();
		int status =
		    SSL_read_ex(c->ssl, c->got + c->got_len, sizeof(c->got) - 1 - c->got_len, &len);
		if (status == 1) {
			c->got_len += len;
			continue;
		}
		int reason = SSL_get_error(c->ssl, status);
		c->is_closed = reason == SSL_ERROR_ZERO_RETURN;
		c->is_failed = reason == SSL_ERROR_SSL;
		break;
	}
	ERR_clear_error();
}

/* Encrypts bytes as one record; they leave with the next pump. */
static inline void
client_say(struct client *c, const void *bytes, size_t len)
{
	size_t written;
	int ok = SSL_write_ex(c->ssl, bytes, len, &written);

	assert(ok == 1 && written == len);
}

/* Moves what the client has to send to conn, at most chunk bytes at a time. True if any. */
static inline bool
pump_up(struct client *c, struct conn *conn, size_t chunk)
{
	char bytes[32 * 1024];
	int len;
	bool moved = false;

	if (chunk > sizeof(bytes))
		chunk = sizeof(bytes);
	while ((len = BIO_read(c->out, bytes, (int)chunk)) > 0) {
		char *exact = malloc((size_t)len); /* so that a sanitizer sees who reads on */
		assert(exact != NULL);
		memcpy(exact, bytes, (size_t)len);
		conn_receive(conn, exact, (size_t)len);
		free(exact);
		moved = true;
	}
	return moved;
}

/* Moves what conn has to send to the client, at most chunk bytes at a time. True if any. */
static inline bool
pump_down(struct client *c, struct conn *conn, size_t chunk)
{
	const void *bytes;
	size_t len;
	bool moved = false;

	while ((len = conn_pending(conn, &bytes)) > 0) {
		if (len > chunk)
			len = chunk;
		int written = BIO_write(c->in, bytes, (int)len);
		assert(written == (int)len);
		conn_sent(conn, len);
		moved = true;
		client_work(c);
	}
	return moved;
}

/* Lets the two talk until neither has anything to say. */
static inline void
pump_by(struct client *c, struct conn *conn, size_t chunk)
{
	bool moved;

	client_work(c);
	do {
		moved = pump_up(c, conn, chunk);
		moved = pump_down(c, conn, chunk) || moved;
	} while (moved);
	c->got[c->got_len] = '\0';
}

static inline void
pump(struct client *c, struct conn *conn)
{
	pump_by(c, conn, 32 * 1024);
}

#endif
