#include "worker/connection.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "worker/access_line.h"
#include "worker/acknowledged.h"

#define QUEUE_BYTES (32 * 1024)  /* of an answer that wait for a slow reader, at most */
#define TURN_BYTES  (256 * 1024) /* sent to one reader before the others get a turn */

/* Bytes that the kernel had no room for, on their way by the loop. */
struct unsent {
	uv_write_t write;
	size_t len;
	char bytes[QUEUE_BYTES];
};

struct connection {
	union {
		uv_handle_t handle;
		uv_stream_t stream;
		uv_tcp_t tcp;
		uv_pipe_t pipe;
	} io;
	uv_timer_t deadline;
	struct connections *connections;
	struct conn *conn; /* NULL once closed */
	struct unsent *unsent;
	uint64_t moved_seen;              /* bytes_moved() when the deadline was set */
	struct connection *older, *newer; /* in the connections, while is_waiting */
	enum conn_state state;            /* as last looked at */
	uint64_t accepted_ns;
	uint64_t body_ends_ms; /* on the loop's clock: while in CONN_BODY, when it has to be here */
	int open_handles;
	bool is_waiting;  /* has asked nothing yet */
	bool is_entered;  /* counted as its address's */
	bool is_reported; /* logged and counted */
	bool peer_ended;  /* FIN came */
	bool has_ended;   /* FIN was sent */
	bool is_paused;   /* what comes is left in the kernel */
	bool is_expired;
};

/* --- who waits --- */

/* Asserts what always holds of the ends of the list, and what other workers are told of it. */
static void
waiting_check(const struct connections *connections)
{
	const struct connection *oldest = connections->oldest, *newest = connections->newest;

	assert((oldest == NULL) == (newest == NULL));
	assert(connections->counters->waiting_since == (oldest == NULL ? 0 : oldest->accepted_ns));
	if (oldest == NULL)
		return;
	assert(oldest->older == NULL && newest->newer == NULL);
	assert(oldest->is_waiting && newest->is_waiting);
	assert(oldest->conn != NULL && newest->conn != NULL);
	assert(oldest->accepted_ns <= newest->accepted_ns);
}

static void
tell_waiting(struct connections *connections)
{
	atomic_store_explicit(&connections->counters->waiting_since,
	    connections->oldest == NULL ? 0 : connections->oldest->accepted_ns,
	    memory_order_relaxed);
}

static void
wait_begin(struct connection *c)
{
	struct connections *connections = c->connections;

	assert(!c->is_waiting);
	c->older = connections->newest;
	c->newer = NULL;
	if (connections->newest != NULL)
		connections->newest->newer = c;
	else
		connections->oldest = c;
	connections->newest = c;
	c->is_waiting = true;
	tell_waiting(connections);
	waiting_check(connections);
}

static void
wait_end(struct connection *c)
{
	struct connections *connections = c->connections;

	if (!c->is_waiting)
		return;
	assert((c->older == NULL ? connections->oldest : c->older->newer) == c);
	assert((c->newer == NULL ? connections->newest : c->newer->older) == c);
	if (c->older != NULL)
		c->older->newer = c->newer;
	else
		connections->oldest = c->newer;
	if (c->newer != NULL)
		c->newer->older = c->older;
	else
		connections->newest = c->older;
	c->is_waiting = false;
	tell_waiting(connections);
	waiting_check(connections);
}

/* --- the end --- */

static void
on_closed(uv_handle_t *handle)
{
	struct connection *c = handle->data;
	struct connections *connections = c->connections;

	assert(c->conn == NULL && c->open_handles > 0);
	if (--c->open_handles > 0)
		return;
	assert(!c->is_waiting && c->unsent == NULL && connections->count > 0);
	free(c);
	connections->count--;
	assert(connections->count > 0 || connections->oldest == NULL);
	if (connections->count == 0 && connections->is_leaving)
		connections->on_empty(connections);
}

