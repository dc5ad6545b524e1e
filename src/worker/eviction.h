/*
 * eviction - which worker makes room for those who connect while the server is full: the one that
 * holds whoever has waited longest. That one may not answer, though, and connects may come faster
 * than turns can change: neither keeps them waiting. Pure.
 */
#ifndef WORKER_EVICTION_H
#define WORKER_EVICTION_H

#include <stdbool.h>
#include <stdint.h>

#define EVICTION_NEAR_NS                                                                           \
	1000000000             /* in a storm of connects, who have waited alike count the same */
#define EVICTION_STORM_MS  20  /* a storm: for so long there was always somebody left */
#define EVICTION_CALM_MS   100 /* and its end: for so long there was nobody */
#define EVICTION_SILENT_MS 300 /* who has not made room for so long does not answer */

/* What a acceptor remembers; all 0 at first. */
struct eviction {
	uint64_t oldest_ns, oldest_from_ms;  /* whom another holds, and since when connects are left
						to it for that */
	uint64_t left_from_ms, left_last_ms; /* to whomever they are left */
};

/* Whether a worker makes room whose own oldest waits since own_ns (0: it holds nobody), that of all
 * workers since oldest_ns (on the same clock). If not, those who connect are to be left to another
 * for a few milliseconds before this is asked again. */
bool eviction_is_ours(
    struct eviction *eviction, uint64_t own_ns, uint64_t oldest_ns, uint64_t now_ms);

#endif
