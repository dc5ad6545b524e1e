/*
 * Tests of net/certificate: what we make is what clients expect, and what we read we judge.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <openssl/crypto.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "net/certificate.h"

#define YEAR_S (365.25 * 24 * 3600)

static bool is_scarce, has_failed;
static long until_fails; /* allocations of OpenSSL's that still succeed */

static bool
must_fail(void)
{
	if (is_scarce && until_fails-- <= 0)
		has_failed = true;
	return is_scarce && has_failed;
}

static void *
library_malloc(size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return must_fail() ? NULL : malloc(size);
}

static void *
library_realloc(void *old, size_t size, const char *file, int line)
{
	(void)file, (void)line;
	return must_fail() ? NULL : realloc(old, size);
}

static void
library_free(void *old, const char *file, int line)
{
	(void)file, (void)line;
	free(old);
}

/* A folder with a key and certificate for some hosts. */
struct pair {
	char folder[64], key[80], certificate[96];
	struct buffer key_pem;
};

static void
write_text(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void
pair_init(struct pair *pair, const char *const *hosts, size_t count)
{
	struct strings names = {0};
	struct buffer pem = BUFFER_EMPTY;
	struct error err = {""};

	*pair = (struct pair){.folder = "/tmp/broadsheet-certificate-XXXXXX"};
	assert_non_null(mkdtemp(pair->folder));
	snprintf(pair->key, sizeof(pair->key), "%s/key", pair->folder);
	snprintf(pair->certificate, sizeof(pair->certificate), "%s/certificate", pair->folder);
	for (size_t i = 0; i < count; i++)
		assert_true(strings_add(&names, hosts[i]));
	assert_true(certificate_make_key(&pair->key_pem, &err));
	assert_true(certificate_sign(pair->key_pem.data, &names, &pem, &err));
	write_text(pair->key, pair->key_pem.data);
	write_text(pair->certificate, pem.data);
	strings_free(&names);
	buffer_free(&pem);
}

static void
pair_done(struct pair *pair)
{
	unlink(pair->key);
	unlink(pair->certificate);
	rmdir(pair->folder);
	buffer_free(&pair->key_pem);
}

static struct certificate *
load(const struct pair *pair)
{
	struct error err = {""};
	struct certificate *certificate = certificate_load(pair->certificate, &err);

	if (certificate == NULL)
		print_error("%s\n", err.text);
	assert_non_null(certificate);
	return certificate;
}

static void
names_of_any_kind_are_covered(void **state)
{
	static const char *const hosts[] = {"example.org", "www.example.org", "[::1]", "192.0.2.1"};
	struct pair pair;

	(void)state;
	pair_init(&pair, hosts, 4);
	struct certificate *certificate = load(&pair);
	for (size_t i = 0; i < 4; i++)
		assert_true(certificate_covers(certificate, hosts[i]));
	assert_false(certificate_covers(certificate, "example.com"));
	assert_false(certificate_covers(certificate, "sub.example.org"));
	assert_false(certificate_covers(certificate, "[::2]"));
	assert_false(certificate_covers(certificate, "192.0.2.2"));
	certificate_free(certificate);
	pair_done(&pair);
}

static void
facts_are_those_of_the_certificate(void **state)
{
	static const char *const hosts[] = {"[::1]", "example.org"};
	struct certificate_facts facts;
	struct pair pair;
	double now = (double)time(NULL);

	(void)state;
	pair_init(&pair, hosts, 2);
	struct certificate *certificate = load(&pair);
	assert_true(certificate_facts(certificate, &facts));
	assert_string_equal(facts.subject.data, "CN = ::1");
	assert_int_equal(facts.hosts.count, 2);
	assert_string_equal(facts.hosts.items[0], "0:0:0:0:0:0:0:1");
	assert_string_equal(facts.hosts.items[1], "example.org");
	assert_true((double)facts.not_before < now - 3500 && (double)facts.not_before > now - 3700);
	assert_true((double)facts.not_after > now + 19.9 * YEAR_S);
	assert_true((double)facts.not_after < now + 20.1 * YEAR_S);
	assert_int_equal(strlen(facts.certificate), 64);
	assert_int_equal(strlen(facts.public_key), 64);
	assert_string_not_equal(facts.certificate, facts.public_key);
	assert_true(certificate_is_self_signed(certificate));
	certificate_facts_free(&facts);
	certificate_free(certificate);
	pair_done(&pair);
}

static void
a_new_certificate_of_the_same_key_has_the_same_public_key(void **state)
{
	static const char *const hosts[] = {"example.org"};
	struct certificate_facts first, second;
	struct strings names = {0};
	struct buffer pem = BUFFER_EMPTY;
	struct error err = {""};
	struct pair pair;

	(void)state;
	pair_init(&pair, hosts, 1);
	struct certificate *certificate = load(&pair);
	assert_true(certificate_facts(certificate, &first));
	certificate_free(certificate);
	assert_true(strings_add(&names, "example.org"));
	assert_true(certificate_sign(pair.key_pem.data, &names, &pem, &err));
	write_text(pair.certificate, pem.data);
	certificate = load(&pair);
	assert_true(certificate_facts(certificate, &second));
	assert_string_equal(first.public_key, second.public_key);
	assert_string_not_equal(first.certificate, second.certificate);
	assert_true(certificate_fits_key(certificate, pair.key, &err));
	certificate_free(certificate);
	certificate_facts_free(&first);
	certificate_facts_free(&second);
	strings_free(&names);
	buffer_free(&pem);
	pair_done(&pair);
}

static void
a_host_too_long_for_a_subject_is_named_all_the_same(void **state)
{
	static const char *const hosts[] = {
	    "a-name-of-more-than-sixty-four-bytes.in-the-domain.of-a-newspaper.example"};
	struct pair pair;

	(void)state;
	pair_init(&pair, hosts, 1);
	struct certificate *certificate = load(&pair);
	assert_true(certificate_covers(certificate, hosts[0]));
	struct certificate_facts facts;
	assert_true(certificate_facts(certificate, &facts));
	assert_int_equal(facts.subject.len, 0);
	assert_string_equal(facts.hosts.items[0], hosts[0]);
	certificate_facts_free(&facts);
	certificate_free(certificate);
	pair_done(&pair);
}

/* RFC 5280 sections 4.1.2.6 and 4.2.1.6. */
static void
the_names_are_critical_where_there_is_no_subject(void **state)
{
	static const struct {
		const char *label, *host;
		bool is_critical;
	} rows[] = {
	    {"64 bytes", "a-name-of-sixty-four-bytes.in-the-domain.of-a-newspaper.example1", false},
	    {"65 bytes", "a-name-of-sixty-five-bytes.in-the-domain.of-a-newspaper.example12", true},
	};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct pair pair;

		assert_int_equal(strlen(rows[i].host), 64 + i);
		pair_init(&pair, &rows[i].host, 1);
		FILE *file = fopen(pair.certificate, "re");
		X509 *x509 = PEM_read_X509(file, NULL, NULL, NULL);
		fclose(file);
		int at = X509_get_ext_by_NID(x509, NID_subject_alt_name, -1);
		bool is_critical = X509_EXTENSION_get_critical(X509_get_ext(x509, at)) != 0;
		if (is_critical != rows[i].is_critical)
			fail_msg("%s", rows[i].label);
		X509_free(x509);
		pair_done(&pair);
	}
}

