#include "supervisor/supervisor.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/clock.h"
#include "base/log.h"
#include "config/load.h"
#include "ipc/child.h"
#include "net/access_log.h"
#include "supervisor/notify.h"
#include "supervisor/state.h"

#define DRAIN_MS     60000 /* for the processes that a reload replaces */
#define STOP_MS      5000  /* for running requests when we stop */
#define RETRY_MS     10000 /* until a reload is tried again that had to be put off */
#define POLL_MAX     (SCOREBOARD_SLOTS + 1)
#define POLL_FOREVER (-1)

struct supervisor {
	struct supervisor_setup *setup;
	struct commons *commons;
	struct generation *generations; /* newest first */
	struct generation *starting;    /* its workers are not all ready yet, or NULL */
	struct generation *serving;     /* its workers have been, or NULL */
	int last_number;
	int signal_fd;
	int64_t reload_at_ms;
	bool is_stopping;
	bool has_served; /* the ready line was printed, by us or by the program before an upgrade */
	int exit_status;
};

/* Logs a text of several lines as so many messages. */
static void
log_lines(enum log_level level, const char *text)
{
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		log_message(level, "%.*s", (int)len, text);
		text += len + (text[len] == '\n');
	}
}

/* --- generations --- */

static void
add_generation(struct supervisor *s, struct generation *g)
{
	g->next = s->generations;
	assert(g->number > s->last_number && !g->is_draining);
	s->generations = g;
	s->last_number = g->number;
	s->commons->board->generation = g->number;
}

/* Asserts what always holds of who serves and who will. */
static void
roles_check(const struct supervisor *s)
{
	const struct generation *starting = s->starting, *serving = s->serving;

	assert(starting == NULL || starting != serving);
	assert(starting == NULL || starting->settings != NULL); /* none is adopted to begin */
	assert(starting == NULL || starting->number == s->last_number);
	assert(starting == NULL || !starting->is_draining || s->is_stopping);
	assert(serving == NULL || !serving->is_draining || s->is_stopping);
}

/* Lets g finish what it is doing. Its Unix sockets go, but for those that others listen on too. */
static void
retire(struct supervisor *s, struct generation *g, int patience_ms)
{
	if (g == s->starting)
		s->starting = NULL;
	if (g == s->serving)
		s->serving = NULL;
	if (s->serving != NULL)
		listeners_forget(&g->listeners, &s->serving->listeners);
	if (s->starting != NULL)
		listeners_forget(&g->listeners, &s->starting->listeners);
	listeners_unlink(&g->listeners);
	generation_drain(g, clock_now_ms() + patience_ms);
	roles_check(s);
}

static void
free_finished_generations(struct supervisor *s)
{
	struct generation **link = &s->generations;

	while (*link != NULL) {
		struct generation *g = *link;
		if (!generation_is_over(g)) {
			link = &g->next;
			continue;
		}
		*link = g->next;
		if (g == s->serving)
			s->serving = NULL; /* an adopted one whose processes have all died */
		generation_free(g, s->commons);
	}
}

/* "gemini://example.org:1965/ gemini://example.net:1965/" */
static void
append_addresses(struct buffer *out, const struct generation *g)
{
	const struct config *config = g->settings->config;
	int listen_port = listeners_port(&g->listeners);

	for (size_t i = 0; i < config->capsule_count; i++) {
		const struct capsule_config *capsule = &config->capsules[i];
		buffer_printf(out, "%sgemini://%s:%d/", i > 0 ? " " : "", capsule->host,
		    config_port(capsule, listen_port));
	}
}

/* The first start tells standard output, which somebody may be waiting at; later ones the log. */
static void
announce(struct supervisor *s, const struct generation *g)
{
	struct buffer addresses = BUFFER_EMPTY;

	append_addresses(&addresses, g);
	if (!s->has_served) {
		s->has_served = true;
		printf("serving %s\n", buffer_text(&addresses));
		fflush(stdout);
	} else {
		log_notice("generation %d is serving %s", g->number, buffer_text(&addresses));
	}
	buffer_free(&addresses);
	notify_manager(NOTIFY_READY);
}

/* If all workers of the new generation are ready, it takes over from all earlier ones. */
static void
switch_if_ready(struct supervisor *s)
{
	struct generation *g = s->starting;

	if (g == NULL || s->is_stopping || !generation_workers_are_ready(g))
		return;
	struct generation *old = s->serving;
	s->serving = g;
	s->starting = NULL;
	assert(old != g);
	if (old != NULL)
		retire(s, old, DRAIN_MS);
	access_log_publish(&g->settings->config->log);
	announce(s, g);
}

/* --- reload --- */

