#include "store/search_tokenizer.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "store/search_words.h"

/* What FTS5 wants to be called with each word. */
typedef int word_sink(void *arg, int flags, const char *word, int len, int start, int end);

/* One tokenizer: that of SQLite, which does all but the pairs. */
struct tokenizer {
	fts5_tokenizer words;
	Fts5Tokenizer *inner;
};

/* One text on its way through. */
struct passage {
	const struct tokenizer *tokenizer;
	int reason; /* why FTS5 asks: its FTS5_TOKENIZE_ flags */
	const char *text;
	int offset; /* where text begins in what FTS5 handed over */
	word_sink *sink;
	void *arg;
};

static int
pass_on(void *arg, int flags, const char *word, int len, int start, int end)
{
	const struct passage *p = arg;

	return p->sink(p->arg, flags, word, len, start + p->offset, end + p->offset);
}

/* Length of the character at text[0..len), and whether it is one of a script without blanks. */
static int
look(const char *text, int len, bool *out_is_unspaced)
{
	uint32_t code_point = 0;
	size_t n = text_decode(text, (size_t)len, &code_point);

	*out_is_unspaced = n > 0 && search_is_unspaced(code_point);
	return n > 0 ? (int)n : 1;
}

/* Sends each pair of characters in text[start..end), and the last one alone, so that one is found
 * too: in the place of the last pair, for what follows must be its neighbour. */
static int
send_pairs(const struct passage *p, int start, int end)
{
	bool is_query = (p->reason & FTS5_TOKENIZE_QUERY) != 0, ignored;
	int code = SQLITE_OK;
	int first = start, second = start + look(p->text + start, end - start, &ignored);

	if (second >= end)
		return p->sink(
		    p->arg, 0, p->text + start, end - start, start + p->offset, end + p->offset);
	while (code == SQLITE_OK && second < end) {
		int next = second + look(p->text + second, end - second, &ignored);

		code = p->sink(
		    p->arg, 0, p->text + first, next - first, first + p->offset, next + p->offset);
		first = second;
		second = next;
	}
	if (code == SQLITE_OK && !is_query)
		code = p->sink(p->arg, FTS5_TOKEN_COLOCATED, p->text + first, end - first,
		    first + p->offset, end + p->offset);
	return code;
}

static int
send_words(const struct passage *p, int start, int end)
{
	const struct tokenizer *t = p->tokenizer;
	struct passage part = *p;

	part.text += start;
	part.offset += start;
	return t->words.xTokenize(t->inner, &part, p->reason, part.text, end - start, pass_on);
}

/* Where the run of characters of one kind that begins at start ends. */
static int
run_end(const char *text, int start, int end, bool *out_is_unspaced)
{
	bool is_same = true;
	int at = start + look(text + start, end - start, out_is_unspaced);

	while (at < end && is_same) {
		bool is_unspaced;
		int n = look(text + at, end - at, &is_unspaced);

		is_same = is_unspaced == *out_is_unspaced;
		at += is_same ? n : 0;
	}
	return at;
}

static bool
has_unspaced(const char *text, int start, int end)
{
	bool is_unspaced = false;

	for (int at = start; at < end && !is_unspaced;)
		at += look(text + at, end - at, &is_unspaced);
	return is_unspaced;
}

/* Gets a word of SQLite's tokenizer; start and end are where it stood in the text. */
static int
take_word(void *arg, int flags, const char *word, int len, int start, int end)
{
	const struct passage *p = arg;
	int code = SQLITE_OK;

	if (!has_unspaced(p->text, start, end))
		return pass_on(arg, flags, word, len, start, end);
	while (code == SQLITE_OK && start < end) {
		bool is_unspaced;
		int stop = run_end(p->text, start, end, &is_unspaced);

		code = is_unspaced ? send_pairs(p, start, stop) : send_words(p, start, stop);
		start = stop;
	}
	return code;
}

/* --- what FTS5 calls ----------------------------------------------------------------------- */

static void
tokenizer_free(Fts5Tokenizer *handle)
{
	struct tokenizer *t = (struct tokenizer *)handle;

	if (t->inner != NULL)
		t->words.xDelete(t->inner);
	free(t);
}

static int
tokenizer_new(void *api_arg, const char **args, int count, Fts5Tokenizer **out)
{
	static const char *words[] = {"unicode61", "remove_diacritics", "2"};
	fts5_api *api = api_arg;
	struct tokenizer *t = calloc(1, sizeof(*t));
	void *words_arg = NULL;

	(void)args, (void)count;
	if (t == NULL)
		return SQLITE_NOMEM;
	int code = api->xFindTokenizer(api, "porter", &words_arg, &t->words);
	if (code == SQLITE_OK)
		code =
		    t->words.xCreate(words_arg, words, sizeof(words) / sizeof(words[0]), &t->inner);
	if (code != SQLITE_OK) {
		tokenizer_free((Fts5Tokenizer *)t);
		return code;
	}
	*out = (Fts5Tokenizer *)t;
	return SQLITE_OK;
}

static int
tokenizer_run(
    Fts5Tokenizer *handle, void *arg, int reason, const char *text, int len, word_sink *sink)
{
	const struct tokenizer *t = (const struct tokenizer *)handle;
	struct passage p = {
	    .tokenizer = t, .reason = reason, .text = text, .sink = sink, .arg = arg};

	return t->words.xTokenize(t->inner, &p, reason, text, len, take_word);
}

/* FTS5 hands out its interface through a statement: so its manual has it. */
fts5_api *
search_tokenizer_api(struct database *database)
{
	fts5_api *api = NULL;
	sqlite3_stmt *statement = NULL;

	int code = sqlite3_prepare_v2(database->db, "SELECT fts5(?1)", -1, &statement, NULL);
	if (code == SQLITE_OK)
		code = sqlite3_bind_pointer(statement, 1, (void *)&api, "fts5_api_ptr", NULL);
	if (code == SQLITE_OK)
		code = sqlite3_step(statement);
	database_note(database, code);
	sqlite3_finalize(statement);
	return api;
}

void
search_tokenizer_register(struct database *database)
{
	static fts5_tokenizer methods = {
	    .xCreate = tokenizer_new, .xDelete = tokenizer_free, .xTokenize = tokenizer_run};
	fts5_api *api = search_tokenizer_api(database);

	if (api != NULL)
		database_note(database,
		    api->xCreateTokenizer(api, SEARCH_TOKENIZER, (void *)api, &methods, NULL));
}
