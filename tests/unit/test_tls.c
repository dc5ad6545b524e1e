#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <malloc.h>

#include "base/encode.h"
#include "base/text.h"
#include "peer.h"

static struct press_room room;
static struct tls *tls;

static int
open_room(void **state)
{
	struct error err;

	(void)state;
	press_room_open(&room);
	tls = tls_open(&room.config, peer_ticket_key, &err);
	return tls == NULL;
}

static int
close_room(void **state)
{
	(void)state;
	tls_close(tls);
	press_room_close(&room);
	return 0;
}

/* A client and a server session that shake hands. */
struct pair {
	struct client *client;
	struct tls_session *server;
	enum tls_result result; /* of the server's handshake */
	const char *reason;
};

static bool
move_up(struct pair *p)
{
	char bytes[32 * 1024];
	int len = BIO_read(p->client->out, bytes, sizeof(bytes));

	if (len <= 0)
		return false;
	assert_true(tls_receive(p->server, bytes, (size_t)len));
	return true;
}

static bool
move_down(struct pair *p)
{
	const void *bytes;
	size_t len = tls_pending(p->server, &bytes);

	if (len == 0)
		return false;
	assert_int_equal(BIO_write(p->client->in, bytes, (int)len), (int)len);
	tls_sent(p->server, len);
	return true;
}

static struct pair
shake_hands(struct tls *with, SSL_CTX *context, const char *host, SSL_SESSION *session)
{
	struct pair p = {
	    .client = client_new(context, host, session), .server = tls_session_new(with)};
	bool moved;

	assert_non_null(p.server);
	do {
		client_work(p.client);
		moved = move_up(&p);
		p.result = tls_handshake(p.server, &p.reason);
		moved = move_down(&p) || moved;
	} while (moved && p.result == TLS_MORE);
	client_work(p.client);
	return p;
}

static void
part(struct pair *p)
{
	client_free(p->client);
	tls_session_free(p->server);
}

static const int versions[] = {TLS1_2_VERSION, TLS1_3_VERSION};

static void
both_versions_shake_hands_and_carry_bytes(void **state)
{
	(void)state;
	for (size_t i = 0; i < 2; i++) {
		SSL_CTX *context = client_context(versions[i], NULL);
		struct pair p = shake_hands(tls, context, "a.test", NULL);
		char bytes[16];
		size_t len = 0;

		assert_int_equal(p.result, TLS_DONE);
		assert_int_equal(SSL_version(p.client->ssl), versions[i]);
		assert_int_equal(
		    tls_read(p.server, bytes, sizeof(bytes), &len, &p.reason), TLS_MORE);
		client_say(p.client, "hello", 5);
		assert_true(move_up(&p));
		assert_int_equal(
		    tls_read(p.server, bytes, sizeof(bytes), &len, &p.reason), TLS_DONE);
		assert_memory_equal(bytes, "hello", 5);
		assert_true(tls_write(p.server, "world", 5));
		assert_true(tls_shut(p.server));
		assert_true(move_down(&p));
		client_work(p.client);
		assert_string_equal(p.client->got, "world");
		assert_true(p.client->is_closed);
		part(&p);
		SSL_CTX_free(context);
	}
}

static void
older_versions_are_refused(void **state)
{
	SSL_CTX *context = client_context(TLS1_1_VERSION, NULL);

	(void)state;
	SSL_CTX_set_cipher_list(context, "ALL:@SECLEVEL=0");
	struct pair p = shake_hands(tls, context, "a.test", NULL);
	assert_int_equal(p.result, TLS_FAILED);
	assert_non_null(p.reason);
	assert_true(p.client->is_failed); /* an alert told it */
	part(&p);
	SSL_CTX_free(context);
}

static void
the_cheapest_algorithms_win(void **state)
{
	SSL_CTX *context = client_context(TLS1_3_VERSION, NULL);

	(void)state;
	SSL_CTX_set_ciphersuites(context, "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256");
	assert_int_equal(SSL_CTX_set1_groups_list(context, "X25519:P-256"), 1);
	struct pair p = shake_hands(tls, context, "a.test", NULL);
	assert_string_equal(SSL_get_cipher(p.client->ssl), "TLS_AES_128_GCM_SHA256");
	assert_int_equal(SSL_get_negotiated_group(p.client->ssl) & 0xffff, NID_X25519 & 0xffff);
	part(&p);
	SSL_CTX_free(context);
}

