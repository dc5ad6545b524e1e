/*
 * sealed - bytes on their way from one process to another in a memfd that nobody can change any
 * more: what was checked is what will be used.
 */
#ifndef IPC_SEALED_H
#define IPC_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* Bytes that lie in somebody else's memory, mapped read-only. */
struct sealed {
	const void *bytes; /* "" when there are none */
	size_t len;
};

/* A memfd with a copy of the bytes, sealed. Returns -1 with the reason; the caller closes it. */
int sealed_new(const void *bytes, size_t len, struct error *err);

/* Seals a memfd, made with MFD_ALLOW_SEALING and not mapped, against writing and resizing. */
bool sealed_shut(int memfd);

/* Maps what lies in a memfd that came from another process, at most max bytes. False with the
 * reason for one that is not sealed, or larger. The descriptor stays the caller's, and may be
 * closed at once; sealed_done() ends the mapping. */
bool sealed_open(int memfd, uint64_t max, struct sealed *out, struct error *err);
void sealed_done(struct sealed *sealed);

#endif
