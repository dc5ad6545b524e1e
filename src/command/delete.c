/*
 * delete - `broadsheet delete`: takes a file out. History keeps it.
 */
#include "command/command.h"
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
	return order_on_file(VERB_DELETE, usage_text, 1, argc, argv);
}
