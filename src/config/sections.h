/*
 * sections - where the values of each section go, and what a section must have. Inside this room.
 *
 * See struct section_type in loading.h.
 */
#ifndef CONFIG_SECTIONS_H
#define CONFIG_SECTIONS_H

#include <stdbool.h>

#include "config/loading.h"

bool begin_server(struct loading *l, const char *name);
bool begin_log(struct loading *l, const char *name);
bool begin_limits(struct loading *l, const char *name);
bool begin_capsule(struct loading *l, const char *name);
bool begin_labels(struct loading *l, const char *name);
bool begin_editor(struct loading *l, const char *name);
bool begin_zone(struct loading *l, const char *name);
void end_server(struct loading *l);
void end_capsule(struct loading *l);
void end_editor(struct loading *l);
void end_zone(struct loading *l);

#endif
