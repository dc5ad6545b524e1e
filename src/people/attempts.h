/*
 * attempts - wrong invitation codes, counted, so that nobody tries codes by the thousand. Pure: the
 * time is given.
 *
 * A certificate may be wrong ATTEMPTS_OF_ONE times in ATTEMPTS_SECONDS; then it waits. Certificates
 * cost nothing, so all together may be wrong ATTEMPTS_OF_ALL times in a minute; then those that
 * were wrong before wait for the minute's end. A certificate's first code is always looked at:
 * otherwise a stranger with a thousand certificates could keep everybody out. That gives nothing
 * away: each such try costs a certificate and a TLS handshake, which is far more than looking at a
 * code, and 128 bits are not guessed that way.
 */
#ifndef PEOPLE_ATTEMPTS_H
#define PEOPLE_ATTEMPTS_H

#include <stddef.h>
#include <stdint.h>

#define ATTEMPTS_OF_ONE  5
#define ATTEMPTS_SECONDS 600
#define ATTEMPTS_OF_ALL  60
#define ATTEMPTS_MAX     256 /* certificates that are remembered; then the oldest is forgotten */

struct attempt {
	char certificate[65];
	int64_t since; /* of its first wrong code, Unix seconds */
	int wrong;
};

/* Start: zeroed. */
struct attempts {
	struct attempt items[ATTEMPTS_MAX]; /* the oldest first */
	size_t count;
	int64_t minute; /* when the present one began */
	int wrong;      /* of all, within it */
};

/* Seconds until that certificate may try; 0: now. */
int attempts_wait(const struct attempts *attempts, const char *certificate, int64_t now);

/* That certificate came with a wrong code. */
void attempts_note(struct attempts *attempts, const char *certificate, int64_t now);

/* That certificate came with a right one. */
void attempts_forget(struct attempts *attempts, const char *certificate);

#endif
