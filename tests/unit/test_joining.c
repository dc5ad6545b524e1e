/* Invitations, their codes, and who becomes an editor by one. */
#include "house.h"

#include <time.h>

static void
a_code_lets_one_in_once(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1];

	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(strlen(code), PEOPLE_CODE_LEN);
	assert_int_equal(strspn(code, "abcdefghijklmnopqrstuvwxyz234567"), PEOPLE_CODE_LEN);
	assert_int_equal(join(h, code, '1', NOW + 7 * DAY), PEOPLE_JOINED);
	assert_int_equal(join(h, code, '2', NOW + 1), PEOPLE_WRONG_CODE);
	house_restart(h);
	assert_int_equal(join(h, code, '2', NOW + 1), PEOPLE_WRONG_CODE);
	const struct person *ida = find(h, '1');
	assert_non_null(ida);
	assert_string_equal(ida->id, "ida");
	assert_string_equal(ida->name, "Ida Löw");
	assert_int_equal(ida->role, ROLE_AUTHOR);
	assert_int_equal(ida->devices[0].added, NOW + 7 * DAY);
	assert_int_equal(ida->devices[0].expires, NOW + 365 * DAY);
	assert_int_equal(count_invitations(h), 0);
}

static void
a_code_is_kept_nowhere(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1], command[4300];

	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	snprintf(command, sizeof(command), "grep -r %s %s", code, h->shop.state);
	assert_int_not_equal(system(command), 0);
	snprintf(command, sizeof(command), "ls -R %s | grep %s", h->shop.state, code);
	assert_int_not_equal(system(command), 0);
}

static void
a_code_may_be_typed_as_people_type(void **state)
{
	struct house *h = *state;
	static const struct {
		const char *label;
		char before, after;
	} ways[] = {{"blanks", ' ', ' '}, {"hyphens", '-', '-'}, {"a line end", '\t', '\n'}};

	for (size_t i = 0; i < ROWS(ways); i++) {
		char code[PEOPLE_CODE_LEN + 1], typed[4 * PEOPLE_CODE_LEN];
		size_t len = 0;

		house_anew(h);
		invite(h, "ida", ROLE_AUTHOR, NOW, code);
		for (size_t k = 0; k < PEOPLE_CODE_LEN; k++) {
			typed[len++] = ways[i].before;
			typed[len++] =
			    (char)(code[k] >= 'a' && k % 2 == 0 ? code[k] - 32 : code[k]);
			typed[len++] = ways[i].after;
		}
		typed[len] = '\0';
		check_row(ways[i].label, join(h, typed, '1', NOW) == PEOPLE_JOINED);
	}
}

static void
what_is_no_code_lets_nobody_in(void **state)
{
	struct house *h = *state;
	static const char *const codes[] = {"", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaa",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaa", "../../../../../../etc/pass", "%", "\xC3\xA4",
	    "aaaaaaaaaaaaaaaaaaaaaaaaa9"};

	for (size_t i = 0; i < ROWS(codes); i++) {
		char code[PEOPLE_CODE_LEN + 1];

		house_anew(h);
		invite(h, "ida", ROLE_AUTHOR, NOW, code);
		check_row(codes[i], join(h, codes[i], '1', NOW) == PEOPLE_WRONG_CODE);
		assert_null(find(h, '1'));
	}
}

static void
a_code_is_over_after_a_week(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1];

	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(count_invitations(h), 1);
	assert_int_equal(join(h, code, '1', NOW + 7 * DAY + 1), PEOPLE_WRONG_CODE);
	assert_int_equal(count_invitations(h), 0);
	invite(h, "ida", ROLE_AUTHOR, NOW, code); /* long before the real clock's today */
	house_restart(h);
	assert_int_equal(count_invitations(h), 0);
}

static void
the_latest_invitation_counts(void **state)
{
	struct house *h = *state;
	char first[PEOPLE_CODE_LEN + 1], second[PEOPLE_CODE_LEN + 1], other[PEOPLE_CODE_LEN + 1];

	invite(h, "ida", ROLE_EDITOR, NOW, first);
	invite(h, "otto", ROLE_AUTHOR, NOW, other);
	invite(h, "ida", ROLE_CONTRIBUTOR, NOW, second);
	assert_int_equal(join(h, first, '1', NOW), PEOPLE_WRONG_CODE);
	assert_int_equal(join(h, second, '1', NOW), PEOPLE_JOINED);
	assert_int_equal(find(h, '1')->role, ROLE_CONTRIBUTOR);
	assert_int_equal(join(h, other, '2', NOW), PEOPLE_JOINED);
}

