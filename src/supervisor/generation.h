/*
 * generation - the children that one configuration runs: some workers and a publisher, with the
 * sockets and channels between them, which outlive each child. A reload begins a new generation
 * and drains the old one.
 */
#ifndef SUPERVISOR_GENERATION_H
#define SUPERVISOR_GENERATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"
#include "ipc/scoreboard.h"
#include "net/clients.h"
#include "net/tls.h"
#include "supervisor/listen.h"
#include "supervisor/settings.h"

#define GENERATION_NEVER INT64_MAX /* as a time in ms */

/* What all generations share. */
struct commons {
	pid_t supervisor_pid;
	struct scoreboard *board;
	struct shared board_memory;
	int control_fd;
	/* Kept over reloads and upgrades, so that sessions resume. */
	uint8_t ticket_key[TLS_TICKET_KEY_BYTES];
};

struct child {
	enum process_role role;
	int worker;     /* from 0; the publisher: -1 */
	int slot;       /* in the scoreboard, or -1 */
	pid_t pid;      /* 0: not running */
	int ready_fd;   /* says when it is ready; -1: it has, or is not running */
	bool was_ready; /* once, at least */
	int64_t started_ms;
	int64_t start_at_ms; /* while it is not running: when to start it */
	int backoff_ms;      /* to wait should it die right away */
};

struct generation {
	struct generation *next;
	int number;                /* counts from 1 */
	struct settings *settings; /* NULL: adopted from the program before an upgrade */
	struct listeners listeners;
	struct clients *clients;
	/* Of the channels, one a worker. What a draining generation's workers still ask, the next
	 * one's publisher answers: it gets the publisher's ends too. */
	int *worker_ends, *publisher_ends;
	size_t channel_count;
	struct child *children; /* the workers, then the publisher */
	size_t child_count;
	bool is_draining;
	int64_t kill_at_ms; /* while draining */
};

/* Makes everything that the children will share; starts none yet. Holds settings, and takes
 * listeners over on success only. NULL with the reason. */
struct generation *generation_new(int number, struct settings *settings,
    struct listeners *listeners, const struct commons *commons, struct error *err);
/* One for children that are running already: count of them, to be filled in, with room for the
 * publisher's end of as many channels. */
struct generation *generation_adopt(int number, size_t count);
void generation_free(struct generation *g, const struct commons *commons);

/* Starts the children whose time has come. */
void generation_start_due(struct generation *g, const struct commons *commons, int64_t now_ms);
/* The next time at which something is to be done for g, or GENERATION_NEVER. */
int64_t generation_next_due(const struct generation *g);

/* The running child of that pid, or NULL. */
struct child *generation_child(struct generation *g, pid_t pid);
/* child is no longer running; whether it ran for over a second. */
bool generation_child_ended(const struct commons *commons, struct child *child, int64_t now_ms);
/* Sets when child starts again: at once, or after its back-off, which doubles. Returns the ms. */
int generation_restart(
    const struct commons *commons, struct child *child, bool ran_long, int64_t now_ms);
/* Something came over the ready pipe of child. */
void generation_child_spoke(struct child *child);

bool generation_workers_are_ready(const struct generation *g);
bool generation_is_over(const struct generation *g); /* nobody runs, and nobody will */

void generation_signal(const struct generation *g, int signal);
/* Asks all to finish, restarts none any more, and takes no new connections. */
void generation_drain(struct generation *g, int64_t kill_at_ms);

/* "worker 1", "publisher": static until the next call. */
const char *child_name(const struct child *child);

#endif
