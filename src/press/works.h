/*
 * works - what the files of this room share: the press from inside.
 *
 *   works.c     the queue, and the editions there are: what all of them use
 *   press.c     the slices, the ticks
 *   root.c      whether the capsule folder is there
 *   editions.c  which edition is served and which is being printed
 *   absence.c   paths that have gone, for a moment
 *   ingest.c    one path: look, parse, history, print
 *   pictures.c  what is no picture, taken out of pictures
 *   gone.c      the list of deleted articles
 *   dates.c     the lists of when articles without a date came; dates_text.c how they are written
 *   batch.c     many paths: one commit, one transaction
 *   flush.c     its end, with what it brings about itself
 *   revisions.c what history says of each path, in step with it
 *   credits.c   whose a change is, for a commit that is made later
 *   put.c       what the desk changes
 */
#ifndef PRESS_WORKS_H
#define PRESS_WORKS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/strings.h"
#include "config/config.h"
#include "history/history.h"
#include "press/absence.h"
#include "press/press.h"
#include "press/queue.h"
#include "press/scan.h"
#include "press/watch.h"
#include "store/edition_writer.h"
#include "store/media.h"

#define EDITIONS_MAX 2

/* What was taken in since the last commit. */
struct batch {
	bool is_open;
	struct edition_writer *served, *next; /* of the press: a transaction is open in each */
	int64_t since_ms;                     /* monotonic, when it was opened */
	struct strings paths;                 /* that were taken in: a failure queues them again */
	const char *verb;    /* what happened to the first: "Add", "Change", "Delete" */
	bool history_failed; /* something did not get as far as the commit */
};

/* What is to be done to .gone with this batch. */
struct gone_changes {
	struct strings added, removed;
};

/* The list of one folder in memory (dates.c), and what is still to be written of it. */
struct dates_entry {
	char *name; /* owned */
	int64_t seconds;
	size_t line; /* the lines are in this order in the file */
};
struct dates {
	char *list;                  /* its path, owned; NULL: none */
	struct dates_entry *entries; /* sorted by name */
	size_t count, capacity;
	struct buffer added;    /* lines that the file has yet to get */
	uint64_t inode;         /* of the file that was read, 0 if there was none */
	int64_t size, mtime_ns; /* the same */
	struct strings written; /* lists to be taken in */
	char *bad_list;         /* that was complained of last, owned, or NULL */
};

/* What is still to be made good; several at a time. */
enum press_need {
	/* The disk is full, or the like: the queue and the scan wait for the next tick. */
	NEED_TICK = 1 << 0,
	/* Something was missed: `next` is not finished before another scan of everything. */
	NEED_SCAN = 1 << 1,
	/* Not every edition has the fingerprints of the editors yet. */
	NEED_EDITORS = 1 << 2,
	/* There may be notes of whose changes are, which wait for a commit to be made again. */
	NEED_CREDITS = 1 << 3,
	/* Older commits may still have to be read into the edition. */
	NEED_REVISIONS = 1 << 4,
	NEED_ALL = (1 << 5) - 1,
};

struct press {
	const struct config *config;
	const struct capsule_config *capsule;
	char folder[PATH_MAX]; /* STATE/HOST */

	int root_fd; /* -1 while the root was never there */
	uint64_t root_device, root_inode;
	bool root_is_missing, root_was_replaced;

	struct edition_writer *served; /* the finished edition, or NULL */
	struct edition_writer *next;   /* the one being printed, or NULL */
	/* Why the last transaction of each failed; "" if it did not, or that is tended. */
	struct error trouble[EDITIONS_MAX];
	int64_t remove_old_ms; /* monotonic: when editions before `served` go; 0: none to */

	struct history *history; /* NULL without, or while it cannot be opened */
	struct media *media;
	struct watch *watch;
	struct queue queue;
	struct absence absence;
	struct scan *scan;
	struct batch batch;
	struct gone_changes gone;
	struct dates dates;
	struct strings editors; /* fingerprints that each edition has to have */
	struct strings linked;  /* links to pictures that are not clean yet */

	unsigned needs;        /* of enum press_need */
	bool lacks_watches;    /* the system allows no more of them */
	int64_t last_scan_ms;  /* monotonic, when the last scan of everything began */
	int64_t last_due_look; /* Unix second: what was due then has been queued */
};

/* Seconds since 1970. Not time(): that may lag behind the stamps of files by a tick, and an article
 * dropped in at the end of a second would be one to come. */
int64_t works_now(void);

/* The editions there are: first `served`, then `next`; NULL when there is none, or no more. What is
 * asked of one edition alone is asked of the first. Not to be held over a call that ends a batch or
 * tends to the editions: it may close them. */
struct edition_writer *works_first(const struct press *press);
struct edition_writer *works_next(const struct press *press, const struct edition_writer *edition);

void works_set_need(struct press *press, enum press_need need, bool is_needed);
/* Whether any of some is needed: NEED_TICK | NEED_SCAN. */
bool works_needs(const struct press *press, unsigned any);

/* Ends the transaction of an edition. False if that failed: why is noted in `trouble`, and whoever
 * may close editions has to call editions_tend(). */
bool works_commit(struct press *press, struct edition_writer *edition);
/* Why the last transaction of an edition failed, to be read or set; "" if it did not. */
struct error *works_trouble(struct press *press, const struct edition_writer *edition);

/* Queues a path to be looked at, or a scan of everything when the queue is full. */
void works_queue(struct press *press, const char *path);
/* Queues a scan of everything. */
void works_rescan(struct press *press);

/* In press.c: asserts what holds of a press that is open whenever nothing is being done with it: at
 * the beginning and the end of what its owner calls. Costs nothing that grows. */
void press_check(const struct press *press);

#endif
