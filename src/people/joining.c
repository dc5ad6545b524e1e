/* Invitations: made, taken, and reopened. Section 5 of the design. */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "config/values.h"
#include "people/people.h"
#include "people/people_inside.h"

#define DAY 86400 /* seconds */

/* Whether somebody who is there already may be given that role there. */
static bool
check_known(const struct person *person, enum editor_role role, const char *host, struct error *err)
{
	if (person->role != role)
		return error_set(err, "%s is there already, as %s: expected that role", person->id,
		    people_role_word(person->role));
	if (host == NULL && person->capsules.count > 0)
		return error_set(err,
		    "%s is there already, and not for all capsules: expected "
		    "the name of one",
		    person->id);
	if (host != NULL && !person_is_of(person, host))
		return error_set(err, "%s is there already, and not for %s", person->id, host);
	return true;
}

static bool
refuse_damaged(const char *id, struct error *err)
{
	return error_set(
	    err, "mend or remove editors/%s.ini first: the log says what is wrong", id);
}

static bool
check_invitation(struct people *people, const char *id, const char *name, enum editor_role role,
    const char *host, struct error *err)
{
	if (!value_is_id(id))
		return error_set(
		    err, "%s: expected an ID of letters, digits, - and _, at most 64", id);
	if (!invitation_check_name(name, err))
		return false;
	if (host != NULL && config_capsule(people->config, host) == NULL)
		return error_set(err, "%s: expected the host of a capsule", host);
	if (strings_contain(&people->index.damaged, id))
		return refuse_damaged(id, err);
	const struct person *person = people_index_find(&people->index, id);
	return person == NULL || check_known(person, role, host, err);
}

/* The name for a record: one of the ini file may be longer than a line of ours takes. */
static char *
record_name(const struct person *person)
{
	return strlen(person->name) <= PEOPLE_NAME_MAX ? person->name : person->id;
}

bool
people_invite(struct people *people, const char *id, const char *name, enum editor_role role,
    const char *host, int64_t now, char code[static PEOPLE_CODE_LEN + 1], struct error *err)
{
	char made[INVITATION_CODE_LEN + 1], hash[INVITATION_HASH_LEN + 1];

	if (!check_invitation(people, id, name, role, host, err) ||
	    !invitation_new_code(made, hash, err))
		return false;
	const struct person *person = people_index_find(&people->index, id);
	/* Borrowed strings: it is only written. */
	struct invitation invitation = {
	    .id = (char *)id,
	    .name = person == NULL ? (char *)name : record_name(person),
	    .role = role,
	    .capsule = (char *)host,
	    .expires = now + (int64_t)PEOPLE_INVITATION_DAYS * DAY,
	    .is_further_device = person != NULL,
	};
	if (!invitations_write(people->invitations_fd, hash, &invitation, err) ||
	    !people_close_invitations(people, id, hash, NULL, err))
		return false;
	strcpy(code, made);
	return true;
}

/* Whether the invitation is still good. */
static bool
is_good(
    const struct people *people, const char *hash, const struct invitation *invitation, int64_t now)
{
	const struct person *person = people_index_find(&people->index, invitation->id);

	if (now > invitation->expires || people_is_spent(people, hash, invitation))
		return false;
	if (invitation->is_further_device && person == NULL)
		return false;
	if (invitation->replaces[0] == '\0')
		return true;
	const struct device *device =
	    person == NULL ? NULL : person_device_named(person, invitation->replaces);
	return device != NULL && device->last_used == 0;
}

/* Looks for the invitation of a code as it was typed. PEOPLE_JOINED: *out and hash are filled. */
static enum people_joined
find_invitation(struct people *people, const char *typed, int64_t now,
    char hash[static INVITATION_HASH_LEN + 1], struct invitation *out, struct error *err)
{
	struct error ignored;

	switch (invitation_hash(typed, hash)) {
	case INVITATION_CODE:
		break;
	case INVITATION_NO_CODE:
		return PEOPLE_WRONG_CODE;
	case INVITATION_FAILED:
		error_set(err, "out of memory");
		return PEOPLE_FAILED;
	}
	switch (invitations_read(people->invitations_fd, hash, out, err)) {
	case INVITATIONS_FOUND:
		break;
	case INVITATIONS_ABSENT:
		return PEOPLE_WRONG_CODE;
	case INVITATIONS_FAILED:
		return PEOPLE_FAILED;
	}
	if (is_good(people, hash, out, now))
		return PEOPLE_JOINED;
	invitation_done(out);
	invitations_drop(people->invitations_fd, hash, &ignored);
	return PEOPLE_WRONG_CODE;
}

/* Makes the file one of somebody new. */
static bool
introduce(struct person_file *file, const struct invitation *invitation, struct error *err)
{
	struct person *person = &file->person;

	if (file->has_role)
		return true;
	free(person->name);
	person->name = strdup(invitation->name);
	person->role = invitation->role;
	file->has_role = true;
	if (person->name == NULL ||
	    (invitation->capsule != NULL && !strings_add(&person->capsules, invitation->capsule)))
		return error_set(err, "out of memory");
	return true;
}

