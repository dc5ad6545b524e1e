#include "formats/atom.h"

#include <string.h>

#include "base/text.h"
#include "formats/blocks.h"
#include "formats/date.h"
#include "formats/html.h"
#include "formats/tree.h"
#include "gemini/gemtext.h"

static const char namespace[] = "http://www.w3.org/2005/Atom";

/* An entry being read. */
struct entry {
	const xmlNode *node, *feed;
	struct piece *piece;
	bool out_of_memory;
	struct error *err;
};

/* The first child of that name after `after`, or of all if that is NULL. */
static xmlNode *
find_child(const xmlNode *parent, const char *name, const xmlNode *after)
{
	for (xmlNode *node = after == NULL ? parent->children : after->next; node != NULL;
	     node = node->next)
		if (tree_is(node, name) && node->ns != NULL &&
		    strcmp((const char *)node->ns->href, namespace) == 0)
			return node;
	return NULL;
}

/* --- texts --- */

/* Appends a text construct as gemtext. */
static bool
put_construct(struct entry *e, const xmlNode *node, struct buffer *out)
{
	struct buffer type = BUFFER_EMPTY, text = BUFFER_EMPTY;
	const char *title = buffer_text(&e->piece->title);
	bool ok = true;

	tree_put_attribute(&type, node, "type");
	xmlChar *content = xmlNodeGetContent(node);
	const char *bytes = content == NULL ? "" : (const char *)content;
	if (strcmp(buffer_text(&type), "xhtml") == 0) {
		ok = blocks_to_gemtext(node, BLOCKS_OF_SITE, title, out) ||
		     error_set(e->err, "out of memory");
	} else if (text_starts(buffer_text(&type), "html") ||
		   text_starts(buffer_text(&type), "text/html")) {
		ok = html_fragment(bytes, strlen(bytes), title, out, e->err);
	} else if (type.len == 0 || text_starts(type.data, "text")) {
		for (const char *line = bytes; *line != '\0';) {
			size_t len = strcspn(line, "\n");

			buffer_truncate(&text, 0);
			buffer_append(&text, line, len);
			gemtext_put_text(out, buffer_text(&text));
			line += len + (line[len] == '\n');
		}
	} else {
		ok = error_set(
		    e->err, "its content is %s, expected text, html or xhtml", buffer_text(&type));
	}
	xmlFree(content);
	e->out_of_memory |= type.failed || text.failed || out->failed;
	buffer_free(&type);
	buffer_free(&text);
	return ok;
}

/* Appends it as one line, marks dropped. */
static bool
put_construct_line(struct entry *e, const xmlNode *node, struct buffer *out)
{
	struct buffer gemtext = BUFFER_EMPTY;
	bool ok = put_construct(e, node, &gemtext);
	struct gemtext_reader reader = {.rest = gemtext.data, .rest_len = gemtext.len};
	struct gemtext_line line;

	while (ok && gemtext_next(&reader, &line)) {
		if (line.type == GEMTEXT_LINK || line.type == GEMTEXT_TOGGLE || line.text_len == 0)
			continue;
		if (out->len > 0)
			buffer_putc(out, ' ');
		text_append_line(out, line.text, line.text_len);
	}
	e->out_of_memory |= gemtext.failed || out->failed;
	buffer_free(&gemtext);
	return ok;
}

/* --- the parts of an entry --- */

static bool
read_date(struct entry *e, const char *name, bool *out_has, struct timestamp *out)
{
	const xmlNode *node = find_child(e->node, name, NULL);
	struct buffer text = BUFFER_EMPTY;

	if (node == NULL)
		return true;
	tree_put_text(&text, node);
	*out_has = date_read(buffer_text(&text), out);
	bool ok =
	    *out_has || error_set(e->err, "%s is `%s`, expected a date like 2025-06-13T09:30:00Z",
			    name, buffer_text(&text));
	buffer_free(&text);
	return ok;
}

static bool
read_dates(struct entry *e)
{
	struct piece *piece = e->piece;

	if (!read_date(e, "published", &piece->has_date, &piece->date) ||
	    !read_date(e, "updated", &piece->has_updated, &piece->updated))
		return false;
	if (piece->has_date && piece->has_updated && piece->date.year == piece->updated.year &&
	    piece->date.month == piece->updated.month && piece->date.day == piece->updated.day)
		piece->has_updated = false; /* saved again on its first day */
	if (!piece->has_date && piece->has_updated) {
		piece->date = piece->updated;
		piece->has_date = true;
		piece->has_updated = false;
	}
	return true;
}

