/*
 * upload_quota - how much memory the uploads of all workers may hold, and how much of it one
 * client's. Counted on the scoreboard: what a killed worker held is dropped with its slot.
 *
 * Each worker writes only its own slot and reads the others', as with connections (net/clients.h):
 * two that begin in the same moment may both be refused where one had room, never both taken.
 */
#ifndef WORKER_UPLOAD_QUOTA_H
#define WORKER_UPLOAD_QUOTA_H

#include <stdint.h>

#include "gemini/visitor.h"
#include "ipc/scoreboard.h"

/* Of the largest size, over all workers; or as many smaller ones as fit into these bytes. */
#define UPLOAD_QUOTA_AT_ONCE   16
#define UPLOAD_QUOTA_BYTES_MIN ((uint64_t)64 * 1024 * 1024)
/* One client's may hold one part in so many of all that. */
#define UPLOAD_QUOTA_CLIENT_PART 2

enum upload_quota_verdict {
	UPLOAD_QUOTA_TAKEN,
	UPLOAD_QUOTA_FULL, /* all uploads together hold what they may, or the worker has those of
			 SCOREBOARD_UPLOADERS others */
	UPLOAD_QUOTA_SHARE_HELD, /* this client's do */
};

/* Who uploads, as a number: the certificate decides, as only those that are known come so far. */
uint64_t upload_quota_client(const struct visitor *visitor);

/* Counts size bytes in a worker's slot, if the limits, largest being the size of the largest
 * upload, leave room for them. Else nothing is counted. */
enum upload_quota_verdict upload_quota_take(
    struct scoreboard *board, int slot, uint64_t client, uint64_t size, uint64_t largest);
/* The same upload has ended. */
void upload_quota_end(struct scoreboard *board, int slot, uint64_t client, uint64_t size);

#endif
