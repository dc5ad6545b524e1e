/*
 * list_name - what tags and authors are called in the tables of lists and in addresses. Pure.
 *
 * Names that differ in case or blanks alone are one name: that is its key. The slug of a name is
 * text_slug() of it, its base. Of several names with one base, the one with the oldest article
 * has the bare base, each other one its base, "-" and six hex digits of its hash; a name of pure
 * symbols has no base, and the digits alone. Who has the bare base thus depends on what is
 * published and not on the order of printing, and a new name, with news under it, takes no
 * address that is in use.
 */
#ifndef STORE_LIST_NAME_H
#define STORE_LIST_NAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/text.h"

#define LIST_KEY_MAX  240 /* bytes: percent-encoded it fits into an address */
#define LIST_HASH_LEN 6   /* hex digits */
#define LIST_SLUG_MAX (TEXT_SLUG_MAX + 1 + LIST_HASH_LEN)

struct list_name {
	char key[LIST_KEY_MAX + 1]; /* a longer one is cut, and ends with its hash */
	char base[TEXT_SLUG_MAX + 1];
	char hash[LIST_HASH_LEN + 1];
};

/* Fills out from name[0..len). False, and *out_failed if out of memory, when no name is there. */
bool list_name_make(struct list_name *out, const char *name, size_t len, bool *out_failed);

/* The slug of a name; is_first says whether it has the bare base. */
void list_name_slug(
    char out[static LIST_SLUG_MAX + 1], const char *base, const char *hash, bool is_first);

/* Reads a slug as one with a hash: its base and its hash. False if it cannot be one. */
bool list_name_split(
    const char *slug, char base[static TEXT_SLUG_MAX + 1], char hash[static LIST_HASH_LEN + 1]);

#endif
