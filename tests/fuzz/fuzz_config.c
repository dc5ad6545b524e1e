/*
 * Any bytes as an ini file: a configuration with everything in it that others rely on, or a
 * reason that names the file.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "config/load.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_capsule(const struct config *config, const struct capsule_config *capsule)
{
	assert(config_capsule(config, capsule->host) == capsule);
	assert(capsule->root[0] == '/' && capsule->certificate[0] == '/' && capsule->key[0] == '/');
	assert(capsule->title[0] != '\0' && capsule->tagline != NULL);
	assert(capsule->port >= 0 && capsule->port <= 65535 && capsule->articles_per_page > 0);
	for (size_t i = 0; i < LABEL_COUNT; i++)
		assert(capsule->labels.text[i][0] != '\0');
	for (size_t i = 0; i < capsule->redirect_count; i++) {
		assert(capsule->redirects[i].from[0] == '/');
		assert(strpbrk(capsule->redirects[i].to, " \r\n") == NULL);
	}
	for (size_t i = 0; i < capsule->zone_count; i++) {
		const char *prefix = capsule->zones[i].prefix;
		assert(prefix[0] == '/' && prefix[strlen(prefix) - 1] == '/');
		assert(strcmp(capsule->zones[i].host, capsule->host) == 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char name[] = "/fuzz/broadsheet.ini";
	struct error err = {""};
	struct config *config = config_parse(name, (const char *)data, size, CONFIG_TO_READ, &err);

	if (config == NULL) {
		assert(strncmp(err.text, name, strlen(name)) == 0);
		return 0;
	}
	assert(config->capsule_count > 0 && config->server.listen.count > 0);
	for (size_t i = 0; i < config->capsule_count; i++)
		check_capsule(config, &config->capsules[i]);
	for (size_t i = 0; i < config->editor_count; i++)
		assert(config->editors[i].id[0] != '\0' && config->editors[i].name != NULL);
	config_free(config);
	return 0;
}
