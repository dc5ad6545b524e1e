#include "store/search_excerpt.h"

#include <stdlib.h>

#include "base/buffer.h"
#include "base/text.h"
#include "store/search_tokenizer.h"
#include "store/search_words.h"

#define BODY       5    /* among the columns of the index */
#define PLACES_MAX 32   /* of one word or phrase that are looked at */
#define BYTES_MAX  1000 /* of an excerpt: words can be of any length */
#define ELLIPSIS   "…"

/* Where a word or phrase stands in the body. */
struct place {
	int word; /* counted from the beginning of the body */
	int phrase;
};

/* The words to be shown: from first on. */
struct window {
	int first;
	bool is_found;
};

static int
compare_places(const void *left, const void *right)
{
	const struct place *a = left, *b = right;

	return (a->word > b->word) - (a->word < b->word);
}

/* The first places of a phrase. Returns how many. */
static size_t
list_places(const Fts5ExtensionApi *api, Fts5Context *fts, int phrase, struct place *out)
{
	Fts5PhraseIter iterator;
	size_t count = 0;
	int column, word;

	if (api->xPhraseFirst(fts, phrase, &iterator, &column, &word) != SQLITE_OK)
		return 0;
	while (column >= 0 && column <= BODY && count < PLACES_MAX) {
		if (column == BODY)
			out[count++] = (struct place){word, phrase};
		api->xPhraseNext(fts, &iterator, &column, &word);
	}
	return count;
}

/* How many different phrases stand within a window that begins with places[0]; *out_last: where
 * the last of them does. */
static int
count_phrases(const struct place *places, size_t count, int *out_last)
{
	unsigned seen = 0;
	int different = 0;

	for (size_t i = 0; i < count; i++) {
		if (places[i].word >= places[0].word + SEARCH_EXCERPT_WORDS)
			break;
		if ((seen & 1u << places[i].phrase) != 0)
			continue;
		seen |= 1u << places[i].phrase;
		*out_last = places[i].word;
		different++;
	}
	return different;
}

/* The first window with the most phrases, and these in its middle. */
static struct window
choose(const struct place *places, size_t count)
{
	struct window window = {.first = 0};
	int best = 0;

	for (size_t i = 0; i < count; i++) {
		int last = 0, different = count_phrases(&places[i], count - i, &last);

		if (different <= best)
			continue;
		int around = (SEARCH_EXCERPT_WORDS - (last - places[i].word)) / 2;
		best = different;
		window.is_found = true;
		window.first = places[i].word > around ? places[i].word - around : 0;
	}
	return window;
}

static struct window
find_window(const Fts5ExtensionApi *api, Fts5Context *fts)
{
	struct place places[SEARCH_WORDS_MAX * PLACES_MAX] = {{0}};
	size_t count = 0;
	int phrases = api->xPhraseCount(fts);

	for (int i = 0; i < phrases && i < SEARCH_WORDS_MAX; i++)
		count += list_places(api, fts, i, places + count);
	qsort(places, count, sizeof(places[0]), compare_places);
	return choose(places, count);
}

/* A window being looked for in the text, word by word. */
struct walk {
	int first;      /* word of the window */
	int words;      /* seen so far */
	int start, end; /* bytes */
	bool is_at_end; /* of the window: words follow it */
};

static int
take_word(void *arg, int flags, const char *word, int len, int start, int end)
{
	struct walk *walk = arg;

	(void)word, (void)len;
	if (walk->is_at_end || walk->words == walk->first + SEARCH_EXCERPT_WORDS) {
		walk->is_at_end = true;
		return SQLITE_DONE;
	}
	if ((flags & FTS5_TOKEN_COLOCATED) == 0)
		walk->words++;
	if (walk->words == walk->first + 1)
		walk->start = start;
	walk->end = end;
	return SQLITE_OK;
}

static void
cut_out(const Fts5ExtensionApi *api, Fts5Context *fts, int first, sqlite3_context *context)
{
	struct walk walk = {.first = first};
	struct buffer excerpt = BUFFER_EMPTY;
	const char *text = NULL;
	int len = 0;

	int code = api->xColumnText(fts, BODY, &text, &len);
	if (code == SQLITE_OK)
		code = api->xTokenize(fts, text, len, &walk, take_word);
	if (code != SQLITE_OK && code != SQLITE_DONE) {
		sqlite3_result_error_code(context, code);
		return;
	}
	if (walk.words > first) {
		size_t start = first == 0 ? 0 : (size_t)walk.start;
		size_t wanted = (size_t)(walk.is_at_end ? walk.end : len) - start;
		size_t taken = text_cut(text + start, wanted, BYTES_MAX);

		buffer_puts(&excerpt, start == 0 ? "" : ELLIPSIS);
		buffer_append(&excerpt, text + start, taken);
		buffer_puts(&excerpt, start + taken == (size_t)len ? "" : ELLIPSIS);
	}
	if (excerpt.failed)
		sqlite3_result_error_nomem(context);
	else
		sqlite3_result_text(
		    context, buffer_text(&excerpt), (int)excerpt.len, SQLITE_TRANSIENT);
	buffer_free(&excerpt);
}

static void
excerpt(const Fts5ExtensionApi *api, Fts5Context *fts, sqlite3_context *context, int count,
    sqlite3_value **values)
{
	struct window window = find_window(api, fts);

	(void)count, (void)values;
	if (window.is_found && window.first <= SEARCH_EXCERPT_DEPTH)
		cut_out(api, fts, window.first, context);
	else
		sqlite3_result_text(context, "", 0, SQLITE_STATIC);
}

void
search_excerpt_register(struct database *database)
{
	fts5_api *api = search_tokenizer_api(database);

	if (api != NULL)
		database_note(database, api->xCreateFunction(api, "excerpt", NULL, excerpt, NULL));
}
