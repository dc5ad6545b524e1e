/*
 * child - what every child of the supervisor does first, and how it says that it is ready.
 */
#ifndef IPC_CHILD_H
#define IPC_CHILD_H

#include <stdbool.h>
#include <uv.h>

/* Puts signals as a child has them: nothing blocked, SIGTERM ends it until a loop takes over,
 * those that the supervisor alone acts on (and SIGPIPE) ignored. */
void child_signals(void);

/* Tells the supervisor over ready_fd and closes it. */
void child_ready(int ready_fd);

/* Has the loop do so once it has polled for the first time: whoever is killed for that in the
 * sandbox was never ready. Once in a process. False if out of something. */
bool child_ready_in_loop(uv_loop_t *loop, int ready_fd);

#endif
