/*
 * request - collects one request line from bytes as they arrive. Pure: no I/O, no clock.
 */
#ifndef GEMINI_REQUEST_H
#define GEMINI_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "gemini/url.h"

enum request_verdict {
	REQUEST_MORE,     /* no CRLF yet: feed again */
	REQUEST_READY,    /* line[0..len) is the URI, CRLF taken off */
	REQUEST_TOO_LONG, /* more than URL_MAX bytes before CRLF: answer 59 */
};

/* A plain struct: start with a zeroed one. */
struct request_line {
	char line[URL_MAX + 2]; /* not NUL-terminated; may hold any bytes */
	size_t len;
	enum request_verdict verdict; /* final once it is not REQUEST_MORE */
};

/* Takes bytes up to and including the first CRLF and returns how many it took: what follows is
 * a Titan body, or to be ignored. A lone CR or LF does not end the line (the URL parser refuses
 * it later). The result does not depend on how the bytes are cut into calls. */
size_t request_feed(struct request_line *r, const char *bytes, size_t len);

#endif
