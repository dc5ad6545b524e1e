/*
 * desks - all who work for the capsules, and the desk of each, in the process that writes.
 */
#ifndef PUBLISHER_DESKS_H
#define PUBLISHER_DESKS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/config.h"
#include "desk/desk.h"
#include "people/people.h"
#include "press/press.h"

struct desks {
	const struct config *config; /* borrowed */
	struct people *people;
	struct desk **desks;     /* one for each capsule, in the order of the configuration */
	struct press **presses;  /* the same, borrowed; the array is owned */
	unsigned shared_changes; /* people_changes() that the editions were told of; */
	bool has_shared;         /* were they at all? */
	int watch_fd;            /* inotify on STATE/editors, or -1 */
};

/* Opens people and desks; presses: one for each capsule, borrowed. Reads the tables of libmagic,
 * so it comes before a sandbox. False with the reason; desks_close() in any case. */
bool desks_open(struct desks *desks, const struct config *config, struct press *const *presses,
    struct error *err);
void desks_close(struct desks *desks);

/* Tells the editions whose certificates are known, if that changed since: to be called before
 * anybody hears that it did. Trouble is logged, and it is tried again with the next call. */
void desks_share_people(struct desks *desks);

/* A descriptor to poll for reading: desks_refresh() is due when it is readable. -1, said in the
 * log, if STATE/editors cannot be watched: then what changes there is found when refreshed anyway.
 * Closed with the desks. */
int desks_watch(struct desks *desks);

/* Takes in what an admin changed by hand in STATE/editors, and shares it. */
void desks_refresh(struct desks *desks);

#endif
