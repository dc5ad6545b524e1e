/*
 * visitor - what is known of who asks: the client certificate, and nothing but that. Hostile, and
 * checked anew on every request.
 */
#ifndef GEMINI_VISITOR_H
#define GEMINI_VISITOR_H

#include <stdbool.h>
#include <stdint.h>

/* What an authority says of a certificate. */
enum voucher_verdict {
	VOUCHER_SIGNED,  /* it, or one of its intermediates, has signed it */
	VOUCHER_FOREIGN, /* it has not */
	VOUCHER_REVOKED, /* it has, and took it back */
	VOUCHER_LAPSED,  /* it has, but a certificate between the two is out of date */
};

struct visitor {
	bool has_certificate;
	char certificate[65];          /* SHA-256 of the certificate, lower-case hex */
	char public_key[65];           /* SHA-256 of its public key */
	int64_t not_before, not_after; /* Unix seconds */
	/* Asks the authority that a zone of the configuration names by its file. Signatures take
	 * time to check: only that zone asks. NULL where nobody can tell. Borrowed with the
	 * visitor. */
	enum voucher_verdict (*vouch)(const void *voucher, const char *authority);
	const void *voucher;
};

#endif
