#include "people/state_file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "base/time.h"
#include "config/ini.h"
#include "config/values.h"

struct reading {
	const struct state_file *record;
	void *what;
	struct problems problems;
	char *id;          /* of the section, once it was there */
	bool is_elsewhere; /* in a section that is not ours: its keys say nothing */
};

/* The ID in `KIND ID`, or NULL. */
static const char *
section_id(const struct state_file *record, const char *name)
{
	size_t len = strlen(record->kind);

	if (!text_starts(name, record->kind) || (name[len] != ' ' && name[len] != '\t'))
		return NULL;
	const char *id = name + len + strspn(name + len, " \t");
	return value_is_id(id) ? id : NULL;
}

static void
hear_section(void *arg, int line, const char *name)
{
	struct reading *r = arg;
	const char *id = name == NULL ? NULL : section_id(r->record, name);

	r->is_elsewhere = id == NULL || r->id != NULL;
	if (id == NULL && name != NULL)
		problems_add(&r->problems, line,
		    "[%s]: expected [%s ID], ID being letters, digits, "
		    "- and _",
		    name, r->record->kind);
	else if (r->id != NULL)
		problems_add(&r->problems, line, "[%s %s] is there already, expected one section",
		    r->record->kind, r->id);
	if (r->is_elsewhere)
		return;
	r->id = strdup(id);
	r->problems.out_of_memory |= r->id == NULL;
}

static void
take(struct reading *r, int line, const struct state_file_key *key, const char *value)
{
	switch (key->take(r->what, value)) {
	case STATE_FILE_OK:
		break;
	case STATE_FILE_BAD:
		problems_add(
		    &r->problems, line, "%s = %s: expected %s", key->key, value, key->expected);
		break;
	case STATE_FILE_NO_MEMORY:
		r->problems.out_of_memory = true;
		break;
	}
}

static void
hear_pair(void *arg, int line, const char *key, const char *value)
{
	struct reading *r = arg;

	if (r->is_elsewhere)
		return;
	if (r->id == NULL) {
		problems_add(&r->problems, line, "%s stands before the section, expected [%s ID]",
		    key, r->record->kind);
		return;
	}
	for (size_t i = 0; i < r->record->key_count; i++) {
		const struct state_file_key *known = &r->record->keys[i];
		if (strcmp(known->key, key) != 0)
			continue;
		take(r, line, known, value);
		return;
	}
	problems_add(&r->problems, line, "unknown key \"%s\"", key);
}

enum state_file_result
state_file_read(const struct state_file *record, const char *file, const char *bytes, size_t len,
    void *what, char **out_id, struct error *err)
{
	struct reading r = {.record = record, .what = what, .problems = {.file = file}};
	const struct ini_listener listener = {hear_section, hear_pair, &r};

	ini_read(bytes, len, &listener, &r.problems);
	if (r.id == NULL && r.problems.count == 0)
		problems_add(&r.problems, 0, "expected a section [%s ID]", record->kind);
	bool ok = problems_settle(&r.problems, err);
	problems_free(&r.problems);
	if (ok) {
		*out_id = r.id;
		return STATE_FILE_OK;
	}
	free(r.id);
	return r.problems.out_of_memory ? STATE_FILE_NO_MEMORY : STATE_FILE_BAD;
}

enum state_file_result
state_file_text(char **place, const char *value)
{
	if (value[0] == '\0' || value[0] == ';' || *place != NULL)
		return STATE_FILE_BAD;
	*place = strdup(value);
	return *place == NULL ? STATE_FILE_NO_MEMORY : STATE_FILE_OK;
}

enum state_file_result
state_file_time(const char *value, int64_t *out)
{
	struct timestamp when;

	if (!timestamp_parse(value, &when))
		return STATE_FILE_BAD;
	*out = timestamp_seconds(&when, "UTC");
	return STATE_FILE_OK;
}
