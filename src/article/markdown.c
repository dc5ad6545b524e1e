#include "article/markdown.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "article/markdown_html.h"
#include "article/markdown_tree.h"
#include "article/reference.h"
#include "base/text.h"
#include "gemini/gemtext.h"

#define DEEPEST_HEADING 3 /* gemtext has no more */

/* A link waiting for the end of its block: where its strings begin in link_text. */
struct link {
	size_t url, label;
};

/* What stands above the line to come. */
enum above { ABOVE_NOTHING, ABOVE_ITEM, ABOVE_BLOCK };

struct converter {
	struct buffer *out;
	enum above above;
	size_t quote_depth;
	struct buffer marker; /* "* " or "3. " for the next line, or empty */
	struct buffer words;  /* of the block being read; LF is a hard break */
	bool is_in_link;
	struct buffer link_label;
	size_t image_depth; /* images may hold images: the outermost counts */
	struct buffer image_label;
	struct buffer link_text; /* strings, each with its NUL */
	struct link *links;
	size_t link_count, link_cap;
	size_t html_line;
	bool out_of_memory;
};

typedef void handler(struct converter *c, cmark_node *node, bool is_entering);

static void
open_block(struct converter *c, enum above kind)
{
	bool is_next_item = kind == ABOVE_ITEM && c->above == ABOVE_ITEM;

	if (c->above != ABOVE_NOTHING && !is_next_item)
		buffer_putc(c->out, '\n');
	c->above = kind;
}

/* Links. They are gathered as they come and printed below their block. */

static void
add_link(struct converter *c, const char *url, const char *label)
{
	struct link link = {.url = c->link_text.len};

	if (*url == '\0' || *url == '#') /* the same page: there is nothing to go to */
		return;
	if (c->link_count == c->link_cap) {
		size_t cap = c->link_cap == 0 ? 16 : 2 * c->link_cap;
		struct link *grown = realloc(c->links, cap * sizeof(*grown));

		if (grown == NULL) {
			c->out_of_memory = true;
			return;
		}
		c->links = grown;
		c->link_cap = cap;
	}
	reference_append(&c->link_text, url, strlen(url));
	buffer_putc(&c->link_text, '\0');
	link.label = c->link_text.len;
	buffer_append(&c->link_text, label, strlen(label) + 1);
	c->links[c->link_count++] = link;
}

static int
by_url(const void *left, const void *right, void *text)
{
	const struct link *a = left, *b = right;
	int order = strcmp((const char *)text + a->url, (const char *)text + b->url);

	return order != 0 ? order : (a->url > b->url) - (a->url < b->url);
}

static int
by_appearance(const void *left, const void *right)
{
	const struct link *a = left, *b = right;

	return (a->url > b->url) - (a->url < b->url);
}

/* Keeps the first link to each URL. By sorting: a hostile text may have 100,000 links. */
static void
drop_repeated_links(struct converter *c)
{
	char *text = c->link_text.data;
	size_t kept = 0;

	qsort_r(c->links, c->link_count, sizeof(*c->links), by_url, text);
	for (size_t i = 0; i < c->link_count; i++)
		if (kept == 0 || strcmp(text + c->links[kept - 1].url, text + c->links[i].url) != 0)
			c->links[kept++] = c->links[i];
	c->link_count = kept;
	qsort(c->links, c->link_count, sizeof(*c->links), by_appearance);
}

static void
put_links(struct converter *c)
{
	c->out_of_memory |= c->link_text.failed;
	if (c->link_count > 0 && !c->link_text.failed) {
		drop_repeated_links(c);
		open_block(c, ABOVE_BLOCK);
		for (size_t i = 0; i < c->link_count; i++) {
			const char *url = c->link_text.data + c->links[i].url;
			const char *label = c->link_text.data + c->links[i].label;

			gemtext_put_link(c->out, url, strcmp(url, label) == 0 ? "" : label);
		}
	}
	c->link_count = 0;
	buffer_truncate(&c->link_text, 0);
}

static void
on_link(struct converter *c, cmark_node *node, bool is_entering)
{
	if (c->image_depth > 0)
		return; /* within the words for a picture it is just words */
	c->is_in_link = is_entering;
	if (is_entering)
		buffer_truncate(&c->link_label, 0);
	else
		add_link(c, cmark_node_get_url(node), buffer_text(&c->link_label));
}

static void
on_image(struct converter *c, cmark_node *node, bool is_entering)
{
	if (is_entering) {
		if (c->image_depth++ == 0)
			buffer_truncate(&c->image_label, 0);
		return;
	}
	if (--c->image_depth > 0)
		return;
	if (c->image_label.len == 0)
		buffer_puts(&c->image_label, cmark_node_get_title(node));
	add_link(c, cmark_node_get_url(node), buffer_text(&c->image_label));
}

/* Words: to the labels they belong to, and to the block unless they stand for a picture. */

/* Appends text; a line end in it (written as an entity) is a blank, and two blanks are one. */
static void
append_words(struct buffer *to, const char *text)
{
	bool is_after_blank = to->len == 0 || strchr(" \n", to->data[to->len - 1]) != NULL;

	if (*text == ' ' && is_after_blank)
		text++;
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");

		buffer_append(to, text, len);
		text += len;
		if (*text == '\n') {
			buffer_putc(to, ' ');
			text++;
		}
	}
}

