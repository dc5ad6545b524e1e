/*
 * Whatever template code a text has, what becomes of it is UTF-8 if the text was, each piece that
 * is told stands in a line of it, and a text without a brace stays as it is.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "formats/templates.h"

static void
check_told(const struct strings *left, size_t lines)
{
	size_t before = 1;

	for (size_t i = 0; i < left->count; i++) {
		assert(text_starts(left->items[i], "line "));
		size_t line = strtoul(left->items[i] + strlen("line "), NULL, 10);
		assert(line >= before && line <= lines);
		before = line;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer out = BUFFER_EMPTY;
	struct strings left = {0};
	size_t lines = 1;
	char *text = malloc(size + 1);

	assert(text != NULL);
	for (size_t i = 0; i < size; i++) {
		text[i] = (char)data[i];
		lines += data[i] == '\n';
	}
	text[size] = '\0'; /* as a buffer has it */
	assert(templates_translate(text, size, 1, &out, &left));
	check_told(&left, lines);
	if (text_is_utf8(text, size))
		assert(text_is_utf8(buffer_text(&out), out.len));
	if (memchr(text, '{', size) == NULL)
		assert(out.len == size && memcmp(buffer_text(&out), text, size) == 0);
	strings_free(&left);
	buffer_free(&out);
	free(text);
	return 0;
}
