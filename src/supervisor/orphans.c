#include "supervisor/orphans.h"

#include <time.h>

#define ORPHANS_MS 2000
#define PAUSE_MS   20

bool
orphans_wait(int *waited_ms)
{
	static const struct timespec pause = {.tv_nsec = PAUSE_MS * 1000000L};

	if (*waited_ms >= ORPHANS_MS)
		return false;
	nanosleep(&pause, NULL);
	*waited_ms += PAUSE_MS;
	return true;
}
