#include "desk/revision.h"

#include <stdio.h>
#include <string.h>

#define SHORTEST 4 /* hex digits: git takes no fewer */

bool
revision_is_commit(const char *text)
{
	size_t len = strspn(text, "0123456789abcdef");

	return text[len] == '\0' && len >= SHORTEST && len <= HISTORY_COMMIT_LEN;
}

bool
revision_read(const char *text, struct revision *out)
{
	const char *slash = strrchr(text, '/');

	if (slash == NULL || slash == text || !revision_is_commit(slash + 1) ||
	    (size_t)(slash - text) >= sizeof(out->path))
		return false;
	snprintf(out->path, sizeof(out->path), "%.*s", (int)(slash - text), text);
	strcpy(out->commit, slash + 1);
	return true;
}
