/*
 * lines - what the pages of the desk are written with: link lines, times, texts shown as they are.
 */
#ifndef DESK_LINES_H
#define DESK_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "article/source.h"
#include "base/buffer.h"
#include "upload/office.h"

/* Begins a page of the desk: its heading, printf-like, and an empty line. */
void lines_begin(struct errand *errand, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Each writes a line into the answer's body. path is decoded; label may be anybody's text, and so
 * may what else is to be shown: marks that change its direction are left out, as they would change
 * that of our own words, too. */

void lines_put_heading(struct errand *errand, int level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* `=> PREFIX/PATH label`, prefix being "" or, say, "/desk/preview". A page about a picture gets a
 * "/" at its end, so that no client takes it for the picture. */
void lines_put_link(struct errand *errand, const char *prefix, const char *path, const char *label);
/* The same with `rest`, which is a URL already, behind the path: "/REV" or "?COMMIT". */
void lines_put_link_to(struct errand *errand, const char *prefix, const char *path,
    const char *rest, const char *label);
/* `=> titan://HOST/PATH;edit label`: opens a window to write in. */
void lines_put_edit(struct errand *errand, const char *path, const char *label);
/* A link to what is at a path: as readers see it, or its preview if they do not. Nothing if nothing
 * is there. */
void lines_put_place(struct errand *errand, const char *path);
/* A line of text, printf-like, that stays one whatever it begins with. */
void lines_put_text(struct errand *errand, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Appends a preformatted block that holds bytes[0..len), which may be anything: no line of it can
 * end the block. alt tells those who do not see it what it is. */
void lines_put_preformatted(struct buffer *out, const char *alt, const char *bytes, size_t len);

/* Writes how two texts differ, as a preformatted unified diff, or that they do not. On trouble the
 * answer is set instead. */
void lines_put_diff(struct errand *errand, const char *old_name, const struct buffer *old,
    const char *new_name, const struct buffer *new);

/* Appends what the capsule's clock shows then: "2025-06-13", or "2025-06-13 09:30". */
void lines_put_day(const struct errand *errand, struct buffer *out, int64_t seconds);
void lines_put_minute(const struct errand *errand, struct buffer *out, int64_t seconds);
/* The day shown of an article: the one written, in its own zone; without one that of published. */
void lines_put_date(const struct errand *errand, struct buffer *out, const struct source *source,
    int64_t published);
/* The minute of a commit, perhaps abbreviated; the commit itself if it cannot be told. */
void lines_put_version(const struct errand *errand, struct buffer *out, const char *commit);

#endif
