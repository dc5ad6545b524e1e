/*
 * absence - paths that events say are gone. They are looked at a little later than others: an
 * editor that saves a file anew has put it back by then, and one who removes the whole capsule
 * folder has not made every article a deleted one (nor finds a new .gone in the way).
 */
#ifndef PRESS_ABSENCE_H
#define PRESS_ABSENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "press/queue.h"

#define ABSENCE_QUIET_MS 300  /* after the last one */
#define ABSENCE_MAX_MS   1000 /* after the first one: a change is live within two seconds */

struct absence {
	struct queue paths; /* folders end with "/" */
	int64_t first_ms, last_ms;
};

/* Notes a path. The queue's verdict. */
enum queue_result absence_add(struct absence *absence, const char *path, int64_t now_ms);

/* Whether there are paths, and whether they have waited long enough. */
bool absence_is_pending(const struct absence *absence);
bool absence_is_settled(const struct absence *absence, int64_t now_ms);

/* Takes a path, which is now the caller's; NULL if there is none. */
char *absence_take(struct absence *absence);

/* Asserts what always holds. */
void absence_check(const struct absence *absence);

/* Releases everything; usable again. */
void absence_clear(struct absence *absence);

#endif
