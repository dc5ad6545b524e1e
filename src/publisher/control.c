#include "publisher/control.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ipc/channel.h"
#include "ipc/sealed.h"

struct peer {
	uv_poll_t poll;
	struct control *control;
	int fd;
	struct peer *next; /* younger */
};

struct control {
	uv_poll_t poll;
	struct control_calls calls;
	int listen_fd;
	struct peer *oldest;
	size_t peer_count;
	uint8_t frame[CHANNEL_FRAME_MAX];
};

/* --- answers --- */

/* Puts a text that is too long for a frame into a memfd. Returns -1 if that fails. */
static int
text_in_memfd(const struct buffer *text)
{
	int memfd = memfd_create("answer", MFD_CLOEXEC);
	size_t written = 0;

	while (memfd != -1 && written < text->len) {
		ssize_t n = write(memfd, text->data + written, text->len - written);
		if (n <= 0) {
			close(memfd);
			return -1;
		}
		written += (size_t)n;
	}
	return memfd;
}

/* False when the peer does not take it. */
static bool
peer_answer(struct peer *peer, enum channel_kind kind, uint32_t id, const struct buffer *text)
{
	struct channel_frame frame = {.kind = kind, .id = id, .payload = ""};
	int memfd = -1;

	if (text->failed)
		return false;
	if (text->len <= CHANNEL_PAYLOAD_MAX) {
		frame.payload = buffer_text(text);
		frame.len = text->len;
	} else {
		memfd = text_in_memfd(text);
		if (memfd == -1)
			return false;
	}
	bool is_sent = channel_send(peer->fd, &frame, memfd) == CHANNEL_OK;
	if (memfd != -1)
		close(memfd);
	return is_sent;
}

static bool
is_payload(const struct channel_frame *frame, const char *word)
{
	return frame->len == strlen(word) && memcmp(frame->payload, word, frame->len) == 0;
}

static bool
answer_status(struct peer *peer, const struct channel_frame *question)
{
	static const char *const words[] = {
	    [CONTROL_TEXT] = "text",
	    [CONTROL_JSON] = "json",
	    [CONTROL_EDITIONS] = "editions",
	};
	const struct control_calls *calls = &peer->control->calls;
	struct buffer text = BUFFER_EMPTY;
	enum control_form form = CONTROL_TEXT;

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (is_payload(question, words[i]))
			form = (enum control_form)i;
	calls->status(calls->arg, form, &text);
	bool is_sent = peer_answer(peer, CHANNEL_DONE, question->id, &text);
	buffer_free(&text);
	return is_sent;
}

/* Answers with the text of what was done, or with the reason why it was not. Releases the text. */
static bool
answer_outcome(
    struct peer *peer, uint32_t id, bool is_done, struct buffer *text, const struct error *err)
{
	if (!is_done) {
		buffer_truncate(text, 0);
		buffer_puts(text, err->text);
	}
	bool is_sent = peer_answer(peer, is_done ? CHANNEL_DONE : CHANNEL_FAILED, id, text);
	buffer_free(text);
	return is_sent;
}

static bool
answer_reprint(struct peer *peer, const struct channel_frame *question)
{
	const struct control_calls *calls = &peer->control->calls;
	struct buffer text = BUFFER_EMPTY;
	struct error err;
	char host[256];

	if (question->len >= sizeof(host))
		return false;
	memcpy(host, question->payload, question->len);
	host[question->len] = '\0';
	bool is_done = calls->reprint(calls->arg, host, &text, &err);
	return answer_outcome(peer, question->id, is_done, &text, &err);
}

static bool
run_verb(const struct control_calls *calls, const struct verb *verb, int memfd, struct buffer *out,
    struct error *err)
{
	struct sealed beside = {.bytes = ""};

	if (memfd != -1 && !sealed_open(memfd, calls->bytes_max, &beside, err))
		return false;
	bool ok = calls->verb(calls->arg, verb, beside.bytes, beside.len, out, err);
	sealed_done(&beside);
	return ok;
}

