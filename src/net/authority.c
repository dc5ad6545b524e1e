#include "net/authority.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#define SECURITY_LEVEL 2 /* as for TLS: nothing weaker than RSA 2048, no SHA-1 */

struct authority {
	char *path;
	X509_STORE *store;
	STACK_OF(X509_INFO) *parts; /* what the file holds */
};

struct authorities {
	struct authority **items;
	size_t count;
};

/* --- reading the file ---------------------------------------------------------------------- */

static STACK_OF(X509_INFO) *
read_parts(const char *path, struct error *err)
{
	BIO *file = BIO_new_file(path, "re");
	STACK_OF(X509_INFO) *parts = NULL;

	if (file == NULL) {
		error_set(err, "authority %s: %s", path, strerror(errno));
	} else {
		parts = PEM_X509_INFO_read_bio(file, NULL, NULL, NULL);
		if (parts == NULL)
			error_set(err, "authority %s: expected certificates in PEM form", path);
	}
	BIO_free(file);
	ERR_clear_error();
	return parts;
}

static bool
is_root(X509 *certificate)
{
	return (X509_get_extension_flags(certificate) & EXFLAG_SS) != 0;
}

/* Adds a part of the file to the store; *has_root becomes true for a root. */
static bool
add_part(struct authority *authority, const X509_INFO *part, bool *has_root, struct error *err)
{
	bool ok = true;

	if (part->x509 != NULL && X509_check_ca(part->x509) == 0)
		return error_set(err,
		    "authority %s: holds a certificate that may sign no others, expected those of "
		    "the authority alone",
		    authority->path);
	if (part->x509 != NULL) {
		*has_root = *has_root || is_root(part->x509);
		ok = X509_STORE_add_cert(authority->store, part->x509) == 1;
	}
	if (ok && part->crl != NULL)
		ok = X509_STORE_add_crl(authority->store, part->crl) == 1;
	return ok || error_set(err, "authority %s: out of memory", authority->path);
}

/* Where no list is, nothing is revoked; and one that is out of date tells no lie. */
static int
pass_over_lists(int is_fine, X509_STORE_CTX *context)
{
	switch (X509_STORE_CTX_get_error(context)) {
	case X509_V_ERR_UNABLE_TO_GET_CRL:
	case X509_V_ERR_CRL_HAS_EXPIRED:
		X509_STORE_CTX_set_error(context, X509_V_OK);
		return 1;
	default:
		return is_fine;
	}
}

