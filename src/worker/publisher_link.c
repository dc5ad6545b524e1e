#include "worker/publisher_link.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/queue.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/channel.h"
#include "ipc/message.h"
#include "ipc/sealed.h"
#include "worker/connection.h"
#include "worker/upload_quota.h"

#define TICK_MS       250
#define FRAMES_A_TURN 64 /* taken before clients get a turn */

/* One client's business with the publisher. */
struct pending {
	TAILQ_ENTRY(pending) link;
	struct pending_list *list; /* that it is in */
	struct publisher_link *owner;
	struct conn *conn;
	uint32_t id;
	enum channel_kind kind; /* MAY, then PUT (and REPUT); or ASK */
	struct buffer payload;  /* of the frame */
	uint64_t give_up_ms;    /* on the loop's clock */
	uint64_t client;        /* whose upload is counted on the scoreboard; 0: nothing is */
	uint64_t size;          /* of its body */
	uint64_t taken;         /* of it so far */
	int memfd;              /* that holds it, or -1 */
};
TAILQ_HEAD(pending_list, pending);

struct publisher_link {
	struct publisher_link_setup setup;
	uv_poll_t poll;
	uv_timer_t tick;
	int open_handles;
	struct pending_list unsent, sent;
	struct pending_list receiving; /* a body: nothing is asked */
	uint32_t last_id;
	uint32_t publisher; /* the number that it said hello with; 0: none has yet */
	bool owes_hello;    /* before anything else is sent */
	bool is_closed;     /* nobody is at the other end, nor will be */
	uint8_t frame[CHANNEL_FRAME_MAX];
};

/* --- pending --- */

/* Whether a body is whole, and is sent with the question or will be. */
static bool
has_body(const struct pending *pending)
{
	return pending->kind == CHANNEL_PUT || pending->kind == CHANNEL_REPUT;
}

/* Asserts what always holds of one that is in a list. */
static void
pending_check(const struct pending *pending)
{
	const struct publisher_link *a = pending->owner;

	assert(pending->id != 0);
	/* Else the same number may have been given again. */
	assert(a->last_id - pending->id < UINT32_MAX / 2);
	assert(pending->conn != NULL && conn_errand(pending->conn) == pending);
	assert(pending->list == &a->unsent || pending->list == &a->sent ||
	       pending->list == &a->receiving);
	assert(pending->kind == CHANNEL_ASK || pending->kind == CHANNEL_MAY || has_body(pending));
	assert(pending->list != &a->receiving || pending->kind == CHANNEL_MAY);
	assert((pending->list == &a->receiving || has_body(pending)) == (pending->memfd != -1));
	/* What the scoreboard counts is counted for an upload alone, and to its very end. */
	assert((pending->client == 0) == (pending->kind == CHANNEL_ASK));
	assert(pending->client == 0 ||
	       pending->size <= a->setup.board->slots[a->setup.slot].upload_bytes);
	assert(pending->taken <= pending->size);
	assert(!has_body(pending) || pending->taken == pending->size);
	assert(pending->list != &a->sent || a->publisher != 0);
}

/* Asserts that of all in a list, and that those who are asked first stand first: the time of the
 * one before them is *late_ms. */
static void
list_check(const struct pending_list *list, uint64_t *late_ms)
{
	const struct pending *pending = TAILQ_FIRST(list);

	TAILQ_FOREACH (pending, list, link) {
		assert(pending->list == list);
		pending_check(pending);
		assert(late_ms == NULL || *late_ms <= pending->give_up_ms);
		if (late_ms != NULL)
			*late_ms = pending->give_up_ms;
	}
}

/* Asserts what always holds. */
static void
link_check(const struct publisher_link *a)
{
	uint64_t late_ms = 0;

	list_check(&a->sent, &late_ms);
	list_check(&a->unsent, &late_ms);
	list_check(&a->receiving, NULL);
	assert(!a->is_closed || !uv_is_active((const uv_handle_t *)&a->poll));
	assert(a->open_handles == 2);
}

static void
move_to(struct pending *pending, struct pending_list *list)
{
	if (pending->list != NULL)
		TAILQ_REMOVE(pending->list, pending, link);
	pending->list = list;
	if (list != NULL)
		TAILQ_INSERT_TAIL(list, pending, link);
}

static struct request_message
question_of(const struct conn_request *request, int port)
{
	struct request_message question = {
	    .visitor = *request->visitor, .port = port, .line_len = request->line_len};

	memcpy(question.line, request->line, request->line_len);
	return question;
}

static struct pending *
pending_new(
    struct publisher_link *a, struct conn *conn, const struct conn_request *request, int port)
{
	struct pending *pending = calloc(1, sizeof(*pending));
	struct request_message question = question_of(request, port);

