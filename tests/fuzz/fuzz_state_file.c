/*
 * Any bytes as a file of STATE/editors and of STATE/invitations: what can be read is written in a
 * form that reads the same, and what cannot has a reason that names the file.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "config/values.h"
#include "people/invitation.h"
#include "people/person_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_enrolment(const char *bytes, size_t len)
{
	struct person_file first = {0}, second = {0};
	struct buffer once = BUFFER_EMPTY, twice = BUFFER_EMPTY;
	struct error err = {""};

	if (person_file_read("ida", "editors/ida.ini", bytes, len, &first, &err) != STATE_FILE_OK) {
		assert(strncmp(err.text, "editors/ida.ini", strlen("editors/ida.ini")) == 0);
		return;
	}
	assert(strcmp(first.person.id, "ida") == 0);
	assert(first.person.device_count <= PEOPLE_DEVICES_MAX);
	person_file_write(&first, &once);
	assert(person_file_read("ida", "f", buffer_text(&once), once.len, &second, &err) ==
	       STATE_FILE_OK);
	person_file_write(&second, &twice);
	assert(strcmp(buffer_text(&once), buffer_text(&twice)) == 0);
	person_file_done(&first);
	person_file_done(&second);
	buffer_free(&once);
	buffer_free(&twice);
}

static void
check_invitation(const char *bytes, size_t len)
{
	struct invitation first = {0}, second = {0};
	struct buffer once = BUFFER_EMPTY, twice = BUFFER_EMPTY;
	struct error err = {""};

	if (invitation_read("invitations/x", bytes, len, &first, &err) != STATE_FILE_OK) {
		assert(strncmp(err.text, "invitations/x", strlen("invitations/x")) == 0);
		return;
	}
	assert(value_is_id(first.id) && first.name[0] != '\0');
	invitation_write(&first, &once);
	assert(invitation_read("f", buffer_text(&once), once.len, &second, &err) == STATE_FILE_OK);
	invitation_write(&second, &twice);
	assert(strcmp(buffer_text(&once), buffer_text(&twice)) == 0);
	invitation_done(&first);
	invitation_done(&second);
	buffer_free(&once);
	buffer_free(&twice);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char hash[INVITATION_HASH_LEN + 1], typed[128];
	size_t len = size < sizeof(typed) - 1 ? size : sizeof(typed) - 1;

	check_enrolment((const char *)data, size);
	check_invitation((const char *)data, size);
	memcpy(typed, data, len);
	typed[len] = '\0';
	if (invitation_hash(typed, hash) == INVITATION_CODE)
		assert(strlen(hash) == INVITATION_HASH_LEN);
	return 0;
}
