/*
 * enrolment - what STATE/editors/ID.ini says: somebody who joined, with which certificates. Admins
 * may edit it. Pure.
 *
 *	[editor heidi]
 *	name = Heidi
 *	role = author
 *	capsule = example.org
 *
 *	fingerprint = 0123456789abcdef…
 *	added = 2025-06-13T09:30:00Z
 *
 * What stands below a fingerprint tells of that certificate.
 */
#ifndef PEOPLE_ENROLMENT_H
#define PEOPLE_ENROLMENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "people/person.h"
#include "people/record.h"

struct enrolment {
	struct person person; /* name NULL where the file has none: the ID */
	bool has_role;        /* without one, only the ini file can say who it is */
};

/* Reads bytes[0..len), which ID.ini holds; file is what messages call it. Unless RECORD_OK, err has
 * every reason and *out is untouched. */
enum record_result enrolment_read(const char *id, const char *file, const char *bytes, size_t len,
    struct enrolment *out, struct error *err);
void enrolment_done(struct enrolment *enrolment);

/* Appends the file. enrolment_read() of it gives the same. */
void enrolment_write(const struct enrolment *enrolment, struct buffer *out);

/* Takes the device with that fingerprint out. False if there is none. */
bool enrolment_drop_device(struct enrolment *enrolment, const char *fingerprint);

#endif
