/*
 * ingest - takes one path in: looks at what lies there, compares it with the file tables, and
 * if it differs notes it for history and prints it into the editions. What is written belongs to
 * the running batch.
 */
#ifndef PRESS_INGEST_H
#define PRESS_INGEST_H

#include "press/works.h"

/* An article larger than this is broken: nobody could read it. */
#define INGEST_ARTICLE_MAX ((size_t)64 * 1024 * 1024)

/* Looks at path and takes it in if it differs. */
void ingest_path(struct press *press, const char *path);

/* Notes for history what the desk put there, and takes in what lies there now: somebody may have
 * changed it since. */
void ingest_put(struct press *press, const struct press_change *change);

/* Notes for history that path held these bytes up to now, unless it knows. */
void ingest_former(struct press *press, const char *path, const void *bytes, size_t len);

/* Notes path for history alone, for a commit that failed before. */
void ingest_history(struct press *press, const char *path);

#endif
