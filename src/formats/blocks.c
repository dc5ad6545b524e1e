#include "formats/blocks.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "article/reference.h"
#include "base/array.h"
#include "base/text.h"
#include "formats/tree.h"
#include "gemini/gemtext.h"

#define DEEPEST_HEADING 3          /* gemtext has no more */
#define LISTS_MAX       16         /* lists within lists that are told apart */
#define NUMBER_MAX      1000000000 /* as in Markdown */

/* A link waiting for the end of its block. */
struct link {
	struct buffer url, label;
	bool is_picture;
};

enum above { ABOVE_NOTHING, ABOVE_ITEM, ABOVE_BLOCK };

struct converter {
	enum blocks_of origin;
	const char *title;
	struct buffer *out;
	enum above above;
	struct buffer words; /* of the line being read; LF is a hard break */
	int heading;         /* level, or 0 */
	size_t quote_depth, row_depth;
	size_t list_depth;
	int numbers[LISTS_MAX]; /* of the next item; 0 in a list without numbers */
	bool is_item_start;     /* the next line has the mark of an item */
	struct link *links;
	size_t link_count, link_capacity;
	const xmlNode *anchor; /* the link being read, or NULL */
	size_t anchor_words;   /* where its label begins in words */
	bool out_of_memory;
};

/* --- lines --- */

static void
open_block(struct converter *c, enum above kind)
{
	if (c->above != ABOVE_NOTHING && (kind != ABOVE_ITEM || c->above != ABOVE_ITEM))
		buffer_putc(c->out, '\n');
	c->above = kind;
}

static size_t
list_at(const struct converter *c)
{
	return (c->list_depth < LISTS_MAX ? c->list_depth : LISTS_MAX) - 1;
}

/* A mark in front of the line, if it is an item's first. */
static void
put_marked(struct converter *c, const char *text)
{
	if (c->quote_depth > 0)
		buffer_puts(c->out, "> ");
	if (c->is_item_start && c->numbers[list_at(c)] > 0)
		buffer_printf(c->out, "%d. ", c->numbers[list_at(c)]++);
	else if (c->is_item_start)
		buffer_puts(c->out, "* ");
	c->is_item_start = false;
	text_append_line(c->out, text, strlen(text));
	buffer_putc(c->out, '\n');
}

static void
put_line(struct converter *c, const char *text)
{
	if (c->quote_depth > 0 || c->is_item_start)
		put_marked(c, text);
	else
		gemtext_put_text(c->out, text);
}

/* A paragraph that is but a link would say everything twice. */
static bool
is_only_a_link(const struct converter *c, const char *words)
{
	return c->link_count == 1 && c->quote_depth == 0 && c->list_depth == 0 &&
	       strcmp(buffer_text(&c->links[0].label), words) == 0;
}

/* Ends the line being read. */
static void
put_words(struct converter *c)
{
	bool is_in_list = c->list_depth > 0 || c->quote_depth > 0 || c->row_depth > 0;
	char *rest = c->words.data, *line;

	while (c->words.len > 0 && strchr(" \n", c->words.data[c->words.len - 1]) != NULL)
		buffer_truncate(&c->words, c->words.len - 1);
	if (c->words.len == 0 || is_only_a_link(c, c->words.data)) {
		buffer_truncate(&c->words, 0);
		return;
	}
	if (c->heading > 0 && strcmp(c->words.data, c->title) == 0) {
		buffer_truncate(&c->words, 0);
		return;
	}
	open_block(c, is_in_list ? ABOVE_ITEM : ABOVE_BLOCK);
	if (c->heading > 0 && !is_in_list)
		gemtext_put_heading(
		    c->out, c->heading < DEEPEST_HEADING ? c->heading : DEEPEST_HEADING, rest);
	else
		while ((line = strsep(&rest, "\n")) != NULL)
			put_line(c, line);
	buffer_truncate(&c->words, 0);
}

/* --- links --- */

static void
drop_links(struct converter *c)
{
	for (size_t i = 0; i < c->link_count; i++) {
		c->out_of_memory |= c->links[i].url.failed || c->links[i].label.failed;
		buffer_free(&c->links[i].url);
		buffer_free(&c->links[i].label);
	}
	c->link_count = 0;
}

static void
put_links(struct converter *c)
{
	if (c->link_count > 0)
		open_block(c, ABOVE_BLOCK);
	for (size_t i = 0; i < c->link_count; i++) {
		const struct link *link = &c->links[i];

		gemtext_put_link(c->out, buffer_text(&link->url),
		    link->is_picture && link->label.len == 0 ? "Picture"
							     : buffer_text(&link->label));
	}
	drop_links(c);
}

