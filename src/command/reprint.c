/*
 * reprint - `broadsheet reprint`: prints editions again from the source files, by the running
 * publisher while readers are served the old ones, or alone when no server runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/text.h"
#include "command/alone.h"
#include "command/ask.h"
#include "command/command.h"
#include "command/options.h"
#include "command/progress.h"
#include "config/config.h"
#include "press/press.h"

#define POLL_MS    100
#define SLICE_MS   200 /* alone nobody waits for us */
#define IDLE_POLLS 20  /* without work or a new edition: it will not come any more */

static const char usage_text[] =
    "usage: broadsheet reprint [-c FILE] [HOST]\n"
    "\n"
    "Prints the edition again from the source files, while the present one is served. Waits until\n"
    "the new one is finished. Without HOST: every capsule's.\n"
    "\n"
    "  HOST       the capsule, as in [capsule HOST]\n"
    "  -c FILE    the ini file of the server\n";

/* --- by the running publisher --- */

/* A capsule's line in the publisher's answer to CHANNEL_STATUS "editions". */
struct edition_line {
	unsigned long edition;
	bool is_idle, root_is_missing;
};

static bool
find_line(const char *answer, const char *host, struct edition_line *out)
{
	size_t host_len = strlen(host);
	const char *line = answer;
	char *rest;

	while (strncmp(line, host, host_len) != 0 || line[host_len] != ' ') {
		line = strchr(line, '\n');
		if (line == NULL)
			return false;
		line++;
	}
	out->edition = strtoul(line + host_len, &rest, 10);
	strtoll(rest, &rest, 10); /* the number of files */
	out->is_idle = text_starts(rest, " idle\n");
	out->root_is_missing = text_starts(rest, " missing\n");
	return true;
}

static bool
ask_line(int fd, const char *host, struct edition_line *out, struct error *err)
{
	struct buffer answer = BUFFER_EMPTY;
	bool is_answered = ask(fd, CHANNEL_STATUS, "editions", &answer, err);

	if (is_answered && !find_line(buffer_text(&answer), host, out))
		is_answered = error_set(err, "the running server has no capsule %s", host);
	buffer_free(&answer);
	return is_answered;
}

/* Waits until host's edition is another than before. */
static bool
wait_for_edition(int fd, const char *host, unsigned long before, struct error *err)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000000L};
	struct edition_line line;

	for (int idle = 0; idle < IDLE_POLLS;) {
		if (!ask_line(fd, host, &line, err))
			return false;
		if (line.edition != before) {
			progress_clear();
			printf("%s: edition %lu is finished\n", host, line.edition);
			return true;
		}
		if (line.root_is_missing)
			return error_set(err, "%s: the root folder is missing", host);
		idle = line.is_idle ? idle + 1 : 0;
		progress_show("%s: printing …", host);
		nanosleep(&pause, NULL);
	}
	progress_clear();
	return error_set(err, "%s: no new edition was finished: see the server's log", host);
}

static bool
reprint_by_server(int fd, const char *host, struct error *err)
{
	struct buffer answer = BUFFER_EMPTY;
	struct edition_line line;
	bool is_printing =
	    ask_line(fd, host, &line, err) && ask(fd, CHANNEL_REPRINT, host, &answer, err);

	if (is_printing) {
		fputs(buffer_text(&answer), stdout);
		fflush(stdout);
	}
	buffer_free(&answer);
	return is_printing && wait_for_edition(fd, host, line.edition, err);
}

/* --- alone --- */

/* Where there is no edition yet, the first one is what is asked for. */
static bool
print_edition(struct press *press, const char *host, struct error *err)
{
	struct press_status status;
	unsigned before = press_edition(press);

	press_status(press, &status);
	if (status.root_is_missing)
		return error_set(err, "%s: the root folder is missing", host);
	if (before != 0 && !press_reprint(press, err))
		return error_prefix(err, "%s", host);
	printf("%s: printing edition %u\n", host, before + 1);
	fflush(stdout);
	do
		progress_show("%s: printing …", host);
	while (press_work(press, SLICE_MS));
	progress_clear();
	if (press_edition(press) == before)
		return error_set(err, "%s: no new edition was finished", host);
	printf("%s: edition %u is finished\n", host, press_edition(press));
	return true;
}

static bool
reprint_alone(const struct config *config, const struct capsule_config *capsule, struct error *err)
{
	struct press *press = press_open(config, capsule, err);

	if (press == NULL)
		return error_prefix(err, "%s", capsule->host);
	bool is_printed = print_edition(press, capsule->host, err);
	press_close(press);
	return is_printed;
}

/* --- either --- */

static bool
reprint_each(int server_fd, const struct config *config, const char *host, struct error *err)
{
	for (size_t i = 0; i < config->capsule_count; i++) {
		const struct capsule_config *capsule = &config->capsules[i];
		if (host != NULL && strcmp(host, capsule->host) != 0)
			continue;
		bool is_printed = server_fd >= 0 ? reprint_by_server(server_fd, capsule->host, err)
						 : reprint_alone(config, capsule, err);
		if (!is_printed)
			return false;
	}
	return true;
}

/* Takes config over. */
static bool
reprint(struct config *config, const char *host, struct error *err)
{
	struct alone alone;
	bool is_printed = false;
	int fd = ask_open(config->server.state, err);

	if (fd >= 0) {
		is_printed = reprint_each(fd, config, host, err);
		close(fd);
	} else if (fd == ASK_NO_SERVER) {
		if (!alone_begin(config, &alone, err))
			return false;
		is_printed = reprint_each(fd, config, host, err);
		alone_end(&alone);
		return is_printed;
	}
	config_free(config);
	return is_printed;
}

static bool
has_capsule(const struct config *config, const char *host)
{
	for (size_t i = 0; i < config->capsule_count; i++)
		if (strcmp(config->capsules[i].host, host) == 0)
			return true;
	return false;
}

int
command_reprint(int argc, char **argv)
{
	const struct usage usage = {usage_text, 0, 1, NULL, 0, NULL};
	struct options options;
	struct error err;
	int status = options_read(&usage, argc, argv, &options);

	if (status != OPTIONS_GO_ON)
		return status;
	struct config *config = options_config(&options, CONFIG_TO_WRITE);
	if (config == NULL)
		return EXIT_USAGE;
	const char *host = options.word_count == 1 ? options.words[0] : NULL;
	if (host != NULL && !has_capsule(config, host)) {
		fprintf(stderr, "%s: no section [capsule %s]\n", config->path, host);
		config_free(config);
		return EXIT_USAGE;
	}
	if (reprint(config, host, &err))
		return EXIT_DONE;
	fprintf(stderr, "%s\n", err.text);
	return EXIT_FAILED;
}
