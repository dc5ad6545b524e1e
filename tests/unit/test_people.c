/* Who is let in: people of the ini file, those who joined, and their certificates. */
#include "house.h"

static void
the_ini_file_says_who_comes(void **state)
{
	struct house *h = *state;
	const struct person *heidi = find(h, 'e');
	assert_non_null(heidi);
	assert_string_equal(heidi->name, "Heidi");
	assert_int_equal(heidi->role, ROLE_EDITOR);
	assert_true(heidi->devices[0].is_in_ini);
	assert_null(find(h, 'f'));
	struct visitor visitor = with_certificate('e');
	assert_null(people_find(h->people, &visitor, "other.example"));
	visitor.has_certificate = false;
	assert_null(people_find(h->people, &visitor, "example.org"));
}

static void
a_public_key_is_as_good_as_a_certificate(void **state)
{
	struct house *h = *state;
	struct visitor visitor = with_certificate('f');

	memset(visitor.public_key, 'e', 64);
	const struct person *heidi = people_find(h->people, &visitor, "example.org");
	assert_non_null(heidi);
	assert_ptr_equal(person_device(heidi, &visitor), &heidi->devices[0]);
}

static void
the_ini_file_wins(void **state)
{
	struct house *h = *state;
	write_state(h, "editors/heidi.ini",
	    "[editor heidi]\nname = Someone\nrole = contributor\n"
	    "fingerprint = 1111111111111111111111111111111111111111111111111111111111111111\n");
	people_refresh(h->people);
	const struct person *heidi = find(h, '1');
	assert_non_null(heidi);
	assert_string_equal(heidi->name, "Heidi");
	assert_int_equal(heidi->role, ROLE_EDITOR);
	assert_ptr_equal(people_by_id(h->people, "heidi"), heidi);
}

static void
changes_by_hand_count_at_once(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1];

	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(h, code, '1', NOW), PEOPLE_JOINED);
	unsigned before = people_changes(h->people);
	assert_int_equal(unlink(state_file(h, "editors/ida.ini")), 0);
	people_refresh(h->people);
	assert_null(find(h, '1'));
	assert_int_not_equal(people_changes(h->people), before);

	before = people_changes(h->people);
	write_state(h, "editors/otto.ini",
	    "[editor otto]\nrole = author\ncapsule = EXAMPLE.org\n\n; his telephone\n"
	    "fingerprint = 22:22222222222222222222222222222222222222222222222222222222222222\n");
	people_refresh(h->people);
	assert_string_equal(find(h, '2')->name, "otto");
	assert_int_not_equal(people_changes(h->people), before);
	before = people_changes(h->people);
	people_refresh(h->people);
	assert_int_equal(people_changes(h->people), before);
}

static void
a_damaged_file_lets_nobody_in_and_stays(void **state)
{
	struct house *h = *state;
	static const struct {
		const char *label, *text;
	} rows[] = {
	    {"empty", ""},
	    {"no section", "name = Ida\n"},
	    {"a wrong role", "[editor ida]\nrole = boss\n"},
	    {"no role", "[editor ida]\nname = Ida\n"},
	    {"a name that would be a comment", "[editor ida]\nrole = author\nname =;Ida\n"},
	    {"another's name", "[editor otto]\nrole = author\n"},
	    {"an unknown key", "[editor ida]\nrole = author\ncolour = red\n"},
	    {"two sections", "[editor ida]\nrole = author\n[editor otto]\nrole = editor\n"},
	    {"half a fingerprint", "[editor ida]\nrole = author\nfingerprint = 11\n"},
	    {"not text", "\x01\x02\x03"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char code[PEOPLE_CODE_LEN + 1], early[PEOPLE_CODE_LEN + 1];
		struct error err;

		house_anew(h);
		invite(h, "ida", ROLE_AUTHOR, NOW, early);
		write_state(h, "editors/ida.ini", rows[i].text);
		people_refresh(h->people);
		check_row(rows[i].label, people_by_id(h->people, "ida") == NULL);
		check_row(rows[i].label,
		    !people_invite(h->people, "ida", "Ida", ROLE_AUTHOR, NULL, NOW, code, &err));
		check_row(rows[i].label, strstr(err.text, "editors/ida.ini") != NULL);
		check_row(rows[i].label, join(h, early, '1', NOW) == PEOPLE_FAILED);
		check_row_text(rows[i].label, read_state(h, "editors/ida.ini"), rows[i].text);
		check_row(rows[i].label, people_remove(h->people, "ida", &err));
		check_row(rows[i].label, access(state_file(h, "editors/ida.ini"), F_OK) == -1);
	}
}

static void
a_removed_person_does_not_come_back(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1], further[PEOPLE_CODE_LEN + 1];
	struct error err;

	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(h, code, '1', NOW), PEOPLE_JOINED);
	invite(h, "ida", ROLE_AUTHOR, NOW, further);
	assert_true(people_remove(h->people, "ida", &err));
	assert_null(find(h, '1'));
	assert_int_equal(count_invitations(h), 0);
	assert_int_equal(join(h, further, '2', NOW), PEOPLE_WRONG_CODE);
	assert_false(people_remove(h->people, "ida", &err));

	/* By hand, the open invitation staying. */
	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(h, code, '1', NOW), PEOPLE_JOINED);
	invite(h, "ida", ROLE_AUTHOR, NOW, further);
	assert_int_equal(unlink(state_file(h, "editors/ida.ini")), 0);
	people_refresh(h->people);
	assert_int_equal(join(h, further, '2', NOW), PEOPLE_WRONG_CODE);
	assert_null(people_by_id(h->people, "ida"));
}

