#include "formats/tree.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#include "base/text.h"

#define ENCODING_WITHIN 4096 /* bytes in which HTML says what encoding it has */

/* --- parsing --- */

/* The encoding to read HTML in: NULL for the one it names. False if it is neither UTF-8 nor named.
 */
static bool
find_encoding(const char *bytes, size_t len, const char **out)
{
	size_t within = len < ENCODING_WITHIN ? len : ENCODING_WITHIN;

	*out = text_is_utf8(bytes, len) ? "UTF-8" : NULL;
	return *out != NULL || memmem(bytes, within, "charset=", strlen("charset=")) != NULL;
}

/* Takes the document out of a parser that has read it, or the reason why there is none. */
static xmlDoc *
take_document(xmlParserCtxt *parser, bool is_html, struct error *err)
{
	xmlDoc *document = parser->myDoc;
	const xmlError *last = xmlCtxtGetLastError(parser);
	bool is_good = document != NULL && (is_html || parser->wellFormed);

	parser->myDoc = NULL;
	if (is_good && parser->disableSAX)
		is_good = error_set(err, "its elements are nested too deeply");
	else if (is_good && xmlDocGetRootElement(document) == NULL)
		is_good = error_set(err, "there is nothing in it");
	else if (is_good && !is_html && document->intSubset != NULL)
		is_good = error_set(err, "it has a document type of its own, which is not read");
	else if (!is_good && last != NULL && last->message != NULL)
		error_set(err, "line %d: %.*s", last->line, (int)strcspn(last->message, "\n"),
		    last->message);
	else if (!is_good)
		error_set(err, "cannot be parsed");
	if (is_good)
		return document;
	xmlFreeDoc(document);
	return NULL;
}

xmlDoc *
tree_open_html(const char *bytes, size_t len, struct error *err)
{
	const int options =
	    HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET;
	const char *encoding;

	if (len == 0 || len > INT_MAX) {
		error_set(err, len == 0 ? "there is nothing in it" : "too large");
		return NULL;
	}
	if (!find_encoding(bytes, len, &encoding)) {
		error_set(err, "neither UTF-8, nor does it say what encoding it has");
		return NULL;
	}
	htmlParserCtxt *parser = htmlNewParserCtxt();
	if (parser == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	xmlDoc *document = htmlCtxtReadMemory(parser, bytes, (int)len, NULL, encoding, options);
	parser->myDoc = document; /* reading took it out */
	document = take_document(parser, true, err);
	htmlFreeParserCtxt(parser);
	return document;
}

xmlDoc *
tree_open_xml(const char *bytes, size_t len, struct error *err)
{
	const int options = XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_NONET;

	if (len == 0 || len > INT_MAX) {
		error_set(err, len == 0 ? "there is nothing in it" : "too large");
		return NULL;
	}
	xmlParserCtxt *parser = xmlNewParserCtxt();
	if (parser == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	parser->myDoc = xmlCtxtReadMemory(parser, bytes, (int)len, NULL, NULL, options);
	xmlDoc *document = take_document(parser, false, err);
	xmlFreeParserCtxt(parser);
	return document;
}

/* --- looking --- */

bool
tree_is(const xmlNode *node, const char *name)
{
	return node->type == XML_ELEMENT_NODE && strcasecmp((const char *)node->name, name) == 0;
}

bool
tree_put_attribute(struct buffer *out, const xmlNode *node, const char *name)
{
	xmlChar *value = xmlGetProp(node, (const xmlChar *)name);

	if (value == NULL)
		return false;
	buffer_puts(out, (const char *)value);
	xmlFree(value);
	return true;
}

bool
tree_has_word(const xmlNode *node, const char *attribute, const char *word)
{
	xmlChar *value = xmlGetProp(node, (const xmlChar *)attribute);
	bool is_found = false;

	for (const char *at = (const char *)value; at != NULL && *at != '\0' && !is_found;) {
		size_t len = strcspn(at, " \t\r\n");

		is_found = len == strlen(word) && strncasecmp(at, word, len) == 0;
		at += len;
		at += strspn(at, " \t\r\n");
	}
	if (value != NULL)
		xmlFree(value);
	return is_found;
}

static bool
is_text(const xmlNode *node)
{
	return node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE;
}

void
tree_put_text(struct buffer *out, const xmlNode *node)
{
	struct buffer words = BUFFER_EMPTY;
	size_t before = out->len;

	for (xmlNode *at = (xmlNode *)node; at != NULL; at = tree_next(at, node, false))
		if (is_text(at) && at->content != NULL)
			buffer_puts(&words, (const char *)at->content);
	for (const char *at = buffer_text(&words); *at != '\0';) {
		size_t len = strcspn(at, " \t\r\n");

		if (len > 0 && out->len > before)
			buffer_putc(out, ' ');
		buffer_append(out, at, len);
		at += len;
		at += strspn(at, " \t\r\n");
	}
	out->failed |= words.failed;
	buffer_free(&words);
}

xmlNode *
tree_next(xmlNode *node, const xmlNode *top, bool leave_out_children)
{
	/* Those of an entity that was not replaced belong to its declaration. */
	if (!leave_out_children && node->children != NULL && node->type != XML_ENTITY_REF_NODE)
		return node->children;
	while (node != top && node->next == NULL)
		node = node->parent;
	return node == top ? NULL : node->next;
}
