/*
 * people - the editors: those of the ini file and those who joined by invitation
 * (STATE/editors/ID.ini; the main ini wins), their certificates, and the invitations that are
 * open (STATE/invitations/). One for the whole server, in the publisher (and in the verbs that
 * work alone).
 */
#ifndef DESK_PEOPLE_H
#define DESK_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/strings.h"
#include "config/config.h"
#include "gemini/visitor.h"

#define PEOPLE_CODE_LEN       26 /* characters of an invitation code: 128 random bits in base32 */
#define PEOPLE_INVITATION_DAYS 7

struct people;

struct device {
	char *fingerprint;  /* of the certificate or of its public key, 64 hex digits */
	int64_t added, last_used; /* Unix seconds; 0: not known */
	int64_t expires;    /* the certificate's end; 0: not known */
};
struct person {
	char *id, *name;
	enum editor_role role;
	struct strings capsules; /* hosts; empty: all */
	struct device *devices;
	size_t device_count;
	bool is_in_ini; /* then the ini file alone says who it is */
};

/* Reads STATE/editors and STATE/invitations. config is borrowed. NULL with the reason. */
struct people *people_open(const struct config *config, struct error *err);
void people_close(struct people *people);

/* Who the certificate's bearer is, for that capsule; NULL for strangers. Borrowed until the next
 * call that changes people. Dates are not looked at: they are the caller's to check. */
const struct person *people_find(struct people *people, const struct visitor *visitor,
    const char *host);
const struct person *people_by_id(struct people *people, const char *id);
size_t people_count(const struct people *people);
const struct person *people_at(const struct people *people, size_t i);

/* An invitation: makes ID.ini when it is accepted. The code is written to out once, and kept as a
 * hash only. An ID that exists gets a further device. */
bool people_invite(struct people *people, const char *id, const char *name, enum editor_role role,
    const char *host, int64_t now, char code[static PEOPLE_CODE_LEN + 1], struct error *err);
enum people_joined {
	PEOPLE_JOINED,
	PEOPLE_WRONG_CODE, /* or used, or older than a week */
	PEOPLE_SLOW_DOWN,  /* too many wrong codes: *out_wait seconds */
	PEOPLE_TAKEN,      /* the certificate is somebody's already */
	PEOPLE_FAILED,
};
/* Takes the invitation with that code for the visitor's certificate. Durable when it returns. */
enum people_joined people_join(struct people *people, const char *code,
    const struct visitor *visitor, int64_t now, const struct person **out_person, int *out_wait,
    struct error *err);

/* Effective at once, for connections already open too. */
bool people_remove(struct people *people, const char *id, struct error *err);
bool people_remove_device(struct people *people, const char *id, const char *fingerprint,
    struct error *err);
/* Remembers when a certificate was last used (written now and then, not on each request). */
void people_note_use(struct people *people, const struct visitor *visitor, int64_t now);

/* All fingerprints of all people, for workers, which answer strangers themselves: pairs of
 * "FINGERPRINT HOST-or-*", one a string. */
bool people_fingerprints(const struct people *people, struct strings *out);

#endif
