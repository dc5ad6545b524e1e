/*
 * clients - how many connections and requests each client has, over all workers. A client is an
 * IPv4 address or an IPv6 /64. Lives in memory shared by the workers, without a lock that a killed
 * worker could leave behind.
 *
 * Connections: each worker writes only its own table and reads the others', so that the share of
 * one that was killed is dropped when its slot starts again. A reader may see a table in the
 * middle of a change and be off by that client for a moment. Others' tables cannot be written to
 * at all (base/shared.h).
 * Requests: one table for all workers, exact over them; a client that was quiet is forgotten when
 * room is needed for another.
 */
#ifndef NET_CLIENTS_H
#define NET_CLIENTS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

struct clients;

/* Maps tables for that many workers and connections each (the limit of the whole server, as the
 * kernel may give all of them to one). NULL if out of memory. */
struct clients *clients_new(int workers, int connections);
void clients_free(struct clients *clients);
/* Whether a child that is forked from now on may be that worker. False with errno set. */
bool clients_lend(const struct clients *clients, int worker, bool is_lent);
/* In that child, first of all. False with errno set: it cannot go on. */
bool clients_settle(const struct clients *clients, int worker);
/* Forgets all connections of a worker: called when its slot starts. */
void clients_reset(struct clients *clients, int worker);

/* Counts one more connection of a client and returns how many it has now over all workers.
 * AF_UNIX and AF_UNSPEC are nobody: 0, not counted. */
int clients_enter(struct clients *clients, int worker, const struct sockaddr_storage *client);
void clients_leave(struct clients *clients, int worker, const struct sockaddr_storage *client);

/* Counts a request at now_ms (monotonic, the same clock for all workers) and returns 0, or the
 * seconds to wait when the client has made more than per_minute in the last minute (a token
 * bucket that holds per_minute and refills evenly). A refused request costs nothing.
 * per_minute 0: no limit. */
int clients_request(
    struct clients *clients, const struct sockaddr_storage *client, int per_minute, int64_t now_ms);

#endif
