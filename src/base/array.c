#include "base/array.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#define FIRST_CAPACITY 16 /* items */

void *
array_room(void *items, size_t count, size_t *capacity, size_t item_bytes)
{
	assert(item_bytes > 0 && count <= *capacity);
	assert((items == NULL) == (*capacity == 0));
	if (count < *capacity)
		return items;
	size_t larger = *capacity == 0 ? FIRST_CAPACITY : *capacity * 2;
	if (larger < count || larger > SIZE_MAX / item_bytes)
		return NULL;
	void *grown = realloc(items, larger * item_bytes);
	assert(larger > count);
	if (grown != NULL)
		*capacity = larger;
	return grown;
}
