/*
 * Every allocation while somebody is invited and joins is made to fail in turn. The modules that
 * allocate are compiled in here with allocators that can fail; the linker then leaves the library's
 * copies out.
 */
#include "check.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scarce.h"

#include "base/buffer.c"
#include "base/strings.c"
#include "config/problems.c"
#include "people/invitations.c"
#include "people/person.c"
#include "people/state_file.c"
#include "people/person_file.c"
#include "people/index.c"
#include "people/joining.c"
#include "people/people.c"

#include "plenty.h"

#define NOW (INT64_C(1) << 33) /* far from the real clock's time: nothing is over */

static char folder[] = "/tmp/broadsheet-test-XXXXXX";
static char fingerprint[] = "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
static char *fingerprints[] = {fingerprint};
static char state_name[64];
static struct editor_config heidi = {.id = (char *)"heidi",
    .name = (char *)"Heidi",
    .role = ROLE_EDITOR,
    .fingerprints = {fingerprints, 1}};
static struct config config = {.editors = &heidi, .editor_count = 1};

static int
remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

/* The visitor whom the story is about. */
static struct visitor
newcomer(void)
{
	struct visitor visitor = {.has_certificate = true, .not_after = NOW + DAY};

	memset(visitor.certificate, '1', 64);
	memset(visitor.public_key, '2', 64);
	return visitor;
}

/* Invites and joins as far as memory goes. *code: what was given out, or "". True when all was
 * well. */
static bool
try_story(char code[static PEOPLE_CODE_LEN + 1])
{
	struct visitor visitor = newcomer();
	const struct person *person = NULL;
	struct strings known = {0};
	struct buffer report = BUFFER_EMPTY;
	struct error err;
	int wait_seconds;
	struct people *people = people_open(&config, &err);
	bool ok = people != NULL &&
		  people_invite(people, "ida", "Ida", ROLE_AUTHOR, NULL, NOW, code, &err);

	if (ok) {
		ok = people_join(people, code, &visitor, NOW, &person, &wait_seconds, &err) ==
		     PEOPLE_JOINED;
		assert_true(!ok || strcmp(person->id, "ida") == 0);
		people_reopen_codes(people, NOW);
		people_note_use(people, &visitor, NOW + 1);
		people_report(people, NOW, &report);
		ok = people_fingerprints(people, "example.org", &known) && ok && !report.failed;
	}
	strings_free(&known);
	buffer_free(&report);
	people_close(people);
	return ok;
}

/* With memory again: who has a code becomes, or is, an editor. */
static void
check_nothing_is_lost(const char *code)
{
	struct visitor visitor = newcomer();
	const struct person *person = NULL;
	struct error err;
	int wait_seconds;
	struct people *people = people_open(&config, &err);

	assert_non_null(people);
	assert_int_equal(people->index.damaged.count, 0);
	assert_non_null(people_by_id(people, "heidi"));
	if (code[0] != '\0') {
		people_join(people, code, &visitor, NOW + 2, &person, &wait_seconds, &err);
		assert_non_null(person);
		assert_string_equal(person->id, "ida");
		assert_int_equal(person->device_count, 1);
	}
	people_close(people);
}

static void
nobody_is_lost_without_memory(void **state)
{
	bool is_done = false;

	(void)state;
	for (size_t count = 0; !is_done; count++) {
		char code[PEOPLE_CODE_LEN + 1] = "";

		assert_int_equal(mkdir(state_name, 0700), 0);
		allocations_left = count;
		is_done = try_story(code) && allocations_left > 0;
		allocations_left = SIZE_MAX;
		check_nothing_is_lost(code);
		nftw(state_name, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nobody_is_lost_without_memory),
	};

	if (mkdtemp(folder) == NULL)
		return 1;
	snprintf(state_name, sizeof(state_name), "%s/var", folder);
	config.server.state = state_name;
	int failed = cmocka_run_group_tests(tests, NULL, NULL);
	nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	return failed;
}
