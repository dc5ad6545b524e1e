/*
 * markdown_tree - a document parsed by cmark. cmark ends the program when there is no memory;
 * here that is an answer like any other.
 */
#ifndef ARTICLE_MARKDOWN_TREE_H
#define ARTICLE_MARKDOWN_TREE_H

#include <cmark.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

struct markdown_tree {
	cmark_iter *steps;            /* walks the whole tree, once */
	struct markdown_block *owned; /* every piece of memory that cmark has asked for */
};

/* False if out of memory; there is then nothing to close. */
bool markdown_tree_open(struct markdown_tree *tree, const char *bytes, size_t len);
/* Appends the tree as HTML, raw HTML as it stands. False if out of memory. */
bool markdown_tree_put_html(struct markdown_tree *tree, struct buffer *out);
void markdown_tree_close(struct markdown_tree *tree);

#endif
