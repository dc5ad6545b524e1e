#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "ipc/message.h"

#define DIGITS "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static const struct visitor known = {
    .has_certificate = true,
    .certificate = DIGITS,
    .public_key = DIGITS,
    .not_before = -5,
    .not_after = 4000000000,
};

static struct request_message
question_of(const struct visitor *visitor, int port, const char *line, size_t len)
{
	struct request_message question = {.visitor = *visitor, .port = port, .line_len = len};

	memcpy(question.line, line, len);
	return question;
}

static void
assert_same(const struct request_message *a, const struct request_message *b)
{
	assert_int_equal(a->visitor.has_certificate, b->visitor.has_certificate);
	assert_string_equal(a->visitor.certificate, b->visitor.certificate);
	assert_string_equal(a->visitor.public_key, b->visitor.public_key);
	assert_int_equal(a->visitor.not_before, b->visitor.not_before);
	assert_int_equal(a->visitor.not_after, b->visitor.not_after);
	assert_int_equal(a->port, b->port);
	assert_int_equal(a->line_len, b->line_len);
	assert_memory_equal(a->line, b->line, a->line_len);
}

static void
a_question_arrives_as_it_was_asked(void **state)
{
	static const struct visitor nobody = {.has_certificate = false};
	static char longest[URL_MAX];
	const struct request_message questions[] = {
	    question_of(&known, 1965, "titan://a.test/x;size=3", 23),
	    question_of(&nobody, 65535, "gemini://a.test/welcome", 23),
	    question_of(&known, 1, "\0\xff\n", 3),
	    question_of(&known, 1, "", 0),
	    question_of(&known, 1, longest, sizeof(longest)),
	};

	(void)state;
	for (size_t i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		struct buffer payload = BUFFER_EMPTY;
		struct request_message read;
		message_encode_request(&questions[i], &payload);
		assert_true(payload.len <= CHANNEL_PAYLOAD_MAX);
		assert_true(message_decode_request(payload.data, payload.len, &read));
		assert_same(&questions[i], &read);
		buffer_free(&payload);
	}
}

static void
what_is_no_question_is_refused(void **state)
{
	struct request_message question = question_of(&known, 1965, "x", 1), read;
	struct buffer payload = BUFFER_EMPTY;
	static char too_long[2000];
	const struct {
		const char *label;
		size_t at;
		char byte;
	} spoilt[] = {
	    {"a certificate that is neither there nor not", 0, 2},
	    {"a capital hex digit", 1, 'A'},
	    {"a NUL in a fingerprint", 20, '\0'},
	    {"no hex digit in the other fingerprint", 65, 'g'},
	};

	(void)state;
	message_encode_request(&question, &payload);
	for (size_t len = 0; len + question.line_len < payload.len; len++)
		assert_false(message_decode_request(payload.data, len, &read));
	for (size_t i = 0; i < sizeof(spoilt) / sizeof(spoilt[0]); i++) {
		char before = payload.data[spoilt[i].at];
		print_message("%s\n", spoilt[i].label);
		payload.data[spoilt[i].at] = spoilt[i].byte;
		assert_false(message_decode_request(payload.data, payload.len, &read));
		payload.data[spoilt[i].at] = before;
	}
	buffer_append(&payload, too_long, URL_MAX);
	assert_false(message_decode_request(payload.data, payload.len, &read));
	buffer_free(&payload);

	question.port = 0;
	message_encode_request(&question, &payload);
	assert_false(message_decode_request(payload.data, payload.len, &read));
	buffer_free(&payload);
}

static void
a_note_arrives_as_it_was_made(void **state)
{
	struct request_message question =
				   question_of(&known, 1965, "gemini://a.test/articles/x.gmi", 30),
			       read;
	const uint64_t printings[] = {1, UINT64_C(0x0123456789abcdef), UINT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(printings) / sizeof(printings[0]); i++) {
		struct buffer payload = BUFFER_EMPTY;
		uint64_t printing = 0;

		message_encode_printing(&question, printings[i], &payload);
		assert_true(payload.len <= CHANNEL_PAYLOAD_MAX);
		assert_true(message_decode_printing(payload.data, payload.len, &read, &printing));
		assert_same(&question, &read);
		assert_true(printing == printings[i]);
		buffer_free(&payload);
	}
}

