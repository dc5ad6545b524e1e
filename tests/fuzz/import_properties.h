/*
 * import_properties - what holds for every importer, whatever it is given.
 */
#ifndef FUZZ_IMPORT_PROPERTIES_H
#define FUZZ_IMPORT_PROPERTIES_H

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "article/source.h"
#include "base/text.h"
#include "formats/format.h"

/* What is written has the title that was found, is UTF-8, and has one head. */
static void
check_piece(const struct piece *piece)
{
	struct buffer bytes = BUFFER_EMPTY;
	struct error err = {""};

	assert(piece_write(piece, &bytes));
	assert(text_starts(bytes.data, "---\n"));
	struct source *source = source_parse("/articles/a.gmi", bytes.data, bytes.len, &err);
	if (source != NULL) { /* else the importer tells why: a line too long, or no UTF-8 */
		assert(source->has_date || !piece->has_date);
		assert(source->article.body_len <= piece->body.len + 1);
	} else {
		assert(err.text[0] != '\0');
	}
	source_free(source);
	buffer_free(&bytes);
}

static void
check_import(enum format format, const char *path, const uint8_t *data, size_t size)
{
	struct pieces pieces = {0};
	struct error err = {""};
	char *text = malloc(size + 1);

	assert(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0'; /* as a buffer has it */
	if (format_read(format, path, text, size, &pieces, &err))
		for (size_t i = 0; i < pieces.count; i++)
			check_piece(&pieces.items[i]);
	else
		assert(err.text[0] != '\0');
	pieces_free(&pieces);
	free(text);
}

#endif
