#include "people/people.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/log.h"
#include "base/text.h"
#include "base/time.h"
#include "people/people_inside.h"
#include "store/folder.h"

#define FOLDER_MODE       0700
#define LOOK_EVERY_MS     1000
#define SHORT_FINGERPRINT 16 /* digits shown in lists */

/* Opens a folder, which is made if it is missing; -1 with the reason. */
static int
open_folder(int parent_fd, const char *name, const char *shown, struct error *err)
{
	if (mkdirat(parent_fd, name, FOLDER_MODE) == -1 && errno != EEXIST) {
		error_set(err, "making %s: %s", shown, strerror(errno));
		return -1;
	}
	int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		error_set(err, "%s: %s", shown, strerror(errno));
	return fd;
}

/* Removes what a crash left beside the files of a folder. */
static void
remove_leftovers(int folder_fd)
{
	DIR *listing = io_open_listing(folder_fd);
	struct dirent *entry;

	if (listing == NULL)
		return;
	while ((entry = readdir(listing)) != NULL)
		folder_sweep(folder_fd, entry->d_name);
	closedir(listing);
}

static bool
reread(struct people *people, struct error *err)
{
	struct people_index index;

	if (!people_index_read(people->config, people->editors_fd, &index, err))
		return false;
	people->changes += people_index_digest(&index) != people_index_digest(&people->index);
	people_index_done(&people->index);
	people->index = index;
	return true;
}

bool
people_is_spent(const struct people *people, const char *hash, const struct invitation *invitation)
{
	for (size_t i = 0; i < people->index.count; i++) {
		const struct person *person = &people->index.people[i];
		for (size_t k = 0; k < person->device_count; k++) {
			const struct device *device = &person->devices[k];
			if (strcmp(device->invitation, hash) == 0 &&
			    strcmp(device->fingerprint, invitation->replaces) != 0)
				return true;
		}
	}
	return false;
}

/* Whether an invitation is of no more use. */
static bool
is_over(const struct people *people, const char *hash, int64_t now)
{
	struct invitation invitation;
	struct error err;

	switch (invitations_read(people->invitations_fd, hash, &invitation, &err)) {
	case INVITATIONS_FOUND:
		break;
	case INVITATIONS_ABSENT:
		return false;
	case INVITATIONS_FAILED:
		log_warning("%s; this invitation is passed over", err.text);
		return false;
	}
	bool is_over = invitation.expires < now || people_is_spent(people, hash, &invitation);
	invitation_done(&invitation);
	return is_over;
}

/* Closes invitations that are too old, or were taken just before a crash. */
static void
tidy_invitations(struct people *people, int64_t now)
{
	struct strings hashes = {0};
	struct error err;
	bool ok = invitations_list(people->invitations_fd, &hashes, &err);

	for (size_t i = 0; ok && i < hashes.count; i++)
		if (is_over(people, hashes.items[i], now))
			ok = invitations_drop(people->invitations_fd, hashes.items[i], &err);
	if (!ok)
		log_warning("old invitations stay: %s", err.text);
	strings_free(&hashes);
}

struct people *
people_open(const struct config *config, struct error *err)
{
	struct people *people = calloc(1, sizeof(*people));
	const char *state = config->server.state;

	if (people == NULL) {
		error_set(err, "out of memory");
		return NULL;
	}
	*people = (struct people){.config = config, .editors_fd = -1, .invitations_fd = -1};
	int state_fd = open_folder(AT_FDCWD, state, state, err);
	if (state_fd == -1)
		goto failed;
	people->editors_fd = open_folder(state_fd, "editors", "editors", err);
	if (people->editors_fd != -1)
		people->invitations_fd = open_folder(state_fd, "invitations", "invitations", err);
	close(state_fd);
	if (people->invitations_fd == -1)
		goto failed;
	remove_leftovers(people->editors_fd);
	remove_leftovers(people->invitations_fd);
	if (!reread(people, err))
		goto failed;
	people->looked_at_ms = clock_now_ms();
	tidy_invitations(people, (int64_t)time(NULL));
	return people;
failed:
	error_prefix(err, "state %s", state);
	people_close(people);
	return NULL;
}

void
people_close(struct people *people)
{
	if (people == NULL)
		return;
	people_index_done(&people->index);
	if (people->editors_fd != -1)
		close(people->editors_fd);
	if (people->invitations_fd != -1)
		close(people->invitations_fd);
	free(people);
}

void
people_refresh(struct people *people)
{
	uint64_t signature;
	struct error err;

	people->looked_at_ms = clock_now_ms();
	if (!people_index_signature(people->editors_fd, &signature) ||
	    signature == people->index.signature)
		return;
	if (!reread(people, &err))
		log_error("%s; editors stay as they were, and are read again soon", err.text);
}

const struct person *
people_find(struct people *people, const struct visitor *visitor, const char *host)
{
	if (clock_now_ms() - people->looked_at_ms >= LOOK_EVERY_MS)
		people_refresh(people);
	const struct person *person = people_index_owner(&people->index, visitor);
	return person != NULL && person_is_of(person, host) ? person : NULL;
}

