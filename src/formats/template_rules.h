/*
 * template_rules - what template code means where its meaning is clear: a picture, a film, a link,
 * a listing. Pure.
 */
#ifndef FORMATS_TEMPLATE_RULES_H
#define FORMATS_TEMPLATE_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "formats/template_code.h"

#define TEMPLATE_BLOCKS 3 /* rules whose code has an end of its own */

/* A text in which template code was found. */
struct template_place {
	const char *rest; /* what follows the code; a rule may take from it */
	size_t len;
	size_t literal_len;     /* of what follows that is to be left as it is, */
	size_t literal_end_len; /* and of the code that ends it */
	bool is_never_ended[TEMPLATE_BLOCKS][TEMPLATE_KINDS]; /* from here on */
	bool is_html;                                         /* it stands in a block of HTML */
	struct buffer *out;                                   /* Markdown up to here */
};

/* Appends as Markdown what the code means. False if that is not known: nothing was done. */
bool template_rules_apply(struct template_place *place, const struct template_code *code);

#endif
