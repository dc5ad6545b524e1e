#include "people/person_file.h"

#include <string.h>

#include "base/time.h"
#include "config/values.h"

static enum state_file_result
take_name(void *what, const char *value)
{
	struct person_file *enrolment = what;

	return state_file_text(&enrolment->person.name, value);
}

static enum state_file_result
take_role(void *what, const char *value)
{
	struct person_file *enrolment = what;

	if (enrolment->has_role || !people_read_role(value, &enrolment->person.role))
		return STATE_FILE_BAD;
	enrolment->has_role = true;
	return STATE_FILE_OK;
}

static enum state_file_result
take_capsule(void *what, const char *value)
{
	struct person_file *enrolment = what;
	char host[VALUE_HOST_MAX + 1];

	if (!value_host(value, host))
		return STATE_FILE_BAD;
	return strings_add(&enrolment->person.capsules, host) ? STATE_FILE_OK
							      : STATE_FILE_NO_MEMORY;
}

static enum state_file_result
take_fingerprint(void *what, const char *value)
{
	struct person_file *enrolment = what;
	struct device device = {0};

	if (!value_fingerprint(value, device.fingerprint) ||
	    person_device_named(&enrolment->person, device.fingerprint) != NULL ||
	    enrolment->person.device_count == PEOPLE_DEVICES_MAX)
		return STATE_FILE_BAD;
	return person_add_device(&enrolment->person, &device) ? STATE_FILE_OK
							      : STATE_FILE_NO_MEMORY;
}

/* The device that the present line tells of, or NULL. */
static struct device *
last_device(const struct person_file *enrolment)
{
	const struct person *person = &enrolment->person;

	return person->device_count == 0 ? NULL : &person->devices[person->device_count - 1];
}

static enum state_file_result
take_added(void *what, const char *value)
{
	struct device *device = last_device(what);

	return device == NULL ? STATE_FILE_BAD : state_file_time(value, &device->added);
}

static enum state_file_result
take_last_used(void *what, const char *value)
{
	struct device *device = last_device(what);

	return device == NULL ? STATE_FILE_BAD : state_file_time(value, &device->last_used);
}

static enum state_file_result
take_expires(void *what, const char *value)
{
	struct device *device = last_device(what);

	return device == NULL ? STATE_FILE_BAD : state_file_time(value, &device->expires);
}

static enum state_file_result
take_invitation(void *what, const char *value)
{
	struct device *device = last_device(what);

	return device != NULL && value_fingerprint(value, device->invitation) ? STATE_FILE_OK
									      : STATE_FILE_BAD;
}

#define EXPECTED_TIME "a date-time such as 2025-06-13T09:30:00Z, below a fingerprint"
static const struct state_file_key keys[] = {
    {"name", take_name, "a name, once"},
    {"role", take_role, "contributor, author or editor, once"},
    {"capsule", take_capsule, "the host of a capsule"},
    {"fingerprint", take_fingerprint, "64 hex digits of a SHA-256, each once, at most 32 of them"},
    {"added", take_added, EXPECTED_TIME},
    {"last-used", take_last_used, EXPECTED_TIME},
    {"expires", take_expires, EXPECTED_TIME},
    {"invitation", take_invitation, "the SHA-256 of a code, below a fingerprint"},
};
static const struct state_file record = {"editor", keys, sizeof(keys) / sizeof(keys[0])};

void
person_file_done(struct person_file *enrolment)
{
	person_done(&enrolment->person);
	*enrolment = (struct person_file){0};
}

enum state_file_result
person_file_read(const char *id, const char *file, const char *bytes, size_t len,
    struct person_file *out, struct error *err)
{
	struct person_file enrolment = {0};
	enum state_file_result result =
	    state_file_read(&record, file, bytes, len, &enrolment, &enrolment.person.id, err);

	if (result == STATE_FILE_OK && strcmp(enrolment.person.id, id) != 0) {
		error_set(err, "%s: [editor %s]: expected [editor %s], as the file is called", file,
		    enrolment.person.id, id);
		result = STATE_FILE_BAD;
	}
	if (result == STATE_FILE_OK)
		*out = enrolment;
	else
		person_file_done(&enrolment);
	return result;
}

static void
put_time(struct buffer *out, const char *key, int64_t seconds)
{
	if (seconds == 0)
		return;
	struct timestamp when = timestamp_at(seconds, "UTC");
	buffer_printf(out, "%s = ", key);
	timestamp_append(out, &when);
	buffer_putc(out, '\n');
}

void
person_file_write(const struct person_file *enrolment, struct buffer *out)
{
	const struct person *person = &enrolment->person;

	buffer_printf(out,
	    "; Somebody who joined by invitation. You may edit this file or remove it while the\n"
	    "; server runs. Comments are lost when it writes the file.\n"
	    "[editor %s]\n",
	    person->id);
	if (person->name != NULL)
		buffer_printf(out, "name = %s\n", person->name);
	if (enrolment->has_role)
		buffer_printf(out, "role = %s\n", people_role_word(person->role));
	for (size_t i = 0; i < person->capsules.count; i++)
		buffer_printf(out, "capsule = %s\n", person->capsules.items[i]);
	for (size_t i = 0; i < person->device_count; i++) {
		const struct device *device = &person->devices[i];
		buffer_printf(out, "\nfingerprint = %s\n", device->fingerprint);
		put_time(out, "added", device->added);
		put_time(out, "last-used", device->last_used);
		put_time(out, "expires", device->expires);
		if (device->invitation[0] != '\0')
			buffer_printf(out, "invitation = %s\n", device->invitation);
	}
}

bool
person_file_drop_device(struct person_file *enrolment, const char *fingerprint)
{
	struct person *person = &enrolment->person;
	struct device *device = person_device_named(person, fingerprint);

	if (device == NULL)
		return false;
	size_t behind = (size_t)(person->devices + --person->device_count - device);
	memmove(device, device + 1, behind * sizeof(*device));
	return true;
}
