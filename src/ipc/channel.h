/*
 * channel - frames between processes over SOCK_SEQPACKET: worker and publisher, and the command
 * line and the publisher (state/control.sock).
 *
 * A frame is version (1 byte), kind (1), reserved (2, zero), request id (4), length (4), all
 * big-endian, then length bytes, at most CHANNEL_PAYLOAD_MAX; anything longer travels in a memfd
 * sent along. Encoding and decoding are pure and fuzzed.
 */
#ifndef IPC_CHANNEL_H
#define IPC_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHANNEL_VERSION     1
#define CHANNEL_HEAD        12
#define CHANNEL_PAYLOAD_MAX (32 * 1024 - CHANNEL_HEAD)
#define CHANNEL_FRAME_MAX   (CHANNEL_HEAD + CHANNEL_PAYLOAD_MAX) /* bytes of the largest frame */

enum channel_kind {
	CHANNEL_EDITION =
	    1,           /* publisher -> worker: HOST has a new finished edition; payload HOST */
	CHANNEL_STATUS,  /* control -> publisher: payload "text", "json" or "editions" (for
			  * programs: a line "HOST EDITION FILES STATE" for each capsule, STATE
			  * being "printing", "idle" or "missing"); answered with DONE */
	CHANNEL_REPRINT, /* control -> publisher: payload HOST or "" for all */
	CHANNEL_DONE,    /* answer: payload is text for standard output */
	CHANNEL_FAILED,  /* answer: payload is a sentence for standard error */
	CHANNEL_VERB,    /* control -> publisher: a verb's question (ipc/verb.h), a file's bytes
			  * in the memfd; answered with DONE or FAILED */
	CHANNEL_MAY,     /* worker -> publisher: a question (ipc/message.h): may that upload
			  * come? Answered with GO or ANSWER */
	CHANNEL_PUT,     /* worker -> publisher: the same question, the body in the sealed memfd;
			  * answered with ANSWER */
	CHANNEL_ASK,     /* worker -> publisher: a question about a page of the desk or `;edit`;
			  * answered with ANSWER */
	CHANNEL_GO,      /* publisher -> worker: the body may come */
	CHANNEL_ANSWER,  /* publisher -> worker: a response; its body, if it does not fit, in the
			  * memfd */
	CHANNEL_HELLO,   /* publisher -> worker: a publisher has begun (or heard that a worker has);
			  * the id is its number. worker -> publisher: a worker has begun (id 0), or
			  * has heard the publisher of that number, and asks it again all that it
			  * has no answer for. What comes before that is left unread. */
	CHANNEL_REPUT,   /* worker -> publisher: PUT, of what a publisher that died was sent: it
			  * may be done already */
	CHANNEL_GIVEN,   /* worker -> publisher: a note (ipc/message.h): somebody of the
			  * newsroom was given that printing of an article. Not answered */
};

struct channel_frame {
	enum channel_kind kind;
	uint32_t id;         /* an answer carries its question's */
	const void *payload; /* borrowed */
	size_t len;
};

/* Writes the head of frame into out. */
void channel_encode_head(const struct channel_frame *frame, uint8_t out[static CHANNEL_HEAD]);
/* Reads a datagram. False for a wrong version, an unknown kind, reserved bits, a length that is
 * not that of the datagram. The payload is borrowed from bytes; *out changes only on success. */
bool channel_decode(const void *bytes, size_t len, struct channel_frame *out);

enum channel_result {
	CHANNEL_OK,
	CHANNEL_AGAIN,  /* nothing there, or no room: wait for the descriptor */
	CHANNEL_CLOSED, /* the other end is gone */
	CHANNEL_BROKEN, /* no frame; whatever came with it was closed */
};

/* Sends one frame, with memfd (or -1) along; never blocks on a non-blocking fd. The caller keeps
 * memfd. */
enum channel_result channel_send(int fd, const struct channel_frame *frame, int memfd);
/* Receives one frame into buffer (at least CHANNEL_FRAME_MAX bytes), from which out borrows;
 * *out_memfd is the caller's, or -1. */
enum channel_result channel_receive(
    int fd, void *buffer, size_t size, struct channel_frame *out, int *out_memfd);

#endif
