/*
 * scarce - allocators that can be made to fail, for modules that are compiled into a test: include
 * this, the modules' sources, and then plenty.h. The linker then leaves the library's copies of
 * these modules out.
 */
#ifndef UNIT_SCARCE_H
#define UNIT_SCARCE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t allocations_left = SIZE_MAX; /* the one after them fails, and so do all others */

static inline bool
may_allocate(void)
{
	if (allocations_left == 0)
		return false;
	allocations_left--;
	return true;
}

static inline void *
scarce_calloc(size_t count, size_t size)
{
	return may_allocate() ? calloc(count, size) : NULL;
}

static inline void *
scarce_realloc(void *old, size_t size)
{
	return may_allocate() ? realloc(old, size) : NULL;
}

static inline void *
scarce_reallocarray(void *old, size_t count, size_t size)
{
	return may_allocate() ? reallocarray(old, count, size) : NULL;
}

static inline char *
scarce_strdup(const char *text)
{
	return may_allocate() ? strdup(text) : NULL;
}

static inline char *
scarce_strndup(const char *text, size_t len)
{
	return may_allocate() ? strndup(text, len) : NULL;
}

#define calloc       scarce_calloc
#define realloc      scarce_realloc
#define reallocarray scarce_reallocarray
#undef strdup
#define strdup scarce_strdup
#undef strndup
#define strndup scarce_strndup

#endif