static bool
fill_store(struct authority *authority, struct error *err)
{
	bool has_root = false;

	for (int i = 0; i < sk_X509_INFO_num(authority->parts); i++)
		if (!add_part(authority, sk_X509_INFO_value(authority->parts, i), &has_root, err))
			return false;
	if (!has_root)
		return error_set(err,
		    "authority %s: expected its root certificate (a self-signed one), and every "
		    "intermediate",
		    authority->path);
	X509_VERIFY_PARAM_set_auth_level(X509_STORE_get0_param(authority->store), SECURITY_LEVEL);
	X509_STORE_set_flags(authority->store, X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	X509_STORE_set_purpose(authority->store, X509_PURPOSE_SSL_CLIENT);
	X509_STORE_set_verify_cb(authority->store, pass_over_lists);
	return true;
}

struct authority *
authority_load(const char *path, struct error *err)
{
	struct authority *authority = calloc(1, sizeof(*authority));

	if (authority == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	authority->path = strdup(path);
	authority->store = X509_STORE_new();
	if (authority->path == NULL || authority->store == NULL)
		error_set(err, "out of memory");
	else
		authority->parts = read_parts(path, err);
	if (authority->parts == NULL || !fill_store(authority, err)) {
		authority_free(authority);
		authority = NULL;
	}
	ERR_clear_error();
	return authority;
}

void
authority_free(struct authority *authority)
{
	if (authority == NULL)
		return;
	sk_X509_INFO_pop_free(authority->parts, X509_INFO_free);
	X509_STORE_free(authority->store);
	free(authority->path);
	free(authority);
}

/* --- judging ------------------------------------------------------------------------------- */

static enum voucher_verdict
verdict_of(int code)
{
	switch (code) {
	case X509_V_OK:
		return VOUCHER_SIGNED;
	case X509_V_ERR_CERT_REVOKED:
		return VOUCHER_REVOKED;
	case X509_V_ERR_CERT_HAS_EXPIRED:
	case X509_V_ERR_CERT_NOT_YET_VALID:
		return VOUCHER_LAPSED;
	default:
		return VOUCHER_FOREIGN;
	}
}

enum voucher_verdict
authority_judge(const struct authority *authority, struct x509_st *certificate, int64_t now)
{
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	assert(authority->store != NULL && certificate != NULL);
	enum voucher_verdict verdict = VOUCHER_FOREIGN;

	if (context != NULL &&
	    X509_STORE_CTX_init(context, authority->store, certificate, NULL) == 1) {
		X509_STORE_CTX_set_time(context, 0, (time_t)now);
		if (X509_verify_cert(context) == 1)
			verdict = VOUCHER_SIGNED;
		else
			verdict = verdict_of(X509_STORE_CTX_get_error(context));
	}
	X509_STORE_CTX_free(context);
	ERR_clear_error();
	return verdict;
}

const char *
authority_lapse(const struct authority *authority, int64_t now)
{
	time_t at = (time_t)now;

	for (int i = 0; i < sk_X509_INFO_num(authority->parts); i++) {
		const X509_INFO *part = sk_X509_INFO_value(authority->parts, i);

		if (part->x509 != NULL && X509_cmp_time(X509_get0_notAfter(part->x509), &at) < 0)
			return "holds a certificate that has expired: its members are refused";
		if (part->crl != NULL && X509_CRL_get0_nextUpdate(part->crl) != NULL &&
		    X509_cmp_time(X509_CRL_get0_nextUpdate(part->crl), &at) < 0)
			return "holds a revocation list that is out of date: what was revoked "
			       "since "
			       "is still admitted";
	}
	return NULL;
}

/* --- all of a configuration ---------------------------------------------------------------- */

/* Loads the authority of a zone, unless it has none, or one that is there already. There is room.
 */
static bool
add_authority(struct authorities *authorities, const struct zone_config *zone, struct error *err)
{
	if (zone->authority == NULL || authorities_find(authorities, zone->authority) != NULL)
		return true;
	struct authority *authority = authority_load(zone->authority, err);
	if (authority == NULL)
		return error_prefix(err, "[zone %s%s]", zone->host, zone->prefix);
	assert(authorities_find(authorities, authority->path) == NULL);
	authorities->items[authorities->count++] = authority;
	return true;
}

static bool
add_all(struct authorities *authorities, const struct config *config, struct error *err)
{
	for (size_t i = 0; i < config->capsule_count; i++) {
		const struct capsule_config *capsule = &config->capsules[i];

		for (size_t k = 0; k < capsule->zone_count; k++)
			if (!add_authority(authorities, &capsule->zones[k], err))
				return false;
	}
	return true;
}

struct authorities *
authorities_load(const struct config *config, struct error *err)
{
	struct authorities *authorities = calloc(1, sizeof(*authorities));
	size_t room = 1;

	for (size_t i = 0; i < config->capsule_count; i++)
		room += config->capsules[i].zone_count;
	if (authorities != NULL)
		authorities->items = calloc(room, sizeof(struct authority *));
	if (authorities == NULL || authorities->items == NULL) {
		error_set(err, "out of memory");
		authorities_free(authorities);
		return NULL;
	}
	if (add_all(authorities, config, err))
		return authorities;
	authorities_free(authorities);
	return NULL;
}

void
authorities_free(struct authorities *authorities)
{
	if (authorities == NULL)
		return;
	for (size_t i = 0; i < authorities->count; i++)
		authority_free(authorities->items[i]);
	free(authorities->items);
	free(authorities);
}

const struct authority *
authorities_find(const struct authorities *authorities, const char *path)
{
	for (size_t i = 0; i < authorities->count; i++)
		if (strcmp(authorities->items[i]->path, path) == 0)
			return authorities->items[i];
	return NULL;
}
