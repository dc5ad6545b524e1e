/*
 * control - the publisher's side of state/control.sock: questions of the command line, answered in
 * the loop. A peer that is slow or sends nonsense is closed and blocks nobody.
 */
#ifndef PUBLISHER_CONTROL_H
#define PUBLISHER_CONTROL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "base/buffer.h"
#include "base/error.h"
#include "ipc/verb.h"

#define CONTROL_PEERS_MAX 16 /* at once; one more takes the place of the oldest */

enum control_form { CONTROL_TEXT, CONTROL_JSON, CONTROL_EDITIONS };

/* What the publisher does for a peer. */
struct control_calls {
	void (*status)(void *arg, enum control_form form, struct buffer *out);
	/* host "" means all. False with the reason, which the peer is told. */
	bool (*reprint)(void *arg, const char *host, struct buffer *out, struct error *err);
	/* A verb of the newsroom, with the bytes that came beside it. */
	bool (*verb)(void *arg, const struct verb *verb, const void *bytes, size_t len,
	    struct buffer *out, struct error *err);
	uint64_t bytes_max; /* beside a verb */
	void *arg;
};

struct control;

/* Begins to accept on listen_fd, which is borrowed. calls is copied. NULL if out of memory. */
struct control *control_open(uv_loop_t *loop, int listen_fd, const struct control_calls *calls);
/* Closes all peers; the memory is released as the loop runs on. NULL is a no-op. */
void control_close(struct control *control);

#endif
