/*
 * newsroom - all who work for the capsules, and the desk of each, in the process that writes.
 */
#ifndef PUBLISHER_NEWSROOM_H
#define PUBLISHER_NEWSROOM_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/config.h"
#include "desk/desk.h"
#include "people/people.h"
#include "press/press.h"

struct newsroom {
	const struct config *config; /* borrowed */
	struct people *people;
	struct desk **desks;     /* one for each capsule, in the order of the configuration */
	struct press **presses;  /* the same, borrowed; the array is owned */
	unsigned shared_changes; /* people_changes() that the editions were told of; */
	bool has_shared;         /* were they at all? */
	int watch_fd;            /* inotify on STATE/editors, or -1 */
};

/* Opens people and desks; presses: one for each capsule, borrowed. Reads the tables of libmagic,
 * so it comes before a sandbox. False with the reason; newsroom_close() in any case. */
bool newsroom_open(struct newsroom *newsroom, const struct config *config,
    struct press *const *presses, struct error *err);
void newsroom_close(struct newsroom *newsroom);

/* Tells the editions whose certificates are known, if that changed since: to be called before
 * anybody hears that it did. Trouble is logged, and it is tried again with the next call. */
void newsroom_share_people(struct newsroom *newsroom);

/* A descriptor to poll for reading: newsroom_refresh() is due when it is readable. -1, said in the
 * log, if STATE/editors cannot be watched: then what changes there is found when refreshed anyway.
 * Closed with the newsroom. */
int newsroom_watch(struct newsroom *newsroom);

/* Takes in what an admin changed by hand in STATE/editors, and shares it. */
void newsroom_refresh(struct newsroom *newsroom);

#endif
