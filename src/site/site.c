#include "site/site.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "article/paths.h"
#include "base/buffer.h"
#include "base/log.h"
#include "site/site_inside.h"
#include "store/folder.h"

/* A missing root is no failure: the edition is served, and files once the root is back. */
static void
open_root(struct site *site)
{
	site->root_fd = open(site->capsule->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (site->root_fd == -1)
		log_warning("%s: root %s: %s: serving the articles without files",
		    site->capsule->host, site->capsule->root, strerror(errno));
}

static bool
list_hidden(struct site *site)
{
	size_t count = site->capsule->zone_count;

	site->hidden = calloc(count + 1, sizeof(site->hidden[0]));
	site->hidden_here = calloc(count + 1, sizeof(site->hidden_here[0]));
	for (size_t i = 0; site->hidden != NULL && i < count; i++)
		site->hidden[i] = site->capsule->zones[i].prefix;
	return site->hidden != NULL && site->hidden_here != NULL;
}

struct site *
site_open(const struct config *config, const struct capsule_config *capsule, struct error *err)
{
	struct site *site = calloc(1, sizeof(*site));
	struct buffer folder = BUFFER_EMPTY;

	if (site == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	*site = (struct site){.config = config, .capsule = capsule, .root_fd = -1};
	buffer_printf(&folder, "%s/%s", config->server.state, capsule->host);
	site->edition_folder = buffer_take(&folder);
	if (site->edition_folder == NULL || !list_hidden(site)) {
		error_set(err, "out of memory");
		site_close(site);
		return NULL;
	}
	open_root(site);
	site_refresh(site);
	return site;
}

void
site_close(struct site *site)
{
	if (site == NULL)
		return;
	edition_close(site->edition);
	if (site->root_fd != -1)
		close(site->root_fd);
	free(site->hidden);
	free(site->hidden_here);
	free(site->edition_folder);
	free(site);
}

static void
take_edition(struct site *site, struct edition *edition)
{
	if (site->edition != NULL || site->has_complained)
		log_notice("%s: serving edition %u", site->capsule->host, edition_number(edition));
	edition_close(site->edition);
	site->edition = edition;
	site->edition_failed = false;
	site->has_complained = false;
}

void
site_refresh(struct site *site)
{
	struct edition *newest = NULL;
	struct error err;

	switch (edition_open(site->edition_folder, &newest, &err)) {
	case EDITION_FOUND:
		if (site->edition == NULL || site->edition_failed ||
		    edition_number(newest) != edition_number(site->edition))
			take_edition(site, newest);
		else
			edition_close(newest);
		break;
	case EDITION_ABSENT:
		site->has_complained = false;
		break;
	case EDITION_FAILED:
		if (!site->has_complained)
			log_error("%s: %s", site->capsule->host, err.text);
		site->has_complained = true;
		break;
	}
}

bool
site_has_front_page(const struct site *site)
{
	return site->root_fd != -1 && folder_has_front_page(site->root_fd);
}

bool
site_may_serve(const struct site *site, const char *path)
{
	switch (paths_kind(path)) {
	case PATH_FILE:
		return true;
	case PATH_NEWS:
	case PATH_IN_NEWS:
		return !site_has_front_page(site);
	case PATH_HIDDEN:
	case PATH_DRAFT:
	case PATH_GENERATED:
	case PATH_FRAME:
	case PATH_ARTICLE:
	case PATH_MISNAMED:
		break;
	}
	return false;
}

uint64_t
site_printing(const struct site *site)
{
	return site->printing;
}
