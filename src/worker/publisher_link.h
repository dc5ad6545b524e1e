/*
 * publisher_link - a worker's side of the questions to the publisher: an upload that may come, its
 * body on the way into a sealed memfd, a page of the desk, and the answers.
 *
 * The publisher may die with what it was asked. The next one says hello, and is asked again all
 * that has no answer yet. Who gets none in time is told so (41): to come back, or, where the
 * publisher may have done it, to look first.
 */
#ifndef WORKER_PUBLISHER_LINK_H
#define WORKER_PUBLISHER_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "config/config.h"
#include "ipc/scoreboard.h"
#include "net/conn.h"

#define PUBLISHER_LINK_SECONDS 10 /* that an answer is waited for */

struct publisher_link;

/* Borrowed until publisher_link_close(). */
struct publisher_link_setup {
	uv_loop_t *loop;
	int channel_fd;
	const struct config *config;
	struct scoreboard *board; /* where all workers count the memory of their uploads, */
	int slot;                 /* this one here */
	void (*on_edition)(void *arg, const char *host, size_t len); /* a capsule has a new one */
	void *arg;
};

/* Says hello. NULL if out of memory. */
struct publisher_link *publisher_link_open(const struct publisher_link_setup *setup);
/* To be called when no connection is left; the memory is released as the loop runs on. */
void publisher_link_close(struct publisher_link *link);

/* Both answer conn, at once or later (see conn_handler). port: what answers are to name. */
void publisher_link_page(
    struct publisher_link *link, struct conn *conn, const struct conn_request *request, int port);
/* Whatever a worker can find out by itself about the upload was looked at before. */
void publisher_link_upload(
    struct publisher_link *link, struct conn *conn, const struct conn_request *request, int port);

/* Tells the publisher, before request is answered, which printing (site_printing()) of an article
 * answers it. Never waits: what cannot be told at once is not told, and then the publisher has to
 * guess it should the page be sent back. */
void publisher_link_note(
    struct publisher_link *link, const struct conn_request *request, int port, uint64_t printing);

/* The calls of a conn_setup; arg is the publisher_link. */
void publisher_link_body(void *arg, struct conn *conn, const char *bytes, size_t len);
void publisher_link_forget(void *arg, struct conn *conn);

#endif
