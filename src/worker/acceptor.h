/*
 * acceptor - a listening socket in a worker's loop: accepts, and turns away what there is no room
 * for.
 */
#ifndef WORKER_ACCEPTOR_H
#define WORKER_ACCEPTOR_H

#include <stdbool.h>
#include <uv.h>

#include "ipc/child.h"
#include "net/conn.h"
#include "worker/connection.h"
#include "worker/eviction.h"

struct worker;

struct acceptor {
	uv_poll_t poll;
	uv_timer_t pause; /* runs while who connects is left in the kernel */
	const struct listener *listener;
	const struct scoreboard *board;
	struct connections *connections;
	struct eviction eviction; /* while the server is full */
	struct worker *worker;    /* whose acceptor it is */
	struct conn_setup setup;
	int spare_fd; /* given up to accept, and refuse, when there is no other descriptor left */
};

/* Begins to accept. The acceptor's listener, board, connections, worker and setup are filled in by
 * the caller, who keeps it in place until the loop has closed it. Returns 0 or a code of libuv's.
 */
int acceptor_open(struct acceptor *acceptor);

/* Stops accepting; the connections stay. */
void acceptor_close(struct acceptor *acceptor);

#endif
