#include "supervisor/settings.h"

#include <assert.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "ipc/scoreboard.h"
#include "supervisor/descriptors.h"

/* Only root can become somebody else: started by anyone else, the children stay who they are. */
static bool
find_user(const struct config *config, struct user *out, struct error *err)
{
	const char *name = config->server.user;
	struct passwd *found;

	*out = (struct user){.uid = (uid_t)-1, .gid = (gid_t)-1};
	if (name == NULL || geteuid() != 0)
		return true;
	errno = 0;
	found = getpwnam(name);
	if (found == NULL)
		return error_set(err, "%s: [server] user = %s: %s", config->path, name,
		    errno != 0 ? strerror(errno) : "expected a user of this machine");
	if (strlen(name) >= sizeof(out->name))
		return error_set(
		    err, "%s: [server] user = %s: expected a shorter name", config->path, name);
	out->uid = found->pw_uid;
	out->gid = found->pw_gid;
	snprintf(out->name, sizeof(out->name), "%s", name);
	return true;
}

static void
fit_workers(struct config *config)
{
	if (config->server.workers <= SCOREBOARD_WORKERS)
		return;
	log_warning("[server] workers = %d is lowered to %d, the most there can be",
	    config->server.workers, SCOREBOARD_WORKERS);
	config->server.workers = SCOREBOARD_WORKERS;
}

struct settings *
settings_new(struct config *config, struct error *err)
{
	struct settings *settings = calloc(1, sizeof(*settings));

	if (settings == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	if (!find_user(config, &settings->user, err)) {
		free(settings);
		return NULL;
	}
	fit_workers(config);
	descriptors_fit(config);
	assert(config->server.workers <= SCOREBOARD_WORKERS);
	settings->config = config;
	settings->holders = 1;
	return settings;
}

struct settings *
settings_hold(struct settings *settings)
{
	assert(settings->holders > 0); /* or they are freed already */
	settings->holders++;
	return settings;
}

void
settings_drop(struct settings *settings)
{
	assert(settings == NULL || settings->holders > 0);
	if (settings == NULL || --settings->holders > 0)
		return;
	config_free(settings->config);
	free(settings);
}
