/*
 * door - a listening socket in a worker's loop: accepts, and turns away what there is no room for.
 */
#ifndef WORKER_DOOR_H
#define WORKER_DOOR_H

#include <stdbool.h>
#include <uv.h>

#include "ipc/process.h"
#include "net/conn.h"
#include "worker/client.h"
#include "worker/turn.h"

struct worker;

struct door {
	uv_poll_t poll;
	uv_timer_t pause; /* runs while who knocks is left in the kernel */
	const struct listener *listener;
	const struct scoreboard *board;
	struct crowd *crowd;
	struct turn turn;      /* while the server is full */
	struct worker *worker; /* whose door it is */
	struct conn_setup setup;
	int spare_fd; /* given up to accept, and refuse, when there is no other descriptor left */
};

/* Begins to accept. The door's listener, board, crowd, worker and setup are filled in by the
 * caller, who keeps it in place until the loop has closed it. Returns 0 or a code of libuv's. */
int door_open(struct door *door);

/* Stops accepting; the connections stay. */
void door_close(struct door *door);

#endif
