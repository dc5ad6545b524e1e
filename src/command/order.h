/*
 * order - a verb that the newsroom does (ipc/verb.h): the running publisher, or the verb alone
 * while no server runs.
 */
#ifndef COMMAND_ORDER_H
#define COMMAND_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "command/options.h"
#include "config/config.h"
#include "gemini/url.h"
#include "ipc/verb.h"

/* A command line `[-c FILE] [--as ID] [--capsule HOST] WORD…` of a verb on a file. */
struct order {
	struct options options;
	struct config *config; /* owned: handed over to order_run() */
	const char *as;        /* "" without --as */
	const char *host;      /* of --capsule, or NULL */
	struct url url;        /* of a PATH that is a gemini:// URL */
	char text[URL_MAX + 2];
};

/* Reads it, and the configuration. names: of the min_words words. Returns OPTIONS_GO_ON, or the
 * exit status to end with, all said and released. */
int order_read(struct order *order, const char *usage_text, const char *const *names,
    size_t min_words, size_t max_words, int argc, char **argv);

/* Reads PATH: a path below the capsule's root as it stands ("/" in front may be left out), or a
 * gemini:// URL, which names the capsule too. Sets host, path and as of the verb, borrowed from
 * order. False, having told standard error what was expected and released the configuration. */
bool order_read_path(struct order *order, const char *word, struct verb *verb);

/* A verb all of whose words are PATH, or PATH and REV: reads them, has it done, and returns the
 * exit status. */
int order_on_file(
    enum verb_kind kind, const char *usage_text, size_t word_count, int argc, char **argv);

/* Has it done, prints its text on standard output or the reason on standard error, and returns the
 * exit status. Takes config over. bytes: of the file to publish. */
int order_run(struct config *config, const struct verb *verb, const void *bytes, size_t len);

#endif
