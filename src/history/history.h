/*
 * history - a bare git repository whose tree mirrors the capsule folder (libgit2). One writer:
 * the press. `git log` reads it, `git push` copies it.
 *
 * Changes are collected, in memory, and become durable together with history_commit().
 * Paths are decoded and begin with "/". libgit2 runs no hooks and reads no configuration but the
 * repository's own.
 */
#ifndef HISTORY_HISTORY_H
#define HISTORY_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/strings.h"

#define HISTORY_COMMIT_LEN 40 /* hex digits of a commit */

struct history;

enum history_result {
	HISTORY_TAKEN,
	HISTORY_REFUSED, /* git has no place for such a name; or: larger than asked for */
	HISTORY_ABSENT,  /* no such revision, or no such file in it */
	HISTORY_FAILED,  /* no memory, a disk error, a damaged repository */
};

/* Opens the repository at path or makes it (0700), having removed the locks and temporary files
 * of a process that was killed. NULL with the reason. */
struct history *history_open(const char *path, struct error *err);
/* Forgets what was not committed. NULL is a no-op. */
void history_close(struct history *history);

/* Notes that the file at path now holds these bytes, or is no more. The latest word on a path
 * counts. */
enum history_result history_put(
    struct history *history, const char *path, const void *bytes, size_t len, struct error *err);
enum history_result history_remove(struct history *history, const char *path, struct error *err);

/* How many bytes wait for the commit. */
size_t history_bytes(const struct history *history);

/* Commits what waits. When that changes nothing no commit is made, and that is a success too.
 * On failure the changes are forgotten: the caller knows its files and notes them again. */
bool history_commit(struct history *history, const char *author_name, const char *author_mail,
    const char *message, struct error *err);

/* A commit, and what it changed. Hostile texts: names are as clients sent them. */
struct history_revision {
	char commit[HISTORY_COMMIT_LEN + 1];
	int64_t seconds;             /* Unix */
	char *name, *mail, *message; /* owned, the message without its last line end */
	struct strings paths;
	struct strings removed; /* those of them that it took away, in the same order */
};
/* Reads a commit. For the newest one, if it was made here, it costs nothing; for others as much as
 * the folders are large that it changed. False with the reason; else end with the free. */
bool history_revision(
    struct history *history, const char *commit, struct history_revision *out, struct error *err);
void history_revision_free(struct history_revision *revision);

/* Writes the (first) parent of a commit, "" if it has none. False with the reason. */
bool history_parent(struct history *history, const char *commit,
    char out[static HISTORY_COMMIT_LEN + 1], struct error *err);

/* The newest commit in hex; "" without one. Borrowed until the next commit. */
const char *history_head(const struct history *history);
/* Whether the newest commit has a file at path. */
bool history_holds(const struct history *history, const char *path);
/* Whether what it has there is these bytes. */
bool history_holds_bytes(
    const struct history *history, const char *path, const void *bytes, size_t len);
/* Whether that is a commit of this repository. */
bool history_knows(struct history *history, const char *commit);

/* Adds the paths that differ between a commit and the newest one. */
bool history_changed_since(
    struct history *history, const char *commit, struct strings *out, struct error *err);

/* Adds the names in a folder ("/" or "/articles/"), in git's order, folders with a final "/", as
 * of the newest commit. A folder that is not there has none. */
bool history_list(
    struct history *history, const char *folder, struct strings *out, struct error *err);

/* Appends the unified diff of two texts, three lines of context, headed by `--- old_name` and
 * `+++ new_name`; nothing if they are the same. Contents that are no UTF-8 text, or larger than
 * HISTORY_DIFF_MAX, make one line that says so. */
#define HISTORY_DIFF_MAX ((size_t)1024 * 1024) /* bytes of either */
bool history_diff(const char *old_name, const void *old, size_t old_len, const char *new_name,
    const void *new, size_t new_len, struct buffer *out, struct error *err);

/* A text in the next two, borrowed. */
struct history_text {
	const char *bytes; /* never NULL */
	size_t len;
};

enum history_merged {
	HISTORY_MERGED,
	HISTORY_TOUCHING,     /* both changed the same lines, or lines side by side */
	HISTORY_MERGE_FAILED, /* out of memory */
};
/* Appends a text that has what changed from base to ours, and from base to theirs. */
enum history_merged history_merge(const struct history_text *base, const struct history_text *ours,
    const struct history_text *theirs, struct buffer *out);

/* How far two texts are apart: the bytes of all words that only one of them has at its place.
 * False if out of memory. */
bool history_distance(const struct history_text *a, const struct history_text *b, size_t *out);

/* When a revision (as below) was committed, in Unix seconds. False if it cannot be told. */
bool history_when(struct history *history, const char *revision, int64_t *out_seconds);

/* Appends what the file held at a revision (a commit, perhaps abbreviated, or "HEAD"). */
enum history_result history_read(struct history *history, const char *revision, const char *path,
    struct buffer *out, struct error *err);
/* The same, but of a file of more than max bytes nothing is read: HISTORY_REFUSED. */
enum history_result history_read_small(struct history *history, const char *revision,
    const char *path, size_t max, struct buffer *out, struct error *err);

#endif
