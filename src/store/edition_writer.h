/*
 * edition_writer - the writing side of an edition: tables, and one transaction at a time. The
 * press alone uses it.
 *
 * Trouble is remembered: write what there is to write, then look at what writer_commit() says.
 * Paths are decoded and begin with "/"; folders end with "/" where a folder is asked for.
 */
#ifndef STORE_EDITION_WRITER_H
#define STORE_EDITION_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "article/article.h"
#include "base/error.h"
#include "base/strings.h"
#include "store/database.h"
#include "store/edition.h"
#include "store/edition_file.h"
#include "store/file_table.h"

struct edition_writer;

enum writer_found {
	WRITER_FINISHED,   /* readers see it */
	WRITER_UNFINISHED, /* its first printing has to go on, or begin */
	WRITER_UNUSABLE,   /* damaged, or of another version: print into the next number */
	WRITER_FAILED,     /* no memory, no room, no permission: another number would not help */
};

/* Opens edition-N.db in folder, or makes it. The caller closes it unless UNUSABLE or FAILED,
 * where err says why. */
enum writer_found writer_open(
    const char *folder, unsigned number, struct edition_writer **out, struct error *err);
/* An open transaction is rolled back. NULL is a no-op. */
void writer_close(struct edition_writer *writer);

unsigned writer_number(const struct edition_writer *writer);

/* Begins a transaction unless one is open. */
void writer_begin(struct edition_writer *writer);
/* Ends it. On trouble it is rolled back, err says why, and writer_trouble() how bad it is until
 * the next begin. Damage is for ever. */
bool writer_commit(struct edition_writer *writer, struct error *err);
enum database_trouble writer_trouble(const struct edition_writer *writer);
void writer_forgive(struct edition_writer *writer);

/* Takes what the write-ahead log holds into the edition, so that it begins anew, if it has grown by
 * WRITER_LOG_TIDY pages and no transaction is open. It costs some syncs and the more the larger the
 * archive, so whoever waits for a commit should not: to be called when nobody does. A commit does
 * it by itself only when there are WRITER_LOG_MAX. */
#define WRITER_LOG_TIDY 1000
#define WRITER_LOG_MAX  8000
void writer_tidy(struct edition_writer *writer);

/* Lets readers see it from the next commit on. */
void writer_finish(struct edition_writer *writer);

/* Articles. The ID is made from the second and the path; card.id is not looked at. */
void writer_put_article(
    struct edition_writer *writer, int64_t published, const struct article *article);
void writer_drop_article(struct edition_writer *writer, const char *path);
/* Whether an article is in print at path, and since which second. */
bool writer_article(struct edition_writer *writer, const char *path, int64_t *out_published);

/* Replaces the old paths that lead to target; the oldest stands first. */
void writer_put_moved(
    struct edition_writer *writer, const char *target, const struct strings *old_paths);

/* The paths that .gone lists. */
void writer_put_gone(struct edition_writer *writer, const char *path);
void writer_drop_gone(struct edition_writer *writer, const char *path);
void writer_clear_gone(struct edition_writer *writer);
bool writer_is_gone(struct edition_writer *writer, const char *path);

/* Replaces the fingerprints of editors. */
void writer_put_editors(struct edition_writer *writer, const struct strings *fingerprints);

/* Scheduled articles: the second of the next, or INT64_MAX; those due at `now`. */
int64_t writer_next_due(struct edition_writer *writer);
bool writer_due(struct edition_writer *writer, int64_t now, struct strings *out);

/* Files whose newest state history could not take yet; the list gives some at a time. */
void writer_put_uncommitted(struct edition_writer *writer, const char *path);
void writer_drop_uncommitted(struct edition_writer *writer, const char *path);
bool writer_uncommitted(struct edition_writer *writer, struct strings *out);
int64_t writer_count_uncommitted(struct edition_writer *writer);

/* What the edition remembers of itself; "" if nothing. */
enum writer_memory {
	WRITER_COMMIT,           /* of history: what is in it is printed here */
	WRITER_TIMEZONE,         /* that dates were read in */
	WRITER_PICTURES,         /* "cleaned", or "" */
	WRITER_REVISIONS_NEWEST, /* the commit that was added to the revisions last */
	WRITER_REVISIONS_OLDEST, /* the next one to be read back into them, "" for none */
};
/* Borrowed until the next call of writer_recall(). */
const char *writer_recall(struct edition_writer *writer, enum writer_memory what);
void writer_remember(struct edition_writer *writer, enum writer_memory what, const char *value);

void writer_counts(struct edition_writer *writer, struct edition_counts *out);
/* Entries of the fullest folder below articles/. */
int64_t writer_widest_folder(struct edition_writer *writer);

#endif
