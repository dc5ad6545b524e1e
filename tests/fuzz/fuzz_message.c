/*
 * Questions, notes and answers between worker and publisher: what decodes encodes to the same
 * bytes.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ipc/message.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
read_question(const uint8_t *data, size_t size)
{
	struct request_message question;
	struct buffer again = BUFFER_EMPTY;

	if (!message_decode_request(data, size, &question))
		return;
	assert(question.line_len <= URL_MAX && question.port > 0 && question.port < 65536);
	message_encode_request(&question, &again);
	assert(again.len == size && memcmp(again.data, data, size) == 0);
	buffer_free(&again);
}

static void
read_note(const uint8_t *data, size_t size)
{
	struct request_message question;
	struct buffer again = BUFFER_EMPTY;
	uint64_t printing;

	if (!message_decode_printing(data, size, &question, &printing))
		return;
	assert(question.line_len <= URL_MAX && printing != 0);
	message_encode_printing(&question, printing, &again);
	assert(again.len == size && memcmp(again.data, data, size) == 0);
	buffer_free(&again);
}

static void
read_answer(const uint8_t *data, size_t size)
{
	struct response response;

	response_init(&response);
	if (message_decode_response(data, size, -1, &response)) {
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
