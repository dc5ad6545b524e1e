/*
 * message - what a worker asks the publisher for a client (CHANNEL_MAY, PUT and ASK), the
 * response that comes back (CHANNEL_ANSWER), and what it tells without asking (CHANNEL_GIVEN).
 * Pure.
 *
 * The publisher believes a worker nothing but who the visitor is: it reads the request line anew.
 */
#ifndef IPC_MESSAGE_H
#define IPC_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "gemini/response.h"
#include "gemini/url.h"
#include "gemini/visitor.h"
#include "ipc/channel.h"

struct request_message {
	struct visitor visitor;
	int port;           /* that answers name: the public one */
	char line[URL_MAX]; /* as it came, without CRLF; not NUL-terminated */
	size_t line_len;
};

/* Appends the payload of a frame, which always has room for it. */
void message_encode_request(const struct request_message *question, struct buffer *out);
/* Reads one. False, *out undefined, for anything else: a port that is none, fingerprints that are
 * not 64 lower-case hex digits, a line that is too long. The line may still hold any bytes. */
bool message_decode_request(const void *bytes, size_t len, struct request_message *out);

/* A note (CHANNEL_GIVEN): which printing (article/printing.h) of an article answered a question,
 * whose port counts for nothing. Encoded and read as a question is; printing 0 is no note. */
void message_encode_printing(
    const struct request_message *question, uint64_t printing, struct buffer *out);
bool message_decode_printing(
    const void *bytes, size_t len, struct request_message *out, uint64_t *out_printing);

/* Bytes of a body that always fit into the frame of an answer. */
#define MESSAGE_BODY_MAX (CHANNEL_PAYLOAD_MAX - RESPONSE_META_MAX - 16)

/* Appends the payload for a response whose body is at most MESSAGE_BODY_MAX long. Of a file only
 * the length is told: its descriptor travels beside. */
void message_encode_response(const struct response *response, struct buffer *out);
/* Reads one into *out, which was initialised and takes file_fd (or -1) over on success. False, and
 * *out as it was, for anything else. */
bool message_decode_response(const void *bytes, size_t len, int file_fd, struct response *out);

#endif
