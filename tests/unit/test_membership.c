/* The pages where one becomes an editor, and looks after one's devices. */
#include "deskside.h"

#include "upload/office.h"

#define AT "gemini://example.org"

/* An invitation for ida, of example.org alone. */
static void
invite(const struct newsroom *n, char code[static PEOPLE_CODE_LEN + 1])
{
	struct error err;

	if (!people_invite(
		n->people, "ida", "Ida", ROLE_AUTHOR, "example.org", NEWSROOM_NOW, code, &err))
		fail_msg("%s", err.text);
}

static const char *
join(struct newsroom *n, const char *who, const char *code)
{
	char url[256];

	snprintf(url, sizeof(url), AT "/desk/join?%s", code);
	return newsroom_ask(n, who, url);
}

/* Does what the one link to /desk/do/TOKEN on the page does, once somebody said yes. */
static void
say_yes(struct newsroom *n, const char *who, const char *question)
{
	struct visitor visitor = newsroom_visitor(n, who);
	const char *link = strstr(body(n), "=> /desk/do/");
	char name[TOKEN_LEN + 1];

	assert_non_null(link);
	snprintf(name, sizeof(name), "%s", link + strlen("=> /desk/do/"));
	struct token *token = tokens_take(n->desk->tokens, name);
	assert_non_null(token);
	assert_string_equal(token->deed->question, question);
	newsroom_begin(n);
	struct errand errand = {.desk = n->desk,
	    .visitor = &visitor,
	    .person = people_find(n->people, &visitor, "example.org"),
	    .port = URL_DEFAULT_PORT,
	    .now = NEWSROOM_NOW,
	    .out = &n->answer};
	token->deed->act(&errand, token);
	token_free(token);
}

static void
a_code_leads_to_the_welcome(void **state)
{
	struct newsroom *n = *state;
	char code[PEOPLE_CODE_LEN + 1];

	invite(n, code);
	assert_string_equal(newsroom_ask(n, "x", AT "/desk/join"), "11 Invitation code");
	assert_string_equal(join(n, "x", code), "30 gemini://example.org/welcome");
	assert_string_equal(join(n, "x", code), "30 gemini://example.org/welcome");
	newsroom_ask(n, "x", AT "/welcome");
	assert_int_equal(n->answer.status, GEMINI_SUCCESS);
	check_shown(n, "# Welcome, Ida\n");
	check_shown(n, "an author of");
}

static void
joining_is_refused_with_what_to_do(void **state)
{
	struct newsroom *n = *state;
	char code[PEOPLE_CODE_LEN + 1];

	invite(n, code);
	newsroom_ask(n, "", AT "/desk/join");
	assert_int_equal(n->answer.status, GEMINI_CERTIFICATE_REQUIRED);
	for (int i = 0; i < 5; i++)
		assert_string_equal(join(n, "x", "aaaa%FF"),
		    "50 Check the code, or ask for a new one: this one is wrong, used, or older "
		    "than 7 days");
	assert_string_equal(join(n, "x", code), "44 600");
	newsroom_ask(n, "x", AT "/desk/join/below");
	assert_int_equal(n->answer.status, GEMINI_NOT_FOUND);
}

static void
joining_is_not_yet_a_use(void **state)
{
	struct newsroom *n = *state;
	char code[PEOPLE_CODE_LEN + 1];

	invite(n, code);
	join(n, "x", code);
	newsroom_ask(n, "x", AT "/desk/join");
	assert_int_equal(people_by_id(n->people, "ida")->devices[0].last_used, 0);
	newsroom_ask(n, "x", AT "/welcome");
	assert_int_equal(people_by_id(n->people, "ida")->devices[0].last_used, NEWSROOM_NOW);
}

static void
who_comes_without_an_identity_is_told_what_to_do(void **state)
{
	struct newsroom *n = *state;
	char code[PEOPLE_CODE_LEN + 1];

	invite(n, code);
	join(n, "x", code);
	newsroom_ask(n, "", AT "/welcome");
	assert_int_equal(n->answer.status, GEMINI_SUCCESS);
	check_shown(n, "Almost there");
	check_shown(n, "Use on This Page");
	/* Another certificate, the same code: heidi's is hers already, so one of nobody's. */
	struct visitor visitor = newsroom_visitor(n, "x");
	const struct person *person;
	struct error err;
	int wait_seconds;
	visitor.certificate[0] = '7';
	assert_int_equal(
	    people_join(n->people, code, &visitor, NEWSROOM_NOW, &person, &wait_seconds, &err),
	    PEOPLE_JOINED);
	newsroom_ask(n, "x", AT "/desk/devices");
	assert_int_equal(n->answer.status, GEMINI_NOT_AUTHORISED);
}

