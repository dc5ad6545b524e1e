/*
 * child - what a child of the supervisor is given, what it does first, and how it says that it is
 * ready.
 *
 * A child's life: open what needs privilege, drop to `user`, enter the sandbox, say that it is
 * ready, loop, and on SIGTERM finish what is running and return. SIGINT, SIGHUP, SIGUSR1 and
 * SIGUSR2 are ignored in children: the supervisor alone acts on them.
 */
#ifndef IPC_CHILD_H
#define IPC_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <uv.h>

#include "config/config.h"
#include "ipc/scoreboard.h"
#include "net/clients.h"
#include "net/tls.h"

struct listener {
	int fd; /* bound and listening, non-blocking, close-on-exec */
	bool is_unix;
	int port;   /* the bound one; 0 for a Unix socket */
	char *name; /* as in [server] listen, for messages; owned by the list it is in */
};

struct child_setup {
	const struct config *config;
	pid_t supervisor_pid;
	struct scoreboard *board;
	int slot;       /* of this process in the board, where draining processes have theirs too */
	int worker;     /* a worker's number, from 0: its row in clients; the publisher: -1 */
	int generation; /* counts reloads, from 1 */
	uid_t uid;      /* to become; (uid_t)-1: stay */
	gid_t gid;
	char user[64];                    /* their name, for initgroups; "" with uid -1 */
	const struct listener *listeners; /* a worker's */
	size_t listener_count;
	int listen_port;     /* of the first TCP socket, 0 without one */
	const int *channels; /* a worker: its one end; the publisher: one for each worker, those
			      * that are draining included */
	size_t channel_count;
	int control_fd; /* the publisher's: listening SOCK_SEQPACKET socket, state/control.sock,
			 * non-blocking; an old and a new publisher may have it at the same time */
	int ready_fd;   /* write one byte when ready, then close */
	uint8_t ticket_key[TLS_TICKET_KEY_BYTES];
	struct clients *clients; /* shared between workers */
};

#define CHILD_EXIT_RESTART_ALL 75 /* exit status: the supervisor is to begin a new generation */

/* Puts signals as a child has them: nothing blocked, SIGTERM ends it until a loop takes over,
 * those that the supervisor alone acts on (and SIGPIPE) ignored. */
void child_signals(void);

/* Tells the supervisor over ready_fd and closes it. */
void child_ready(int ready_fd);

/* Has the loop do so once it has polled for the first time: whoever is killed for that in the
 * sandbox was never ready. Once in a process. False if out of something. */
bool child_ready_in_loop(uv_loop_t *loop, int ready_fd);

#endif
