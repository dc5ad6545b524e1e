#include "worker/turn.h"

/* Notes that connects could be left to another, if not for too long. */
static void
note_left(struct turn *turn, uint64_t oldest_ns, uint64_t now_ms)
{
	bool is_first = now_ms - turn->left_last_ms > TURN_CALM_MS;

	if (is_first)
		turn->left_from_ms = now_ms;
	if (is_first || turn->oldest_ns != oldest_ns) {
		turn->oldest_ns = oldest_ns;
		turn->oldest_from_ms = now_ms;
	}
	turn->left_last_ms = now_ms;
}

bool
turn_is_ours(struct turn *turn, uint64_t own_ns, uint64_t oldest_ns, uint64_t now_ms)
{
	if (own_ns == 0)
		return false;
	if (own_ns <= oldest_ns)
		return true;
	note_left(turn, oldest_ns, now_ms);
	if (own_ns - oldest_ns < TURN_NEAR_NS && now_ms - turn->left_from_ms >= TURN_STORM_MS)
		return true;
	return now_ms - turn->oldest_from_ms >= TURN_SILENT_MS;
}
