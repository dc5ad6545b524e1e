#include "net/certificate.h"

#include <errno.h>
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/encode.h"
#include "base/text.h"

#define HOUR_S          3600
#define DAYS_OF_YEARS   (CERTIFICATE_YEARS * 365 + CERTIFICATE_YEARS / 4)
#define COMMON_NAME_MAX 64 /* characters (RFC 5280, ub-common-name) */
#define X509_VERSION_3  2

struct certificate {
	X509 *x509;
};

/* Sets err to what and OpenSSL's reason, and empties OpenSSL's queue. */
static void
openssl_failed(struct error *err, const char *what)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code != 0 ? ERR_reason_error_string(code) : NULL;

	error_set(err, "%s: %s", what, reason != NULL ? reason : "out of memory");
	ERR_clear_error();
}

/* An encrypted key is a mistake in a server: nobody is there to ask. */
static int
no_passphrase(char *out, int size, int for_writing, void *arg)
{
	(void)out;
	(void)size;
	(void)for_writing;
	(void)arg;
	return -1;
}

static bool
append_bio(BIO *bio, struct buffer *out)
{
	char *bytes = NULL;
	long len = BIO_get_mem_data(bio, &bytes);

	if (len > 0)
		buffer_append(out, bytes, (size_t)len);
	return !out->failed;
}

bool
certificate_make_key(struct buffer *out, struct error *err)
{
	EVP_PKEY *key = EVP_EC_gen("P-256");
	BIO *pem = BIO_new(BIO_s_mem());
	bool ok = key != NULL && pem != NULL &&
		  PEM_write_bio_PKCS8PrivateKey(pem, key, NULL, NULL, 0, NULL, NULL) == 1 &&
		  append_bio(pem, out);

	if (!ok)
		openssl_failed(err, "cannot make a key");
	BIO_free(pem);
	EVP_PKEY_free(key);
	return ok;
}

/* The address within brackets, or host itself. */
static void
bare_host(const char *host, char *out, size_t size)
{
	size_t len = strlen(host);
	bool in_brackets = len > 2 && host[0] == '[' && host[len - 1] == ']';

	snprintf(out, size, "%.*s", in_brackets ? (int)len - 2 : (int)len, host + in_brackets);
}

static bool
is_address(const char *bare)
{
	ASN1_OCTET_STRING *address = a2i_IPADDRESS(bare);

	ASN1_OCTET_STRING_free(address);
	ERR_clear_error();
	return address != NULL;
}

static bool
name_host(GENERAL_NAMES *names, const char *host)
{
	char bare[256];

	bare_host(host, bare, sizeof(bare));
	GENERAL_NAME *name =
	    a2i_GENERAL_NAME(NULL, NULL, NULL, is_address(bare) ? GEN_IPADD : GEN_DNS, bare, 0);
	if (name != NULL && sk_GENERAL_NAME_push(names, name) > 0)
		return true;
	GENERAL_NAME_free(name);
	return false;
}

/* Names subject and alternative names. A name too long for a subject stands in the other alone,
 * which is then critical (RFC 5280, 4.2.1.6). */
static bool
name_all(X509 *x509, const struct strings *hosts)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();
	X509_NAME *subject = X509_get_subject_name(x509);
	char bare[256];
	bool ok = names != NULL;

	bare_host(hosts->items[0], bare, sizeof(bare));
	bool has_subject = strlen(bare) <= COMMON_NAME_MAX;
	if (ok && has_subject)
		ok = X509_NAME_add_entry_by_txt(
			 subject, "CN", MBSTRING_UTF8, (const unsigned char *)bare, -1, -1, 0) == 1;
	for (size_t i = 0; ok && i < hosts->count; i++)
		ok = name_host(names, hosts->items[i]);
	ok = ok && X509_set_issuer_name(x509, subject) == 1 &&
	     X509_add1_ext_i2d(x509, NID_subject_alt_name, names, !has_subject, 0) == 1;
	GENERAL_NAMES_free(names);
	return ok;
}

/* Says that it signs nothing else. */
static bool
deny_authority(X509 *x509)
{
	BASIC_CONSTRAINTS none = {.ca = 0, .pathlen = NULL};

	return X509_add1_ext_i2d(x509, NID_basic_constraints, &none, 1, 0) == 1;
}

static bool
number_and_date(X509 *x509)
{
	uint64_t serial = 0;

	if (RAND_bytes((unsigned char *)&serial, sizeof(serial)) != 1)
		return false;
	serial = serial >> 1 | 1; /* positive in eight bytes */
	return X509_set_version(x509, X509_VERSION_3) == 1 &&
	       ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial) == 1 &&
	       X509_time_adj_ex(X509_getm_notBefore(x509), 0, -HOUR_S, NULL) != NULL &&
	       X509_time_adj_ex(X509_getm_notAfter(x509), DAYS_OF_YEARS, 0, NULL) != NULL;
}

static EVP_PKEY *
read_key(BIO *pem)
{
	return pem != NULL ? PEM_read_bio_PrivateKey(pem, NULL, no_passphrase, NULL) : NULL;
}

bool
certificate_sign(
    const char *key_pem, const struct strings *hosts, struct buffer *out, struct error *err)
{
	BIO *key_bytes = BIO_new_mem_buf(key_pem, -1);
	BIO *pem = BIO_new(BIO_s_mem());
	EVP_PKEY *key = read_key(key_bytes);
	X509 *x509 = X509_new();
	bool ok = key != NULL && pem != NULL && x509 != NULL && number_and_date(x509) &&
		  name_all(x509, hosts) && deny_authority(x509) &&
		  X509_set_pubkey(x509, key) == 1 && X509_sign(x509, key, EVP_sha256()) > 0 &&
		  PEM_write_bio_X509(pem, x509) == 1 && append_bio(pem, out);

	if (!ok)
		openssl_failed(err, "cannot make a certificate");
	X509_free(x509);
	EVP_PKEY_free(key);
	BIO_free(pem);
	BIO_free(key_bytes);
	return ok;
}