static void
read_authors(struct entry *e)
{
	const xmlNode *from = find_child(e->node, "author", NULL) != NULL ? e->node : e->feed;

	for (xmlNode *author = find_child(from, "author", NULL); author != NULL;
	     author = find_child(from, "author", author)) {
		const xmlNode *node = find_child(author, "name", NULL);
		struct buffer name = BUFFER_EMPTY;

		if (node != NULL)
			tree_put_text(&name, node);
		if (name.len > 0)
			e->out_of_memory |= !strings_add(&e->piece->authors, name.data);
		e->out_of_memory |= name.failed;
		buffer_free(&name);
	}
}

static void
read_tags(struct entry *e)
{
	for (xmlNode *node = find_child(e->node, "category", NULL); node != NULL;
	     node = find_child(e->node, "category", node)) {
		struct buffer tag = BUFFER_EMPTY;

		if (!tree_put_attribute(&tag, node, "label"))
			tree_put_attribute(&tag, node, "term");
		for (size_t i = 0; i < tag.len; i++) /* it would part two tags */
			if (tag.data[i] == ',')
				tag.data[i] = ' ';
		if (tag.len > 0)
			e->out_of_memory |= !strings_add(&e->piece->tags, tag.data);
		e->out_of_memory |= tag.failed;
		buffer_free(&tag);
	}
}

static void
read_address(struct entry *e)
{
	for (xmlNode *node = find_child(e->node, "link", NULL); node != NULL;
	     node = find_child(e->node, "link", node)) {
		struct buffer href = BUFFER_EMPTY;
		bool is_page = xmlHasProp(node, (const xmlChar *)"rel") == NULL ||
			       tree_has_word(node, "rel", "alternate");

		if (is_page && tree_put_attribute(&href, node, "href") && href.len > 0)
			e->out_of_memory |= !strings_add(&e->piece->addresses, href.data);
		e->out_of_memory |= href.failed;
		buffer_free(&href);
	}
}

static void
read_language(struct entry *e)
{
	xmlChar *lang = xmlNodeGetLang(e->node);

	if (lang != NULL)
		buffer_puts(&e->piece->lang, (const char *)lang);
	xmlFree(lang);
}

/* Content is the text; a summary beside it the dek, alone the text. */
static bool
read_texts(struct entry *e)
{
	const xmlNode *content = find_child(e->node, "content", NULL);
	const xmlNode *summary = find_child(e->node, "summary", NULL);

	if (content != NULL && xmlHasProp(content, (const xmlChar *)"src") != NULL)
		content = NULL; /* it lies elsewhere */
	if (content == NULL && summary == NULL)
		return error_set(e->err, "it has neither content nor summary");
	if (content != NULL && summary != NULL &&
	    !put_construct_line(e, summary, &e->piece->summary))
		return false;
	return put_construct(e, content != NULL ? content : summary, &e->piece->body);
}

static bool
read_entry(struct entry *e)
{
	const xmlNode *title = find_child(e->node, "title", NULL);

	if (title != NULL && !put_construct_line(e, title, &e->piece->title))
		return false;
	if (e->piece->title.len == 0)
		return error_set(e->err, "it has no title");
	read_authors(e);
	read_tags(e);
	read_address(e);
	read_language(e);
	return read_dates(e) && read_texts(e);
}

static bool
add_entry(const xmlNode *feed, const xmlNode *node, size_t number, struct pieces *out)
{
	struct error why = {""};
	struct entry entry = {.node = node, .feed = feed, .piece = pieces_add(out), .err = &why};

	if (entry.piece == NULL)
		return false;
	if (!read_entry(&entry))
		buffer_printf(&entry.piece->refusal, "entry %zu (%s): %s", number,
		    buffer_text(&entry.piece->title), why.text);
	return !entry.out_of_memory && !entry.piece->refusal.failed;
}

bool
atom_read(const char *bytes, size_t len, struct pieces *out, struct error *err)
{
	xmlDoc *document = tree_open_xml(bytes, len, err);
	const xmlNode *feed = document == NULL ? NULL : xmlDocGetRootElement(document);
	size_t number = 0;
	bool ok = true;

	if (document == NULL)
		return false;
	if (!tree_is(feed, "feed") || feed->ns == NULL ||
	    strcmp((const char *)feed->ns->href, namespace) != 0)
		ok = error_set(err, "its root is <%s>, expected <feed xmlns=\"%s\">",
		    (const char *)feed->name, namespace);
	for (xmlNode *node = ok ? find_child(feed, "entry", NULL) : NULL; ok && node != NULL;
	     node = find_child(feed, "entry", node))
		ok = add_entry(feed, node, ++number, out) || error_set(err, "out of memory");
	if (ok && number == 0)
		ok = error_set(err, "there is no entry in it");
	xmlFreeDoc(document);
	return ok;
}
