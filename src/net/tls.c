#include "net/tls.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "base/buffer.h"
#include "base/encode.h"
#include "base/text.h"
#include "net/authority.h"

#define SERVER_NAME_MAX 255 /* bytes of an SNI host name, as OpenSSL has it */
/* Bytes of ciphertext that may wait: who reads nothing but keeps asking for key updates does not
 * fill our memory. */
#define PENDING_MAX (96 * 1024)
/* Bytes of the certificates that a client sends: its own and those of some authorities above it.
 * As objects they are many times that. */
#define CLIENT_CHAIN_MAX (16 * 1024)

/* Cheapest first: what we prefer decides, unless a client without AES hardware prefers ChaCha. */
#define SUITES_13 "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
#define SUITES_12 "ECDHE+AES128+AESGCM:ECDHE+AESGCM:ECDHE+CHACHA20"
/* The hybrid protects readers of today from machines of tomorrow; older libraries lack it. */
#define GROUPS        "X25519:P-256:P-384"
#define GROUPS_HYBRID "X25519MLKEM768:" GROUPS

struct tls {
	const struct config *config;
	BIO_METHOD *transport;
	SSL_CTX **contexts; /* one a capsule, in the order of the configuration */
	struct authorities *authorities;
};

struct tls_session {
	const struct tls *tls; /* borrowed */
	SSL *ssl;
	struct buffer in; /* from the network; in_read bytes of it were consumed */
	size_t in_read;
	struct buffer out; /* for the network; out_sent bytes of it are gone */
	size_t out_sent;
	char server_name[SERVER_NAME_MAX + 1];
};

/* --- the transport: a BIO over a session's two buffers ------------------------------------- */

static int
transport_read(BIO *bio, char *out, int size)
{
	struct tls_session *s = BIO_get_data(bio);
	size_t len = s->in.len - s->in_read;

	assert(s->in_read <= s->in.len);
	BIO_clear_retry_flags(bio);
	if (len == 0) {
		BIO_set_retry_read(bio);
		return -1;
	}
	if (len > (size_t)size)
		len = (size_t)size;
	memcpy(out, s->in.data + s->in_read, len);
	s->in_read += len;
	if (s->in_read == s->in.len) { /* an idle connection holds no buffer */
		buffer_free(&s->in);
		s->in_read = 0;
	}
	return (int)len;
}

static int
transport_write(BIO *bio, const char *bytes, int len)
{
	struct tls_session *s = BIO_get_data(bio);

	assert(s->out_sent <= s->out.len);
	BIO_clear_retry_flags(bio);
	if (s->out.len - s->out_sent > PENDING_MAX)
		return -1;
	buffer_append(&s->out, bytes, (size_t)len);
	return s->out.failed ? -1 : len;
}

static long
transport_control(BIO *bio, int command, long number, void *pointer)
{
	(void)bio, (void)number, (void)pointer;
	return command == BIO_CTRL_FLUSH; /* nothing is held back; nothing else is supported */
}

static BIO_METHOD *
transport_new(void)
{
	BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "broadsheet");

	if (method == NULL)
		return NULL;
	if (BIO_meth_set_read(method, transport_read) != 1 ||
	    BIO_meth_set_write(method, transport_write) != 1 ||
	    BIO_meth_set_ctrl(method, transport_control) != 1) {
		BIO_meth_free(method);
		return NULL;
	}
	return method;
}

/* --- identities ---------------------------------------------------------------------------- */

/* What OpenSSL has to say about the root of a failure; static text. */
static const char *
library_reason(void)
{
	const char *reason = ERR_reason_error_string(ERR_peek_error());

	return reason != NULL ? reason : "TLS failure";
}

static FILE *
open_file(const char *what, const char *path, struct error *err)
{
	FILE *file = fopen(path, "re");

	if (file == NULL)
		error_set(err, "%s %s: %s", what, path, strerror(errno));
	return file;
}

static int
refuse_passphrase(char *out, int size, int is_for_writing, void *was_asked)
{
	(void)out, (void)size, (void)is_for_writing;
	*(bool *)was_asked = true;
	return -1;
}