static struct settings *
load_settings(struct supervisor *s, struct error *err)
{
	const char *state = s->setup->settings->config->server.state;
	struct config *config = config_load(s->setup->config_path, CONFIG_TO_SERVE, err);
	struct settings *settings = config == NULL ? NULL : settings_new(config, err);

	if (settings == NULL) {
		config_free(config);
		return NULL;
	}
	if (strcmp(config->server.state, state) != 0) {
		error_set(err,
		    "%s: [server] state = %s: a reload cannot change it, only a new start",
		    config->path, config->server.state);
		settings_drop(settings);
		return NULL;
	}
	return settings;
}

/* Makes the next generation. The sockets that the newest one has are kept. Where its publisher
 * could not write, or would publish what is secret, none begins. */
static bool
begin_generation(struct supervisor *s, struct settings *settings, struct error *err)
{
	struct generation *newest = s->starting != NULL ? s->starting : s->serving;
	struct listeners listeners;

	if (!config_places_lie_apart(settings->config, err) || !state_prepare(settings, err) ||
	    !access_log_open(&settings->config->log, err))
		return false;
	log_set_json(settings->config->log.json);
	if (!listeners_open(&settings->config->server.listen, &newest->listeners,
		settings->user.gid, &listeners, err))
		return false;
	struct generation *g =
	    generation_new(s->last_number + 1, settings, &listeners, s->commons, err);
	if (g == NULL) {
		listeners_forget(&listeners, &newest->listeners);
		listeners_unlink(&listeners);
		listeners_close(&listeners);
		return false;
	}
	struct generation *given_up = s->starting;
	add_generation(s, g);
	s->starting = g;
	if (given_up != NULL)
		retire(s, given_up, DRAIN_MS);
	roles_check(s);
	return true;
}

/* The generation to come takes its settings from the ini file. False with nothing begun. */
static bool
begin_from_file(struct supervisor *s)
{
	struct error err;
	struct settings *settings = load_settings(s, &err);
	bool ok = settings != NULL && begin_generation(s, settings, &err);

	if (!ok) {
		log_lines(LOG_ERROR, err.text);
		settings_drop(settings);
		return false;
	}
	settings_drop(s->setup->settings);
	s->setup->settings = settings;
	return true;
}

/* Begins a generation with what the ini file says now. If that is a mistake, one with what it said
 * before is begun all the same: logs have to be opened again, and folders that were replaced. */
static void
reload(struct supervisor *s)
{
	struct error err;

	notify_manager(NOTIFY_RELOADING);
	bool ok = begin_from_file(s);
	if (!ok) {
		log_error("the ini file was not taken: going on with the one before");
		ok = begin_generation(s, s->setup->settings, &err);
	}
	if (ok) {
		log_notice("starting generation %d", s->last_number);
	} else {
		log_error("no new generation: %s: trying again in %d s", err.text, RETRY_MS / 1000);
		s->reload_at_ms = clock_now_ms() + RETRY_MS;
		notify_manager(NOTIFY_READY);
	}
}

/* --- children --- */

/* "exited with status 3", "was killed by signal 11 (Segmentation fault)": static. */
static const char *
how_it_ended(int status)
{
	static char text[128];

	if (WIFEXITED(status))
		snprintf(text, sizeof(text), "exited with status %d", WEXITSTATUS(status));
	else
		snprintf(text, sizeof(text), "was killed by signal %d (%s)", WTERMSIG(status),
		    WTERMSIG(status) == SIGSYS ? "the sandbox refused a system call"
					       : strsignal(WTERMSIG(status)));
	return text;
}

static void
stop(struct supervisor *s, int exit_status)
{
	s->is_stopping = true;
	s->exit_status = exit_status;
	notify_manager(NOTIFY_STOPPING);
	for (struct generation *g = s->generations; g != NULL; g = g->next) {
		if (!g->is_draining)
			listeners_unlink(&g->listeners);
		generation_drain(g, clock_now_ms() + STOP_MS);
	}
	state_control_unlink(s->setup->settings);
}

/* Of a generation that is on its way out, only what went wrong is worth a line. */
static void
ended_while_draining(const char *name, pid_t pid, int status)
{
	bool was_told =
	    WIFSIGNALED(status) && (WTERMSIG(status) == SIGTERM || WTERMSIG(status) == SIGKILL);

	if (!was_told && !(WIFEXITED(status) && WEXITSTATUS(status) == 0))
		log_warning("%s (pid %ld) %s while it was to finish", name, (long)pid,
		    how_it_ended(status));
}

