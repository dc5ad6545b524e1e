/*
 * descriptors - how many a process may have open, and which ones a child keeps.
 */
#ifndef SUPERVISOR_DESCRIPTORS_H
#define SUPERVISOR_DESCRIPTORS_H

#include <stddef.h>

#include "config/config.h"

/* Raises the limit as far as it may go. */
void descriptors_raise(void);

/* Lowers [limits] connections to what the limit allows, and says so in the log. */
void descriptors_fit(struct config *config);

/* Closes every descriptor but the standard three and keep[0..count), which gets sorted. */
void descriptors_keep_only(int *keep, size_t count);

#endif
