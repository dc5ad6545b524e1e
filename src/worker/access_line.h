/*
 * access_line - what is written and counted about a connection: one line in the access log, and
 * the scoreboard. The only place that shows a URL to the admin.
 */
#ifndef WORKER_ACCESS_LINE_H
#define WORKER_ACCESS_LINE_H

#include <stdbool.h>
#include <stdint.h>

#include "config/config.h"
#include "ipc/scoreboard.h"
#include "net/conn.h"

/* Counts a connection whose answer is on its way, or that ended without one, and logs it; to be
 * called once for each. One that asked nothing gets a message instead of a line, and if it just
 * left or fell silent (is_quiet) not even that: health checks and scans are not requests.
 * took_ns is the time since it was accepted. */
void access_line(const struct conn *conn, const struct config *config,
    struct scoreboard_slot *counters, uint64_t took_ns, bool is_quiet);

#endif
