#include "command/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "ipc/sealed.h"
#include "ipc/unix_socket.h"

#define ANSWER_SECONDS 10

/* Whether somebody, a server or a verb working alone, holds STATE/lock. */
static bool
lock_is_held(const char *state)
{
	struct buffer path = BUFFER_EMPTY;
	bool is_held = false;

	buffer_printf(&path, "%s/lock", state);
	int fd = open(buffer_text(&path), O_RDONLY | O_CLOEXEC);
	if (fd != -1) {
		is_held = flock(fd, LOCK_SH | LOCK_NB) == -1 && errno == EWOULDBLOCK;
		close(fd);
	}
	buffer_free(&path);
	return is_held;
}

static int
no_connection(const char *state, int reason, struct error *err)
{
	if (reason != ENOENT && reason != ECONNREFUSED) {
		error_set(err, "%s/control.sock: %s", state, strerror(reason));
		return ASK_FAILED;
	}
	if (lock_is_held(state)) {
		error_set(err,
		    "%s/lock is held, but nobody answers at %s/control.sock: a server that "
		    "is starting, or another verb at work",
		    state, state);
		return ASK_FAILED;
	}
	error_set(err, "no server is running on %s (lock is free)", state);
	return ASK_NO_SERVER;
}

int
ask_open(const char *state, struct error *err)
{
	const struct timeval patience = {.tv_sec = ANSWER_SECONDS};
	struct buffer path = BUFFER_EMPTY;

	buffer_printf(&path, "%s/control.sock", state);
	int fd = unix_socket_connect(buffer_text(&path), SOCK_SEQPACKET);
	int reason = errno;
	buffer_free(&path);
	if (fd == -1)
		return no_connection(state, reason, err);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	return fd;
}

static bool
read_memfd(int memfd, struct buffer *out, struct error *err)
{
	char chunk[4096];
	off_t at = 0;
	ssize_t n;

	while ((n = pread(memfd, chunk, sizeof(chunk), at)) > 0) {
		buffer_append(out, chunk, (size_t)n);
		at += n;
	}
	return n == 0 || error_set(err, "reading the answer: %s", strerror(errno));
}

static bool
explain(enum channel_result result, struct error *err)
{
	switch (result) {
	case CHANNEL_OK:
		return true;
	case CHANNEL_AGAIN:
		return error_set(err, "the publisher did not answer in %d seconds", ANSWER_SECONDS);
	case CHANNEL_CLOSED:
		return error_set(err, "the publisher hung up: see the server's log");
	case CHANNEL_BROKEN:
		break;
	}
	return error_set(err, "the publisher's answer is not one of this version's: is the server "
			      "an older or newer broadsheet?");
}

static bool
take_answer(const struct channel_frame *answer, int memfd, struct buffer *out, struct error *err)
{
	if (answer->kind == CHANNEL_FAILED)
		return error_set(err, "%.*s", (int)answer->len, (const char *)answer->payload);
	if (answer->kind != CHANNEL_DONE)
		return explain(CHANNEL_BROKEN, err);
	buffer_append(out, answer->payload, answer->len);
	return memfd == -1 || read_memfd(memfd, out, err);
}

/* Sends a question, with beside (or -1) along, and waits for its answer. */
static bool
exchange(
    int fd, const struct channel_frame *question, int beside, struct buffer *out, struct error *err)
{
	static uint8_t frame[CHANNEL_FRAME_MAX];
	struct channel_frame answer;
	int memfd = -1;

	if (!explain(channel_send(fd, question, beside), err) ||
	    !explain(channel_receive(fd, frame, sizeof(frame), &answer, &memfd), err))
		return false;
	bool is_taken = take_answer(&answer, memfd, out, err);
	if (memfd != -1)
		close(memfd);
	return is_taken;
}

bool
ask(int fd, enum channel_kind question, const char *payload, struct buffer *out, struct error *err)
{
	const struct channel_frame asked = {
	    .kind = question,
	    .id = 1,
	    .payload = payload,
	    .len = strlen(payload),
	};

	return exchange(fd, &asked, -1, out, err);
}

bool
ask_verb(int fd, const struct verb *verb, const void *bytes, size_t len, struct buffer *out,
    struct error *err)
{
	struct buffer payload = BUFFER_EMPTY;
	bool is_answered = false;
	int memfd = len == 0 ? -1 : sealed_new(bytes, len, err);

	if (!verb_encode(verb, &payload)) {
		error_set(err, "the words of the command are too long");
	} else if (len == 0 || memfd != -1) {
		const struct channel_frame asked = {
		    .kind = CHANNEL_VERB,
		    .id = 1,
		    .payload = payload.data,
		    .len = payload.len,
		};
		is_answered = exchange(fd, &asked, memfd, out, err);
	}
	if (memfd != -1)
		close(memfd);
	buffer_free(&payload);
	return is_answered;
}
