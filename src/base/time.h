/*
 * time - ISO 8601 dates and the time zone a newsroom lives in.
 *
 * Seconds are Unix seconds (UTC) in int64_t: the years 1 to 9999 all fit.
 */
#ifndef BASE_TIME_H
#define BASE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"

#define TIME_ISO_DATE_LEN 10 /* bytes of YYYY-MM-DD */

/* What somebody wrote: a date, perhaps a time of day, perhaps a zone. */
struct timestamp {
	int year, month, day;     /* 1..9999, 1..12, 1..31: a date that exists */
	int hour, minute, second; /* 0 without a time; a second of 60 is read as 59 */
	int offset_minutes;       /* east of UTC; 0 without a zone */
	bool has_time, has_zone;
};

/* Reads `YYYY-MM-DD`, or that with `T` or a blank and `HH:MM[:SS[.fraction]]`, then `Z` or
 * `+HH:MM` or nothing. False for anything else; *out is then untouched. */
bool timestamp_parse(const char *text, struct timestamp *out);

/* Unix seconds of t. Without a zone it is read in zone (an IANA name); a time that a change of
 * clocks skips or repeats is taken as the C library takes it. What falls out of the years 1 to 9999
 * is held at their end. Changes TZ: one thread only. */
int64_t timestamp_seconds(const struct timestamp *t, const char *zone);

/* What a clock in zone shows at that second, zone offset included (has_time, has_zone set). Seconds
 * out of range are held in it. Changes TZ, unless zone is UTC. */
struct timestamp timestamp_at(int64_t seconds, const char *zone);

/* Appends `YYYY-MM-DD`, or with a time `YYYY-MM-DDTHH:MM:SS` and `Z` or `+HH:MM` if it has one. */
void timestamp_append(struct buffer *out, const struct timestamp *t);

/* Whether zone is UTC or names a file of the system's time zone database, which it reads: so do
 * timestamp_seconds() and timestamp_at() when they meet another zone than last time. */
bool zone_exists(const char *zone);

#endif
