/*
 * connection - one reader's connection in a worker: moves bytes between the loop's stream and the
 * machine (net/conn.h), keeps its deadline, and is closed once.
 */
#ifndef WORKER_CONNECTION_H
#define WORKER_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "config/config.h"
#include "ipc/scoreboard.h"
#include "net/clients.h"
#include "net/conn.h"

#define CONNECTION_READ_BYTES (64 * 1024) /* what one read may bring */

struct connection; /* opaque: connection.c alone sees inside */

/* All connections of one worker, and what they share. */
struct connections {
	uv_loop_t *loop;
	const struct config *config;
	struct scoreboard_slot *counters;   /* of this worker */
	struct clients *clients;            /* shared between workers */
	int worker;                         /* its number: its row in clients */
	struct connection *oldest, *newest; /* those that have asked nothing yet, in order of age */
	size_t count;                       /* all connections that are not freed yet */
	bool is_leaving; /* no more are taken; on_empty is called after the last */
	void (*on_empty)(struct connections *connections);
	char read_buffer[CONNECTION_READ_BYTES]; /* bytes are used up before the next read */
};

/* Takes over an accepted, non-blocking client_fd (closed in any case) that comes from peer.
 *
 * A client with too many connections is closed without a word, as soon as it is known: the
 * friendlier 41 would cost the handshake that the limit is there to save. */
void connection_open(struct connections *connections, const struct conn_setup *setup, int client_fd,
    const struct sockaddr_storage *peer);

/* To be called when one of the connections was moved from elsewhere than its peer's bytes: a body
 * was asked for, or an answer came late. May free conn. */
void connection_go_on(struct conn *conn);

/* Closes the connection that has waited longest without a request. False if there is none. */
bool connection_close_oldest(struct connections *connections);

/* Closes all that have asked nothing yet; the others are finished. */
void connection_close_waiting(struct connections *connections);

#endif
