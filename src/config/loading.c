#include "config/loading.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

const char *
loading_copy(struct loading *l, const char *text)
{
	struct strings *texts = &l->config->texts;

	if (strings_add(texts, text))
		return texts->items[texts->count - 1];
	l->problems.out_of_memory = true;
	return NULL;
}

const char *
loading_take(struct loading *l, struct buffer *text)
{
	const char *copy = NULL;

	if (text->failed)
		l->problems.out_of_memory = true;
	else
		copy = loading_copy(l, buffer_text(text));
	buffer_free(text);
	return copy;
}

void
loading_add(struct loading *l, struct strings *list, const char *text)
{
	if (!strings_add(list, text))
		l->problems.out_of_memory = true;
}

void *
loading_grow(struct loading *l, void *items, size_t count, size_t size)
{
	char *grown = realloc(items, (count + 1) * size);

	if (grown == NULL)
		l->problems.out_of_memory = true;
	else
		memset(grown + count * size, 0, size);
	return grown;
}

void
loading_add_place(
    struct loading *l, enum place_kind kind, int line, const char *said, const char *path)
{
	struct config *config = l->config;
	struct place *places =
	    loading_grow(l, config->places, config->place_count, sizeof(*places));

	if (places == NULL)
		return;
	config->places = places;
	places[config->place_count++] = (struct place){
	    .kind = kind,
	    .line = line,
	    .said = loading_copy(l, said),
	    .path = loading_copy(l, path),
	};
}

void
loading_done(struct loading *l)
{
	for (size_t i = 0; i < l->zone_count; i++)
		zone_config_done(&l->zones[i].zone);
	free(l->zones);
	free(l->labels);
	free(l->capsules);
	free(l->section_title);
	free(l->folder);
	problems_free(&l->problems);
}

uint64_t
loading_bit(size_t n)
{
	assert(n < LOADING_KEYS_MAX);
	return (uint64_t)1 << n;
}

const struct directive *
section_directive(const struct section_type *type, const char *key)
{
	for (size_t i = 0; i < type->directive_count; i++)
		if (strcmp(type->directives[i].key, key) == 0)
			return &type->directives[i];
	return NULL;
}

bool
loading_has(const struct loading *l, const char *key)
{
	const struct directive *d = section_directive(l->section, key);

	return d != NULL && (l->keys_seen & loading_bit((size_t)(d - l->section->directives))) != 0;
}

bool
loading_claim_host(struct loading *l, const char *host)
{
	const struct capsule_config *owner = config_capsule(l->config, host);

	if (owner == NULL)
		return true;
	problems_add(&l->problems, l->line, "%s: %s is taken by [capsule %s] in line %d",
	    l->section_title, host, owner->host, owner->line);
	return false;
}