static void
a_curve_that_is_not_ours_is_refused(void **state)
{
	SSL_CTX *context = client_context(TLS1_3_VERSION, NULL);

	(void)state;
	assert_int_equal(SSL_CTX_set1_groups_list(context, "P-521"), 1);
	struct pair p = shake_hands(tls, context, "a.test", NULL);
	assert_int_equal(p.result, TLS_FAILED);
	part(&p);
	SSL_CTX_free(context);
}

/* A connection that has read all holds nothing of it. */
static void
what_was_read_takes_no_memory(void **state)
{
	static char part_of_it[16 * 1024], got[16 * 1024];
	SSL_CTX *context = client_context(TLS1_3_VERSION, NULL);
	struct pair p = shake_hands(tls, context, "a.test", NULL);
	size_t before = mallinfo2().uordblks, len, all = 0;

	(void)state;
	for (int i = 0; i < 200; i++) {
		client_say(p.client, part_of_it, sizeof(part_of_it));
		move_up(&p);
		while (tls_read(p.server, got, sizeof(got), &len, &p.reason) == TLS_DONE)
			all += len;
	}
	assert_int_equal(all, 200 * sizeof(part_of_it));
	assert_true(mallinfo2().uordblks < before + 1024 * 1024);
	part(&p);
	SSL_CTX_free(context);
}

/* Privacy that lasts is worth what it costs: OpenSSL has it from 3.5 on. */
static void
who_offers_the_hybrid_key_exchange_gets_it(void **state)
{
	SSL_CTX *context = client_context(TLS1_3_VERSION, NULL);

	(void)state;
	if (SSL_CTX_set1_groups_list(context, "X25519MLKEM768:X25519") != 1) {
		SSL_CTX_free(context);
		skip();
	}
	struct pair p = shake_hands(tls, context, "a.test", NULL);
	assert_int_equal(SSL_get_negotiated_group(p.client->ssl) & 0xffff, 0x11ec);
	part(&p);
	SSL_CTX_free(context);
}

static void
the_server_name_picks_the_certificate(void **state)
{
	static const struct {
		const char *label, *asked, *told, *shown;
	} cases[] = {
	    {"the first capsule", "a.test", "a.test", "a.test"},
	    {"another capsule", "b.test", "b.test", "b.test"},
	    {"an alias", "alias.test", "alias.test", "a.test"},
	    {"upper case", "B.TEST", "b.test", "b.test"},
	    {"unknown", "c.test", "c.test", "a.test"},
	    {"an address", "127.0.0.1", "127.0.0.1", "a.test"},
	    {"none", NULL, "", "a.test"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]) * 2; i++) {
		size_t n = i / 2;
		SSL_CTX *context = client_context(versions[i % 2], NULL);
		struct pair p = shake_hands(tls, context, cases[n].asked, NULL);
		print_message("%s\n", cases[n].label);
		assert_int_equal(p.result, TLS_DONE);
		assert_string_equal(tls_server_name(p.server), cases[n].told);
		X509 *shown = SSL_get0_peer_certificate(p.client->ssl);
		assert_int_equal(X509_check_host(shown, cases[n].shown, 0, 0, NULL), 1);
		part(&p);
		SSL_CTX_free(context);
	}
}

static int sessions_seen;
static SSL_SESSION *last_session;

static int
keep_session(SSL *ssl, SSL_SESSION *session)
{
	(void)ssl;
	SSL_SESSION_free(last_session);
	last_session = session;
	sessions_seen++;
	return 1;
}

/* A client that keeps its sessions as real ones do. */
static SSL_CTX *
keeping_context(int version, const struct identity *id)
{
	SSL_CTX *context = client_context(version, id);

	SSL_SESSION_free(last_session);
	last_session = NULL;
	sessions_seen = 0;
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(context, keep_session);
	return context;
}

static void
one_ticket_comes_with_the_handshake(void **state)
{
	SSL_CTX *context = keeping_context(TLS1_3_VERSION, NULL);

	(void)state;
	struct pair p = shake_hands(tls, context, "a.test", NULL);
	assert_int_equal(sessions_seen, 1);
	assert_int_equal(SSL_SESSION_get_max_early_data(last_session), 0);
	part(&p);
	SSL_CTX_free(context);
}