/* Whether there is something to go to. */
static bool
leads_somewhere(const char *url)
{
	static const char *const no_places[] = {"#", "javascript:", "data:", "about:", "vbscript:"};

	for (size_t i = 0; i < sizeof(no_places) / sizeof(no_places[0]); i++)
		if (strncasecmp(url, no_places[i], strlen(no_places[i])) == 0)
			return false;
	return *url != '\0';
}

/* Adds a link unless it leads nowhere. */
static void
add_link(struct converter *c, const char *url, const char *label, bool is_picture)
{
	size_t url_len;

	url += strspn(url, " \t\r\n");
	if (!leads_somewhere(url))
		return;
	for (url_len = strlen(url); strchr(" \t\r\n", url[url_len - 1]) != NULL;)
		url_len--;
	struct link *links = array_room(c->links, c->link_count, &c->link_capacity, sizeof(*links));
	if (links == NULL) {
		c->out_of_memory = true;
		return;
	}
	c->links = links;
	struct link *link = &links[c->link_count++];
	*link = (struct link){.is_picture = is_picture};
	reference_append(&link->url, url, url_len);
	text_append_line(&link->label, label, strlen(label));
}

static void
add_picture(struct converter *c, const xmlNode *node)
{
	struct buffer url = BUFFER_EMPTY, alt = BUFFER_EMPTY;
	bool has_url = tree_put_attribute(&url, node, "src");

	if (!has_url || !leads_somewhere(buffer_text(&url))) { /* shown later, by a script */
		buffer_truncate(&url, 0);
		tree_put_attribute(&url, node, "data-src");
	}
	tree_put_attribute(&alt, node, "alt");
	add_link(c, buffer_text(&url), buffer_text(&alt), true);
	c->out_of_memory |= url.failed || alt.failed;
	buffer_free(&url);
	buffer_free(&alt);
}

/* --- elements --- */

static void
add_text(struct converter *c, const char *text)
{
	struct buffer *to = &c->words;

	for (; *text != '\0'; text++) {
		bool is_blank = strchr(" \t\r\n\f", *text) != NULL;

		if (c->origin == BLOCKS_OF_TEXT && text_starts(text, "\n|"))
			buffer_putc(to, '\n');
		else if (!is_blank)
			buffer_putc(to, *text);
		else if (to->len > 0 && strchr(" \n", to->data[to->len - 1]) == NULL)
			buffer_putc(to, ' ');
	}
}

typedef void handler(struct converter *c, xmlNode *node, bool is_entering);

static void
on_block(struct converter *c, xmlNode *node, bool is_entering)
{
	(void)node;
	(void)is_entering;
	put_words(c);
	if (c->list_depth == 0 && c->quote_depth == 0 && c->row_depth == 0)
		put_links(c);
}

static void
on_heading(struct converter *c, xmlNode *node, bool is_entering)
{
	if (!is_entering)
		put_words(c);
	c->heading = 0;
	on_block(c, node, is_entering);
	if (is_entering)
		c->heading = node->name[1] - '0';
}

static void
on_quote(struct converter *c, xmlNode *node, bool is_entering)
{
	on_block(c, node, is_entering);
	if (is_entering && c->quote_depth++ == 0 && c->above == ABOVE_ITEM)
		c->above = ABOVE_BLOCK;
	if (!is_entering && --c->quote_depth == 0 && c->list_depth == 0) {
		c->above = c->above == ABOVE_NOTHING ? ABOVE_NOTHING : ABOVE_BLOCK;
		put_links(c);
	}
}

/* Of the items of a list. */
static int
first_number(const xmlNode *list)
{
	struct buffer start = BUFFER_EMPTY;
	long number = 0;

	if (tree_put_attribute(&start, list, "start"))
		number = strtol(buffer_text(&start), NULL, 10);
	buffer_free(&start);
	return number > 0 && number < NUMBER_MAX ? (int)number : 1;
}

static void
on_list(struct converter *c, xmlNode *node, bool is_entering)
{
	on_block(c, node, is_entering);
	c->is_item_start = false;
	if (!is_entering) {
		if (--c->list_depth == 0 && c->quote_depth == 0) {
			c->above = c->above == ABOVE_NOTHING ? ABOVE_NOTHING : ABOVE_BLOCK;
			put_links(c);
		}
		return;
	}
	c->list_depth++;
	c->numbers[list_at(c)] = tree_is(node, "ol") ? first_number(node) : 0;
}

static void
on_item(struct converter *c, xmlNode *node, bool is_entering)
{
	on_block(c, node, is_entering);
	c->is_item_start = is_entering && c->list_depth > 0;
}

