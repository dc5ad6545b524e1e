/*
 * naming - the paths that the desk makes up. Each is free when it is told; when none can be found
 * the answer of the errand is set, and false returned.
 */
#ifndef UPLOAD_NAMING_H
#define UPLOAD_NAMING_H

#include <stdbool.h>
#include <stddef.h>

#include "article/source.h"
#include "upload/office.h"

/* Whether what lies at a path is the very thing that is being named. */
typedef bool naming_is_it(void *context, const char *path);

/* The path for an article sent to a folder: /articles/2025/06/SLUG.gmi by the date it has (else
 * today, in the capsule's zone), "-2" and so on if that is taken. A folder that ends with year and
 * month already is taken as it is. is_it, which may be NULL, is asked of each path that is taken.
 */
bool naming_article(struct errand *errand, const char *folder, const struct source *source,
    naming_is_it *is_it, void *context, char out[static RULES_PATH_MAX]);

/* The same for a draft: /drafts/SLUG.gmi. */
bool naming_draft(struct errand *errand, const char *folder, const struct source *source,
    naming_is_it *is_it, void *context, char out[static RULES_PATH_MAX]);

/* /images/2025/HASH8.EXT below folder, for bytes of that type; if they lie there already, that. */
bool naming_image(struct errand *errand, const char *folder, const char *ending, const void *bytes,
    size_t len, char out[static RULES_PATH_MAX]);

/* Why a text was kept instead of being published. */
enum naming_kept {
	NAMING_CONFLICT, /* somebody else saved in between */
	NAMING_REFUSED,  /* something is wrong with it */
};
/* The draft that keeps a text sent to path: /drafts/clinic-conflict-1.gmi; if these very bytes are
 * kept already, that. */
bool naming_keep(struct errand *errand, const char *path, enum naming_kept why, const void *bytes,
    size_t len, char out[static RULES_PATH_MAX]);
/* Whether naming_keep() made up that path. */
bool naming_is_kept(const char *path, enum naming_kept *out_why);

#endif