	if (pending == NULL)
		return NULL;
	assert(conn_errand(conn) == NULL); /* one question at a time */
	message_encode_request(&question, &pending->payload);
	pending->owner = a;
	pending->conn = conn;
	if (++a->last_id == 0) /* 0 is nobody's */
		a->last_id = 1;
	pending->id = a->last_id;
	pending->memfd = -1;
	conn_set_errand(conn, pending);
	return pending;
}

static void
pending_free(struct pending *pending)
{
	if (pending == NULL)
		return;
	pending_check(pending);
	conn_set_errand(pending->conn, NULL);
	move_to(pending, NULL);
	if (pending->client != 0)
		upload_quota_end(pending->owner->setup.board, pending->owner->setup.slot,
		    pending->client, pending->size);
	if (pending->memfd != -1)
		close(pending->memfd);
	buffer_free(&pending->payload);
	free(pending);
}

/* Answers the client, and ends the pending. */
static void
pending_end(struct pending *pending, struct response *response)
{
	struct conn *conn = pending->conn;

	pending_free(pending);
	conn_respond(conn, response);
	response_free(response);
}

static void
refuse_conn(struct conn *conn, enum gemini_status status, const char *meta)
{
	struct response response;

	response_init(&response);
	response_set(&response, status, "%s", meta);
	conn_respond(conn, &response);
	response_free(&response);
}

/* Ends the pending with a few words, from within a call of the connection's. */
static void
refuse(struct pending *pending, enum gemini_status status, const char *meta)
{
	struct conn *conn = pending->conn;

	pending_free(pending);
	refuse_conn(conn, status, meta);
}

/* --- link --- */

static void on_channel(uv_poll_t *poll, int status, int events);

static void
listen_for(struct publisher_link *a, int events)
{
	uv_poll_start(&a->poll, events, on_channel);
}

static enum channel_result
send_hello(struct publisher_link *a)
{
	struct channel_frame hello = {
	    .kind = CHANNEL_HELLO, .id = a->publisher, .payload = "", .len = 0};

	return channel_send(a->setup.channel_fd, &hello, -1);
}

static enum channel_result
send_question(struct publisher_link *a, const struct pending *pending)
{
	struct channel_frame question = {
	    .kind = pending->kind,
	    .id = pending->id,
	    .payload = buffer_text(&pending->payload),
	    .len = pending->payload.len,
	};

	return channel_send(
	    a->setup.channel_fd, &question, has_body(pending) ? pending->memfd : -1);
}

/* Sends what waits, as far as the channel has room. */
static void
flush(struct publisher_link *a)
{
	enum channel_result result = CHANNEL_OK;
	struct pending *pending;

	if (a->is_closed)
		return;
	if (a->owes_hello) {
		result = send_hello(a);
		a->owes_hello = result != CHANNEL_OK;
	}
	while (result == CHANNEL_OK && a->publisher != 0 &&
	       (pending = TAILQ_FIRST(&a->unsent)) != NULL) {
		result = send_question(a, pending);
		if (result == CHANNEL_OK)
			move_to(pending, &a->sent);
	}
	listen_for(a, result == CHANNEL_AGAIN ? UV_READABLE | UV_WRITABLE : UV_READABLE);
}

static void
ask(struct pending *pending, enum channel_kind kind)
{
	struct publisher_link *a = pending->owner;

	pending->kind = kind;
	pending->give_up_ms = uv_now(a->setup.loop) + PUBLISHER_LINK_SECONDS * 1000;
	move_to(pending, &a->unsent);
	pending_check(pending);
	flush(a);
}

void
publisher_link_page(
    struct publisher_link *a, struct conn *conn, const struct conn_request *request, int port)
{
	struct pending *pending = pending_new(a, conn, request, port);

	if (pending == NULL)
		refuse_conn(conn, GEMINI_UNAVAILABLE, "Try again soon: out of memory");
	else
		ask(pending, CHANNEL_ASK);
}

/* Has an upload counted. False if there is no room for it: then that is the answer. */
static bool
take_upload(struct publisher_link *a, struct conn *conn, const struct conn_request *request)
{
	switch (
	    upload_quota_take(a->setup.board, a->setup.slot, upload_quota_client(request->visitor),
		request->titan->size, a->setup.config->limits.upload_size)) {
	case UPLOAD_QUOTA_TAKEN:
		return true;
	case UPLOAD_QUOTA_FULL:
		refuse_conn(
		    conn, GEMINI_UNAVAILABLE, "Try again soon: too many uploads are on their way");
		break;
	case UPLOAD_QUOTA_SHARE_HELD:
		refuse_conn(conn, GEMINI_UNAVAILABLE,
		    "Wait until your other uploads are done: too much of yours is on its way");
		break;
	}
	return false;
}

