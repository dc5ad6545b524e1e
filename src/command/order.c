#include "command/order.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"
#include "command/alone.h"
#include "command/ask.h"
#include "command/command.h"
#include "command/progress.h"
#include "press/press.h"
#include "publisher/desks.h"
#include "publisher/verb_runner.h"

#define SLICE_MS 200 /* alone nobody waits for us */

/* --- what a path names --- */

static bool
choose_capsule(const struct config *config, const char *host, const struct capsule_config **out)
{
	*out = host != NULL ? config_capsule(config, host)
			    : (config->capsule_count == 1 ? &config->capsules[0] : NULL);
	if (*out == NULL && host != NULL)
		fprintf(stderr, "%s: no section [capsule %s]\n", config->path, host);
	else if (*out == NULL)
		fprintf(stderr,
		    "%s: several capsules: name one with --capsule HOST, or a gemini:// URL "
		    "as PATH\n",
		    config->path);
	return *out != NULL;
}

static bool
read_url(const char *word, struct url *out)
{
	char reason[256] = "";
	enum url_verdict verdict = url_parse(word, strlen(word), out, reason, sizeof(reason));

	if (verdict == URL_OK && out->scheme == URL_GEMINI)
		return true;
	fprintf(stderr, "%s: %s\n", word,
	    verdict == URL_MALFORMED ? reason : "expected a gemini:// URL");
	return false;
}

/* Fills order->url or order->text, and tells the capsule. */
static bool
read_path(struct order *order, const char *word, const struct capsule_config **out)
{
	const struct config *config = order->config;
	bool is_url = strstr(word, "://") != NULL;

	if (is_url && !read_url(word, &order->url))
		return false;
	if (!choose_capsule(
		config, is_url && order->host == NULL ? order->url.host : order->host, out))
		return false;
	if (is_url && config_capsule(config, order->url.host) != *out) {
		fprintf(stderr, "%s: is not a page of %s\n", word, (*out)->host);
		return false;
	}
	if (!is_url && strlen(word) > URL_MAX) {
		fprintf(stderr, "%.40s…: a path has at most %d bytes\n", word, URL_MAX);
		return false;
	}
	snprintf(order->text, sizeof(order->text), "%s%s", is_url || *word == '/' ? "" : "/",
	    is_url ? order->url.path : word);
	return true;
}

bool
order_read_path(struct order *order, const char *word, struct verb *verb)
{
	const struct capsule_config *capsule;

	if (!read_path(order, word, &capsule)) {
		config_free(order->config);
		return false;
	}
	verb->host = capsule->host;
	verb->path = order->text;
	verb->as = order->as;
	return true;
}

/* --- the command line --- */

int
order_read(struct order *order, const char *usage_text, const char *const *names, size_t min_words,
    size_t max_words, int argc, char **argv)
{
	const struct option_place places[] = {
	    {"--as", NULL, &order->as},
	    {"--capsule", NULL, &order->host},
	};
	const struct usage usage = {usage_text, min_words, max_words, places, 2, names};

	order->as = "";
	order->host = NULL;
	int status = options_read(&usage, argc, argv, &order->options);
	if (status != OPTIONS_GO_ON)
		return status;
	order->config = options_config(&order->options, CONFIG_TO_WRITE);
	return order->config == NULL ? EXIT_USAGE : OPTIONS_GO_ON;
}

int
order_on_file(enum verb_kind kind, const char *usage_text, size_t word_count, int argc, char **argv)
{
	static const char *const names[] = {"PATH", "REV"};
	struct verb verb = verb_of(kind);
	struct order order;
	int status = order_read(&order, usage_text, names, word_count, word_count, argc, argv);

	if (status != OPTIONS_GO_ON)
		return status;
	if (!order_read_path(&order, order.options.words[0], &verb))
		return EXIT_USAGE;
	if (word_count > 1)
		verb.revision = order.options.words[1];
	return order_run(order.config, &verb, "", 0);
}

/* --- alone --- */

/* Everything that lies in the folder is taken in first: the rules look at what is there. */
static struct press *
open_press(const struct config *config, const struct capsule_config *capsule, struct error *err)
{
	struct press *press = press_open(config, capsule, err);

	if (press == NULL) {
		error_prefix(err, "%s", capsule->host);
		return NULL;
	}
	do
		progress_show("%s: looking for changes …", capsule->host);
	while (press_work(press, SLICE_MS));
	progress_clear();
	return press;
}

/* presses: one for each capsule, all NULL; the one that the verb needs is opened. */
static bool
open_presses(
    const struct config *config, const char *host, struct press **presses, struct error *err)
{
	for (size_t i = 0; i < config->capsule_count; i++) {
		if (strcmp(config->capsules[i].host, host) != 0)
			continue;
		presses[i] = open_press(config, &config->capsules[i], err);
		if (presses[i] == NULL)
			return false;
	}
	return true;
}

/* The port that a server with this configuration would listen on. */
static int
configured_port(const struct config *config)
{
	const struct strings *listen = &config->server.listen;

	for (size_t i = 0; i < listen->count; i++) {
		const char *colon = strrchr(listen->items[i], ':');
		if (colon != NULL && !text_starts(listen->items[i], "unix:"))
			return (int)strtol(colon + 1, NULL, 10);
	}
	return 0;
}

static bool
run_in_newsroom(const struct config *config, struct press **presses, const struct verb *verb,
    const void *bytes, size_t len, struct buffer *out, struct error *err)
{
	struct desks desks;
	const struct verb_runner verb_runner = {&desks, configured_port(config)};

	bool ok = desks_open(&desks, config, presses, err) &&
		  verb_runner_run(&verb_runner, verb, bytes, len, out, err);
	desks_close(&desks);
	return ok;
}

static bool
needs_press(enum verb_kind kind)
{
	return kind != VERB_INVITE && kind != VERB_EDITORS && kind != VERB_REMOVE;
}

static bool
run_alone(const struct config *config, const struct verb *verb, const void *bytes, size_t len,
    struct buffer *out, struct error *err)
{
	struct press **presses = calloc(config->capsule_count, sizeof(struct press *));

	if (presses == NULL)
		return error_set(err, "out of memory");
	bool ok = (!needs_press(verb->kind) || open_presses(config, verb->host, presses, err)) &&
		  run_in_newsroom(config, presses, verb, bytes, len, out, err);
	for (size_t i = 0; i < config->capsule_count; i++) {
		while (presses[i] != NULL && press_work(presses[i], SLICE_MS))
			continue;
		press_close(presses[i]);
	}
	free(presses);
	return ok;
}

/* --- either --- */

/* Takes config over. */
static bool
run(struct config *config, const struct verb *verb, const void *bytes, size_t len,
    struct buffer *out, struct error *err)
{
	struct alone alone;
	bool ok = false;
	int fd = ask_open(config->server.state, err);

	if (fd >= 0) {
		ok = ask_verb(fd, verb, bytes, len, out, err);
		close(fd);
	} else if (fd == ASK_NO_SERVER) {
		if (!alone_begin(config, &alone, err))
			return false;
		ok = run_alone(config, verb, bytes, len, out, err);
		alone_end(&alone);
		return ok;
	}
	config_free(config);
	return ok;
}

int
order_run(struct config *config, const struct verb *verb, const void *bytes, size_t len)
{
	struct buffer out = BUFFER_EMPTY;
	struct error err;
	bool ok = run(config, verb, bytes, len, &out, &err);

	if (ok)
		fputs(buffer_text(&out), stdout);
	else
		fprintf(stderr, "%s\n", err.text);
	buffer_free(&out);
	return ok ? EXIT_DONE : EXIT_FAILED;
}
