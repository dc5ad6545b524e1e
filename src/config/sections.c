#include "config/sections.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "config/values.h"
#include "gemini/url.h"

bool
begin_server(struct loading *l, const char *name)
{
	(void)name; /* it has none, as the next two */
	l->target = &l->config->server;
	return true;
}

bool
begin_log(struct loading *l, const char *name)
{
	(void)name;
	l->target = &l->config->log;
	return true;
}

bool
begin_limits(struct loading *l, const char *name)
{
	(void)name;
	l->target = &l->config->limits;
	return true;
}

/* A proxy stands in front of the server on the same machine unless proxy-from says otherwise. */
static void
trust_own_machine(struct loading *l, struct server_config *server)
{
	struct address_block *blocks = calloc(2, sizeof(*blocks));

	if (blocks == NULL) {
		l->problems.out_of_memory = true;
		return;
	}
	value_address_block("127.0.0.0/8", &blocks[0]);
	value_address_block("::1", &blocks[1]);
	server->proxy_from = blocks;
	server->proxy_from_count = 2;
}

void
end_server(struct loading *l)
{
	struct server_config *server = l->target;

	if (!loading_has(l, "listen"))
		for (size_t i = 0; config_default_listen[i] != NULL; i++)
			loading_add(l, &server->listen, config_default_listen[i]);
	if (!loading_has(l, "proxy-from"))
		trust_own_machine(l, server);
}

bool
begin_capsule(struct loading *l, const char *name)
{
	struct config *config = l->config;
	char host[VALUE_HOST_MAX + 1];

	if (!value_host(name, host)) {
		problems_add(&l->problems, l->line,
		    "%s: expected [capsule HOST], HOST being a name such as example.org in ASCII "
		    "(an international one in its xn-- form)",
		    l->section_title);
		return false;
	}
	if (!loading_claim_host(l, host))
		return false;
	struct capsule_config *capsules =
	    loading_grow(l, config->capsules, config->capsule_count, sizeof(*capsules));
	if (capsules == NULL)
		return false;
	config->capsules = capsules;
	struct capsule_config *capsule = &capsules[config->capsule_count];
	capsule->host = loading_copy(l, host);
	if (capsule->host == NULL)
		return false;
	capsule->line = l->line;
	config->capsule_count++;
	l->target = capsule;
	return true;
}

void
end_capsule(struct loading *l)
{
	struct capsule_config *capsule = l->target;

	if (capsule->title == NULL)
		capsule->title = loading_copy(l, capsule->host);
	if (capsule->tagline == NULL)
		capsule->tagline = loading_copy(l, "");
}

bool
begin_labels(struct loading *l, const char *name)
{
	for (size_t i = 0; i < l->label_count; i++) {
		const char *host = l->labels[i].host != NULL ? l->labels[i].host : "";
		if (strcasecmp(host, name) != 0)
			continue;
		problems_add(&l->problems, l->line,
		    "%s is there already in line %d, expected it once", l->section_title,
		    l->labels[i].line);
		return false;
	}
	struct pending_labels *labels = loading_grow(l, l->labels, l->label_count, sizeof(*labels));
	if (labels == NULL)
		return false;
	l->labels = labels;
	labels[l->label_count].line = l->line;
	if (name[0] != '\0') {
		labels[l->label_count].host = loading_copy(l, name);
		if (labels[l->label_count].host == NULL)
			return false;
	}
	l->target = &labels[l->label_count++];
	return true;
}

bool
begin_editor(struct loading *l, const char *name)
{
	struct config *config = l->config;

	if (!value_is_id(name)) {
		problems_add(&l->problems, l->line,
		    "%s: expected [editor ID], ID being letters, digits, - and _",
		    l->section_title);
		return false;
	}
	for (size_t i = 0; i < config->editor_count; i++)
		if (strcmp(config->editors[i].id, name) == 0) {
			problems_add(&l->problems, l->line, "%s is there already, expected it once",
			    l->section_title);
			return false;
		}
	struct editor_config *editors =
	    loading_grow(l, config->editors, config->editor_count, sizeof(*editors));
	if (editors == NULL)
		return false;
	config->editors = editors;
	editors[config->editor_count].id = loading_copy(l, name);
	if (editors[config->editor_count].id == NULL)
		return false;
	l->target = &editors[config->editor_count++];
	return true;
}

void
end_editor(struct loading *l)
{
	struct editor_config *editor = l->target;

	if (editor->name == NULL)
		editor->name = loading_copy(l, editor->id);
}

/* Whether a decoded path can be that of a folder: no empty, "." or ".." segment. */
static bool
is_folder_path(const char *path)
{
	size_t len = strlen(path);

	return len > 0 && path[0] == '/' && path[len - 1] == '/' && strstr(path, "//") == NULL &&
	       strstr(path, "/./") == NULL && strstr(path, "/../") == NULL;
}

static bool
zone_is_new(struct loading *l, const char *host, const char *prefix)
{
	for (size_t i = 0; i < l->zone_count; i++) {
		const struct zone_config *zone = &l->zones[i].zone;
		if (strcmp(zone->host, host) != 0 || strcmp(zone->prefix, prefix) != 0)
			continue;
		problems_add(&l->problems, l->line,
		    "%s is there already in line %d, expected it once", l->section_title,
		    l->zones[i].line);
		return false;
	}
	return true;
}

/* Splits "example.org/members/" into host and decoded path. */
static bool
read_zone_name(
    const char *name, char host[static VALUE_HOST_MAX + 1], char path[static URL_MAX + 1])
{
	size_t host_len = strcspn(name, "/");
	char written[VALUE_HOST_MAX + 1];

	if (host_len > VALUE_HOST_MAX || strlen(name) > URL_MAX)
		return false;
	memcpy(written, name, host_len);
	written[host_len] = '\0';
	return value_host(written, host) && url_decode_query(name + host_len, path) &&
	       is_folder_path(path);
}

bool
begin_zone(struct loading *l, const char *name)
{
	char host[VALUE_HOST_MAX + 1], path[URL_MAX + 1];

	if (!read_zone_name(name, host, path)) {
		problems_add(&l->problems, l->line,
		    "%s: expected [zone HOST/PATH/], the path ending with /", l->section_title);
		return false;
	}
	if (!zone_is_new(l, host, path))
		return false;
	struct pending_zone *zones = loading_grow(l, l->zones, l->zone_count, sizeof(*zones));
	if (zones == NULL)
		return false;
	l->zones = zones;
	struct pending_zone *pending = &zones[l->zone_count];
	pending->line = pending->zone.line = l->line;
	pending->zone.host = loading_copy(l, host);
	pending->zone.prefix = loading_copy(l, path);
	if (pending->zone.host == NULL || pending->zone.prefix == NULL)
		return false;
	l->zone_count++;
	l->target = &pending->zone;
	return true;
}

void
end_zone(struct loading *l)
{
	const struct zone_config *zone = l->target;

	if (zone->require == ZONE_LISTED && zone->fingerprints.count == 0)
		problems_add(&l->problems, l->section_line,
		    "%s has no \"fingerprint\", expected those that \"require = listed\" admits",
		    l->section_title);
	if (zone->require == ZONE_AUTHORITY && !loading_has(l, "authority"))
		problems_add(&l->problems, l->section_line,
		    "%s has no \"authority\", expected the certificate file that "
		    "\"require = authority\" goes by",
		    l->section_title);
}