static void
report_once(struct connection *c)
{
	if (c->is_reported)
		return;
	c->is_reported = true;
	access_line(c->conn, c->connections->config, c->connections->counters,
	    uv_hrtime() - c->accepted_ns, c->peer_ended || c->is_expired);
}

/* Ends the connection; the descriptor is free when this returns. Only a second call is a no-op. */
static void
connection_close(struct connection *c)
{
	struct connections *connections = c->connections;

	if (c->conn == NULL)
		return;
	wait_end(c);
	report_once(c);
	if (c->is_entered)
		clients_leave(connections->clients, connections->worker, conn_client(c->conn));
	conn_free(c->conn);
	c->conn = NULL;
	int before =
	    atomic_fetch_sub_explicit(&connections->counters->connections, 1, memory_order_relaxed);
	assert(before > 0);
	uv_close(&c->io.handle, on_closed);
	uv_close((uv_handle_t *)&c->deadline, on_closed);
}

bool
connection_close_oldest(struct connections *connections)
{
	if (connections->oldest == NULL)
		return false;
	connection_close(connections->oldest);
	return true;
}

void
connection_close_waiting(struct connections *connections)
{
	while (connection_close_oldest(connections))
		continue;
}

/* --- bytes out --- */

static void connection_step(struct connection *c);

static void
on_written(uv_write_t *write, int status)
{
	struct connection *c = write->handle->data;

	free(c->unsent);
	c->unsent = NULL;
	if (c->conn == NULL)
		return;
	if (status < 0)
		connection_close(c);
	else
		connection_step(c);
}

/* Leaves what is pending to the loop, which goes on as the kernel has room. */
static bool
send_later(struct connection *c)
{
	const void *bytes;
	size_t len;

	assert(c->unsent == NULL);
	c->unsent = malloc(sizeof(*c->unsent));
	if (c->unsent == NULL)
		return false;
	c->unsent->len = 0;
	while (c->unsent->len < QUEUE_BYTES && (len = conn_pending(c->conn, &bytes)) > 0) {
		if (len > QUEUE_BYTES - c->unsent->len)
			len = QUEUE_BYTES - c->unsent->len;
		memcpy(c->unsent->bytes + c->unsent->len, bytes, len);
		c->unsent->len += len;
		conn_sent(c->conn, len);
	}
	uv_buf_t part = uv_buf_init(c->unsent->bytes, (unsigned)c->unsent->len);
	if (uv_write(&c->unsent->write, &c->io.stream, &part, 1, on_written) == 0)
		return true;
	free(c->unsent);
	c->unsent = NULL;
	return false;
}

enum send_result { SEND_ALL, SEND_LATER, SEND_FAILED };

/* Sends what is pending, straight to the kernel as long as that takes it. */
static enum send_result
send_pending(struct connection *c)
{
	const void *bytes;
	size_t len, sent = 0;

	if (c->unsent != NULL)
		return SEND_LATER;
	while ((len = conn_pending(c->conn, &bytes)) > 0) {
		uv_buf_t part = uv_buf_init((char *)bytes, (unsigned)len);
		int n = sent < TURN_BYTES ? uv_try_write(&c->io.stream, &part, 1) : 0;
		if (n < 0 && n != UV_EAGAIN)
			return SEND_FAILED;
		if (n > 0)
			conn_sent(c->conn, (size_t)n);
		if (n < 0 || (size_t)n < len)
			return send_later(c) ? SEND_LATER : SEND_FAILED;
		sent += (size_t)n;
	}
	return SEND_ALL;
}

/* --- the deadline --- */

static void on_deadline(uv_timer_t *timer);

static size_t
bytes_waiting(const struct connection *c)
{
	return c->unsent == NULL ? 0 : uv_stream_get_write_queue_size(&c->io.stream);
}

/* A number that grows while a slow reader takes bytes. The kernel reports room only when a third
 * of its buffer, which may be megabytes, is free; what the peer acknowledged tells at once. */
