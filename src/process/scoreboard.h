/*
 * scoreboard - what each process is and has done, in memory shared by all of them. One writer a
 * slot; readers see numbers that may be a moment old. Survives restarts of children, not of the
 * supervisor.
 */
#ifndef PROCESS_SCOREBOARD_H
#define PROCESS_SCOREBOARD_H

#include <stdatomic.h>
#include <stdint.h>
#include <sys/types.h>

#define SCOREBOARD_WORKERS 128                            /* of one generation, at most */
#define SCOREBOARD_SLOTS   (2 * (SCOREBOARD_WORKERS + 1)) /* a new generation and a draining one */

enum process_role { PROCESS_NONE, PROCESS_WORKER, PROCESS_PUBLISHER };

#define SCOREBOARD_UPLOADERS 32 /* clients whose uploads a worker takes at the same time */

/* The uploads of one client that a worker has in hand; client 0: a free row. */
struct scoreboard_uploader {
	_Atomic uint64_t client, bytes, uploads;
};

struct scoreboard_slot {
	/* the supervisor writes these */
	_Atomic int role, generation, pid, restarts;
	_Atomic int64_t started; /* Unix seconds */
	/* the process itself writes these; kept over its restarts */
	_Atomic uint64_t accepted, requests, refused, bytes_sent;
	_Atomic uint64_t by_class[7]; /* answers by first digit of the status; [0]: none was sent */
	/* the same, but of now: the supervisor zeroes them on restart */
	_Atomic int connections;
	_Atomic uint64_t
	    waiting_since;             /* uv_hrtime(): the oldest that has asked nothing; 0: none */
	_Atomic uint64_t upload_bytes; /* of bodies that are on their way or wait for an answer */
	struct scoreboard_uploader uploaders[SCOREBOARD_UPLOADERS]; /* whose they are */
};

struct scoreboard {
	_Atomic int generation;
	_Atomic int64_t started; /* the supervisor */
	_Atomic int supervisor_pid;
	struct scoreboard_slot slots[SCOREBOARD_SLOTS];
};

/* Maps a zeroed one, shared with all future children. NULL if out of memory. */
struct scoreboard *scoreboard_new(void);

/* Finds count neighbouring slots that nobody has (their role is PROCESS_NONE); returns the first,
 * or -1. Counters of earlier owners stay in them, so that sums over all slots never shrink. */
int scoreboard_find_free(const struct scoreboard *board, int count);
/* The supervisor's: gives a slot to a process that starts, or (PROCESS_NONE) takes it back. */
void scoreboard_assign(struct scoreboard *board, int slot, enum process_role role, int generation);
/* Forgets what a process that is no more had in hand: connections and uploads. */
void scoreboard_clear(struct scoreboard_slot *slot);

#endif
