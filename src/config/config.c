#include "config/config.h"

#include <stdlib.h>
#include <string.h>

#include "gemini/url.h"

const char *const config_default_listen[] = {"[::]:1965", "0.0.0.0:1965", NULL};

bool
config_listens_by_default(const struct strings *listen)
{
	size_t count = 0;

	for (; config_default_listen[count] != NULL; count++)
		if (count == listen->count ||
		    strcmp(listen->items[count], config_default_listen[count]) != 0)
			return false;
	return listen->count == count;
}

int
config_port(const struct capsule_config *capsule, int listen_port)
{
	if (capsule->port != 0)
		return capsule->port;
	return listen_port > 0 ? listen_port : URL_DEFAULT_PORT;
}

const struct capsule_config *
config_capsule(const struct config *config, const char *host)
{
	for (size_t i = 0; i < config->capsule_count; i++) {
		const struct capsule_config *capsule = &config->capsules[i];
		if (strcmp(capsule->host, host) == 0 || strings_contain(&capsule->aliases, host))
			return capsule;
	}
	return NULL;
}

void
zone_config_done(struct zone_config *zone)
{
	strings_free(&zone->fingerprints);
}

static void
capsule_done(struct capsule_config *capsule)
{
	for (size_t i = 0; i < capsule->zone_count; i++)
		zone_config_done(&capsule->zones[i]);
	free(capsule->redirects);
	free(capsule->zones);
	strings_free(&capsule->aliases);
	strings_free(&capsule->gone);
}

static void
editor_done(struct editor_config *editor)
{
	strings_free(&editor->fingerprints);
	strings_free(&editor->capsules);
}

void
config_free(struct config *config)
{
	if (config == NULL)
		return;
	for (size_t i = 0; i < config->capsule_count; i++)
		capsule_done(&config->capsules[i]);
	for (size_t i = 0; i < config->editor_count; i++)
		editor_done(&config->editors[i]);
	free(config->places);
	free(config->capsules);
	free(config->editors);
	free(config->server.proxy_from);
	strings_free(&config->server.listen);
	strings_free(&config->texts);
	free(config);
}
