/*
 * verb - a verb of the command line on its way to the publisher (CHANNEL_VERB): one that changes
 * or asks the newsroom. Pure.
 */
#ifndef IPC_VERB_H
#define IPC_VERB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

enum verb_kind {
	VERB_PUBLISH, /* path, mime; the file's bytes travel beside */
	VERB_DELETE,  /* path */
	VERB_HISTORY, /* path */
	VERB_RESTORE, /* path, revision */
	VERB_INVITE,  /* id, name, role */
	VERB_EDITORS, /* lists them */
	VERB_REMOVE,  /* id */
	VERB_KIND_COUNT
};

/* "" where a verb has no use for it. Borrowed. */
struct verb {
	enum verb_kind kind;
	const char *host; /* the capsule; of VERB_INVITE "" for all */
	const char *as;   /* the editor's ID whose rights count; "" for the admin */
	const char *path, *mime, *revision;
	const char *id, *name, *role;
};

/* A verb of that kind whose texts are all "". */
struct verb verb_of(enum verb_kind kind);

/* Appends the payload of a frame. False if it would not fit into one. */
bool verb_encode(const struct verb *verb, struct buffer *out);
/* Reads one. Strings are borrowed from bytes. False, *out undefined, for anything else. */
bool verb_decode(const void *bytes, size_t len, struct verb *out);

#endif