static uint64_t
bytes_moved(const struct connection *c)
{
	uv_os_fd_t fd;

	if (c->unsent == NULL || uv_fileno(&c->io.handle, &fd) != 0)
		return 0;
	return acknowledged_bytes(fd) + c->unsent->len - bytes_waiting(c);
}

static void
deadline_set(struct connection *c)
{
	int seconds = conn_timeout(c->conn);

	/* The machine is done with what the kernel is not: the last bytes of an answer may take as
	 * long as those before them. */
	if (c->state == CONN_DRAIN && !c->has_ended)
		seconds = c->connections->config->limits.send_timeout;
	uint64_t wait_ms = (uint64_t)seconds * 1000, now_ms = uv_now(c->connections->loop);
	if (c->state == CONN_BODY && now_ms + wait_ms > c->body_ends_ms)
		wait_ms = c->body_ends_ms > now_ms ? c->body_ends_ms - now_ms : 0;
	c->moved_seen = bytes_moved(c);
	uv_timer_start(&c->deadline, on_deadline, wait_ms, 0);
}

static void
on_deadline(uv_timer_t *timer)
{
	struct connection *c = timer->data;

	assert(c->conn != NULL);
	if (c->unsent != NULL && bytes_moved(c) != c->moved_seen) { /* slow, but it moves */
		deadline_set(c);
		return;
	}
	c->is_expired = true;
	if (c->unsent != NULL) {
		connection_close(c);
		return;
	}
	conn_expired(c->conn);
	if (conn_state(c->conn) == CONN_DRAIN) /* the machine grants more time for discarding */
		deadline_set(c);
	else
		connection_step(c);
}

/* --- step by step --- */

/* Counts the connection as its connection's, once that one is known. False if it has too many. */
static bool
enter(struct connection *c)
{
	struct connections *connections = c->connections;

	assert(!c->is_entered); /* or it would be counted twice, and left once */
	int open = clients_enter(connections->clients, connections->worker, conn_client(c->conn));

	c->is_entered = true;
	if (open <= connections->config->limits.connections_per_client)
		return true;
	atomic_fetch_add_explicit(&connections->counters->refused, 1, memory_order_relaxed);
	return false;
}

/* Everything was sent: FIN, and then only the peer's is waited for. */
static void
finish(struct connection *c)
{
	uv_os_fd_t fd;

	assert(c->unsent == NULL); /* FIN is behind the last byte */
	report_once(c);
	if (c->has_ended && !c->peer_ended)
		return;
	/* Nothing is queued, so this is uv_shutdown() without its turn of the loop. */
	if (c->peer_ended || uv_fileno(&c->io.handle, &fd) != 0 || shutdown(fd, SHUT_WR) != 0) {
		connection_close(c);
		return;
	}
	c->has_ended = true;
	deadline_set(c);
}

static void on_wanted(uv_handle_t *handle, size_t suggested, uv_buf_t *out);
static void on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer);

/* Reads as long as the machine has a use for it. */
static void
pause_or_resume(struct connection *c)
{
	bool is_paused = !conn_wants_bytes(c->conn);

	if (is_paused == c->is_paused)
		return;
	c->is_paused = is_paused;
	if (is_paused)
		uv_read_stop(&c->io.stream);
	else
		uv_read_start(&c->io.stream, on_wanted, on_read);
}

/* To be called after each call that may have moved the machine: sends, looks where it stands,
 * and sets the deadline anew if it got on. May close c. */
static void
connection_step(struct connection *c)
{
	assert(c->conn != NULL);
	size_t waited = bytes_waiting(c);
	enum conn_state before = c->state;
	enum send_result sent = send_pending(c);

	c->state = conn_state(c->conn);
	assert((sent == SEND_LATER) == (c->unsent != NULL));
	if (sent == SEND_FAILED || c->state == CONN_ABORT) {
		connection_close(c);
		return;
	}
	if (!c->is_entered && c->state != CONN_PROXY && !enter(c)) {
		connection_close(c);
		return;
	}
	if (c->state >= CONN_ANSWER)
		wait_end(c);
	if (c->state == CONN_BODY && before != CONN_BODY)
		c->body_ends_ms = uv_now(c->connections->loop) + conn_body_seconds(c->conn) * 1000;
	pause_or_resume(c);
	if (c->state == CONN_DRAIN && sent == SEND_ALL)
		finish(c);
	else if (c->state != before || c->state == CONN_BODY ||
		 (c->state >= CONN_RESPOND && bytes_waiting(c) != waited))
		deadline_set(c);
}

