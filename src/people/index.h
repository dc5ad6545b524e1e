/*
 * index - everybody who is an editor, in memory: those of the ini file, then those of
 * STATE/editors/ID.ini in the order of their IDs. Of an ID in both, the ini file says who it is,
 * and the certificates of both count.
 */
#ifndef PEOPLE_INDEX_H
#define PEOPLE_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strings.h"
#include "config/config.h"
#include "people/person.h"
#include "people/person_file.h"

struct people_index {
	struct person *people;
	size_t count;
	/* IDs whose file lets nobody in, as it cannot be read: nothing may be written over it. */
	struct strings damaged;
	uint64_t signature; /* of the folder as it was read */
};

/* Reads everything anew. A file that lets nobody in is logged. False if memory ran out or the
 * folder cannot be read: *out is untouched. */
bool people_index_read(
    const struct config *config, int editors_fd, struct people_index *out, struct error *err);
void people_index_done(struct people_index *index);

/* A number that is another one once a file was added, changed or removed: cheap, no file is
 * opened. False if the folder cannot be read. */
bool people_index_signature(int editors_fd, uint64_t *out);

/* Adds the IDs of all files, in order. */
bool people_index_list(int editors_fd, struct strings *out_ids, struct error *err);

/* What ID.ini says now. STATE_FILE_BAD: it is there but cannot be read. */
enum state_file_result people_index_file(
    int editors_fd, const char *id, struct person_file *out, struct error *err);

struct person *people_index_find(const struct people_index *index, const char *id);

/* Whose certificate that is, whichever capsule it is for; NULL: nobody's. */
struct person *people_index_owner(const struct people_index *index, const struct visitor *visitor);

/* A number that is another one when others are let in, or elsewhere. */
uint64_t people_index_digest(const struct people_index *index);

#endif
