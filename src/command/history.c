/*
 * history - `broadsheet history`: who did what to a file, and when.
 */
#include "command/command.h"
#include "command/order.h"

static const char usage_text[] =
    "usage: broadsheet history [-c FILE] [--as ID] [--capsule HOST] PATH\n"
    "\n"
    "Lists the revisions of a file, newest first, a line each: revision, date, who: what. The\n"
    "revision is what broadsheet restore takes.\n"
    "\n"
    "  PATH             /articles/x.gmi, or its gemini:// URL\n"
    "  --as ID          with the rights, and in the name, of that editor\n"
    "  --capsule HOST   which capsule, if there are several\n"
    "  -c FILE          the ini file of the server\n";

int
command_history(int argc, char **argv)
{
	return order_on_file(VERB_HISTORY, usage_text, 1, argc, argv);
}