const struct person *
people_by_id(struct people *people, const char *id)
{
	return people_index_find(&people->index, id);
}

static bool
has_file(const struct people *people, const char *id)
{
	struct buffer name = BUFFER_EMPTY;

	buffer_printf(&name, "%s.ini", id);
	/* Without memory for the name it is as if there were one: reading it fails then. */
	bool has = name.failed || faccessat(people->editors_fd, buffer_text(&name), F_OK,
				      AT_SYMLINK_NOFOLLOW) == 0;
	buffer_free(&name);
	return has;
}

bool
people_person_file(
    const struct people *people, const char *id, struct person_file *out, struct error *err)
{
	if (has_file(people, id)) {
		enum state_file_result result = people_index_file(people->editors_fd, id, out, err);

		if (result == STATE_FILE_NO_MEMORY)
			return error_set(err, "out of memory");
		return result == STATE_FILE_OK ||
		       error_prefix(err, "mend or remove that file first");
	}
	*out = (struct person_file){.person = {.id = strdup(id)}};
	return out->person.id != NULL || error_set(err, "out of memory");
}

/* Writes the file durably. */
static bool
write_enrolment(struct people *people, const struct person_file *file, struct error *err)
{
	struct buffer path = BUFFER_EMPTY, bytes = BUFFER_EMPTY;

	buffer_printf(&path, "/%s.ini", file->person.id);
	person_file_write(file, &bytes);
	bool ok = path.failed || bytes.failed
		      ? error_set(err, "out of memory")
		      : folder_write_private(people->editors_fd, buffer_text(&path),
			    buffer_text(&bytes), bytes.len, err);
	buffer_free(&path);
	buffer_free(&bytes);
	return ok;
}

bool
people_save(struct people *people, const struct person_file *file, struct error *err)
{
	return write_enrolment(people, file, err) && reread(people, err);
}

bool
people_close_invitations(
    struct people *people, const char *id, const char *but, size_t *out_count, struct error *err)
{
	struct strings hashes = {0};
	size_t count = 0;
	bool ok = invitations_list(people->invitations_fd, &hashes, err);

	for (size_t i = 0; ok && i < hashes.count; i++) {
		const char *hash = hashes.items[i];
		struct invitation invitation = {0};
		struct error ignored;

		if ((but == NULL || strcmp(hash, but) != 0) &&
		    invitations_read(people->invitations_fd, hash, &invitation, &ignored) ==
			INVITATIONS_FOUND &&
		    strcmp(invitation.id, id) == 0) {
			ok = invitations_drop(people->invitations_fd, hash, err);
			count += ok;
		}
		invitation_done(&invitation);
	}
	strings_free(&hashes);
	if (out_count != NULL)
		*out_count = count;
	return ok;
}

/* Removes ID.ini durably, and takes that in. */
static bool
remove_file(struct people *people, const char *id, struct error *err)
{
	struct buffer name = BUFFER_EMPTY;
	bool ok = false;

	buffer_printf(&name, "%s.ini", id);
	if (name.failed)
		error_set(err, "out of memory");
	else if (unlinkat(people->editors_fd, buffer_text(&name), 0) == -1 && errno != ENOENT)
		error_set(err, "editors/%s: %s", buffer_text(&name), strerror(errno));
	else if (fsync(people->editors_fd) == -1)
		error_set(err, "editors: %s", strerror(errno));
	else
		ok = reread(people, err);
	buffer_free(&name);
	return ok;
}

bool
people_remove(struct people *people, const char *id, struct error *err)
{
	size_t closed = 0;

	const struct person *person = people_index_find(&people->index, id);
	bool is_in_ini = person != NULL && person->is_in_ini;
	bool was_there = person != NULL || strings_contain(&people->index.damaged, id);
	if (!people_close_invitations(people, id, NULL, &closed, err))
		return false;
	if (!was_there)
		return closed > 0 || error_set(err, "no editor has the ID `%s`", id);
	if (is_in_ini)
		error_set(err,
		    "the ini file has [editor %s]: take that section out and reload; certificates "
		    "that joined by invitation are gone",
		    id);
	return remove_file(people, id, err) && !is_in_ini;
}

bool
people_remove_device(
    struct people *people, const char *id, const char *fingerprint, struct error *err)
{
	struct person_file file = {0};

	const struct person *person = people_index_find(&people->index, id);
	const struct device *device =
	    person == NULL ? NULL : person_device_named(person, fingerprint);
	if (device == NULL)
		return error_set(err, "it is gone already");
	if (device->is_in_ini)
		return error_set(err, "it is given by the ini file: ask the admin");
	bool ok = people_person_file(people, id, &file, err);
	if (ok && person_file_drop_device(&file, fingerprint))
		ok = people_save(people, &file, err);
	person_file_done(&file);
	return ok;
}

