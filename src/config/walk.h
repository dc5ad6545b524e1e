/*
 * walk - through the sections and pairs of an ini file: which section, which key, which directive.
 * Inside this room.
 */
#ifndef CONFIG_WALK_H
#define CONFIG_WALK_H

#include "config/loading.h"

/* The listener of ini_read(); arg is the struct loading. */
void walk_section(void *arg, int line, const char *name);
void walk_pair(void *arg, int line, const char *key, const char *value);

/* Ends the last section, and gives those that were left out their initial values. */
void walk_end(struct loading *l);

#endif