static void
what_is_no_note_is_refused(void **state)
{
	struct request_message question = question_of(&known, 1965, "x", 1), read;
	struct buffer payload = BUFFER_EMPTY, none = BUFFER_EMPTY;
	uint64_t printing;

	(void)state;
	message_encode_printing(&question, 1, &payload);
	for (size_t len = 0; len + question.line_len < payload.len; len++)
		assert_false(message_decode_printing(payload.data, len, &read, &printing));
	message_encode_printing(&question, 0, &none);
	assert_false(message_decode_printing(none.data, none.len, &read, &printing));
	buffer_free(&payload);
	buffer_free(&none);
}

static void
an_answer_arrives_as_it_was_given(void **state)
{
	struct response given, read;
	struct buffer payload = BUFFER_EMPTY;

	(void)state;
	response_init(&given);
	response_init(&read);
	response_set(&given, GEMINI_SUCCESS, "text/gemini; lang=de");
	for (size_t i = 0; i < MESSAGE_BODY_MAX; i++)
		buffer_putc(&given.body, (char)i);
	message_encode_response(&given, &payload);
	assert_true(payload.len <= CHANNEL_PAYLOAD_MAX);
	assert_true(message_decode_response(payload.data, payload.len, -1, &read));
	assert_int_equal(read.status, GEMINI_SUCCESS);
	assert_string_equal(read.meta, given.meta);
	assert_int_equal(read.body.len, MESSAGE_BODY_MAX);
	assert_memory_equal(read.body.data, given.body.data, MESSAGE_BODY_MAX);
	assert_int_equal(read.file_fd, -1);
	response_free(&given);
	response_free(&read);
	buffer_free(&payload);
}

static void
a_file_comes_with_its_descriptor_or_not_at_all(void **state)
{
	struct response given, read;
	struct buffer payload = BUFFER_EMPTY;
	int pipe_fds[2];

	(void)state;
	assert_int_equal(pipe(pipe_fds), 0);
	response_init(&given);
	response_init(&read);
	response_set(&given, GEMINI_SUCCESS, "image/png");
	given.file_fd = pipe_fds[0];
	given.file_bytes = 5000000000;
	message_encode_response(&given, &payload);
	assert_false(message_decode_response(payload.data, payload.len, -1, &read));
	assert_int_equal(read.status, GEMINI_TEMPORARY_FAILURE);
	assert_true(message_decode_response(payload.data, payload.len, pipe_fds[1], &read));
	assert_int_equal(read.file_fd, pipe_fds[1]);
	assert_int_equal(read.file_bytes, 5000000000);
	response_free(&given);
	response_free(&read);
	buffer_free(&payload);
}

static void
what_is_no_answer_is_refused(void **state)
{
	static const struct {
		const char *label, *bytes;
		size_t len;
	} cases[] = {
	    {"nothing", "", 0},
	    {"a status that is none", "\x09\0\0\0\0\0\0\0\0\0\1x", 12},
	    {"another one", "\x46\0\0\0\0\0\0\0\0\0\1x", 12},
	    {"a meta that is cut", "\x14\0\0\0\0\0\0\0\0\0\2x", 12},
	    {"a meta that is too long", "\x14\0\0\0\0\0\0\0\0\x10\0x", 12},
	    {"a negative length", "\x14\xff\0\0\0\0\0\0\0\0\1x", 12},
	};
	struct response read;

	(void)state;
	response_init(&read);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].label);
		assert_false(message_decode_response(cases[i].bytes, cases[i].len, -1, &read));
		assert_int_equal(read.status, GEMINI_TEMPORARY_FAILURE);
	}
	response_free(&read);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_question_arrives_as_it_was_asked),
	    cmocka_unit_test(what_is_no_question_is_refused),
	    cmocka_unit_test(a_note_arrives_as_it_was_made),
	    cmocka_unit_test(what_is_no_note_is_refused),
	    cmocka_unit_test(an_answer_arrives_as_it_was_given),
	    cmocka_unit_test(a_file_comes_with_its_descriptor_or_not_at_all),
	    cmocka_unit_test(what_is_no_answer_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
