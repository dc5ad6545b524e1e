#include "formats/html.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"
#include "formats/blocks.h"
#include "formats/date.h"
#include "formats/templates.h"
#include "formats/tree.h"

/* A page being read. */
struct page {
	struct piece *piece;
	xmlNode *main; /* the part that is the article */
	struct buffer site_name, heading, page_title, byline;
	bool out_of_memory;
	struct error *err;
};

/* Takes a value of metadata; name is what it was called. */
typedef bool meta_taker(struct page *page, const char *name, const char *value);

/* --- metadata --- */

static void
set_once(struct buffer *to, const char *value)
{
	if (to->len == 0)
		text_append_line(to, value, strlen(value));
}

static bool
take_title(struct page *page, const char *name, const char *value)
{
	(void)name;
	set_once(&page->piece->title, value);
	return true;
}

static bool
take_site_name(struct page *page, const char *name, const char *value)
{
	(void)name;
	set_once(&page->site_name, value);
	return true;
}

static bool
take_summary(struct page *page, const char *name, const char *value)
{
	(void)name;
	set_once(&page->piece->summary, value);
	return true;
}

static bool
take_author(struct page *page, const char *name, const char *value)
{
	(void)name;
	if (strstr(value, "://") == NULL) /* else it is the address of a profile */
		page->out_of_memory |= !piece_add_authors(page->piece, value, strlen(value));
	return true;
}

static bool
take_tags(struct page *page, const char *name, const char *value)
{
	(void)name;
	while (*value != '\0') {
		size_t len = strcspn(value, ",");
		struct buffer tag = BUFFER_EMPTY;

		text_append_line(&tag, value, len);
		if (tag.len > 0 && !strings_contain(&page->piece->tags, tag.data))
			page->out_of_memory |= !strings_add(&page->piece->tags, tag.data);
		page->out_of_memory |= tag.failed;
		buffer_free(&tag);
		value += len + (value[len] == ',');
	}
	return true;
}

static bool
take_date(struct page *page, const char *name, const char *value)
{
	if (page->piece->has_date)
		return true;
	page->piece->has_date = date_read(value, &page->piece->date);
	return page->piece->has_date ||
	       error_set(page->err, "%s is `%s`, expected a date like 2025-06-13", name, value);
}

static bool
take_updated(struct page *page, const char *name, const char *value)
{
	page->piece->has_updated = date_read(value, &page->piece->updated);
	return page->piece->has_updated ||
	       error_set(page->err, "%s is `%s`, expected a date like 2025-06-13", name, value);
}

static bool
take_address(struct page *page, const char *name, const char *value)
{
	(void)name;
	if (strstr(value, "://") != NULL && !strings_contain(&page->piece->addresses, value))
		page->out_of_memory |= !strings_add(&page->piece->addresses, value);
	return true;
}

static const struct {
	const char *name;
	meta_taker *take;
} metas[] = {
    {"og:title", take_title},
    {"og:site_name", take_site_name},
    {"og:description", take_summary},
    {"description", take_summary},
    {"author", take_author},
    {"article:author", take_author},
    {"dc.creator", take_author},
    {"keywords", take_tags},
    {"article:tag", take_tags},
    {"article:published_time", take_date},
    {"date", take_date},
    {"dc.date", take_date},
    {"datePublished", take_date},
    {"article:modified_time", take_updated},
    {"dateModified", take_updated},
    {"og:url", take_address},
};

static bool
take_meta(struct page *page, const char *name, const char *value)
{
	struct buffer line = BUFFER_EMPTY;
	bool ok = true;

	text_append_line(&line, value, strlen(value));
	for (size_t i = 0; i < sizeof(metas) / sizeof(metas[0]); i++)
		if (line.len > 0 && strcasecmp(name, metas[i].name) == 0)
			ok = ok && metas[i].take(page, metas[i].name, line.data);
	page->out_of_memory |= line.failed;
	buffer_free(&line);
	return ok;
}

