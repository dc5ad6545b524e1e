/* Who is let in: people of the ini file, those who joined, their invitations and certificates. */
#include "workshop.h"

#include <time.h>

#include "base/log.h"
#include "desk/people.h"

#define NOW 1749807000 /* 2025-06-13T09:30:00Z */
#define DAY 86400

/* A state folder with people in it: heidi, of the ini file, works for example.org alone. */
struct house {
	struct workshop shop;
	struct editor_config heidi;
	char *fingerprint, *host;
	struct people *people;
};

static char heidis[] = "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";

static void
house_open(struct house *h)
{
	struct error err;

	*h = (struct house){0};
	workshop_open(&h->shop);
	h->fingerprint = heidis;
	h->host = (char *)"example.org";
	h->heidi = (struct editor_config){.id = (char *)"heidi",
	    .name = (char *)"Heidi",
	    .role = ROLE_EDITOR,
	    .fingerprints = {&h->fingerprint, 1},
	    .capsules = {&h->host, 1}};
	h->shop.config.editors = &h->heidi;
	h->shop.config.editor_count = 1;
	h->people = people_open(&h->shop.config, &err);
	if (h->people == NULL)
		fail_msg("%s", err.text);
}

static void
house_close(struct house *h)
{
	people_close(h->people);
	workshop_close(&h->shop);
}

static void
house_restart(struct house *h)
{
	struct error err;

	people_close(h->people);
	h->people = people_open(&h->shop.config, &err);
	if (h->people == NULL)
		fail_msg("%s", err.text);
}

/* Somebody whose certificate's fingerprint is one digit, repeated. */
static struct visitor
with_certificate(char digit)
{
	struct visitor visitor = {
	    .has_certificate = true, .not_before = NOW - DAY, .not_after = NOW + 365 * DAY};

	memset(visitor.certificate, digit, 64);
	memset(visitor.public_key, '9', 64);
	return visitor;
}

static const struct person *
find(const struct house *h, char digit)
{
	struct visitor visitor = with_certificate(digit);

	return people_find(h->people, &visitor, "example.org");
}

static void
invite(const struct house *h, const char *id, enum editor_role role, int64_t now,
    char code[static PEOPLE_CODE_LEN + 1])
{
	struct error err;

	if (!people_invite(h->people, id, "Ida Löw", role, NULL, now, code, &err))
		fail_msg("%s", err.text);
}

static enum people_joined
join(const struct house *h, const char *code, char digit, int64_t now)
{
	struct visitor visitor = with_certificate(digit);
	const struct person *person = NULL;
	struct error err = {""};
	int wait_seconds = 0;
	enum people_joined result =
	    people_join(h->people, code, &visitor, now, &person, &wait_seconds, &err);

	if (result == PEOPLE_FAILED)
		print_message("%s\n", err.text);
	assert_true((person != NULL) == (result == PEOPLE_JOINED || result == PEOPLE_TAKEN));
	assert_true((wait_seconds > 0) == (result == PEOPLE_SLOW_DOWN));
	return result;
}

static void
use(const struct house *h, char digit, int64_t now)
{
	struct visitor visitor = with_certificate(digit);

	people_note_use(h->people, &visitor, now);
}

static const char *
state_file(const struct house *h, const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", h->shop.state, name);
	return path;
}