static void
somebody_of_another_publication_needs_another_identity(void **state)
{
	struct newsroom *n = *state;
	char code[PEOPLE_CODE_LEN + 1], *elsewhere = (char *)"other.example";

	people_close(n->people);
	n->editors[0].capsules = (struct strings){&elsewhere, 1};
	n->people = people_open(&n->shop.config, NULL);
	assert_non_null(n->people);
	n->desk->people = n->people;
	invite(n, code);
	assert_string_equal(join(n, "heidi", code),
	    "61 Use another identity: this one is Heidi's, for another publication");
}

static void
a_stranger_sees_the_fingerprint(void **state)
{
	struct newsroom *n = *state;
	struct visitor visitor;

	visitor = newsroom_visitor(n, "x");
	newsroom_ask(n, "x", AT "/desk/");
	assert_int_equal(n->answer.status, GEMINI_SUCCESS);
	check_shown(n, visitor.certificate);
	check_shown(n, "=> /desk/join ");
	check_shown(n, "capsule = example.org\n");
}

static void
devices_are_listed_and_one_is_this_one(void **state)
{
	struct newsroom *n = *state;
	newsroom_ask(n, "heidi", AT "/desk/devices");
	check_shown(n, "eeee eeee eeee eeee, this one, given by the ini file\n");
	check_shown(n, "=> /desk/devices/add ");
	newsroom_ask(n, "heidi", AT "/desk/devices/aaaa");
	assert_int_equal(n->answer.status, GEMINI_NOT_FOUND);
	newsroom_ask(n, "heidi",
	    AT "/desk/devices/"
	       "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");
	check_shown(n, "Only the admin can take it away");
	assert_null(strstr(body(n), "/desk/do/"));
}

static void
a_further_device_joins_by_a_code_of_the_first(void **state)
{
	struct newsroom *n = *state;
	char code[PEOPLE_CODE_LEN + 1];

	newsroom_ask(n, "heidi", AT "/desk/devices/add");
	say_yes(n, "heidi", "make a code for");
	check_shown(n, "=> gemini://example.org/desk/join\n");
	const char *shown = strstr(body(n), "```Code\n");
	assert_non_null(shown);
	snprintf(code, sizeof(code), "%s", shown + strlen("```Code\n"));
	assert_string_equal(join(n, "x", code), "30 gemini://example.org/welcome");
	newsroom_ask(n, "x", AT "/welcome");
	check_shown(n, "# Welcome, Heidi\n");
}

static void
the_last_device_is_removed_with_a_warning(void **state)
{
	struct newsroom *n = *state;
	char code[PEOPLE_CODE_LEN + 1], url[256];

	invite(n, code);
	join(n, "x", code);
	snprintf(url, sizeof(url), AT "/desk/devices/%s", newsroom_visitor(n, "x").certificate);
	newsroom_ask(n, "x", url);
	check_shown(n, "the only one you have");
	say_yes(n, "x", "remove");
	assert_int_equal(n->answer.status, GEMINI_SUCCESS);
	check_shown(n, "# Removed\n");
	newsroom_ask(n, "x", AT "/desk/devices");
	assert_int_equal(n->answer.status, GEMINI_NOT_AUTHORISED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    NEWSROOM_TEST(a_code_leads_to_the_welcome),
	    NEWSROOM_TEST(joining_is_refused_with_what_to_do),
	    NEWSROOM_TEST(joining_is_not_yet_a_use),
	    NEWSROOM_TEST(who_comes_without_an_identity_is_told_what_to_do),
	    NEWSROOM_TEST(somebody_of_another_publication_needs_another_identity),
	    NEWSROOM_TEST(a_stranger_sees_the_fingerprint),
	    NEWSROOM_TEST(devices_are_listed_and_one_is_this_one),
	    NEWSROOM_TEST(a_further_device_joins_by_a_code_of_the_first),
	    NEWSROOM_TEST(the_last_device_is_removed_with_a_warning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
