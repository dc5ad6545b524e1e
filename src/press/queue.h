/*
 * queue - paths that wait to be compared with the file table, first come first served. Pure.
 */
#ifndef PRESS_QUEUE_H
#define PRESS_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

#define QUEUE_MAX 50000 /* paths: beyond, a scan of everything is cheaper */

struct queue {
	char **paths; /* owned, a ring */
	size_t first, count, capacity;
};

enum queue_result {
	QUEUE_TAKEN,
	QUEUE_FULL, /* or out of memory */
};

/* Adds a copy of path, unless it is what was added last. */
enum queue_result queue_add(struct queue *queue, const char *path);

/* Takes the oldest path, which is now the caller's; NULL if there is none. */
char *queue_take(struct queue *queue);

/* Asserts what always holds. */
void queue_check(const struct queue *queue);

/* Releases everything; the queue is empty and usable again. */
void queue_clear(struct queue *queue);

#endif
