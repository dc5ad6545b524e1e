#include "upload/printings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

struct given {
	TAILQ_ENTRY(given) link;
	struct printings_given what;
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

static size_t
index_of(const struct printings_given *what, uint64_t printing)
{
	size_t at = 0;

	while (at < what->count && what->printings[at] != printing)
		at++;
	return at;
}

/* Puts it before the others. */
static void
add(struct printings_given *what, uint64_t printing)
{
	size_t at = index_of(what, printing);

	if (at == PRINTINGS_EACH) {
		what->has_more = true;
		at--;
	} else if (at == what->count) {
		what->count++;
	}
	memmove(&what->printings[1], what->printings, at * sizeof(printing));
	what->printings[0] = printing;
}

void
printings_note(struct printings *printings, const char *person, const char *path, uint64_t printing)
{
	struct given *given = find(printings, person, path);

	if (given != NULL) {
		TAILQ_REMOVE(&printings->list, given, link);
	} else {
		given = given_new(person, path);
		if (given == NULL)
			return;
		printings->count++;
	}
	add(&given->what, printing);
	TAILQ_INSERT_HEAD(&printings->list, given, link);
	if (printings->count > printings->max)
		forget(printings, TAILQ_LAST(&printings->list, given_list));
}

void
printings_replace(
    struct printings *printings, const char *person, const char *path, uint64_t from, uint64_t to)
{
	struct given *given = find(printings, person, path);

	if (given == NULL || from == to)
		return;
	struct printings_given *what = &given->what;
	size_t at = index_of(what, from);
	if (at == what->count)
		return;
	if (index_of(what, to) == what->count) {
		what->printings[at] = to;
		return;
	}
	what->count--;
	memmove(&what->printings[at], &what->printings[at + 1], (what->count - at) * sizeof(to));
}

struct printings_given
printings_find(const struct printings *printings, const char *person, const char *path)
{
	static const struct printings_given none;
	const struct given *given = find(printings, person, path);

	return given == NULL ? none : given->what;
}
