#include "worker/door.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "net/address.h"

#define ACCEPT_BATCH  16  /* connections before those that are open get a turn */
#define PAUSE_MS      100 /* while there is nobody to close, or not even refusing is possible */
#define TURN_PAUSE_MS 5   /* while another worker makes room */

/* Slots lie in pages of their own: those that nobody has are better not looked at. */
static bool
is_worker(const struct door *door, size_t slot)
{
	return atomic_load_explicit(&door->board->entries[slot].role, memory_order_relaxed) ==
	       PROCESS_WORKER;
}

/* Sums the gauges of all workers, whichever generation they are of. */
static bool
server_is_full(const struct door *door)
{
	int open = 0;

	for (size_t i = 0; i < SCOREBOARD_SLOTS; i++)
		if (is_worker(door, i))
			open += scoreboard_connections(&door->board->slots[i]);
	return open >= door->crowd->config->limits.connections;
}

static void
count_refused(const struct door *door)
{
	atomic_fetch_add_explicit(&door->crowd->counters->refused, 1, memory_order_relaxed);
}

/* Whether the peer may connect: where the PROXY protocol is spoken, the known proxies alone. */
static bool
peer_may_enter(const struct door *door, const struct sockaddr_storage *peer)
{
	const struct server_config *server = &door->crowd->config->server;
	char name[ADDRESS_TEXT_MAX];

	if (!door->setup.proxy_protocol || peer->ss_family == AF_UNIX)
		return true;
	if (address_is_in(peer, server->proxy_from, server->proxy_from_count))
		return true;
	address_format(peer, door->crowd->config->log.addresses, name);
	log_notice("%s: closed a connection from %s, which is not in proxy-from",
	    door->listener->name, name);
	return false;
}

static void
welcome(struct door *door, int client_fd, struct sockaddr_storage *peer)
{
	address_unmap(peer);
	if (!peer_may_enter(door, peer)) {
		close(client_fd);
		count_refused(door);
		return;
	}
	if (server_is_full(door)) {
		count_refused(door);
		client_close_oldest(door->crowd);
	}
	client_open(door->crowd, &door->setup, client_fd, peer);
}

static void on_knock(uv_poll_t *poll, int status, int events);

static void
on_pause_over(uv_timer_t *timer)
{
	struct door *door = timer->data;

	uv_poll_start(&door->poll, UV_READABLE, on_knock);
}

static void
door_pause(struct door *door, uint64_t pause_ms)
{
	uv_poll_stop(&door->poll);
	uv_timer_start(&door->pause, on_pause_over, pause_ms, 0);
}

/* No descriptor or memory for one more: whoever has waited longest makes room, or else the one
 * that knocks is refused with the spare descriptor. Without either, polling would spin. */
static bool
make_room(struct door *door)
{
	count_refused(door);
	if (client_close_oldest(door->crowd))
		return true;
	close(door->spare_fd);
	int refused_fd = accept4(door->listener->fd, NULL, NULL, SOCK_CLOEXEC);
	if (refused_fd != -1)
		close(refused_fd);
	door->spare_fd = fcntl(door->listener->fd, F_DUPFD_CLOEXEC, 0);
	if (refused_fd == -1)
		door_pause(door, PAUSE_MS);
	return refused_fd != -1;
}

/* Accepts one connection. False when there is no more for now. */
static bool
accept_one(struct door *door)
{
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);

	memset(&peer, 0, sizeof(peer));
	int client_fd = accept4(
	    door->listener->fd, (struct sockaddr *)&peer, &len, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (client_fd != -1) {
		welcome(door, client_fd, &peer);
		return true;
	}
	switch (errno) {
	case EAGAIN:
		return false;
	case EMFILE:
	case ENFILE:
	case ENOBUFS:
	case ENOMEM:
		return make_room(door);
	default: /* what befell that one connection (accept(2), "Error handling") */
		return true;
	}
}

/* Since when whoever has waited longest does, in any worker; 0: nobody waits. */
static uint64_t
oldest_of_all(const struct door *door)
{
	uint64_t oldest = 0;

	for (size_t i = 0; i < SCOREBOARD_SLOTS; i++) {
		if (!is_worker(door, i))
			continue;
		uint64_t since = atomic_load_explicit(
		    &door->board->slots[i].waiting_since, memory_order_relaxed);
		if (since != 0 && (oldest == 0 || since < oldest))
			oldest = since;
	}
	return oldest;
}

/* Whether those who knock are left to another worker: the server is full, and it is not our turn
 * to make room. They wait in the kernel. Starts the pause after which we look again. */
static bool
leave_to_another(struct door *door)
{
	uint64_t own =
	    atomic_load_explicit(&door->crowd->counters->waiting_since, memory_order_relaxed);

	if (!server_is_full(door) ||
	    turn_is_ours(&door->turn, own, oldest_of_all(door), uv_now(door->crowd->loop)))
		return false;
	door_pause(door, own == 0 ? PAUSE_MS : TURN_PAUSE_MS);
	return true;
}

static void
on_knock(uv_poll_t *poll, int status, int events)
{
	struct door *door = poll->data;

	(void)events;
	if (status < 0) {
		door_pause(door, PAUSE_MS);
		return;
	}
	for (int i = 0; i < ACCEPT_BATCH; i++) {
		if (leave_to_another(door) || !accept_one(door))
			return;
	}
}

int
door_open(struct door *door)
{
	uv_loop_t *loop = door->crowd->loop;

	door->spare_fd = fcntl(door->listener->fd, F_DUPFD_CLOEXEC, 0);
	uv_timer_init(loop, &door->pause);
	door->pause.data = door;
	int failed = uv_poll_init(loop, &door->poll, door->listener->fd);
	if (failed != 0)
		return failed;
	door->poll.data = door;
	return uv_poll_start(&door->poll, UV_READABLE, on_knock);
}

void
door_close(struct door *door)
{
	uv_close((uv_handle_t *)&door->poll, NULL);
	uv_close((uv_handle_t *)&door->pause, NULL);
	close(door->spare_fd);
	close(door->listener->fd);
}
