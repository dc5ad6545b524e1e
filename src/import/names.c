#include "import/names.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct name {
	char *key, *value; /* owned */
};

static int
by_key(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->key, ((const struct name *)b)->key);
}

static void
name_free(void *item)
{
	struct name *name = item;

	if (name == NULL)
		return;
	free(name->key);
	free(name->value);
	free(name);
}

bool
names_add(struct names *names, const char *key, const char *value)
{
	struct name *name = calloc(1, sizeof(*name));
	void *node = NULL;

	if (name == NULL)
		return false;
	name->key = strdup(key);
	name->value = strdup(value);
	if (name->key != NULL && name->value != NULL)
		node = tsearch(name, &names->tree, by_key);
	if (node == NULL || *(struct name **)node != name)
		name_free(name);
	return node != NULL;
}

const char *
names_find(const struct names *names, const char *key)
{
	const struct name wanted = {.key = (char *)key};
	void *node = tfind(&wanted, &names->tree, by_key);

	return node == NULL ? NULL : (*(struct name **)node)->value;
}

void
names_free(struct names *names)
{
	if (names->tree != NULL)
		tdestroy(names->tree, name_free);
	names->tree = NULL;
}