/* Gives the invited person that device, durably. */
static bool
enrol(struct people *people, const struct invitation *invitation, const struct device *device,
    struct error *err)
{
	struct person_file file = {0};
	bool ok = false;

	if (strings_contain(&people->index.damaged, invitation->id))
		return refuse_damaged(invitation->id, err);
	if (!people_person_file(people, invitation->id, &file, err))
		goto out;
	if (people_index_find(&people->index, invitation->id) == NULL &&
	    !introduce(&file, invitation, err))
		goto out;
	if (invitation->replaces[0] != '\0')
		person_file_drop_device(&file, invitation->replaces);
	if (file.person.device_count >= PEOPLE_DEVICES_MAX)
		error_set(err, "%s has %d certificates already: remove one at /desk/devices",
		    invitation->id, PEOPLE_DEVICES_MAX);
	else if (!person_add_device(&file.person, device))
		error_set(err, "out of memory");
	else
		ok = people_save(people, &file, err);
out:
	person_file_done(&file);
	return ok;
}

/* Takes the invitation. The device remembers the hash of its code, so that the code is good once
 * even if nothing more is done after the file was written. */
static enum people_joined
let_in(struct people *people, const char *hash, const struct invitation *invitation,
    const struct visitor *visitor, int64_t now, const struct person **out_person, struct error *err)
{
	struct device device = {.added = now, .expires = visitor->not_after};
	struct error drop_err;

	memcpy(device.fingerprint, visitor->certificate, sizeof(device.fingerprint));
	memcpy(device.invitation, hash, INVITATION_HASH_LEN + 1);
	if (!enrol(people, invitation, &device, err))
		return PEOPLE_FAILED;
	if (!invitations_drop(people->invitations_fd, hash, &drop_err))
		log_warning("%s; the code is good for nobody all the same", drop_err.text);
	*out_person = people_index_owner(&people->index, visitor);
	if (*out_person == NULL) {
		error_set(err, "editors/%s.ini was changed meanwhile", invitation->id);
		return PEOPLE_FAILED;
	}
	log_notice("%s joined with the certificate %s", invitation->id, device.fingerprint);
	return PEOPLE_JOINED;
}

enum people_joined
people_join(struct people *people, const char *code, const struct visitor *visitor, int64_t now,
    const struct person **out_person, int *out_wait, struct error *err)
{
	char hash[INVITATION_HASH_LEN + 1];
	struct invitation invitation;

	*out_person = people_index_owner(&people->index, visitor);
	if (*out_person != NULL)
		return PEOPLE_TAKEN;
	*out_wait = attempts_wait(&people->attempts, visitor->certificate, now);
	if (*out_wait > 0)
		return PEOPLE_SLOW_DOWN;
	enum people_joined result = find_invitation(people, code, now, hash, &invitation, err);
	if (result == PEOPLE_WRONG_CODE)
		attempts_note(&people->attempts, visitor->certificate, now);
	if (result != PEOPLE_JOINED)
		return result;
	result = let_in(people, hash, &invitation, visitor, now, out_person, err);
	if (result == PEOPLE_JOINED)
		attempts_forget(&people->attempts, visitor->certificate);
	invitation_done(&invitation);
	return result;
}

/* Whether the device joined a moment ago and did not come since. */
static bool
may_be_lost(const struct device *device, int64_t now)
{
	return device->invitation[0] != '\0' && device->last_used == 0 && now >= device->added &&
	       now - device->added <= PEOPLE_REOPEN_SECONDS;
}

static bool
reopen(struct people *people, const struct person *person, const struct device *device, int64_t now,
    struct error *err)
{
	struct invitation there = {0};
	bool is_open = invitations_read(people->invitations_fd, device->invitation, &there, err) ==
			   INVITATIONS_FOUND &&
		       strcmp(there.replaces, device->fingerprint) == 0;

	invitation_done(&there);
	if (is_open)
		return true;
	struct invitation invitation = {
	    .id = person->id,
	    .name = record_name(person),
	    .role = person->role,
	    .expires = now + PEOPLE_REOPENED,
	    .is_further_device = true,
	};
	memcpy(invitation.replaces, device->fingerprint, sizeof(invitation.replaces));
	return invitations_write(people->invitations_fd, device->invitation, &invitation, err);
}

void
people_reopen_codes(struct people *people, int64_t now)
{
	struct error err;

	for (size_t i = 0; i < people->index.count; i++) {
		const struct person *person = &people->index.people[i];
		for (size_t k = 0; k < person->device_count; k++)
			if (may_be_lost(&person->devices[k], now) &&
			    !reopen(people, person, &person->devices[k], now, &err))
				log_warning(
				    "a code of %s is not reopened: %s", person->id, err.text);
	}
}
