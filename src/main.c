/*
 * main - the table of verbs.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/strings.h"
#include "command/command.h"

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
};

static const struct verb verbs[] = {
    {"serve", command_serve, "serve the publications, in the foreground"},
    {"check", command_check, "look for mistakes in the ini file and all articles"},
    {"new", command_new, "begin a publication: ini file, certificate, first article"},
    {"cert", command_cert, "make, show or renew a certificate"},
    {"import", command_import, "take articles from files of other kinds"},
    {"editor", command_editor, "invite, list or remove editors"},
    {"publish", command_publish, "publish a file by the rules of an upload"},
    {"delete", command_delete, "take an article or file out; history keeps it"},
    {"history", command_history, "who did what to an article, and when"},
    {"restore", command_restore, "make an article what it was"},
    {"reprint", command_reprint, "print the edition again from the source files"},
    {"status", command_status, "what the running server is doing"},
};
#define VERB_COUNT (sizeof(verbs) / sizeof(verbs[0]))

static void
print_usage(FILE *to)
{
	fputs("usage: broadsheet VERB [-c FILE] …\n\n", to);
	for (size_t i = 0; i < VERB_COUNT; i++)
		fprintf(to, "  %-9s %s\n", verbs[i].name, verbs[i].summary);
	fputs("\n  broadsheet VERB --help tells more; so do the manual pages broadsheet(1) and\n"
	      "  broadsheet.ini(5). Without -c the ini file is conf/broadsheet.ini, then\n"
	      "  /etc/broadsheet/broadsheet.ini.\n",
	    to);
}

static int
refuse_verb(const char *word)
{
	const char *names[VERB_COUNT];

	for (size_t i = 0; i < VERB_COUNT; i++)
		names[i] = verbs[i].name;
	const char *near = strings_nearest(word, names, VERB_COUNT);
	fprintf(stderr, "broadsheet: unknown verb: %s", word);
	if (near != NULL)
		fprintf(stderr, " (did you mean %s?)", near);
	fputs("\n\n", stderr);
	print_usage(stderr);
	return EXIT_USAGE;
}

/* A program started with standard streams closed would get a socket as descriptor 2, and write
 * its log to a reader. */
static void
fill_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int
main(int argc, char **argv)
{
	fill_standard_streams();
	if (argc < 2) {
		print_usage(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		print_usage(stdout);
		return EXIT_DONE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("broadsheet " BROADSHEET_VERSION);
		return EXIT_DONE;
	}
	for (size_t i = 0; i < VERB_COUNT; i++)
		if (strcmp(argv[1], verbs[i].name) == 0)
			return verbs[i].run(argc - 1, argv + 1);
	return refuse_verb(argv[1]);
}
