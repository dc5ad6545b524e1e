/*
 * rules - who may write where: the table of section 5 of the design. Pure.
 */
#ifndef UPLOAD_RULES_H
#define UPLOAD_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "gemini/response.h"
#include "gemini/url.h"

#define RULES_NAME_MAX    255            /* bytes of a file name */
#define RULES_FOLDERS_MAX 16             /* above something new: each is made, and watched */
#define RULES_PATH_MAX    (URL_MAX + 64) /* bytes of a path that the desk works with, NUL included */

enum rules_place {
	RULES_ARTICLE,        /* /articles/…/x.gmi or .md */
	RULES_ARTICLE_FOLDER, /* /articles/ or a folder below: a path is made there */
	RULES_DRAFT,          /* /drafts/x.gmi or .md */
	RULES_DRAFT_FOLDER,
	RULES_IMAGE, /* /images/x.png */
	RULES_IMAGE_FOLDER,
	RULES_STATIC,    /* any other file */
	RULES_FORBIDDEN, /* nobody may write there: `reason` says why, and what to do */
	RULES_PLACE_COUNT
};

/* Whose the file is that lies there. */
enum rules_holder {
	RULES_NEW,   /* nothing lies there */
	RULES_OWN,   /* its `editor` is the one who asks */
	RULES_OTHER, /* somebody else's, or nobody's */
	RULES_HOLDER_COUNT
};

/* Where a path leads. */
struct rules_target {
	enum rules_place place;
	char path[RULES_PATH_MAX]; /* decoded; ".gmi" added to an article or draft without ending */
	const char *reason;        /* of RULES_FORBIDDEN, static; else NULL */
};

/* Finds out where a decoded path leads. */
void rules_read_path(const char *path, struct rules_target *out);

/* Whether the server itself makes that page, whatever file may lie there. */
bool rules_is_generated(const char *path);

/* How many folders stand in a path: of "/articles/x.gmi" and of "/articles/" it is one. */
size_t rules_folders_in(const char *path);

/* NULL if that role may write there. Else what to do, static, for a meta line, with the status
 * (50 or 61) it belongs to. */
const char *rules_refusal(enum editor_role role, const struct rules_target *target,
    enum rules_holder holder, enum gemini_status *out_status);

#endif