/* The one place where a private key enters this process. The caller frees it. */
static EVP_PKEY *
load_key(const char *path, struct error *err)
{
	FILE *file = open_file("key", path, err);
	bool is_encrypted = false;
	EVP_PKEY *key;

	if (file == NULL)
		return NULL;
	ERR_clear_error();
	key = PEM_read_PrivateKey(file, NULL, refuse_passphrase, &is_encrypted);
	fclose(file);
	if (key == NULL && is_encrypted)
		error_set(err, "key %s: is encrypted; expected a key without a passphrase", path);
	else if (key == NULL)
		error_set(
		    err, "key %s: expected a private key in PEM form (%s)", path, library_reason());
	return key;
}

/* The file's first certificate is ours, those behind it are sent along. */
static bool
load_certificate(SSL_CTX *context, const char *path, struct error *err)
{
	FILE *file = open_file("certificate", path, err);

	if (file == NULL)
		return false;
	fclose(file);
	ERR_clear_error();
	if (SSL_CTX_use_certificate_chain_file(context, path) != 1)
		return error_set(err, "certificate %s: expected a certificate in PEM form (%s)",
		    path, library_reason());
	return true;
}

static bool
load_identity(SSL_CTX *context, const struct capsule_config *capsule, struct error *err)
{
	EVP_PKEY *key;
	bool ok = false;

	if (!load_certificate(context, capsule->certificate, err))
		return false;
	key = load_key(capsule->key, err);
	if (key == NULL)
		return false;
	ERR_clear_error();
	if (X509_check_private_key(SSL_CTX_get0_certificate(context), key) != 1)
		error_set(err, "key %s: does not belong to certificate %s", capsule->key,
		    capsule->certificate);
	else if (SSL_CTX_use_PrivateKey(context, key) != 1)
		error_set(err, "key %s: %s", capsule->key, library_reason());
	else
		ok = true;
	EVP_PKEY_free(key);
	return ok;
}

/* Any certificate will do in the handshake: most are self-signed, and whether one is known and
 * in date is for each request to say, as resumed sessions never come through here. */
static int
accept_any_certificate(X509_STORE_CTX *store, void *arg)
{
	(void)arg;
	X509_STORE_CTX_set_error(store, X509_V_OK);
	return 1;
}

static bool
set_algorithms(SSL_CTX *context)
{
	if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) != 1 ||
	    SSL_CTX_set_ciphersuites(context, SUITES_13) != 1 ||
	    SSL_CTX_set_cipher_list(context, SUITES_12) != 1)
		return false;
	return SSL_CTX_set1_groups_list(context, GROUPS_HYBRID) == 1 ||
	       SSL_CTX_set1_groups_list(context, GROUPS) == 1;
}

/* Sessions live in tickets alone. The session ID context binds them to the capsule: one that was
 * made for another host starts afresh. */
static bool
set_sessions(SSL_CTX *context, const char *host, const uint8_t *ticket_key)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned digest_len = 0;

	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_max_early_data(context, 0);
	SSL_CTX_set_recv_max_early_data(context, 0);
	/* OpenSSL reads the key only, but has no const to say so. */
	return EVP_Digest(host, strlen(host), digest, &digest_len, EVP_sha256(), NULL) == 1 &&
	       SSL_CTX_set_session_id_context(context, digest, digest_len) == 1 &&
	       SSL_CTX_set_num_tickets(context, 1) == 1 &&
	       SSL_CTX_set_tlsext_ticket_keys(
		   context, (void *)(uintptr_t)ticket_key, TLS_TICKET_KEY_BYTES) == 1;
}

static SSL_CTX *
context_new(const struct capsule_config *capsule, const uint8_t *ticket_key, struct error *err)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	if (context == NULL || !set_algorithms(context) ||
	    !set_sessions(context, capsule->host, ticket_key)) {
		error_set(err, "TLS for %s: %s", capsule->host, library_reason());
		goto failed;
	}
	SSL_CTX_set_options(context,
	    SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF |
		SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_PRIORITIZE_CHACHA);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
	SSL_CTX_set_max_cert_list(context, CLIENT_CHAIN_MAX);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(context, accept_any_certificate, NULL);
	if (!load_identity(context, capsule, err))
		goto failed;
	return context;
failed:
	SSL_CTX_free(context);
	return NULL;
}

/* Copies the host name of a server_name extension (RFC 6066 section 3) in lower case; out stays
 * "" if there is none that makes sense (OpenSSL refuses what is malformed a moment later). */
