/*
 * history_inside - what the files of history share. Inside store/ only.
 *
 *   history.c        opens it, and commits
 *   history_past.c   what was committed
 *   history_diff.c   two texts compared
 *   history_merge.c  what became of a text in two hands
 */
#ifndef HISTORY_HISTORY_INSIDE_H
#define HISTORY_HISTORY_INSIDE_H

#include <git2.h>
#include <stdbool.h>
#include <stddef.h>

#include "history/history.h"
#include "history/stage.h"

#define HISTORY_PATH_BYTES 4096

struct change {
	char *path; /* owned, as git writes it: without the leading "/" */
	bool is_removal;
	bool is_dropped; /* nothing new */
	git_oid blob;
	size_t order; /* the latest of equal paths counts */
};

struct history {
	git_repository *repository;
	struct stage *stage;    /* before the repository */
	git_treebuilder *names; /* scratch: knows which names git refuses */
	git_tree *tree;         /* of the newest commit, or NULL */
	char head[HISTORY_COMMIT_LEN + 1];
	struct change *changes;
	size_t count, capacity;
	/* What the newest commit changed, if it was made here; and what of it is no more. */
	struct strings changed, removed;
};

/* Says what libgit2 says; false. */
bool history_failure(struct error *err, const char *doing);

/* The tree of a folder ("/", "/articles/") in the newest commit, NULL if there is none. */
int history_folder_tree(const struct history *history, const char *folder, git_tree **out);

/* Adds a path that git wrote. */
bool history_add_path(struct strings *out, const char *path);

#endif