void
publisher_link_upload(
    struct publisher_link *a, struct conn *conn, const struct conn_request *request, int port)
{
	assert(request->titan != NULL && !request->titan->is_edit);
	if (!take_upload(a, conn, request))
		return;
	struct pending *pending = pending_new(a, conn, request, port);
	if (pending == NULL) {
		upload_quota_end(a->setup.board, a->setup.slot,
		    upload_quota_client(request->visitor), request->titan->size);
		refuse_conn(conn, GEMINI_UNAVAILABLE, "Try again soon: out of memory");
		return;
	}
	pending->client = upload_quota_client(request->visitor);
	pending->size = request->titan->size;
	ask(pending, CHANNEL_MAY);
}

void
publisher_link_note(
    struct publisher_link *a, const struct conn_request *request, int port, uint64_t printing)
{
	struct request_message question = question_of(request, port);
	struct buffer payload = BUFFER_EMPTY;

	if (a->is_closed || a->owes_hello || a->publisher == 0)
		return;
	message_encode_printing(&question, printing, &payload);
	struct channel_frame note = {
	    .kind = CHANNEL_GIVEN, .payload = buffer_text(&payload), .len = payload.len};
	if (!payload.failed)
		channel_send(a->setup.channel_fd, &note, -1);
	buffer_free(&payload);
}

/* --- a body --- */

static int
body_memfd(uint64_t size)
{
	int fd = memfd_create("upload", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd != -1 && ftruncate(fd, (off_t)size) == -1) {
		close(fd);
		fd = -1;
	}
	return fd;
}

static bool
write_body(struct pending *pending, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = pwrite(pending->memfd, bytes, len, (off_t)pending->taken);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
		pending->taken += (uint64_t)n;
	}
	return true;
}

void
publisher_link_body(void *arg, struct conn *conn, const char *bytes, size_t len)
{
	struct pending *pending = conn_errand(conn);

	(void)arg;
	assert(pending != NULL && pending->list == &pending->owner->receiving);
	assert(len <= pending->size - pending->taken);
	if (len > 0) {
		if (!write_body(pending, bytes, len))
			refuse(pending, GEMINI_UNAVAILABLE, "Try again soon: out of memory");
		return;
	}
	assert(pending->taken == pending->size);
	if (!sealed_shut(pending->memfd)) {
		refuse(
		    pending, GEMINI_TEMPORARY_FAILURE, "Try again: the upload could not be sealed");
		return;
	}
	ask(pending, CHANNEL_PUT);
}

void
publisher_link_forget(void *arg, struct conn *conn)
{
	(void)arg;
	pending_free(conn_errand(conn));
}

/* --- answers --- */

/* The one that was asked; answers come in the order of the questions, so that it is found at
 * once. NULL: the client is gone. */
static struct pending *
find_pending(struct publisher_link *a, uint32_t id)
{
	struct pending *pending;

	TAILQ_FOREACH (pending, &a->sent, link)
		if (pending->id == id)
			return pending;
	return NULL;
}

/* The body may come. */
static void
take_go(struct pending *pending)
{
	struct conn *conn = pending->conn;

	if (pending->kind != CHANNEL_MAY)
		return;
	pending->memfd = body_memfd(pending->size);
	if (pending->memfd == -1) {
		refuse(pending, GEMINI_UNAVAILABLE, "Try again soon: out of memory");
	} else {
		move_to(pending, &pending->owner->receiving);
		pending_check(pending);
		conn_take_body(conn); /* pending may be gone when this returns */
	}
	connection_go_on(conn);
}

static void
take_answer(struct pending *pending, const struct channel_frame *frame, int memfd)
{
	struct conn *conn = pending->conn;
	struct response response;

	response_init(&response);
	if (!message_decode_response(frame->payload, frame->len, memfd, &response)) {
		log_error("an answer of the publisher cannot be read");
		if (memfd != -1)
			close(memfd);
	}
	pending_end(pending, &response);
	connection_go_on(conn);
}

/* A publisher has begun, or has heard of us: it knows none of what was asked before. */
static void
take_hello(struct publisher_link *a, uint32_t publisher)
{
	struct pending *pending;

	if (publisher == a->publisher)
		return; /* our greetings crossed */
	while ((pending = TAILQ_LAST(&a->sent, pending_list)) != NULL) {
		TAILQ_REMOVE(&a->sent, pending, link);
		pending->list = &a->unsent;
		TAILQ_INSERT_HEAD(&a->unsent, pending, link);
		if (pending->kind == CHANNEL_PUT)
			pending->kind = CHANNEL_REPUT;
	}
	a->publisher = publisher;
	a->owes_hello = true;
	link_check(a);
	flush(a);
}

