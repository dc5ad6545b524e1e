/*
 * import - `broadsheet import`: runs the program broadsheet-import, which lies beside this one, so
 * that no server links its parsers.
 */
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "command/command.h"

#define PROGRAM "broadsheet-import"

/* Its path. False if that cannot be told. */
static bool
find_program(char out[static PATH_MAX])
{
	ssize_t len = readlink("/proc/self/exe", out, PATH_MAX - 1);

	if (len <= 0)
		return false;
	out[len] = '\0';
	char *name = strrchr(out, '/') + 1;
	size_t room = PATH_MAX - (size_t)(name - out);
	return (size_t)snprintf(name, room, "%s", PROGRAM) < room;
}

int
command_import(int argc, char **argv)
{
	char path[PATH_MAX];

	(void)argc;
	if (!find_program(path)) {
		fputs("broadsheet import: cannot tell where this program lies\n", stderr);
		return EXIT_FAILED;
	}
	execv(path, argv);
	fprintf(stderr, "broadsheet import: %s: %s\n", path, strerror(errno));
	return EXIT_FAILED;
}
