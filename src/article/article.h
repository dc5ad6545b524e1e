/*
 * article - an article as readers see it: the strings of one edition row. A view: who fills it
 * owns the strings and says for how long. No string is NULL; absent ones are "". Lists hold one
 * value a line ("Heidi\nIda"). Nothing from the ini file is in it: an article without an author
 * has authors "", and whoever prints it puts the publication's title there.
 */
#ifndef ARTICLE_ARTICLE_H
#define ARTICLE_ARTICLE_H

#include <stddef.h>
#include <stdint.h>

/* What lists show of an article. */
struct card {
	int64_t id;       /* see article/id.h: order of IDs is order of publication */
	const char *path; /* decoded, "/articles/2025/06/clinic.gmi" */
	const char *date; /* the day shown, YYYY-MM-DD */
	const char *title;
	const char *authors;
	const char *summary; /* given or derived */
	const char *lang;    /* "" = the capsule's */
	const char *image;   /* a URL reference that is right on every page: absolute path or URL */
	const char *image_alt;
	const char *image_credit;
};

struct article {
	struct card card;
	const char *dek;     /* the summary if front matter gave it, else "" */
	const char *updated; /* as timestamp_append() has it, the day shown in front; or "" */
	const char *tags;    /* a list */
	/* Lists as long as tags and card.authors: the last part of the address of each one's list,
	 * empty where it has none. NULL: not known, and guessed from the names. */
	const char *tag_slugs, *author_slugs;
	const char *corrections; /* a list: "2025-06-14 text" */
	const char *body;        /* gemtext as gemtext_put_document() leaves it */
	size_t body_len;
};

#endif
