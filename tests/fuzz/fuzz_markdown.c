/*
 * Whatever Markdown says, the gemtext of it has every block closed, every link whole, and a
 * title has one line.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "article/markdown.h"
#include "gemini/gemtext.h"

static void
check_links(const struct buffer *gemtext)
{
	struct gemtext_reader reader = {.rest = gemtext->data, .rest_len = gemtext->len};
	struct gemtext_line line;

	while (gemtext_next(&reader, &line)) {
		if (line.type != GEMTEXT_LINK)
			continue;
		assert(line.url_len > 0);
		for (size_t i = 0; i < line.url_len; i++)
			assert(line.url[i] > ' ' && line.url[i] < 0x7F);
	}
	assert(!reader.is_preformatted);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer gemtext = BUFFER_EMPTY, title = BUFFER_EMPTY;
	char *text = malloc(size + 1);
	size_t html_line;

	memcpy(text, data, size);
	text[size] = '\0';
	assert(markdown_to_gemtext(text, size, &gemtext, &html_line));
	assert(html_line <= size + 1);
	check_links(&gemtext);
	assert(markdown_to_line(text, &title));
	assert(title.len == 0 || memchr(title.data, '\n', title.len) == NULL);
	buffer_free(&gemtext);
	buffer_free(&title);
	free(text);
	return 0;
}
