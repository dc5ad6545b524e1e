#include "publisher/worker_link.h"

#include <assert.h>
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/channel.h"
#include "ipc/message.h"
#include "ipc/sealed.h"
#include "net/route.h"

#define QUESTIONS_A_TURN 64 /* of one worker, before the next one's */

/* One worker. While it has no room for an answer it is asked nothing more. */
struct worker_peer {
	uv_poll_t poll;
	struct worker_link *worker_link;
	int fd;
	bool is_heard;    /* it has greeted this publisher: what it asks now it asks us */
	bool owes_hello;  /* before anything else is sent */
	bool owes_answer; /* reply */
	enum channel_kind reply_kind;
	uint32_t reply_id;
	struct buffer reply;
	int reply_fd; /* that goes along, or -1 */
};

struct worker_link {
	struct worker_link_setup setup;
	uint32_t number; /* of this publisher; never 0 */
	int open_handles;
	uint8_t frame[CHANNEL_FRAME_MAX];
	struct worker_peer peers[];
};

/* --- to the worker --- */

static void on_worker(uv_poll_t *poll, int status, int events);

static enum channel_result
send_frame(struct worker_peer *w, enum channel_kind kind, uint32_t id, const struct buffer *payload)
{
	struct channel_frame frame = {.kind = kind, .id = id, .payload = ""};

	if (payload != NULL) {
		frame.payload = buffer_text(payload);
		frame.len = payload->len;
	}
	return channel_send(w->fd, &frame, payload == NULL ? -1 : w->reply_fd);
}

static void
drop_reply(struct worker_peer *w)
{
	buffer_free(&w->reply);
	if (w->reply_fd != -1)
		close(w->reply_fd);
	w->reply_fd = -1;
	w->owes_answer = false;
}

/* Asserts that an answer may be taken down: the one before it was sent or dropped. */
static void
no_reply_check(const struct worker_peer *w)
{
	assert(!w->owes_answer && w->reply_fd == -1 && w->reply.len == 0 && !w->reply.failed);
}

/* Sends what is owed. False while the channel has no room for it. */
static bool
settle(struct worker_peer *w)
{
	enum channel_result result = CHANNEL_OK;

	if (w->owes_hello) {
		result = send_frame(w, CHANNEL_HELLO, w->worker_link->number, NULL);
		w->owes_hello = result == CHANNEL_AGAIN;
	}
	if (w->owes_answer && result != CHANNEL_AGAIN) {
		result = send_frame(w, w->reply_kind, w->reply_id, &w->reply);
		if (result != CHANNEL_AGAIN)
			drop_reply(w);
	}
	assert(result == CHANNEL_AGAIN || (!w->owes_hello && !w->owes_answer));
	uv_poll_start(&w->poll, result == CHANNEL_AGAIN ? UV_WRITABLE : UV_READABLE, on_worker);
	return result != CHANNEL_AGAIN;
}

/* Puts a body that does not fit into a frame into a memfd, as the file behind an empty body. */
static bool
move_body_to_memfd(struct response *response)
{
	size_t len = response->body.len;
	struct error err;
	int memfd = sealed_new(response->body.data, len, &err);

	if (memfd == -1) {
		log_error("an answer: %s", err.text);
		return false;
	}
	buffer_free(&response->body);
	response->file_fd = memfd;
	response->file_bytes = (off_t)len;
	return true;
}

static bool
make_sendable(struct response *response)
{
	return response->body.len <= MESSAGE_BODY_MAX ||
	       (response->file_fd == -1 && move_body_to_memfd(response));
}

static void
reply(struct worker_peer *w, uint32_t id, struct response *response)
{
	no_reply_check(w);
	if (!make_sendable(response))
		response_set(response, GEMINI_UNAVAILABLE, "Try again soon: out of memory");
	assert(response->body.len <= MESSAGE_BODY_MAX);
	w->reply_kind = CHANNEL_ANSWER;
	w->reply_id = id;
	message_encode_response(response, &w->reply);
	w->reply_fd = response->file_fd;
	response->file_fd = -1;
	w->owes_answer = !w->reply.failed; /* without memory for it the worker says 41 in time */
	if (!w->owes_answer)
		drop_reply(w);
}

static void
reply_go(struct worker_peer *w, uint32_t id)
{
	no_reply_check(w);
	w->reply_kind = CHANNEL_GO;
	w->reply_id = id;
	w->owes_answer = true;
}

