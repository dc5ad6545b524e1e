/*
 * fences - a `---` that was lost above or below the front matter, so that its keys are text. Pure.
 */
#ifndef ARTICLE_FENCES_H
#define ARTICLE_FENCES_H

#include <stddef.h>

#include "base/buffer.h"

enum fences_lost {
	FENCES_NONE,  /* both are there, or there is nothing that they would stand around */
	FENCES_FIRST, /* the text begins with one of our keys */
	FENCES_LAST,  /* it begins with `---` and one of our keys, and no `---` closes that */
};

struct fences {
	enum fences_lost lost;
	size_t key_count; /* of our keys, one a line without a gap, where front matter begins */
};

/* Looks at a source. `title: …` may be anybody's first sentence: there the closing `---` has to
 * follow the keys; `title = …` tells enough. */
struct fences fences_look(const char *bytes, size_t len);

/* Appends the source with a `---` above the keys and one below them. Something is lost. */
void fences_mend(struct buffer *out, const char *bytes, size_t len);

#endif
