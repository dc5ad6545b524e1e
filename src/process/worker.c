/*
 * worker - the life of a newsstand: opens, drops, shuts itself in, serves, and leaves when it has
 * finished what it began. Read-only, and it knows no editorial rule.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "net/tls.h"
#include "process/channel.h"
#include "process/child.h"
#include "process/client.h"
#include "process/door.h"
#include "process/process.h"
#include "process/sandbox.h"
#include "site/site.h"

#define LEAVE_GRACE_MS 1000 /* for connections that are about to ask, once no more are taken */

struct worker {
	const struct process_setup *setup;
	struct tls *tls;
	struct site **sites; /* one for each capsule, in the order of the configuration */
	struct door *doors;  /* one for each listener */
	uv_loop_t loop;
	uv_signal_t sigterm;
	uv_timer_t grace;
	uv_poll_t channel;
	struct crowd crowd;
	uint8_t frame[CHANNEL_FRAME_MAX];
};

/* --- answering --- */

static void
answer(void *arg, struct conn *conn, const struct conn_request *request)
{
	struct worker *w = arg;
	const struct config *config = w->setup->config;
	struct response response;

	response_init(&response);
	int wait_seconds = clients_request(w->setup->clients, conn_client(conn),
	    config->limits.requests_per_minute, (int64_t)(uv_hrtime() / 1000000));
	if (wait_seconds >
	    0) { /* digits alone: clients show them as seconds (protocol notes A.3) */
		response_set(&response, GEMINI_SLOW_DOWN, "%d", wait_seconds);
	} else if (request->titan != NULL) {
		response_set(&response, GEMINI_PROXY_REFUSED, "Uploads are not possible here");
	} else {
		site_answer(w->sites[request->capsule - config->capsules], request->url,
		    request->visitor, &response);
	}
	conn_respond(conn, &response);
	response_free(&response);
}

/* --- news from the publisher --- */

static void
take_news(struct worker *w, const struct channel_frame *frame)
{
	const struct config *config = w->setup->config;

	if (frame->kind != CHANNEL_EDITION)
		return;
	for (size_t i = 0; i < config->capsule_count; i++) {
		const char *host = config->capsules[i].host;
		if (strlen(host) == frame->len && memcmp(host, frame->payload, frame->len) == 0)
			site_refresh(w->sites[i]);
	}
}

/* A channel that ends is no reason to end: readers are served what there is. */
static void
on_channel(uv_poll_t *poll, int status, int events)
{
	struct worker *w = poll->data;
	struct channel_frame frame;
	int memfd;

	(void)events;
	if (status < 0) {
		uv_poll_stop(poll);
		return;
	}
	switch (
	    channel_receive(w->setup->channels[0], w->frame, sizeof(w->frame), &frame, &memfd)) {
	case CHANNEL_OK:
		if (memfd != -1)
			close(memfd);
		take_news(w, &frame);
		break;
	case CHANNEL_AGAIN:
		break;
	case CHANNEL_BROKEN:
		log_warning("ignored a frame from the publisher that is none");
		break;
	case CHANNEL_CLOSED:
		uv_poll_stop(poll);
		break;
	}
}

/* --- leaving --- */

static void
leave(struct crowd *crowd)
{
	uv_stop(crowd->loop);
}

static void
on_grace_over(uv_timer_t *timer)
{
	struct worker *w = timer->data;

	client_close_waiting(&w->crowd);
}

/* Whoever is in the middle of a handshake has chosen us and will not ask another: it gets the
 * time for a few round trips. */
static void
on_sigterm(uv_signal_t *handle, int number)
{
	struct worker *w = handle->data;

	(void)number;
	if (w->crowd.is_leaving)
		return;
	w->crowd.is_leaving = true;
	for (size_t i = 0; i < w->setup->listener_count; i++)
		door_close(&w->doors[i]);
	uv_timer_start(&w->grace, on_grace_over, LEAVE_GRACE_MS, 0);
	if (w->crowd.count == 0)
		leave(&w->crowd);
}

/* --- beginning --- */

static bool
sites_open(struct worker *w, struct error *err)
{
	const struct config *config = w->setup->config;

	w->sites = calloc(config->capsule_count, sizeof(struct site *));
	if (w->sites == NULL)
		return error_set(err, "out of memory");
	for (size_t i = 0; i < config->capsule_count; i++) {
		w->sites[i] = site_open(config, &config->capsules[i], err);
		if (w->sites[i] == NULL)
			return error_prefix(err, "%s", config->capsules[i].host);
	}
	return true;
}

