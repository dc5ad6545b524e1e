/* Stands where people are being built: those of the ini file alone; goes when they are there. */
#include <stdlib.h>
#include <string.h>

#include "desk/membership.h"
#include "desk/people.h"

struct people {
	const struct config *config;
	struct person one;
};

struct people *
people_open(const struct config *config, struct error *err)
{
	struct people *people = calloc(1, sizeof(*people));

	(void)err;
	if (people != NULL)
		people->config = config;
	return people;
}

void
people_close(struct people *people)
{
	free(people);
}

static const struct person *
take(struct people *people, const struct editor_config *editor)
{
	people->one = (struct person){
	    .id = editor->id,
	    .name = editor->name,
	    .role = editor->role,
	    .capsules = editor->capsules,
	    .is_in_ini = true,
	};
	return &people->one;
}

const struct person *
people_find(struct people *people, const struct visitor *visitor, const char *host)
{
	for (size_t i = 0; i < people->config->editor_count; i++) {
		const struct editor_config *editor = &people->config->editors[i];
		if ((strings_contain(&editor->fingerprints, visitor->certificate) ||
			strings_contain(&editor->fingerprints, visitor->public_key)) &&
		    (editor->capsules.count == 0 || strings_contain(&editor->capsules, host)))
			return take(people, editor);
	}
	return NULL;
}

const struct person *
people_by_id(struct people *people, const char *id)
{
	for (size_t i = 0; i < people->config->editor_count; i++)
		if (strcmp(people->config->editors[i].id, id) == 0)
			return take(people, &people->config->editors[i]);
	return NULL;
}

void
people_note_use(struct people *people, const struct visitor *visitor, int64_t now)
{
	(void)people, (void)visitor, (void)now;
}

bool
people_fingerprints(const struct people *people, const char *host, struct strings *out)
{
	for (size_t i = 0; i < people->config->editor_count; i++) {
		const struct editor_config *editor = &people->config->editors[i];
		if (editor->capsules.count > 0 && !strings_contain(&editor->capsules, host))
			continue;
		for (size_t k = 0; k < editor->fingerprints.count; k++)
			if (!strings_add(out, editor->fingerprints.items[k]))
				return false;
	}
	return true;
}

unsigned
people_changes(const struct people *people)
{
	(void)people;
	return 0;
}

#define PAGE(name)                                                                                 \
	void name(struct errand *errand, const char *path)                                         \
	{                                                                                          \
		(void)path;                                                                        \
		response_set(errand->out, GEMINI_UNAVAILABLE, "not built yet");                    \
	}
/* clang-format off */
PAGE(membership_join)
PAGE(membership_welcome)
PAGE(membership_devices)
PAGE(membership_stranger)
/* clang-format on */