static void
write_state(const struct house *h, const char *name, const char *text)
{
	FILE *file = fopen(state_file(h, name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static const char *
read_state(const struct house *h, const char *name)
{
	static char text[16 * 1024];
	FILE *file = fopen(state_file(h, name), "r");
	size_t len = file == NULL ? 0 : fread(text, 1, sizeof(text) - 1, file);

	text[len] = '\0';
	if (file != NULL)
		fclose(file);
	return text;
}

static int
count_invitations(const struct house *h)
{
	char command[4200], line[32] = "";

	snprintf(command, sizeof(command), "ls %s | wc -l", state_file(h, "invitations"));
	FILE *ls = popen(command, "r");
	assert_non_null(ls);
	assert_non_null(fgets(line, sizeof(line), ls));
	pclose(ls);
	return atoi(line);
}

static void
the_ini_file_says_who_comes(void **state)
{
	struct house h;

	(void)state;
	house_open(&h);
	const struct person *heidi = find(&h, 'e');
	assert_non_null(heidi);
	assert_string_equal(heidi->name, "Heidi");
	assert_int_equal(heidi->role, ROLE_EDITOR);
	assert_true(heidi->devices[0].is_in_ini);
	assert_null(find(&h, 'f'));
	struct visitor visitor = with_certificate('e');
	assert_null(people_find(h.people, &visitor, "other.example"));
	visitor.has_certificate = false;
	assert_null(people_find(h.people, &visitor, "example.org"));
	house_close(&h);
}

static void
a_public_key_is_as_good_as_a_certificate(void **state)
{
	struct house h;
	struct visitor visitor = with_certificate('f');

	(void)state;
	house_open(&h);
	memset(visitor.public_key, 'e', 64);
	const struct person *heidi = people_find(h.people, &visitor, "example.org");
	assert_non_null(heidi);
	assert_ptr_equal(person_device(heidi, &visitor), &heidi->devices[0]);
	house_close(&h);
}

static void
a_code_lets_one_in_once(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1];

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(strlen(code), PEOPLE_CODE_LEN);
	assert_int_equal(strspn(code, "abcdefghijklmnopqrstuvwxyz234567"), PEOPLE_CODE_LEN);
	assert_int_equal(join(&h, code, '1', NOW + 7 * DAY), PEOPLE_JOINED);
	assert_int_equal(join(&h, code, '2', NOW + 1), PEOPLE_WRONG_CODE);
	house_restart(&h);
	assert_int_equal(join(&h, code, '2', NOW + 1), PEOPLE_WRONG_CODE);
	const struct person *ida = find(&h, '1');
	assert_non_null(ida);
	assert_string_equal(ida->id, "ida");
	assert_string_equal(ida->name, "Ida Löw");
	assert_int_equal(ida->role, ROLE_AUTHOR);
	assert_int_equal(ida->devices[0].added, NOW + 7 * DAY);
	assert_int_equal(ida->devices[0].expires, NOW + 365 * DAY);
	assert_int_equal(count_invitations(&h), 0);
	house_close(&h);
}

static void
a_code_is_kept_nowhere(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1], command[4300];

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	snprintf(command, sizeof(command), "grep -r %s %s", code, h.shop.state);
	assert_int_not_equal(system(command), 0);
	snprintf(command, sizeof(command), "ls -R %s | grep %s", h.shop.state, code);
	assert_int_not_equal(system(command), 0);
	house_close(&h);
}

static void
a_code_may_be_typed_as_people_type(void **state)
{
	static const struct {
		const char *label;
		char before, after;
	} ways[] = {{"blanks", ' ', ' '}, {"hyphens", '-', '-'}, {"a line end", '\t', '\n'}};

	(void)state;
	for (size_t i = 0; i < ROWS(ways); i++) {
		struct house h;
		char code[PEOPLE_CODE_LEN + 1], typed[4 * PEOPLE_CODE_LEN];
		size_t len = 0;

		house_open(&h);
		invite(&h, "ida", ROLE_AUTHOR, NOW, code);
		for (size_t k = 0; k < PEOPLE_CODE_LEN; k++) {
			typed[len++] = ways[i].before;
			typed[len++] =
			    (char)(code[k] >= 'a' && k % 2 == 0 ? code[k] - 32 : code[k]);
			typed[len++] = ways[i].after;
		}
		typed[len] = '\0';
		check_row(ways[i].label, join(&h, typed, '1', NOW) == PEOPLE_JOINED);
		house_close(&h);
	}
}

static void
what_is_no_code_lets_nobody_in(void **state)
{
	static const char *const codes[] = {"", "a", "aaaaaaaaaaaaaaaaaaaaaaaaaa",
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaa", "../../../../../../etc/pass", "%", "\xC3\xA4",
	    "aaaaaaaaaaaaaaaaaaaaaaaaa9"};

	(void)state;
	for (size_t i = 0; i < ROWS(codes); i++) {
		struct house h;
		char code[PEOPLE_CODE_LEN + 1];

		house_open(&h);
		invite(&h, "ida", ROLE_AUTHOR, NOW, code);
		check_row(codes[i], join(&h, codes[i], '1', NOW) == PEOPLE_WRONG_CODE);
		assert_null(find(&h, '1'));
		house_close(&h);
	}
}

static void
a_code_is_over_after_a_week(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1];

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(count_invitations(&h), 1);
	assert_int_equal(join(&h, code, '1', NOW + 7 * DAY + 1), PEOPLE_WRONG_CODE);
	assert_int_equal(count_invitations(&h), 0);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code); /* long before the real clock's today */
	house_restart(&h);
	assert_int_equal(count_invitations(&h), 0);
	house_close(&h);
}