static void
removal_reaches_what_it_can(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1];
	struct error err;

	assert_true(people_invite(
	    h->people, "heidi", "Heidi", ROLE_EDITOR, "example.org", NOW, code, &err));
	assert_int_equal(join(h, code, '1', NOW), PEOPLE_JOINED);
	assert_false(people_remove(h->people, "heidi", &err));
	assert_non_null(strstr(err.text, "[editor heidi]"));
	assert_null(find(h, '1'));
	assert_non_null(find(h, 'e'));

	invite(h, "ida", ROLE_AUTHOR, NOW, code); /* invited only */
	assert_true(people_remove(h->people, "ida", &err));
	assert_int_equal(join(h, code, '1', NOW), PEOPLE_WRONG_CODE);
}

static void
a_device_can_be_removed(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1];
	struct error err;
	struct visitor first = with_certificate('1'), inis = with_certificate('e');

	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(h, code, '1', NOW), PEOPLE_JOINED);
	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(h, code, '2', NOW), PEOPLE_JOINED);
	assert_true(people_remove_device(h->people, "ida", first.certificate, &err));
	assert_null(find(h, '1'));
	assert_int_equal(find(h, '2')->device_count, 1);
	assert_false(people_remove_device(h->people, "ida", first.certificate, &err));
	assert_false(people_remove_device(h->people, "heidi", inis.certificate, &err));
	assert_non_null(strstr(err.text, "ini file"));
}

static void
a_use_is_written_now_and_then(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1];
	struct stat before, after;

	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(h, code, '1', NOW), PEOPLE_JOINED);
	use(h, '1', NOW + 10);
	assert_int_equal(stat(state_file(h, "editors/ida.ini"), &before), 0);
	use(h, '1', NOW + 10 + 3599);
	assert_int_equal(stat(state_file(h, "editors/ida.ini"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino); /* a written one is another file */
	use(h, '1', NOW + 10 + 3600);
	house_restart(h);
	assert_int_equal(find(h, '1')->devices[0].last_used, NOW + 10 + 3600);
}

static void
workers_are_told_whom_to_let_in(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1];
	struct strings here = {0}, there = {0};
	unsigned before;

	before = people_changes(h->people);
	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(people_changes(h->people), before);
	assert_int_equal(join(h, code, '1', NOW), PEOPLE_JOINED);
	assert_int_not_equal(people_changes(h->people), before);
	assert_true(people_fingerprints(h->people, "example.org", &here));
	assert_true(people_fingerprints(h->people, "other.example", &there));
	assert_int_equal(here.count, 2);
	assert_true(strings_contain(&here, heidis));
	assert_int_equal(there.count, 1); /* ida works for all */
	strings_free(&here);
	strings_free(&there);
}

static void
the_report_names_everybody(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1], open[PEOPLE_CODE_LEN + 1];
	struct buffer out = BUFFER_EMPTY;

	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(h, code, '1', NOW), PEOPLE_JOINED);
	invite(h, "otto", ROLE_CONTRIBUTOR, NOW, open);
	people_report(h->people, NOW, &out);
	assert_string_equal(buffer_text(&out),
	    "heidi  editor  Heidi  example.org  eeeeeeeeeeeeeeee in the ini file\n"
	    "ida  author  Ida Löw  all capsules  1111111111111111 until 2026-06-13\n"
	    "otto  contributor  Ida Löw  all capsules  invited, open until "
	    "2025-06-20T09:30:00Z\n");
	buffer_free(&out);
}

static void
the_folder_is_private(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1];
	struct stat st;

	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(h, code, '1', NOW), PEOPLE_JOINED);
	assert_int_equal(stat(state_file(h, "editors"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(state_file(h, "editors/ida.ini"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HOUSE_TEST(the_ini_file_says_who_comes),
	    HOUSE_TEST(a_public_key_is_as_good_as_a_certificate),
	    HOUSE_TEST(the_ini_file_wins),
	    HOUSE_TEST(changes_by_hand_count_at_once),
	    HOUSE_TEST(a_damaged_file_lets_nobody_in_and_stays),
	    HOUSE_TEST(a_removed_person_does_not_come_back),
	    HOUSE_TEST(removal_reaches_what_it_can),
	    HOUSE_TEST(a_device_can_be_removed),
	    HOUSE_TEST(a_use_is_written_now_and_then),
	    HOUSE_TEST(workers_are_told_whom_to_let_in),
	    HOUSE_TEST(the_report_names_everybody),
	    HOUSE_TEST(the_folder_is_private),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