static void
invitations_are_checked(void **state)
{
	struct house *h = *state;
	static const struct {
		const char *label, *id, *name;
		enum editor_role role;
		const char *host, *expected;
	} rows[] = {
	    {"an ID with a slash", "../ida", "Ida", ROLE_AUTHOR, NULL, "letters, digits"},
	    {"no ID", "", "Ida", ROLE_AUTHOR, NULL, "letters, digits"},
	    {"no name", "ida", "", ROLE_AUTHOR, NULL, "a name of at most"},
	    {"two lines", "ida", "Ida\nrole = editor", ROLE_AUTHOR, NULL, "one line"},
	    {"a comment", "ida", "Ida ; x", ROLE_AUTHOR, NULL, "without `;`"},
	    {"no UTF-8", "ida", "Ida \xFF", ROLE_AUTHOR, NULL, "UTF-8"},
	    {"another capsule", "ida", "Ida", ROLE_AUTHOR, "elsewhere.example", "a capsule"},
	    {"another role", "heidi", "Heidi", ROLE_AUTHOR, "example.org", "as editor"},
	    {"more capsules", "heidi", "Heidi", ROLE_EDITOR, NULL, "not for all"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char code[PEOPLE_CODE_LEN + 1];
		struct error err = {""};

		house_anew(h);
		check_row(rows[i].label, !people_invite(h->people, rows[i].id, rows[i].name,
					     rows[i].role, rows[i].host, NOW, code, &err));
		check_row(rows[i].label, strstr(err.text, rows[i].expected) != NULL);
		assert_int_equal(count_invitations(h), 0);
	}
}

static void
somebody_of_the_ini_file_gets_a_further_device(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1];
	struct error err;

	assert_true(people_invite(
	    h->people, "heidi", "Other", ROLE_EDITOR, "example.org", NOW, code, &err));
	assert_int_equal(join(h, code, '1', NOW), PEOPLE_JOINED);
	house_restart(h);
	const struct person *heidi = find(h, '1');
	assert_non_null(heidi);
	assert_string_equal(heidi->name, "Heidi");
	assert_int_equal(heidi->device_count, 2);
	assert_ptr_equal(find(h, 'e'), heidi);

	/* What the ini file gives is gone with its section: the file alone makes nobody an
	 * editor. */
	h->shop.config.editor_count = 0;
	house_restart(h);
	assert_null(find(h, '1'));
}

static void
a_certificate_is_one_persons(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1];

	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(h, code, 'e', NOW), PEOPLE_TAKEN);
	assert_int_equal(join(h, code, '1', NOW), PEOPLE_JOINED); /* it was not used up */
	write_state(h, "editors/otto.ini",
	    "[editor otto]\nrole = editor\n"
	    "fingerprint = 1111111111111111111111111111111111111111111111111111111111111111\n");
	people_refresh(h->people);
	assert_string_equal(find(h, '1')->id, "ida");
}

static void
wrong_codes_make_one_wait(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1];

	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	for (int i = 0; i < 5; i++)
		assert_int_equal(join(h, "wrong", '1', NOW), PEOPLE_WRONG_CODE);
	assert_int_equal(join(h, code, '1', NOW + 1), PEOPLE_SLOW_DOWN);
	assert_int_equal(join(h, code, '2', NOW + 1), PEOPLE_JOINED);
}

static void
a_code_that_was_taken_before_a_crash_is_closed(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1], command[9000], kept[4200];
	int64_t now = (int64_t)time(NULL);

	invite(h, "ida", ROLE_AUTHOR, now, code);
	snprintf(kept, sizeof(kept), "%s/kept", h->shop.folder);
	snprintf(command, sizeof(command), "cp -r %s %s", state_file(h, "invitations"), kept);
	assert_int_equal(system(command), 0);
	assert_int_equal(join(h, code, '1', now), PEOPLE_JOINED);
	snprintf(command, sizeof(command), "cp %s/* %s", kept, state_file(h, "invitations"));
	assert_int_equal(system(command), 0);

	assert_int_equal(count_invitations(h), 1);
	assert_int_equal(join(h, code, '2', now), PEOPLE_WRONG_CODE);
	assert_int_equal(system(command), 0);
	house_restart(h);
	assert_int_equal(count_invitations(h), 0);
}

