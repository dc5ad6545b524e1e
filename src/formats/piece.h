/*
 * piece - what an importer finds in a file: an article or draft to be. Pure.
 */
#ifndef FORMATS_PIECE_H
#define FORMATS_PIECE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/strings.h"
#include "base/time.h"

/* Longest dek written into front matter, in characters; a longer one is cut at a word. */
#define PIECE_SUMMARY_MAX 500

/* Owns everything in it. Texts are as found: piece_write() makes them lines. */
struct piece {
	bool is_draft;
	bool has_date, has_updated;
	struct timestamp date, updated;
	struct buffer title;
	struct buffer summary, lang, image, image_alt; /* empty: none */
	struct strings authors, tags;
	struct strings head; /* more lines of front matter, `key = value` */
	struct strings
	    addresses; /* absolute URLs it had on the web; the first is the base of its links */
	struct strings notes;  /* one sentence each about what was left out */
	struct buffer body;    /* gemtext */
	struct buffer refusal; /* why it is not to be taken, if others of its file are; or empty */
};

struct pieces {
	struct piece *items; /* owned */
	size_t count, capacity;
};

/* Adds an empty piece and returns it, valid until the next is added. NULL if out of memory. */
struct piece *pieces_add(struct pieces *pieces);
void pieces_free(struct pieces *pieces);

/* Adds names written as one: `Heidi, Ida and Judy`. False if out of memory. */
bool piece_add_authors(struct piece *piece, const char *text, size_t len);

/* Makes a draft of it, as these pieces of template code (at least one) are left in it, which nobody
 * runs any more, and notes them. False if out of memory. */
bool piece_hold_back(struct piece *piece, const struct strings *left);

/* Appends the source file: front matter and body. False if out of memory, or if it was when the
 * piece was filled. */
bool piece_write(const struct piece *piece, struct buffer *out);

#endif