static void
on_row(struct converter *c, xmlNode *node, bool is_entering)
{
	if (is_entering) {
		on_block(c, node, true);
		c->row_depth++;
	} else {
		put_words(c);
		c->row_depth--;
	}
}

static void
on_table(struct converter *c, xmlNode *node, bool is_entering)
{
	on_block(c, node, is_entering);
	if (c->above == ABOVE_ITEM && c->list_depth == 0)
		c->above = ABOVE_BLOCK;
}

static void
on_cell(struct converter *c, xmlNode *node, bool is_entering)
{
	(void)node;
	if (is_entering && c->words.len > 0)
		buffer_puts(&c->words, " | ");
}

static void
on_break(struct converter *c, xmlNode *node, bool is_entering)
{
	(void)node;
	if (is_entering && c->words.len > 0)
		buffer_putc(&c->words, c->heading > 0 ? ' ' : '\n');
}

static void
on_rule(struct converter *c, xmlNode *node, bool is_entering)
{
	on_block(c, node, is_entering);
	if (is_entering) {
		open_block(c, ABOVE_BLOCK);
		buffer_puts(c->out, "---\n");
	}
}

/* What language a listing is in, as programs write it: <pre><code class="language-c">. */
static void
put_language(struct buffer *out, const xmlNode *listing)
{
	static const char prefix[] = "language-";
	struct buffer class = BUFFER_EMPTY;

	for (const xmlNode *node = listing->children; node != NULL; node = node->next)
		if (tree_is(node, "code") && class.len == 0)
			tree_put_attribute(&class, node, "class");
	if (text_starts(buffer_text(&class), prefix)) {
		const char *name = class.data + strlen(prefix);

		buffer_append(out, name, strcspn(name, " \t\r\n"));
	}
	out->failed |= class.failed;
	buffer_free(&class);
}

static void
on_preformatted(struct converter *c, xmlNode *node, bool is_entering)
{
	struct buffer alt = BUFFER_EMPTY;

	if (!is_entering)
		return;
	on_block(c, node, true);
	put_language(&alt, node);
	xmlChar *text = xmlNodeGetContent(node);
	open_block(c, ABOVE_BLOCK);
	if (text != NULL)
		gemtext_put_preformatted(
		    c->out, buffer_text(&alt), (const char *)text, strlen((const char *)text));
	c->out_of_memory |= alt.failed;
	buffer_free(&alt);
	xmlFree(text);
}

static void
on_anchor(struct converter *c, xmlNode *node, bool is_entering)
{
	struct buffer url = BUFFER_EMPTY;

	if (is_entering && c->anchor == NULL) {
		c->anchor = node;
		c->anchor_words = c->words.len;
	} else if (!is_entering && c->anchor == node) {
		size_t start = c->anchor_words < c->words.len ? c->anchor_words : c->words.len;
		const char *label = buffer_text(&c->words) + start;

		c->anchor = NULL;
		/* Without words it stands around a picture, which is a link itself. */
		if (strspn(label, " \n") < strlen(label) && tree_put_attribute(&url, node, "href"))
			add_link(c, buffer_text(&url), label, false);
	}
	c->out_of_memory |= url.failed;
	buffer_free(&url);
}

static void
on_picture(struct converter *c, xmlNode *node, bool is_entering)
{
	if (is_entering)
		add_picture(c, node);
}

/* Appends where what an element shows lies. False if it does not say. */
static bool
put_source(struct buffer *out, const xmlNode *element)
{
	if (tree_put_attribute(out, element, "src") || tree_put_attribute(out, element, "data"))
		return true;
	for (xmlNode *node = element->children; node != NULL; node = tree_next(node, element, true))
		if (tree_is(node, "source") && tree_put_attribute(out, node, "src"))
			return true;
	return false;
}

static void
on_embedded(struct converter *c, xmlNode *node, bool is_entering)
{
	struct buffer url = BUFFER_EMPTY, label = BUFFER_EMPTY;

	if (is_entering && put_source(&url, node)) {
		if (!tree_put_attribute(&label, node, "title"))
			buffer_puts(&label, tree_is(node, "video")   ? "Video"
					    : tree_is(node, "audio") ? "Audio"
								     : "Embedded page");
		add_link(c, buffer_text(&url), buffer_text(&label), false);
	}
	c->out_of_memory |= url.failed || label.failed;
	buffer_free(&url);
	buffer_free(&label);
}

/* What stands below a picture without words of its own is taken for them. */
static void
on_caption(struct converter *c, xmlNode *node, bool is_entering)
{
	struct link *last = c->link_count > 0 ? &c->links[c->link_count - 1] : NULL;

	if (is_entering) {
		put_words(c);
	} else if (last != NULL && last->is_picture && last->label.len == 0) {
		text_append_line(&last->label, buffer_text(&c->words), c->words.len);
		buffer_truncate(&c->words, 0);
	} else {
		on_block(c, node, false);
	}
}

