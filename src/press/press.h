/*
 * press - the only writer of a capsule: takes what lies in the capsule folder into history (git)
 * and prints it into the edition (SQLite). Runs in the publisher, without a loop of its own: the
 * owner polls its watch descriptor, and gives it slices of time.
 *
 *   a changed path -> compare with the file table -> history -> edition
 */
#ifndef PRESS_PRESS_H
#define PRESS_PRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strings.h"
#include "config/config.h"
#include "history/history.h"
#include "store/file_table.h"
#include "store/revision_table.h"

#define PRESS_SLICE_MS 20 /* of background work at a time: an upload never waits longer */

struct press;

/* Opens (or makes) edition and history of a capsule, removes what a crash left (temporary files
 * beside their targets, git locks), and queues a scan. O(1) in the size of the archive. The
 * arguments are borrowed until press_close(). NULL with the reason. A capsule root that is
 * missing is no failure: the press waits for it. */
struct press *press_open(
    const struct config *config, const struct capsule_config *capsule, struct error *err);
/* Finishes the running transaction and commit. */
void press_close(struct press *press);

/* The inotify descriptor (non-blocking) to poll for reading; call press_watch_ready() then. */
int press_watch_fd(const struct press *press);
void press_watch_ready(struct press *press);

/* Works on what is queued for at most slice_ms. What it takes in becomes one commit and one
 * edition transaction when nothing more is waiting, or when there is much of it: that may be some
 * slices later (see batch.h), and the slice that ends so takes as long as git needs. True when
 * more is waiting. */
bool press_work(struct press *press, int slice_ms);

/* To be called every 15 s at least, and at press_next_due(): queues articles that have become
 * due by the real-time clock, retries failed commits, looks whether the root is still there, and
 * queues the hourly rescan. */
void press_tick(struct press *press);
/* Unix second at which the next scheduled article is due, the next one while the root is missing
 * (it may be back) or files are (see press/absence.h), or INT64_MAX. */
int64_t press_next_due(const struct press *press);

/* Prints the edition again from the source files, into edition-N+1, while N is served. */
bool press_reprint(struct press *press, struct error *err);

/* The N of the edition being served, 0: none finished yet. Costs nothing, unlike press_status(). */
unsigned press_edition(const struct press *press);

/* The root folder was replaced by another one (inode): a sandbox does not cover the new one, so
 * the owner must start anew. */
bool press_root_was_replaced(const struct press *press);

struct press_status {
	unsigned edition; /* the N being served, 0: none finished yet */
	bool is_scanning; /* work is queued */
	bool root_is_missing;
	int64_t articles, scheduled, drafts, broken, files;
	int64_t widest_folder; /* entries of the fullest folder below articles/ */
	char commit[41];       /* head of history, "" without one */
	int64_t uncommitted;   /* files waiting for a commit that failed */
};
void press_status(struct press *press, struct press_status *out);

/* --- what the desk does with a press --- */

/* What has no credit was done by hand in the folder; the mail of its author begins so. */
#define PRESS_MAILBOX "press@"

struct press_change {
	const char *path;  /* decoded */
	const void *bytes; /* NULL: the file is removed */
	size_t len;
};
struct press_credit {
	const char *name, *mail; /* the commit's author */
	const char *message;     /* "publish /articles/x.gmi" */
};

/* Writes the files durably (in that order), commits them as credit says, and prints them, all
 * before it returns. A file changed by hand that history does not have yet is committed as such
 * first. False with the reason when a file could not be written: then nothing of it is live. A
 * commit or an edition that fails is logged and retried, and is no failure. */
bool press_put(struct press *press, const struct press_change *changes, size_t count,
    const struct press_credit *credit, struct error *err);

/* Commits and prints what lies at a path now, if that is not done yet. */
void press_look(struct press *press, const char *path);

/* What the press knows of a path, in the edition that readers see, or in the first one while it is
 * being printed. False if there is no such file. Strings are borrowed until the next call of any
 * function of the press. */
bool press_file(struct press *press, const char *path, struct file_row *out);

/* Files in a state, in the order of writer_query(), each handed to visit, which may ask for files
 * and change none. False on trouble with the edition. */
bool press_list(struct press *press, const struct file_query *query, file_visit *visit, void *arg);

/* What history says of one path, newest first: up to limit revisions older than `before` (a commit
 * of an earlier call, or NULL), from the edition, so that it costs the same in any archive. False
 * if not all of it can be told now: err says why. An edition printed anew reads history back from
 * its newest commit to its oldest when nothing else is to do; until then what it knows is handed
 * to visit all the same. The words of a revision are hostile text. */
bool press_revisions(struct press *press, const char *path, const char *before, size_t limit,
    revision_visit *visit, void *arg, struct error *err);

/* Paths that the newest revision of each took away, unless a credit says that what was there is at
 * another path now: the latest first, up to limit behind the path `after` (of an earlier call, or
 * NULL). Costs what it tells, and false is, as with press_revisions(). */
bool press_deleted(struct press *press, const char *after, size_t limit, revision_visit *visit,
    void *arg, struct error *err);

/* Puts the fingerprints of all who may edit this capsule into the edition, where workers find them
 * (edition_editor()), and remembers them for the editions to come. fingerprints is copied. */
bool press_put_editors(struct press *press, const struct strings *fingerprints, struct error *err);

/* The capsule root, for reading below it with store/folder.h; -1 while it is missing. */
int press_root_fd(const struct press *press);
/* NULL with history = no. */
struct history *press_history(struct press *press);

#endif