static void
a_session_resumes_at_any_worker_and_keeps_the_certificate(void **state)
{
	struct identity id = identity_usual("reader");
	struct error err;
	struct tls *other_worker = tls_open(&room.config, peer_ticket_key, &err);

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		SSL_CTX *context = keeping_context(versions[i], &id);
		struct pair first = shake_hands(tls, context, "b.test", NULL);
		struct visitor full, resumed;
		assert_true(tls_visitor(first.server, &full));
		assert_false(SSL_session_reused(first.client->ssl));
		part(&first);

		struct pair again = shake_hands(other_worker, context, "b.test", last_session);
		assert_true(tls_visitor(again.server, &resumed));
		assert_true(SSL_session_reused(again.client->ssl));
		assert_true(resumed.has_certificate);
		assert_string_equal(resumed.certificate, full.certificate);
		assert_string_equal(resumed.public_key, full.public_key);
		assert_true(resumed.not_after == full.not_after);
		part(&again);
		SSL_CTX_free(context);
	}
	tls_close(other_worker);
	identity_done(&id);
}

static void
a_session_of_one_host_does_not_serve_another(void **state)
{
	static const struct {
		const char *label, *from, *to;
		bool resumes;
	} cases[] = {
	    {"from the first to the second", "a.test", "b.test", false},
	    {"from the second to the first", "b.test", "a.test", false},
	    {"from the second to none", "b.test", NULL, false},
	    {"from a name to an alias", "a.test", "alias.test", true},
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = i / 2;
		SSL_CTX *context = keeping_context(versions[i % 2], NULL);
		struct pair p = shake_hands(tls, context, cases[n].from, NULL);
		part(&p);
		p = shake_hands(tls, context, cases[n].to, last_session);
		struct visitor peer;
		print_message("%s\n", cases[n].label);
		assert_int_equal(p.result, TLS_DONE);
		assert_true(tls_visitor(p.server, &peer));
		assert_int_equal(SSL_session_reused(p.client->ssl), cases[n].resumes);
		part(&p);
		SSL_CTX_free(context);
	}
}

static void
another_ticket_key_means_a_full_handshake(void **state)
{
	static const uint8_t other_key[TLS_TICKET_KEY_BYTES] = "another";
	SSL_CTX *context = keeping_context(TLS1_3_VERSION, NULL);
	struct error err;
	struct tls *stranger = tls_open(&room.config, other_key, &err);
	struct visitor peer;

	(void)state;
	struct pair p = shake_hands(tls, context, "a.test", NULL);
	part(&p);
	p = shake_hands(stranger, context, "a.test", last_session);
	assert_int_equal(p.result, TLS_DONE);
	assert_true(tls_visitor(p.server, &peer));
	assert_false(SSL_session_reused(p.client->ssl));
	part(&p);
	tls_close(stranger);
	SSL_CTX_free(context);
}

static void
any_client_certificate_is_accepted(void **state)
{
	static const struct {
		const char *label;
		unsigned rsa_bits;
		bool is_sha1;
		long begins, ends; /* days from now */
	} cases[] = {
	    {"usual", 0, false, -1, 365},
	    {"expired", 0, false, -20, -10},
	    {"not yet valid", 0, false, 10, 20},
	    {"RSA with 2048 bits", 2048, false, -1, 365},
	    {"RSA with 1024 bits", 1024, false, -1, 365},
	    {"signed with SHA-1", 2048, true, -1, 365},
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = i / 2;
		struct identity id = identity_new("reader", cases[n].rsa_bits,
		    cases[n].is_sha1 ? EVP_sha1() : EVP_sha256(), cases[n].begins * DAY,
		    cases[n].ends * DAY);
		SSL_CTX *context = client_context(versions[i % 2], &id);
		struct pair p = shake_hands(tls, context, "a.test", NULL);
		struct visitor peer;
		int64_t now = time(NULL);
		print_message("%s\n", cases[n].label);
		assert_int_equal(p.result, TLS_DONE);
		assert_true(tls_visitor(p.server, &peer));
		assert_true(peer.has_certificate);
		assert_in_range(peer.not_before - now - cases[n].begins * DAY + 60, 0, 120);
		assert_in_range(peer.not_after - now - cases[n].ends * DAY + 60, 0, 120);
		part(&p);
		SSL_CTX_free(context);
		identity_done(&id);
	}
}

