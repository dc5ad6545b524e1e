#include "article/keys.h"

#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/strings.h"
#include "base/text.h"

#define NAME_MAX_LEN        64 /* bytes with the NUL; what is as long is nobody's misspelling */
#define REVISION_DIGITS_MIN 8  /* of 12: one may have been lost */

const char *const keys_names[KEY_COUNT] = {
    [KEY_TITLE] = "title",
    [KEY_AUTHOR] = "author",
    [KEY_DATE] = "date",
    [KEY_UPDATED] = "updated",
    [KEY_SUMMARY] = "summary",
    [KEY_TAGS] = "tags",
    [KEY_LANG] = "lang",
    [KEY_IMAGE] = "image",
    [KEY_IMAGE_ALT] = "image-alt",
    [KEY_IMAGE_CREDIT] = "image-credit",
    [KEY_STATUS] = "status",
    [KEY_EDITOR] = "editor",
    [KEY_CORRECTION] = "correction",
    [KEY_MOVED_FROM] = "moved-from",
    [KEY_RETRACTED] = "retracted",
    [KEY_SENT_TO] = "sent-to",
    [KEY_REVISION] = "revision",
};

enum key
keys_find(const char *name, size_t len)
{
	enum key key = 0;

	while (key < KEY_COUNT &&
	       (strlen(keys_names[key]) != len || strncasecmp(keys_names[key], name, len) != 0))
		key++;
	return key;
}

/* Marks of lists and quotations, dashes, and what does not show. */
static bool
is_mark(uint32_t c)
{
	if (c < 0x80)
		return !isalnum((unsigned char)c) && c != '-';
	return text_is_unseen(c) || c == 0xB7 || (c >= 0x2010 && c <= 0x205E);
}

/* Copies a name, or its beginning, in small letters and without marks. */
static void
copy_bare(const char *name, size_t len, char out[static NAME_MAX_LEN])
{
	size_t at = 0, n;
	uint32_t code_point;

	for (; (n = text_decode(name, len, &code_point)) > 0; name += n, len -= n) {
		if (is_mark(code_point))
			continue;
		if (at + n >= NAME_MAX_LEN)
			break;
		for (size_t i = 0; i < n; i++)
			out[at++] = (char)tolower((unsigned char)name[i]);
	}
	assert(at < NAME_MAX_LEN);
	out[at] = '\0';
}

const char *
keys_nearest(const char *name, size_t len)
{
	char bare[NAME_MAX_LEN];

	copy_bare(name, len, bare);
	return strings_nearest(bare, keys_names, KEY_COUNT);
}

/* Whether a text is in a state that begins with such a word, even a misspelt one. */
static bool
is_like_status(const char *value, size_t len)
{
	static const char *const states[] = {"draft", "embargo", "embargoed", "hidden", "pending",
	    "private", "published", "ready", "scheduled", "unlisted", "unpublished"};
	char word[NAME_MAX_LEN];
	size_t end = 0;

	while (end < len && !isspace((unsigned char)value[end]))
		end++;
	copy_bare(value, end, word);
	return strings_nearest(word, states, sizeof(states) / sizeof(states[0])) != NULL;
}

/* Whether a day may be meant: there is a year in it, or it is three numbers. */
static bool
is_like_day(const char *value, size_t len)
{
	size_t digits = 0, numbers = 0;
	bool is_all = true;

	for (size_t i = 0; i < len && digits < 4; i++) {
		bool is_digit = isdigit((unsigned char)value[i]);

		numbers += is_digit && digits == 0;
		digits = is_digit ? digits + 1 : 0;
		is_all &= is_digit || (value[i] != '\0' && strchr(" ./-", value[i]) != NULL);
	}
	return digits == 4 || (is_all && numbers == 3);
}

static bool
is_like_note(const char *value, size_t len)
{
	(void)value;
	return len > 0;
}

static bool
is_like_revision(const char *value, size_t len)
{
	size_t digits = 0;

	while (digits < len && isxdigit((unsigned char)value[digits]))
		digits++;
	return digits >= REVISION_DIGITS_MIN;
}

enum key
keys_nearest_hiding(const char *name, size_t len, const char *value, size_t value_len)
{
	static const struct {
		enum key key;
		bool (*is_like)(const char *value, size_t len);
	} hiding[] = {
	    {KEY_STATUS, is_like_status},
	    {KEY_DATE, is_like_day},
	    {KEY_RETRACTED, is_like_note},
	    {KEY_REVISION, is_like_revision},
	};
	char bare[NAME_MAX_LEN];

	copy_bare(name, len, bare);
	for (size_t i = 0; i < sizeof(hiding) / sizeof(hiding[0]); i++)
		if (strings_nearest(bare, &keys_names[hiding[i].key], 1) != NULL &&
		    hiding[i].is_like(value, value_len))
			return hiding[i].key;
	return KEY_COUNT;
}

static bool
is_one_of(const char *word, const char *const *words)
{
	while (*words != NULL && strcmp(word, *words) != 0)
		words++;
	return *words != NULL;
}

enum key
keys_hiding_elsewhere(const char *name, size_t len, const char *value, size_t value_len)
{
	static const char *const hide[] = {"draft", "hidden", "private", "unlisted", NULL};
	static const char *const show[] = {"publish", "published", NULL};
	static const char *const delay[] = {"embargo", "embargo-until", "embargoeduntil",
	    "embargoed-until", "embargountil", "pub-date", "pubdate", "publish-date", "publishdate",
	    NULL};
	static const char *const no[] = {"0", "false", "no", "off", NULL};
	static const char *const yes[] = {"1", "on", "true", "yes", NULL};
	char bare[NAME_MAX_LEN], meant[NAME_MAX_LEN];

	if (value_len == 0)
		return KEY_COUNT;
	copy_bare(name, len, bare);
	copy_bare(value, value_len, meant); /* of a sentence the beginning, neither yes nor no */
	if (is_one_of(bare, delay))
		return KEY_DATE;
	if (is_one_of(bare, show) && isdigit((unsigned char)value[0]) && !is_one_of(meant, yes))
		return KEY_DATE;
	bool hides = (is_one_of(bare, hide) && !is_one_of(meant, no)) ||
		     (is_one_of(bare, show) && !is_one_of(meant, yes)) ||
		     strcmp(meant, "draft") == 0;
	return hides ? KEY_STATUS : KEY_COUNT;
}
