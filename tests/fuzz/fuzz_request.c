/* The first byte cuts the rest into pieces: that must make no difference. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "gemini/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request_line whole = {0}, pieces = {0};
	size_t taken = 0;

	if (size == 0)
		return 0;
	size_t chunk = 1 + data[0];
	const char *bytes = (const char *)data + 1;
	size--;

	size_t taken_whole = request_feed(&whole, bytes, size);
	while (taken < size && pieces.verdict == REQUEST_MORE) {
		size_t n = size - taken < chunk ? size - taken : chunk;
		taken += request_feed(&pieces, bytes + taken, n);
	}
	assert(taken == taken_whole && pieces.verdict == whole.verdict);
	assert(pieces.len == whole.len && memcmp(pieces.line, whole.line, whole.len) == 0);
	if (whole.verdict == REQUEST_READY) {
		assert(whole.len <= URL_MAX && taken == whole.len + 2);
		assert(memcmp(bytes, whole.line, whole.len) == 0);
		assert(memcmp(bytes + whole.len, "\r\n", 2) == 0);
		assert(memmem(bytes, whole.len + 1, "\r\n", 2) == NULL); /* it was the first */
	}
	return 0;
}
