/*
 * publisher - the life of the only writer: takes the writer lock, opens a press for each capsule,
 * and then lets the loop choose between folders that changed, questions of the command line, and
 * slices of the work that is queued.
 */
#include "publisher/publisher.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "base/clock.h"
#include "base/log.h"
#include "ipc/child.h"
#include "press/press.h"
#include "publisher/announce.h"
#include "publisher/control.h"
#include "publisher/desks.h"
#include "publisher/report.h"
#include "publisher/verb_runner.h"
#include "publisher/worker_link.h"
#include "publisher/writer_lock.h"
#include "sandbox/sandbox.h"

#define TICK_MS     15000 /* the clock is looked at this often at least, whatever changes it */
#define TICK_MIN_MS 200   /* and not more often than this: live within a second of being due */

/* One capsule's press in the loop. */
struct capsule_loop {
	struct press *press;
	const char *host;
	struct publisher *publisher;
	uv_poll_t watch;
	unsigned announced; /* the edition that workers were told of */
};

struct publisher {
	const struct child_setup *setup;
	struct capsule_loop
	    *capsule_loops; /* one for each capsule, in the order of the configuration */
	size_t capsule_loop_count;
	size_t turn;  /* whose slice is next */
	size_t rests; /* capsule_loops in a row that had nothing to do */
	uv_loop_t loop;
	uv_idle_t work; /* active while work is queued */
	uv_timer_t tick;
	uv_signal_t sigterm;
	struct announcer *announcer;
	struct control *control;
	struct desks desks;
	uv_poll_t editors; /* the folder of those who joined, if it can be watched */
	struct worker_link *worker_link;
	int lock_fd;
	int exit_status;
};

/* --- what is due --- */

static void on_tick(uv_timer_t *timer);

/* Sets the timer to the next article that is due by the real-time clock. */
static void
tick_later(struct publisher *p)
{
	int64_t wait_ms = TICK_MS, now = clock_wall_ms();

	for (size_t i = 0; i < p->capsule_loop_count; i++) {
		int64_t due = press_next_due(p->capsule_loops[i].press);
		if (due < INT64_MAX / 1000 && due * 1000 - now < wait_ms)
			wait_ms = due * 1000 - now;
	}
	if (wait_ms < TICK_MIN_MS)
		wait_ms = TICK_MIN_MS;
	uv_timer_start(&p->tick, on_tick, (uint64_t)wait_ms, 0);
}

/* Tells the workers of a new edition; a full channel is tried again with the next tick. */
static void
announce(struct capsule_loop *capsule_loop)
{
	struct publisher *p = capsule_loop->publisher;
	size_t capsule = (size_t)(capsule_loop - p->capsule_loops);
	unsigned edition = press_edition(capsule_loop->press);

	if (edition != capsule_loop->announced)
		announcer_owe(p->announcer, capsule);
	capsule_loop->announced = edition;
	announcer_send(p->announcer, capsule, capsule_loop->host);
}

/* --- work --- */

/* One slice of one capsule's work: in the next turn of the loop it is another one's. */
static void
on_work(uv_idle_t *idle)
{
	struct publisher *p = idle->data;
	struct capsule_loop *capsule_loop = &p->capsule_loops[p->turn];

	p->turn = (p->turn + 1) % p->capsule_loop_count;
	if (press_work(capsule_loop->press, PRESS_SLICE_MS))
		p->rests = 0;
	else
		p->rests++;
	announce(capsule_loop);
	if (p->rests < p->capsule_loop_count)
		return;
	uv_idle_stop(idle);
	tick_later(p);
}

static void
work_begin(struct publisher *p)
{
	p->rests = 0;
	uv_idle_start(&p->work, on_work);
}

static void
leave_if_root_was_replaced(struct capsule_loop *capsule_loop)
{
	struct publisher *p = capsule_loop->publisher;

	if (!press_root_was_replaced(capsule_loop->press))
		return;
	log_notice(
	    "%s: the root folder was replaced by another one: starting anew", capsule_loop->host);
	p->exit_status = CHILD_EXIT_RESTART_ALL;
	uv_stop(&p->loop);
}

static void
on_tick(uv_timer_t *timer)
{
	struct publisher *p = timer->data;

	for (size_t i = 0; i < p->capsule_loop_count; i++) {
		press_tick(p->capsule_loops[i].press);
		leave_if_root_was_replaced(&p->capsule_loops[i]);
	}
	desks_refresh(&p->desks);
	tick_later(p);
	work_begin(p);
}

static void
on_watch(uv_poll_t *poll, int status, int events)
{
	struct capsule_loop *capsule_loop = poll->data;

	(void)events;
	if (status < 0) {
		log_error("%s: watching folders: %s; changes are found by rescanning",
		    capsule_loop->host, uv_strerror(status));
		return;
	}
	press_watch_ready(capsule_loop->press);
	leave_if_root_was_replaced(capsule_loop);
	work_begin(capsule_loop->publisher);
}

