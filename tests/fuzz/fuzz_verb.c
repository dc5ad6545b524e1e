/*
 * Verbs: whatever is taken as one is encoded again to the same bytes, and a shortened one is no
 * verb.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "ipc/channel.h"
#include "ipc/verb.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer again = BUFFER_EMPTY;
	struct verb verb, other;

	if (!verb_decode(data, size, &verb))
		return 0;
	assert(verb_encode(&verb, &again) == (size <= CHANNEL_PAYLOAD_MAX));
	assert(again.len == size);
	assert(memcmp(again.data, data, size) == 0);
	assert(!verb_decode(data, size - 1, &other));
	buffer_free(&again);
	return 0;
}
