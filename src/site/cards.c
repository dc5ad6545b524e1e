#include "site/cards.h"

#include "article/atom.h"
#include "article/page.h"
#include "site/feeds.h"

static bool
read_cards(struct visit *visit, struct edition *edition, const struct edition_query *query,
    struct edition_cards *out)
{
	struct edition_query visible = *query;

	visible.hidden = visit->site->hidden_here;
	visible.hidden_count = visit->site->hidden_here_count;
	if (edition_list(edition, &visible, out) == EDITION_FOUND)
		return true;
	visit_edition_failed(visit);
	return false;
}

bool
cards_put(
    struct visit *visit, struct edition *edition, int64_t list, int64_t before, const char *prefix)
{
	const struct capsule_config *capsule = visit->site->capsule;
	struct buffer *body = &visit->out->body;
	struct edition_query query = {
	    .list = list, .before = before, .limit = (size_t)capsule->articles_per_page};
	struct edition_cards cards = {0};

	if (!read_cards(visit, edition, &query, &cards))
		return false;
	if (cards.count > 0 || cards.has_more)
		visit_put_gap(visit);
	for (size_t i = 0; i < cards.count; i++)
		page_card(body, capsule, &cards.cards[i]);
	if (cards.has_more)
		page_show_more(body, capsule, prefix, cards.last);
	edition_cards_free(&cards);
	return true;
}

void
cards_feed(struct visit *visit, struct edition *edition, int64_t list, const char *title,
    const char *subtitle, const char *page)
{
	struct edition_query query = {.list = list, .before = INT64_MAX, .limit = ATOM_ENTRIES};
	struct edition_cards cards = {0};

	if (!read_cards(visit, edition, &query, &cards))
		return;
	feeds_answer(visit, title, subtitle, page, &cards);
	edition_cards_free(&cards);
}
