#include "process/newsroom.h"

#include <stdlib.h>

#include "base/log.h"

bool
newsroom_open(struct newsroom *newsroom, const struct config *config, struct press *const *presses,
    struct error *err)
{
	*newsroom = (struct newsroom){.config = config};
	newsroom->desks = calloc(config->capsule_count, sizeof(struct desk *));
	newsroom->presses = calloc(config->capsule_count, sizeof(struct press *));
	if (newsroom->desks == NULL || newsroom->presses == NULL)
		return error_set(err, "out of memory");
	newsroom->people = people_open(config, err);
	if (newsroom->people == NULL)
		return false;
	for (size_t i = 0; i < config->capsule_count; i++) {
		const struct capsule_config *capsule = &config->capsules[i];
		newsroom->presses[i] = presses[i];
		newsroom->desks[i] = desk_open(config, capsule, presses[i], newsroom->people, err);
		if (newsroom->desks[i] == NULL)
			return error_prefix(err, "%s", capsule->host);
	}
	return true;
}

void
newsroom_close(struct newsroom *newsroom)
{
	for (size_t i = 0; newsroom->desks != NULL && i < newsroom->config->capsule_count; i++)
		desk_close(newsroom->desks[i]);
	free(newsroom->desks);
	free(newsroom->presses);
	if (newsroom->people != NULL)
		people_close(newsroom->people);
	*newsroom = (struct newsroom){.config = newsroom->config};
}

static bool
share(struct newsroom *newsroom, size_t capsule)
{
	const char *host = newsroom->config->capsules[capsule].host;
	struct strings fingerprints = {0};
	struct error err;
	bool ok = people_fingerprints(newsroom->people, host, &fingerprints) ||
		  error_set(&err, "out of memory");

	ok = ok && press_put_editors(newsroom->presses[capsule], &fingerprints, &err);
	if (!ok)
		log_error("%s: editors: %s; trying again", host, err.text);
	strings_free(&fingerprints);
	return ok;
}

void
newsroom_share_people(struct newsroom *newsroom)
{
	unsigned changes = people_changes(newsroom->people);
	bool ok = true;

	if (newsroom->has_shared && newsroom->shared_changes == changes)
		return;
	for (size_t i = 0; i < newsroom->config->capsule_count; i++)
		ok = share(newsroom, i) && ok;
	newsroom->has_shared = ok;
	newsroom->shared_changes = changes;
}

void
newsroom_refresh(struct newsroom *newsroom)
{
	people_refresh(newsroom->people);
	newsroom_share_people(newsroom);
}
