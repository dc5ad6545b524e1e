#include "command/credentials.h"

#include <sys/wait.h>
#include <unistd.h>

#include "command/findings.h"
#include "net/authority.h"
#include "net/certificate.h"

bool
credentials_of_capsule(
    const struct config *config, const struct capsule_config *capsule, struct error *err)
{
	struct certificate *certificate = certificate_load(capsule->certificate, err);
	bool fit = certificate != NULL && certificate_fits_key(certificate, capsule->key, err);

	certificate_free(certificate);
	return fit ||
	       error_prefix(err, "%s:%d: [capsule %s]", config->path, capsule->line, capsule->host);
}

bool
credentials_of_zone(const struct config *config, const struct zone_config *zone, struct error *err)
{
	if (zone->authority == NULL)
		return true;
	struct authority *authority = authority_load(zone->authority, err);
	if (authority == NULL)
		return error_prefix(
		    err, "%s:%d: [zone %s%s]", config->path, zone->line, zone->host, zone->prefix);
	authority_free(authority);
	return true;
}

static bool
look(const struct config *config)
{
	struct findings findings = {0};
	struct error err;

	for (size_t i = 0; i < config->capsule_count; i++) {
		const struct capsule_config *capsule = &config->capsules[i];

		if (!credentials_of_capsule(config, capsule, &err))
			findings_trouble(&findings, &err);
		for (size_t j = 0; j < capsule->zone_count; j++)
			if (!credentials_of_zone(config, &capsule->zones[j], &err))
				findings_trouble(&findings, &err);
	}
	return findings.errors == 0;
}

bool
credentials_look(const struct config *config)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0)
		_exit(look(config) ? 0 : 1);
	/* What could not be looked at is left to the workers. */
	if (pid == -1 || waitpid(pid, &status, 0) != pid)
		return true;
	return !WIFEXITED(status) || WEXITSTATUS(status) == 0;
}
