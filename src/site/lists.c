#include "site/lists.h"

#include <stdio.h>
#include <string.h>

#include "article/id.h"
#include "base/encode.h"
#include "base/text.h"
#include "gemini/gemtext.h"
#include "site/cards.h"
#include "site/files.h"
#include "store/lists.h"

#define MORE    "more/"
#define FEED    "/atom.xml"
#define BETWEEN " \u00b7 " /* a list's title and the publication's */

/* What a path below a family's prefix asks for. */
struct asked {
	char name[URL_MAX + 1]; /* of the list, as lists_find() takes it */
	char page[URL_MAX + 1]; /* decoded path of the list itself */
	enum { PART_LIST, PART_OLDER, PART_FEED } part;
	int64_t before; /* of PART_OLDER */
};

struct family {
	const char *prefix;
	enum label label;
	enum list_kind names, lists; /* what its page has links to, and what lies below */
	bool (*answer)(struct visit *visit, const struct family *family, const char *rest);
};

/* Takes `more/ID` or `atom.xml` off the end of a path. */
static void
read_part(const char *path, struct asked *out)
{
	size_t len = strlen(path), tail = strlen(MORE) + ID_TEXT_LEN;

	*out = (struct asked){.part = PART_LIST, .before = INT64_MAX};
	snprintf(out->page, sizeof(out->page), "%s", path);
	if (text_ends(path, FEED)) {
		out->part = PART_FEED;
		out->page[len - strlen(FEED) + 1] = '\0';
	} else if (len > tail && path[len - tail - 1] == '/' &&
		   text_starts(path + len - tail, MORE) &&
		   id_read(path + len - ID_TEXT_LEN, &out->before)) {
		out->part = PART_OLDER;
		out->page[len - tail] = '\0';
	}
}

/* Capital letters of the scripts that most readers' names of tags begin with. */
static uint32_t
capital(uint32_t c)
{
	if ((c >= 'a' && c <= 'z') || (c >= 0xE0 && c <= 0xFE && c != 0xF7) ||
	    (c >= 0x3B1 && c <= 0x3C9 && c != 0x3C2) || (c >= 0x430 && c <= 0x44F))
		return c - 32;
	return c >= 0x450 && c <= 0x45F ? c - 80 : c;
}

static void
append_capitalised(struct buffer *out, const char *text)
{
	uint32_t c = 0;
	char first[4];
	size_t len = text_decode(text, strlen(text), &c);

	if (len > 0)
		buffer_append(out, first, text_encode(first, capital(c)));
	buffer_puts(out, text + len);
}

/* A section is called as its folder, "Open letters"; one of digits by its whole path, "2025/06". */
static void
append_section(struct buffer *out, const char *folder)
{
	char name[URL_MAX + 1];
	int len = (int)strlen(folder) - 1; /* without its final slash */

	snprintf(name, sizeof(name), "%.*s", len, folder);
	const char *last = strrchr(name, '/') + 1;
	if (last[strspn(last, "0123456789")] == '\0') {
		buffer_puts(out, name + strlen(LISTS_ALL));
		return;
	}
	for (char *c = name; *c != '\0'; c++)
		if (*c == '-' || *c == '_')
			*c = ' ';
	append_capitalised(out, last);
}

/* `Legal aid · The Example Broadsheet`. */
static void
append_title(struct buffer *out, const struct capsule_config *capsule, enum list_kind kind,
    const struct list *list)
{
	switch (kind) {
	case LIST_FOLDER:
		if (strcmp(list->key, LISTS_ALL) == 0)
			buffer_puts(out, capsule->labels.text[LABEL_ARTICLES]);
		else
			append_section(out, list->key);
		break;
	case LIST_TAG:
	case LIST_AUTHOR:
		append_capitalised(out, list->label);
		break;
	case LIST_YEAR:
	case LIST_MONTH:
		buffer_puts(out, list->key);
		break;
	}
	buffer_puts(out, BETWEEN);
	buffer_puts(out, capsule->title);
}