static void
take_frame(struct publisher_link *a, const struct channel_frame *frame, int memfd)
{
	struct pending *pending = find_pending(a, frame->id);

	if (frame->kind == CHANNEL_ANSWER && pending != NULL) {
		take_answer(pending, frame, memfd); /* which takes memfd over */
		return;
	}
	if (memfd != -1)
		close(memfd);
	if (frame->kind == CHANNEL_EDITION)
		a->setup.on_edition(a->setup.arg, frame->payload, frame->len);
	else if (frame->kind == CHANNEL_HELLO && frame->id != 0)
		take_hello(a, frame->id);
	else if (frame->kind == CHANNEL_GO && pending != NULL)
		take_go(pending);
}

/* Receives one frame. False when there is no more for now. */
static bool
receive(struct publisher_link *a)
{
	struct channel_frame frame;
	int memfd;

	switch (channel_receive(a->setup.channel_fd, a->frame, sizeof(a->frame), &frame, &memfd)) {
	case CHANNEL_OK:
		take_frame(a, &frame, memfd);
		return true;
	case CHANNEL_AGAIN:
		break;
	case CHANNEL_BROKEN:
		log_warning("ignored a frame from the publisher that is none");
		return true;
	case CHANNEL_CLOSED: /* no reason to end: readers are served what there is */
		a->is_closed = true;
		uv_poll_stop(&a->poll);
		break;
	}
	return false;
}

static void
on_channel(uv_poll_t *poll, int status, int events)
{
	struct publisher_link *a = poll->data;

	if (status < 0) {
		a->is_closed = true;
		uv_poll_stop(poll);
		return;
	}
	if ((events & UV_READABLE) != 0)
		for (int i = 0; i < FRAMES_A_TURN && receive(a); i++)
			continue;
	if ((events & UV_WRITABLE) != 0)
		flush(a);
}

/* --- time --- */

/* The first pending of list, if it was asked too long ago: lists are in the order of link. */
static struct pending *
find_late(const struct publisher_link *a, const struct pending_list *list)
{
	struct pending *pending = TAILQ_FIRST(list);

	return pending != NULL && (a->is_closed || pending->give_up_ms <= uv_now(a->setup.loop))
		   ? pending
		   : NULL;
}

/* Whether the publisher may have done what it was asked, or do it yet. */
static bool
may_be_done(const struct pending *pending)
{
	return pending->kind == CHANNEL_REPUT ||
	       (pending->kind == CHANNEL_PUT && pending->list == &pending->owner->sent);
}

static void
on_tick(uv_timer_t *timer)
{
	struct publisher_link *a = timer->data;
	struct pending *pending;

	link_check(a);
	while ((pending = find_late(a, &a->sent)) != NULL ||
	       (pending = find_late(a, &a->unsent)) != NULL) {
		struct conn *conn = pending->conn;
		refuse(pending, GEMINI_UNAVAILABLE,
		    may_be_done(pending)
			? "No answer yet: what you sent may have been saved; look at "
			  "/desk/ before you send it again"
			: "Try again soon: the desk does not answer now");
		connection_go_on(conn);
	}
}

/* --- the beginning and the end --- */

struct publisher_link *
publisher_link_open(const struct publisher_link_setup *setup)
{
	struct publisher_link *a = calloc(1, sizeof(*a));

	assert(setup->channel_fd != -1 && setup->on_edition != NULL);
	assert(setup->slot >= 0 && setup->slot < SCOREBOARD_SLOTS);
	if (a == NULL)
		return NULL;
	a->setup = *setup;
	TAILQ_INIT(&a->unsent);
	TAILQ_INIT(&a->sent);
	TAILQ_INIT(&a->receiving);
	/* Not where the worker before us began: its answers may still be on their way. */
	if (getrandom(&a->last_id, sizeof(a->last_id), 0) != sizeof(a->last_id) ||
	    uv_poll_init(setup->loop, &a->poll, setup->channel_fd) != 0) {
		free(a);
		return NULL;
	}
	uv_timer_init(setup->loop, &a->tick);
	a->open_handles = 2;
	a->poll.data = a->tick.data = a;
	a->owes_hello = true;
	uv_timer_start(&a->tick, on_tick, TICK_MS, TICK_MS);
	flush(a);
	link_check(a);
	return a;
}

static void
on_closed(uv_handle_t *handle)
{
	struct publisher_link *a = handle->data;

	assert(a->open_handles > 0);
	if (--a->open_handles == 0)
		free(a);
}

void
publisher_link_close(struct publisher_link *a)
{
	assert(TAILQ_EMPTY(&a->unsent) && TAILQ_EMPTY(&a->sent) && TAILQ_EMPTY(&a->receiving));
	uv_close((uv_handle_t *)&a->poll, on_closed);
	uv_close((uv_handle_t *)&a->tick, on_closed);
}
