/*
 * invitations - the folder STATE/invitations: one file for each code that is open. Nothing is kept
 * in memory.
 */
#ifndef PEOPLE_INVITATIONS_H
#define PEOPLE_INVITATIONS_H

#include <stdbool.h>

#include "base/error.h"
#include "base/strings.h"
#include "people/invitation.h"

enum invitations_result {
	INVITATIONS_FOUND,
	INVITATIONS_ABSENT,
	INVITATIONS_FAILED, /* damaged, no memory, or the disk: err says it */
};

/* *out is the caller's, to be released with invitation_done(). */
enum invitations_result invitations_read(
    int folder_fd, const char *hash, struct invitation *out, struct error *err);

/* Durable when it returns. */
bool invitations_write(
    int folder_fd, const char *hash, const struct invitation *invitation, struct error *err);

/* Closes one, durably; one that is not there is closed. */
bool invitations_drop(int folder_fd, const char *hash, struct error *err);

/* Adds the hashes of all, in order. */
bool invitations_list(int folder_fd, struct strings *out, struct error *err);

#endif
