#include "formats/prose.h"

#include "article/markdown.h"
#include "article/markdown_tree.h"
#include "base/text.h"
#include "formats/html.h"

/* Whether there is raw HTML in it, but comments. */
static bool
has_html(cmark_iter *steps)
{
	cmark_event_type event;

	while ((event = cmark_iter_next(steps)) != CMARK_EVENT_DONE) {
		cmark_node *node = cmark_iter_get_node(steps);
		cmark_node_type type = cmark_node_get_type(node);

		if ((type == CMARK_NODE_HTML_BLOCK || type == CMARK_NODE_HTML_INLINE) &&
		    !text_starts(cmark_node_get_literal(node), "<!--"))
			return true;
	}
	return false;
}

/* An element may begin in one block of Markdown and end in another, with more Markdown between: so
 * all of it becomes HTML, which is then read as one. */
static bool
convert_html(struct markdown_tree *tree, struct buffer *out, struct error *err)
{
	struct buffer html = BUFFER_EMPTY;
	bool ok = markdown_tree_put_html(tree, &html)
		      ? html_text(buffer_text(&html), html.len, out, err)
		      : error_set(err, "out of memory");

	buffer_free(&html);
	return ok;
}

bool
prose_to_gemtext(const char *bytes, size_t len, struct buffer *out, struct buffer *out_reason)
{
	struct markdown_tree tree;
	size_t html_line, before = out->len;
	struct error err;

	if (!markdown_tree_open(&tree, bytes, len))
		return false;
	bool is_html = has_html(tree.steps);
	bool is_done = is_html && convert_html(&tree, out, &err);
	markdown_tree_close(&tree);
	if (is_done)
		return true;
	if (is_html)
		buffer_puts(out_reason, err.text);
	buffer_truncate(out, before);
	return markdown_to_gemtext(bytes, len, out, &html_line);
}