static void
the_latest_invitation_counts(void **state)
{
	struct house h;
	char first[PEOPLE_CODE_LEN + 1], second[PEOPLE_CODE_LEN + 1], other[PEOPLE_CODE_LEN + 1];

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_EDITOR, NOW, first);
	invite(&h, "otto", ROLE_AUTHOR, NOW, other);
	invite(&h, "ida", ROLE_CONTRIBUTOR, NOW, second);
	assert_int_equal(join(&h, first, '1', NOW), PEOPLE_WRONG_CODE);
	assert_int_equal(join(&h, second, '1', NOW), PEOPLE_JOINED);
	assert_int_equal(find(&h, '1')->role, ROLE_CONTRIBUTOR);
	assert_int_equal(join(&h, other, '2', NOW), PEOPLE_JOINED);
	house_close(&h);
}

static void
invitations_are_checked(void **state)
{
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

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct house h;
		char code[PEOPLE_CODE_LEN + 1];
		struct error err = {""};

		house_open(&h);
		check_row(rows[i].label, !people_invite(h.people, rows[i].id, rows[i].name,
					     rows[i].role, rows[i].host, NOW, code, &err));
		check_row(rows[i].label, strstr(err.text, rows[i].expected) != NULL);
		assert_int_equal(count_invitations(&h), 0);
		house_close(&h);
	}
}

static void
somebody_of_the_ini_file_gets_a_further_device(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1];
	struct error err;

	(void)state;
	house_open(&h);
	assert_true(
	    people_invite(h.people, "heidi", "Other", ROLE_EDITOR, "example.org", NOW, code, &err));
	assert_int_equal(join(&h, code, '1', NOW), PEOPLE_JOINED);
	house_restart(&h);
	const struct person *heidi = find(&h, '1');
	assert_non_null(heidi);
	assert_string_equal(heidi->name, "Heidi");
	assert_int_equal(heidi->device_count, 2);
	assert_ptr_equal(find(&h, 'e'), heidi);

	/* What the ini file gives is gone with its section: the file alone makes nobody an
	 * editor. */
	h.shop.config.editor_count = 0;
	house_restart(&h);
	assert_null(find(&h, '1'));
	house_close(&h);
}

static void
the_ini_file_wins(void **state)
{
	struct house h;

	(void)state;
	house_open(&h);
	write_state(&h, "editors/heidi.ini",
	    "[editor heidi]\nname = Someone\nrole = contributor\n"
	    "fingerprint = 1111111111111111111111111111111111111111111111111111111111111111\n");
	people_refresh(h.people);
	const struct person *heidi = find(&h, '1');
	assert_non_null(heidi);
	assert_string_equal(heidi->name, "Heidi");
	assert_int_equal(heidi->role, ROLE_EDITOR);
	assert_ptr_equal(people_by_id(h.people, "heidi"), heidi);
	house_close(&h);
}

static void
changes_by_hand_count_at_once(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1];

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(&h, code, '1', NOW), PEOPLE_JOINED);
	unsigned before = people_changes(h.people);
	assert_int_equal(unlink(state_file(&h, "editors/ida.ini")), 0);
	people_refresh(h.people);
	assert_null(find(&h, '1'));
	assert_int_not_equal(people_changes(h.people), before);

	before = people_changes(h.people);
	write_state(&h, "editors/otto.ini",
	    "[editor otto]\nrole = author\ncapsule = EXAMPLE.org\n\n; his telephone\n"
	    "fingerprint = 22:22222222222222222222222222222222222222222222222222222222222222\n");
	people_refresh(h.people);
	assert_string_equal(find(&h, '2')->name, "otto");
	assert_int_not_equal(people_changes(h.people), before);
	before = people_changes(h.people);
	people_refresh(h.people);
	assert_int_equal(people_changes(h.people), before);
	house_close(&h);
}