static void
on_editors(uv_poll_t *poll, int status, int events)
{
	struct publisher *p = poll->data;

	(void)events;
	if (status < 0)
		uv_poll_stop(poll); /* the tick still looks */
	desks_refresh(&p->desks);
}

static void
on_sigterm(uv_signal_t *handle, int number)
{
	(void)number;
	uv_stop(handle->loop);
}

/* --- questions --- */

/* The desk may have printed, or queued, or scheduled something. */
static void
on_desk_work(void *arg, size_t capsule)
{
	struct publisher *p = arg;

	announce(&p->capsule_loops[capsule]);
	tick_later(p);
	work_begin(p);
}

static void
answer_status(void *arg, enum control_form form, struct buffer *out)
{
	struct publisher *p = arg;
	struct report_capsule *capsules = calloc(p->capsule_loop_count, sizeof(*capsules));
	struct report report = {
	    .board = p->setup->board,
	    .capsules = capsules,
	    .capsule_count = capsules == NULL ? 0 : p->capsule_loop_count,
	    .now = clock_wall_ms() / 1000,
	};

	for (size_t i = 0; i < report.capsule_count; i++) {
		capsules[i].host = p->capsule_loops[i].host;
		press_status(p->capsule_loops[i].press, &capsules[i].press);
	}
	switch (form) {
	case CONTROL_TEXT:
		report_text(&report, out);
		break;
	case CONTROL_JSON:
		report_json(&report, out);
		break;
	case CONTROL_EDITIONS:
		report_editions(&report, out);
		break;
	}
	free(capsules);
}

static bool
reprint_station(struct capsule_loop *capsule_loop, struct buffer *out, struct error *err)
{
	if (!press_reprint(capsule_loop->press, err))
		return error_prefix(err, "%s", capsule_loop->host);
	buffer_printf(out, "%s: printing edition %u\n", capsule_loop->host,
	    press_edition(capsule_loop->press) + 1);
	work_begin(capsule_loop->publisher);
	return true;
}

static bool
answer_reprint(void *arg, const char *host, struct buffer *out, struct error *err)
{
	struct publisher *p = arg;
	bool is_known = false;

	for (size_t i = 0; i < p->capsule_loop_count; i++) {
		if (*host != '\0' && strcmp(host, p->capsule_loops[i].host) != 0)
			continue;
		is_known = true;
		if (!reprint_station(&p->capsule_loops[i], out, err))
			return false;
	}
	return is_known || error_set(err, "no capsule %s: see [capsule …] in the ini file", host);
}

/* Whoever asks hears of it when the workers know. */
static bool
answer_verb(void *arg, const struct verb *verb, const void *bytes, size_t len, struct buffer *out,
    struct error *err)
{
	struct publisher *p = arg;
	const struct verb_runner verb_runner = {&p->desks, p->setup->listen_port};
	bool ok = verb_runner_run(&verb_runner, verb, bytes, len, out, err);

	desks_share_people(&p->desks);
	for (size_t i = 0; i < p->capsule_loop_count; i++)
		on_desk_work(p, i);
	return ok;
}

/* --- the beginning and the end --- */

/* What must be read outside the capsule folders is read here, before the sandbox: the tables of
 * libmagic and time zones. */
static bool
stations_open(struct publisher *p, struct error *err)
{
	const struct config *config = p->setup->config;

	p->capsule_loop_count = config->capsule_count;
	p->capsule_loops = calloc(p->capsule_loop_count, sizeof(p->capsule_loops[0]));
	if (p->capsule_loops == NULL)
		return error_set(err, "out of memory");
	for (size_t i = 0; i < p->capsule_loop_count; i++) {
		struct capsule_loop *capsule_loop = &p->capsule_loops[i];
		capsule_loop->publisher = p;
		capsule_loop->host = config->capsules[i].host;
		capsule_loop->press = press_open(config, &config->capsules[i], err);
		if (capsule_loop->press == NULL)
			return error_prefix(err, "%s", capsule_loop->host);
	}
	return true;
}

static bool
desks_begin(struct publisher *p, struct error *err)
{
	struct press **presses = calloc(p->capsule_loop_count, sizeof(struct press *));

	if (presses == NULL)
		return error_set(err, "out of memory");
	for (size_t i = 0; i < p->capsule_loop_count; i++)
		presses[i] = p->capsule_loops[i].press;
	bool ok = desks_open(&p->desks, p->setup->config, presses, err);
	free(presses);
	if (ok)
		desks_share_people(&p->desks);
	return ok;
}

