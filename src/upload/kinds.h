/*
 * kinds - what may be sent where: MIME types and the endings of names. Pure.
 */
#ifndef UPLOAD_KINDS_H
#define UPLOAD_KINDS_H

#include <stdbool.h>

/* The type of a picture (or PDF) that /images/ takes, by the ending of its name; NULL for others.
 */
const char *kinds_picture(const char *name);

/* The ending for such a type, "png" for "image/png"; NULL for what /images/ does not take. */
const char *kinds_ending(const char *type);

/* Whether type (as Titan says it, parameters and all) is a name of wanted ("image/jpg" is one of
 * "image/jpeg"), or says nothing ("application/octet-stream"). */
bool kinds_is(const char *type, const char *wanted);
bool kinds_is_unsaid(const char *type);
/* Whether type names one that /images/ takes. */
bool kinds_names_picture(const char *type);

/* Whether type is one that articles and drafts may be sent as, in UTF-8. */
bool kinds_is_article(const char *type);
bool kinds_is_markdown(const char *type);

/* Whether a static file of that name, sent as type, is a text. */
bool kinds_is_text(const char *name, const char *type);

#endif