static bool
read_meta(struct page *page, const xmlNode *node)
{
	static const char *const names[] = {"property", "name", "itemprop"};
	struct buffer name = BUFFER_EMPTY, value = BUFFER_EMPTY;
	bool ok = true;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && name.len == 0; i++)
		tree_put_attribute(&name, node, names[i]);
	if (tree_put_attribute(&value, node, "content"))
		ok = take_meta(page, buffer_text(&name), buffer_text(&value));
	page->out_of_memory |= name.failed || value.failed;
	buffer_free(&name);
	buffer_free(&value);
	return ok;
}

/* An element beyond the head that says something of the article. */
static bool
read_mark(struct page *page, const xmlNode *node)
{
	struct buffer text = BUFFER_EMPTY;
	bool ok = true;

	if (tree_is(node, "time") && tree_put_attribute(&text, node, "datetime")) {
		if (!page->piece->has_date)
			page->piece->has_date = date_read(buffer_text(&text), &page->piece->date);
	} else if (tree_has_word(node, "rel", "author") ||
		   tree_has_word(node, "itemprop", "author") ||
		   tree_has_word(node, "class", "byline") ||
		   tree_has_word(node, "class", "author")) {
		if (page->byline.len == 0)
			tree_put_text(&page->byline, node);
	}
	page->out_of_memory |= text.failed;
	buffer_free(&text);
	return ok;
}

static bool
read_link(struct page *page, const xmlNode *node)
{
	struct buffer address = BUFFER_EMPTY;

	if (tree_has_word(node, "rel", "canonical") && tree_put_attribute(&address, node, "href"))
		take_address(page, "canonical", buffer_text(&address));
	page->out_of_memory |= address.failed;
	buffer_free(&address);
	return true;
}

static bool
read_element(struct page *page, const xmlNode *node)
{
	if (tree_is(node, "html"))
		tree_put_attribute(&page->piece->lang, node, "lang");
	else if (tree_is(node, "meta"))
		return read_meta(page, node);
	else if (tree_is(node, "link"))
		return read_link(page, node);
	else if (tree_is(node, "title") && page->page_title.len == 0)
		tree_put_text(&page->page_title, node);
	else if (tree_is(node, "h1") && page->heading.len == 0)
		tree_put_text(&page->heading, node);
	else if (node->type == XML_ELEMENT_NODE)
		return read_mark(page, node);
	return true;
}

/* --- the article --- */

/* How likely an element is the article: the first of the highest rank is. */
static int
rank(const xmlNode *node)
{
	if (tree_has_word(node, "itemprop", "articleBody") ||
	    tree_has_word(node, "class", "entry-content") ||
	    tree_has_word(node, "class", "post-content") ||
	    tree_has_word(node, "class", "article-body"))
		return 4;
	if (tree_is(node, "article"))
		return 3;
	if (tree_is(node, "main") || tree_has_word(node, "role", "main"))
		return 2;
	return tree_is(node, "body");
}

/* Takes off a page's title what all pages of the site have in theirs. */
static void
cut_site_name(struct buffer *title, const char *site_name)
{
	static const char *const signs[] = {" | ", " - ", " – ", " — ", " · ", " :: "};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		struct buffer end = BUFFER_EMPTY;

		buffer_printf(&end, "%s%s", signs[i], site_name);
		if (*site_name != '\0' && text_ends(buffer_text(title), buffer_text(&end)))
			buffer_truncate(title, title->len - end.len);
		buffer_free(&end);
	}
}

static void
settle_head(struct page *page)
{
	struct piece *piece = page->piece;
	const char *author = buffer_text(&page->byline);

	set_once(&piece->title, buffer_text(&page->heading));
	set_once(&piece->title, buffer_text(&page->page_title));
	cut_site_name(&piece->title, buffer_text(&page->site_name));
	if (strncasecmp(author, "by ", 3) == 0)
		author += 3;
	if (piece->authors.count == 0)
		page->out_of_memory |= !piece_add_authors(piece, author, strlen(author));
	/* What was saved again on its first day has not changed for readers. */
	if (piece->has_updated && piece->has_date && piece->updated.year == piece->date.year &&
	    piece->updated.month == piece->date.month && piece->updated.day == piece->date.day)
		piece->has_updated = false;
}