/* --- from the worker --- */

/* Maps the body that a worker sent; it has to be as long as the request said. */
static bool
body_open(int memfd, const struct titan *titan, struct sealed *out, struct error *err)
{
	if (titan == NULL || memfd == -1)
		return error_set(err, "no body came");
	if (!sealed_open(memfd, titan->size, out, err))
		return false;
	if (out->len == titan->size)
		return true;
	sealed_done(out);
	return error_set(err, "a body came that is shorter than its size");
}

static void
put(struct desk *desk, const struct desk_request *request, int memfd, struct response *out)
{
	struct sealed body = {.bytes = ""};
	struct error err;

	if (!body_open(memfd, request->titan, &body, &err)) {
		log_error("an upload of a worker: %s", err.text);
		response_set(out, GEMINI_TEMPORARY_FAILURE, "Try again: the upload was spoilt");
		return;
	}
	desk_put(desk, request, body.bytes, body.len, out);
	sealed_done(&body);
}

/* Has the question answered by its desk. True: the upload may come, and there is no answer yet. */
static bool
ask_desk(struct desk *desk, enum channel_kind kind, const struct desk_request *request, int memfd,
    struct response *out)
{
	if (kind == CHANNEL_MAY)
		return desk_may(desk, request, out);
	if (kind == CHANNEL_PUT || kind == CHANNEL_REPUT)
		put(desk, request, memfd, out);
	else
		desk_answer(desk, request, out);
	return false;
}

/* Why somebody's upload was not taken: the access log tells the status alone, and history only what
 * was. Of a secret in the request, a token or one of the desk, nothing is told. */
static void
log_refusal(const struct desks *desks, const struct desk_request *request, const char *host,
    const struct response *response)
{
	const struct person *person = people_find(desks->people, request->visitor, host);
	const char *path = request->url->path;
	size_t told = desk_told_len(path);

	if (request->titan != NULL && response->status >= GEMINI_TEMPORARY_FAILURE)
		log_notice("%s: %s %s %.*s%s, answered %d %s", host,
		    person == NULL ? "a stranger" : person->id,
		    request->titan->is_edit ? "asked to edit" : "sent", (int)told, path,
		    path[told] == '\0' ? "" : "-", (int)response->status, response->meta);
}

/* Somebody was given a printing of an article. */
static void
take_note(const struct desks *desks, const struct channel_frame *frame)
{
	struct request_message question;
	struct response response;
	struct route route;
	uint64_t printing;

	if (!message_decode_printing(frame->payload, frame->len, &question, &printing)) {
		log_error("a note of a worker cannot be read");
		return;
	}
	response_init(&response);
	if (route_request(
		desks->config, 0, "", question.line, question.line_len, &route, &response)) {
		size_t capsule = (size_t)(route.capsule - desks->config->capsules);

		desk_note_printing(
		    desks->desks[capsule], &question.visitor, route.url.path, printing);
	}
	response_free(&response);
}

/* True as above. */
static bool
answer(struct worker_link *worker_link, enum channel_kind kind,
    const struct request_message *question, int memfd, struct response *out)
{
	struct desks *desks = worker_link->setup.desks;
	struct route route;

	if (!route_request(desks->config, 0, "", question->line, question->line_len, &route, out))
		return false;
	size_t capsule = (size_t)(route.capsule - desks->config->capsules);
	assert(capsule < desks->config->capsule_count);
	struct desk_request request = {
	    .url = &route.url,
	    .titan = route.is_titan ? &route.titan : NULL,
	    .visitor = &question->visitor,
	    .port = question->port,
	    .now = time(NULL),
	    .is_repeated = kind == CHANNEL_REPUT,
	};
	bool may_come = ask_desk(desks->desks[capsule], kind, &request, memfd, out);
	if (!may_come)
		log_refusal(desks, &request, route.capsule->host, out);
	desks_share_people(desks);
	worker_link->setup.on_work(worker_link->setup.arg, capsule);
	return may_come;
}

static void
take_question(struct worker_peer *w, const struct channel_frame *frame, int memfd)
{
	struct request_message question;
	struct response response;

	if (!message_decode_request(frame->payload, frame->len, &question)) {
		log_error("a question of a worker cannot be read");
		return; /* the worker says 41 in time */
	}
	response_init(&response);
	if (answer(w->worker_link, frame->kind, &question, memfd, &response))
		reply_go(w, frame->id);
	else
		reply(w, frame->id, &response);
	response_free(&response);
}

