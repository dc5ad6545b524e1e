/*
 * originals - the files to be imported: those named on the command line, and those in folders, at
 * any depth up to ORIGINALS_DEPTH_MAX. Hidden names are passed over, and no symbolic link leads
 * out of the folder it lies in.
 */
#ifndef IMPORT_ORIGINALS_H
#define IMPORT_ORIGINALS_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buffer.h"
#include "base/error.h"
#include "formats/format.h"
#include "import/report.h"

#define ORIGINALS_DEPTH_MAX 32

/* A folder that files come from: theirs, or the one on the command line they lie below. */
struct original_root {
	int fd;
	dev_t device;
	ino_t inode;
	char *shown; /* owned: what messages call it, with a final slash or "" */
};

struct original {
	size_t root;
	char *path;      /* owned: below the root, begins with "/" */
	int64_t changed; /* Unix second */
	enum format format;
	bool is_named; /* on the command line */
};

struct originals {
	struct original *items; /* owned */
	size_t count, capacity;
	struct original_root *roots; /* owned */
	size_t root_count, root_capacity;
};

/* Adds a file, or what lies in a folder; tells report what cannot be. False if out of memory. */
bool originals_add(struct originals *originals, const char *word, struct report *report);
void originals_free(struct originals *originals);

/* Appends what messages call the file. */
void originals_put_name(
    const struct originals *originals, const struct original *original, struct buffer *out);

/* Reads a file of at most max bytes. False with the reason, which does not name the file. */
bool originals_read(const struct originals *originals, const struct original *original, size_t max,
    struct buffer *out, struct error *err);

#endif