static void
a_damaged_file_lets_nobody_in_and_stays(void **state)
{
	static const struct {
		const char *label, *text;
	} rows[] = {
	    {"empty", ""},
	    {"no section", "name = Ida\n"},
	    {"a wrong role", "[editor ida]\nrole = boss\n"},
	    {"no role", "[editor ida]\nname = Ida\n"},
	    {"another's name", "[editor otto]\nrole = author\n"},
	    {"an unknown key", "[editor ida]\nrole = author\ncolour = red\n"},
	    {"two sections", "[editor ida]\nrole = author\n[editor otto]\nrole = editor\n"},
	    {"half a fingerprint", "[editor ida]\nrole = author\nfingerprint = 11\n"},
	    {"not text", "\x01\x02\x03"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct house h;
		char code[PEOPLE_CODE_LEN + 1], early[PEOPLE_CODE_LEN + 1];
		struct error err;

		house_open(&h);
		invite(&h, "ida", ROLE_AUTHOR, NOW, early);
		write_state(&h, "editors/ida.ini", rows[i].text);
		people_refresh(h.people);
		check_row(rows[i].label, people_by_id(h.people, "ida") == NULL);
		check_row(rows[i].label,
		    !people_invite(h.people, "ida", "Ida", ROLE_AUTHOR, NULL, NOW, code, &err));
		check_row(rows[i].label, strstr(err.text, "editors/ida.ini") != NULL);
		check_row(rows[i].label, join(&h, early, '1', NOW) == PEOPLE_FAILED);
		check_row_text(rows[i].label, read_state(&h, "editors/ida.ini"), rows[i].text);
		check_row(rows[i].label, people_remove(h.people, "ida", &err));
		check_row(rows[i].label, access(state_file(&h, "editors/ida.ini"), F_OK) == -1);
		house_close(&h);
	}
}

static void
a_certificate_is_one_persons(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1];

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(&h, code, 'e', NOW), PEOPLE_TAKEN);
	assert_int_equal(join(&h, code, '1', NOW), PEOPLE_JOINED); /* it was not used up */
	write_state(&h, "editors/otto.ini",
	    "[editor otto]\nrole = editor\n"
	    "fingerprint = 1111111111111111111111111111111111111111111111111111111111111111\n");
	people_refresh(h.people);
	assert_string_equal(find(&h, '1')->id, "ida");
	house_close(&h);
}

static void
wrong_codes_make_one_wait(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1];

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	for (int i = 0; i < 5; i++)
		assert_int_equal(join(&h, "wrong", '1', NOW), PEOPLE_WRONG_CODE);
	assert_int_equal(join(&h, code, '1', NOW + 1), PEOPLE_SLOW_DOWN);
	assert_int_equal(join(&h, code, '2', NOW + 1), PEOPLE_JOINED);
	house_close(&h);
}

static void
a_code_that_was_taken_before_a_crash_is_closed(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1], command[9000], kept[4200];
	int64_t now = (int64_t)time(NULL);

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_AUTHOR, now, code);
	snprintf(kept, sizeof(kept), "%s/kept", h.shop.folder);
	snprintf(command, sizeof(command), "cp -r %s %s", state_file(&h, "invitations"), kept);
	assert_int_equal(system(command), 0);
	assert_int_equal(join(&h, code, '1', now), PEOPLE_JOINED);
	snprintf(command, sizeof(command), "cp %s/* %s", kept, state_file(&h, "invitations"));
	assert_int_equal(system(command), 0);

	assert_int_equal(count_invitations(&h), 1);
	assert_int_equal(join(&h, code, '2', now), PEOPLE_WRONG_CODE);
	assert_int_equal(system(command), 0);
	house_restart(&h);
	assert_int_equal(count_invitations(&h), 0);
	house_close(&h);
}

static void
a_code_of_an_identity_that_does_not_work_is_good_again(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1];

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(&h, code, '1', NOW), PEOPLE_JOINED);
	people_reopen_codes(h.people, NOW + 60);
	people_reopen_codes(h.people, NOW + 61);
	assert_int_equal(join(&h, code, '2', NOW + 3000), PEOPLE_JOINED);
	assert_null(find(&h, '1'));
	assert_int_equal(find(&h, '2')->device_count, 1);
	assert_int_equal(join(&h, code, '3', NOW + 3001), PEOPLE_WRONG_CODE);
	house_close(&h);
}

