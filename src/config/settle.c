#include "config/settle.h"

#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "config/places.h"
#include "config/values.h"

/* The capsule that answers for name, or NULL after adding a problem: what it is about is the word
 * before the name, and the line it stands in. */
static struct capsule_config *
find_capsule(struct loading *l, int line, const char *what, const char *name)
{
	struct config *config = l->config;
	const char **hosts = calloc(config->capsule_count + 1, sizeof(*hosts));
	char host[VALUE_HOST_MAX + 1] = "";

	value_host(name, host);
	for (size_t i = 0; i < config->capsule_count && hosts != NULL; i++) {
		struct capsule_config *capsule = &config->capsules[i];
		if (strcmp(capsule->host, host) == 0 || strings_contain(&capsule->aliases, host)) {
			free(hosts);
			return capsule;
		}
		hosts[i] = capsule->host;
	}
	if (hosts == NULL) {
		l->problems.out_of_memory = true;
		return NULL;
	}
	const char *near = strings_nearest(name, hosts, config->capsule_count);
	problems_add(&l->problems, line, "%s %s: no [capsule %s] in this file%s%s%s", what, name,
	    name, near != NULL ? ", did you mean \"" : "", near != NULL ? near : "",
	    near != NULL ? "\"?" : "");
	free(hosts);
	return NULL;
}

static void
overlay(struct labels *labels, const struct pending_labels *words)
{
	for (size_t i = 0; i < LABEL_COUNT; i++)
		if (words->text[i] != NULL)
			labels->text[i] = words->text[i];
}

/* Words for one capsule go before words for all, and those before English. */
static void
settle_labels(struct loading *l)
{
	for (size_t i = 0; i < l->config->capsule_count; i++) {
		struct labels *labels = &l->config->capsules[i].labels;
		memcpy(labels->text, label_defaults, sizeof(labels->text));
		for (size_t set = 0; set < l->label_count; set++)
			if (l->labels[set].host == NULL)
				overlay(labels, &l->labels[set]);
	}
	for (size_t set = 0; set < l->label_count; set++) {
		const struct pending_labels *words = &l->labels[set];
		if (words->host == NULL)
			continue;
		struct capsule_config *capsule =
		    find_capsule(l, words->line, "labels", words->host);
		if (capsule != NULL)
			overlay(&capsule->labels, words);
	}
}

/* Hands each zone to its capsule; those that have none stay where they are. */
static void
settle_zones(struct loading *l)
{
	for (size_t i = 0; i < l->zone_count; i++) {
		struct zone_config *zone = &l->zones[i].zone;
		struct capsule_config *capsule =
		    find_capsule(l, l->zones[i].line, "zone", zone->host);
		if (capsule == NULL)
			continue;
		struct zone_config *zones =
		    loading_grow(l, capsule->zones, capsule->zone_count, sizeof(*zones));
		if (zones == NULL)
			continue;
		capsule->zones = zones;
		zone->host = capsule->host; /* an alias may have been written */
		zones[capsule->zone_count++] = *zone;
		*zone = (struct zone_config){0}; /* the capsule's now */
	}
}

static void
settle_editors(struct loading *l)
{
	for (size_t i = 0; i < l->capsule_count; i++) {
		const struct pending_capsule *named = &l->capsules[i];
		if (named->host == NULL) /* out of memory: noted */
			continue;
		const struct capsule_config *capsule =
		    find_capsule(l, named->line, "capsule", named->host);
		if (capsule != NULL)
			loading_add(l, &l->config->editors[named->editor].capsules, capsule->host);
	}
}

/* The ini file itself, and folders in the state folder that are the server's own: a publication may
 * lie beside those. */
static void
settle_places(struct loading *l)
{
	static const char *const names[] = {"editors", "invitations"};
	const struct config *config = l->config;

	loading_add_place(l, PLACE_INI, 0, "this ini file in it", config->path);
	for (size_t i = 0; config->server.state != NULL && i < config->capsule_count + 2; i++) {
		struct buffer path = BUFFER_EMPTY;

		buffer_printf(&path, "%s/%s", config->server.state,
		    i < 2 ? names[i] : config->capsules[i - 2].host);
		if (path.failed)
			l->problems.out_of_memory = true;
		else
			loading_add_place(l, PLACE_OWN, 0, path.data, path.data);
		buffer_free(&path);
	}
	if (!l->problems.out_of_memory)
		places_compare(config, &l->problems);
}

void
loading_settle(struct loading *l)
{
	settle_labels(l);
	settle_zones(l);
	settle_editors(l);
	if (l->purpose != CONFIG_TO_READ)
		settle_places(l);
}
