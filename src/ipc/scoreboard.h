/*
 * scoreboard - what each process is and has done, in memory shared by all of them. One writer a
 * slot, and no child can write to more than its own; readers see numbers that may be a moment old,
 * and those of a child that was taken over may be any. The supervisor acts on nothing that a child
 * wrote. Survives restarts of children, not of the supervisor.
 */
#ifndef IPC_SCOREBOARD_H
#define IPC_SCOREBOARD_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/shared.h"

#define SCOREBOARD_WORKERS 128                            /* of one generation, at most */
#define SCOREBOARD_SLOTS   (2 * (SCOREBOARD_WORKERS + 1)) /* a new generation and a draining one */

enum process_role { PROCESS_NONE, PROCESS_WORKER, PROCESS_PUBLISHER };

#define SCOREBOARD_UPLOADERS 32 /* clients whose uploads a worker takes at the same time */

/* The uploads of one client that a worker has in hand; client 0: a free row. */
struct scoreboard_uploader {
	_Atomic uint64_t client, bytes, uploads;
};

#define SCOREBOARD_PIECE (64 * 1024) /* bytes: of a slot, as no kernel has larger pages */

/* Who has a slot: the supervisor writes this. */
struct scoreboard_entry {
	_Atomic int role, generation, pid, restarts;
	_Atomic int64_t started; /* Unix seconds */
};

/* What the process that has a slot writes itself. */
struct scoreboard_slot {
	/* kept over its restarts */
	_Alignas(SCOREBOARD_PIECE) _Atomic uint64_t accepted;
	_Atomic uint64_t requests, refused, bytes_sent;
	_Atomic uint64_t by_class[7]; /* answers by first digit of the status; [0]: none was sent */
	/* the same, but of now: the supervisor zeroes them on restart */
	_Atomic int connections;
	_Atomic uint64_t
	    waiting_since;             /* uv_hrtime(): the oldest that has asked nothing; 0: none */
	_Atomic uint64_t upload_bytes; /* of bodies that are on their way or wait for an answer */
	struct scoreboard_uploader uploaders[SCOREBOARD_UPLOADERS]; /* whose they are */
};

struct scoreboard {
	/* the supervisor writes these */
	_Atomic int generation;
	_Atomic int64_t started; /* the supervisor */
	_Atomic int supervisor_pid;
	struct scoreboard_entry entries[SCOREBOARD_SLOTS]; /* whose slots[] are */
	struct scoreboard_slot slots[SCOREBOARD_SLOTS];
};

/* The number of a slot's piece of the memory. */
#define SCOREBOARD_PIECE_OF(slot) (1 + (size_t)(slot))

/* Maps a zeroed one, *out_memory, which stays the caller's for life: a child that is to write to
 * its slot has to be lent that piece of it. NULL if out of memory. */
struct scoreboard *scoreboard_new(struct shared *out_memory);

/* Finds count neighbouring slots that nobody has (their role is PROCESS_NONE); returns the first,
 * or -1. Counters of earlier owners stay in them, so that sums over all slots never shrink. */
int scoreboard_find_free(const struct scoreboard *board, int count);
/* The supervisor's: gives a slot to a process that starts, or (PROCESS_NONE) takes it back. */
void scoreboard_assign(struct scoreboard *board, int slot, enum process_role role, int generation);
/* Forgets what a process that is no more had in hand: connections and uploads. */
void scoreboard_clear(struct scoreboard_slot *slot);

/* A slot's open connections, or what is sensible where it says nonsense: sums do not overflow. */
int scoreboard_connections(const struct scoreboard_slot *slot);

#endif
