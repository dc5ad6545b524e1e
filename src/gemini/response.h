/*
 * response - a Gemini answer: status, meta, and where its body is.
 */
#ifndef GEMINI_RESPONSE_H
#define GEMINI_RESPONSE_H

#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "base/buffer.h"

enum gemini_status {
	GEMINI_INPUT = 10,
	GEMINI_SENSITIVE_INPUT = 11,
	GEMINI_SUCCESS = 20,
	GEMINI_REDIRECT = 30,
	GEMINI_MOVED = 31,
	GEMINI_TEMPORARY_FAILURE = 40,
	GEMINI_UNAVAILABLE = 41,
	GEMINI_SLOW_DOWN = 44,
	GEMINI_FAILURE = 50,
	GEMINI_NOT_FOUND = 51,
	GEMINI_GONE = 52,
	GEMINI_PROXY_REFUSED = 53,
	GEMINI_BAD_REQUEST = 59,
	GEMINI_CERTIFICATE_REQUIRED = 60,
	GEMINI_NOT_AUTHORISED = 61,
	GEMINI_CERTIFICATE_INVALID = 62,
};

#define RESPONSE_META_MAX 1024 /* bytes: older clients refuse more */

/* Start with response_init(); end with response_free(). */
struct response {
	enum gemini_status status;
	char meta[RESPONSE_META_MAX + 1]; /* never empty, one line, valid UTF-8 */
	struct buffer body;               /* the body, or its beginning */
	int file_fd;                      /* owned; what follows body, or -1 */
	struct timespec file_changed; /* its ctime: another cuts the answer off; 0: any will do */
	off_t file_bytes;             /* how much of the file to send, from its offset 0 */
};

void response_init(struct response *r);
void response_free(struct response *r);

/* Sets status and meta and drops any body. The meta is made one line of valid UTF-8 and cut at
 * a character to RESPONSE_META_MAX: safe for text from a peer. An empty one becomes a word for
 * the status. */
void response_set(struct response *r, enum gemini_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Appends `NN META CRLF`, always with exactly one space (protocol notes A.3). */
void response_head(const struct response *r, struct buffer *out);

#endif
