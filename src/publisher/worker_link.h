/*
 * worker_link - the publisher's side of the questions that workers ask (see
 * worker/publisher_link.h): each is read anew, given to the desk of its capsule, and its answer
 * sent back when what it tells of is durable and printed.
 */
#ifndef PUBLISHER_WORKER_LINK_H
#define PUBLISHER_WORKER_LINK_H

#include <stddef.h>
#include <uv.h>

#include "publisher/desks.h"

struct worker_link;

struct worker_link_setup {
	uv_loop_t *loop;
	const int *channels; /* borrowed, one a worker */
	size_t channel_count;
	struct desks *desks; /* borrowed */
	/* The desk of a capsule was at work: there may be news, and more to do. Called before the
	 * answer goes out. */
	void (*on_work)(void *arg, size_t capsule);
	void *arg;
};

/* Says hello to all workers and begins to answer them. NULL if out of memory. */
struct worker_link *worker_link_open(const struct worker_link_setup *setup);
/* What was not answered yet the next publisher will be asked. The memory is released as the loop
 * runs on. NULL is a no-op. */
void worker_link_close(struct worker_link *worker_link);

#endif
