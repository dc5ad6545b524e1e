#include "upload/printings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct given {
	TAILQ_ENTRY(given) link;
	uint64_t printing;
	const char *path; /* in person, behind it */
	char person[];
};
TAILQ_HEAD(given_list, given);

/* A thousand short strings are compared in less time than a page is read: no index is needed. */
struct printings {
	struct given_list list; /* the latest first */
	size_t count, max;
};

struct printings *
printings_new(size_t max)
{
	struct printings *printings = calloc(1, sizeof(*printings));

	assert(max > 0);
	if (printings == NULL)
		return NULL;
	TAILQ_INIT(&printings->list);
	printings->max = max;
	return printings;
}

static void
forget(struct printings *printings, struct given *given)
{
	TAILQ_REMOVE(&printings->list, given, link);
	printings->count--;
	free(given);
}

void
printings_free(struct printings *printings)
{
	if (printings == NULL)
		return;
	while (!TAILQ_EMPTY(&printings->list))
		forget(printings, TAILQ_FIRST(&printings->list));
	free(printings);
}

static struct given *
find(const struct printings *printings, const char *person, const char *path)
{
	struct given *given;

	TAILQ_FOREACH (given, &printings->list, link)
		if (strcmp(given->path, path) == 0 && strcmp(given->person, person) == 0)
			return given;
	return NULL;
}

static struct given *
given_new(const char *person, const char *path)
{
	size_t person_size = strlen(person) + 1, path_size = strlen(path) + 1;
	struct given *given = calloc(1, sizeof(*given) + person_size + path_size);

	if (given == NULL)
		return NULL;
	memcpy(given->person, person, person_size);
	memcpy(given->person + person_size, path, path_size);
	given->path = given->person + person_size;
	return given;
}

void
printings_note(struct printings *printings, const char *person, const char *path, uint64_t printing)
{
	struct given *given = find(printings, person, path);

	if (given != NULL)
		forget(printings, given);
	given = given_new(person, path);
	if (given == NULL)
		return;
	given->printing = printing;
	TAILQ_INSERT_HEAD(&printings->list, given, link);
	if (++printings->count > printings->max)
		forget(printings, TAILQ_LAST(&printings->list, given_list));
}

uint64_t
printings_find(const struct printings *printings, const char *person, const char *path)
{
	const struct given *given = find(printings, person, path);

	return given == NULL ? 0 : given->printing;
}
