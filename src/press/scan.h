/*
 * scan - walks folders and finds the paths whose looks differ from the file table's: new ones,
 * changed ones, and those that are no more. Nothing is rewritten for what stayed as it was, and
 * the walk may pause after any entry.
 *
 * Folders are worked on last come first served: one that has just been moved in does not wait
 * for the rest of a large scan.
 */
#ifndef PRESS_SCAN_H
#define PRESS_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "history/history.h"
#include "press/watch.h"
#include "store/edition_writer.h"

#define SCAN_PATH_MAX 4096 /* bytes, with the final NUL; what is deeper is left alone */

struct scan;

/* What a scan looks at and where. All borrowed. */
struct scan_view {
	int root_fd;
	struct edition_writer *edition; /* whose file table is compared */
	struct history *history;        /* also find what is only in there; NULL: do not look */
	struct watch *watch;
};

enum scan_result {
	SCAN_LOOK,       /* out_path differs */
	SCAN_NOTHING,    /* looked at something that is as it was: go on */
	SCAN_DONE,       /* nothing is left to walk */
	SCAN_NO_WATCH,   /* the folder out_path cannot be watched, errno says why; go on */
	SCAN_UNREADABLE, /* the folder out_path cannot be read: what is printed of it stands */
	SCAN_FAILED,     /* out of memory, descriptors, or trouble with the edition */
};

struct scan *scan_new(void);
void scan_free(struct scan *scan);

/* Adds a folder, "/" or "/articles/2025/". False if out of memory. */
bool scan_add(struct scan *scan, const char *folder);
/* Whether folders are left. */
bool scan_is_busy(const struct scan *scan);
/* Forgets what was left. */
void scan_clear(struct scan *scan);

enum scan_result scan_next(
    struct scan *scan, const struct scan_view *view, char out_path[static SCAN_PATH_MAX]);

/* Whether the press takes path in at all: public files, /.gone, and the lists of dates
 * in the folders of articles. */
bool scan_concerns(const char *path);

#endif
