#include "article/id.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

#define HASH_BITS 24
#define HASH_MASK ((1u << HASH_BITS) - 1)
#define YEAR_1    INT64_C(-62135596800) /* 0001-01-01T00:00:00Z in Unix seconds */
#define YEAR_9999 INT64_C(253402300799) /* 9999-12-31T23:59:59Z */
/* The very first second is left out, so that no ID is 0. */
#define EARLIEST (YEAR_1 + 1)

#define TEXT_DIGIT_BITS 5

static const char digits[] = "0123456789abcdefghijklmnopqrstuv";

/* FNV-1a, folded to HASH_BITS. */
static uint32_t
hash_path(const char *path)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *path != '\0'; path++)
		hash = (hash ^ (unsigned char)*path) * UINT64_C(0x100000001b3);
	return (uint32_t)(hash ^ hash >> HASH_BITS ^ hash >> 2 * HASH_BITS) & HASH_MASK;
}

int64_t
id_make(int64_t published, const char *path, unsigned attempt)
{
	uint32_t hash = (hash_path(path) + attempt) & HASH_MASK;

	if (published < EARLIEST)
		published = EARLIEST;
	if (published > YEAR_9999)
		published = YEAR_9999;
	assert(published > YEAR_1 && hash <= HASH_MASK);
	return (published - YEAR_1) << HASH_BITS | hash;
}

int64_t
id_published(int64_t id)
{
	return (id >> HASH_BITS) + YEAR_1;
}

void
id_write(int64_t id, char out[static ID_TEXT_LEN + 1])
{
	uint64_t rest = (uint64_t)id;

	out[ID_TEXT_LEN] = '\0';
	for (size_t i = ID_TEXT_LEN; i > 0; i--) {
		out[i - 1] = digits[rest & 31];
		rest >>= TEXT_DIGIT_BITS;
	}
	assert(rest == 0);
}

static int
digit_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'v')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'V')
		return c - 'A' + 10;
	return -1;
}

bool
id_read(const char *text, int64_t *out)
{
	uint64_t id = 0;

	if (strlen(text) != ID_TEXT_LEN)
		return false;
	for (size_t i = 0; i < ID_TEXT_LEN; i++) {
		int value = digit_value(text[i]);

		/* 13 digits hold 65 bits, an ID has 63: the first digit is an octal one. */
		if (value == -1 || (i == 0 && value > 7))
			return false;
		id = id << TEXT_DIGIT_BITS | (uint64_t)value;
	}
	assert(id <= INT64_MAX);
	*out = (int64_t)id;
	return true;
}