#define EMBEDDED " iframe video audio embed object "

static const struct {
	const char *names; /* with a blank before and behind each */
	handler *handle;
} handlers[] = {
    {" p div section article main header figure dl dt dd address details summary center tbody ",
	on_block},
    {" h1 h2 h3 h4 h5 h6 ", on_heading},
    {" ul ol menu ", on_list},
    {" li ", on_item},
    {" blockquote ", on_quote},
    {" pre ", on_preformatted},
    {" table ", on_table},
    {" tr ", on_row},
    {" td th ", on_cell},
    {" br ", on_break},
    {" hr ", on_rule},
    {" a ", on_anchor},
    {" img ", on_picture},
    {EMBEDDED, on_embedded},
    {" figcaption ", on_caption},
};

/* Whether the element's name is among them. */
static bool
is_among(const char *names, const xmlNode *node)
{
	const char *name = (const char *)node->name;
	size_t len = strlen(name);

	for (const char *at = names; (at = strchr(at, ' ')) != NULL && at[1] != '\0'; at++)
		if (strncasecmp(at + 1, name, len) == 0 && at[1 + len] == ' ')
			return true;
	return false;
}

/* Whether the element and what is below it is no part of a text. */
static bool
leaves_out(const struct converter *c, const xmlNode *node)
{
	static const char no_text[] =
	    " script style template svg select input textarea head title canvas ";
	static const char furniture[] =
	    " nav noscript math form button aside footer dialog" EMBEDDED;
	static const char *const classes[] = {"byline", "post-meta", "entry-meta", "share",
	    "sharing", "social", "related", "comments", "breadcrumbs", "breadcrumb", "navigation"};

	if (node->type != XML_ELEMENT_NODE)
		return node->type == XML_COMMENT_NODE || node->type == XML_PI_NODE;
	if (is_among(no_text, node) || xmlHasProp(node, (const xmlChar *)"hidden") != NULL ||
	    tree_has_word(node, "aria-hidden", "true"))
		return true;
	if (c->origin == BLOCKS_OF_TEXT)
		return false;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (tree_has_word(node, "class", classes[i]))
			return true;
	return is_among(furniture, node);
}

/* Whether the element is done with when it begins: what is in it has been taken, or stands there
 * only for who cannot see it. */
static bool
is_taken_whole(const xmlNode *node)
{
	struct buffer url = BUFFER_EMPTY;
	bool is_whole =
	    tree_is(node, "pre") || (is_among(EMBEDDED, node) && put_source(&url, node));

	buffer_free(&url);
	return is_whole;
}

static handler *
find_handler(const xmlNode *node)
{
	for (size_t i = 0; i < sizeof(handlers) / sizeof(handlers[0]); i++)
		if (node->type == XML_ELEMENT_NODE && is_among(handlers[i].names, node))
			return handlers[i].handle;
	return NULL;
}

static void
visit(struct converter *c, xmlNode *node, bool is_entering)
{
	handler *handle = find_handler(node);

	if (handle != NULL)
		handle(c, node, is_entering);
	else if (is_entering && node->content != NULL &&
		 (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE))
		add_text(c, (const char *)node->content);
}

/* Visits what is below top, each element when it begins and when it ends. */
static void
walk(struct converter *c, const xmlNode *top)
{
	xmlNode *node = top->children;

	while (node != NULL && node != top) {
		bool is_left_out = leaves_out(c, node);

		if (!is_left_out)
			visit(c, node, true);
		if (!is_left_out && node->type == XML_ELEMENT_NODE && node->children != NULL &&
		    !is_taken_whole(node)) {
			node = node->children;
			continue;
		}
		if (!is_left_out)
			visit(c, node, false);
		while (node != top && node->next == NULL) {
			node = node->parent;
			if (node != top)
				visit(c, node, false);
		}
		if (node != top)
			node = node->next;
	}
	put_words(c);
	put_links(c);
}

bool
blocks_to_gemtext(const xmlNode *top, enum blocks_of origin, const char *title, struct buffer *out)
{
	struct buffer gemtext = BUFFER_EMPTY;
	struct converter c = {.origin = origin, .title = title, .out = &gemtext};

	walk(&c, top);
	gemtext_put_document(out, buffer_text(&gemtext), gemtext.len);
	c.out_of_memory |= gemtext.failed || out->failed || c.words.failed;
	buffer_free(&gemtext);
	buffer_free(&c.words);
	free(c.links);
	return !c.out_of_memory;
}
