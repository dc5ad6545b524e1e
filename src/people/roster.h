/*
 * roster - everybody who is an editor, in memory: those of the ini file, then those of
 * STATE/editors/ID.ini in the order of their IDs. Of an ID in both, the ini file says who it is,
 * and the certificates of both count.
 */
#ifndef PEOPLE_ROSTER_H
#define PEOPLE_ROSTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strings.h"
#include "config/config.h"
#include "people/enrolment.h"
#include "people/person.h"

struct roster {
	struct person *people;
	size_t count;
	/* IDs whose file lets nobody in, as it cannot be read: nothing may be written over it. */
	struct strings damaged;
	uint64_t signature; /* of the folder as it was read */
};

/* Reads everything anew. A file that lets nobody in is logged. False if memory ran out or the
 * folder cannot be read: *out is untouched. */
bool roster_read(
    const struct config *config, int editors_fd, struct roster *out, struct error *err);
void roster_done(struct roster *roster);

/* A number that is another one once a file was added, changed or removed: cheap, no file is
 * opened. False if the folder cannot be read. */
bool roster_signature(int editors_fd, uint64_t *out);

/* Adds the IDs of all files, in order. */
bool roster_list(int editors_fd, struct strings *out_ids, struct error *err);

/* What ID.ini says now. RECORD_BAD: it is there but cannot be read. */
enum record_result roster_enrolment(
    int editors_fd, const char *id, struct enrolment *out, struct error *err);

struct person *roster_find(const struct roster *roster, const char *id);

/* Whose certificate that is, whichever capsule it is for; NULL: nobody's. */
struct person *roster_owner(const struct roster *roster, const struct visitor *visitor);

/* A number that is another one when others are let in, or elsewhere. */
uint64_t roster_digest(const struct roster *roster);

#endif
