/*
 * visitor - what is known of who asks: the client certificate, and nothing but that. Hostile, and
 * checked anew on every request.
 */
#ifndef GEMINI_VISITOR_H
#define GEMINI_VISITOR_H

#include <stdbool.h>
#include <stdint.h>

struct visitor {
	bool has_certificate;
	char certificate[65];          /* SHA-256 of the certificate, lower-case hex */
	char public_key[65];           /* SHA-256 of its public key */
	int64_t not_before, not_after; /* Unix seconds */
};

#endif
