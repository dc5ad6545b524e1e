#include "store/search_words.h"

#include <string.h>

#include "base/text.h"

struct span {
	uint32_t first, last;
};

/* Sorted. */
static const struct span unspaced[] = {
    {0x0E01, 0x0E5B},   /* Thai */
    {0x0E81, 0x0EFF},   /* Lao */
    {0x1000, 0x109F},   /* Burmese */
    {0x1100, 0x11FF},   /* Hangul, letter by letter */
    {0x1780, 0x17FF},   /* Khmer */
    {0x3005, 0x3007},   /* ideographic marks that count as letters */
    {0x3040, 0x312F},   /* kana, bopomofo */
    {0x3130, 0x318F},   /* Hangul letters */
    {0x31A0, 0x31BF},   /* more bopomofo */
    {0x31F0, 0x31FF},   /* more katakana */
    {0x3400, 0x4DBF},   /* Han */
    {0x4E00, 0x9FFF},   /* Han */
    {0xAC00, 0xD7AF},   /* Hangul: its words grow endings */
    {0xF900, 0xFAFF},   /* Han */
    {0xFF66, 0xFF9F},   /* katakana of half width */
    {0x1B000, 0x1B16F}, /* old kana */
    {0x20000, 0x3FFFF}, /* Han */
};

/* What stands between words, whatever the keyboard. */
static const struct span blanks[] = {
    {0x00, 0x20},
    {0x7F, 0xA0},
    {0x1680, 0x1680},
    {0x2000, 0x200B},
    {0x2028, 0x2029},
    {0x202F, 0x202F},
    {0x205F, 0x205F},
    {0x3000, 0x3000},
    {0xFEFF, 0xFEFF},
};

static bool
is_in(uint32_t code_point, const struct span *spans, size_t count)
{
	for (size_t i = 0; i < count && spans[i].first <= code_point; i++)
		if (code_point <= spans[i].last)
			return true;
	return false;
}

bool
search_is_unspaced(uint32_t code_point)
{
	return is_in(code_point, unspaced, sizeof(unspaced) / sizeof(unspaced[0]));
}

static bool
is_blank(uint32_t code_point)
{
	return is_in(code_point, blanks, sizeof(blanks) / sizeof(blanks[0]));
}

static bool
is_quote(uint32_t code_point)
{
	return code_point == '"' || (code_point >= 0x201C && code_point <= 0x201E);
}

/* A word or phrase being read. */
struct reading {
	const char *start; /* NULL: none has begun */
	size_t len;
	size_t unspaced_run; /* how many unspaced characters it ends with */
	bool is_phrase;      /* a quote is open: blanks are part of it */
};

static void
take(struct reading *word, const char *character, size_t len, uint32_t code_point)
{
	if (word->start == NULL)
		word->start = character;
	word->len += len;
	word->unspaced_run = search_is_unspaced(code_point) ? word->unspaced_run + 1 : 0;
}

/* Appends the word, if one has begun, and gets ready for the next. A single character at the end
 * is half a pair: it is looked for as the beginning of one. */
static size_t
finish(struct reading *word, struct buffer *out)
{
	bool is_word = word->start != NULL;

	if (is_word) {
		buffer_puts(out, out->len > 0 ? " \"" : "\"");
		buffer_append(out, word->start, word->len);
		buffer_puts(out, word->unspaced_run == 1 ? "\" *" : "\"");
	}
	*word = (struct reading){.is_phrase = word->is_phrase};
	return is_word ? 1 : 0;
}

size_t
search_words(struct buffer *out, const char *text)
{
	struct reading word = {0};
	size_t count = 0, rest = strlen(text);
	uint32_t code_point;

	for (size_t n; rest > 0 && count < SEARCH_WORDS_MAX; text += n, rest -= n) {
		n = text_decode(text, rest, &code_point);
		if (n == 0)
			break;
		if (is_quote(code_point)) {
			count += finish(&word, out);
			word.is_phrase = !word.is_phrase;
		} else if (is_blank(code_point) && !word.is_phrase) {
			count += finish(&word, out);
		} else if (!is_blank(code_point) || word.start != NULL) {
			take(&word, text, n, code_point);
		}
	}
	return count < SEARCH_WORDS_MAX ? count + finish(&word, out) : count;
}
