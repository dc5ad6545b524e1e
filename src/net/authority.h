/*
 * authority - who signs the certificates of a zone's members: a root, its intermediates, and the
 * lists of what they revoked, from one file. Read-only once loaded.
 *
 * Only the member's own certificate is looked at, and the file has all else: a resumed session
 * brings nothing but that back, so a chain that the client sends would count once and never again.
 */
#ifndef NET_AUTHORITY_H
#define NET_AUTHORITY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"
#include "gemini/visitor.h"

struct authority;
struct x509_st; /* OpenSSL's X509 */

/* Reads a PEM file of certificates, a root among them, and revocation lists, in any order. NULL
 * with the reason, which names the file. The caller frees it. */
struct authority *authority_load(const char *path, struct error *err);
void authority_free(struct authority *authority);

/* Checks the chain from a client's certificate up to the root, at that Unix second: signatures,
 * dates, that it may be a client's, and revocation where its issuer has a list. A list that is out
 * of date still revokes what it names. FOREIGN also when out of memory. */
enum voucher_verdict authority_judge(
    const struct authority *authority, struct x509_st *certificate, int64_t now);

/* What an admin should renew, as the end of a sentence; NULL if all is in date at that second. */
const char *authority_lapse(const struct authority *authority, int64_t now);

/* The authorities of all zones. */
struct authorities;

/* Loads each file once. NULL with the reason. */
struct authorities *authorities_load(const struct config *config, struct error *err);
void authorities_free(struct authorities *authorities);
/* The one that was loaded from path, or NULL. */
const struct authority *authorities_find(const struct authorities *authorities, const char *path);

#endif
