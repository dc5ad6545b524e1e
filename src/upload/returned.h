/*
 * returned - a printed page that is sent back (Lagrange's Ctrl+E): what is printed around the text
 * comes off, and what was changed in it is brought together with what others saved since that page
 * was printed.
 *
 * It is an edit of a printing that its sender was given (printings.h): of the current one if that
 * is all, else of any whose frame it carries, but for older ones if it has all that was changed in
 * a newer one, and the other way round. Where none is known, or all have another frame, history is
 * asked which versions it may be an edit of in the same way. If it is not the same whichever it is,
 * it is a conflict: nobody's words are overwritten then, at worst a text becomes a draft that need
 * not have.
 */
#ifndef UPLOAD_RETURNED_H
#define UPLOAD_RETURNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "upload/office.h"

#define RETURNED_VERSIONS_MAX   16 /* of history, looked through from the newest on */
#define RETURNED_VERSIONS_BYTES ((size_t)2 * 1024 * 1024) /* of them together */

struct returned_page {
	struct errand *errand;
	const char *path;            /* of the article */
	const struct buffer *stored; /* the source that lies there; NULL: none does */
	const char *text;            /* what came, without front matter, its line ends LF */
	size_t len;
	bool is_replacement; /* it says itself what it replaces, or an editor decides that it does:
				only its frame comes off */
};

enum returned_result {
	RETURNED_NOT,      /* no printed page */
	RETURNED_CURRENT,  /* an edit of what lies there */
	RETURNED_MERGED,   /* of an earlier version; what others changed since is in it now */
	RETURNED_CONFLICT, /* others changed since what it changes, or may have: not to be stored */
	RETURNED_GONE,     /* the same: nothing lies there any more */
	RETURNED_ALTERED,  /* a printed page, but its frame is that of no version */
	RETURNED_FAILED,   /* out of memory */
};

struct returned {
	struct buffer body; /* of the source that the page becomes, front matter not included; of a
			     * conflict what its sender wrote */
	char saver[PEOPLE_NAME_MAX + 1]; /* in a conflict: who saved last, "" if not known */
};

/* The printing of a source at path (see article/printing.h); 0 for what is no article, or if out of
 * memory. */
uint64_t returned_printing(struct errand *errand, const char *path, const struct buffer *source);

/* Fills *out, which the caller ends with returned_done(). */
enum returned_result returned_read(const struct returned_page *page, struct returned *out);
void returned_done(struct returned *returned);

#endif
