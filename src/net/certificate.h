/*
 * certificate - making and reading server certificates: what `cert`, `new` and `check` need.
 * (What a server does with them is in tls.h.)
 */
#ifndef NET_CERTIFICATE_H
#define NET_CERTIFICATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/strings.h"

#define CERTIFICATE_YEARS 20 /* clients pin what they saw first: a change looks like an attack */

/* Appends a new private key (P-256), in PEM. */
bool certificate_make_key(struct buffer *out, struct error *err);

/* Appends a certificate in PEM, signed by its own key (PEM in key_pem), for these host names and
 * addresses (IPv6 in brackets); the first is also its subject. Valid from an hour ago, as clocks
 * differ, for CERTIFICATE_YEARS. */
bool certificate_sign(
    const char *key_pem, const struct strings *hosts, struct buffer *out, struct error *err);

struct certificate; /* opaque */

/* Reads the first certificate of a PEM file. NULL with the reason, which names the file. */
struct certificate *certificate_load(const char *path, struct error *err);
void certificate_free(struct certificate *certificate);

struct certificate_facts {
	struct buffer subject;         /* "CN = example.org" */
	struct strings hosts;          /* "example.org", "192.0.2.1", as it names them */
	int64_t not_before, not_after; /* Unix seconds */
	char certificate[65];          /* SHA-256 in lower-case hex */
	char public_key[65];           /* the same of its public key (SubjectPublicKeyInfo) */
};

/* False if out of memory. The caller frees with certificate_facts_free() in any case. */
bool certificate_facts(const struct certificate *certificate, struct certificate_facts *out);
void certificate_facts_free(struct certificate_facts *facts);

/* Whether a client that asked for host would find it named; host as in [capsule HOST]. */
bool certificate_covers(const struct certificate *certificate, const char *host);

bool certificate_is_self_signed(const struct certificate *certificate);

/* Reads the private key file and sees whether it is the certificate's. Never asks for a
 * passphrase. False with the reason, which names the file. */
bool certificate_fits_key(
    const struct certificate *certificate, const char *key_path, struct error *err);

#endif
