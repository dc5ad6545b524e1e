#include "article/made.h"

#include <stddef.h>

#include "base/text.h"

const char *
made_folder(const char *path)
{
	static const char *const folders[] = {
	    "/more/", "/archive/", "/tags/", "/authors/", "/search/", "/desk/"};

	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++)
		if (text_starts(path, folders[i]))
			return folders[i];
	return NULL;
}

bool
made_is_folder_feed(const char *path)
{
	return text_starts(path, "/articles/") && text_ends(path, "/atom.xml");
}
