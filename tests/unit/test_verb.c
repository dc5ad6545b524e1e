/* Tests of process/verb: what the command line tells the publisher. */
#include "check.h"

#include "ipc/channel.h"
#include "ipc/verb.h"

#define REST "\0\0\0\0\0\0\0" /* texts that say nothing, the last one's NUL being the literal's */

static void
a_verb_arrives_as_it_was_sent(void **state)
{
	const struct verb sent = {
	    .kind = VERB_RESTORE,
	    .host = "example.org",
	    .as = "ada",
	    .path = "/articles/m\u00e1s lejos.gmi",
	    .mime = "text/gemini",
	    .revision = "0123abc",
	    .id = "",
	    .name = "Ada L\u00f6w",
	    .role = "author",
	};
	struct buffer payload = BUFFER_EMPTY;
	struct verb verb;

	(void)state;
	assert_true(verb_encode(&sent, &payload));
	assert_true(verb_decode(payload.data, payload.len, &verb));
	assert_int_equal(verb.kind, VERB_RESTORE);
	assert_string_equal(verb.host, sent.host);
	assert_string_equal(verb.as, sent.as);
	assert_string_equal(verb.path, sent.path);
	assert_string_equal(verb.mime, sent.mime);
	assert_string_equal(verb.revision, sent.revision);
	assert_string_equal(verb.id, sent.id);
	assert_string_equal(verb.name, sent.name);
	assert_string_equal(verb.role, sent.role);
	buffer_free(&payload);
}

static void
bad_payloads_are_no_verbs(void **state)
{
	static const struct {
		const char *label;
		const char *bytes;
		size_t len;
		bool expected;
	} rows[] = {
	    {"the least", "\0" REST, 9, true},
	    {"the last kind", "\6" REST, 9, true},
	    {"empty", "", 0, false},
	    {"a kind alone", "\1", 1, false},
	    {"an unknown kind", "\7" REST, 9, false},
	    {"a kind above 127", "\xff" REST, 9, false},
	    {"a text too few", "\1" REST, 8, false},
	    {"a text without end", "\1" REST "x", 9, false},
	    {"a text too many", "\1" REST "\0", 10, false},
	};
	struct verb verb;

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].label,
		    verb_decode(rows[i].bytes, rows[i].len, &verb) == rows[i].expected);
}

static void
what_does_not_fit_into_a_frame_is_refused(void **state)
{
	static char path[CHANNEL_PAYLOAD_MAX];
	struct verb verb = {VERB_DELETE, "", "", path, "", "", "", "", ""};
	struct buffer payload = BUFFER_EMPTY;

	(void)state;
	memset(path, 'x', sizeof(path) - 1);
	assert_false(verb_encode(&verb, &payload));
	buffer_truncate(&payload, 0);
	path[CHANNEL_PAYLOAD_MAX - 9] = '\0';
	assert_true(verb_encode(&verb, &payload));
	assert_int_equal(payload.len, CHANNEL_PAYLOAD_MAX);
	buffer_free(&payload);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_verb_arrives_as_it_was_sent),
	    cmocka_unit_test(bad_payloads_are_no_verbs),
	    cmocka_unit_test(what_does_not_fit_into_a_frame_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