static void
put_way_back(struct visit *visit)
{
	visit_put_gap(visit);
	gemtext_put_link(&visit->out->body, "/", visit->site->capsule->title);
}

/* The cards of a list below its title, or its folder's own header. */
static void
answer_cards(struct visit *visit, struct edition *edition, const struct asked *asked,
    const struct list *list, const char *title, const char *prefix)
{
	const char *subscribe = visit->site->capsule->labels.text[LABEL_SUBSCRIBE];
	struct buffer *body = &visit->out->body;
	struct buffer path = BUFFER_EMPTY;

	visit_gemtext(visit, NULL);
	buffer_printf(&path, "%sheader.gmi", asked->page);
	if (!text_starts(asked->page, LISTS_ALL) || !files_put_frame(visit, buffer_text(&path)))
		gemtext_put_heading(body, 1, title);
	if (cards_put(visit, edition, list->number, asked->before, prefix)) {
		visit_put_gap(visit);
		if (asked->part == PART_LIST) {
			buffer_truncate(&path, 0);
			buffer_printf(&path, "%satom.xml", prefix);
			gemtext_put_link(body, buffer_text(&path), subscribe);
		}
		gemtext_put_link(body, "/", visit->site->capsule->title);
	}
	body->failed = body->failed || path.failed;
	buffer_free(&path);
}

/* The lists of the edition, with what the visitor may not see hidden; NULL, and an answer, if
 * there is none to read. */
static struct lists *
open_lists(struct visit *visit)
{
	struct edition *edition = visit_edition(visit);

	if (edition == NULL)
		return NULL;
	struct lists *lists = edition_lists(edition);
	if (lists_hide(lists, visit->site->hidden_here, visit->site->hidden_here_count))
		return lists;
	visit_edition_failed(visit);
	return NULL;
}

/* Finds a list; false, and no answer, if there is none, and true with *out empty if it was
 * answered with a failure. */
static bool
find_list(struct visit *visit, enum list_kind kind, const char *name, struct list *out)
{
	struct lists *lists = open_lists(visit);

	*out = (struct list){0};
	if (lists == NULL)
		return true;
	switch (lists_find(lists, kind, name, out)) {
	case EDITION_FOUND:
		return true;
	case EDITION_ABSENT:
		return false;
	case EDITION_FAILED:
		break;
	}
	visit_edition_failed(visit);
	return true;
}

static bool
answer_list(struct visit *visit, enum list_kind kind, const struct asked *asked)
{
	struct buffer title = BUFFER_EMPTY, prefix = BUFFER_EMPTY;
	struct list list;

	if (!find_list(visit, kind, asked->name, &list))
		return false;
	if (list.key == NULL)
		return true;
	append_title(&title, visit->site->capsule, kind, &list);
	text_append_path(&prefix, asked->page, strlen(asked->page));
	if (!text_ends(asked->page, "/"))
		buffer_putc(&prefix, '/');
	if (asked->part == PART_FEED)
		cards_feed(
		    visit, visit->site->edition, list.number, buffer_text(&title), "", asked->page);
	else
		answer_cards(visit, visit->site->edition, asked, &list, buffer_text(&title),
		    buffer_text(&prefix));
	visit->out->body.failed |= title.failed || prefix.failed;
	buffer_free(&title);
	buffer_free(&prefix);
	list_free(&list);
	return true;
}

/* `=> /tags/legal-aid legal aid (12)`, `=> /archive/2025/06/ 2025-06 (3)`. */
static void
put_name(struct buffer *out, const char *prefix, enum list_kind kind, const struct list *list)
{
	struct buffer path = BUFFER_EMPTY, label = BUFFER_EMPTY;

	buffer_puts(&path, prefix);
	if (kind == LIST_MONTH)
		buffer_printf(&path, "%.4s/%s/", list->key, list->key + strlen("YYYY-"));
	else if (kind == LIST_YEAR)
		buffer_printf(&path, "%s/", list->key);
	else
		text_append_path(&path, list->slug, strlen(list->slug));
	buffer_printf(&label, "%s (%lld)", list->label[0] != '\0' ? list->label : list->key,
	    (long long)list->articles);
	gemtext_put_link(out, buffer_text(&path), buffer_text(&label));
	out->failed |= path.failed || label.failed;
	buffer_free(&path);
	buffer_free(&label);
}