static void
read_server_name(const unsigned char *extension, size_t len, char out[SERVER_NAME_MAX + 1])
{
	size_t name_len;

	if (len < 5 || extension[2] != TLSEXT_NAMETYPE_host_name)
		return;
	name_len = (size_t)(extension[3] << 8 | extension[4]);
	if (name_len > len - 5 || name_len > SERVER_NAME_MAX)
		return;
	assert(name_len < SERVER_NAME_MAX + 1);
	for (size_t i = 0; i < name_len; i++)
		out[i] = (char)tolower(extension[5 + i]);
	out[name_len] = '\0';
}

/* Runs before OpenSSL looks for a session to resume, unlike its server name callback: so the
 * session is looked at with the eyes of the capsule that was asked for. */
static int
choose_identity(SSL *ssl, int *alert, void *arg)
{
	const struct tls *tls = arg;
	struct tls_session *s = SSL_get_app_data(ssl);
	const struct capsule_config *capsule;
	const unsigned char *extension;
	size_t len;

	if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &extension, &len) != 1)
		return SSL_CLIENT_HELLO_SUCCESS;
	read_server_name(extension, len, s->server_name);
	capsule = config_capsule(tls->config, s->server_name);
	if (capsule == NULL || capsule == tls->config->capsules)
		return SSL_CLIENT_HELLO_SUCCESS; /* the first capsule's identity is the default */
	assert(capsule > tls->config->capsules);
	assert((size_t)(capsule - tls->config->capsules) < tls->config->capsule_count);
	if (SSL_set_SSL_CTX(ssl, tls->contexts[capsule - tls->config->capsules]) == NULL) {
		*alert = SSL_AD_INTERNAL_ERROR;
		return SSL_CLIENT_HELLO_ERROR;
	}
	return SSL_CLIENT_HELLO_SUCCESS;
}

struct tls *
tls_open(const struct config *config, const uint8_t ticket_key[static TLS_TICKET_KEY_BYTES],
    struct error *err)
{
	struct tls *tls = calloc(1, sizeof(*tls));

