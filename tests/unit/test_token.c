/* Deeds that wait for a yes: for one certificate, for ten minutes, once. */
#include "check.h"

#include <stdio.h>

#include "desk/token.h"

#define NOW 1749807000

static const struct deed deed = {.question = "delete"};

static const struct token what = {.deed = &deed,
    .subject = (char *)"Title",
    .path = (char *)"/articles/x.gmi",
    .argument = (char *)"note",
    .revision = "0123456789ab"};

static void
add(struct tokens *tokens, const char *certificate, int64_t now, char name[static TOKEN_LEN + 1])
{
	assert_true(tokens_add(tokens, &what, certificate, now, name));
	assert_int_equal(strlen(name), TOKEN_LEN);
}

static enum token_found
find(const struct tokens *tokens, const char *name, const char *certificate, int64_t now)
{
	const struct token *token;

	return tokens_find(tokens, name, certificate, now, &token);
}

static void
a_token_keeps_what_it_is_for(void **state)
{
	struct tokens *tokens = tokens_new();
	char name[TOKEN_LEN + 1];
	const struct token *found;

	(void)state;
	add(tokens, "a", NOW, name);
	assert_int_equal(tokens_find(tokens, name, "a", NOW, &found), TOKEN_FOUND);
	assert_ptr_equal(found->deed, &deed);
	assert_string_equal(found->subject, "Title");
	assert_string_equal(found->path, "/articles/x.gmi");
	assert_string_equal(found->argument, "note");
	assert_string_equal(found->revision, "0123456789ab");
	tokens_free(tokens);
}

static void
a_token_is_of_one_certificate_and_lives_ten_minutes(void **state)
{
	static const struct {
		const char *label, *certificate;
		int64_t later;
		enum token_found expected;
	} rows[] = {
	    {"at once", "a", 0, TOKEN_FOUND},
	    {"at its end", "a", TOKEN_SECONDS, TOKEN_FOUND},
	    {"after it", "a", TOKEN_SECONDS + 1, TOKEN_UNKNOWN},
	    {"before it, the clock being put back", "a", -1, TOKEN_UNKNOWN},
	    {"another's", "b", 0, TOKEN_FOREIGN},
	    {"another's, too old", "b", TOKEN_SECONDS + 1, TOKEN_UNKNOWN},
	};
	struct tokens *tokens = tokens_new();
	char name[TOKEN_LEN + 1];

	(void)state;
	add(tokens, "a", NOW, name);
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].label, find(tokens, name, rows[i].certificate,
					     NOW + rows[i].later) == rows[i].expected);
	assert_int_equal(find(tokens, "", "a", NOW), TOKEN_UNKNOWN);
	tokens_free(tokens);
}

static void
a_token_is_taken_once(void **state)
{
	struct tokens *tokens = tokens_new();
	char name[TOKEN_LEN + 1];

	(void)state;
	add(tokens, "a", NOW, name);
	struct token *token = tokens_take(tokens, name);
	assert_non_null(token);
	token_free(token);
	assert_null(tokens_take(tokens, name));
	assert_int_equal(find(tokens, name, "a", NOW), TOKEN_UNKNOWN);
	tokens_free(tokens);
}

static void
one_certificate_pushes_out_only_its_own(void **state)
{
	struct tokens *tokens = tokens_new();
	char first[TOKEN_LEN + 1], others[TOKEN_LEN + 1], name[TOKEN_LEN + 1];

	(void)state;
	add(tokens, "b", NOW, others);
	add(tokens, "a", NOW, first);
	for (int i = 0; i < TOKENS_OF_ONE; i++)
		add(tokens, "a", NOW, name);
	assert_int_equal(find(tokens, first, "a", NOW), TOKEN_UNKNOWN);
	assert_int_equal(find(tokens, name, "a", NOW), TOKEN_FOUND);
	assert_int_equal(find(tokens, others, "b", NOW), TOKEN_FOUND);
	tokens_free(tokens);
}

static void
the_oldest_goes_when_all_are_taken(void **state)
{
	struct tokens *tokens = tokens_new();
	char first[TOKEN_LEN + 1], second[TOKEN_LEN + 1], name[TOKEN_LEN + 1], who[16];

	(void)state;
	add(tokens, "first", NOW, first);
	add(tokens, "second", NOW, second);
	for (int i = 0; i < TOKENS_MAX - 1; i++) {
		snprintf(who, sizeof(who), "%d", i);
		add(tokens, who, NOW, name);
	}
	assert_int_equal(find(tokens, first, "first", NOW), TOKEN_UNKNOWN);
	assert_int_equal(find(tokens, second, "second", NOW), TOKEN_FOUND);
	add(tokens, "late", NOW + TOKEN_SECONDS + 1, name); /* the old ones make room */
	assert_null(tokens_take(tokens, second));
	tokens_free(tokens);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_token_keeps_what_it_is_for),
	    cmocka_unit_test(a_token_is_of_one_certificate_and_lives_ten_minutes),
	    cmocka_unit_test(a_token_is_taken_once),
	    cmocka_unit_test(one_certificate_pushes_out_only_its_own),
	    cmocka_unit_test(the_oldest_goes_when_all_are_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
