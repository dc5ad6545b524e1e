/*
 * Whatever the front matter says, each value that is told has a key and a line of the file, and
 * comes in their order; what is no TOML is refused with its line.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/toml.h"

static bool
look(void *context, const struct toml_value *value, struct error *err)
{
	size_t *line = context;

	(void)err;
	assert(value->text[value->len] == '\0');
	assert(value->line >= *line);
	*line = value->line;
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct error err = {""};
	size_t line = 2;
	char *bytes = malloc(size);

	assert(size == 0 || bytes != NULL);
	if (size > 0)
		memcpy(bytes, data, size);
	if (!toml_read(bytes, size, 2, look, &line, &err))
		assert(text_starts(err.text, "line "));
	assert(line <= size + 2);
	free(bytes);
	return 0;
}
