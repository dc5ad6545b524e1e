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

/* Takes the person in, who is the index's then. */
static bool
add_person(struct people_index *index, struct person *person)
{
	struct person *people = reallocarray(index->people, index->count + 1, sizeof(*people));

	if (people == NULL)
		return false;
	index->people = people;
	people[index->count++] = *person;
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
add_configured(struct people_index *index, const struct editor_config *editor)
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
	ok = ok && add_person(index, &person);
	person_done(&person);
	return ok;
}

/* A certificate opens one door: whoever has it first keeps it. */
static bool
add_devices(struct people_index *index, struct person *person, const struct person *from)
{
	for (size_t i = 0; i < from->device_count; i++) {
		const struct device *device = &from->devices[i];
		const struct person *owner = NULL;

		for (size_t k = 0; owner == NULL && k < index->count; k++)
			if (person_device_named(&index->people[k], device->fingerprint) != NULL)
				owner = &index->people[k];
		if (owner != NULL && owner != person)
			log_warning("editors/%s.ini: the certificate %.16s… is passed over: it is "
				    "%s's already",
			    from->id, device->fingerprint, owner->id);
		else if (owner == NULL && !person_add_device(person, device))
			return false;
	}
	return true;
}

/* Takes in what a file says. The file is used up. */
static bool
add_enrolled(struct people_index *index, struct person_file *file)
{
	struct person *from = &file->person;
	struct person *known = people_index_find(index, from->id);

	if (known != NULL)
		return add_devices(index, known, from);
	if (!file->has_role) {
		log_error("editors/%s.ini: lets nobody in: expected a role, as the ini file has no "
			  "[editor %s]",
		    from->id, from->id);
		return strings_add(&index->damaged, from->id);
	}
	struct person person = {.id = strdup(from->id),
	    .name = strdup(from->name == NULL ? from->id : from->name),
	    .role = from->role};
	bool ok = person.id != NULL && person.name != NULL &&
		  copy_strings(&from->capsules, &person.capsules) &&
		  add_devices(index, &person, from) && add_person(index, &person);
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
take_in(struct people_index *index, int editors_fd, const char *id)
{
	struct person_file file = {0};
	struct error err;
	bool ok = false;

	switch (people_index_file(editors_fd, id, &file, &err)) {
	case STATE_FILE_OK:
		ok = add_enrolled(index, &file);
		break;
	case STATE_FILE_BAD:
		log_error("%s; that file lets nobody in", err.text);
		ok = strings_add(&index->damaged, id);
		break;
	case STATE_FILE_NO_MEMORY:
		break;
	}
	person_file_done(&file);
	return ok;
}

bool
people_index_read(
    const struct config *config, int editors_fd, struct people_index *out, struct error *err)
{
	struct people_index index = {0};
	struct strings ids = {0};
	bool ok = false;

	/* Before the files: what changes while they are read is read once more. */
	if (!people_index_signature(editors_fd, &index.signature)) {
		error_set(err, "editors: %s", strerror(errno));
		goto out;
	}
	if (!people_index_list(editors_fd, &ids, err))
		goto out;
	ok = true;
	for (size_t i = 0; ok && i < config->editor_count; i++)
		ok = add_configured(&index, &config->editors[i]);
	for (size_t i = 0; ok && i < ids.count; i++)
		ok = take_in(&index, editors_fd, ids.items[i]);
	if (!ok)
		error_set(err, "out of memory");
out:
	strings_free(&ids);
	if (ok)
		*out = index;
	else
		people_index_done(&index);
	return ok;
}

void
people_index_done(struct people_index *index)
{
	for (size_t i = 0; i < index->count; i++)
		person_done(&index->people[i]);
	free(index->people);
	strings_free(&index->damaged);
	*index = (struct people_index){0};
}

struct person *
people_index_find(const struct people_index *index, const char *id)
{
	for (size_t i = 0; i < index->count; i++)
		if (strcmp(index->people[i].id, id) == 0)
			return &index->people[i];
	return NULL;
}

struct person *
people_index_owner(const struct people_index *index, const struct visitor *visitor)
{
	for (size_t i = 0; i < index->count; i++)
		if (person_device(&index->people[i], visitor) != NULL)
			return &index->people[i];
	return NULL;
}

uint64_t
people_index_digest(const struct people_index *index)
{
	uint64_t hash = HASH_START;

	for (size_t i = 0; i < index->count; i++) {
		const struct person *person = &index->people[i];
		hash = hash_text(hash, person->id);
		for (size_t k = 0; k < person->capsules.count; k++)
			hash = hash_text(hash, person->capsules.items[k]);
		for (size_t k = 0; k < person->device_count; k++)
			hash = hash_text(hash, person->devices[k].fingerprint);
	}
	return hash;
}
