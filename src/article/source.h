/*
 * source - a source file (front matter and body, gemtext or Markdown) parsed into an article.
 * Pure.
 */
#ifndef ARTICLE_SOURCE_H
#define ARTICLE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "article/article.h"
#include "base/error.h"
#include "base/strings.h"
#include "base/time.h"

enum source_status { SOURCE_PUBLISHED, SOURCE_DRAFT, SOURCE_READY };

struct source {
	struct article article; /* id 0 and date "" still: the press knows clock and zone */
	enum source_status status;
	bool has_date, has_updated;
	struct timestamp date, updated;
	const char *editor;        /* "" if none */
	const char *retracted;     /* the note; "" if not retracted */
	struct strings moved_from; /* decoded paths */
	struct strings warnings;   /* one sentence each, with "line N: " */
};

/* Parses a file's bytes. path is the decoded URL path (its ending chooses Markdown; its name is
 * the last resort for a title). NULL with the reason, beginning "line N: " where a line is to
 * blame, for: broken front matter, what looks like front matter and is none (article/fences.h), a
 * date that is none, an unknown status, a key that may stand once with two values, an unknown key
 * that is nearly one which holds a text back, invalid UTF-8, out of memory. The caller frees with
 * source_free(); everything in it is borrowed from it. */
struct source *source_parse(const char *path, const char *bytes, size_t len, struct error *err);

/* Releases source and everything borrowed from it. NULL is a no-op. */
void source_free(struct source *source);

#endif