static bool
loop_open(struct publisher *p, struct error *err)
{
	int failed = uv_loop_init(&p->loop);

	if (failed != 0)
		return error_set(err, "event loop: %s", uv_strerror(failed));
	uv_idle_init(&p->loop, &p->work);
	p->work.data = p;
	uv_timer_init(&p->loop, &p->tick);
	p->tick.data = p;
	uv_signal_init(&p->loop, &p->sigterm);
	uv_signal_start(&p->sigterm, on_sigterm, SIGTERM);
	return true;
}

static bool
watches_open(struct publisher *p, struct error *err)
{
	for (size_t i = 0; i < p->capsule_loop_count; i++) {
		struct capsule_loop *capsule_loop = &p->capsule_loops[i];
		int failed = uv_poll_init(
		    &p->loop, &capsule_loop->watch, press_watch_fd(capsule_loop->press));
		if (failed != 0)
			return error_set(
			    err, "%s: watching: %s", capsule_loop->host, uv_strerror(failed));
		capsule_loop->watch.data = capsule_loop;
		uv_poll_start(&capsule_loop->watch, UV_READABLE, on_watch);
	}
	return true;
}

static bool
editors_open(struct publisher *p, struct error *err)
{
	int fd = desks_watch(&p->desks);

	if (fd == -1)
		return true;
	if (uv_poll_init(&p->loop, &p->editors, fd) != 0)
		return error_set(err, "editors cannot be watched");
	p->editors.data = p;
	uv_poll_start(&p->editors, UV_READABLE, on_editors);
	return true;
}

static bool
questions_open(struct publisher *p, struct error *err)
{
	const struct child_setup *setup = p->setup;
	const struct control_calls calls = {
	    .status = answer_status,
	    .reprint = answer_reprint,
	    .verb = answer_verb,
	    .bytes_max = setup->config->limits.upload_size,
	    .arg = p,
	};

	p->announcer = announcer_new(setup->channels, setup->channel_count, p->capsule_loop_count);
	p->control = control_open(&p->loop, setup->control_fd, &calls);
	p->worker_link = worker_link_open(&(struct worker_link_setup){
	    .loop = &p->loop,
	    .channels = setup->channels,
	    .channel_count = setup->channel_count,
	    .desks = &p->desks,
	    .on_work = on_desk_work,
	    .arg = p,
	});
	return (p->announcer != NULL && p->control != NULL && p->worker_link != NULL) ||
	       error_set(err, "out of memory");
}

/* The lock is waited for while SIGTERM still ends the process at once: the loop, which takes that
 * signal over, comes after it. */
static bool
begin(struct publisher *p, struct error *err)
{
	const struct child_setup *setup = p->setup;

	if (!sandbox_drop(setup, err))
		return false;
	p->lock_fd = writer_lock_take(setup->config->server.state, err);
	return p->lock_fd != -1 && loop_open(p, err) && stations_open(p, err) &&
	       desks_begin(p, err) && sandbox_enter(setup, SANDBOX_PUBLISHER, err) &&
	       watches_open(p, err) && editors_open(p, err) && questions_open(p, err) &&
	       (child_ready_in_loop(&p->loop, setup->ready_fd) ||
		   error_set(err, "event loop: out of memory"));
}

/* Closes in the order that keeps promises: no more questions, then what is begun is finished, and
 * only then may the next publisher write. */
static int
end(struct publisher *p)
{
	int exit_status = p->exit_status;

	control_close(p->control);
	worker_link_close(p->worker_link);
	uv_close((uv_handle_t *)&p->work, NULL);
	uv_close((uv_handle_t *)&p->tick, NULL);
	uv_close((uv_handle_t *)&p->sigterm, NULL);
	for (size_t i = 0; i < p->capsule_loop_count; i++)
		uv_close((uv_handle_t *)&p->capsule_loops[i].watch, NULL);
	if (p->editors.data != NULL)
		uv_close((uv_handle_t *)&p->editors, NULL);
	uv_run(&p->loop, UV_RUN_DEFAULT);
	uv_loop_close(&p->loop);
	desks_close(&p->desks);
	for (size_t i = 0; i < p->capsule_loop_count; i++)
		press_close(p->capsule_loops[i].press);
	close(p->lock_fd);
	announcer_free(p->announcer);
	free(p->capsule_loops);
	free(p);
	return exit_status;
}

int
publisher_run(const struct child_setup *setup)
{
	struct publisher *p = calloc(1, sizeof(*p));
	struct error err;

	child_signals();
	log_set_name("publisher");
	if (p == NULL) {
		log_error("out of memory");
		return 1;
	}
	p->setup = setup;
	if (!begin(p, &err)) { /* the process ends: what was opened ends with it */
		log_error("%s", err.text);
		return 1;
	}
	tick_later(p);
	work_begin(p);
	uv_run(&p->loop, UV_RUN_DEFAULT);
	return end(p);
}
