#include "site/search.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "article/id.h"
#include "article/page.h"
#include "base/text.h"
#include "gemini/gemtext.h"
#include "store/search.h"

#define SEARCH "/search"
#define BEST   "/search/best"
#define MORE   "/search/more/"

/* What is asked for. */
struct inquiry {
	char words[URL_MAX + 1]; /* decoded, one line */
	struct search_query query;
	bool is_first; /* not a further page */
};

static const char *
word(const struct visit *visit, enum label label)
{
	return visit->site->capsule->labels.text[label];
}

/* --- lines of the page --------------------------------------------------------------------- */

/* `=> PATH?words label` */
static void
put_search_link(struct visit *visit, const char *path, const char *words, const char *label)
{
	struct buffer reference = BUFFER_EMPTY;

	buffer_puts(&reference, path);
	buffer_putc(&reference, '?');
	text_append_path(&reference, words, strlen(words));
	gemtext_put_link(&visit->out->body, buffer_text(&reference), label);
	visit->out->body.failed = visit->out->body.failed || reference.failed;
	buffer_free(&reference);
}

static void
put_heading(struct visit *visit, const char *words)
{
	struct buffer heading = BUFFER_EMPTY;

	buffer_printf(&heading, "%s: %s", word(visit, LABEL_SEARCH), words);
	gemtext_put_heading(&visit->out->body, 1, buffer_text(&heading));
	buffer_free(&heading);
}

/* `Found: 12`, or `Found: more than 1000`: a count that was cut claims no more than was seen. */
static void
put_count(struct visit *visit, int64_t count, bool is_cut)
{
	struct buffer line = BUFFER_EMPTY;

	buffer_printf(&line, "%s ", word(visit, LABEL_FOUND));
	if (count > SEARCH_COUNT_MAX || is_cut)
		buffer_printf(&line, "%s %lld", word(visit, LABEL_MORE_THAN), (long long)count - 1);
	else
		buffer_printf(&line, "%lld", (long long)count);
	gemtext_put_text(&visit->out->body, buffer_text(&line));
	buffer_free(&line);
}

/* Nothing found: ways on that do lead somewhere. */
static void
put_ways_on(struct visit *visit, bool is_cut)
{
	struct buffer *body = &visit->out->body;

	gemtext_put_text(body, word(visit, is_cut ? LABEL_TOO_COMMON : LABEL_NOTHING_FOUND));
	gemtext_put_text(body, word(visit, is_cut ? LABEL_RARER_WORDS : LABEL_OTHER_WORDS));
	visit_put_gap(visit);
	gemtext_put_link(body, SEARCH, word(visit, LABEL_SEARCH));
	gemtext_put_link(body, "/tags/", word(visit, LABEL_TAGS));
	gemtext_put_link(body, "/authors/", word(visit, LABEL_AUTHORS));
	gemtext_put_link(body, "/archive/", word(visit, LABEL_ARCHIVE));
}

/* A card of a hit; what was found in its text stands in the place of the summary. */
static enum edition_result
put_hit(struct visit *visit, struct edition *edition, const struct search_hit *hit)
{
	struct article article;
	enum edition_result result = edition_article(edition, hit->path, &article);

	if (result != EDITION_FOUND)
		return result;
	if (hit->snippet[0] != '\0')
		article.card.summary = hit->snippet;
	page_card(&visit->out->body, visit->site->capsule, &article.card);
	return EDITION_FOUND;
}

/* The ways to what else was found. */
static void
put_further(struct visit *visit, const struct inquiry *inquiry, const struct search_found *found)
{
	char path[sizeof(MORE) + ID_TEXT_LEN] = MORE;

	if (found->is_ranked) {
		put_search_link(visit, SEARCH, inquiry->words, word(visit, LABEL_NEWEST_FIRST));
		return;
	}
	if (!found->has_more && !found->is_cut)
		return;
	id_write(found->hits[found->count - 1].id, path + strlen(MORE));
	put_search_link(visit, path, inquiry->words, word(visit, LABEL_SHOW_MORE));
	if (inquiry->is_first && !inquiry->query.is_ranked)
		put_search_link(visit, BEST, inquiry->words, word(visit, LABEL_BEST_FIRST));
}

