#include "command/options.h"

#include <stdio.h>
#include <string.h>

#include "base/strings.h"
#include "command/command.h"
#include "config/load.h"

#define PLACES_MAX 16 /* options of one verb, for near matches */

/* Ends what standard error was told about the command line with how it should look. */
static int
refuse(const struct usage *usage)
{
	fprintf(stderr, "\n%.*s\n", (int)strcspn(usage->text, "\n"), usage->text);
	return EXIT_USAGE;
}

int
options_refuse_missing(const struct usage *usage, const char *verb, const char *name)
{
	fprintf(stderr, "broadsheet %s: %s is missing", verb, name);
	return refuse(usage);
}

static int
refuse_unknown(const struct usage *usage, const char *verb, const char *word)
{
	const char *names[PLACES_MAX + 2] = {"--config", "--help"};
	size_t count = 2;

	for (size_t i = 0; i < usage->place_count && i < PLACES_MAX; i++)
		names[count++] = usage->places[i].name;
	const char *near = strings_nearest(word, names, count);
	fprintf(stderr, "broadsheet %s: unknown option: %s", verb, word);
	if (near != NULL)
		fprintf(stderr, " (did you mean %s?)", near);
	return refuse(usage);
}

/* The value of the option called name when word is `name=VALUE`, else NULL. */
static const char *
value_within(const char *word, const char *name)
{
	size_t len = strlen(name);

	return strncmp(word, name, len) == 0 && word[len] == '=' ? word + len + 1 : NULL;
}

/* Takes the option at argv[*at] if name is its name, moving *at over a value that follows.
 * The value is NULL if it is missing. */
static bool
take_value(const char *name, int argc, char **argv, int *at, const char **out_value)
{
	const char *within = value_within(argv[*at], name);

	if (within == NULL && strcmp(argv[*at], name) != 0)
		return false;
	if (within != NULL)
		*out_value = within;
	else
		*out_value = *at + 1 < argc ? argv[++*at] : NULL;
	return true;
}

enum taken { TAKEN, TAKEN_WITHOUT_VALUE, NOT_TAKEN };

static enum taken
take_option(const struct usage *usage, int argc, char **argv, int *at, struct options *out)
{
	if (take_value("-c", argc, argv, at, &out->config_path) ||
	    take_value("--config", argc, argv, at, &out->config_path))
		return out->config_path != NULL ? TAKEN : TAKEN_WITHOUT_VALUE;
	for (size_t i = 0; i < usage->place_count; i++) {
		const struct option_place *place = &usage->places[i];
		if (place->value != NULL) {
			if (take_value(place->name, argc, argv, at, place->value))
				return *place->value != NULL ? TAKEN : TAKEN_WITHOUT_VALUE;
		} else if (strcmp(argv[*at], place->name) == 0) {
			*place->is_given = true;
			return TAKEN;
		}
	}
	return NOT_TAKEN;
}

static int
check_words(const struct usage *usage, const char *verb, const struct options *options)
{
	if (options->word_count >= usage->min_words && options->word_count <= usage->max_words)
		return OPTIONS_GO_ON;
	if (options->word_count < usage->min_words)
		return options_refuse_missing(usage, verb, usage->names[options->word_count]);
	fprintf(
	    stderr, "broadsheet %s: one word too many: %s", verb, options->words[usage->max_words]);
	return refuse(usage);
}

int
options_read(const struct usage *usage, int argc, char **argv, struct options *out)
{
	bool options_ended = false;

	*out = (struct options){.words = argv + 1};
	for (int at = 1; at < argc; at++) {
		char *word = argv[at];
		if (options_ended || word[0] != '-' || word[1] == '\0') {
			out->words[out->word_count++] = word;
			continue;
		}
		if (strcmp(word, "--") == 0) {
			options_ended = true;
			continue;
		}
		if (strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0) {
			fputs(usage->text, stdout);
			return EXIT_DONE;
		}
		switch (take_option(usage, argc, argv, &at, out)) {
		case TAKEN:
			break;
		case TAKEN_WITHOUT_VALUE:
			fprintf(stderr, "broadsheet %s: %s needs a value", argv[0], word);
			return refuse(usage);
		case NOT_TAKEN:
			return refuse_unknown(usage, argv[0], word);
		}
	}
	return check_words(usage, argv[0], out);
}

struct config *
options_config(const struct options *options, enum config_purpose purpose)
{
	const char *path =
	    options->config_path != NULL ? options->config_path : config_default_path();
	struct error err;

	if (path == NULL) {
		fputs("broadsheet: no ini file: looked for conf/broadsheet.ini and "
		      "/etc/broadsheet/broadsheet.ini; name one with -c FILE, or begin with "
		      "broadsheet new HOST\n",
		    stderr);
		return NULL;
	}
	struct config *config = config_load(path, purpose, &err);
	if (config == NULL)
		fprintf(stderr, "%s\n", err.text);
	return config;
}