static void
add_words(struct converter *c, const char *text)
{
	if (c->is_in_link)
		append_words(&c->link_label, text);
	if (c->image_depth > 0)
		append_words(&c->image_label, text);
	else
		append_words(&c->words, text);
}

static void
add_line_end(struct converter *c)
{
	if (c->is_in_link || c->image_depth > 0)
		add_words(c, " ");
	else
		buffer_putc(&c->words, '\n');
}

static void
on_text(struct converter *c, cmark_node *node, bool is_entering)
{
	(void)is_entering;
	add_words(c, cmark_node_get_literal(node));
}

static void
on_softbreak(struct converter *c, cmark_node *node, bool is_entering)
{
	cmark_node *next = cmark_node_next(node);
	bool is_table_row = next != NULL && cmark_node_get_type(next) == CMARK_NODE_TEXT &&
			    cmark_node_get_literal(next)[0] == '|';

	(void)is_entering;
	if (is_table_row)
		add_line_end(c);
	else
		add_words(c, " ");
}

static void
on_linebreak(struct converter *c, cmark_node *node, bool is_entering)
{
	(void)node;
	(void)is_entering;
	add_line_end(c);
}

/* Blocks. */

static void
put_line(struct converter *c, const char *text)
{
	if (c->quote_depth == 0 && c->marker.len == 0) {
		gemtext_put_text(c->out, text);
		return;
	}
	if (c->quote_depth > 0)
		buffer_puts(c->out, "> ");
	buffer_puts(c->out, buffer_text(&c->marker));
	text_append_line(c->out, text, strlen(text));
	buffer_putc(c->out, '\n');
	buffer_truncate(&c->marker, 0);
}

static void
put_words(struct converter *c)
{
	char *rest = c->words.data;
	char *line;

	if (c->words.len == 0)
		return;
	open_block(c, c->marker.len > 0 ? ABOVE_ITEM : ABOVE_BLOCK);
	while ((line = strsep(&rest, "\n")) != NULL)
		put_line(c, line);
}

/* A paragraph that is but a link would say everything twice. */
static bool
is_only_a_link(const struct converter *c, cmark_node *paragraph)
{
	cmark_node *child = cmark_node_first_child(paragraph);

	return child != NULL && cmark_node_next(child) == NULL &&
	       cmark_node_get_type(child) == CMARK_NODE_LINK && c->link_count > 0 &&
	       cmark_node_get_type(cmark_node_parent(paragraph)) == CMARK_NODE_DOCUMENT;
}

static void
on_paragraph(struct converter *c, cmark_node *node, bool is_entering)
{
	if (is_entering)
		buffer_truncate(&c->words, 0);
	else if (!is_only_a_link(c, node))
		put_words(c);
}

static void
on_heading(struct converter *c, cmark_node *node, bool is_entering)
{
	int level = cmark_node_get_heading_level(node);

	if (is_entering) {
		buffer_truncate(&c->words, 0);
	} else if (c->quote_depth > 0 || c->marker.len > 0) {
		put_words(c);
	} else if (c->words.len > 0) {
		open_block(c, ABOVE_BLOCK);
		gemtext_put_heading(c->out, level < DEEPEST_HEADING ? level : DEEPEST_HEADING,
		    buffer_text(&c->words));
	}
}

static void
on_block_quote(struct converter *c, cmark_node *node, bool is_entering)
{
	(void)node;
	if (is_entering)
		c->quote_depth++;
	else
		c->quote_depth--;
	buffer_truncate(&c->marker, 0);
}

/* A list's node remembers the number of its next item. */
static void
on_list(struct converter *c, cmark_node *node, bool is_entering)
{
	bool is_outermost = cmark_node_get_type(cmark_node_parent(node)) != CMARK_NODE_ITEM;

	if (is_entering)
		cmark_node_set_user_data(node, (void *)(intptr_t)cmark_node_get_list_start(node));
	else if (is_outermost && c->above == ABOVE_ITEM)
		c->above = ABOVE_BLOCK;
}

static void
on_item(struct converter *c, cmark_node *node, bool is_entering)
{
	cmark_node *list = cmark_node_parent(node);
	intptr_t number = (intptr_t)cmark_node_get_user_data(list);

	buffer_truncate(&c->marker, 0);
	if (!is_entering)
		return;
	if (cmark_node_get_list_type(list) == CMARK_ORDERED_LIST)
		buffer_printf(&c->marker, "%jd. ", (intmax_t)number);
	else
		buffer_puts(&c->marker, "* ");
	cmark_node_set_user_data(list, (void *)(number + 1));
}

static void
on_code_block(struct converter *c, cmark_node *node, bool is_entering)
{
	const char *info = cmark_node_get_fence_info(node);
	const char *text = cmark_node_get_literal(node);

	(void)is_entering;
	buffer_truncate(&c->marker, 0);
	open_block(c, ABOVE_BLOCK);
	gemtext_put_preformatted(c->out, info, text, strlen(text));
}

