/*
 * tree - HTML and XML documents as libxml2 parses them, fetching nothing. Pure.
 */
#ifndef FORMATS_TREE_H
#define FORMATS_TREE_H

#include <libxml/tree.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "base/error.h"

/* Parses what passes for HTML. It is UTF-8, or says itself what it is. NULL with the reason:
 * another encoding, elements nested too deeply, nothing in it, out of memory. The caller frees the
 * document with xmlFreeDoc(). */
xmlDoc *tree_open_html(const char *bytes, size_t len, struct error *err);
/* The same for XML, which must be well-formed and have no document type of its own. */
xmlDoc *tree_open_xml(const char *bytes, size_t len, struct error *err);

/* Whether node is an element of that name, whatever its namespace; case is ignored. */
bool tree_is(const xmlNode *node, const char *name);

/* Appends the attribute's value. False if there is none. */
bool tree_put_attribute(struct buffer *out, const xmlNode *node, const char *name);

/* Whether one of the words of the attribute is that word; case is ignored. */
bool tree_has_word(const xmlNode *node, const char *attribute, const char *word);

/* Appends the text of node and all below it as one line, blanks made single. */
void tree_put_text(struct buffer *out, const xmlNode *node);

/* The node after `node` below top, in the order of the document: its first child unless the
 * children are to be left out. NULL at the end. */
xmlNode *tree_next(xmlNode *node, const xmlNode *top, bool leave_out_children);

#endif
