/*
 * people - the editors: those of the ini file and those who joined by invitation
 * (STATE/editors/ID.ini), their certificates, and the invitations that are open
 * (STATE/invitations/). One for the whole server, in the publisher (and in the verbs that work
 * alone).
 *
 * Of an ID in both places the ini file alone says name, role and capsules; certificates of both
 * count. Invitations are not kept in memory: a file is one from the moment it lies there.
 */
#ifndef PEOPLE_PEOPLE_H
#define PEOPLE_PEOPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/strings.h"
#include "config/config.h"
#include "gemini/visitor.h"
#include "people/invitation.h"
#include "people/person.h"

#define PEOPLE_CODE_LEN        INVITATION_CODE_LEN
#define PEOPLE_INVITATION_DAYS 7
#define PEOPLE_REOPEN_SECONDS  600  /* how long a code that was just taken may be reopened */
#define PEOPLE_REOPENED        3600 /* seconds that it is good for then */
#define PEOPLE_NOTE_SECONDS    3600 /* a use is written at most this often for a certificate */

struct people;

/* Reads STATE/editors, making the folders that are missing. A file that cannot be read is logged
 * and lets nobody in. config is borrowed. NULL with the reason. */
struct people *people_open(const struct config *config, struct error *err);
void people_close(struct people *people);

/* Takes in what an admin changed by hand in STATE/editors. Cheap while nothing did. Persons that
 * were lent are gone then. For a timer, and before a verb is done. */
void people_refresh(struct people *people);

/* Who the certificate's bearer is, for that capsule; NULL for strangers. Borrowed until the next
 * call that changes people: this is one, as it refreshes them once a second. Dates are not looked
 * at: they are the caller's to check. */
const struct person *people_find(
    struct people *people, const struct visitor *visitor, const char *host);
const struct person *people_by_id(struct people *people, const char *id);

/* An invitation: makes ID.ini when it is accepted. host: the capsule it is for, or NULL for all.
 * The code is written to out once, and kept as a hash only. An ID that exists gets a further
 * device, and must have that role and capsule already. The latest invitation of an ID is the one
 * that counts: an earlier one that is still open is closed. False with the reason. */
bool people_invite(struct people *people, const char *id, const char *name, enum editor_role role,
    const char *host, int64_t now, char code[static PEOPLE_CODE_LEN + 1], struct error *err);
enum people_joined {
	PEOPLE_JOINED,
	PEOPLE_WRONG_CODE, /* or used, or older than a week */
	PEOPLE_SLOW_DOWN,  /* too many wrong codes: *out_wait seconds */
	PEOPLE_TAKEN,      /* the certificate is somebody's already: *out_person */
	PEOPLE_FAILED,
};
/* Takes the invitation with that code for the visitor's certificate. The code may be written in
 * capitals and with blanks. Durable when it returns. */
enum people_joined people_join(struct people *people, const char *code,
    const struct visitor *visitor, int64_t now, const struct person **out_person, int *out_wait,
    struct error *err);

/* Somebody came to /welcome whom nobody knows. It may be one who joined a moment ago with an
 * identity that is not used there: a code that was taken within the last minutes, by a certificate
 * that was not used since, is good once more. The certificate that comes with it then takes the
 * place of that one. */
void people_reopen_codes(struct people *people, int64_t now);

/* Takes out what joined: the person (unless the ini file names it: then false, with the reason,
 * but its certificates that joined are gone), and its open invitations. Effective at once, for
 * connections already open too. */
bool people_remove(struct people *people, const char *id, struct error *err);
bool people_remove_device(
    struct people *people, const char *id, const char *fingerprint, struct error *err);
/* Remembers that a certificate is used elsewhere than at /desk/join (written now and then, not on
 * each request). Persons that were lent stay. */
void people_note_use(struct people *people, const struct visitor *visitor, int64_t now);

/* Adds the fingerprints of all who work for that capsule, for workers, which answer strangers
 * themselves. False if out of memory. */
bool people_fingerprints(const struct people *people, const char *host, struct strings *out);
/* A number that changes whenever people_fingerprints() would tell something else. */
unsigned people_changes(const struct people *people);

/* Appends a line for each person and each open invitation. */
void people_report(const struct people *people, int64_t now, struct buffer *out);

#endif
