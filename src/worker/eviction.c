#include "worker/eviction.h"

/* Notes that connects could be left to another, if not for too long. */
static void
note_left(struct eviction *eviction, uint64_t oldest_ns, uint64_t now_ms)
{
	bool is_first = now_ms - eviction->left_last_ms > EVICTION_CALM_MS;

	if (is_first)
		eviction->left_from_ms = now_ms;
	if (is_first || eviction->oldest_ns != oldest_ns) {
		eviction->oldest_ns = oldest_ns;
		eviction->oldest_from_ms = now_ms;
	}
	eviction->left_last_ms = now_ms;
}

bool
eviction_is_ours(struct eviction *eviction, uint64_t own_ns, uint64_t oldest_ns, uint64_t now_ms)
{
	if (own_ns == 0)
		return false;
	if (own_ns <= oldest_ns)
		return true;
	note_left(eviction, oldest_ns, now_ms);
	if (own_ns - oldest_ns < EVICTION_NEAR_NS &&
	    now_ms - eviction->left_from_ms >= EVICTION_STORM_MS)
		return true;
	return now_ms - eviction->oldest_from_ms >= EVICTION_SILENT_MS;
}
