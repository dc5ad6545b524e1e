#include "command/options.h"

#include <stdio.h>
#include <string.h>

#include "base/strings.h"
#include "command/command.h"

#define PLACES_MAX 16 /* options of one verb, for near matches */

/* Says on standard error what is wrong with the command line, and how it should look. */
static int
refuse(const struct usage *usage, const char *verb, const char *problem, const char *word)
{
	size_t first_line = strcspn(usage->text, "\n");

	fprintf(stderr, "broadsheet %s: %s", verb, problem);
	if (word != NULL)
		fprintf(stderr, ": %s", word);
	fprintf(stderr, "\n%.*s\n", (int)first_line, usage->text);
	return EXIT_USAGE;
}

static int
refuse_unknown(const struct usage *usage, const char *verb, const char *word)
{
	const char *names[PLACES_MAX + 2] = {"--config", "--help"};
	size_t count = 2;
	char problem[128];

	for (size_t i = 0; i < usage->place_count && i < PLACES_MAX; i++)
		names[count++] = usage->places[i].name;
	const char *near = strings_nearest(word, names, count);
	snprintf(problem, sizeof(problem), "unknown option%s%s%s",
	    near != NULL ? ", did you mean " : "", near != NULL ? near : "",
	    near != NULL ? "?" : "");
	return refuse(usage, verb, problem, word);
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
			return refuse(usage, argv[0], "this option needs a value", word);
		case NOT_TAKEN:
			return refuse_unknown(usage, argv[0], word);
		}
	}
	if (out->word_count < usage->min_words)
		return refuse(usage, argv[0], "something is missing", NULL);
	if (out->word_count > usage->max_words)
		return refuse(usage, argv[0], "unexpected word", out->words[usage->max_words]);
	return OPTIONS_GO_ON;
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