/* A worker that never got ready would not the next time either. */
static void
could_not_start(struct supervisor *s, struct generation *g, const char *name, int status)
{
	if (s->serving == NULL) {
		log_error(
		    "%s %s before it was ready, see above: giving up", name, how_it_ended(status));
		stop(s, EXIT_FAILURE);
		return;
	}
	log_error("%s %s before it was ready: generation %d is given up, %d goes on", name,
	    how_it_ended(status), g->number, s->serving->number);
	retire(s, g, STOP_MS);
	notify_manager(NOTIFY_READY);
}

/* After an upgrade there may be no way back to what served before: then it is tried again. */
static bool
may_give_up(const struct supervisor *s)
{
	return s->serving != NULL ? s->serving->settings != NULL : !s->has_served;
}

static void
child_ended(struct supervisor *s, struct generation *g, struct child *child, int status)
{
	const char *name = child_name(child);
	pid_t pid = child->pid;
	int64_t now = clock_now_ms();
	bool ran_long = generation_child_ended(s->commons, child, now);
	char when[32];

	if (g->is_draining) {
		ended_while_draining(name, pid, status);
		return;
	}
	if (g->settings == NULL) {
		log_warning("%s (pid %ld) from before the upgrade %s", name, (long)pid,
		    how_it_ended(status));
		return;
	}
	if (g == s->starting && child->role == PROCESS_WORKER && !child->was_ready &&
	    may_give_up(s)) {
		could_not_start(s, g, name, status);
		return;
	}
	int wait_ms = generation_restart(s->commons, child, ran_long, now);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CHILD_EXIT_RESTART_ALL) {
		log_notice("%s (pid %ld) asks for a new start of all", name, (long)pid);
		s->reload_at_ms = now + wait_ms;
		return;
	}
	snprintf(when, sizeof(when), wait_ms == 0 ? "at once" : "after %d ms", wait_ms);
	log_error(
	    "%s (pid %ld) %s: starting it again %s", name, (long)pid, how_it_ended(status), when);
}

static void
reap(struct supervisor *s)
{
	pid_t pid;
	int status;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		for (struct generation *g = s->generations; g != NULL; g = g->next) {
			struct child *child = generation_child(g, pid);
			if (child != NULL) {
				child_ended(s, g, child, status);
				break;
			}
		}
	}
}

/* --- upgrade --- */

static size_t
count_running(const struct supervisor *s)
{
	size_t count = 0;

	for (const struct generation *g = s->generations; g != NULL; g = g->next)
		for (size_t i = 0; i < g->child_count; i++)
			count += g->children[i].pid != 0;
	return count;
}

/* Copies the publisher's end of each channel of from, as far as descriptors last. */
static void
copy_channels(struct generation *to, const struct generation *from)
{
	for (size_t i = 0; i < from->channel_count; i++) {
		int copy = fcntl(from->publisher_ends[i], F_DUPFD_CLOEXEC, 0);
		if (copy != -1 && to->channel_count < to->child_count)
			to->publisher_ends[to->channel_count++] = copy;
		else if (copy != -1)
			close(copy);
	}
}

/* All running children as one generation, to tell the next program about, with their channels. */
static struct generation *
gather_running(const struct supervisor *s)
{
	struct generation *all = generation_adopt(s->last_number, count_running(s));
	size_t at = 0;

	for (const struct generation *g = s->generations; all != NULL && g != NULL; g = g->next) {
		for (size_t i = 0; i < g->child_count; i++) {
			const struct child *from = &g->children[i];
			if (from->pid == 0)
				continue;
			all->children[at].pid = from->pid;
			all->children[at].role = from->role;
			all->children[at++].worker = from->worker;
		}
		copy_channels(all, g);
	}
	return all;
}

static void
upgrade(struct supervisor *s)
{
	struct generation *newest = s->starting != NULL ? s->starting : s->serving;
	struct error err;
	struct handover handover = {
	    .lock_fd = s->setup->lock_fd,
	    .control_fd = s->commons->control_fd,
	    .generation = s->last_number,
	    .listeners = newest->listeners,
	    .children = gather_running(s),
	};

	memcpy(handover.ticket_key, s->commons->ticket_key, sizeof(handover.ticket_key));
	log_notice("upgrading to %s", s->setup->program.binary);
	struct settings *settings = load_settings(s, &err);
	if (settings == NULL || !state_prepare(settings, &err))
		log_lines(LOG_ERROR, err.text);
	else if (handover.children == NULL)
		log_error("out of memory");
	else if (!upgrade_exec(&s->setup->program, &handover, &err))
		log_error("%s", err.text);
	log_error("not upgraded: going on as before");
	settings_drop(settings);
	generation_free(handover.children, s->commons);
	notify_manager(NOTIFY_READY);
}

/* --- the loop --- */