/* libuv opens a spare descriptor with its first stream and tries again with each stream while it
 * has none: that one must come before the sandbox closes /dev. */
static bool
loop_open(struct worker *w, struct error *err)
{
	uv_tcp_t first;
	int failed = uv_loop_init(&w->loop);

	if (failed != 0)
		return error_set(err, "event loop: %s", uv_strerror(failed));
	uv_tcp_init(&w->loop, &first);
	uv_close((uv_handle_t *)&first, NULL);
	uv_run(&w->loop, UV_RUN_NOWAIT);

	uv_signal_init(&w->loop, &w->sigterm);
	w->sigterm.data = w;
	uv_signal_start(&w->sigterm, on_sigterm, SIGTERM);
	uv_timer_init(&w->loop, &w->grace);
	w->grace.data = w;
	w->crowd.loop = &w->loop;
	w->crowd.config = w->setup->config;
	w->crowd.counters = &w->setup->board->slots[w->setup->slot];
	w->crowd.clients = w->setup->clients;
	w->crowd.worker = w->setup->worker;
	w->crowd.on_empty = leave;
	return true;
}

static bool
channel_open(struct worker *w, struct error *err)
{
	int failed = uv_poll_init(&w->loop, &w->channel, w->setup->channels[0]);

	if (failed != 0)
		return error_set(err, "channel: %s", uv_strerror(failed));
	w->channel.data = w;
	uv_poll_start(&w->channel, UV_READABLE, on_channel);
	return true;
}

static bool
doors_open(struct worker *w, struct error *err)
{
	const struct process_setup *setup = w->setup;

	w->doors = calloc(setup->listener_count, sizeof(w->doors[0]));
	if (w->doors == NULL)
		return error_set(err, "out of memory");
	for (size_t i = 0; i < setup->listener_count; i++) {
		struct door *door = &w->doors[i];
		door->listener = &setup->listeners[i];
		door->board = setup->board;
		door->crowd = &w->crowd;
		door->setup = (struct conn_setup){
		    .config = setup->config,
		    .tls = w->tls,
		    .proxy_protocol = setup->config->server.proxy_protocol,
		    .listen_port = door->listener->port,
		    .handler = answer,
		    .handler_arg = w,
		};
		int failed = door_open(door);
		if (failed != 0)
			return error_set(
			    err, "listen %s: %s", door->listener->name, uv_strerror(failed));
	}
	return true;
}

/* The order is the point: keys are read while that is still allowed, everything else as the user
 * who serves, and nothing is heard from the network before the sandbox is shut. */
static bool
begin(struct worker *w, struct error *err)
{
	const struct process_setup *setup = w->setup;

	w->tls = tls_open(setup->config, setup->ticket_key, err);
	return w->tls != NULL && sandbox_drop(setup, err) && sites_open(w, err) &&
	       loop_open(w, err) && sandbox_enter(setup, SANDBOX_WORKER, err) &&
	       channel_open(w, err) && doors_open(w, err);
}

static void
end(struct worker *w)
{
	uv_close((uv_handle_t *)&w->sigterm, NULL);
	uv_close((uv_handle_t *)&w->grace, NULL);
	uv_close((uv_handle_t *)&w->channel, NULL);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	uv_loop_close(&w->loop);
	for (size_t i = 0; i < w->setup->config->capsule_count; i++)
		site_close(w->sites[i]);
	free(w->sites);
	free(w->doors);
	tls_close(w->tls);
	free(w);
}

int
worker_run(const struct process_setup *setup)
{
	static char name[32];
	struct worker *w = calloc(1, sizeof(*w));
	struct error err;

	child_signals();
	snprintf(name, sizeof(name), "worker %d", setup->worker + 1);
	log_set_name(name);
	if (w == NULL) {
		log_error("out of memory");
		return 1;
	}
	w->setup = setup;
	if (!begin(w, &err)) { /* the process ends: what was opened ends with it */
		log_error("%s", err.text);
		return 1;
	}
	child_ready(setup->ready_fd);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	end(w);
	return 0;
}
