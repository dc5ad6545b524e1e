/*
 * places - which of the places that an ini file names must lie apart. Inside this room.
 */
#ifndef CONFIG_PLACES_H
#define CONFIG_PLACES_H

#include "config/loading.h"

/* Remembers a place, or notes that memory ran out. */
void places_add(
    struct loading *l, enum place_kind kind, int line, const char *said, const char *path);

/* Looks where all places really are: a problem for each that lies where it must not. */
void places_settle(struct loading *l);

#endif
