/*
 * options - the words and options behind a verb. Options may stand anywhere; `--` ends them.
 * Every verb knows `-c FILE` (also `--config`) and `--help` (also `-h`).
 */
#ifndef COMMAND_OPTIONS_H
#define COMMAND_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"

/* An option of one verb. Exactly one of the two places is given. */
struct option_place {
	const char *name;   /* with its dashes: "--json" */
	bool *is_given;     /* of an option that stands alone */
	const char **value; /* of one that takes a value, as `--as ID` or `--as=ID` */
};

/* What a verb takes, and what `--help` says about it. */
struct usage {
	const char *text; /* several lines; the first one "usage: broadsheet VERB …" */
	size_t min_words, max_words;
	const struct option_place *places; /* besides -c and --help; borrowed */
	size_t place_count;
	const char *const *names; /* of the min_words words, as the text has them: "PATH" */
};

struct options {
	const char *config_path; /* of -c, or NULL */
	char **words; /* what is no option, in order; borrowed from argv, which is reordered */
	size_t word_count;
};

#define OPTIONS_GO_ON (-1)

/* Reads argv[1..argc). Returns OPTIONS_GO_ON, or the exit status to end with, `--help` having
 * been answered on standard output or a mistake explained on standard error. */
int options_read(const struct usage *usage, int argc, char **argv, struct options *out);

/* Says which word a verb still wants, and how it should look. Returns the exit status. */
int options_refuse_missing(const struct usage *usage, const char *verb, const char *name);

/* Loads the ini file of -c, or the default one. NULL after telling standard error why. */
struct config *options_config(const struct options *options, enum config_purpose purpose);

#endif