static void
a_code_of_an_identity_that_does_not_work_is_good_again(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1];

	invite(h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(h, code, '1', NOW), PEOPLE_JOINED);
	people_reopen_codes(h->people, NOW + 60);
	people_reopen_codes(h->people, NOW + 61);
	assert_int_equal(join(h, code, '2', NOW + 3000), PEOPLE_JOINED);
	assert_null(find(h, '1'));
	assert_int_equal(find(h, '2')->device_count, 1);
	assert_int_equal(join(h, code, '3', NOW + 3001), PEOPLE_WRONG_CODE);
}

static void
a_code_is_not_reopened_for(void **state)
{
	struct house *h = *state;
	static const struct {
		const char *label;
		int64_t used, reopened,
		    joined; /* seconds after the code was taken; used 0: never */
	} rows[] = {
	    {"an identity that was used", 10, 20, 30},
	    {"one that was used after that", 25, 20, 30},
	    {"one that joined long ago", 0, 601, 602},
	    {"more than an hour", 0, 20, 20 + 3601},
	    {"a clock that was put back", 0, -5, 1},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char code[PEOPLE_CODE_LEN + 1];

		house_anew(h);
		invite(h, "ida", ROLE_AUTHOR, NOW, code);
		assert_int_equal(join(h, code, '1', NOW), PEOPLE_JOINED);
		if (rows[i].used > 0 && rows[i].used < rows[i].reopened)
			use(h, '1', NOW + rows[i].used);
		people_reopen_codes(h->people, NOW + rows[i].reopened);
		if (rows[i].used > rows[i].reopened)
			use(h, '1', NOW + rows[i].used);
		check_row(
		    rows[i].label, join(h, code, '2', NOW + rows[i].joined) == PEOPLE_WRONG_CODE);
		check_row(rows[i].label, find(h, '1') != NULL);
	}
}

static void
a_person_has_so_many_devices(void **state)
{
	struct house *h = *state;
	char code[PEOPLE_CODE_LEN + 1], few[12];
	const struct person *person = NULL;
	struct error err = {""};
	int wait_seconds = 0;

	for (int i = 0; i <= PEOPLE_DEVICES_MAX; i++) {
		struct visitor visitor = with_certificate('0');
		bool fits = i < PEOPLE_DEVICES_MAX;

		snprintf(few, sizeof(few), "%03d", i);
		memcpy(visitor.certificate, few, 3);
		invite(h, "ida", ROLE_AUTHOR, NOW, code);
		assert_int_equal(
		    people_join(h->people, code, &visitor, NOW, &person, &wait_seconds, &err),
		    fits ? PEOPLE_JOINED : PEOPLE_FAILED);
	}
	assert_non_null(strstr(err.text, "remove one"));
	assert_int_equal(people_by_id(h->people, "ida")->device_count, PEOPLE_DEVICES_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    HOUSE_TEST(a_code_lets_one_in_once),
	    HOUSE_TEST(a_code_is_kept_nowhere),
	    HOUSE_TEST(a_code_may_be_typed_as_people_type),
	    HOUSE_TEST(what_is_no_code_lets_nobody_in),
	    HOUSE_TEST(a_code_is_over_after_a_week),
	    HOUSE_TEST(the_latest_invitation_counts),
	    HOUSE_TEST(invitations_are_checked),
	    HOUSE_TEST(somebody_of_the_ini_file_gets_a_further_device),
	    HOUSE_TEST(a_certificate_is_one_persons),
	    HOUSE_TEST(wrong_codes_make_one_wait),
	    HOUSE_TEST(a_code_that_was_taken_before_a_crash_is_closed),
	    HOUSE_TEST(a_code_of_an_identity_that_does_not_work_is_good_again),
	    HOUSE_TEST(a_code_is_not_reopened_for),
	    HOUSE_TEST(a_person_has_so_many_devices),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
