/*
 * What comes of a picture is clean: cleaning it again changes nothing, it has grown by the
 * orientation at most, and the same bytes give the same answer.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "picture/picture.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* From memory of exactly that size, so that a sanitizer sees who reads on. */
static enum picture_verdict
clean_exactly(const void *data, size_t size, struct buffer *out, unsigned *found, struct error *err)
{
	uint8_t *exact = malloc(size > 0 ? size : 1);

	assert(exact != NULL);
	if (size > 0)
		memcpy(exact, data, size);
	enum picture_verdict verdict = picture_clean(exact, size, out, found, err);
	assert((verdict == PICTURE_OTHER) == !picture_is_one(exact, size));
	free(exact);
	return verdict;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buffer out = BUFFER_EMPTY, again = BUFFER_EMPTY, words = BUFFER_EMPTY;
	struct error err = {""};
	unsigned found, found_again;
	enum picture_verdict verdict = clean_exactly(data, size, &out, &found, &err);

	picture_put_words(&words, found);
	assert((words.len == 0) == (found == 0));
	switch (verdict) {
	case PICTURE_CLEANED:
		assert(found != 0 && out.len <= size + PICTURE_GROWTH);
		assert(
		    clean_exactly(out.data, out.len, &again, &found_again, &err) == PICTURE_CLEAN);
		assert(again.len == 0 && found_again == 0);
		break;
	case PICTURE_CLEAN:
		assert(found == 0 && out.len == 0);
		break;
	case PICTURE_BROKEN:
	case PICTURE_SEALED:
		assert(err.text[0] != '\0' && out.len == 0);
		break;
	case PICTURE_OTHER:
	case PICTURE_NO_MEMORY:
		assert(out.len == 0);
		break;
	}
	buffer_free(&out);
	buffer_free(&again);
	buffer_free(&words);
	return 0;
}
