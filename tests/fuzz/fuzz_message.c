/*
 * Questions, notes and answers between worker and publisher: what decodes encodes to the same
 * bytes.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ipc/question.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_question(const uint8_t *data, size_t size)
{
	struct question question;
	struct buffer again = BUFFER_EMPTY;

	if (!question_decode(data, size, &question))
		return;
	assert(question.line_len <= URL_MAX && question.port > 0 && question.port < 65536);
	question_encode(&question, &again);
	assert(again.len == size && memcmp(again.data, data, size) == 0);
	buffer_free(&again);
}

static void
read_note(const uint8_t *data, size_t size)
{
	struct question question;
	struct buffer again = BUFFER_EMPTY;
	uint64_t printing;

	if (!note_decode(data, size, &question, &printing))
		return;
	assert(question.line_len <= URL_MAX && printing != 0);
	note_encode(&question, printing, &again);
	assert(again.len == size && memcmp(again.data, data, size) == 0);
	buffer_free(&again);
}

static void
read_answer(const uint8_t *data, size_t size)
{
	struct response response;

	response_init(&response);
	if (answer_decode(data, size, -1, &response)) {
		assert(response.meta[0] != '\0' && strpbrk(response.meta, "\r\n") == NULL);
		assert(response.body.len <= size && response.file_bytes == 0);
	} else {
		assert(response.status == GEMINI_TEMPORARY_FAILURE && response.body.len == 0);
	}
	response_free(&response);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	read_question(data, size);
	read_note(data, size);
	read_answer(data, size);
	return 0;
}
