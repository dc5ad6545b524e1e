/*
 * uploads - how much memory the uploads of all workers may hold, and how much of it one client's.
 * Counted on the scoreboard: what a killed worker held is dropped with its slot.
 *
 * Each worker writes only its own slot and reads the others', as with connections (net/clients.h):
 * two that begin in the same moment may both be refused where one had room, never both taken.
 */
#ifndef WORKER_UPLOADS_H
#define WORKER_UPLOADS_H

#include <stdint.h>

#include "gemini/visitor.h"
#include "ipc/scoreboard.h"

/* Of the largest size, over all workers; or as many smaller ones as fit into these bytes. */
#define UPLOADS_AT_ONCE   16
#define UPLOADS_BYTES_MIN ((uint64_t)64 * 1024 * 1024)
/* One client's may hold one part in so many of all that. */
#define UPLOADS_CLIENT_PART 2

enum uploads_verdict {
	UPLOADS_TAKEN,
	UPLOADS_FULL,       /* all uploads together hold what they may, or the worker has those of
			       SCOREBOARD_UPLOADERS others */
	UPLOADS_SHARE_HELD, /* this client's do */
};

/* Who uploads, as a number: the certificate decides, as only those that are known come so far. */
uint64_t uploads_client(const struct visitor *visitor);

/* Counts size bytes in a worker's slot, if the limits, largest being the size of the largest
 * upload, leave room for them. Else nothing is counted. */
enum uploads_verdict uploads_take(
    struct scoreboard *board, int slot, uint64_t client, uint64_t size, uint64_t largest);
/* The same upload has ended. */
void uploads_end(struct scoreboard *board, int slot, uint64_t client, uint64_t size);

#endif
