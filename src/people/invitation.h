/*
 * invitation - a code that makes somebody an editor, or gives one a further device: a file
 * STATE/invitations/SHA256, called by the hash of its code. The code itself is kept nowhere.
 *
 *	[invitation heidi]
 *	name = Heidi
 *	role = author
 *	capsule = example.org
 *	expires = 2025-06-20T09:30:00Z
 */
#ifndef PEOPLE_INVITATION_H
#define PEOPLE_INVITATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "config/config.h"
#include "people/state_file.h"

#define INVITATION_CODE_LEN 26 /* characters: 128 random bits in base32 */
#define INVITATION_HASH_LEN 64 /* hex digits of a SHA-256 */

struct invitation {
	char *id, *name;
	enum editor_role role;
	char *capsule; /* the host, or NULL: for all */
	int64_t expires;
	/* For somebody who is there already: it must not bring back one who was removed since. */
	bool is_further_device;
	/* The certificate that took this code and whose place the next one takes; or "". */
	char replaces[65];
};

/* What the code's file holds, read from bytes[0..len); file is what messages call it. Unless
 * STATE_FILE_OK, err has the reason and *out is untouched. Pure, as invitation_write(). */
enum state_file_result invitation_read(
    const char *file, const char *bytes, size_t len, struct invitation *out, struct error *err);
void invitation_write(const struct invitation *invitation, struct buffer *out);
void invitation_done(struct invitation *invitation);

/* A new code, and its hash. False with the reason. */
bool invitation_new_code(char code[static INVITATION_CODE_LEN + 1],
    char hash[static INVITATION_HASH_LEN + 1], struct error *err);

enum invitation_code {
	INVITATION_CODE,
	INVITATION_NO_CODE, /* not of that shape */
	INVITATION_FAILED,  /* out of memory */
};
/* The hash of a code as somebody typed it: capitals, blanks and hyphens do not matter, 0 is read as
 * O, 1 as L, 8 as B. */
enum invitation_code invitation_hash(const char *typed, char hash[static INVITATION_HASH_LEN + 1]);

/* Whether a name may stand in a file of the state folder: one line of UTF-8 that says something,
 * at most PEOPLE_NAME_MAX bytes and without `;`, which begins a comment there. False with the
 * reason. */
bool invitation_check_name(const char *name, struct error *err);

#endif
