#include "site/pages.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "article/id.h"
#include "article/page.h"
#include "article/paths.h"
#include "article/printing.h"
#include "base/text.h"
#include "gemini/gemtext.h"
#include "site/access.h"
#include "site/cards.h"
#include "site/files.h"
#include "site/site.h"
#include "store/lists.h"

#define HEADER "/header.gmi"
#define FOOTER "/footer.gmi"

static void
put_ways_on(struct visit *visit)
{
	static const struct {
		const char *path;
		enum label label;
	} ways[] = {
	    {"/search", LABEL_SEARCH},
	    {"/tags/", LABEL_TAGS},
	    {"/authors/", LABEL_AUTHORS},
	    {"/archive/", LABEL_ARCHIVE},
	    {"/atom.xml", LABEL_SUBSCRIBE},
	};

	visit_put_gap(visit);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
		gemtext_put_link(&visit->out->body, ways[i].path,
		    visit->site->capsule->labels.text[ways[i].label]);
}

/* The index: title and tagline or header.gmi, the newest cards, the ways on, footer.gmi. */
static bool
answer_index(struct visit *visit, const char *prefix)
{
	const struct capsule_config *capsule = visit->site->capsule;
	struct buffer *body = &visit->out->body;
	struct edition *edition = visit_edition(visit);

	if (edition == NULL)
		return true;
	visit_gemtext(visit, capsule->language);
	if (!files_put_frame(visit, HEADER)) {
		gemtext_put_heading(body, 1, capsule->title);
		if (capsule->tagline[0] != '\0')
			gemtext_put_text(body, capsule->tagline);
	}
	if (cards_put(visit, edition, 0, INT64_MAX, prefix)) {
		put_ways_on(visit);
		files_put_frame(visit, FOOTER);
	}
	return true;
}

/* What is older than an ID. The ID is a bound, not a lookup: it need not exist any more. */
static bool
answer_older(struct visit *visit, const char *id_text, const char *prefix)
{
	const struct capsule_config *capsule = visit->site->capsule;
	struct buffer *body = &visit->out->body;
	int64_t id = 0;

	if (!id_read(id_text, &id))
		return false;
	struct edition *edition = visit_edition(visit);
	if (edition == NULL)
		return true;
	visit_gemtext(visit, capsule->language);
	struct buffer title = BUFFER_EMPTY;
	buffer_printf(&title, "%s · %s", capsule->labels.text[LABEL_MORE_NEWS], capsule->title);
	gemtext_put_heading(body, 1, buffer_text(&title));
	buffer_free(&title);
	if (cards_put(visit, edition, 0, id, prefix)) {
		visit_put_gap(visit);
		gemtext_put_link(body, "/", capsule->title);
	}
	return true;
}

/* The addresses of the lists that an article is in; of those that show anything to the public. */
static bool
find_addresses(struct visit *visit, struct edition *edition, const struct article *article,
    struct buffer *tags, struct buffer *authors)
{
	struct lists *lists = edition_lists(edition);
	size_t zones = visit->site->capsule->zone_count;

	return lists_hide(lists, visit->site->hidden, zones) &&
	       lists_slugs(lists, LIST_TAG, article->tags, tags) == EDITION_FOUND &&
	       lists_slugs(lists, LIST_AUTHOR, article->card.authors, authors) == EDITION_FOUND;
}

static bool
put_article(struct visit *visit, struct edition *edition, struct article *article)
{
	struct buffer tags = BUFFER_EMPTY, authors = BUFFER_EMPTY;
	struct edition_query query = {
	    .before = INT64_MAX,
	    .except = article->card.id,
	    .limit = PAGE_MORE_NEWS,
	    .hidden = visit->site->hidden, /* of all zones: members get the public's news, too */
	    .hidden_count = visit->site->capsule->zone_count,
	};
	struct edition_cards others = {0};

	bool ok = find_addresses(visit, edition, article, &tags, &authors) &&
		  edition_list(edition, &query, &others) == EDITION_FOUND;
	if (ok) {
		article->tag_slugs = buffer_text(&tags);
		article->author_slugs = buffer_text(&authors);
		visit_gemtext(visit, article->card.lang);
		page_article(&visit->out->body, visit->site->capsule, article, others.cards,
		    others.count, others.has_more);
		if (access_is_editor(visit, edition))
			visit->site->printing = printing_of(article);
	}
	edition_cards_free(&others);
	buffer_free(&tags);
	buffer_free(&authors);
	return ok;
}

/* Generated routes. What follows the prefix is in rest; "" where the whole path is one route. */
typedef bool route_handler(struct visit *visit, const char *rest);

static bool
route_front_page(struct visit *visit, const char *rest)
{
	(void)rest;
	return files_front_page(visit) || answer_index(visit, "/");
}

static bool
route_news(struct visit *visit, const char *rest)
{
	(void)rest;
	return site_has_front_page(visit->site) && answer_index(visit, "/news/");
}

static bool
route_news_without_slash(struct visit *visit, const char *rest)
{
	(void)rest;
	return site_has_front_page(visit->site) && visit_with_slash(visit);
}

static bool
route_older(struct visit *visit, const char *rest)
{
	return answer_older(visit, rest, "/");
}

static bool
route_older_news(struct visit *visit, const char *rest)
{
	return site_has_front_page(visit->site) && answer_older(visit, rest, "/news/");
}

/* The feed of the index, wherever that is. */
static bool
route_feed(struct visit *visit, const char *rest)
{
	const struct capsule_config *capsule = visit->site->capsule;
	struct edition *edition = visit_edition(visit);

	(void)rest;
	if (edition != NULL)
		cards_feed(visit, edition, 0, capsule->title, capsule->tagline,
		    site_has_front_page(visit->site) ? "/news/" : "/");
	return true;
}

static bool
route_news_feed(struct visit *visit, const char *rest)
{
	return site_has_front_page(visit->site) && route_feed(visit, rest);
}

/* An article, or the one that introduces its folder. */
static bool
route_article(struct visit *visit, const char *rest)
{
	char path[URL_MAX + sizeof("index.gmi")];
	struct article article;

	bool is_folder = rest[0] == '\0' || text_ends(rest, "/");
	snprintf(path, sizeof(path), "%s%s", visit->url->path, is_folder ? "index.gmi" : "");
	if (paths_kind(path) != PATH_ARTICLE)
		return false;
	struct edition *edition = visit_edition(visit);
	if (edition == NULL)
		return true;
	switch (edition_article(edition, path, &article)) {
	case EDITION_FOUND:
		if (put_article(visit, edition, &article))
			return true;
		break;
	case EDITION_ABSENT:
		return false;
	case EDITION_FAILED:
		break;
	}
	visit_edition_failed(visit);
	return true;
}

static const struct route {
	const char *path;
	bool is_whole; /* else it is a prefix */
	route_handler *answer;
} routes[] = {
    {"/", true, route_front_page},
    {"/news", true, route_news_without_slash},
    {"/news/", true, route_news},
    {"/more/", false, route_older},
    {"/news/more/", false, route_older_news},
    {"/atom.xml", true, route_feed},
    {"/news/atom.xml", true, route_news_feed},
    {"/articles/", false, route_article},
};

bool
pages_answer(struct visit *visit)
{
	const char *path = visit->url->path;

	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		const struct route *route = &routes[i];
		bool is_match = route->is_whole ? strcmp(path, route->path) == 0
						: text_starts(path, route->path);

		if (is_match && route->answer(visit, path + strlen(route->path)))
			return true;
	}
	return false;
}
