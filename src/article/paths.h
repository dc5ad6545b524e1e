/*
 * paths - what a path of a capsule is, in one table: whoever serves, prints, checks, lists or takes
 * an upload asks here. A path is decoded and begins with "/", as a request has it; that of a file
 * below the capsule root is the same. Pure.
 */
#ifndef ARTICLE_PATHS_H
#define ARTICLE_PATHS_H

#include <stdbool.h>

/* The first that fits. Where no page is named, a request for it is 51, whatever file lies there. */
enum path_kind {
	PATH_HIDDEN,    /* a name begins with "." (but /.well-known) or is empty ("//") */
	PATH_DRAFT,     /* /drafts and all below: seen through the desk alone */
	PATH_GENERATED, /* a page that we make, or a name kept for such */
	PATH_NEWS, /* the pages of the list at /news/, which is there if a front page of one's own
		    * takes its place at /: PATH_GENERATED then, else PATH_FILE */
	PATH_IN_NEWS,  /* anything else below /news/: hidden by that list, or PATH_FILE */
	PATH_FRAME,    /* header.gmi, footer.gmi: put around other pages */
	PATH_ARTICLE,  /* a source below /articles/: served as the page printed from it */
	PATH_MISNAMED, /* below /articles/, nearly the name of a source: neither printed nor served
			*/
	PATH_FILE,     /* served as it lies there; a folder by its index or list */
};

enum path_kind paths_kind(const char *path);

/* What hides a file there, static, for a message: "/tags/" of "/tags/x". NULL unless the kind is
 * PATH_GENERATED, PATH_NEWS or PATH_IN_NEWS. */
const char *paths_maker(const char *path);

/* Whether the last name is one of a text that may be printed: .gmi or .md, and no frame. */
bool paths_is_text(const char *path);

/* Files that are served for the folder they lie in, the first that is there; of the root: the front
 * page of one's own. */
#define PATHS_INDEX_COUNT 2
extern const char *const paths_index[PATHS_INDEX_COUNT];

#endif
