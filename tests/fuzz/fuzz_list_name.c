/* Whatever a tag or an author is called: its address is short, clean and its own, and an ID in an
 * address has one spelling but for case. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "article/id.h"
#include "base/text.h"
#include "store/list_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_slugs(const struct list_name *name)
{
	char slug[LIST_SLUG_MAX + 1], base[TEXT_SLUG_MAX + 1], hash[LIST_HASH_LEN + 1];

	assert(text_is_utf8(name->key, strlen(name->key)) && name->key[0] != '\0');
	assert(text_is_utf8(name->base, strlen(name->base)));
	assert(strpbrk(name->base, "/.%?# \\") == NULL);
	list_name_slug(slug, name->base, name->hash, false);
	assert(list_name_split(slug, base, hash));
	assert(strcmp(base, name->base) == 0 && strcmp(hash, name->hash) == 0);
	text_slug(name->base, base);
	assert(strcmp(base, name->base) == 0);
}

/* The key is where a page of names goes on: it must lead to itself. */
static void
check_key(const struct list_name *name)
{
	struct list_name again;
	bool failed;

	assert(list_name_make(&again, name->key, strlen(name->key), &failed));
	assert(strcmp(again.key, name->key) == 0 && strcmp(again.base, name->base) == 0);
}

static void
check_id(const char *text)
{
	char written[ID_TEXT_LEN + 1];
	int64_t id;

	if (!id_read(text, &id))
		return;
	assert(id >= 0);
	id_write(id, written);
	assert(strcasecmp(written, text) == 0);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct list_name name;
	bool failed;
	char *text = malloc(size + 1);

	assert(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	check_id(text);
	if (text_is_utf8(text, strlen(text)) &&
	    list_name_make(&name, text, strlen(text), &failed)) {
		check_slugs(&name);
		check_key(&name);
	}
	free(text);
	return 0;
}
