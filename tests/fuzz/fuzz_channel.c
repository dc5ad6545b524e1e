/*
 * Frames: whatever is taken as one is encoded again to the same bytes, its payload lies within
 * the datagram, and a shortened one is no frame.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "ipc/channel.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct channel_frame frame, other;
	uint8_t head[CHANNEL_HEAD];

	if (!channel_decode(data, size, &frame))
		return 0;
	channel_encode_head(&frame, head);
	assert(memcmp(head, data, CHANNEL_HEAD) == 0);
	assert(frame.len == size - CHANNEL_HEAD);
	assert(frame.payload == data + CHANNEL_HEAD);
	assert(!channel_decode(data, size - 1, &other));
	return 0;
}