static void
a_code_is_not_reopened_for(void **state)
{
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

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct house h;
		char code[PEOPLE_CODE_LEN + 1];

		house_open(&h);
		invite(&h, "ida", ROLE_AUTHOR, NOW, code);
		assert_int_equal(join(&h, code, '1', NOW), PEOPLE_JOINED);
		if (rows[i].used > 0 && rows[i].used < rows[i].reopened)
			use(&h, '1', NOW + rows[i].used);
		people_reopen_codes(h.people, NOW + rows[i].reopened);
		if (rows[i].used > rows[i].reopened)
			use(&h, '1', NOW + rows[i].used);
		check_row(
		    rows[i].label, join(&h, code, '2', NOW + rows[i].joined) == PEOPLE_WRONG_CODE);
		check_row(rows[i].label, find(&h, '1') != NULL);
		house_close(&h);
	}
}

static void
a_removed_person_does_not_come_back(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1], further[PEOPLE_CODE_LEN + 1];
	struct error err;

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(&h, code, '1', NOW), PEOPLE_JOINED);
	invite(&h, "ida", ROLE_AUTHOR, NOW, further);
	assert_true(people_remove(h.people, "ida", &err));
	assert_null(find(&h, '1'));
	assert_int_equal(count_invitations(&h), 0);
	assert_int_equal(join(&h, further, '2', NOW), PEOPLE_WRONG_CODE);
	assert_false(people_remove(h.people, "ida", &err));

	/* By hand, the open invitation staying. */
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(&h, code, '1', NOW), PEOPLE_JOINED);
	invite(&h, "ida", ROLE_AUTHOR, NOW, further);
	assert_int_equal(unlink(state_file(&h, "editors/ida.ini")), 0);
	people_refresh(h.people);
	assert_int_equal(join(&h, further, '2', NOW), PEOPLE_WRONG_CODE);
	assert_null(people_by_id(h.people, "ida"));
	house_close(&h);
}

static void
removal_reaches_what_it_can(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1];
	struct error err;

	(void)state;
	house_open(&h);
	assert_true(
	    people_invite(h.people, "heidi", "Heidi", ROLE_EDITOR, "example.org", NOW, code, &err));
	assert_int_equal(join(&h, code, '1', NOW), PEOPLE_JOINED);
	assert_false(people_remove(h.people, "heidi", &err));
	assert_non_null(strstr(err.text, "[editor heidi]"));
	assert_null(find(&h, '1'));
	assert_non_null(find(&h, 'e'));

	invite(&h, "ida", ROLE_AUTHOR, NOW, code); /* invited only */
	assert_true(people_remove(h.people, "ida", &err));
	assert_int_equal(join(&h, code, '1', NOW), PEOPLE_WRONG_CODE);
	house_close(&h);
}

static void
a_device_can_be_removed(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1];
	struct error err;
	struct visitor first = with_certificate('1'), inis = with_certificate('e');

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(&h, code, '1', NOW), PEOPLE_JOINED);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(&h, code, '2', NOW), PEOPLE_JOINED);
	assert_true(people_remove_device(h.people, "ida", first.certificate, &err));
	assert_null(find(&h, '1'));
	assert_int_equal(find(&h, '2')->device_count, 1);
	assert_false(people_remove_device(h.people, "ida", first.certificate, &err));
	assert_false(people_remove_device(h.people, "heidi", inis.certificate, &err));
	assert_non_null(strstr(err.text, "ini file"));
	house_close(&h);
}

static void
a_person_has_so_many_devices(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1], few[12];
	const struct person *person = NULL;
	struct error err = {""};
	int wait_seconds = 0;

	(void)state;
	house_open(&h);
	for (int i = 0; i <= PEOPLE_DEVICES_MAX; i++) {
		struct visitor visitor = with_certificate('0');
		bool fits = i < PEOPLE_DEVICES_MAX;

		snprintf(few, sizeof(few), "%03d", i);
		memcpy(visitor.certificate, few, 3);
		invite(&h, "ida", ROLE_AUTHOR, NOW, code);
		assert_int_equal(
		    people_join(h.people, code, &visitor, NOW, &person, &wait_seconds, &err),
		    fits ? PEOPLE_JOINED : PEOPLE_FAILED);
	}
	assert_non_null(strstr(err.text, "remove one"));
	assert_int_equal(people_by_id(h.people, "ida")->device_count, PEOPLE_DEVICES_MAX);
	house_close(&h);
}

