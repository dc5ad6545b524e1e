#include "supervisor/launch.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/child.h"
#include "publisher/publisher.h"
#include "supervisor/descriptors.h"
#include "worker/worker.h"

/* The publisher's ends of the channels of g, and of the generations before it that are still
 * draining (g->next is the elder). NULL if out of memory; never freed: it is the child's for life.
 */
static const int *
gather_channels(const struct generation *g, size_t *out_count)
{
	size_t count = 0;

	for (const struct generation *elder = g; elder != NULL; elder = elder->next)
		count += elder->channel_count;
	int *ends = malloc((count + 1) * sizeof(*ends));
	*out_count = 0;
	for (const struct generation *elder = g; ends != NULL && elder != NULL;
	     elder = elder->next) {
		if (elder->channel_count > 0)
			memcpy(ends + *out_count, elder->publisher_ends,
			    elder->channel_count * sizeof(*ends));
		*out_count += elder->channel_count;
	}
	assert(ends == NULL || *out_count == count);
	return ends;
}

/* Lends what child is to share with others to the next one that is forked, or takes it back. */
static bool
lend(const struct generation *g, const struct child *child, const struct commons *commons,
    bool is_lent)
{
	return shared_lend(&commons->board_memory, SCOREBOARD_PIECE_OF(child->slot), is_lent) &&
	       (child->role != PROCESS_WORKER || clients_lend(g->clients, child->worker, is_lent));
}

/* The child's side of that. */
static bool
settle(const struct generation *g, const struct child *child, const struct commons *commons)
{
	return shared_settle(&commons->board_memory, SCOREBOARD_PIECE_OF(child->slot)) &&
	       (child->role != PROCESS_WORKER || clients_settle(g->clients, child->worker));
}

static bool
fill_setup(struct child_setup *setup, const struct generation *g, const struct child *child,
    const struct commons *commons, int ready_fd)
{
	const struct user *user = &g->settings->user;
	bool is_worker = child->role == PROCESS_WORKER;

	assert(!is_worker || (size_t)child->worker < g->channel_count);
	*setup = (struct child_setup){
	    .config = g->settings->config,
	    .supervisor_pid = commons->supervisor_pid,
	    .board = commons->board,
	    .slot = child->slot,
	    .worker = child->worker,
	    .generation = g->number,
	    .uid = user->uid,
	    .gid = user->gid,
	    .listeners = is_worker ? g->listeners.items : NULL,
	    .listener_count = is_worker ? g->listeners.count : 0,
	    .listen_port = listeners_port(&g->listeners),
	    .channels = is_worker ? &g->worker_ends[child->worker] : NULL,
	    .channel_count = is_worker,
	    .control_fd = is_worker ? -1 : commons->control_fd,
	    .ready_fd = ready_fd,
	    .clients = is_worker ? g->clients : NULL,
	};
	memcpy(setup->user, user->name, sizeof(setup->user));
	memcpy(setup->ticket_key, commons->ticket_key, sizeof(setup->ticket_key));
	if (!is_worker)
		setup->channels = gather_channels(g, &setup->channel_count);
	return setup->channels != NULL;
}

/* Closes all that is not the child's own: the lock above all, which would outlive its holder. */
static bool
keep_own_descriptors(const struct child_setup *setup)
{
	size_t count = 0;
	int *keep = malloc((setup->listener_count + setup->channel_count + 3) * sizeof(*keep));

	if (keep == NULL)
		return false;
	for (size_t i = 0; i < setup->listener_count; i++)
		keep[count++] = setup->listeners[i].fd;
	for (size_t i = 0; i < setup->channel_count; i++)
		keep[count++] = setup->channels[i];
	keep[count++] = setup->ready_fd;
	if (setup->control_fd != -1)
		keep[count++] = setup->control_fd;
	if (log_access_fd() != -1)
		keep[count++] = log_access_fd();
	assert(count <= setup->listener_count + setup->channel_count + 3);
	descriptors_keep_only(keep, count);
	free(keep);
	return true;
}

/* The child's whole life. */
static _Noreturn void
live(const struct generation *g, const struct child *child, const struct commons *commons,
    int ready_fd)
{
	struct child_setup setup;

	prctl(PR_SET_PDEATHSIG, SIGKILL); /* until sandbox_drop() sets it again */
	if (!settle(g, child, commons) || !fill_setup(&setup, g, child, commons, ready_fd) ||
	    !keep_own_descriptors(&setup)) {
		log_error("out of memory");
		_exit(EXIT_FAILURE);
	}
	/* No exit(): what the supervisor registered to happen at its end is not the child's. */
	_exit(child->role == PROCESS_WORKER ? worker_run(&setup) : publisher_run(&setup));
}

bool
launch(const struct generation *g, struct child *child, const struct commons *commons,
    struct error *err)
{
	int ready[2];

	assert(child->role == PROCESS_WORKER || child->role == PROCESS_PUBLISHER);
	assert(child->pid == 0 && child->slot >= 0 && child->slot < SCOREBOARD_SLOTS);
	if (pipe2(ready, O_CLOEXEC | O_NONBLOCK) == -1)
		return error_set(err, "pipe: %s", strerror(errno));
	pid_t pid = lend(g, child, commons, true) ? fork() : -1;
	if (pid == 0)
		live(g, child, commons, ready[1]);
	lend(g, child, commons, false);
	close(ready[1]);
	if (pid == -1) {
		close(ready[0]);
		return error_set(err, "fork: %s", strerror(errno));
	}
	child->pid = pid;
	child->ready_fd = ready[0];
	return true;
}
