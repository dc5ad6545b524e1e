/*
 * restore - `broadsheet restore`: makes a file what it was.
 */
#include "command/command.h"
#include "command/order.h"

static const char usage_text[] =
    "usage: broadsheet restore [-c FILE] [--as ID] [--capsule HOST] PATH REV\n"
    "\n"
    "Writes a file as it was at a revision of its history, deleted or not, and prints where it is\n"
    "now.\n"
    "\n"
    "  PATH             /articles/x.gmi, or its gemini:// URL\n"
    "  REV              a revision, as broadsheet history lists them\n"
    "  --as ID          with the rights, and in the name, of that editor\n"
    "  --capsule HOST   which capsule, if there are several\n"
    "  -c FILE          the ini file of the server\n";

int
command_restore(int argc, char **argv)
{
	return order_on_file(VERB_RESTORE, usage_text, 2, argc, argv);
}
