#include "base/strings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define NEAREST_DISTANCE_MAX 2  /* edits */
#define NEAREST_LENGTH_MAX   63 /* bytes; longer words are nobody's misspelling */

bool
strings_add(struct strings *s, const char *text)
{
	return strings_add_bytes(s, text, strlen(text));
}

bool
strings_add_bytes(struct strings *s, const char *text, size_t len)
{
	char *copy = strndup(text, len);

	assert((s->items == NULL) == (s->count == 0));
	if (copy == NULL)
		return false;
	/* The array doubles whenever the count reaches a power of two. */
	if ((s->count & (s->count - 1)) == 0) {
		size_t cap = s->count == 0 ? 1 : 2 * s->count;
		char **grown = reallocarray(s->items, cap, sizeof(*grown));
		if (grown == NULL) {
			free(copy);
			return false;
		}
		s->items = grown;
	}
	s->items[s->count++] = copy;
	return true;
}

bool
strings_contain(const struct strings *s, const char *text)
{
	for (size_t i = 0; i < s->count; i++)
		if (strcmp(s->items[i], text) == 0)
			return true;
	return false;
}

void
strings_free(struct strings *s)
{
	assert(s->items != NULL || s->count == 0); /* all of them may have been taken out */
	for (size_t i = 0; i < s->count; i++)
		free(s->items[i]);
	free(s->items);
	*s = (struct strings){0};
}

static size_t
least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* How many letters were added, dropped, changed or swapped with their neighbour. */
static size_t
edit_distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
	size_t rows[3][NEAREST_LENGTH_MAX + 1];
	size_t *before = rows[0], *above = rows[1], *row = rows[2];

	assert(a_len <= NEAREST_LENGTH_MAX && b_len <= NEAREST_LENGTH_MAX);
	for (size_t j = 0; j <= b_len; j++)
		above[j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		row[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			size_t changed = above[j - 1] + (a[i - 1] != b[j - 1]);
			row[j] = least(changed, 1 + least(above[j], row[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
		size_t *oldest = before;
		before = above;
		above = row;
		row = oldest;
	}
	assert(above[b_len] <= (a_len > b_len ? a_len : b_len));
	return above[b_len];
}

const char *
strings_nearest(const char *text, const char *const *names, size_t count)
{
	size_t len = strlen(text);
	size_t nearest_distance = NEAREST_DISTANCE_MAX + 1;
	const char *nearest = NULL;

	if (len > NEAREST_LENGTH_MAX)
		return NULL;
	for (size_t i = 0; i < count; i++) {
		size_t name_len = strlen(names[i]);
		if (name_len > NEAREST_LENGTH_MAX)
			continue;
		size_t distance = edit_distance(text, len, names[i], name_len);
		if (distance < nearest_distance && 2 * distance < len) {
			nearest = names[i];
			nearest_distance = distance;
		}
	}
	assert((nearest == NULL) == (nearest_distance > NEAREST_DISTANCE_MAX));
	return nearest;
}
