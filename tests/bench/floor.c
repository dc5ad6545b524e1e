/*
 * floor - what OpenSSL alone costs the server side of a Gemini request: handshake, request, a page
 * of 5 KB and close_notify, between two ends in one process, without a socket or a server. Set up
 * as broadsheet sets it up (one ticket, AES-128, X25519, a client certificate asked for). Nothing
 * that answers Gemini with this library can be cheaper.
 *
 *   floor CERTIFICATE KEY COUNT [resumed]
 *
 * Prints the processor time of one request in microseconds.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#define PAGE_BYTES 5120

static const char request[] = "gemini://localhost/page.gmi\r\n";
static char answer[PAGE_BYTES + 16];
static SSL_SESSION *session;

static void
require(bool is_so, const char *what)
{
	if (is_so)
		return;
	fprintf(stderr, "floor: %s\n", what);
	ERR_print_errors_fp(stderr);
	exit(1);
}

static double
cpu_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
accept_any(X509_STORE_CTX *store, void *arg)
{
	(void)store, (void)arg;
	return 1;
}

static int
keep_session(SSL *ssl, SSL_SESSION *new_session)
{
	(void)ssl;
	SSL_SESSION_free(session);
	session = new_session;
	return 1;
}

static SSL_CTX *
server_context(const char *certificate, const char *key)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());

	require(context != NULL && SSL_CTX_use_certificate_chain_file(context, certificate) == 1 &&
		    SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) == 1,
	    "cannot load certificate and key");
	SSL_CTX_set_ciphersuites(context, "TLS_AES_128_GCM_SHA256");
	SSL_CTX_set1_groups_list(context, "X25519");
	SSL_CTX_set_num_tickets(context, 1);
	SSL_CTX_set_session_id_context(context, (const unsigned char *)"floor", 5);
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_NO_AUTO_CHAIN);
	SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
	SSL_CTX_set_cert_verify_callback(context, accept_any, NULL);
	return context;
}

static SSL_CTX *
client_context(void)
{
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());

	require(context != NULL, "no client context");
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(context, keep_session);
	return context;
}

static SSL *
client_begin(SSL_CTX *context, BIO *in, BIO *out, bool resumes)
{
	SSL *client = SSL_new(context);

	require(client != NULL, "no client");
	SSL_set_bio(client, in, out);
	SSL_set_connect_state(client);
	SSL_set_tlsext_host_name(client, "localhost");
	if (resumes && session != NULL)
		SSL_set_session(client, session);
	SSL_connect(client);
	return client;
}

static void
client_end(SSL *client)
{
	char bytes[16384];
	int len, got = 0;

	while ((len = SSL_read(client, bytes, sizeof(bytes))) > 0)
		got += len;
	require(got == (int)sizeof(answer), "the answer is not whole");
	SSL_set_shutdown(client, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(client);
}

/* One connection; only what the server does is counted. */
static double
serve_one(SSL_CTX *server_side, SSL_CTX *client_side, bool resumes)
{
	BIO *up = BIO_new(BIO_s_mem()), *down = BIO_new(BIO_s_mem());
	char bytes[2048];
	double began, used;

	BIO_up_ref(up);
	BIO_up_ref(down);
	SSL *client = client_begin(client_side, down, up, resumes);

	began = cpu_us();
	SSL *server = SSL_new(server_side);
	SSL_set_bio(server, up, down);
	SSL_set_accept_state(server);
	SSL_accept(server);
	used = cpu_us() - began;

	require(SSL_connect(client) == 1, "handshake");
	require(SSL_write(client, request, sizeof(request) - 1) > 0, "request");

	began = cpu_us();
	require(SSL_accept(server) == 1, "handshake");
	require(SSL_read(server, bytes, sizeof(bytes)) == (int)sizeof(request) - 1, "request");
	require(SSL_write(server, answer, sizeof(answer)) == (int)sizeof(answer), "answer");
	SSL_shutdown(server);
	used += cpu_us() - began;

	client_end(client);
	began = cpu_us();
	SSL_free(server);
	return used + cpu_us() - began;
}

int
main(int argc, char **argv)
{
	bool resumes = argc == 5 && strcmp(argv[4], "resumed") == 0;
	int count = argc >= 4 ? atoi(argv[3]) : 0;
	double sum = 0;

	if (count < 1 || (argc == 5 && !resumes) || argc > 5) {
		fprintf(stderr, "usage: floor CERTIFICATE KEY COUNT [resumed]\n");
		return 2;
	}
	SSL_CTX *server_side = server_context(argv[1], argv[2]), *client_side = client_context();
	serve_one(server_side, client_side, resumes); /* fills caches, makes a session */
	for (int i = 0; i < count; i++)
		sum += serve_one(server_side, client_side, resumes);
	printf("%.1f\n", sum / count);
	SSL_CTX_free(server_side);
	SSL_CTX_free(client_side);
	SSL_SESSION_free(session);
	return 0;
}
