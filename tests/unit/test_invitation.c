/* Codes, and the files of the state folder: read, written, and refused with the line. */
#include "check.h"

#include "people/invitation.h"
#include "people/person_file.h"

static void
codes_differ(void **state)
{
	char first[INVITATION_CODE_LEN + 1], second[INVITATION_CODE_LEN + 1];
	char first_hash[INVITATION_HASH_LEN + 1], second_hash[INVITATION_HASH_LEN + 1];
	char again[INVITATION_HASH_LEN + 1];

	(void)state;
	assert_true(invitation_new_code(first, first_hash, NULL));
	assert_true(invitation_new_code(second, second_hash, NULL));
	assert_string_not_equal(first, second);
	assert_int_equal(invitation_hash(first, again), INVITATION_CODE);
	assert_string_equal(first_hash, again);
	assert_string_not_equal(first_hash, second_hash);
}

static void
what_people_type_is_read_kindly(void **state)
{
	static const struct {
		const char *label, *typed;
		enum invitation_code expected;
	} rows[] = {
	    {"as shown", "olbaaaaaaaaaaaaaaaaaaaaaaa", INVITATION_CODE},
	    {"capitals", "OLBAAAAAAAAAAAAAAAAAAAAAAA", INVITATION_CODE},
	    {"digits that look alike", "018AAAAAAAAAAAAAAAAAAAAAAA", INVITATION_CODE},
	    {"groups", " olba aaaa-aaaa\taaaa aaaa aaaa aa\r\n", INVITATION_CODE},
	    {"too short", "olbaaaaaaaaaaaaaaaaaaaaaa", INVITATION_NO_CODE},
	    {"too long", "olbaaaaaaaaaaaaaaaaaaaaaaaa", INVITATION_NO_CODE},
	    {"nothing", "", INVITATION_NO_CODE},
	    {"a 9", "9lbaaaaaaaaaaaaaaaaaaaaaaa", INVITATION_NO_CODE},
	    {"a letter of another script", "\xC3\xB6lbaaaaaaaaaaaaaaaaaaaaaaa", INVITATION_NO_CODE},
	};
	char expected[INVITATION_HASH_LEN + 1], hash[INVITATION_HASH_LEN + 1];

	(void)state;
	assert_int_equal(invitation_hash(rows[0].typed, expected), INVITATION_CODE);
	for (size_t i = 0; i < ROWS(rows); i++) {
		check_row(rows[i].label, invitation_hash(rows[i].typed, hash) == rows[i].expected);
		if (rows[i].expected == INVITATION_CODE)
			check_row_text(rows[i].label, hash, expected);
	}
}

static void
an_invitation_is_read_as_it_was_written(void **state)
{
	struct invitation written = {.id = (char *)"ida",
	    .name = (char *)"Ida = Löw : x",
	    .role = ROLE_AUTHOR,
	    .capsule = (char *)"example.org",
	    .expires = 1749807000,
	    .is_further_device = true};
	struct invitation read;
	struct buffer bytes = BUFFER_EMPTY;
	struct error err;

	(void)state;
	memset(written.replaces, 'a', 64);
	invitation_write(&written, &bytes);
	if (invitation_read("i", buffer_text(&bytes), bytes.len, &read, &err) != STATE_FILE_OK)
		fail_msg("%s", err.text);
	assert_string_equal(read.id, written.id);
	assert_string_equal(read.name, written.name);
	assert_int_equal(read.role, written.role);
	assert_string_equal(read.capsule, written.capsule);
	assert_int_equal(read.expires, written.expires);
	assert_true(read.is_further_device);
	assert_string_equal(read.replaces, written.replaces);
	invitation_done(&read);
	buffer_free(&bytes);
}

static void
a_bad_invitation_is_refused(void **state)
{
	static const struct {
		const char *label, *text, *expected;
	} rows[] = {
	    {"no name", "[invitation a]\nrole = editor\nexpires = 2025-06-13\n", "expected name"},
	    {"no role", "[invitation a]\nname = A\nexpires = 2025-06-13\n", "expected name"},
	    {"no end", "[invitation a]\nname = A\nrole = editor\n", "expected name"},
	    {"no date", "[invitation a]\nexpires = soon\n", "i:2: expires = soon: expected a date"},
	    {"an editor", "[editor a]\n", "i:1: [editor a]: expected [invitation ID]"},
	    {"two names", "[invitation a]\nname = A\nname = B\n", "i:3: name = B"},
	};
	struct invitation read;
	struct error err;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		check_row(rows[i].label, invitation_read("i", rows[i].text, strlen(rows[i].text),
					     &read, &err) == STATE_FILE_BAD);
		check_row(rows[i].label, strstr(err.text, rows[i].expected) != NULL);
	}
}

static void
an_enrolment_is_read_as_it_was_written(void **state)
{
	static const char text[] =
	    "[editor ida]\nname = Ida\nrole = contributor\ncapsule = a.example\ncapsule = "
	    "b.example\n\nfingerprint = "
	    "1111111111111111111111111111111111111111111111111111111111111111\nadded = "
	    "2025-06-13T09:30:00Z\nlast-used = 2025-06-14T09:30:00Z\nexpires = "
	    "2045-06-13T09:30:00Z\ninvitation = "
	    "2222222222222222222222222222222222222222222222222222222222222222\n\nfingerprint = "
	    "3333333333333333333333333333333333333333333333333333333333333333\n";
	struct person_file read;
	struct buffer bytes = BUFFER_EMPTY;
	struct error err;

	(void)state;
	if (person_file_read("ida", "f", text, strlen(text), &read, &err) != STATE_FILE_OK)
		fail_msg("%s", err.text);
	assert_int_equal(read.person.device_count, 2);
	person_file_write(&read, &bytes);
	assert_non_null(strstr(buffer_text(&bytes), "[editor"));
	assert_string_equal(strstr(buffer_text(&bytes), "[editor"), text);
	person_file_done(&read);
	buffer_free(&bytes);
}

static void
a_device_is_dropped_from_an_enrolment(void **state)
{
	struct person_file enrolment = {0};

	(void)state;
	for (char digit = 'a'; digit <= 'c'; digit++) {
		struct device device = {0};
		memset(device.fingerprint, digit, 64);
		assert_true(person_add_device(&enrolment.person, &device));
	}
	assert_false(person_file_drop_device(&enrolment, "d"));
	assert_true(person_file_drop_device(&enrolment, enrolment.person.devices[1].fingerprint));
	assert_int_equal(enrolment.person.device_count, 2);
	assert_int_equal(enrolment.person.devices[1].fingerprint[0], 'c');
	person_file_done(&enrolment);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(codes_differ),
	    cmocka_unit_test(what_people_type_is_read_kindly),
	    cmocka_unit_test(an_invitation_is_read_as_it_was_written),
	    cmocka_unit_test(a_bad_invitation_is_refused),
	    cmocka_unit_test(an_enrolment_is_read_as_it_was_written),
	    cmocka_unit_test(a_device_is_dropped_from_an_enrolment),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