/* Whether the words of an element are shown as they were typed. */
static bool
is_listing(const xmlNode *node)
{
	return tree_is(node, "pre") || tree_is(node, "code") || tree_is(node, "kbd") ||
	       tree_is(node, "samp") || tree_is(node, "script") || tree_is(node, "style");
}

/* Words bear the line that they end in. */
static bool
find_in_words(const xmlNode *node, struct strings *left)
{
	const char *words = (const char *)node->content;
	long line = xmlGetLineNo(node);

	for (const char *at = words; (at = strchr(at, '\n')) != NULL; at++)
		line--;
	return templates_find(words, strlen(words), line > 0 ? (size_t)line : 1, left);
}

/* A page may be the template of one. */
static bool
find_templates(struct page *page)
{
	struct strings left = {0};
	bool ok = true;

	for (xmlNode *node = page->main; ok && node != NULL;
	     node = tree_next(node, page->main, is_listing(node)))
		if (node->type == XML_TEXT_NODE && node->content != NULL)
			ok = find_in_words(node, &left);
	ok = ok && (left.count == 0 || piece_hold_back(page->piece, &left));
	strings_free(&left);
	return ok;
}

static bool
read_page(struct page *page, xmlDoc *document)
{
	xmlNode *root = xmlDocGetRootElement(document);
	int highest = 0;

	for (xmlNode *node = root; node != NULL; node = tree_next(node, root, false)) {
		if (!read_element(page, node))
			return false;
		if (rank(node) > highest) {
			highest = rank(node);
			page->main = node;
		}
	}
	settle_head(page);
	if (page->piece->title.len == 0)
		return error_set(page->err, "it has no title");
	/* The heading may say it in other words than the metadata; the title is not shown twice. */
	const char *title =
	    buffer_text(page->heading.len > 0 ? &page->heading : &page->piece->title);
	if (page->main == NULL ||
	    !blocks_to_gemtext(page->main, BLOCKS_OF_SITE, title, &page->piece->body))
		return error_set(
		    page->err, page->main == NULL ? "it has no text" : "out of memory");
	if (page->piece->body.len == 0)
		return error_set(page->err, "it has no text");
	return find_templates(page) || error_set(page->err, "out of memory");
}

bool
html_read(const char *bytes, size_t len, struct pieces *out, struct error *err)
{
	struct page page = {.piece = pieces_add(out), .err = err};
	xmlDoc *document = page.piece == NULL ? NULL : tree_open_html(bytes, len, err);

	if (page.piece == NULL)
		return error_set(err, "out of memory");
	if (document == NULL)
		return false;
	bool ok = read_page(&page, document);
	xmlFreeDoc(document);
	page.out_of_memory |= page.site_name.failed || page.heading.failed ||
			      page.page_title.failed || page.byline.failed;
	buffer_free(&page.site_name);
	buffer_free(&page.heading);
	buffer_free(&page.page_title);
	buffer_free(&page.byline);
	return ok && (!page.out_of_memory || error_set(err, "out of memory"));
}

static bool
convert_text(const char *bytes, size_t len, enum blocks_of origin, const char *title,
    struct buffer *out, struct error *err)
{
	if (strspn(bytes, " \t\r\n") >= len)
		return true;
	xmlDoc *document = tree_open_html(bytes, len, err);
	if (document == NULL)
		return false;
	bool ok = blocks_to_gemtext((xmlNode *)document, origin, title, out) ||
		  error_set(err, "out of memory");
	xmlFreeDoc(document);
	return ok;
}

bool
html_fragment(
    const char *bytes, size_t len, const char *title, struct buffer *out, struct error *err)
{
	return convert_text(bytes, len, BLOCKS_OF_SITE, title, out, err);
}

bool
html_text(const char *bytes, size_t len, struct buffer *out, struct error *err)
{
	return convert_text(bytes, len, BLOCKS_OF_TEXT, "", out, err);
}
