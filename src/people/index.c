#include "people/index.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buffer.h"
#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "config/values.h"
#include "store/folder.h"

/* FNV-1a: nobody attacks it, as who can write these files is let in anyway. */
#define HASH_START 0xCBF29CE484222325u

static uint64_t
hash_add(uint64_t hash, const void *bytes, size_t len)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < len; i++)
		hash = (hash ^ byte[i]) * 0x100000001B3u;
	return hash;
}

static uint64_t
hash_text(uint64_t hash, const char *text)
{
	return hash_add(hash, text, strlen(text) + 1);
}

/* Whether a file is called ID.ini. */
static bool
is_record_name(const char *name)
{
	char id[256];
	size_t len = strlen(name);

	if (!text_ends(name, ".ini") || len >= sizeof(id))
		return false;
	memcpy(id, name, len - strlen(".ini"));
	id[len - strlen(".ini")] = '\0';
	return value_is_id(id);
}

bool
people_index_signature(int editors_fd, uint64_t *out)
{
	DIR *listing = io_open_listing(editors_fd);
	struct dirent *entry;
	struct stat st;
	uint64_t sum = 0; /* the order of the entries does not matter */

	if (listing == NULL)
		return false;
	while ((entry = readdir(listing)) != NULL) {
		if (!is_record_name(entry->d_name) ||
		    fstatat(editors_fd, entry->d_name, &st, 0) == -1)
			continue;
		uint64_t hash = hash_text(HASH_START, entry->d_name);
		hash = hash_add(hash, &st.st_ino, sizeof(st.st_ino));
		hash = hash_add(hash, &st.st_size, sizeof(st.st_size));
		hash = hash_add(hash, &st.st_mtim, sizeof(st.st_mtim));
		sum += hash_add(hash, &st.st_ctim, sizeof(st.st_ctim));
	}
	closedir(listing);
	*out = sum;
	return true;
}

