#include "worker/asking.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/queue.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/channel.h"
#include "ipc/question.h"
#include "ipc/sealed.h"
#include "worker/connection.h"
#include "worker/upload_quota.h"

#define TICK_MS       250
#define FRAMES_A_TURN 64 /* taken before clients get a turn */

/* One client's business with the publisher. */
struct errand {
	TAILQ_ENTRY(errand) link;
	struct errand_list *list; /* that it is in */
	struct asking *asking;
	struct conn *conn; /* NULL while it is not to be answered: */
	uint32_t id;
	enum channel_kind kind; /* MAY, then PUT (and REPUT); or ASK */
	struct buffer payload;  /* of the frame */
	uint64_t give_up_ms;    /* on the loop's clock */
	uint64_t client;        /* whose upload is counted on the scoreboard; 0: nothing is */
	uint64_t size;          /* of its body */
	uint64_t taken;         /* of it so far */
	int memfd;              /* that holds it, or -1 */
};
TAILQ_HEAD(errand_list, errand);

struct asking {
	struct asking_setup setup;
	uv_poll_t poll;
	uv_timer_t tick;
	int open_handles;
	struct errand_list unsent, sent;
	struct errand_list receiving; /* a body: nothing is asked */
	uint32_t last_id;
	uint32_t publisher; /* the number that it said hello with; 0: none has yet */
	bool owes_hello;    /* before anything else is sent */
	bool is_closed;     /* nobody is at the other end, nor will be */
	uint8_t frame[CHANNEL_FRAME_MAX];
};

/* --- errands --- */

static void
move_to(struct errand *e, struct errand_list *list)
{
	if (e->list != NULL)
		TAILQ_REMOVE(e->list, e, link);
	e->list = list;
	if (list != NULL)
		TAILQ_INSERT_TAIL(list, e, link);
}

static struct question
question_of(const struct conn_request *request, int port)
{
	struct question question = {
	    .visitor = *request->visitor, .port = port, .line_len = request->line_len};

	memcpy(question.line, request->line, request->line_len);
	return question;
}

static struct errand *
errand_new(struct asking *a, struct conn *conn, const struct conn_request *request, int port)
{
	struct errand *e = calloc(1, sizeof(*e));
	struct question question = question_of(request, port);

	if (e == NULL)
		return NULL;
	question_encode(&question, &e->payload);
	e->asking = a;
	e->conn = conn;
	e->id = ++a->last_id;
	e->memfd = -1;
	conn_set_errand(conn, e);
	return e;
}

static void
errand_free(struct errand *e)
{
	if (e == NULL)
		return;
	if (e->conn != NULL)
		conn_set_errand(e->conn, NULL);
	move_to(e, NULL);
	if (e->client != 0)
		upload_quota_end(e->asking->setup.board, e->asking->setup.slot, e->client, e->size);
	if (e->memfd != -1)
		close(e->memfd);
	buffer_free(&e->payload);
	free(e);
}

