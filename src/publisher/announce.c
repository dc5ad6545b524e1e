#include "publisher/announce.h"

#include <stdlib.h>
#include <string.h>

#include "ipc/channel.h"

struct announcer {
	const int *channels;
	size_t channel_count;
	bool owed[]; /* one for each capsule and channel, the channels of a capsule together */
};

struct announcer *
announcer_new(const int *channels, size_t channel_count, size_t capsule_count)
{
	struct announcer *a = calloc(1, sizeof(*a) + channel_count * capsule_count);

	if (a == NULL)
		return NULL;
	a->channels = channels;
	a->channel_count = channel_count;
	return a;
}

void
announcer_free(struct announcer *announcer)
{
	free(announcer);
}

void
announcer_owe(struct announcer *announcer, size_t capsule)
{
	for (size_t i = 0; i < announcer->channel_count; i++)
		announcer->owed[capsule * announcer->channel_count + i] = true;
}

bool
announcer_send(struct announcer *announcer, size_t capsule, const char *host)
{
	bool *owed = announcer->owed + capsule * announcer->channel_count;
	struct channel_frame frame = {
	    .kind = CHANNEL_EDITION,
	    .payload = host,
	    .len = strlen(host),
	};
	bool is_owing = false;

	for (size_t i = 0; i < announcer->channel_count; i++) {
		if (owed[i])
			owed[i] = channel_send(announcer->channels[i], &frame, -1) == CHANNEL_AGAIN;
		is_owing = is_owing || owed[i];
	}
	return is_owing;
}
