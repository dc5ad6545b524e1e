/*
 * announce - tells every worker which capsules have a new edition. A channel that is full is tried
 * again later; what was not told yet is remembered once, not queued.
 */
#ifndef PUBLISHER_ANNOUNCE_H
#define PUBLISHER_ANNOUNCE_H

#include <stdbool.h>
#include <stddef.h>

struct announcer;

/* channels are borrowed. NULL if out of memory. */
struct announcer *announcer_new(const int *channels, size_t channel_count, size_t capsule_count);
void announcer_free(struct announcer *announcer);

/* Every worker is to hear of that capsule. */
void announcer_owe(struct announcer *announcer, size_t capsule);

/* Sends what is owed of a capsule with that host. True if something is still owed. */
bool announcer_send(struct announcer *announcer, size_t capsule, const char *host);

#endif
