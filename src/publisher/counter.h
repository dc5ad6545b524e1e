/*
 * counter - the publisher's side of the questions that workers ask (see worker/publisher_link.h):
 * each is read anew, given to the desk of its capsule, and its answer sent back when what it tells
 * of is durable and printed.
 */
#ifndef PUBLISHER_COUNTER_H
#define PUBLISHER_COUNTER_H

#include <stddef.h>
#include <uv.h>

#include "publisher/newsroom.h"

struct counter;

struct counter_setup {
	uv_loop_t *loop;
	const int *channels; /* borrowed, one a worker */
	size_t channel_count;
	struct newsroom *newsroom; /* borrowed */
	/* The desk of a capsule was at work: there may be news, and more to do. Called before the
	 * answer goes out. */
	void (*on_work)(void *arg, size_t capsule);
	void *arg;
};

/* Says hello to all workers and begins to answer them. NULL if out of memory. */
struct counter *counter_open(const struct counter_setup *setup);
/* What was not answered yet the next publisher will be asked. The memory is released as the loop
 * runs on. NULL is a no-op. */
void counter_close(struct counter *counter);

#endif