static void
fingerprints_are_of_certificate_and_public_key(void **state)
{
	struct identity id = identity_usual("reader");
	SSL_CTX *context = client_context(TLS1_3_VERSION, &id);
	struct pair p = shake_hands(tls, context, "a.test", NULL);
	struct visitor peer;
	unsigned char digest[EVP_MAX_MD_SIZE], *der = NULL;
	char hex[65];

	(void)state;
	assert_true(tls_visitor(p.server, &peer));
	X509_digest(id.certificate, EVP_sha256(), digest, NULL);
	encode_hex(digest, 32, hex);
	assert_string_equal(peer.certificate, hex);
	int der_len = i2d_PUBKEY(id.key, &der);
	assert_true(der_len > 0);
	EVP_Digest(der, (size_t)der_len, digest, NULL, EVP_sha256(), NULL);
	encode_hex(digest, 32, hex);
	assert_string_equal(peer.public_key, hex);
	OPENSSL_free(der);
	part(&p);
	SSL_CTX_free(context);
	identity_done(&id);
}

static void
no_certificate_is_fine_too(void **state)
{
	SSL_CTX *context = client_context(TLS1_3_VERSION, NULL);
	struct pair p = shake_hands(tls, context, "a.test", NULL);
	struct visitor peer;

	(void)state;
	assert_true(tls_visitor(p.server, &peer));
	assert_false(peer.has_certificate);
	part(&p);
	SSL_CTX_free(context);
}

static void
a_chain_behind_the_certificate_is_sent_along(void **state)
{
	struct identity authority = identity_usual("authority.test");
	FILE *file = fopen(room.files[0], "a");
	struct error err;

	(void)state;
	assert_non_null(file);
	assert_int_equal(PEM_write_X509(file, authority.certificate), 1);
	fclose(file);
	struct tls *chained = tls_open(&room.config, peer_ticket_key, &err);
	SSL_CTX *context = client_context(TLS1_3_VERSION, NULL);
	struct pair p = shake_hands(chained, context, "a.test", NULL);
	assert_int_equal(sk_X509_num(SSL_get_peer_cert_chain(p.client->ssl)), 2);
	part(&p);
	SSL_CTX_free(context);
	tls_close(chained);
	identity_done(&authority);
}

/* A client that sends so many certificates behind its own. */
static struct pair
shake_hands_with_chain(int version, const struct identity *id, size_t count)
{
	SSL_CTX *context = client_context(version, id);

	for (size_t i = 0; i < count; i++)
		assert_int_equal(SSL_CTX_add1_chain_cert(context, id->certificate), 1);
	struct pair p = shake_hands(tls, context, "b.test", NULL);
	SSL_CTX_free(context);
	return p;
}

static void
a_client_may_send_a_chain_but_no_heap(void **state)
{
	struct identity usual = identity_usual("reader");
	struct identity large = identity_new("reader", 4096, EVP_sha256(), -DAY, DAY);
	const struct {
		const char *label;
		const struct identity *id;
		size_t chain;
		enum tls_result expected;
	} cases[] = {
	    {"none", &usual, 0, TLS_DONE},
	    {"three authorities above", &usual, 3, TLS_DONE},
	    {"three with RSA of 4096 bits", &large, 3, TLS_DONE},
	    {"sixty", &usual, 60, TLS_FAILED},
	    {"220", &usual, 220, TLS_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof(cases) / sizeof(cases[0]); i++) {
		size_t n = i / 2;
		struct visitor peer;
		print_message("%s\n", cases[n].label);
		struct pair p =
		    shake_hands_with_chain(versions[i % 2], cases[n].id, cases[n].chain);
		assert_int_equal(p.result, cases[n].expected);
		if (p.result == TLS_DONE) {
			assert_true(tls_visitor(p.server, &peer));
			assert_true(peer.has_certificate);
		} else {
			assert_string_equal(p.reason, "excessive message size");
		}
		part(&p);
	}
	identity_done(&usual);
	identity_done(&large);
}

static void
write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static void
write_encrypted_key(const char *path)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	PEM_write_PKCS8PrivateKey(file, key, EVP_aes_128_cbc(), "secret", 6, NULL, NULL);
	fclose(file);
	EVP_PKEY_free(key);
}

