/*
 * people_inside - people from inside: what people.c and joining.c share.
 */
#ifndef PEOPLE_PEOPLE_INSIDE_H
#define PEOPLE_PEOPLE_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "config/config.h"
#include "people/attempts.h"
#include "people/index.h"
#include "people/invitations.h"
#include "people/people.h"
#include "people/person_file.h"

struct people {
	const struct config *config;
	int editors_fd, invitations_fd;
	struct people_index index;
	struct attempts attempts;
	int64_t looked_at_ms; /* when the folder was looked at last, CLOCK_MONOTONIC */
	unsigned changes;
};

/* What ID.ini says, to be changed and saved; an empty file where there is no file. A damaged
 * one is refused, so that nothing is written over it. *out is the caller's. */
bool people_person_file(
    const struct people *people, const char *id, struct person_file *out, struct error *err);

/* Writes it durably, and takes it in: persons that were lent are gone. */
bool people_save(struct people *people, const struct person_file *file, struct error *err);

/* Whether the code with that hash was taken already, though its file is still there. */
bool people_is_spent(
    const struct people *people, const char *hash, const struct invitation *invitation);

/* Closes all open invitations of an ID but one (NULL: none). False with the reason; *out_count (may
 * be NULL) is how many were closed. */
bool people_close_invitations(
    struct people *people, const char *id, const char *but, size_t *out_count, struct error *err);

#endif
