/*
 * job - what the files of this room that know the capsule share.
 *
 *	importer.c  read all files to plan, then again to write
 *	place.c     where a piece goes, and whether it is there already
 *	links.c     what links lead to when everything has moved
 *	pictures.c  pictures, taken along
 */
#ifndef IMPORT_JOB_H
#define IMPORT_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "config/config.h"
#include "formats/piece.h"
#include "import/names.h"
#include "import/originals.h"
#include "import/report.h"
#include "store/media.h"

enum verdict {
	VERDICT_NEW,     /* to be written */
	VERDICT_THERE,   /* taken before: nothing to do */
	VERDICT_CHANGED, /* taken before, and edited since: left alone */
	VERDICT_REFUSED, /* not to be taken: report was told */
};

/* A piece that has its place. */
struct planned {
	size_t original; /* its file: index in originals */
	char *path;      /* owned: where it goes; NULL if refused */
	enum verdict verdict;
};

struct job {
	const struct config *config;
	const struct capsule_config *capsule;
	const char *into; /* a folder with slashes around it, or NULL: by date */
	bool is_dry;
	int root_fd; /* of the capsule */
	struct originals originals;
	struct names moved;   /* addresses and file names of pieces -> paths */
	struct names claimed; /* paths that pieces of this run have -> "" */
	struct names copied;  /* file names of pictures -> paths */
	struct planned *plan; /* owned, in the order of originals */
	size_t plan_count, plan_capacity;
	struct media *media;
	struct report report;
};

/* --- place.c --- */

/* The path for a piece, which it then has claimed, as a string that the caller frees. NULL with
 * the reason. */
char *place_piece(
    struct job *job, const struct piece *piece, enum verdict *out_verdict, struct error *err);

/* --- links.c --- */

/* Remembers that the piece, and its file unless that is a feed, are at path now. A file of Markdown
 * is found by its name alone too. */
bool links_add_moved(
    struct job *job, const struct original *original, const struct piece *piece, const char *path);

/* Makes a picture that stands before all text the one that lists show. False if out of memory. */
bool links_lift_picture(struct piece *piece);

/* Makes links and picture of the piece right for its new place; takes pictures along, into the
 * folder of that year. Tells report what leads nowhere. False if out of memory. */
bool links_settle(struct job *job, const struct original *original, struct piece *piece);

/* --- pictures.c --- */

/* Whether the file below the original's root is a picture that can be taken, and where it is then.
 * Borrowed from the job; NULL if there is none, report having been told what is wrong with it. */
const char *pictures_take(struct job *job, size_t root, const char *path, int year);

#endif