static void
take_frame(struct worker_peer *w, const struct channel_frame *frame, int memfd)
{
	switch (frame->kind) {
	case CHANNEL_HELLO:
		if (frame->id == w->worker_link->number)
			w->is_heard = true;
		else
			w->owes_hello = true;
		break;
	case CHANNEL_MAY:
	case CHANNEL_PUT:
	case CHANNEL_REPUT:
	case CHANNEL_ASK:
		if (w->is_heard)
			take_question(w, frame, memfd);
		break;
	case CHANNEL_GIVEN:
		take_note(w->worker_link->setup.desks, frame);
		break;
	case CHANNEL_EDITION:
	case CHANNEL_STATUS:
	case CHANNEL_REPRINT:
	case CHANNEL_DONE:
	case CHANNEL_FAILED:
	case CHANNEL_VERB:
	case CHANNEL_GO:
	case CHANNEL_ANSWER:
		log_error("a worker sent a frame that is no question");
		break;
	}
}

/* Takes one frame, and answers it. False when no more is to be taken now. */
static bool
serve_one(struct worker_peer *w)
{
	struct worker_link *worker_link = w->worker_link;
	struct channel_frame frame;
	int memfd;

	assert(!w->owes_hello); /* nor an answer: it is asked nothing more before */
	no_reply_check(w);
	switch (channel_receive(
	    w->fd, worker_link->frame, sizeof(worker_link->frame), &frame, &memfd)) {
	case CHANNEL_OK:
		take_frame(w, &frame, memfd);
		if (memfd != -1)
			close(memfd);
		return settle(w);
	case CHANNEL_AGAIN:
		break;
	case CHANNEL_BROKEN:
		log_error("a worker sent a frame that is none");
		break;
	case CHANNEL_CLOSED: /* all workers that ever had it are gone */
		uv_poll_stop(&w->poll);
		break;
	}
	return false;
}

static void
on_worker(uv_poll_t *poll, int status, int events)
{
	struct worker_peer *w = poll->data;

	if (status < 0) {
		uv_poll_stop(poll);
		return;
	}
	if ((events & UV_WRITABLE) != 0 && !settle(w))
		return;
	for (int i = 0; i < QUESTIONS_A_TURN && serve_one(w); i++)
		continue;
}

/* --- the beginning and the end --- */

static void
on_closed(uv_handle_t *handle)
{
	struct worker_peer *w = handle->data;
	struct worker_link *worker_link = w->worker_link;

	drop_reply(w);
	assert(worker_link->open_handles > 0);
	if (--worker_link->open_handles == 0)
		free(worker_link);
}

static bool
peer_open(struct worker_link *worker_link, size_t at)
{
	struct worker_peer *w = &worker_link->peers[at];

	assert(worker_link->open_handles == (int)at); /* one each, of those before it */
	*w = (struct worker_peer){
	    .worker_link = worker_link,
	    .fd = worker_link->setup.channels[at],
	    .owes_hello = true,
	    .reply_fd = -1,
	};
	if (uv_poll_init(worker_link->setup.loop, &w->poll, w->fd) != 0)
		return false;
	worker_link->open_handles++;
	w->poll.data = w;
	settle(w);
	return true;
}

struct worker_link *
worker_link_open(const struct worker_link_setup *setup)
{
	struct worker_link *worker_link =
	    calloc(1, sizeof(*worker_link) + setup->channel_count * sizeof(struct worker_peer));

	if (worker_link == NULL)
		return NULL;
	assert(setup->desks != NULL && setup->on_work != NULL);
	worker_link->setup = *setup;
	while (worker_link->number == 0)
		if (getrandom(&worker_link->number, sizeof(worker_link->number), 0) == -1)
			break;
	for (size_t i = 0; i < setup->channel_count; i++) {
		if (peer_open(worker_link, i))
			continue;
		worker_link->setup.channel_count = i;
		worker_link_close(worker_link);
		return NULL;
	}
	return worker_link;
}

void
worker_link_close(struct worker_link *worker_link)
{
	if (worker_link == NULL)
		return;
	if (worker_link->open_handles == 0) {
		free(worker_link);
		return;
	}
	assert(worker_link->open_handles == (int)worker_link->setup.channel_count);
	for (size_t i = 0; i < worker_link->setup.channel_count; i++)
		uv_close((uv_handle_t *)&worker_link->peers[i].poll, on_closed);
}