/* The key that a page comes after is written in hex: it may hold what no path may. */
static void
put_more_names(struct visit *visit, const char *prefix, const char *key)
{
	char hex[2 * LIST_KEY_MAX + 1];
	struct buffer path = BUFFER_EMPTY;

	encode_hex((const uint8_t *)key, strlen(key), hex);
	buffer_printf(&path, "%s" MORE "%s", prefix, hex);
	visit_put_gap(visit);
	gemtext_put_link(&visit->out->body, buffer_text(&path),
	    visit->site->capsule->labels.text[LABEL_SHOW_MORE]);
	buffer_free(&path);
}

static bool
read_hex(const char *hex, char out[static LIST_KEY_MAX + 1])
{
	size_t len = strlen(hex);

	if (len == 0 || len % 2 != 0 || len > 2 * LIST_KEY_MAX ||
	    !encode_read_hex(hex, len / 2, (uint8_t *)out))
		return false;
	out[len / 2] = '\0';
	return text_is_utf8(out, strlen(out));
}

/* A page of names with their counts. */
static bool
answer_names(
    struct visit *visit, const char *title, const char *prefix, const struct list_query *query)
{
	struct lists *lists = open_lists(visit);
	struct buffer heading = BUFFER_EMPTY;
	struct list_page page;

	if (lists == NULL)
		return true;
	if (lists_page(lists, query, &page) != EDITION_FOUND) {
		visit_edition_failed(visit);
		return true;
	}
	visit_gemtext(visit, NULL);
	buffer_printf(&heading, "%s" BETWEEN "%s", title, visit->site->capsule->title);
	gemtext_put_heading(&visit->out->body, 1, buffer_text(&heading));
	if (page.count > 0)
		visit_put_gap(visit);
	for (size_t i = 0; i < page.count; i++)
		put_name(&visit->out->body, prefix, query->kind, &page.lists[i]);
	if (page.has_more)
		put_more_names(visit, prefix, page.last);
	put_way_back(visit);
	visit->out->body.failed |= heading.failed;
	buffer_free(&heading);
	list_page_free(&page);
	return true;
}

/* The names of a family, from the start, or what comes after a key. */
static bool
answer_family(struct visit *visit, const struct family *family, const char *rest)
{
	char after[LIST_KEY_MAX + 1] = "";
	struct list_query query = {
	    .kind = family->names, .after = after, .within = "", .limit = LISTS_NAMES};

	if (rest[0] != '\0' && (!text_starts(rest, MORE) || !read_hex(rest + strlen(MORE), after)))
		return false;
	return answer_names(
	    visit, visit->site->capsule->labels.text[family->label], family->prefix, &query);
}

/* A name with a slash behind it is sent to the one without. */
static bool
answer_without_slash(struct visit *visit, const struct family *family, const char *rest)
{
	char path[URL_MAX + 1];
	struct list list;
	size_t len = strlen(rest);

	if (len < 2 || rest[len - 1] != '/' || strchr(rest, '/') != rest + len - 1)
		return false;
	snprintf(path, sizeof(path), "%.*s", (int)len - 1, rest);
	if (!find_list(visit, family->lists, path, &list))
		return false;
	bool is_failed = list.key == NULL;
	list_free(&list);
	if (is_failed)
		return true;
	snprintf(path, sizeof(path), "%s%.*s", family->prefix, (int)len - 1, rest);
	return visit_moved(visit, path);
}

