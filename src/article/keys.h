/*
 * keys - the keys of front matter that mean something to us. Pure.
 */
#ifndef ARTICLE_KEYS_H
#define ARTICLE_KEYS_H

#include <stddef.h>

enum key {
	KEY_TITLE,
	KEY_AUTHOR,
	KEY_DATE,
	KEY_UPDATED,
	KEY_SUMMARY,
	KEY_TAGS,
	KEY_LANG,
	KEY_IMAGE,
	KEY_IMAGE_ALT,
	KEY_IMAGE_CREDIT,
	KEY_STATUS,
	KEY_EDITOR,
	KEY_CORRECTION,
	KEY_MOVED_FROM,
	KEY_RETRACTED,
	KEY_SENT_TO,  /* the desk's: nothing to print */
	KEY_REVISION, /* the same, and never stored */
	KEY_COUNT
};

extern const char *const keys_names[KEY_COUNT];

/* The key of that name, in small letters or capitals, or KEY_COUNT for one we do not know. */
enum key keys_find(const char *name, size_t len);

/* The key that the name of none was most likely meant to be, if that is one that keeps a text from
 * its readers, or from taking the place of another one, and the value may be one of it: of `status`
 * a state, of `date` a day or a year, of `revision` 8 hex digits or more, of `retracted` anything.
 * Else KEY_COUNT: `state: Texas` hides nothing. Marks in the name do not count. */
enum key keys_nearest_hiding(const char *name, size_t len, const char *value, size_t value_len);

/* The key of ours that would say what an entry with the name of none says to another program, if
 * that keeps the text from its readers: `draft: true`, `published: false`, `embargo: 2027-03-01`.
 * Else KEY_COUNT. */
enum key keys_hiding_elsewhere(const char *name, size_t len, const char *value, size_t value_len);

/* What the name of none may have been meant to be, or NULL. */
const char *keys_nearest(const char *name, size_t len);

#endif
