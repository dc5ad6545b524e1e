/*
 * editor - `broadsheet editor`: who works in the desks.
 */
#include <stdio.h>
#include <string.h>

#include "base/strings.h"
#include "command/command.h"
#include "command/options.h"
#include "command/order.h"
#include "people/people.h"

static const char usage_text[] =
    "usage: broadsheet editor invite [-c FILE] [--capsule HOST] ID NAME ROLE\n"
    "       broadsheet editor list [-c FILE]\n"
    "       broadsheet editor remove [-c FILE] ID\n"
    "\n"
    "invite prints a text to send to somebody: with the code in it they join by themselves, and\n"
    "their certificate becomes known. list shows all editors and open invitations. remove takes\n"
    "an editor out who joined so, and their invitations; those of the ini file stand there alone.\n"
    "\n"
    "  ID               a short name for logs and front matter: heidi\n"
    "  NAME             as readers see it: \"Heidi Moor\"\n"
    "  ROLE             contributor, author or editor\n"
    "  --capsule HOST   for that capsule alone; without it for all\n"
    "  -c FILE          the ini file of the server\n";

/* What may follow `editor`. */
static const struct deed {
	const char *word;
	enum verb_kind kind;
	size_t word_count;    /* itself counted */
	const char *names[3]; /* of those behind it */
} deeds[] = {
    {"invite", VERB_INVITE, 4, {"ID", "NAME", "ROLE"}},
    {"list", VERB_EDITORS, 1, {NULL}},
    {"remove", VERB_REMOVE, 2, {"ID"}},
};
#define DEED_COUNT (sizeof(deeds) / sizeof(deeds[0]))

/* NULL, having said what is wrong. */
static const struct deed *
find_deed(const struct options *options)
{
	const char *words[DEED_COUNT], *word = options->words[0];

	for (size_t i = 0; i < DEED_COUNT; i++) {
		words[i] = deeds[i].word;
		if (strcmp(word, deeds[i].word) != 0)
			continue;
		if (options->word_count == deeds[i].word_count)
			return &deeds[i];
		if (options->word_count < deeds[i].word_count)
			fprintf(stderr, "broadsheet editor %s: %s is missing", word,
			    deeds[i].names[options->word_count - 1]);
		else
			fprintf(stderr, "broadsheet editor %s: one word too many: %s", word,
			    options->words[deeds[i].word_count]);
		goto refused;
	}
	const char *near = strings_nearest(word, words, DEED_COUNT);
	fprintf(stderr, "broadsheet editor: unknown: %s", word);
	if (near != NULL)
		fprintf(stderr, " (did you mean %s?)", near);
refused:
	fprintf(stderr, "\n\n%.*s\n", (int)(strstr(usage_text, "\n\n") - usage_text), usage_text);
	return NULL;
}

static bool
check(const struct config *config, const struct verb *verb)
{
	enum editor_role role;

	if (*verb->host != '\0' && config_capsule(config, verb->host) == NULL) {
		fprintf(stderr, "%s: no section [capsule %s]\n", config->path, verb->host);
		return false;
	}
	if (verb->kind == VERB_INVITE && !people_read_role(verb->role, &role)) {
		fprintf(stderr,
		    "broadsheet editor invite: role is `%s`, expected contributor, author or "
		    "editor\n",
		    verb->role);
		return false;
	}
	return true;
}

int
command_editor(int argc, char **argv)
{
	const char *capsule = "";
	const struct option_place places[] = {{"--capsule", NULL, &capsule}};
	static const char *const names[] = {"invite, list or remove"};
	const struct usage usage = {usage_text, 1, 4, places, 1, names};
	struct options options;
	int status = options_read(&usage, argc, argv, &options);

	if (status != OPTIONS_GO_ON)
		return status;
	const struct deed *deed = find_deed(&options);
	if (deed == NULL)
		return EXIT_USAGE;
	struct verb verb = verb_of(deed->kind);
	verb.host = capsule;
	if (deed->word_count > 1)
		verb.id = options.words[1];
	if (deed->kind == VERB_INVITE) {
		verb.name = options.words[2];
		verb.role = options.words[3];
	}
	struct config *config = options_config(&options, CONFIG_TO_WRITE);
	if (config == NULL)
		return EXIT_USAGE;
	if (!check(config, &verb)) {
		config_free(config);
		return EXIT_USAGE;
	}
	return order_run(config, &verb, "", 0);
}
