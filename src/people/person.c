#include "people/person.h"

#include <stdlib.h>
#include <string.h>

static const char *const role_words[] = {
    [ROLE_CONTRIBUTOR] = "contributor",
    [ROLE_AUTHOR] = "author",
    [ROLE_EDITOR] = "editor",
};

void
person_done(struct person *person)
{
	free(person->id);
	free(person->name);
	strings_free(&person->capsules);
	free(person->devices);
	*person = (struct person){0};
}

bool
person_add_device(struct person *person, const struct device *device)
{
	struct device *devices =
	    reallocarray(person->devices, person->device_count + 1, sizeof(*devices));

	if (devices == NULL)
		return false;
	person->devices = devices;
	devices[person->device_count++] = *device;
	return true;
}

struct device *
person_device_named(const struct person *person, const char *fingerprint)
{
	for (size_t i = 0; i < person->device_count; i++)
		if (strcmp(person->devices[i].fingerprint, fingerprint) == 0)
			return &person->devices[i];
	return NULL;
}

const struct device *
person_device(const struct person *person, const struct visitor *visitor)
{
	if (!visitor->has_certificate)
		return NULL;
	const struct device *device = person_device_named(person, visitor->certificate);
	return device != NULL ? device : person_device_named(person, visitor->public_key);
}

bool
person_is_of(const struct person *person, const char *host)
{
	return person->capsules.count == 0 || strings_contain(&person->capsules, host);
}

const char *
people_role_word(enum editor_role role)
{
	return role_words[role];
}

bool
people_read_role(const char *word, enum editor_role *out)
{
	for (size_t i = 0; i < sizeof(role_words) / sizeof(role_words[0]); i++)
		if (strcmp(role_words[i], word) == 0) {
			*out = (enum editor_role)i;
			return true;
		}
	return false;
}
