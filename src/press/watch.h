/*
 * watch - notices changes below the capsule root (inotify on every folder). An event only means
 * "compare this": what happened is never believed, but looked at.
 */
#ifndef PRESS_WATCH_H
#define PRESS_WATCH_H

#include <stdbool.h>

#include "base/error.h"

struct watch;

enum watch_event {
	WATCH_FILE,     /* a file was written, came, or went */
	WATCH_NEW_FILE, /* a name was made: a link is complete, a file being written is not yet */
	WATCH_FOLDER,   /* a folder came or went: scan it (and below) */
	WATCH_ROOT,     /* the root itself was moved or removed */
	WATCH_OVERFLOW, /* events were lost: scan everything */
};

/* Called for each event; path is "/a/b", folders without a final "/", borrowed. */
typedef void (*watch_handler)(void *context, enum watch_event event, const char *path);

/* root is an absolute path, borrowed until watch_close(). NULL with the reason. */
struct watch *watch_open(const char *root, struct error *err);
void watch_close(struct watch *watch);

/* The descriptor to poll for reading (non-blocking). */
int watch_fd(const struct watch *watch);

/* Watches a folder ("/" or "/articles/"); again and again does no harm. False, with errno, if
 * that is impossible: ENOSPC when the system allows no more watches. */
bool watch_add(struct watch *watch, const char *folder);

/* Reads what has come and calls handler for it. */
void watch_read(struct watch *watch, watch_handler handler, void *context);

#endif