void
connection_go_on(struct conn *conn)
{
	connection_step(conn_tag(conn));
}

/* --- bytes in --- */

static void
on_wanted(uv_handle_t *handle, size_t suggested, uv_buf_t *out)
{
	struct connection *c = handle->data;

	(void)suggested;
	*out = uv_buf_init(c->connections->read_buffer, sizeof(c->connections->read_buffer));
}

static void
on_read(uv_stream_t *stream, ssize_t n, const uv_buf_t *buffer)
{
	struct connection *c = stream->data;

	assert(c->conn != NULL);
	if (n == 0)
		return;
	if (n > 0) {
		conn_receive(c->conn, buffer->base, (size_t)n);
	} else if (n == UV_EOF) {
		c->peer_ended = true;
		if (c->state != CONN_DRAIN)
			conn_receive_end(c->conn);
	} else {
		connection_close(c);
		return;
	}
	connection_step(c);
}

/* --- the beginning --- */

/* Makes the handles; on_closed() will be called for each that is counted in open_handles. */
static bool
handles_open(struct connection *c, int client_fd, bool is_unix)
{
	uv_loop_t *loop = c->connections->loop;

	uv_timer_init(loop, &c->deadline);
	c->deadline.data = c;
	if (is_unix)
		uv_pipe_init(loop, &c->io.pipe, 0);
	else
		uv_tcp_init(loop, &c->io.tcp);
	c->io.handle.data = c;
	c->open_handles = 2;
	c->connections->count++;

	int failed =
	    is_unix ? uv_pipe_open(&c->io.pipe, client_fd) : uv_tcp_open(&c->io.tcp, client_fd);
	if (failed != 0) {
		close(client_fd);
		return false;
	}
	return uv_read_start(&c->io.stream, on_wanted, on_read) == 0;
}

/* With TCP_DEFER_ACCEPT the first bytes are here when the connection is: they need not wait for a
 * turn of the loop. Anything but bytes is left for the loop to find. */
static void
read_at_once(struct connection *c, int client_fd)
{
	struct connections *connections = c->connections;
	ssize_t n = read(client_fd, connections->read_buffer, sizeof(connections->read_buffer));

	if (n <= 0)
		return;
	conn_receive(c->conn, connections->read_buffer, (size_t)n);
	connection_step(c);
}

void
connection_open(struct connections *connections, const struct conn_setup *setup, int client_fd,
    const struct sockaddr_storage *peer)
{
	assert(client_fd != -1 && !connections->is_leaving);
	struct connection *c = calloc(1, sizeof(*c));
	struct conn *conn = c == NULL ? NULL : conn_new(setup, (const struct sockaddr *)peer, c);

	if (conn == NULL) { /* out of memory: this one alone is refused */
		free(c);
		close(client_fd);
		atomic_fetch_add_explicit(&connections->counters->refused, 1, memory_order_relaxed);
		return;
	}
	c->connections = connections;
	c->conn = conn;
	c->accepted_ns = uv_hrtime();
	c->state = conn_state(conn);
	atomic_fetch_add_explicit(&connections->counters->accepted, 1, memory_order_relaxed);
	atomic_fetch_add_explicit(&connections->counters->connections, 1, memory_order_relaxed);
	wait_begin(c);
	if (!handles_open(c, client_fd, peer->ss_family == AF_UNIX)) {
		connection_close(c);
		return;
	}
	if (c->state != CONN_PROXY && !enter(c)) {
		connection_close(c);
		return;
	}
	deadline_set(c);
	read_at_once(c, client_fd);
}
