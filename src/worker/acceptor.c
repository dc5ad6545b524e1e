#include "worker/acceptor.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "net/address.h"

#define ACCEPT_BATCH      16  /* connections before those that are open get a turn */
#define PAUSE_MS          100 /* while there is nobody to close, or not even refusing is possible */
#define EVICTION_PAUSE_MS 5   /* while another worker makes room */

/* Slots lie in pages of their own: those that nobody has are better not looked at. */
static bool
is_worker(const struct acceptor *acceptor, size_t slot)
{
	return atomic_load_explicit(&acceptor->board->entries[slot].role, memory_order_relaxed) ==
	       PROCESS_WORKER;
}

/* Sums the gauges of all workers, whichever generation they are of. */
static bool
server_is_full(const struct acceptor *acceptor)
{
	int open = 0;

	for (size_t i = 0; i < SCOREBOARD_SLOTS; i++)
		if (is_worker(acceptor, i))
			open += scoreboard_connections(&acceptor->board->slots[i]);
	return open >= acceptor->connections->config->limits.connections;
}

static void
count_refused(const struct acceptor *acceptor)
{
	atomic_fetch_add_explicit(
	    &acceptor->connections->counters->refused, 1, memory_order_relaxed);
}

/* Whether the peer may connect: where the PROXY protocol is spoken, the known proxies alone. */
static bool
peer_may_enter(const struct acceptor *acceptor, const struct sockaddr_storage *peer)
{
	const struct server_config *server = &acceptor->connections->config->server;
	char name[ADDRESS_TEXT_MAX];

	if (!acceptor->setup.proxy_protocol || peer->ss_family == AF_UNIX)
		return true;
	if (address_is_in(peer, server->proxy_from, server->proxy_from_count))
		return true;
	address_format(peer, acceptor->connections->config->log.addresses, name);
	log_notice("%s: closed a connection from %s, which is not in proxy-from",
	    acceptor->listener->name, name);
	return false;
}

static void
take(struct acceptor *acceptor, int client_fd, struct sockaddr_storage *peer)
{
	address_unmap(peer);
	if (!peer_may_enter(acceptor, peer)) {
		close(client_fd);
		count_refused(acceptor);
		return;
	}
	if (server_is_full(acceptor)) {
		count_refused(acceptor);
		connection_close_oldest(acceptor->connections);
	}
	connection_open(acceptor->connections, &acceptor->setup, client_fd, peer);
}

static void on_connection(uv_poll_t *poll, int status, int events);

static void
on_pause_over(uv_timer_t *timer)
{
	struct acceptor *acceptor = timer->data;

	assert(!uv_is_active((uv_handle_t *)&acceptor->poll));
	uv_poll_start(&acceptor->poll, UV_READABLE, on_connection);
}

static void
acceptor_pause(struct acceptor *acceptor, uint64_t pause_ms)
{
	uv_poll_stop(&acceptor->poll);
	uv_timer_start(&acceptor->pause, on_pause_over, pause_ms, 0);
}

/* No descriptor or memory for one more: whoever has waited longest makes room, or else the one
 * that connects is refused with the spare descriptor. Without either, polling would spin. */
static bool
make_room(struct acceptor *acceptor)
{
	count_refused(acceptor);
	if (connection_close_oldest(acceptor->connections))
		return true;
	close(acceptor->spare_fd);
	int refused_fd = accept4(acceptor->listener->fd, NULL, NULL, SOCK_CLOEXEC);
	if (refused_fd != -1)
		close(refused_fd);
	acceptor->spare_fd = fcntl(acceptor->listener->fd, F_DUPFD_CLOEXEC, 0);
	if (refused_fd == -1)
		acceptor_pause(acceptor, PAUSE_MS);
	return refused_fd != -1;
}

/* Accepts one connection. False when there is no more for now. */
static bool
accept_one(struct acceptor *acceptor)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);

	memset(&peer, 0, sizeof(peer));
	int client_fd = accept4(
	    acceptor->listener->fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (client_fd != -1) {
		take(acceptor, client_fd, &peer);
		return true;
	}
	switch (errno) {
	case EAGAIN:
		return false;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		return make_room(acceptor);
	default: /* what befell that one connection (accept(2), "Error handling") */
		return true;
	}
}

/* Since when whoever has waited longest does, in any worker; 0: nobody waits. */
static uint64_t
oldest_of_all(const struct acceptor *acceptor)
{
	uint64_t oldest = 0;

	for (size_t i = 0; i < SCOREBOARD_SLOTS; i++) {
		if (!is_worker(acceptor, i))
			continue;
		uint64_t since = atomic_load_explicit(
		    &acceptor->board->slots[i].waiting_since, memory_order_relaxed);
		if (since != 0 && (oldest == 0 || since < oldest))
			oldest = since;
	}
	return oldest;
}

/* Whether those who connect are left to another worker: the server is full, and it is not our turn
 * to make room. They wait in the kernel. Starts the pause after which we look again. */
static bool
leave_to_another(struct acceptor *acceptor)
{
	uint64_t own = atomic_load_explicit(
	    &acceptor->connections->counters->waiting_since, memory_order_relaxed);

	if (!server_is_full(acceptor) ||
	    eviction_is_ours(&acceptor->eviction, own, oldest_of_all(acceptor),
		uv_now(acceptor->connections->loop)))
		return false;
	acceptor_pause(acceptor, own == 0 ? PAUSE_MS : EVICTION_PAUSE_MS);
	return true;
}

static void
on_connection(uv_poll_t *poll, int status, int events)
{
	struct acceptor *acceptor = poll->data;

	(void)events;
	assert(!uv_is_active((uv_handle_t *)&acceptor->pause)); /* or it would be no pause */
	assert(!acceptor->connections->is_leaving);
	if (status < 0) {
		acceptor_pause(acceptor, PAUSE_MS);
		return;
	}
	for (int i = 0; i < ACCEPT_BATCH; i++) {
		if (leave_to_another(acceptor) || !accept_one(acceptor))
			return;
	}
}

int
acceptor_open(struct acceptor *acceptor)
{
	uv_loop_t *loop = acceptor->connections->loop;

	assert(acceptor->listener->fd != -1 && acceptor->board != NULL);
	assert(acceptor->worker != NULL && acceptor->setup.handler != NULL);
	assert(acceptor->setup.handler_arg == acceptor);
	acceptor->spare_fd = fcntl(acceptor->listener->fd, F_DUPFD_CLOEXEC, 0);
	uv_timer_init(loop, &acceptor->pause);
	acceptor->pause.data = acceptor;
	int failed = uv_poll_init(loop, &acceptor->poll, acceptor->listener->fd);
	if (failed != 0)
		return failed;
	acceptor->poll.data = acceptor;
	return uv_poll_start(&acceptor->poll, UV_READABLE, on_connection);
}

void
acceptor_close(struct acceptor *acceptor)
{
	assert(!uv_is_closing((uv_handle_t *)&acceptor->poll));
	uv_close((uv_handle_t *)&acceptor->poll, NULL);
	uv_close((uv_handle_t *)&acceptor->pause, NULL);
	close(acceptor->spare_fd);
	close(acceptor->listener->fd);
}
