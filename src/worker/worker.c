/*
 * worker - the life of a newsstand: opens, drops, shuts itself in, serves, and leaves when it has
 * finished what it began. Read-only, and it knows no editorial rule.
 */
#include "worker/worker.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/log.h"
#include "ipc/child.h"
#include "net/tls.h"
#include "sandbox/sandbox.h"
#include "site/answer.h"
#include "worker/acceptor.h"
#include "worker/connection.h"
#include "worker/dispatch.h"
#include "worker/publisher_link.h"

#define LEAVE_GRACE_MS 1000 /* for connections that are about to ask, once no more are taken */

struct worker {
	const struct child_setup *setup;
	struct tls *tls;
	struct site **sites;        /* one for each capsule, in the order of the configuration */
	struct acceptor *acceptors; /* one for each listener */
	uv_loop_t loop;
	uv_signal_t sigterm;
	uv_timer_t grace;
	struct publisher_link *publisher;
	struct connections connections;
};

/* --- answering --- */

/* Answers, or leaves that to the publisher. */
static void
answer(void *arg, struct conn *conn, const struct conn_request *request)
{
	struct acceptor *acceptor = arg;
	struct worker *w = acceptor->worker;
	struct site *site = w->sites[request->capsule - w->setup->config->capsules];
	struct response response;

	response_init(&response);
	switch (dispatch_request(w->setup->config, site, request, time(NULL), &response)) {
	case DISPATCH_SITE:
		site_answer(site, request->url, request->visitor, &response);
		if (site_printing(site) != 0)
			publisher_link_note(w->publisher, request,
			    config_port(request->capsule, acceptor->listener->port),
			    site_printing(site));
		break;
	case DISPATCH_REFUSED:
		break;
	case DISPATCH_DESK:
		publisher_link_page(w->publisher, conn, request,
		    config_port(request->capsule, acceptor->listener->port));
		return;
	case DISPATCH_UPLOAD:
		publisher_link_upload(w->publisher, conn, request,
		    config_port(request->capsule, acceptor->listener->port));
		return;
	}
	conn_respond(conn, &response);
	response_free(&response);
}

/* Looks first whether this client asks too often. */
static void
handle(void *arg, struct conn *conn, const struct conn_request *request)
{
	const struct worker *w = ((struct acceptor *)arg)->worker;
	struct response response;
	int wait_seconds = clients_request(w->setup->clients, conn_client(conn),
	    w->setup->config->limits.requests_per_minute, (int64_t)(uv_hrtime() / 1000000));

	if (wait_seconds == 0) {
		answer(arg, conn, request);
		return;
	}
	response_init(&response); /* digits alone: clients show them as seconds (notes A.3) */
	response_set(&response, GEMINI_SLOW_DOWN, "%d", wait_seconds);
	conn_respond(conn, &response);
	response_free(&response);
}

/* --- news from the publisher --- */

static void
take_news(void *arg, const char *news, size_t len)
{
	struct worker *w = arg;
	const struct config *config = w->setup->config;

	for (size_t i = 0; i < config->capsule_count; i++) {
		const char *host = config->capsules[i].host;
		if (strlen(host) == len && memcmp(host, news, len) == 0)
			site_refresh(w->sites[i]);
	}
}

/* --- leaving --- */

static void
leave(struct connections *connections)
{
	uv_stop(connections->loop);
}

static void
on_grace_over(uv_timer_t *timer)
{
	struct worker *w = timer->data;

	connection_close_waiting(&w->connections);
}

/* Whoever is in the middle of a handshake has chosen us and will not ask another: it gets the
 * time for a few round trips. */
static void
on_sigterm(uv_signal_t *handle, int number)
{
	struct worker *w = handle->data;

	(void)number;
	if (w->connections.is_leaving)
		return;
	w->connections.is_leaving = true;
	for (size_t i = 0; i < w->setup->listener_count; i++)
		acceptor_close(&w->acceptors[i]);
	uv_timer_start(&w->grace, on_grace_over, LEAVE_GRACE_MS, 0);
	if (w->connections.count == 0)
		leave(&w->connections);
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
	w->connections.loop = &w->loop;
	w->connections.config = w->setup->config;
	w->connections.counters = &w->setup->board->slots[w->setup->slot];
	w->connections.clients = w->setup->clients;
	w->connections.worker = w->setup->worker;
	w->connections.on_empty = leave;
	return true;
}

static bool
channel_open(struct worker *w, struct error *err)
{
	const struct child_setup *setup = w->setup;

	w->publisher = publisher_link_open(&(struct publisher_link_setup){
	    .loop = &w->loop,
	    .channel_fd = setup->channels[0],
	    .config = setup->config,
	    .board = setup->board,
	    .slot = setup->slot,
	    .on_edition = take_news,
	    .arg = w,
	});
	return w->publisher != NULL || error_set(err, "channel: out of memory");
}

static bool
doors_open(struct worker *w, struct error *err)
{
	const struct child_setup *setup = w->setup;

	w->acceptors = calloc(setup->listener_count, sizeof(w->acceptors[0]));
	if (w->acceptors == NULL)
		return error_set(err, "out of memory");
	for (size_t i = 0; i < setup->listener_count; i++) {
		struct acceptor *acceptor = &w->acceptors[i];
		acceptor->listener = &setup->listeners[i];
		acceptor->board = setup->board;
		acceptor->connections = &w->connections;
		acceptor->worker = w;
		acceptor->setup = (struct conn_setup){
		    .config = setup->config,
		    .tls = w->tls,
		    .proxy_protocol = setup->config->server.proxy_protocol,
		    .listen_port = acceptor->listener->port,
		    .handler = handle,
		    .body = publisher_link_body,
		    .forget = publisher_link_forget,
		    .handler_arg = acceptor,
		};
		int failed = acceptor_open(acceptor);
		if (failed != 0)
			return error_set(
			    err, "listen %s: %s", acceptor->listener->name, uv_strerror(failed));
	}
	return true;
}

/* The order is the point: keys are read while that is still allowed, everything else as the user
 * who serves, and nothing is heard from the network before the sandbox is shut. */
static bool
begin(struct worker *w, struct error *err)
{
	const struct child_setup *setup = w->setup;

	w->tls = tls_open(setup->config, setup->ticket_key, err);
	return w->tls != NULL && sandbox_drop(setup, err) && sites_open(w, err) &&
	       loop_open(w, err) && sandbox_enter(setup, SANDBOX_WORKER, err) &&
	       channel_open(w, err) && doors_open(w, err) &&
	       (child_ready_in_loop(&w->loop, setup->ready_fd) ||
		   error_set(err, "event loop: out of memory"));
}

static void
end(struct worker *w)
{
	uv_close((uv_handle_t *)&w->sigterm, NULL);
	uv_close((uv_handle_t *)&w->grace, NULL);
	publisher_link_close(w->publisher);
	uv_run(&w->loop, UV_RUN_DEFAULT);
	uv_loop_close(&w->loop);
	for (size_t i = 0; i < w->setup->config->capsule_count; i++)
		site_close(w->sites[i]);
	free(w->sites);
	free(w->acceptors);
	tls_close(w->tls);
	free(w);
}

int
worker_run(const struct child_setup *setup)
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
	uv_run(&w->loop, UV_RUN_DEFAULT);
	end(w);
	return 0;
}
