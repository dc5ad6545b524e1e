/*
 * array - growing arrays of plain structs. Pure.
 */
#ifndef BASE_ARRAY_H
#define BASE_ARRAY_H

#include <stddef.h>

/* Makes room for one more item after the first count of item_bytes each, and returns where the
 * items are now: the caller's to free(). *capacity, in items, at least doubles when it is full.
 * NULL if out of memory: then items and *capacity are as before. */
void *array_room(void *items, size_t count, size_t *capacity, size_t item_bytes);

#endif
