/*
 * listen - the sockets that readers come in by: TCP, Unix, or handed to us by a service manager
 * (LISTEN_FDS), which replaces the list in the ini file.
 */
#ifndef SUPERVISOR_LISTEN_H
#define SUPERVISOR_LISTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "base/strings.h"
#include "ipc/child.h"

struct listeners {
	struct listener *items; /* owned, descriptors included */
	size_t count;
	bool are_inherited; /* from a service manager: their Unix sockets are not ours to remove */
};

#define LISTENERS_EMPTY ((struct listeners){0})

/* Opens a socket for each address, as [server] listen has them; one that old has too (NULL: none)
 * is a duplicate of it, so that no waiting connection is lost. Unix sockets are open to their owner
 * and that group ((gid_t)-1: ours): whoever may speak the PROXY protocol there is believed.
 * Inherited ones stand as they are, whatever the addresses say. On failure *out is untouched and
 * what was made is gone again. */
bool listeners_open(const struct strings *addresses, const struct listeners *old, gid_t group,
    struct listeners *out, struct error *err);

/* Takes over what a service manager left for us, and the environment variables that say so.
 * Without any, *out has none and are_inherited is false. */
bool listeners_inherit(struct listeners *out, struct error *err);

/* Appends one that the caller opened; takes fd over. False if out of memory (fd stays). */
bool listeners_add(struct listeners *l, int fd, const char *name);

void listeners_close(struct listeners *l);

/* Closes and drops those that kept has too. */
void listeners_forget(struct listeners *l, const struct listeners *kept);

/* Removes the files of the Unix sockets that we made. */
void listeners_unlink(const struct listeners *l);

/* The port of the first TCP socket, or 0. */
int listeners_port(const struct listeners *l);

#endif
