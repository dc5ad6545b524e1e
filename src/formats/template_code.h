/*
 * template_code - one piece of template code as it stands in a text. Pure; it copies nothing.
 *
 *	{{< figure src="a.png" >}}    Hugo
 *	{{% notice %}}                Hugo
 *	{{ youtube(id="x") }}         Zola; and what Liquid and Nunjucks print
 *	{% include a.html b="c" %}    Liquid, Nunjucks
 *	{# words #}                   Nunjucks
 */
#ifndef FORMATS_TEMPLATE_CODE_H
#define FORMATS_TEMPLATE_CODE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

#define TEMPLATE_ARGUMENTS_MAX 16

enum template_kind {
	TEMPLATE_SHORTCODE, /* {{< >}} */
	TEMPLATE_MARKDOWN,  /* {{% %}} */
	TEMPLATE_OUTPUT,    /* {{ }} */
	TEMPLATE_TAG,       /* {% %} */
	TEMPLATE_COMMENT,   /* {# #} */
	TEMPLATE_KINDS,
};

struct template_argument {
	const char *key; /* of `key=value` */
	size_t key_len;  /* 0: it has none */
	const char *value;
	size_t value_len;
	char quote; /* that stood around the value, or NUL */
};

/* Borrowed from the text. */
struct template_code {
	enum template_kind kind;
	size_t len;        /* of all of it */
	const char *inner; /* what stands between its signs, blanks taken off */
	size_t inner_len;
	bool is_literal; /* as Hugo writes what is not to be run; inner is what to show */
	bool is_closing; /* {{< /name >}} */
	const char *name;
	size_t name_len;
	struct template_argument arguments[TEMPLATE_ARGUMENTS_MAX];
	size_t argument_count;
	bool is_odd; /* the arguments cannot be read, or are too many */
};

/* Whether text begins with template code, which is then in *out. Kinds that nothing closes from
 * here on are remembered in is_never_closed, and not looked for again. */
bool template_code_read(const char *text, size_t len, bool is_never_closed[static TEMPLATE_KINDS],
    struct template_code *out);

/* Appends code that is_literal as a reader is to see it. */
void template_put_shown(struct buffer *out, const struct template_code *code);

/* Whether name[0..len) is one of the names, which have a blank before and behind each; case is
 * ignored. */
bool template_is_among(const char *names, const char *name, size_t len);

/* The argument with one of these keys, or NULL. */
const struct template_argument *template_argument(
    const struct template_code *code, const char *keys);
/* The argument that is the at-th of those without a key, from 0, or NULL. */
const struct template_argument *template_position(const struct template_code *code, size_t at);

/* Appends the value as one line. */
void template_put_value(struct buffer *out, const struct template_argument *argument);

#endif
