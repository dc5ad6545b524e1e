#include "site/pages.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "article/atom.h"
#include "article/id.h"
#include "article/page.h"
#include "base/text.h"
#include "gemini/gemtext.h"
#include "site/feeds.h"
#include "site/files.h"

#define HEADER "/header.gmi"
#define FOOTER "/footer.gmi"

static enum edition_result
list_cards(struct visit *visit, struct edition *edition, const struct edition_query *query,
    struct edition_cards *out)
{
	struct edition_query visible = *query;

	visible.hidden = visit->site->hidden;
	visible.hidden_count = visit->site->capsule->zone_count;
	return edition_list(edition, &visible, out);
}

/* Appends a page of cards older than `before`, and the way to the next page below prefix. */
static bool
put_cards(struct visit *visit, struct edition *edition, int64_t before, const char *prefix)
{
	const struct capsule_config *capsule = visit->site->capsule;
	struct buffer *body = &visit->out->body;
	struct edition_query query = {
	    .before = before,
	    .limit = (size_t)capsule->articles_per_page,
	};
	struct edition_cards cards = {0};

	if (list_cards(visit, edition, &query, &cards) != EDITION_FOUND) {
		visit_edition_failed(visit);
		return false;
	}
	if (cards.count > 0)
		visit_put_gap(visit);
	for (size_t i = 0; i < cards.count; i++)
		page_card(body, capsule, &cards.cards[i]);
	if (cards.has_more && cards.count > 0)
		page_show_more(body, capsule, prefix, cards.cards[cards.count - 1].id);
	edition_cards_free(&cards);
	return true;
}

/* The index: title and tagline or header.gmi, the newest cards, footer.gmi. */
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
	if (put_cards(visit, edition, INT64_MAX, prefix))
		files_put_frame(visit, FOOTER);
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
	if (put_cards(visit, edition, id, prefix)) {
		visit_put_gap(visit);
		gemtext_put_link(body, "/", capsule->title);
	}
	return true;
}

static bool
put_article(struct visit *visit, struct edition *edition, const struct article *article)
{
	struct edition_query query = {
	    .before = INT64_MAX,
	    .except = article->card.id,
	    .limit = PAGE_MORE_NEWS,
	};
	struct edition_cards others = {0};

	if (list_cards(visit, edition, &query, &others) != EDITION_FOUND)
		return false;
	visit_gemtext(visit, article->card.lang);
	page_article(&visit->out->body, visit->site->capsule, article, others.cards, others.count,
	    others.has_more);
	edition_cards_free(&others);
	return true;
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
	return files_have_front_page(visit->site) && answer_index(visit, "/news/");
}

static bool
route_older(struct visit *visit, const char *rest)
{
	return answer_older(visit, rest, "/");
}

static bool
route_older_news(struct visit *visit, const char *rest)
{
	return files_have_front_page(visit->site) && answer_older(visit, rest, "/news/");
}

/* The feed of the index, wherever that is. */
static bool
route_feed(struct visit *visit, const char *rest)
{
	const struct capsule_config *capsule = visit->site->capsule;
	struct edition *edition = visit_edition(visit);
	struct edition_query query = {.before = INT64_MAX, .limit = ATOM_ENTRIES};
	struct edition_cards cards = {0};

	(void)rest;
	if (edition == NULL)
		return true;
	if (list_cards(visit, edition, &query, &cards) != EDITION_FOUND) {
		visit_edition_failed(visit);
		return true;
	}
	feeds_answer(visit, capsule->title, capsule->tagline,
	    files_have_front_page(visit->site) ? "/news/" : "/", &cards);
	edition_cards_free(&cards);
	return true;
}

/* An article, or the one that introduces its folder. */
static bool
route_article(struct visit *visit, const char *rest)
{
	char path[URL_MAX + sizeof("index.gmi")];
	struct article article;

	bool is_folder = rest[0] == '\0' || text_ends(rest, "/");
	snprintf(path, sizeof(path), "%s%s", visit->url->path, is_folder ? "index.gmi" : "");
	if (!files_is_source(path))
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
    {"/news/", true, route_news},
    {"/more/", false, route_older},
    {"/news/more/", false, route_older_news},
    {"/atom.xml", true, route_feed},
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
