/*
 * person_file - what STATE/editors/ID.ini says: somebody who joined, with which certificates.
 *Admins may edit it. Pure.
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
#ifndef PEOPLE_PERSON_FILE_H
#define PEOPLE_PERSON_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"
#include "people/person.h"
#include "people/state_file.h"

struct person_file {
	struct person person; /* name NULL where the file has none: the ID */
	bool has_role;        /* without one, only the ini file can say who it is */
};

/* Reads bytes[0..len), which ID.ini holds; file is what messages call it. Unless STATE_FILE_OK, err
 * has every reason and *out is untouched. */
enum state_file_result person_file_read(const char *id, const char *file, const char *bytes,
    size_t len, struct person_file *out, struct error *err);
void person_file_done(struct person_file *file);

/* Appends the file. person_file_read() of it gives the same. */
void person_file_write(const struct person_file *file, struct buffer *out);

/* Takes the device with that fingerprint out. False if there is none. */
bool person_file_drop_device(struct person_file *file, const char *fingerprint);

#endif
