/*
 * broadsheet-import - what `broadsheet import` runs: a program of its own, so that no server links
 * its parsers.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/text.h"
#include "command/command.h"
#include "command/options.h"
#include "command/progress.h"
#include "import/importer.h"

static bool is_dry;
static const char *host, *into;

static const struct option_place places[] = {
    {.name = "--dry-run", .is_given = &is_dry},
    {.name = "--capsule", .value = &host},
    {.name = "--into", .value = &into},
};

static const char *const names[] = {"SOURCE"};

static const struct usage usage = {
    .text =
	"usage: broadsheet import [-c FILE] [--capsule HOST] [--into FOLDER] [--dry-run] SOURCE…\n"
	"\n"
	"Takes articles from files: Markdown, gemtext, HTML, Atom feeds, and plain text in the "
	"form of\n"
	"a page that was copied out of a browser; and from all such files in folders, with the "
	"pictures\n"
	"they show.\n"
	"They become articles at /articles/YEAR/MONTH/TITLE.gmi; drafts, and the cards of further\n"
	"articles at the end of a copied page, become drafts. Nothing is ever overwritten; what "
	"was\n"
	"taken before is not taken again. Tells what was taken and what was not, and why; exit 1 "
	"if\n"
	"something could not be taken.\n"
	"\n"
	"  --dry-run        only tell what would be done\n"
	"  --into FOLDER    put articles there instead, for example /articles/opinion/\n"
	"  --capsule HOST   the capsule, as in [capsule HOST]; needed if there are several\n"
	"  -c FILE          the ini file (default conf/broadsheet.ini, then\n"
	"                   /etc/broadsheet/broadsheet.ini)\n",
    .min_words = 1,
    .names = names,
    .max_words = SIZE_MAX,
    .places = places,
    .place_count = sizeof(places) / sizeof(places[0]),
};

static const struct capsule_config *
find_capsule(const struct config *config)
{
	const struct capsule_config *capsule = NULL;

	if (host != NULL)
		capsule = config_capsule(config, host);
	else if (config->capsule_count == 1)
		capsule = &config->capsules[0];
	if (capsule == NULL && host != NULL)
		fprintf(stderr, "broadsheet import: %s has no [capsule %s]\n", config->path, host);
	else if (capsule == NULL)
		fprintf(stderr,
		    "broadsheet import: %s has several capsules: name one with --capsule\n",
		    config->path);
	return capsule;
}

/* Appends the folder with a slash before and behind it. False, having told why, unless articles
 * may lie there. */
static bool
put_folder(struct buffer *out, const char *folder)
{
	buffer_printf(
	    out, "%s%s%s", folder[0] == '/' ? "" : "/", folder, text_ends(folder, "/") ? "" : "/");
	if (!out->failed && text_starts(out->data, "/articles/") &&
	    strstr(out->data, "//") == NULL && strstr(out->data, "/.") == NULL &&
	    text_is_utf8(out->data, out->len))
		return true;
	fprintf(stderr, "broadsheet import: --into %s: expected /articles/ or a folder below\n",
	    folder);
	return false;
}

static int
import(const struct config *config, const struct options *options)
{
	struct import_order order = {
	    .config = config,
	    .capsule = find_capsule(config),
	    .sources = options->words,
	    .source_count = options->word_count,
	    .is_dry = is_dry,
	};
	struct buffer folder = BUFFER_EMPTY;
	size_t refused = 0;
	struct error err;
	int status = EXIT_USAGE;

	if (order.capsule != NULL && (into == NULL || put_folder(&folder, into))) {
		order.into = into == NULL ? NULL : buffer_text(&folder);
		bool is_done = importer_run(&order, &refused, &err);
		progress_clear();
		if (!is_done)
			fprintf(stderr, "broadsheet import: %s\n", err.text);
		status = is_done && refused == 0 ? EXIT_DONE : EXIT_FAILED;
	}
	buffer_free(&folder);
	return status;
}

int
main(int argc, char **argv)
{
	struct options options;
	char verb[] = "import";

	if (argc > 0)
		argv[0] = verb;
	int status = options_read(&usage, argc, argv, &options);
	if (status != OPTIONS_GO_ON)
		return status;
	struct config *config = options_config(&options, CONFIG_TO_WRITE);
	if (config == NULL)
		return EXIT_USAGE;
	status = import(config, &options);
	config_free(config);
	return status;
}