static void
bad_files_are_named_with_what_was_expected(void **state)
{
	static const struct {
		const char *label, *certificate, *key, *says;
	} cases[] = {
	    {"no certificate", "none.crt", "a.test.key", "/none.crt: No such file or directory"},
	    {"no key", "a.test.crt", "none.key", "/none.key: No such file or directory"},
	    {"no PEM certificate", "text", "a.test.key",
		"/text: expected a certificate in PEM form"},
	    {"no PEM key", "a.test.crt", "text", "/text: expected a private key in PEM form"},
	    {"another's key", "a.test.crt", "b.test.key", "does not belong to certificate"},
	    {"key with a passphrase", "a.test.crt", "locked.key", "/locked.key: is encrypted"},
	};
	char text[96], locked[96], certificate[128], key[128];

	(void)state;
	snprintf(text, sizeof(text), "%s/text", room.folder);
	snprintf(locked, sizeof(locked), "%s/locked.key", room.folder);
	write_text(text, "no certificate, no key\n");
	write_encrypted_key(locked);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct config config = room.config;
		struct capsule_config capsule = room.capsules[0];
		struct error err = {""};
		snprintf(
		    certificate, sizeof(certificate), "%s/%s", room.folder, cases[i].certificate);
		snprintf(key, sizeof(key), "%s/%s", room.folder, cases[i].key);
		capsule.certificate = certificate;
		capsule.key = key;
		config.capsules = &capsule;
		config.capsule_count = 1;
		assert_null(tls_open(&config, peer_ticket_key, &err));
		print_message("%s: %s\n", cases[i].label, err.text);
		assert_non_null(strstr(err.text, cases[i].says));
		assert_non_null(strstr(err.text, room.folder));
	}
	unlink(text);
	unlink(locked);
}

static void
who_only_asks_for_new_keys_does_not_fill_our_memory(void **state)
{
	SSL_CTX *context = client_context(TLS1_3_VERSION, NULL);
	struct pair p = shake_hands(tls, context, "a.test", NULL);
	enum tls_result result = TLS_MORE;
	const void *ignored;
	char bytes[16];
	size_t len;

	(void)state;
	for (int i = 0; i < 20000 && result == TLS_MORE; i++) {
		assert_int_equal(SSL_key_update(p.client->ssl, SSL_KEY_UPDATE_REQUESTED), 1);
		assert_int_equal(SSL_do_handshake(p.client->ssl), 1);
		move_up(&p);
		result = tls_read(p.server, bytes, sizeof(bytes), &len, &p.reason);
	}
	assert_int_equal(result, TLS_FAILED);
	assert_true(tls_pending(p.server, &ignored) < 128 * 1024);
	part(&p);
	SSL_CTX_free(context);
}

static void
hostile_bytes_fail_the_handshake_with_a_reason(void **state)
{
	static const struct {
		const char *label;
		size_t len;
		const char *bytes;
	} cases[] = {
	    {"no record", 12, "GET / HTTP/1"},
	    {"a record that is too long", 5, "\x16\x03\x01\xff\xff"},
	    {"an alert", 7, "\x15\x03\x01\x00\x02\x02\x28"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct tls_session *s = tls_session_new(tls);
		const char *reason = NULL;
		assert_true(tls_receive(s, cases[i].bytes, cases[i].len));
		print_message("%s\n", cases[i].label);
		assert_int_equal(tls_handshake(s, &reason), TLS_FAILED);
		assert_non_null(reason);
		tls_session_free(s);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(both_versions_shake_hands_and_carry_bytes),
	    cmocka_unit_test(older_versions_are_refused),
	    cmocka_unit_test(the_cheapest_algorithms_win),
	    cmocka_unit_test(a_curve_that_is_not_ours_is_refused),
	    cmocka_unit_test(what_was_read_takes_no_memory),
	    cmocka_unit_test(who_offers_the_hybrid_key_exchange_gets_it),
	    cmocka_unit_test(the_server_name_picks_the_certificate),
	    cmocka_unit_test(one_ticket_comes_with_the_handshake),
	    cmocka_unit_test(a_session_resumes_at_any_worker_and_keeps_the_certificate),
	    cmocka_unit_test(a_session_of_one_host_does_not_serve_another),
	    cmocka_unit_test(another_ticket_key_means_a_full_handshake),
	    cmocka_unit_test(any_client_certificate_is_accepted),
	    cmocka_unit_test(fingerprints_are_of_certificate_and_public_key),
	    cmocka_unit_test(no_certificate_is_fine_too),
	    cmocka_unit_test(bad_files_are_named_with_what_was_expected),
	    cmocka_unit_test(who_only_asks_for_new_keys_does_not_fill_our_memory),
	    cmocka_unit_test(hostile_bytes_fail_the_handshake_with_a_reason),
	    cmocka_unit_test(a_client_may_send_a_chain_but_no_heap),
	    cmocka_unit_test(a_chain_behind_the_certificate_is_sent_along),
	};

	int failed = cmocka_run_group_tests(tests, open_room, close_room);
	SSL_SESSION_free(last_session);
	return failed;
}
