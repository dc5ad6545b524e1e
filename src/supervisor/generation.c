#include "supervisor/generation.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"
#include "supervisor/launch.h"
#include "supervisor/state.h"

#define RAN_LONG_MS    1000
#define BACKOFF_MIN_MS 100
#define BACKOFF_MAX_MS 10000

/* Asserts what always holds of a child in place number at of a generation that we began. */
static void
child_check(const struct generation *g, size_t at)
{
	const struct child *child = &g->children[at];
	bool is_publisher = at + 1 == g->child_count;

	assert(child->role == (is_publisher ? PROCESS_PUBLISHER : PROCESS_WORKER));
	assert(child->worker == (is_publisher ? -1 : (int)at));
	assert(child->slot >= 0 && child->slot < SCOREBOARD_SLOTS);
	assert(child->slot == g->children[0].slot + (int)at);
	assert(child->pid >= 0);
	assert(child->backoff_ms >= BACKOFF_MIN_MS && child->backoff_ms <= BACKOFF_MAX_MS);
}

/* Asserts what always holds of a generation. What the program before an upgrade said of the
 * children of an adopted one is its own affair. */
static void
generation_check(const struct generation *g)
{
	assert(!g->is_draining || (g->worker_ends == NULL && g->listeners.count == 0));
	if (g->settings == NULL) {
		assert(g->worker_ends == NULL && g->clients == NULL);
		return;
	}
	assert(g->number > 0 && g->clients != NULL);
	assert(g->channel_count + 1 == g->child_count); /* the publisher needs none of its own */
	assert(g->is_draining || g->worker_ends != NULL);
	for (size_t i = 0; i < g->child_count; i++)
		child_check(g, i);
}

/* Opens a channel for each worker. The ends stay open here, so that a child that starts again
 * finds its peer. */
static bool
open_channels(struct generation *g, size_t workers, struct error *err)
{
	g->worker_ends = calloc(workers, sizeof(int));
	if (g->worker_ends == NULL)
		return error_set(err, "out of memory");
	for (; g->channel_count < workers; g->channel_count++) {
		int ends[2];
		if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) ==
		    -1)
			return error_set(err, "channel: %s", strerror(errno));
		g->worker_ends[g->channel_count] = ends[0];
		g->publisher_ends[g->channel_count] = ends[1];
	}
	return true;
}

static void
close_worker_ends(struct generation *g)
{
	for (size_t i = 0; g->worker_ends != NULL && i < g->channel_count; i++)
		close(g->worker_ends[i]);
	free(g->worker_ends);
	g->worker_ends = NULL;
}

static void
close_channels(struct generation *g)
{
	close_worker_ends(g);
	for (size_t i = 0; i < g->channel_count; i++)
		close(g->publisher_ends[i]);
	g->channel_count = 0;
	free(g->publisher_ends);
	g->publisher_ends = NULL;
}

/* Gives each child a slot in the board, the publisher the last one. */
static bool
assign_slots(struct generation *g, const struct commons *commons, struct error *err)
{
	int first = scoreboard_find_free(commons->board, (int)g->child_count);

	if (first == -1)
		return error_set(
		    err, "too many processes of earlier generations are still draining");
	for (size_t i = 0; i < g->child_count; i++) {
		struct child *child = &g->children[i];
		bool is_publisher = i + 1 == g->child_count;
		child->role = is_publisher ? PROCESS_PUBLISHER : PROCESS_WORKER;
		child->worker = is_publisher ? -1 : (int)i;
		child->slot = first + (int)i;
		scoreboard_assign(commons->board, child->slot, child->role, g->number);
	}
	return true;
}

static struct generation *
new_with_children(int number, size_t count)
{
	struct generation *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	*g = (struct generation){.number = number, .child_count = count};
	g->children = calloc(count, sizeof(*g->children));
	g->publisher_ends = calloc(count, sizeof(*g->publisher_ends));
	if (g->children == NULL || g->publisher_ends == NULL) {
		free(g->children);
		free(g->publisher_ends);
		free(g);
		return NULL;
	}
	for (size_t i = 0; i < count; i++)
		g->children[i] = (struct child){
		    .worker = -1, .slot = -1, .ready_fd = -1, .backoff_ms = BACKOFF_MIN_MS};
	return g;
}

struct generation *
generation_new(int number, struct settings *settings, struct listeners *listeners,
    const struct commons *commons, struct error *err)
{
	size_t workers = (size_t)settings->config->server.workers;
	struct generation *g = new_with_children(number, workers + 1);

	if (g == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	g->settings = settings_hold(settings);
	g->clients = clients_new((int)workers, settings->config->limits.connections);
	if (g->clients == NULL)
		error_set(err, "out of memory");
	if (g->clients == NULL || !open_channels(g, workers, err) ||
	    !assign_slots(g, commons, err)) {
		generation_free(g, commons);
		return NULL;
	}
	g->listeners = *listeners;
	*listeners = LISTENERS_EMPTY;
	generation_check(g);
	return g;
}

struct generation *
generation_adopt(int number, size_t count)
{
	return new_with_children(number, count);
}

void
generation_free(struct generation *g, const struct commons *commons)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->child_count; i++) {
		struct child *child = &g->children[i];
		assert(child->slot == -1 || child->pid == 0);
		if (child->ready_fd != -1)
			close(child->ready_fd);
		if (child->slot != -1)
			scoreboard_assign(commons->board, child->slot, PROCESS_NONE, 0);
	}
	close_channels(g);
	listeners_close(&g->listeners);
	clients_free(g->clients);
	settings_drop(g->settings);
	free(g->children);
	free(g);
}

