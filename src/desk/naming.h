/*
 * naming - the paths that the desk makes up.
 */
#ifndef DESK_NAMING_H
#define DESK_NAMING_H

#include <stdbool.h>

#include "article/source.h"
#include "desk/office.h"

#define NAMING_PATH_MAX 1100 /* bytes, with the final NUL */

/* The path for an article sent to a folder ("/articles/opinion/"): FOLDER2025/06/SLUG.gmi by the
 * article's date (else today, in the capsule's zone), "-2" and so on if it is taken. source: the
 * article parsed. A folder that ends in a month already gets no other. False with the answer set
 * when no such path can be looked for. */
bool naming_article(struct errand *errand, const char *folder, const struct source *source,
    char out[static NAMING_PATH_MAX]);

/* The path for a draft: /drafts/SLUG.gmi, "-2" if taken. */
bool naming_draft(struct errand *errand, const char *folder, const struct source *source,
    char out[static NAMING_PATH_MAX]);

/* /drafts/STEM-conflict-1.gmi, with the stem of path; kind is "conflict" or "refused". */
bool naming_kept(struct errand *errand, const char *path, const char *kind,
    char out[static NAMING_PATH_MAX]);
/* Whether a draft's path was made by naming_kept() with that kind. */
bool naming_is_kept(const char *path, const char *kind);

/* /images/2025/HASH8.EXT below folder, for bytes with that ending; "-2" if another lies there. */
bool naming_image(struct errand *errand, const char *folder, const char *ending,
    const void *bytes, size_t len, char out[static NAMING_PATH_MAX]);

#endif
