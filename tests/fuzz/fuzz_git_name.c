/* Whatever a path holds: a name is git's own wherever it stands, and a path is if one of its names
 * is. */
#include <assert.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "history/git_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *wrapped = malloc(size + 16), *rest = text, *name;
	bool is_any = false;

	assert(text != NULL && wrapped != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	bool is_in = git_name_is_in(text);
	while ((name = strsep(&rest, "/")) != NULL) {
		bool is_gits = git_name_is_in(name);
		snprintf(wrapped, size + 16, "/a/%s/b.gmi", name);
		assert(git_name_is_in(wrapped) == is_gits);
		is_any = is_any || is_gits;
	}
	assert(is_any == is_in);
	free(wrapped);
	free(text);
	return 0;
}
