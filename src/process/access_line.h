/*
 * access_line - what is written and counted about a connection: one line in the access log, and
 * the scoreboard. The only place that shows a URL to the admin.
 */
#ifndef PROCESS_ACCESS_LINE_H
#define PROCESS_ACCESS_LINE_H

#include <stdint.h>

#include "config/config.h"
#include "net/conn.h"
#include "process/scoreboard.h"

/* Logs and counts a connection whose answer is on its way or that ended without one; to be called
 * once for each. Nothing is logged of one that asked nothing and did nothing wrong: health checks
 * and scans are not requests. took_ns is the time since it was accepted. */
void access_line(const struct conn *conn, const struct config *config,
    struct scoreboard_slot *counters, uint64_t took_ns);

#endif
