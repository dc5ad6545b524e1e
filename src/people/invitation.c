#include "people/invitation.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/encode.h"
#include "base/text.h"
#include "base/time.h"
#include "config/values.h"
#include "people/person.h"

#define CODE_BYTES 16

/* RFC 4648, in lower case: no 0, 1 and 8, which look like letters. */
static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";

/* An invitation that is being read. */
struct draft {
	struct invitation invitation;
	bool has_role, has_end;
};

static enum state_file_result
take_name(void *what, const char *value)
{
	struct draft *draft = what;

	return state_file_text(&draft->invitation.name, value);
}

static enum state_file_result
take_role(void *what, const char *value)
{
	struct draft *draft = what;

	draft->has_role = people_read_role(value, &draft->invitation.role);
	return draft->has_role ? STATE_FILE_OK : STATE_FILE_BAD;
}

static enum state_file_result
take_capsule(void *what, const char *value)
{
	struct draft *draft = what;
	char host[VALUE_HOST_MAX + 1];

	return value_host(value, host) ? state_file_text(&draft->invitation.capsule, host)
				       : STATE_FILE_BAD;
}

static enum state_file_result
take_expires(void *what, const char *value)
{
	struct draft *draft = what;

	draft->has_end = true;
	return state_file_time(value, &draft->invitation.expires);
}

static enum state_file_result
take_further_device(void *what, const char *value)
{
	struct draft *draft = what;

	return value_boolean(value, &draft->invitation.is_further_device) ? STATE_FILE_OK
									  : STATE_FILE_BAD;
}

static enum state_file_result
take_replaces(void *what, const char *value)
{
	struct draft *draft = what;

	return value_fingerprint(value, draft->invitation.replaces) ? STATE_FILE_OK
								    : STATE_FILE_BAD;
}

static const struct state_file_key keys[] = {
    {"name", take_name, "a name, once"},
    {"role", take_role, "contributor, author or editor"},
    {"capsule", take_capsule, "the host of a capsule, once"},
    {"expires", take_expires, "a date-time such as 2025-06-13T09:30:00Z"},
    {"further-device", take_further_device, "yes or no"},
    {"replaces", take_replaces, "the SHA-256 of a certificate"},
};
static const struct state_file record = {"invitation", keys, sizeof(keys) / sizeof(keys[0])};

void
invitation_done(struct invitation *invitation)
{
	free(invitation->id);
	free(invitation->name);
	free(invitation->capsule);
	*invitation = (struct invitation){0};
}

enum state_file_result
invitation_read(
    const char *file, const char *bytes, size_t len, struct invitation *out, struct error *err)
{
	struct draft draft = {0};
	enum state_file_result result =
	    state_file_read(&record, file, bytes, len, &draft, &draft.invitation.id, err);

	if (result == STATE_FILE_OK &&
	    (draft.invitation.name == NULL || !draft.has_role || !draft.has_end)) {
		error_set(err, "%s: expected name, role and expires", file);
		result = STATE_FILE_BAD;
	}
	if (result == STATE_FILE_OK)
		*out = draft.invitation;
	else
		invitation_done(&draft.invitation);
	return result;
}

void
invitation_write(const struct invitation *invitation, struct buffer *out)
{
	struct timestamp end = timestamp_at(invitation->expires, "UTC");

	buffer_printf(out, "[invitation %s]\nname = %s\nrole = %s\n", invitation->id,
	    invitation->name, people_role_word(invitation->role));
	if (invitation->capsule != NULL)
		buffer_printf(out, "capsule = %s\n", invitation->capsule);
	buffer_puts(out, "expires = ");
	timestamp_append(out, &end);
	buffer_putc(out, '\n');
	if (invitation->is_further_device)
		buffer_puts(out, "further-device = yes\n");
	if (invitation->replaces[0] != '\0')
		buffer_printf(out, "replaces = %s\n", invitation->replaces);
}

/* Five bits a character, the first bit being the highest; two bits of the last stay 0. */
static void
spell(const uint8_t bits[static CODE_BYTES], char code[static INVITATION_CODE_LEN + 1])
{
	for (size_t i = 0; i < INVITATION_CODE_LEN; i++) {
		size_t at = i * 5 / 8, shift = i * 5 % 8;
		unsigned two = (unsigned)bits[at] << 8 | (at + 1 < CODE_BYTES ? bits[at + 1] : 0);
		code[i] = alphabet[two >> (11 - shift) & 31];
	}
	code[INVITATION_CODE_LEN] = '\0';
}

static bool
hash_code(const char *code, char hash[static INVITATION_HASH_LEN + 1])
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	if (EVP_Digest(code, INVITATION_CODE_LEN, digest, NULL, EVP_sha256(), NULL) != 1)
		return false;
	encode_hex(digest, INVITATION_HASH_LEN / 2, hash);
	return true;
}

bool
invitation_new_code(char code[static INVITATION_CODE_LEN + 1],
    char hash[static INVITATION_HASH_LEN + 1], struct error *err)
{
	uint8_t bits[CODE_BYTES];

	if (getrandom(bits, sizeof(bits), 0) != (ssize_t)sizeof(bits))
		return error_set(err, "the system gives no random bits for a code");
	spell(bits, code);
	return hash_code(code, hash) || error_set(err, "out of memory");
}

/* The character of a code that was meant, or NUL. */
static char
meant(char typed)
{
	switch (typed) {
	case '0':
		return 'o';
	case '1':
		return 'l';
	case '8':
		return 'b';
	default:
		if (typed >= 'A' && typed <= 'Z')
			return (char)(typed - 'A' + 'a');
		return (char)(typed != '\0' && strchr(alphabet, typed) != NULL ? typed : '\0');
	}
}

enum invitation_code
invitation_hash(const char *typed, char hash[static INVITATION_HASH_LEN + 1])
{
	char code[INVITATION_CODE_LEN + 1];
	size_t len = 0;

	for (; *typed != '\0'; typed++) {
		if (strchr(" \t\r\n-", *typed) != NULL)
			continue;
		if (len == INVITATION_CODE_LEN || meant(*typed) == '\0')
			return INVITATION_NO_CODE;
		code[len++] = meant(*typed);
	}
	code[len] = '\0';
	if (len != INVITATION_CODE_LEN)
		return INVITATION_NO_CODE;
	return hash_code(code, hash) ? INVITATION_CODE : INVITATION_FAILED;
}

/* Whether text is as text_append_line() would write it. */
static bool
is_one_line(const char *text, struct error *err)
{
	struct buffer line = BUFFER_EMPTY;

	text_append_line(&line, text, strlen(text));
	bool ok = !line.failed && strcmp(buffer_text(&line), text) == 0;
	if (line.failed)
		error_set(err, "out of memory");
	else if (!ok)
		error_set(err, "expected a name in one line of UTF-8, without blanks at its ends");
	buffer_free(&line);
	return ok;
}

bool
invitation_check_name(const char *name, struct error *err)
{
	if (name[0] == '\0' || strlen(name) > PEOPLE_NAME_MAX)
		return error_set(err, "expected a name of at most %d bytes, it has %zu",
		    PEOPLE_NAME_MAX, strlen(name));
	if (strchr(name, ';') != NULL)
		return error_set(err, "%s: expected a name without `;`", name);
	return is_one_line(name, err);
}
