#include "site/feeds.h"

#include "article/atom.h"

/* Adds the article of a card, read whole. False if the edition fails. */
static bool
add_article(struct atom *atom, struct edition *edition, const char *path)
{
	struct buffer origin = BUFFER_EMPTY;
	struct article article;

	enum edition_result moved = edition_origin(edition, path, &origin);
	enum edition_result found =
	    moved == EDITION_FAILED ? moved : edition_article(edition, path, &article);
	if (found == EDITION_FOUND)
		atom_add(atom, &article, buffer_text(&origin));
	buffer_free(&origin);
	return found == EDITION_FOUND;
}

void
feeds_answer(struct visit *visit, const char *title, const char *subtitle, const char *page,
    const struct edition_cards *cards)
{
	const struct capsule_config *capsule = visit->site->capsule;
	struct buffer address = BUFFER_EMPTY;
	struct atom atom;
	bool ok = true;

	visit_put_address(visit, &address);
	const struct atom_feed feed = {
	    .site = buffer_text(&address),
	    .page = page,
	    .self = visit->url->path,
	    .title = title,
	    .subtitle = subtitle,
	    .author = capsule->title,
	    .lang = capsule->language,
	};
	atom_init(&atom, &feed);
	for (size_t i = 0; ok && i < cards->count && i < ATOM_ENTRIES; i++)
		ok = add_article(&atom, visit->site->edition, cards->cards[i].path);
	response_set(visit->out, GEMINI_SUCCESS, ATOM_TYPE);
	atom_finish(&atom, &visit->out->body);
	if (!ok)
		visit_edition_failed(visit);
	visit->out->body.failed = visit->out->body.failed || address.failed;
	buffer_free(&address);
}
