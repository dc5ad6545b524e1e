/* The bytes are the notes of whose changes are: what is read lies in them and makes sense. */
#include <assert.h>
#include <string.h>

#include "press/credits.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_inside(const char *value, size_t len, const char *bytes, size_t size)
{
	assert(value >= bytes && len <= size && value + len <= bytes + size);
	assert(len == 0 || memchr(value, '\n', len) == NULL);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data, *rest = bytes;
	size_t left = size;
	struct credits_note note;
	struct credits_file file;

	while (credits_next(&rest, &left, &note)) {
		assert(rest + left == bytes + size);
		check_inside(note.name, note.name_len, bytes, size);
		check_inside(note.mail, note.mail_len, bytes, size);
		check_inside(note.message, note.message_len, bytes, size);
		while (credits_next_file(&note, &file)) {
			check_inside(file.path, file.len, bytes, size);
			assert(file.path[0] == '/');
			size_t sum_len = strlen(file.sum);
			assert(sum_len == 0 || sum_len == CREDITS_SUM_LEN);
		}
	}
	return 0;
}