static int
compare_ids(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool
people_index_list(int editors_fd, struct strings *out, struct error *err)
{
	DIR *listing = io_open_listing(editors_fd);
	struct dirent *entry;
	bool ok = true;

	if (listing == NULL)
		return error_set(err, "editors: %s", strerror(errno));
	while (ok && (entry = readdir(listing)) != NULL)
		if (is_record_name(entry->d_name))
			ok = strings_add_bytes(
			    out, entry->d_name, strlen(entry->d_name) - strlen(".ini"));
	closedir(listing);
	if (!ok)
		return error_set(err, "out of memory");
	if (out->count > 1)
		qsort(out->items, out->count, sizeof(out->items[0]), compare_ids);
	return true;
}

/* Takes the person in, who is the roster's then. */
static bool
add_person(struct people_index *roster, struct person *person)
{
	struct person *people = reallocarray(roster->people, roster->count + 1, sizeof(*people));

	if (people == NULL)
		return false;
	roster->people = people;
	people[roster->count++] = *person;
	*person = (struct person){0};
	return true;
}

static bool
copy_strings(const struct strings *from, struct strings *to)
{
	for (size_t i = 0; i < from->count; i++)
		if (!strings_add(to, from->items[i]))
			return false;
	return true;
}

static bool
add_configured(struct people_index *roster, const struct editor_config *editor)
{
	struct person person = {.id = strdup(editor->id),
	    .name = strdup(editor->name),
	    .role = editor->role,
	    .is_in_ini = true};
	bool ok = person.id != NULL && person.name != NULL &&
		  copy_strings(&editor->capsules, &person.capsules);

	for (size_t i = 0; ok && i < editor->fingerprints.count; i++) {
		struct device device = {.is_in_ini = true};
		memcpy(
		    device.fingerprint, editor->fingerprints.items[i], sizeof(device.fingerprint));
		ok = person_add_device(&person, &device);
	}
	ok = ok && add_person(roster, &person);
	person_done(&person);
	return ok;
}

/* A certificate opens one door: whoever has it first keeps it. */
static bool
add_devices(struct people_index *roster, struct person *person, const struct person *from)
{
	for (size_t i = 0; i < from->device_count; i++) {
		const struct device *device = &from->devices[i];
		const struct person *owner = NULL;

		for (size_t k = 0; owner == NULL && k < roster->count; k++)
			if (person_device_named(&roster->people[k], device->fingerprint) != NULL)
				owner = &roster->people[k];
		if (owner != NULL && owner != person)
			log_warning("editors/%s.ini: the certificate %.16s… is passed over: it is "
				    "%s's already",
			    from->id, device->fingerprint, owner->id);
		else if (owner == NULL && !person_add_device(person, device))
			return false;
	}
	return true;
}

/* Takes in what a file says. The enrolment is used up. */
static bool
add_enrolled(struct people_index *roster, struct person_file *enrolment)
{
	struct person *from = &enrolment->person;
	struct person *known = people_index_find(roster, from->id);

	if (known != NULL)
		return add_devices(roster, known, from);
	if (!enrolment->has_role) {
		log_error("editors/%s.ini: lets nobody in: expected a role, as the ini file has no "
			  "[editor %s]",
		    from->id, from->id);
		return strings_add(&roster->damaged, from->id);
	}
	struct person person = {.id = strdup(from->id),
	    .name = strdup(from->name == NULL ? from->id : from->name),
	    .role = from->role};
	bool ok = person.id != NULL && person.name != NULL &&
		  copy_strings(&from->capsules, &person.capsules) &&
		  add_devices(roster, &person, from) && add_person(roster, &person);
	person_done(&person);
	return ok;
}

enum state_file_result
people_index_file(int editors_fd, const char *id, struct person_file *out, struct error *err)
{
	struct buffer path = BUFFER_EMPTY, bytes = BUFFER_EMPTY;
	enum state_file_result result = STATE_FILE_NO_MEMORY;

	buffer_printf(&path, "editors/%s.ini", id);
	if (path.failed)
		goto out;
	const char *name = strchr(buffer_text(&path), '/');
	if (folder_read(editors_fd, name, STATE_FILE_MAX, &bytes, err))
		result = person_file_read(
		    id, buffer_text(&path), buffer_text(&bytes), bytes.len, out, err);
	else if (!bytes.failed)
		result = STATE_FILE_BAD;
out:
	buffer_free(&path);
	buffer_free(&bytes);
	return result;
}

static bool
take_in(struct people_index *roster, int editors_fd, const char *id)
{
	struct person_file enrolment = {0};
	struct error err;
	bool ok = false;

	switch (people_index_file(editors_fd, id, &enrolment, &err)) {
	case STATE_FILE_OK:
		ok = add_enrolled(roster, &enrolment);
		break;
	case STATE_FILE_BAD:
		log_error("%s; that file lets nobody in", err.text);
		ok = strings_add(&roster->damaged, id);
		break;
	case STATE_FILE_NO_MEMORY:
		break;
	}
	person_file_done(&enrolment);
	return ok;
}

bool
people_index_read(
    const struct config *config, int editors_fd, struct people_index *out, struct error *err)
{
	struct people_index roster = {0};
	struct strings ids = {0};
	bool ok = false;

	/* Before the files: what changes while they are read is read once more. */
	if (!people_index_signature(editors_fd, &roster.signature)) {
		error_set(err, "editors: %s", strerror(errno));
		goto out;
	}
	if (!people_index_list(editors_fd, &ids, err))
		goto out;
	ok = true;
	for (size_t i = 0; ok && i < config->editor_count; i++)
		ok = add_configured(&roster, &config->editors[i]);
	for (size_t i = 0; ok && i < ids.count; i++)
		ok = take_in(&roster, editors_fd, ids.items[i]);
	if (!ok)
		error_set(err, "out of memory");
out:
	strings_free(&ids);
	if (ok)
		*out = roster;
	else
		people_index_done(&roster);
	return ok;
}

void
people_index_done(struct people_index *roster)
{
	for (size_t i = 0; i < roster->count; i++)
		person_done(&roster->people[i]);
	free(roster->people);
	strings_free(&roster->damaged);
	*roster = (struct people_index){0};
}

struct person *
people_index_find(const struct people_index *roster, const char *id)
{
	for (size_t i = 0; i < roster->count; i++)
		if (strcmp(roster->people[i].id, id) == 0)
			return &roster->people[i];
	return NULL;
}

struct person *
people_index_owner(const struct people_index *roster, const struct visitor *visitor)
{
	for (size_t i = 0; i < roster->count; i++)
		if (person_device(&roster->people[i], visitor) != NULL)
			return &roster->people[i];
	return NULL;
}

uint64_t
people_index_digest(const struct people_index *roster)
{
	uint64_t hash = HASH_START;

	for (size_t i = 0; i < roster->count; i++) {
		const struct person *person = &roster->people[i];
		hash = hash_text(hash, person->id);
		for (size_t k = 0; k < person->capsules.count; k++)
			hash = hash_text(hash, person->capsules.items[k]);
		for (size_t k = 0; k < person->device_count; k++)
			hash = hash_text(hash, person->devices[k].fingerprint);
	}
	return hash;
}
