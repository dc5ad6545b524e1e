/* The bytes are a list of dates: what is read lies in them, and comes back as it was written. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "press/dates_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_round_trip(const struct dates_line *line)
{
	char *name = strndup(line->name, line->name_len);
	int64_t seconds = timestamp_seconds(&line->date, "UTC");
	struct buffer out = BUFFER_EMPTY;
	struct dates_line again;

	if (dates_put(&out, seconds, name)) { /* a name may end with a carriage return */
		const char *text = buffer_text(&out);
		size_t len = out.len;

		assert(dates_next(&text, &len, &again) && len == 0);
		assert(timestamp_seconds(&again.date, "UTC") == seconds);
		assert(again.name_len == line->name_len);
		assert(memcmp(again.name, name, again.name_len) == 0);
	}
	buffer_free(&out);
	free(name);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *bytes = (const char *)data, *rest = bytes;
	size_t left = size;
	struct dates_line line;

	while (dates_next(&rest, &left, &line)) {
		assert(rest + left == bytes + size);
		assert(line.name_len > 0 && line.name + line.name_len <= rest);
		assert(memchr(line.name, '/', line.name_len) == NULL);
		assert(memchr(line.name, '\n', line.name_len) == NULL);
		check_round_trip(&line);
	}
	assert(left == 0);
	return 0;
}
