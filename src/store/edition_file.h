/*
 * edition_file - what reader and writer of an edition agree on: the names of the files, when one
 * is finished, and what the file table says of a source file. Inside store/ and press/ only.
 */
#ifndef STORE_EDITION_FILE_H
#define STORE_EDITION_FILE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "store/database.h"
#include "store/edition.h"
#include "store/file_state.h"

/* PRAGMA user_version of a finished edition: readers look at no other. It is 0 while the first
 * printing goes on. A change of the tables takes the next number. */
#define EDITION_SCHEMA 7

/* PRAGMA application_id: that of a file whose tables are those of EDITION_SCHEMA, finished or
 * not, so that a printing that was cut short can go on. "BS" and the number of the schema. */
#define EDITION_MARK 0x42530007

#define EDITION_PATH_MAX 4096 /* bytes of a path, with the final NUL */

/* Writes FOLDER/edition-N.db. */
void edition_file_path(char out[static EDITION_PATH_MAX], const char *folder, unsigned number);

/* The numbers of the editions in folder, the newest first. The caller frees *out. False if the
 * folder cannot be read; a missing one has none. */
bool edition_file_numbers(const char *folder, unsigned **out, size_t *out_count, struct error *err);

/* Removes edition N with its log and index. */
void edition_file_remove(const char *folder, unsigned number);

/* The number that a PRAGMA such as "PRAGMA user_version" tells, or -1 on trouble. */
int edition_file_pragma(struct database *database, const char *pragma);

/* Counts files by their state. The statement is EDITION_COUNTS. */
#define EDITION_COUNTS "SELECT state, files FROM tally"
void edition_file_counts(struct database *database, size_t which, struct edition_counts *out);

#endif
