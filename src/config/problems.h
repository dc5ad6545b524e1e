/*
 * problems - everything that is wrong with an ini file, gathered so that an admin sees all of it
 * at once, in the order of the lines.
 */
#ifndef CONFIG_PROBLEMS_H
#define CONFIG_PROBLEMS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct problem {
	int line; /* 0: of the file as a whole */
	char *text;
};

struct problems {
	const char *file; /* what messages call the ini file; borrowed */
	struct problem *items;
	size_t count;
	bool out_of_memory; /* one could not be kept, or something else could not */
};

/* Adds a sentence about that line. Control bytes in it are escaped. */
void problems_add(struct problems *p, int line, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* True when there are none. Else false, and err holds one `FILE:LINE: …` a line, sorted, as many
 * as fit and the number of the rest. */
bool problems_settle(struct problems *p, struct error *err);

void problems_free(struct problems *p);

#endif