	if (tls == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	assert(config->capsule_count > 0); /* the first one's identity is the default */
	tls->config = config;
	tls->transport = transport_new();
	tls->contexts = calloc(config->capsule_count, sizeof(SSL_CTX *));
	if (tls->transport == NULL || tls->contexts == NULL) {
		error_set(err, "out of memory");
		goto failed;
	}
	for (size_t i = 0; i < config->capsule_count; i++) {
		tls->contexts[i] = context_new(&config->capsules[i], ticket_key, err);
		if (tls->contexts[i] == NULL)
			goto failed;
	}
	tls->authorities = authorities_load(config, err);
	if (tls->authorities == NULL)
		goto failed;
	SSL_CTX_set_client_hello_cb(tls->contexts[0], choose_identity, tls);
	return tls;
failed:
	tls_close(tls);
	return NULL;
}

void
tls_close(struct tls *tls)
{
	if (tls == NULL)
		return;
	for (size_t i = 0; tls->contexts != NULL && i < tls->config->capsule_count; i++)
		SSL_CTX_free(tls->contexts[i]);
	free(tls->contexts);
	authorities_free(tls->authorities);
	BIO_meth_free(tls->transport);
	free(tls);
}

/* --- one connection ------------------------------------------------------------------------ */

struct tls_session *
tls_session_new(struct tls *tls)
{
	struct tls_session *s = calloc(1, sizeof(*s));
	BIO *bio = NULL;

	if (s == NULL)
		return NULL;
	s->tls = tls;
	s->ssl = SSL_new(tls->contexts[0]);
	bio = BIO_new(tls->transport);
	if (s->ssl == NULL || bio == NULL || SSL_set_app_data(s->ssl, s) != 1) {
		BIO_free(bio);
		tls_session_free(s);
		return NULL;
	}
	BIO_set_data(bio, s);
	BIO_set_init(bio, 1);
	SSL_set_bio(s->ssl, bio, bio); /* the SSL's now */
	SSL_set_accept_state(s->ssl);
	return s;
}

void
tls_session_free(struct tls_session *s)
{
	if (s == NULL)
		return;
	SSL_free(s->ssl);
	buffer_free(&s->in);
	buffer_free(&s->out);
	free(s);
}

bool
tls_receive(struct tls_session *s, const void *bytes, size_t len)
{
	buffer_append(&s->in, bytes, len);
	return !s->in.failed;
}

size_t
tls_pending(struct tls_session *s, const void **out)
{
	size_t len = s->out.len - s->out_sent;

	assert(s->out_sent <= s->out.len);
	*out = len > 0 ? s->out.data + s->out_sent : NULL;
	return len;
}

void
tls_sent(struct tls_session *s, size_t len)
{
	assert(len <= s->out.len - s->out_sent); /* no more than was pending */
	s->out_sent += len;
	if (s->out_sent == s->out.len) {
		buffer_free(&s->out);
		s->out_sent = 0;
	}
}

/* Tells what an OpenSSL call that returned status was about. */
static enum tls_result
explain(struct tls_session *s, int status, const char **reason)
{
	switch (SSL_get_error(s->ssl, status)) {
	case SSL_ERROR_NONE:
		return TLS_DONE;
	case SSL_ERROR_WANT_READ:
		return TLS_MORE;
	case SSL_ERROR_ZERO_RETURN:
		return TLS_CLOSED;
	default:
		*reason = library_reason();
		ERR_clear_error();
		return TLS_FAILED;
	}
}

enum tls_result
tls_handshake(struct tls_session *s, const char **reason)
{
	ERR_clear_error();
	return explain(s, SSL_do_handshake(s->ssl), reason);
}

enum tls_result
tls_read(struct tls_session *s, void *out, size_t size, size_t *out_len, const char **reason)
{
	ERR_clear_error();
	return explain(s, SSL_read_ex(s->ssl, out, size, out_len), reason);
}

bool
tls_write(struct tls_session *s, const void *bytes, size_t len)
{
	size_t written;

	assert(len > 0); /* of an empty record the peer would not know what to think */
	ERR_clear_error();
	if (SSL_write_ex(s->ssl, bytes, len, &written) == 1)
		return true;
	ERR_clear_error();
	return false;
}

bool
tls_shut(struct tls_session *s)
{
	bool is_shut;

	ERR_clear_error();
	is_shut = SSL_shutdown(s->ssl) >= 0; /* 0: sent; the peer's own is not waited for */
	ERR_clear_error();
	return is_shut;
}

/* --- the peer ------------------------------------------------------------------------------ */

static int64_t
unix_seconds(const ASN1_TIME *time, int64_t otherwise)
{
	struct tm tm;

	return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : otherwise;
}

static bool
fingerprint_certificate(X509 *certificate, char out[static 65])
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (X509_digest(certificate, EVP_sha256(), digest, NULL) != 1)
		return false;
	encode_hex(digest, 32, out);
	return true;
}

/* Of the SubjectPublicKeyInfo, as pins have it: it survives a certificate's renewal. */
static bool
fingerprint_key(X509 *certificate, char out[static 65])
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned char *der = NULL;
	int der_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(certificate), &der);
	bool ok =
	    der_len > 0 && EVP_Digest(der, (size_t)der_len, digest, NULL, EVP_sha256(), NULL) == 1;

	OPENSSL_free(der);
	if (ok)
		encode_hex(digest, 32, out);
	return ok;
}

/* Asks an authority about the peer's certificate. */
static enum voucher_verdict
vouch(const void *session, const char *path)
{
	const struct tls_session *s = session;
	const struct authority *authority = authorities_find(s->tls->authorities, path);
	X509 *certificate = SSL_get0_peer_certificate(s->ssl);

	if (authority == NULL || certificate == NULL)
		return VOUCHER_FOREIGN;
	return authority_judge(authority, certificate, time(NULL));
}

bool
tls_visitor(struct tls_session *s, struct visitor *out)
{
	X509 *certificate = SSL_get0_peer_certificate(s->ssl);

	*out = (struct visitor){.has_certificate = false};
	if (certificate == NULL)
		return true;
	out->has_certificate = true;
	out->vouch = vouch;
	out->voucher = s;
	out->not_before = unix_seconds(X509_get0_notBefore(certificate), INT64_MAX);
	out->not_after = unix_seconds(X509_get0_notAfter(certificate), INT64_MIN);
	return fingerprint_certificate(certificate, out->certificate) &&
	       fingerprint_key(certificate, out->public_key);
}

const char *
tls_server_name(struct tls_session *s)
{
	return s->server_name;
}