struct certificate *
certificate_load(const char *path, struct error *err)
{
	struct certificate *certificate = calloc(1, sizeof(*certificate));
	BIO *file = BIO_new_file(path, "r");

	if (file == NULL) {
		error_set(err, "%s: %s", path, strerror(errno));
		ERR_clear_error();
		free(certificate);
		return NULL;
	}
	if (certificate != NULL)
		certificate->x509 = PEM_read_bio_X509(file, NULL, no_passphrase, NULL);
	BIO_free(file);
	if (certificate == NULL || certificate->x509 == NULL) {
		error_set(err, "%s: expected a certificate in PEM", path);
		ERR_clear_error();
		certificate_free(certificate);
		return NULL;
	}
	return certificate;
}

void
certificate_free(struct certificate *certificate)
{
	if (certificate == NULL)
		return;
	X509_free(certificate->x509);
	free(certificate);
}

static int64_t
unix_seconds(const ASN1_TIME *time)
{
	struct tm tm;

	return ASN1_TIME_to_tm(time, &tm) == 1 ? (int64_t)timegm(&tm) : 0;
}

static bool
append_subject(const X509 *x509, struct buffer *out)
{
	BIO *text = BIO_new(BIO_s_mem());
	/* One line, as openssl(1) shows it, control bytes escaped. */
	bool ok = text != NULL &&
		  X509_NAME_print_ex(text, X509_get_subject_name(x509), 0, XN_FLAG_ONELINE) >= 0;

	if (ok)
		append_bio(text, out); /* an empty subject appends nothing */
	BIO_free(text);
	return ok && !out->failed;
}

static bool
append_host(const GENERAL_NAME *name, struct strings *out)
{
	int type;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
	struct buffer line = BUFFER_EMPTY;

	if (type == GEN_DNS) {
		text_append_line(&line, (const char *)ASN1_STRING_get0_data(value),
		    (size_t)ASN1_STRING_length(value));
	} else if (type == GEN_IPADD) {
		/* i2v is the only public way to its text: "IP Address" and the value */
		STACK_OF(CONF_VALUE) *shown = i2v_GENERAL_NAME(NULL, (GENERAL_NAME *)name, NULL);
		if (shown != NULL && sk_CONF_VALUE_num(shown) > 0)
			buffer_puts(&line, sk_CONF_VALUE_value(shown, 0)->value);
		sk_CONF_VALUE_pop_free(shown, X509V3_conf_free);
	}
	bool ok = !line.failed && (line.len == 0 || strings_add(out, line.data));
	buffer_free(&line);
	return ok;
}

static bool
append_hosts(const X509 *x509, struct strings *out)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(x509, NID_subject_alt_name, NULL, NULL);
	bool ok = true;

	for (int i = 0; ok && i < sk_GENERAL_NAME_num(names); i++)
		ok = append_host(sk_GENERAL_NAME_value(names, i), out);
	GENERAL_NAMES_free(names);
	return ok;
}

bool
certificate_facts(const struct certificate *certificate, struct certificate_facts *out)
{
	X509 *x509 = certificate->x509;
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned char *key = NULL;
	bool ok = false;

	*out = (struct certificate_facts){
	    .not_before = unix_seconds(X509_get0_notBefore(x509)),
	    .not_after = unix_seconds(X509_get0_notAfter(x509)),
	};
	int key_len = i2d_X509_PUBKEY(X509_get_X509_PUBKEY(x509), &key);
	if (X509_digest(x509, EVP_sha256(), digest, NULL) != 1)
		goto out;
	encode_hex(digest, 32, out->certificate);
	if (key_len <= 0 || EVP_Digest(key, (size_t)key_len, digest, NULL, EVP_sha256(), NULL) != 1)
		goto out;
	encode_hex(digest, 32, out->public_key);
	ok = append_subject(x509, &out->subject) && append_hosts(x509, &out->hosts);
out:
	OPENSSL_free(key);
	ERR_clear_error();
	return ok;
}

void
certificate_facts_free(struct certificate_facts *facts)
{
	buffer_free(&facts->subject);
	strings_free(&facts->hosts);
}

bool
certificate_covers(const struct certificate *certificate, const char *host)
{
	char bare[256];

	bare_host(host, bare, sizeof(bare));
	int found = is_address(bare) ? X509_check_ip_asc(certificate->x509, bare, 0)
				     : X509_check_host(certificate->x509, bare, 0, 0, NULL);
	ERR_clear_error();
	return found == 1;
}

bool
certificate_is_self_signed(const struct certificate *certificate)
{
	bool is_self_signed = X509_self_signed(certificate->x509, 1) == 1;

	ERR_clear_error();
	return is_self_signed;
}

bool
certificate_fits_key(const struct certificate *certificate, const char *key_path, struct error *err)
{
	BIO *file = BIO_new_file(key_path, "r");
	EVP_PKEY *key = NULL;
	bool fits = false;

	if (file == NULL) {
		error_set(err, "%s: %s", key_path, strerror(errno));
		goto out;
	}
	key = read_key(file);
	if (key == NULL)
		error_set(err, "%s: expected a private key in PEM, without a passphrase", key_path);
	else if (X509_check_private_key(certificate->x509, key) != 1)
		error_set(err,
		    "%s: not the key of the certificate, expected the one that signed it",
		    key_path);
	else
		fits = true;
out:
	ERR_clear_error();
	EVP_PKEY_free(key);
	BIO_free(file);
	return fits;
}
