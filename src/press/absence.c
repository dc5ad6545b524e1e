#include "press/absence.h"

#include <assert.h>

enum queue_result
absence_add(struct absence *absence, const char *path, int64_t now_ms)
{
	if (absence->paths.count == 0)
		absence->first_ms = now_ms;
	absence->last_ms = now_ms;
	return queue_add(&absence->paths, path);
}

void
absence_check(const struct absence *absence)
{
	queue_check(&absence->paths);
	assert(absence->first_ms <= absence->last_ms);
}

bool
absence_is_pending(const struct absence *absence)
{
	return absence->paths.count > 0;
}

bool
absence_is_settled(const struct absence *absence, int64_t now_ms)
{
	return absence_is_pending(absence) && (now_ms - absence->last_ms >= ABSENCE_QUIET_MS ||
						  now_ms - absence->first_ms >= ABSENCE_MAX_MS);
}

char *
absence_take(struct absence *absence)
{
	return queue_take(&absence->paths);
}

void
absence_clear(struct absence *absence)
{
	queue_clear(&absence->paths);
}
