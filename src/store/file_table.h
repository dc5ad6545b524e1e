/*
 * file_table - what an edition knows of the files below the capsule root: how each looked when it
 * was taken in, and what the desk's lists say of it. The writing side alone has it.
 *
 * Paths are decoded and begin with "/"; folders end with "/" where a folder is asked for.
 */
#ifndef STORE_FILE_TABLE_H
#define STORE_FILE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/file_state.h"

struct edition_writer;

/* No string is NULL, but path where a row is put. */
struct file_row {
	enum file_state state;
	const char *path;              /* where it was found; where it is put is said besides */
	int64_t mtime_ns, size, inode; /* what the file looked like when it was taken in */
	int64_t ctime_ns;   /* of FILE_PLAIN, else 0; also 0 in rows of earlier versions */
	int64_t first_seen; /* its mtime then, in seconds: the date of undated articles */
	int64_t published;  /* publication second of an article, else 0 */
	int64_t changed;    /* Unix second of its last change */
	const char *reason;
	const char *mime; /* what libmagic said where the name does not tell, or "" */
	const char *title, *editor, *date; /* of a source, else "" */
	bool is_ready;                     /* a draft that asks for an editor */
};
/* False if there is no such row. Strings are borrowed until the next call of writer_file(), path is
 * the caller's own. */
bool writer_file(struct edition_writer *writer, const char *path, struct file_row *out);
void writer_put_file(struct edition_writer *writer, const char *path, const struct file_row *row);
void writer_drop_file(struct edition_writer *writer, const char *path);

/* Whether anything lies in the folder. */
bool writer_has_rows(struct edition_writer *writer, const char *folder);

/* The rows of one folder, by name in byte order. False if out of memory or on trouble. */
struct file_entry {
	char *name; /* owned */
	enum file_state state;
	int64_t mtime_ns, ctime_ns, size, inode, published, first_seen;
	bool is_undated; /* a source that can be printed and has no date of its own */
};
struct file_list {
	struct file_entry *entries;
	size_t count;
};
bool writer_list(struct edition_writer *writer, const char *folder, struct file_list *out);
void file_list_free(struct file_list *list);

/* Files in a state, newest first: articles and what was retracted by publication, others by the
 * change of the file; but of those to come the next due first. A page costs the same at any depth
 * (but for `under` a deeper folder than one of the root's, and for `editor` with `under`: what does
 * not match is passed over). */
struct file_query {
	enum file_state state;
	const char *under;  /* only below this folder, or NULL */
	const char *editor; /* only whose editor this is, or NULL */
	bool is_ready;      /* only drafts that ask for an editor */
	const char
	    *after; /* only what comes after this path, or NULL; from the start if it is gone */
	size_t limit;
};
/* row is borrowed while it runs; it may ask for files, but change none. */
typedef void file_visit(void *arg, const struct file_row *row);
/* False on trouble with the edition. */
bool writer_query(
    struct edition_writer *writer, const struct file_query *query, file_visit *visit, void *arg);

#endif