/* Answers the client, and ends the errand. */
static void
errand_end(struct errand *e, struct response *response)
{
	struct conn *conn = e->conn;

	errand_free(e);
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

/* Ends the errand with a few words, from within a call of the connection's. */
static void
refuse(struct errand *e, enum gemini_status status, const char *meta)
{
	struct conn *conn = e->conn;

	errand_free(e);
	refuse_conn(conn, status, meta);
}

/* --- asking --- */

static void on_channel(uv_poll_t *poll, int status, int events);

static void
listen_for(struct asking *a, int events)
{
	uv_poll_start(&a->poll, events, on_channel);
}

static enum channel_result
send_hello(struct asking *a)
{
	struct channel_frame hello = {
	    .kind = CHANNEL_HELLO, .id = a->publisher, .payload = "", .len = 0};

	return channel_send(a->setup.channel_fd, &hello, -1);
}

static enum channel_result
send_question(struct asking *a, const struct errand *e)
{
	bool has_body = e->kind == CHANNEL_PUT || e->kind == CHANNEL_REPUT;
	struct channel_frame question = {
	    .kind = e->kind,
	    .id = e->id,
	    .payload = buffer_text(&e->payload),
	    .len = e->payload.len,
	};

	return channel_send(a->setup.channel_fd, &question, has_body ? e->memfd : -1);
}

/* Sends what waits, as far as the channel has room. */
static void
flush(struct asking *a)
{
	enum channel_result result = CHANNEL_OK;
	struct errand *e;

	if (a->is_closed)
		return;
	if (a->owes_hello) {
		result = send_hello(a);
		a->owes_hello = result != CHANNEL_OK;
	}
	while (result == CHANNEL_OK && a->publisher != 0 && (e = TAILQ_FIRST(&a->unsent)) != NULL) {
		result = send_question(a, e);
		if (result == CHANNEL_OK)
			move_to(e, &a->sent);
	}
	listen_for(a, result == CHANNEL_AGAIN ? UV_READABLE | UV_WRITABLE : UV_READABLE);
}

static void
ask(struct errand *e, enum channel_kind kind)
{
	struct asking *a = e->asking;

	e->kind = kind;
	e->give_up_ms = uv_now(a->setup.loop) + ASKING_SECONDS * 1000;
	move_to(e, &a->unsent);
	flush(a);
}

void
asking_page(struct asking *a, struct conn *conn, const struct conn_request *request, int port)
{
	struct errand *e = errand_new(a, conn, request, port);

	if (e == NULL)
		refuse_conn(conn, GEMINI_UNAVAILABLE, "Try again soon: out of memory");
	else
		ask(e, CHANNEL_ASK);
}

/* Has an upload counted. False if there is no room for it: then that is the answer. */
static bool
take_upload(struct asking *a, struct conn *conn, const struct conn_request *request)
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
asking_upload(struct asking *a, struct conn *conn, const struct conn_request *request, int port)
{
	if (!take_upload(a, conn, request))
		return;
	struct errand *e = errand_new(a, conn, request, port);
	if (e == NULL) {
		upload_quota_end(a->setup.board, a->setup.slot,
		    upload_quota_client(request->visitor), request->titan->size);
		refuse_conn(conn, GEMINI_UNAVAILABLE, "Try again soon: out of memory");
		return;
	}
	e->client = upload_quota_client(request->visitor);
	e->size = request->titan->size;
	ask(e, CHANNEL_MAY);
}

void
asking_note(struct asking *a, const struct conn_request *request, int port, uint64_t printing)
{
	struct question question = question_of(request, port);
	struct buffer payload = BUFFER_EMPTY;

	if (a->is_closed || a->owes_hello || a->publisher == 0)
		return;
	note_encode(&question, printing, &payload);
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
write_body(struct errand *e, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t n = pwrite(e->memfd, bytes, len, (off_t)e->taken);
		if (n == -1 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes += n;
		len -= (size_t)n;
		e->taken += (uint64_t)n;
	}
	return true;
}

void
asking_body(void *arg, struct conn *conn, const char *bytes, size_t len)
{
	struct errand *e = conn_errand(conn);

	(void)arg;
	if (len > 0) {
		if (!write_body(e, bytes, len))
			refuse(e, GEMINI_UNAVAILABLE, "Try again soon: out of memory");
		return;
	}
	if (!sealed_shut(e->memfd)) {
		refuse(e, GEMINI_TEMPORARY_FAILURE, "Try again: the upload could not be sealed");
		return;
	}
	ask(e, CHANNEL_PUT);
}

void
asking_forget(void *arg, struct conn *conn)
{
	(void)arg;
	errand_free(conn_errand(conn));
}

/* --- answers --- */

/* An errand that was asked; answers come in the order of the questions, so that it is found at
 * once. NULL: the client is gone. */
static struct errand *
find_errand(struct asking *a, uint32_t id)
{
	struct errand *e;

	TAILQ_FOREACH (e, &a->sent, link)
		if (e->id == id)
			return e;
	return NULL;
}

/* The body may come. */
static void
take_go(struct errand *e)
{
	struct conn *conn = e->conn;

	if (e->kind != CHANNEL_MAY)
		return;
	e->memfd = body_memfd(e->size);
	if (e->memfd == -1) {
		refuse(e, GEMINI_UNAVAILABLE, "Try again soon: out of memory");
	} else {
		move_to(e, &e->asking->receiving);
		conn_take_body(conn); /* e may be gone when this returns */
	}
	connection_go_on(conn);
}

static void
take_answer(struct errand *e, const struct channel_frame *frame, int memfd)
{
	struct conn *conn = e->conn;
	struct response response;

	response_init(&response);
	if (!answer_decode(frame->payload, frame->len, memfd, &response)) {
		log_error("an answer of the publisher cannot be read");
		if (memfd != -1)
			close(memfd);
	}
	errand_end(e, &response);
	connection_go_on(conn);
}

/* A publisher has begun, or has heard of us: it knows none of what was asked before. */
static void
take_hello(struct asking *a, uint32_t publisher)
{
	struct errand *e;

	if (publisher == a->publisher)
		return; /* our greetings crossed */
	while ((e = TAILQ_LAST(&a->sent, errand_list)) != NULL) {
		TAILQ_REMOVE(&a->sent, e, link);
		e->list = &a->unsent;
		TAILQ_INSERT_HEAD(&a->unsent, e, link);
		if (e->kind == CHANNEL_PUT)
			e->kind = CHANNEL_REPUT;
	}
	a->publisher = publisher;
	a->owes_hello = true;
	flush(a);
}

static void
take_frame(struct asking *a, const struct channel_frame *frame, int memfd)
{
	struct errand *e = find_errand(a, frame->id);

	if (frame->kind == CHANNEL_ANSWER && e != NULL) {
		take_answer(e, frame, memfd); /* which takes memfd over */
		return;
	}
	if (memfd != -1)
		close(memfd);
	if (frame->kind == CHANNEL_EDITION)
		a->setup.on_edition(a->setup.arg, frame->payload, frame->len);
	else if (frame->kind == CHANNEL_HELLO && frame->id != 0)
		take_hello(a, frame->id);
	else if (frame->kind == CHANNEL_GO && e != NULL)
		take_go(e);
}

/* Receives one frame. False when there is no more for now. */
static bool
receive(struct asking *a)
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
	struct asking *a = poll->data;

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

/* The first errand of list, if it was asked too long ago: lists are in the order of asking. */
static struct errand *
find_late(const struct asking *a, const struct errand_list *list)
{
	struct errand *e = TAILQ_FIRST(list);

	return e != NULL && (a->is_closed || e->give_up_ms <= uv_now(a->setup.loop)) ? e : NULL;
}

/* Whether the publisher may have done what it was asked, or do it yet. */
static bool
may_be_done(const struct errand *e)
{
	return e->kind == CHANNEL_REPUT || (e->kind == CHANNEL_PUT && e->list == &e->asking->sent);
}

static void
on_tick(uv_timer_t *timer)
{
	struct asking *a = timer->data;
	struct errand *e;

	while ((e = find_late(a, &a->sent)) != NULL || (e = find_late(a, &a->unsent)) != NULL) {
		struct conn *conn = e->conn;
		refuse(e, GEMINI_UNAVAILABLE,
		    may_be_done(e) ? "No answer yet: what you sent may have been saved; look at "
				     "/desk/ before you send it again"
				   : "Try again soon: the desk does not answer now");
		connection_go_on(conn);
	}
}

/* --- the beginning and the end --- */

struct asking *
asking_open(const struct asking_setup *setup)
{
	struct asking *a = calloc(1, sizeof(*a));

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
	return a;
}

static void
on_closed(uv_handle_t *handle)
{
	struct asking *a = handle->data;

	if (--a->open_handles == 0)
		free(a);
}

void
asking_close(struct asking *a)
{
	uv_close((uv_handle_t *)&a->poll, on_closed);
	uv_close((uv_handle_t *)&a->tick, on_closed);
}
