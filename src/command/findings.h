/*
 * findings - what `check` has found: printed as it is found, and counted.
 */
#ifndef COMMAND_FINDINGS_H
#define COMMAND_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct findings {
	size_t articles, files; /* looked at */
	size_t errors;          /* of configuration: the server would not start */
	size_t broken;          /* articles */
	size_t warnings;        /* of anything */
};

/* Each prints one line about where (a file), which may hold any bytes. */
void findings_error(struct findings *f, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The same of an error that says itself where it is. */
void findings_trouble(struct findings *f, const struct error *err);
void findings_broken(struct findings *f, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void findings_warn(struct findings *f, const char *where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif
