/*
 * credits - whose a change is, noted in STATE/HOST/credits before it is written: should the press
 * be killed before the commit, or the commit fail, it is still committed as its editor's.
 *
 * A note is lines and an empty line; one that was cut short is none, as nothing was written then:
 *
 *	name Heidi
 *	mail heidi@example.org
 *	message publish /articles/a.gmi
 *	file SHA256HEX /articles/a.gmi
 *	gone /drafts/a.gmi
 */
#ifndef PRESS_CREDITS_H
#define PRESS_CREDITS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "press/works.h"

#define CREDITS_SUM_LEN 64 /* hex digits of a SHA-256 */

struct credits_file {
	const char *path; /* ends at len */
	size_t len;
	char sum[CREDITS_SUM_LEN + 1]; /* of what the file has to hold, "" if it is to be gone */
};

/* A note being read, borrowed from the text. */
struct credits_note {
	const char *name, *mail, *message;
	size_t name_len, mail_len, message_len;
	const char *files; /* the lines about files */
	size_t files_len;
};

/* Takes the next whole note off the text; what is no note is passed over. False at the end.
 * Pure, as are the two below. */
bool credits_next(const char **text, size_t *len, struct credits_note *out);
/* Takes the next file off a note. */
bool credits_next_file(struct credits_note *note, struct credits_file *out);
/* Appends a note. Paths that hold a line end are left out. */
void credits_put(struct buffer *out, const struct press_change *changes, size_t count,
    const struct press_credit *credit);

/* Notes whose the changes are that are about to be written. No fsync: against a crash of the
 * press it needs none. False with the reason: then they had better not be written. */
bool credits_note(struct press *press, const struct press_change *changes, size_t count,
    const struct press_credit *credit, struct error *err);
/* The changes noted last are committed, or were not made; or their commit has failed, and the
 * notes are to be kept, durably. */
void credits_drop(struct press *press);
void credits_keep(struct press *press);

/* Commits as their editors' what notes tell of and lies there just so. To be called at a start,
 * and when commits are tried again. */
void credits_settle(struct press *press);

#endif