/* /tags/SLUG, /authors/SLUG. */
static bool
answer_named(struct visit *visit, const struct family *family, const char *rest)
{
	struct asked asked;

	read_part(visit->url->path, &asked);
	const char *name = asked.page + strlen(family->prefix);
	size_t len = strlen(name);
	if (asked.part != PART_LIST && len > 0)
		asked.page[strlen(family->prefix) + --len] = '\0'; /* its own slash */
	snprintf(asked.name, sizeof(asked.name), "%s", name);
	if (len > 0 && strchr(name, '/') == NULL && answer_list(visit, family->lists, &asked))
		return true;
	return answer_without_slash(visit, family, rest) || answer_family(visit, family, rest);
}

/* /articles/, /articles/opinion/. */
static bool
answer_folder(struct visit *visit, const struct family *family, const char *rest)
{
	struct asked asked;

	(void)rest;
	read_part(visit->url->path, &asked);
	if (!text_ends(asked.page, "/"))
		return false;
	snprintf(asked.name, sizeof(asked.name), "%s", asked.page);
	return answer_list(visit, family->lists, &asked);
}

/* The months of a year, 51 if it has none. */
static bool
answer_year(struct visit *visit, const struct family *family, const struct asked *asked)
{
	char within[sizeof("YYYY-")], prefix[sizeof("/archive/")];
	struct list list;

	if (asked->part == PART_FEED)
		return answer_list(visit, LIST_YEAR, asked);
	if (!find_list(visit, LIST_YEAR, asked->name, &list))
		return false;
	bool is_failed = list.key == NULL;
	list_free(&list);
	if (is_failed)
		return true;
	snprintf(within, sizeof(within), "%.4s-", asked->name);
	snprintf(prefix, sizeof(prefix), "%s", family->prefix);
	struct list_query query = {
	    .kind = LIST_MONTH, .after = "", .within = within, .limit = LISTS_NAMES};
	return answer_names(visit, asked->name, prefix, &query);
}

/* Whether text is digits where the pattern has "0", and the pattern else. */
static bool
is_shaped(const char *text, const char *pattern)
{
	for (; *pattern != '\0'; pattern++, text++) {
		bool is_digit = *text >= '0' && *text <= '9';

		if (*pattern == '0' ? !is_digit : *text != *pattern)
			return false;
	}
	return *text == '\0';
}

/* /archive/, /archive/2025/, /archive/2025/06/. */
static bool
answer_archive(struct visit *visit, const struct family *family, const char *rest)
{
	struct asked asked;

	read_part(visit->url->path, &asked);
	const char *period = asked.page + strlen(family->prefix);
	snprintf(asked.name, sizeof(asked.name), "%.4s", period);
	if (is_shaped(period, "0000/") && asked.part != PART_OLDER)
		return answer_year(visit, family, &asked);
	if (is_shaped(period, "0000/00/")) {
		snprintf(asked.name, sizeof(asked.name), "%.4s-%.2s", period, period + 5);
		return answer_list(visit, LIST_MONTH, &asked);
	}
	return answer_family(visit, family, rest);
}

static const struct family families[] = {
    {"/articles/", LABEL_ARTICLES, LIST_FOLDER, LIST_FOLDER, answer_folder},
    {"/tags/", LABEL_TAGS, LIST_TAG, LIST_TAG, answer_named},
    {"/authors/", LABEL_AUTHORS, LIST_AUTHOR, LIST_AUTHOR, answer_named},
    {"/archive/", LABEL_ARCHIVE, LIST_YEAR, LIST_MONTH, answer_archive},
};

/* Whether only the final slash is missing from a path that is always there, or a period's. */
static bool
lacks_slash(const char *path, const struct family *family)
{
	size_t len = strlen(family->prefix) - 1;

	if (strncmp(path, family->prefix, len) != 0)
		return false;
	return path[len] == '\0' ||
	       (family->answer == answer_archive &&
		   (is_shaped(path + len, "/0000") || is_shaped(path + len, "/0000/00")));
}

bool
lists_answer(struct visit *visit)
{
	const char *path = visit->url->path;

	for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++) {
		const struct family *family = &families[i];

		if (lacks_slash(path, family))
			return visit_with_slash(visit);
		if (text_starts(path, family->prefix))
			return family->answer(visit, family, path + strlen(family->prefix));
	}
	return false;
}