static void
brackets_are_taken_off_in_pairs_and_around_something(void **state)
{
	static const char *const hosts[] = {"[abc", "abc]", "[]"};
	struct certificate_facts facts;
	struct pair pair;

	(void)state;
	pair_init(&pair, hosts, 3);
	struct certificate *certificate = load(&pair);
	assert_true(certificate_facts(certificate, &facts));
	assert_int_equal(facts.hosts.count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(facts.hosts.items[i], hosts[i]);
	certificate_facts_free(&facts);
	certificate_free(certificate);
	pair_done(&pair);
}

static void
what_is_no_key_signs_nothing(void **state)
{
	char host[] = "example.org", *items[] = {host};
	struct strings names = {.items = items, .count = 1};
	struct buffer pem = BUFFER_EMPTY;
	struct error err = {""};

	(void)state;
	assert_false(certificate_sign("hello", &names, &pem, &err));
	assert_int_equal(strncmp(err.text, "cannot make a certificate: ", 27), 0);
	assert_null(strstr(err.text, "out of memory"));
	assert_int_equal(pem.len, 0);
}

/* Fails an allocation, and all behind it, of what make() does; a later one each time. */
static void
fail_in_turn(bool (*make)(struct buffer *out, struct error *err), const char *what)
{
	for (long n = 0;; n++) {
		struct buffer out = BUFFER_EMPTY;
		struct error err = {""};

		until_fails = n;
		has_failed = false;
		is_scarce = true;
		bool ok = make(&out, &err);
		is_scarce = false;
		if (ok) {
			assert_string_equal(err.text, "");
			assert_non_null(strstr(buffer_text(&out), "-----END "));
		} else {
			assert_int_equal(strncmp(err.text, what, strlen(what)), 0);
		}
		buffer_free(&out);
		assert_true(ok || has_failed);
		if (!has_failed)
			break;
	}
}

static struct buffer some_key;

static bool
sign_two(struct buffer *out, struct error *err)
{
	char name[] = "example.org", address[] = "[::1]", *items[] = {name, address};
	struct strings hosts = {.items = items, .count = 2};
	struct buffer pem = BUFFER_EMPTY;
	bool ok = certificate_sign(some_key.data, &hosts, &pem, err);

	if (ok)
		buffer_append(out, pem.data, pem.len);
	buffer_free(&pem);
	return ok;
}

static void
whoever_runs_out_of_memory_says_so(void **state)
{
	struct error err = {""};

	(void)state;
	fail_in_turn(certificate_make_key, "cannot make a key: ");
	assert_true(certificate_make_key(&some_key, &err));
	fail_in_turn(sign_two, "cannot make a certificate: ");
	buffer_free(&some_key);
}

/* What facts there are come whole, or not at all. */
static void
facts_without_memory_are_none(void **state)
{
	static const char *const hosts[] = {"[::1]", "example.org"};
	struct pair pair;

	(void)state;
	pair_init(&pair, hosts, 2);
	for (long n = 0;; n++) {
		struct certificate_facts facts;
		struct certificate *certificate = load(&pair);

		until_fails = n;
		has_failed = false;
		is_scarce = true;
		bool ok = certificate_facts(certificate, &facts);
		is_scarce = false;
		if (ok) {
			assert_int_equal(strlen(facts.certificate), 64);
			assert_int_equal(strlen(facts.public_key), 64);
			assert_string_equal(buffer_text(&facts.subject), "CN = ::1");
		}
		assert_true(ok || has_failed);
		certificate_facts_free(&facts);
		certificate_free(certificate);
		if (!has_failed)
			break;
	}
	pair_done(&pair);
}

static void
a_key_of_another_certificate_is_told_apart(void **state)
{
	static const char *const hosts[] = {"example.org"};
	struct pair ours, other;
	struct error err = {""};

	(void)state;
	pair_init(&ours, hosts, 1);
	pair_init(&other, hosts, 1);
	struct certificate *certificate = load(&ours);
	assert_true(certificate_fits_key(certificate, ours.key, &err));
	assert_false(certificate_fits_key(certificate, other.key, &err));
	assert_non_null(strstr(err.text, other.key));
	assert_non_null(strstr(err.text, "not the key of the certificate"));
	certificate_free(certificate);
	pair_done(&ours);
	pair_done(&other);
}

/* An encrypted key, made by: openssl ecparam -name prime256v1 -genkey -noout | openssl pkcs8
 * -topk8 -passout pass:secret */
static const char encrypted_key[] =
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
    "MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAjDRBWVLznl8AICCAAw\n"
    "DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEELAsocwjbCpHNiEI3gXvoeUEgZC8\n"
    "h6+VU/zGdULR2dfdaEjLvCoRWl0h6nbs9UMDF5rhp4pGl+WP8K2CkzYcFbeB5HBK\n"
    "9JsgWKG66g0g83kGE3I/BSa02IJ/dO3D98MyzaTE1GeROMgBrBlXxLTrUln49g6s\n"
    "E+S3kwLiBotDTbZOVcmoKzlrQqIt2UOlfnYdB6iQPDDT5IQ1Xpmv8V2WSjXA4vk=\n"
    "-----END ENCRYPTED PRIVATE KEY-----\n";

static void
bad_files_are_named_with_what_was_expected(void **state)
{
	static const char *const hosts[] = {"example.org"};
	static const struct {
		const char *label, *text, *expected;
	} keys[] = {
	    {"empty", "", "expected a private key in PEM"},
	    {"not PEM", "hello", "expected a private key in PEM"},
	    {"encrypted", encrypted_key, "without a passphrase"},
	};
	struct pair pair;
	struct error err = {""};

	(void)state;
	pair_init(&pair, hosts, 1);
	struct certificate *certificate = load(&pair);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		write_text(pair.key, keys[i].text);
		bool fits = certificate_fits_key(certificate, pair.key, &err);
		if (fits || strstr(err.text, keys[i].expected) == NULL)
			print_error("%s: %s\n", keys[i].label, err.text);
		assert_false(fits);
		assert_non_null(strstr(err.text, keys[i].expected));
		assert_non_null(strstr(err.text, pair.key));
	}
	assert_false(certificate_fits_key(certificate, "/no/such/key", &err));
	assert_string_equal(err.text, "/no/such/key: No such file or directory");
	certificate_free(certificate);
	assert_null(certificate_load(pair.key, &err));
	assert_non_null(strstr(err.text, "expected a certificate in PEM"));
	assert_null(certificate_load("/no/such/file", &err));
	assert_string_equal(err.text, "/no/such/file: No such file or directory");
	pair_done(&pair);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(names_of_any_kind_are_covered),
	    cmocka_unit_test(facts_are_those_of_the_certificate),
	    cmocka_unit_test(a_new_certificate_of_the_same_key_has_the_same_public_key),
	    cmocka_unit_test(a_host_too_long_for_a_subject_is_named_all_the_same),
	    cmocka_unit_test(the_names_are_critical_where_there_is_no_subject),
	    cmocka_unit_test(brackets_are_taken_off_in_pairs_and_around_something),
	    cmocka_unit_test(what_is_no_key_signs_nothing),
	    cmocka_unit_test(whoever_runs_out_of_memory_says_so),
	    cmocka_unit_test(facts_without_memory_are_none),
	    cmocka_unit_test(a_key_of_another_certificate_is_told_apart),
	    cmocka_unit_test(bad_files_are_named_with_what_was_expected),
	};

	if (CRYPTO_set_mem_functions(library_malloc, library_realloc, library_free) != 1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