/* Appends the words of a document, each hard break a line end. */
static void
append_plain(struct buffer *out, cmark_iter *steps)
{
	cmark_event_type event;

	while ((event = cmark_iter_next(steps)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(steps);
		cmark_node_type type = cmark_node_get_type(node);

		if (type == CMARK_NODE_TEXT || type == CMARK_NODE_CODE)
			append_words(out, cmark_node_get_literal(node));
		else if (type == CMARK_NODE_LINEBREAK)
			buffer_putc(out, '\n');
	}
}

static void
on_html_block(struct converter *c, cmark_node *node, bool is_entering)
{
	const char *html = cmark_node_get_literal(node);
	struct buffer words = BUFFER_EMPTY;
	struct markdown_tree tree;

	(void)is_entering;
	if (c->html_line == 0 && !text_starts(html, "<!--"))
		c->html_line = (size_t)cmark_node_get_start_line(node);
	markdown_html_put_words(&words, html, strlen(html));
	if (!words.failed && markdown_tree_open(&tree, buffer_text(&words), words.len)) {
		buffer_truncate(&c->words, 0);
		append_plain(&c->words, tree.steps);
		put_words(c);
		markdown_tree_close(&tree);
	} else {
		c->out_of_memory = true;
	}
	buffer_free(&words);
}

static void
on_html_inline(struct converter *c, cmark_node *node, bool is_entering)
{
	const char *html = cmark_node_get_literal(node);

	(void)is_entering;
	if (markdown_html_is(html, strlen(html), "br"))
		add_line_end(c);
}

static void
on_thematic_break(struct converter *c, cmark_node *node, bool is_entering)
{
	(void)node;
	(void)is_entering;
	open_block(c, ABOVE_BLOCK);
	put_line(c, "---");
}

/* What is missing (emphasis) leaves no mark. */
static handler *const handlers[] = {
    [CMARK_NODE_BLOCK_QUOTE] = on_block_quote,
    [CMARK_NODE_LIST] = on_list,
    [CMARK_NODE_ITEM] = on_item,
    [CMARK_NODE_CODE_BLOCK] = on_code_block,
    [CMARK_NODE_HTML_BLOCK] = on_html_block,
    [CMARK_NODE_PARAGRAPH] = on_paragraph,
    [CMARK_NODE_HEADING] = on_heading,
    [CMARK_NODE_THEMATIC_BREAK] = on_thematic_break,
    [CMARK_NODE_TEXT] = on_text,
    [CMARK_NODE_CODE] = on_text,
    [CMARK_NODE_SOFTBREAK] = on_softbreak,
    [CMARK_NODE_LINEBREAK] = on_linebreak,
    [CMARK_NODE_HTML_INLINE] = on_html_inline,
    [CMARK_NODE_LINK] = on_link,
    [CMARK_NODE_IMAGE] = on_image,
    [CMARK_NODE_LAST_INLINE + 1] = NULL,
};

static void
convert(struct converter *c, cmark_iter *steps)
{
	cmark_event_type event;

	while ((event = cmark_iter_next(steps)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(steps);
		cmark_node *parent = cmark_node_parent(node);
		handler *handle = handlers[cmark_node_get_type(node)];

		if (handle != NULL)
			handle(c, node, event == CMARK_EVENT_ENTER);
		if (event == CMARK_EVENT_EXIT && parent != NULL &&
		    cmark_node_get_type(parent) == CMARK_NODE_DOCUMENT)
			put_links(c);
	}
}

bool
markdown_to_gemtext(const char *bytes, size_t len, struct buffer *out, size_t *out_html_line)
{
	struct converter c = {.out = out};
	struct markdown_tree tree;

	if (!markdown_tree_open(&tree, bytes, len))
		return false;
	convert(&c, tree.steps);
	markdown_tree_close(&tree);
	*out_html_line = c.html_line;
	c.out_of_memory |= out->failed || c.marker.failed || c.words.failed ||
			   c.link_label.failed || c.image_label.failed || c.link_text.failed;
	buffer_free(&c.marker);
	buffer_free(&c.words);
	buffer_free(&c.link_label);
	buffer_free(&c.image_label);
	buffer_free(&c.link_text);
	free(c.links);
	return !c.out_of_memory;
}

bool
markdown_to_line(const char *text, struct buffer *out)
{
	struct buffer line = BUFFER_EMPTY;
	struct buffer plain = BUFFER_EMPTY;
	struct markdown_tree tree;
	bool ok = false;

	/* As a heading, so that "1984. A year" is no list; with a comment behind it, so that the
	 * sharp of "The case for C #" does not close the heading. */
	buffer_printf(&line, "# %s <!-- -->", text);
	if (!line.failed && markdown_tree_open(&tree, line.data, line.len)) {
		append_plain(&plain, tree.steps);
		text_append_line(out, buffer_text(&plain), plain.len);
		markdown_tree_close(&tree);
		ok = !plain.failed && !out->failed;
	}
	buffer_free(&plain);
	buffer_free(&line);
	return ok;
}
