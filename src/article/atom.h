/*
 * atom - a list of articles as an Atom 1.0 feed (RFC 4287). Pure.
 *
 *	struct atom atom;
 *
 *	atom_init(&atom, &feed);
 *	atom_add(&atom, &article, "");        (newest first)
 *	atom_finish(&atom, &out);
 *
 * It escapes for itself: an XML library is more than a server of hostile requests should link for
 * a dozen elements. What it writes is proved against the schema of RFC 4287 (tests/e2e).
 */
#ifndef ARTICLE_ATOM_H
#define ARTICLE_ATOM_H

#include <stdint.h>

#include "article/article.h"
#include "base/buffer.h"

#define ATOM_TYPE    "application/atom+xml"
#define ATOM_ENTRIES 20 /* the newest: who comes more seldom than that reads the lists */

/* What is said of the feed as a whole. Borrowed; no string is NULL. */
struct atom_feed {
	const char *site;     /* "gemini://example.org", with its port where that is not 1965 */
	const char *page;     /* decoded path of the list that the feed is of, "/tags/legal-aid" */
	const char *self;     /* decoded path of the feed, "/tags/legal-aid/atom.xml" */
	const char *title;    /* of the list */
	const char *subtitle; /* "" for none */
	const char *author;   /* of articles that name none: the publication's title */
	const char *lang;     /* of articles that name none */
};

/* A feed being put together. */
struct atom {
	const struct atom_feed *feed; /* borrowed until atom_finish() */
	struct buffer entries;
	int64_t updated; /* Unix second of the newest change */
};

void atom_init(struct atom *atom, const struct atom_feed *feed);

/* Adds an article. origin is the decoded path that it had first ("" if it never moved): what the
 * entry is known by, so that a moved article is not read twice. */
void atom_add(struct atom *atom, const struct article *article, const char *origin);

/* Appends the document to out, and releases what atom holds. */
void atom_finish(struct atom *atom, struct buffer *out);

#endif