static bool
answer_verb(struct peer *peer, const struct channel_frame *question, int memfd)
{
	struct buffer text = BUFFER_EMPTY;
	struct verb verb;
	struct error err;

	if (!verb_decode(question->payload, question->len, &verb))
		return false;
	bool is_done = run_verb(&peer->control->calls, &verb, memfd, &text, &err);
	return answer_outcome(peer, question->id, is_done, &text, &err);
}

/* False when the peer is to be closed. memfd, or -1, is what came along. */
static bool
answer(struct peer *peer, const struct channel_frame *question, int memfd)
{
	switch (question->kind) {
	case CHANNEL_STATUS:
		return answer_status(peer, question);
	case CHANNEL_REPRINT:
		return answer_reprint(peer, question);
	case CHANNEL_VERB:
		return answer_verb(peer, question, memfd);
	case CHANNEL_EDITION:
	case CHANNEL_DONE:
	case CHANNEL_FAILED:
	case CHANNEL_MAY:
	case CHANNEL_PUT:
	case CHANNEL_ASK:
	case CHANNEL_GO:
	case CHANNEL_ANSWER:
	case CHANNEL_HELLO:
	case CHANNEL_REPUT:
	case CHANNEL_GIVEN:
		break;
	}
	return false; /* not for a peer to say */
}

/* --- peers --- */

static void
on_peer_closed(uv_handle_t *handle)
{
	free(handle->data);
}

static void
peer_close(struct peer *peer)
{
	struct peer **place = &peer->control->oldest;

	while (*place != peer)
		place = &(*place)->next;
	*place = peer->next;
	peer->control->peer_count--;
	uv_close((uv_handle_t *)&peer->poll, on_peer_closed);
	close(peer->fd);
}

static void
on_peer(uv_poll_t *poll, int status, int events)
{
	struct peer *peer = poll->data;
	struct control *control = peer->control;
	struct channel_frame question;
	int memfd = -1;

	(void)events;
	if (status < 0) {
		peer_close(peer);
		return;
	}
	enum channel_result result =
	    channel_receive(peer->fd, control->frame, sizeof(control->frame), &question, &memfd);
	if (result == CHANNEL_AGAIN)
		return;
	if (result != CHANNEL_OK || !answer(peer, &question, memfd))
		peer_close(peer);
	if (memfd != -1)
		close(memfd);
}

static void
peer_open(struct control *control, int fd)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	struct peer **last = &control->oldest;

	if (peer == NULL || uv_poll_init(control->poll.loop, &peer->poll, fd) != 0) {
		free(peer);
		close(fd);
		return;
	}
	peer->poll.data = peer;
	peer->control = control;
	peer->fd = fd;
	while (*last != NULL)
		last = &(*last)->next;
	*last = peer;
	control->peer_count++;
	uv_poll_start(&peer->poll, UV_READABLE, on_peer);
}

static void
on_connection(uv_poll_t *poll, int status, int events)
{
	struct control *control = poll->data;

	(void)status;
	(void)events;
	int fd = accept4(control->listen_fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (fd == -1)
		return;
	if (control->peer_count == CONTROL_PEERS_MAX)
		peer_close(control->oldest);
	peer_open(control, fd);
}

/* --- the beginning and the end --- */

struct control *
control_open(uv_loop_t *loop, int listen_fd, const struct control_calls *calls)
{
	struct control *control = calloc(1, sizeof(*control));

	if (control == NULL || uv_poll_init(loop, &control->poll, listen_fd) != 0) {
		free(control);
		return NULL;
	}
	control->poll.data = control;
	control->calls = *calls;
	control->listen_fd = listen_fd;
	uv_poll_start(&control->poll, UV_READABLE, on_connection);
	return control;
}

static void
on_control_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
control_close(struct control *control)
{
	if (control == NULL)
		return;
	while (control->oldest != NULL)
		peer_close(control->oldest);
	uv_close((uv_handle_t *)&control->poll, on_control_closed);
}
