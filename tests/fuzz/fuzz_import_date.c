/* Whatever stands in the place of a day: what is taken for one exists, and reads the same when it
 * is written out. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "formats/date.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_day(const struct timestamp *day)
{
	struct buffer text = BUFFER_EMPTY;
	struct timestamp again;

	assert(day->year >= 1 && day->year <= 9999);
	timestamp_append(&text, day);
	assert(timestamp_parse(buffer_text(&text), &again));
	assert(again.year == day->year && again.month == day->month && again.day == day->day);
	assert(date_read(buffer_text(&text), &again));
	assert(again.year == day->year && again.month == day->month && again.day == day->day);
	buffer_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct timestamp untouched;
	struct timestamp day = untouched;
	char *text = malloc(size + 1);

	assert(text != NULL);
	memcpy(text, data, size);
	text[size] = '\0';
	(void)date_is_meant(text);
	if (date_read(text, &day))
		check_day(&day);
	free(text);
	return 0;
}
