#include "gemini/request.h"

#include <assert.h>

/* One more byte; sets the verdict when it decides something. */
static void
take_byte(struct request_line *r, char byte)
{
	assert(r->verdict == REQUEST_MORE && r->len <= URL_MAX + 1);
	bool after_cr = r->len > 0 && r->line[r->len - 1] == '\r';

	if (after_cr && byte == '\n') {
		r->len--;
		r->verdict = REQUEST_READY;
		return;
	}
	r->line[r->len++] = byte;
	/* One byte too many is still in order as the CR of a line of URL_MAX bytes. */
	if (r->len > URL_MAX + 1 || (r->len == URL_MAX + 1 && byte != '\r'))
		r->verdict = REQUEST_TOO_LONG;
}

size_t
request_feed(struct request_line *r, const char *bytes, size_t len)
{
	size_t taken = 0;

	while (taken < len && r->verdict == REQUEST_MORE)
		take_byte(r, bytes[taken++]);
	assert(r->len <= sizeof(r->line));
	assert(r->verdict != REQUEST_READY || r->len <= URL_MAX);
	assert(taken == len || r->verdict != REQUEST_MORE);
	return taken;
}
