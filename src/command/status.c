/*
 * status - `broadsheet status`: what the running server says about itself.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/buffer.h"
#include "command/ask.h"
#include "command/command.h"
#include "command/options.h"
#include "config/config.h"

static const char usage_text[] = "usage: broadsheet status [-c FILE] [--json]\n"
				 "\n"
				 "Shows processes, editions and counters of the running server.\n"
				 "\n"
				 "  --json     one JSON object instead of a text\n"
				 "  -c FILE    the ini file of that server\n";

static bool
show_status(const char *state, bool as_json, struct error *err)
{
	struct buffer answer = BUFFER_EMPTY;
	int fd = ask_open(state, err);

	if (fd < 0)
		return false;
	bool is_answered = ask(fd, CHANNEL_STATUS, as_json ? "json" : "text", &answer, err);
	if (is_answered)
		fputs(buffer_text(&answer), stdout);
	buffer_free(&answer);
	close(fd);
	return is_answered;
}

int
command_status(int argc, char **argv)
{
	bool as_json = false;
	const struct option_place places[] = {{"--json", &as_json, NULL}};
	const struct usage usage = {usage_text, 0, 0, places, 1, NULL};
	struct options options;
	struct error err;
	int status = options_read(&usage, argc, argv, &options);

	if (status != OPTIONS_GO_ON)
		return status;
	struct config *config = options_config(&options, CONFIG_TO_READ);
	if (config == NULL)
		return EXIT_USAGE;
	status = show_status(config->server.state, as_json, &err) ? EXIT_DONE : EXIT_FAILED;
	if (status != EXIT_DONE)
		fprintf(stderr, "%s\n", err.text);
	config_free(config);
	return status;
}
