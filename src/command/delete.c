/*
 * delete - `broadsheet delete`: takes a file out. History keeps it.
 */
#include "command/command.h"
#include "command/options.h"
#include "command/order.h"

static const char usage_text[] =
    "usage: broadsheet delete [-c FILE] [--as ID] [--capsule HOST] PATH\n"
    "\n"
    "Deletes an article, draft, picture or file. A live article answers 52 from then on. History\n"
    "keeps it: see broadsheet history and broadsheet restore.\n"
    "\n"
    "  PATH             /articles/x.gmi, or its gemini:// URL\n"
    "  --as ID          with the rights, and in the name, of that editor\n"
    "  --capsule HOST   which capsule, if there are several\n"
    "  -c FILE          the ini file of the server\n";

int
command_delete(int argc, char **argv)
{
	const char *as = "", *capsule = NULL;
	const struct option_place places[] = {
	    {"--as", NULL, &as},
	    {"--capsule", NULL, &capsule},
	};
	const struct usage usage = {usage_text, 1, 1, places, 2};
	struct options options;
	struct order_path at;
	int status = options_read(&usage, argc, argv, &options);

	if (status != OPTIONS_GO_ON)
		return status;
	struct config *config = options_config(&options, CONFIG_TO_READ);
	if (config == NULL)
		return EXIT_USAGE;
	if (!order_read_path(config, capsule, options.words[0], &at)) {
		config_free(config);
		return EXIT_USAGE;
	}
	const struct verb verb = {
	    .kind = VERB_DELETE,
	    .host = at.capsule->host,
	    .as = as,
	    .path = at.path,
	    .mime = "",
	    .revision = "",
	    .id = "",
	    .name = "",
	    .role = "",
	};
	return order_run(config, &verb, "", 0);
}
