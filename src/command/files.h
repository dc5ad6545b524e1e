/*
 * files - how verbs write what an admin keeps: whole or not at all, and never over something that
 * was there unless told to.
 */
#ifndef COMMAND_FILES_H
#define COMMAND_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/error.h"

enum file_mode {
	FILE_NEW,     /* fails if something of that name exists, even a dangling link */
	FILE_REPLACE, /* takes its place */
};

/* Writes a file durably by way of a temporary one beside it, and makes missing folders (0755).
 * On failure no file has changed. */
bool file_write(const char *path, const void *bytes, size_t len, mode_t permissions,
    enum file_mode mode, struct error *err);

/* Whether something of that name exists, even a dangling link. */
bool file_exists(const char *path);

#endif