static bool
put_found(struct visit *visit, struct edition *edition, const struct inquiry *inquiry,
    const struct search_found *found)
{
	enum edition_result result = EDITION_FOUND;

	for (size_t i = 0; i < found->count && result != EDITION_FAILED; i++)
		result = put_hit(visit, edition, &found->hits[i]);
	if (found->count > 0)
		put_further(visit, inquiry, found);
	else
		put_ways_on(visit, found->is_cut);
	return result != EDITION_FAILED;
}

/* --- the request --------------------------------------------------------------------------- */

static bool
ask_for_words(struct visit *visit)
{
	response_set(visit->out, GEMINI_INPUT, "%s %s", word(visit, LABEL_SEARCH),
	    visit->site->capsule->title);
	return true;
}

/* Reads the words of the query. False if there are none, or none that are text: the visit is then
 * answered. */
static bool
read_words(struct visit *visit, struct inquiry *inquiry)
{
	struct buffer line = BUFFER_EMPTY;

	if (!url_decode_query(visit->url->query, inquiry->words)) {
		response_set(visit->out, GEMINI_BAD_REQUEST, "The words are not valid UTF-8");
		return false;
	}
	text_append_line(&line, inquiry->words, strlen(inquiry->words));
	bool has_words = line.len > 0 && !line.failed;
	snprintf(inquiry->words, sizeof(inquiry->words), "%s", buffer_text(&line));
	buffer_free(&line);
	if (!has_words)
		ask_for_words(visit);
	return has_words;
}

/* What was cut once is not looked for again: the page keeps to its time. */
static enum edition_result
count_found(struct search *search, const struct inquiry *inquiry, const struct search_found *found,
    int64_t *out_count, bool *out_is_cut)
{
	if (!found->is_cut)
		return search_count(search, &inquiry->query, out_count, out_is_cut);
	*out_count = (int64_t)found->count;
	*out_is_cut = true;
	return EDITION_FOUND;
}

static void
answer_inquiry(struct visit *visit, const struct inquiry *inquiry)
{
	struct edition *edition = visit_edition(visit);
	struct search_found found = {0};
	int64_t count = 0;
	bool is_cut = false;

	if (edition == NULL)
		return;
	struct search *search = edition_search(edition);
	enum edition_result result = search_find(search, &inquiry->query, &found);
	if (result == EDITION_FOUND && inquiry->is_first && found.count > 0)
		result = count_found(search, inquiry, &found, &count, &is_cut);
	visit_gemtext(visit, NULL);
	put_heading(visit, inquiry->words);
	if (count > 0)
		put_count(visit, count, is_cut);
	visit_put_gap(visit);
	if (result != EDITION_FOUND || !put_found(visit, edition, inquiry, &found)) {
		visit_edition_failed(visit);
	} else {
		visit_put_gap(visit);
		gemtext_put_link(&visit->out->body, "/", visit->site->capsule->title);
	}
	search_found_free(&found);
}

bool
search_answer(struct visit *visit)
{
	const struct capsule_config *capsule = visit->site->capsule;
	const char *path = visit->url->path;
	struct inquiry inquiry = {
	    .is_first = true,
	    .query =
		{
		    .before = INT64_MAX,
		    .limit = (size_t)capsule->articles_per_page,
		    .hidden = visit->site->hidden_here,
		    .hidden_count = visit->site->hidden_here_count,
		},
	};

	if (text_starts(path, MORE)) {
		if (!id_read(path + strlen(MORE), &inquiry.query.before))
			return false;
		inquiry.is_first = false;
	} else if (strcmp(path, BEST) == 0) {
		inquiry.query.is_ranked = true;
	} else if (strcmp(path, SEARCH "/") == 0) {
		return visit_moved(visit, SEARCH);
	} else if (strcmp(path, SEARCH) != 0) {
		return false;
	}
	inquiry.query.words = inquiry.words;
	if (read_words(visit, &inquiry))
		answer_inquiry(visit, &inquiry);
	return true;
}
