/*
 * state_file - a small ini file of one section, `[KIND ID]`, as lie in STATE/editors and
 * STATE/invitations. Pure.
 */
#ifndef PEOPLE_STATE_FILE_H
#define PEOPLE_STATE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define STATE_FILE_MAX (64 * 1024) /* bytes of such a file */

enum state_file_result {
	STATE_FILE_OK,
	STATE_FILE_BAD, /* not what was expected */
	STATE_FILE_NO_MEMORY,
};

/* What a key of the record does. */
struct state_file_key {
	const char *key;
	/* Keeps the value in what is being read. */
	enum state_file_result (*take)(void *what, const char *value);
	const char *expected; /* "a role: contributor, author or editor" */
};

struct state_file {
	const char *kind; /* of the section: "editor" */
	const struct state_file_key *keys;
	size_t key_count;
};

/* Reads bytes[0..len): each value, in the order of the file, goes to its key's take(what, …). The
 * section must be there once. *out_id: the section's ID, owned by the caller. Otherwise err has
 * every reason, one `FILE:LINE: …` a line, file being what messages call it; what may hold some
 * values then. */
enum state_file_result state_file_read(const struct state_file *record, const char *file,
    const char *bytes, size_t len, void *what, char **out_id, struct error *err);

/* Makes *place, which must be NULL still, a copy of a value that must not be empty, nor begin with
 * a semicolon: written again, that would begin a comment. */
enum state_file_result state_file_text(char **place, const char *value);

/* A date-time as records have it (UTC), as Unix seconds. */
enum state_file_result state_file_time(const char *value, int64_t *out);

#endif