static void
start(struct generation *g, struct child *child, const struct commons *commons, int64_t now_ms)
{
	struct scoreboard_entry *entry = &commons->board->entries[child->slot];
	struct error err;

	assert(child->pid == 0 && !g->is_draining && g->settings != NULL);
	assert(entry->role == (int)child->role && entry->generation == g->number);
	generation_check(g);
	if (child->role == PROCESS_WORKER)
		clients_reset(g->clients, child->worker);
	if (!state_prepare(g->settings, &err)) /* somebody else may have been given it meanwhile */
		log_error("%s", err.text);
	if (!config_places_lie_apart(g->settings->config, &err) ||
	    !launch(g, child, commons, &err)) {
		int wait_ms = generation_restart(commons, child, false, now_ms);
		log_error("%s could not be started: %s: trying again in %d ms", child_name(child),
		    err.text, wait_ms);
		return;
	}
	child->started_ms = now_ms;
	entry->pid = child->pid;
	entry->started = time(NULL);
}

/* Readers first: until the workers of a new generation are ready the publisher, which has a scan
 * before it, would only take the processors from them. */
static bool
may_start(const struct generation *g, const struct child *child)
{
	return child->pid == 0 &&
	       (child->role == PROCESS_WORKER || generation_workers_are_ready(g));
}

void
generation_start_due(struct generation *g, const struct commons *commons, int64_t now_ms)
{
	for (size_t i = 0; i < g->child_count && !g->is_draining; i++)
		if (may_start(g, &g->children[i]) && g->children[i].start_at_ms <= now_ms)
			start(g, &g->children[i], commons, now_ms);
}

int64_t
generation_next_due(const struct generation *g)
{
	int64_t due = GENERATION_NEVER;

	if (g->is_draining)
		return g->kill_at_ms;
	for (size_t i = 0; i < g->child_count; i++)
		if (may_start(g, &g->children[i]) && g->children[i].start_at_ms < due)
			due = g->children[i].start_at_ms;
	return due;
}

struct child *
generation_child(struct generation *g, pid_t pid)
{
	assert(pid > 0); /* 0 is whoever does not run */
	for (size_t i = 0; i < g->child_count; i++)
		if (g->children[i].pid == pid)
			return &g->children[i];
	return NULL;
}

bool
generation_child_ended(const struct commons *commons, struct child *child, int64_t now_ms)
{
	assert(child->pid > 0);
	child->pid = 0;
	child->start_at_ms = GENERATION_NEVER;
	if (child->slot != -1) {
		commons->board->entries[child->slot].pid = 0;
		scoreboard_clear(&commons->board->slots[child->slot]);
	}
	if (child->ready_fd != -1)
		generation_child_spoke(child); /* its last word may still wait in the pipe */
	return now_ms - child->started_ms > RAN_LONG_MS;
}

int
generation_restart(
    const struct commons *commons, struct child *child, bool ran_long, int64_t now_ms)
{
	int wait_ms = ran_long ? 0 : child->backoff_ms;

	assert(child->pid == 0 && child->slot != -1);
	child->backoff_ms = ran_long ? BACKOFF_MIN_MS : 2 * child->backoff_ms;
	if (child->backoff_ms > BACKOFF_MAX_MS)
		child->backoff_ms = BACKOFF_MAX_MS;
	child->start_at_ms = now_ms + wait_ms;
	commons->board->entries[child->slot].restarts++;
	return wait_ms;
}

void
generation_child_spoke(struct child *child)
{
	assert(child->ready_fd != -1);
	char byte;
	ssize_t n = read(child->ready_fd, &byte, 1);

	if (n == -1 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n == 1)
		child->was_ready = true;
	close(child->ready_fd); /* without a byte it is about to die, and SIGCHLD will say so */
	child->ready_fd = -1;
}

bool
generation_workers_are_ready(const struct generation *g)
{
	for (size_t i = 0; i < g->child_count; i++)
		if (g->children[i].role == PROCESS_WORKER && !g->children[i].was_ready)
			return false;
	return true;
}

bool
generation_is_over(const struct generation *g)
{
	for (size_t i = 0; i < g->child_count; i++)
		if (g->children[i].pid != 0)
			return false;
	return g->is_draining || g->settings == NULL;
}

void
generation_signal(const struct generation *g, int signal)
{
	for (size_t i = 0; i < g->child_count; i++)
		if (g->children[i].pid != 0)
			kill(g->children[i].pid, signal);
}

/* Our own copies of the listening sockets go too: a connection waiting in one that the new
 * generation does not have would wait for nobody. */
void
generation_drain(struct generation *g, int64_t kill_at_ms)
{
	g->is_draining = true;
	g->kill_at_ms = kill_at_ms;
	close_worker_ends(g);
	listeners_close(&g->listeners);
	generation_check(g);
	generation_signal(g, SIGTERM);
}

const char *
child_name(const struct child *child)
{
	static char name[32];

	if (child->role == PROCESS_PUBLISHER)
		return "publisher";
	snprintf(name, sizeof(name), "worker %d", child->worker + 1);
	return name;
}
