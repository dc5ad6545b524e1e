/*
 * check - loads all that `serve` would, and looks through all articles. Starts and writes nothing.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "command/command.h"
#include "command/credentials.h"
#include "command/findings.h"
#include "command/lint.h"
#include "command/options.h"
#include "command/records.h"
#include "net/authority.h"
#include "net/certificate.h"

#define DAY_S           (24 * 60 * 60)
#define EXPIRY_NOTICE_S (30 * DAY_S)

static bool ini_only;
static const struct option_place places[] = {{"--ini-only", &ini_only, NULL}};
static const struct usage usage = {
    .places = places,
    .place_count = sizeof(places) / sizeof(places[0]),
    .text =
	"usage: broadsheet check [-c FILE] [--ini-only]\n"
	"\n"
	"Loads the ini file, certificates and keys as serve would, and reads every article,\n"
	"looks through every picture, and reads what is recorded of editors and invitations.\n"
	"One line for each mistake, FILE: line N: REASON. Exit 0 if all can be served (there\n"
	"may be warnings), 1 if an article is broken, 2 if the server would not start.\n"
	"\n"
	"  -c FILE      the ini file (default conf/broadsheet.ini, then\n"
	"               /etc/broadsheet/broadsheet.ini)\n"
	"  --ini-only   only sees whether the server would start: reads no article, no record\n",
};

static void
check_names(const struct capsule_config *capsule, const struct certificate *certificate,
    struct findings *findings)
{
	if (!certificate_covers(certificate, capsule->host))
		findings_warn(findings, capsule->certificate, "does not name %s", capsule->host);
	for (size_t i = 0; i < capsule->aliases.count; i++)
		if (!certificate_covers(certificate, capsule->aliases.items[i]))
			findings_warn(findings, capsule->certificate, "does not name the alias %s",
			    capsule->aliases.items[i]);
}

static void
check_dates(const char *path, const struct certificate *certificate, struct findings *findings)
{
	struct certificate_facts facts;
	time_t now = time(NULL);

	if (!certificate_facts(certificate, &facts))
		findings_error(findings, path, "out of memory");
	else if (facts.not_before > now)
		findings_warn(findings, path, "not valid yet: readers will be refused or warned");
	else if (facts.not_after < now)
		findings_warn(findings, path, "expired: readers will be refused or warned");
	else if (facts.not_after - now < EXPIRY_NOTICE_S)
		findings_warn(findings, path, "expires in %lld days",
		    (long long)((facts.not_after - now) / DAY_S));
	certificate_facts_free(&facts);
}

/* A key that everybody on the machine can read is no secret. */
static void
check_key_is_secret(const char *path, struct findings *findings)
{
	struct stat status;

	if (stat(path, &status) == 0 && (status.st_mode & (S_IROTH | S_IWOTH)) != 0)
		findings_warn(findings, path,
		    "a private key open to every user of this system; chmod 600 closes it");
}

static void
check_certificate(
    const struct config *config, const struct capsule_config *capsule, struct findings *findings)
{
	struct error err;
	struct certificate *certificate = certificate_load(capsule->certificate, &err);

	check_key_is_secret(capsule->key, findings);
	if (!credentials_of_capsule(config, capsule, &err))
		findings_trouble(findings, &err);
	if (certificate == NULL)
		return;
	check_names(capsule, certificate, findings);
	check_dates(capsule->certificate, certificate, findings);
	certificate_free(certificate);
}

static void
check_zones(
    const struct config *config, const struct capsule_config *capsule, struct findings *findings)
{
	struct error err;

	for (size_t i = 0; i < capsule->zone_count; i++) {
		const struct zone_config *zone = &capsule->zones[i];
		if (zone->authority == NULL)
			continue;
		if (!credentials_of_zone(config, zone, &err)) {
			findings_trouble(findings, &err);
			continue;
		}
		struct authority *authority = authority_load(zone->authority, &err);
		const char *lapse =
		    authority == NULL ? NULL : authority_lapse(authority, time(NULL));
		if (lapse != NULL)
			findings_warn(findings, zone->authority, "%s", lapse);
		authority_free(authority);
	}
}

static void
check_editors(const struct config *config, struct findings *findings)
{
	for (size_t i = 0; i < config->editor_count; i++)
		if (config->editors[i].fingerprints.count == 0)
			findings_warn(findings, config->path,
			    "[editor %s] has no fingerprint: no certificate is known as theirs",
			    config->editors[i].id);
}

static void
check_all(const struct config *config, struct findings *findings)
{
	check_editors(config, findings);
	if (!ini_only)
		records_check(config, findings);
	for (size_t i = 0; i < config->capsule_count; i++) {
		check_certificate(config, &config->capsules[i], findings);
		check_zones(config, &config->capsules[i], findings);
		if (!ini_only)
			lint_capsule(config, &config->capsules[i], findings);
	}
}

static const char *
plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void
print_summary(const struct findings *f)
{
	printf("%zu article%s, %zu file%s in all: %zu broken, %zu warning%s\n", f->articles,
	    plural(f->articles), f->files, plural(f->files), f->broken, f->warnings,
	    plural(f->warnings));
}

int
command_check(int argc, char **argv)
{
	struct findings findings = {0};
	struct options options;
	int status = options_read(&usage, argc, argv, &options);

	if (status != OPTIONS_GO_ON)
		return status;
	struct config *config = options_config(&options, CONFIG_TO_SERVE);
	if (config == NULL)
		return EXIT_USAGE;
	check_all(config, &findings);
	if (!ini_only)
		print_summary(&findings);
	config_free(config);
	if (findings.errors > 0)
		return EXIT_USAGE;
	return findings.broken > 0 ? EXIT_FAILED : EXIT_DONE;
}
