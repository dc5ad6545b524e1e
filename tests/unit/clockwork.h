/*
 * clockwork - stands in for the clocks of the C library, so that a test moves them on instead of
 * waiting.
 */
#ifndef UNIT_CLOCKWORK_H
#define UNIT_CLOCKWORK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static struct clockwork {
	int64_t real_ahead_s; /* of the machine's */
	int64_t real_s;       /* unless 0 the real-time clock stands there */
	int64_t monotonic_ahead_ms;
	bool is_stepped; /* the monotonic clock moves when it is looked at, and only then */
	int64_t step_ns;
} clockwork;

/* The coarse one is the same clock, read more cheaply: event loops do where it is fine enough. */
static bool
clockwork_is_monotonic(clockid_t clock)
{
	return clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE;
}

int
clock_gettime(clockid_t clock, struct timespec *out)
{
	static int64_t stepped_ns;

	if (clockwork_is_monotonic(clock) && clockwork.is_stepped) {
		stepped_ns += clockwork.step_ns;
		*out = (struct timespec){stepped_ns / 1000000000, stepped_ns % 1000000000};
		return 0;
	}
	if (syscall(SYS_clock_gettime, clock, out) == -1)
		return -1;
	if (clock == CLOCK_REALTIME) {
		out->tv_sec += clockwork.real_ahead_s;
		if (clockwork.real_s != 0)
			*out = (struct timespec){.tv_sec = clockwork.real_s};
	} else if (clockwork_is_monotonic(clock)) {
		out->tv_sec += clockwork.monotonic_ahead_ms / 1000;
		out->tv_nsec += clockwork.monotonic_ahead_ms % 1000 * 1000000;
		out->tv_sec += out->tv_nsec / 1000000000;
		out->tv_nsec %= 1000000000;
	}
	return 0;
}

#endif