static void
on_signal(struct supervisor *s, int signal)
{
	switch (signal) {
	case SIGTERM:
	case SIGINT:
		if (s->is_stopping) {
			for (struct generation *g = s->generations; g != NULL; g = g->next)
				generation_signal(g, SIGKILL);
		} else {
			log_notice("stopping");
			stop(s, EXIT_SUCCESS);
		}
		break;
	case SIGHUP:
	case SIGUSR1:
		if (!s->is_stopping)
			reload(s);
		break;
	case SIGUSR2:
		if (!s->is_stopping)
			upgrade(s);
		break;
	default: /* SIGCHLD: reap() runs on every turn */
		break;
	}
}

static void
read_signals(struct supervisor *s)
{
	struct signalfd_siginfo info;

	while (read(s->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		on_signal(s, (int)info.ssi_signo);
}

/* Does what the time has come for. */
static void
act_on_time(struct supervisor *s)
{
	int64_t now = clock_now_ms();

	if (s->reload_at_ms <= now && !s->is_stopping) {
		s->reload_at_ms = GENERATION_NEVER;
		reload(s);
	}
	for (struct generation *g = s->generations; g != NULL; g = g->next) {
		generation_start_due(g, s->commons, now);
		if (g->is_draining && g->kill_at_ms <= now && !generation_is_over(g)) {
			log_warning("generation %d did not finish in time: killing it", g->number);
			generation_signal(g, SIGKILL);
			g->kill_at_ms = GENERATION_NEVER;
		}
	}
}

static int
milliseconds_to_wait(const struct supervisor *s)
{
	int64_t due = s->reload_at_ms;
	int64_t now = clock_now_ms();

	for (const struct generation *g = s->generations; g != NULL; g = g->next)
		if (generation_next_due(g) < due)
			due = generation_next_due(g);
	if (due == GENERATION_NEVER)
		return POLL_FOREVER;
	if (due <= now)
		return 0;
	return due - now > INT32_MAX ? INT32_MAX : (int)(due - now);
}

/* Waits for a signal, a word from a child, or the time. */
static void
wait_and_listen(struct supervisor *s)
{
	struct pollfd polls[POLL_MAX] = {{.fd = s->signal_fd, .events = POLLIN}};
	struct child *who[POLL_MAX] = {NULL};
	nfds_t count = 1;

	for (struct generation *g = s->generations; g != NULL; g = g->next) {
		for (size_t i = 0; i < g->child_count && count < POLL_MAX; i++) {
			if (g->children[i].ready_fd == -1)
				continue;
			polls[count].fd = g->children[i].ready_fd;
			polls[count].events = POLLIN;
			who[count++] = &g->children[i];
		}
	}
	if (poll(polls, count, milliseconds_to_wait(s)) <= 0)
		return;
	for (nfds_t i = 1; i < count; i++)
		if (polls[i].revents != 0)
			generation_child_spoke(who[i]);
}

static bool
open_signals(struct supervisor *s)
{
	static const int wanted[] = {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGCHLD};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		sigaddset(&set, wanted[i]);
	signal(SIGPIPE, SIG_IGN);
	sigprocmask(SIG_BLOCK, &set, NULL);
	s->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return s->signal_fd != -1;
}

static bool
begin(struct supervisor *s, struct error *err)
{
	struct supervisor_setup *setup = s->setup;

	if (!open_signals(s))
		return error_set(err, "signalfd: %s", strerror(errno));
	if (setup->adopted != NULL) {
		add_generation(s, setup->adopted);
		s->serving = setup->adopted;
		setup->adopted = NULL;
	}
	struct generation *g =
	    generation_new(s->last_number + 1, setup->settings, &setup->listeners, s->commons, err);
	if (g == NULL)
		return false;
	add_generation(s, g);
	s->starting = g;
	return true;
}

int
supervisor_run(struct supervisor_setup *setup)
{
	struct supervisor s = {
	    .setup = setup,
	    .commons = &setup->commons,
	    .reload_at_ms = GENERATION_NEVER,
	    .has_served = setup->adopted != NULL,
	};
	struct error err;

	if (!begin(&s, &err)) {
		log_error("%s", err.text);
		listeners_unlink(&setup->listeners);
		listeners_close(&setup->listeners);
		stop(&s, EXIT_FAILURE);
	}
	while (s.generations != NULL) {
		act_on_time(&s);
		wait_and_listen(&s);
		read_signals(&s); /* first: a SIGCHLD that comes after it wakes the next turn */
		reap(&s);
		switch_if_ready(&s);
		free_finished_generations(&s);
	}
	settings_drop(setup->settings);
	return s.exit_status;
}
