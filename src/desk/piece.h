/*
 * piece - a file that somebody has in hand at the desk: what lies at a path, how it stands, whose
 * it is, and what the person may do with it.
 */
#ifndef DESK_PIECE_H
#define DESK_PIECE_H

#include <stdbool.h>
#include <stdint.h>

#include "article/source.h"
#include "base/buffer.h"
#include "base/error.h"
#include "upload/office.h"

struct piece {
	struct rules_target target;             /* target.path: where it lies */
	bool is_there;                          /* false: only its history may be left */
	struct buffer bytes;                    /* as it lies on disk */
	char revision[OFFICE_REVISION_LEN + 1]; /* of bytes; "" if it is not there */
	struct source *source; /* of an article or draft that can be read, else NULL */
	struct error problem;  /* why it cannot be */
	enum file_state state;
	int64_t published; /* of an article: when it came out, or is due; Unix seconds */
	enum rules_holder holder;
	char sent_to[RULES_PATH_MAX]; /* of a kept text: where it belongs; else "" */
	bool may_replace;             /* put it there */
	bool may_write;               /* edit, delete, restore */
	bool may_publish;             /* bring it to readers */
	bool may_offer;               /* a contributor's own draft: ask for an editor */
	const char *title;            /* of a source; else the path. Anybody's text */
};

/* Takes the file at path (as the address of a desk page names it) in hand. False with the answer
 * set if there is none. Either way piece_close() ends it. */
bool piece_open(struct errand *errand, const char *path, struct piece *out);
/* The same, but a file that was deleted is no failure. */
bool piece_open_past(struct errand *errand, const char *path, struct piece *out);
void piece_close(struct piece *piece);

/* Whether it is an article, or a draft of one. */
bool piece_is_text(const struct piece *piece);

/* Where a text that was kept as a draft was sent, as its `sent-to` says: a file's decoded path.
 * False if it says none. */
bool piece_read_sent_to(const char *bytes, size_t len, char out[static RULES_PATH_MAX]);

/* Whether the person may write what the press lists. */
bool piece_may_write(const struct errand *errand, const struct file_row *file);

#endif