static void
a_use_is_written_now_and_then(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1];
	struct stat before, after;

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(&h, code, '1', NOW), PEOPLE_JOINED);
	use(&h, '1', NOW + 10);
	assert_int_equal(stat(state_file(&h, "editors/ida.ini"), &before), 0);
	use(&h, '1', NOW + 10 + 3599);
	assert_int_equal(stat(state_file(&h, "editors/ida.ini"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino); /* a written one is another file */
	use(&h, '1', NOW + 10 + 3600);
	house_restart(&h);
	assert_int_equal(find(&h, '1')->devices[0].last_used, NOW + 10 + 3600);
	house_close(&h);
}

static void
workers_are_told_whom_to_let_in(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1];
	struct strings here = {0}, there = {0};
	unsigned before;

	(void)state;
	house_open(&h);
	before = people_changes(h.people);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(people_changes(h.people), before);
	assert_int_equal(join(&h, code, '1', NOW), PEOPLE_JOINED);
	assert_int_not_equal(people_changes(h.people), before);
	assert_true(people_fingerprints(h.people, "example.org", &here));
	assert_true(people_fingerprints(h.people, "other.example", &there));
	assert_int_equal(here.count, 2);
	assert_true(strings_contain(&here, heidis));
	assert_int_equal(there.count, 1); /* ida works for all */
	strings_free(&here);
	strings_free(&there);
	house_close(&h);
}

static void
the_report_names_everybody(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1], open[PEOPLE_CODE_LEN + 1];
	struct buffer out = BUFFER_EMPTY;

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(&h, code, '1', NOW), PEOPLE_JOINED);
	invite(&h, "otto", ROLE_CONTRIBUTOR, NOW, open);
	people_report(h.people, NOW, &out);
	assert_string_equal(buffer_text(&out),
	    "heidi  editor  Heidi  example.org  eeeeeeeeeeeeeeee in the ini file\n"
	    "ida  author  Ida Löw  all capsules  1111111111111111 until 2026-06-13\n"
	    "otto  contributor  Ida Löw  all capsules  invited, open until "
	    "2025-06-20T09:30:00Z\n");
	buffer_free(&out);
	house_close(&h);
}

static void
the_folder_is_private(void **state)
{
	struct house h;
	char code[PEOPLE_CODE_LEN + 1];
	struct stat st;

	(void)state;
	house_open(&h);
	invite(&h, "ida", ROLE_AUTHOR, NOW, code);
	assert_int_equal(join(&h, code, '1', NOW), PEOPLE_JOINED);
	assert_int_equal(stat(state_file(&h, "editors"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(state_file(&h, "editors/ida.ini"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	house_close(&h);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_ini_file_says_who_comes),
	    cmocka_unit_test(a_public_key_is_as_good_as_a_certificate),
	    cmocka_unit_test(a_code_lets_one_in_once),
	    cmocka_unit_test(a_code_is_kept_nowhere),
	    cmocka_unit_test(a_code_may_be_typed_as_people_type),
	    cmocka_unit_test(what_is_no_code_lets_nobody_in),
	    cmocka_unit_test(a_code_is_over_after_a_week),
	    cmocka_unit_test(the_latest_invitation_counts),
	    cmocka_unit_test(invitations_are_checked),
	    cmocka_unit_test(somebody_of_the_ini_file_gets_a_further_device),
	    cmocka_unit_test(the_ini_file_wins),
	    cmocka_unit_test(changes_by_hand_count_at_once),
	    cmocka_unit_test(a_damaged_file_lets_nobody_in_and_stays),
	    cmocka_unit_test(a_certificate_is_one_persons),
	    cmocka_unit_test(wrong_codes_make_one_wait),
	    cmocka_unit_test(a_code_that_was_taken_before_a_crash_is_closed),
	    cmocka_unit_test(a_code_of_an_identity_that_does_not_work_is_good_again),
	    cmocka_unit_test(a_code_is_not_reopened_for),
	    cmocka_unit_test(a_removed_person_does_not_come_back),
	    cmocka_unit_test(removal_reaches_what_it_can),
	    cmocka_unit_test(a_device_can_be_removed),
	    cmocka_unit_test(a_person_has_so_many_devices),
	    cmocka_unit_test(a_use_is_written_now_and_then),
	    cmocka_unit_test(workers_are_told_whom_to_let_in),
	    cmocka_unit_test(the_report_names_everybody),
	    cmocka_unit_test(the_folder_is_private),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
