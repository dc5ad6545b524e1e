/*
 * report - what `broadsheet status` shows, for people and for programs. Pure, but for reading the
 * scoreboard.
 */
#ifndef PUBLISHER_REPORT_H
#define PUBLISHER_REPORT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "ipc/scoreboard.h"
#include "press/press.h"

#define REPORT_WIDE_FOLDER 5000 /* entries below which git writes a folder's tree quickly */

struct report_capsule {
	const char *host;
	struct press_status press;
};

struct report {
	const struct scoreboard *board;
	const struct report_capsule *capsules;
	size_t capsule_count;
	int64_t now; /* Unix seconds */
};

/* Several lines for a person. */
void report_text(const struct report *report, struct buffer *out);
/* One JSON object and a line end. */
void report_json(const struct report *report, struct buffer *out);
/* A line "HOST EDITION FILES STATE" for each capsule; STATE is "missing" (the root folder),
 * "printing" or "idle". */
void report_editions(const struct report *report, struct buffer *out);

#endif
