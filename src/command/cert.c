/*
 * cert - makes, renews and shows certificates.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/buffer.h"
#include "base/time.h"
#include "command/certificates.h"
#include "command/command.h"
#include "command/files.h"
#include "command/options.h"
#include "config/values.h"
#include "net/certificate.h"

static bool if_missing;

static const struct option_place places[] = {{"--if-missing", &if_missing, NULL}};
static const char *const names[] = {"new, renew or show"};
static const struct usage usage = {
    .text =
	"usage: broadsheet cert new HOST [--if-missing] | renew HOST | show FILE [-c FILE]\n"
	"\n"
	"  new HOST    makes key and certificate of [capsule HOST], as files that the ini file\n"
	"              names; for HOST and its aliases, self-signed, for 20 years\n"
	"  renew HOST  makes a new certificate for the key that is there: readers' programs\n"
	"              that know the key see no change\n"
	"  show FILE   prints what a certificate says, and its SHA-256 fingerprints\n"
	"\n"
	"  -c FILE       the ini file (default conf/broadsheet.ini, then\n"
	"                /etc/broadsheet/broadsheet.ini)\n"
	"  --if-missing  with new: says nothing and succeeds if both files are there\n",
    .min_words = 1,
    .max_words = 2,
    .places = places,
    .place_count = sizeof(places) / sizeof(places[0]),
    .names = names,
};

/* The capsule of that name in the ini file, or NULL after saying that there is none. */
static const struct capsule_config *
find_capsule(const struct config *config, const char *name)
{
	char host[VALUE_HOST_MAX + 1] = "";

	value_host(name, host);
	const struct capsule_config *capsule = config_capsule(config, host);
	if (capsule == NULL)
		fprintf(stderr, "broadsheet cert: %s has no [capsule %s]\n", config->path, name);
	return capsule;
}

static int
fail(const struct error *err)
{
	fprintf(stderr, "broadsheet cert: %s\n", err->text);
	return EXIT_FAILED;
}

static int
say_what_was_made(const struct capsule_config *capsule)
{
	printf("certificate: %s\nkey:         %s\n", capsule->certificate, capsule->key);
	return EXIT_DONE;
}

static int
refuse_to_overwrite(const struct capsule_config *capsule, bool has_key, bool has_certificate)
{
	fprintf(stderr, "broadsheet cert: already there, and nothing was written:%s%s%s%s\n",
	    has_key ? " " : "", has_key ? capsule->key : "", has_certificate ? " " : "",
	    has_certificate ? capsule->certificate : "");
	if (has_key)
		fprintf(stderr, "(broadsheet cert renew %s makes a new certificate for that key)\n",
		    capsule->host);
	else
		fprintf(stderr,
		    "(its key %s is missing: move the certificate away for a new one)\n",
		    capsule->key);
	return EXIT_FAILED;
}

static int
make_new(const struct capsule_config *capsule)
{
	bool has_key = file_exists(capsule->key);
	bool has_certificate = file_exists(capsule->certificate);
	struct error err;

	if (has_key && has_certificate && if_missing)
		return EXIT_DONE;
	if (has_key || has_certificate)
		return refuse_to_overwrite(capsule, has_key, has_certificate);
	return certificates_make(capsule, &err) ? say_what_was_made(capsule) : fail(&err);
}

static int
renew(const struct capsule_config *capsule)
{
	struct error err;

	return certificates_renew(capsule, &err) ? say_what_was_made(capsule) : fail(&err);
}

/* Runs the verbs that are about a capsule of the ini file. */
static int
with_capsule(const struct options *options, int (*run)(const struct capsule_config *capsule))
{
	struct config *config = options_config(options, CONFIG_TO_READ);

	if (config == NULL)
		return EXIT_USAGE;
	const struct capsule_config *capsule = find_capsule(config, options->words[1]);
	int status = capsule != NULL ? run(capsule) : EXIT_USAGE;
	config_free(config);
	return status;
}

static void
print_time(const char *label, int64_t seconds, const char *remark)
{
	struct timestamp time = timestamp_at(seconds, "UTC");
	struct buffer text = BUFFER_EMPTY;

	timestamp_append(&text, &time);
	printf("%s %s%s\n", label, buffer_text(&text), remark);
	buffer_free(&text);
}

static void
print_facts(const struct certificate_facts *facts)
{
	time_t now = time(NULL);

	printf("subject:             %s\nnames:              ", buffer_text(&facts->subject));
	for (size_t i = 0; i < facts->hosts.count; i++)
		printf(" %s", facts->hosts.items[i]);
	putchar('\n');
	print_time(
	    "valid from:         ", facts->not_before, facts->not_before > now ? " (not yet)" : "");
	print_time(
	    "valid until:        ", facts->not_after, facts->not_after < now ? " (expired)" : "");
	printf("certificate SHA-256: %s\n", facts->certificate);
	printf("public key SHA-256:  %s\n", facts->public_key);
}

static int
show(const struct options *options)
{
	struct error err;
	struct certificate_facts facts;
	struct certificate *certificate = certificate_load(options->words[1], &err);

	if (certificate == NULL)
		return fail(&err);
	bool ok = certificate_facts(certificate, &facts);
	if (ok)
		print_facts(&facts);
	else
		error_set(&err, "out of memory");
	certificate_facts_free(&facts);
	certificate_free(certificate);
	return ok ? EXIT_DONE : fail(&err);
}

/* What may follow `cert`, and what has to follow that. */
static const struct deed {
	const char *word, *name;
	int (*run)(const struct capsule_config *capsule); /* NULL: show() */
} deeds[] = {
    {"new", "HOST", make_new},
    {"renew", "HOST", renew},
    {"show", "FILE", NULL},
};

static const struct deed *
find_deed(const char *word)
{
	for (size_t i = 0; i < sizeof(deeds) / sizeof(deeds[0]); i++)
		if (strcmp(word, deeds[i].word) == 0)
			return &deeds[i];
	fprintf(stderr, "broadsheet cert: %s: expected new, renew or show\n", word);
	return NULL;
}

int
command_cert(int argc, char **argv)
{
	struct options options;
	int status = options_read(&usage, argc, argv, &options);

	if (status != OPTIONS_GO_ON)
		return status;
	const struct deed *deed = find_deed(options.words[0]);
	if (deed == NULL)
		return EXIT_USAGE;
	if (options.word_count < 2)
		return options_refuse_missing(&usage, argv[0], deed->name);
	return deed->run == NULL ? show(&options) : with_capsule(&options, deed->run);
}