static bool
write_use(struct people *people, const char *id, const struct device *device, struct error *err)
{
	struct person_file file = {0};
	bool ok = people_person_file(people, id, &file, err);
	struct device *noted = ok ? person_device_named(&file.person, device->fingerprint) : NULL;

	if (noted != NULL) {
		noted->last_used = device->last_used;
		ok = write_enrolment(people, &file, err);
	}
	person_file_done(&file);
	return ok;
}

void
people_note_use(struct people *people, const struct visitor *visitor, int64_t now)
{
	struct person *person = people_index_owner(&people->index, visitor);
	const struct device *used = person == NULL ? NULL : person_device(person, visitor);
	struct error err;

	if (used == NULL || used->is_in_ini)
		return;
	struct device *device = person_device_named(person, used->fingerprint);
	bool is_first = device->last_used == 0;
	if (!is_first && now >= device->last_used && now - device->last_used < PEOPLE_NOTE_SECONDS)
		return;
	device->last_used = now; /* even if it cannot be written: not tried on each request */
	if (!write_use(people, person->id, device, &err))
		log_warning("the use of %s's certificate is not noted: %s", person->id, err.text);
	/* The identity works, so its code must not be good for another one any more. */
	else if (is_first && device->invitation[0] != '\0' &&
		 !invitations_drop(people->invitations_fd, device->invitation, &err))
		log_warning("%s", err.text);
}

bool
people_fingerprints(const struct people *people, const char *host, struct strings *out)
{
	for (size_t i = 0; i < people->index.count; i++) {
		const struct person *person = &people->index.people[i];
		if (!person_is_of(person, host))
			continue;
		for (size_t k = 0; k < person->device_count; k++)
			if (!strings_add(out, person->devices[k].fingerprint))
				return false;
	}
	return true;
}

unsigned
people_changes(const struct people *people)
{
	return people->changes;
}

static void
put_day(struct buffer *out, const char *what, int64_t seconds)
{
	struct timestamp when = timestamp_at(seconds, "UTC");

	if (seconds == 0)
		return;
	when.has_time = when.has_zone = false;
	buffer_printf(out, "%s", what);
	timestamp_append(out, &when);
}

static void
put_device(struct buffer *out, const struct device *device, int64_t now)
{
	buffer_printf(out, "%.*s", SHORT_FINGERPRINT, device->fingerprint);
	if (device->is_in_ini)
		buffer_puts(out, " in the ini file");
	put_day(out, device->expires < now ? " expired " : " until ", device->expires);
	put_day(out, " used ", device->last_used);
}

static void
put_person(struct buffer *out, const struct person *person, int64_t now)
{
	buffer_printf(out, "%s  %s  ", person->id, people_role_word(person->role));
	text_append_escaped(out, person->name, strlen(person->name));
	buffer_puts(out, person->capsules.count == 0 ? "  all capsules" : "  ");
	for (size_t i = 0; i < person->capsules.count; i++)
		buffer_printf(out, "%s%s", i == 0 ? "" : ", ", person->capsules.items[i]);
	buffer_puts(out, person->device_count == 0 ? "  no certificate" : "  ");
	for (size_t i = 0; i < person->device_count; i++) {
		buffer_puts(out, i == 0 ? "" : ", ");
		put_device(out, &person->devices[i], now);
	}
	buffer_putc(out, '\n');
}

static void
put_invitation(struct buffer *out, const struct invitation *invitation)
{
	struct timestamp end = timestamp_at(invitation->expires, "UTC");

	buffer_printf(out, "%s  %s  ", invitation->id, people_role_word(invitation->role));
	text_append_escaped(out, invitation->name, strlen(invitation->name));
	buffer_printf(out, "  %s  %s, open until ",
	    invitation->capsule == NULL ? "all capsules" : invitation->capsule,
	    invitation->is_further_device ? "invited with a further certificate" : "invited");
	timestamp_append(out, &end);
	buffer_putc(out, '\n');
}

void
people_report(const struct people *people, int64_t now, struct buffer *out)
{
	struct strings hashes = {0};
	struct error err;

	for (size_t i = 0; i < people->index.count; i++)
		put_person(out, &people->index.people[i], now);
	for (size_t i = 0; i < people->index.damaged.count; i++)
		buffer_printf(out, "%s  lets nobody in: editors/%s.ini is damaged, see the log\n",
		    people->index.damaged.items[i], people->index.damaged.items[i]);
	if (!invitations_list(people->invitations_fd, &hashes, &err))
		buffer_printf(out, "invitations cannot be listed: %s\n", err.text);
	for (size_t i = 0; i < hashes.count; i++) {
		struct invitation invitation = {0};
		if (invitations_read(people->invitations_fd, hashes.items[i], &invitation, &err) ==
			INVITATIONS_FOUND &&
		    invitation.expires >= now &&
		    !people_is_spent(people, hashes.items[i], &invitation))
			put_invitation(out, &invitation);
		invitation_done(&invitation);
	}
	strings_free(&hashes);
}
