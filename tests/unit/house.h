/*
 * house - a state folder with people in it: heidi, of the ini file, who works for example.org
 * alone. What the tests of desk/people share.
 */
#ifndef UNIT_HOUSE_H
#define UNIT_HOUSE_H

#include "workshop.h"

#include "people/people.h"

#define NOW 1749807000 /* 2025-06-13T09:30:00Z */
#define DAY 86400

struct house {
	struct workshop shop;
	struct editor_config heidi;
	char *fingerprint, *host;
	struct people *people;
};

static char heidis[] = "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";

static inline void
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

static inline void
house_close(struct house *h)
{
	people_close(h->people);
	workshop_close(&h->shop);
}

/* Another one, for the next row of a table. */
static inline void
house_anew(struct house *h)
{
	house_close(h);
	house_open(h);
}

static inline void
house_restart(struct house *h)
{
	struct error err;

	people_close(h->people);
	h->people = people_open(&h->shop.config, &err);
	if (h->people == NULL)
		fail_msg("%s", err.text);
}

/* Somebody whose certificate's fingerprint is one digit, repeated. */
static inline struct visitor
with_certificate(char digit)
{
	struct visitor visitor = {
	    .has_certificate = true, .not_before = NOW - DAY, .not_after = NOW + 365 * DAY};

	memset(visitor.certificate, digit, 64);
	memset(visitor.public_key, '9', 64);
	return visitor;
}

static inline const struct person *
find(const struct house *h, char digit)
{
	struct visitor visitor = with_certificate(digit);

	return people_find(h->people, &visitor, "example.org");
}

static inline void
invite(const struct house *h, const char *id, enum editor_role role, int64_t now,
    char code[static PEOPLE_CODE_LEN + 1])
{
	struct error err;

	if (!people_invite(h->people, id, "Ida Löw", role, NULL, now, code, &err))
		fail_msg("%s", err.text);
}

static inline enum people_joined
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

static inline void
use(const struct house *h, char digit, int64_t now)
{
	struct visitor visitor = with_certificate(digit);

	people_note_use(h->people, &visitor, now);
}

static inline const char *
state_file(const struct house *h, const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", h->shop.state, name);
	return path;
}

static inline void
write_state(const struct house *h, const char *name, const char *text)
{
	FILE *file = fopen(state_file(h, name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline const char *
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

static inline int
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

/* What each test of a group begins and ends with; its state is the house. */
static inline int
house_set_up(void **state)
{
	static struct house h;

	house_open(&h);
	*state = &h;
	return 0;
}

static inline int
house_tear_down(void **state)
{
	house_close(*state);
	return 0;
}

#define HOUSE_TEST(name) cmocka_unit_test_setup_teardown(name, house_set_up, house_tear_down)

#endif
