#include "ipc/message.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/encode.h"
#include "base/text.h"

#define FINGERPRINT    64 /* hex digits */
#define PRINTING_BYTES 8
#define STATUS_FIRST   10
#define STATUS_LAST    69

static void
put_number(struct buffer *out, uint64_t value, size_t bytes)
{
	assert(bytes <= sizeof(value));
	assert(bytes == sizeof(value) || value >> 8 * bytes == 0); /* or it would be cut */
	while (bytes-- > 0)
		buffer_putc(out, (char)(value >> 8 * bytes));
}

/* Bytes that were not read yet. Once something was missing nothing more is read. */
struct rest {
	const uint8_t *at;
	size_t len;
	bool failed;
};

static const void *
take(struct rest *rest, size_t len)
{
	const void *taken = rest->at;

	if (rest->failed || len > rest->len) {
		rest->failed = true;
		return NULL;
	}
	rest->at += len;
	rest->len -= len;
	return taken;
}

static uint64_t
take_number(struct rest *rest, size_t bytes)
{
	const uint8_t *at = take(rest, bytes);
	uint64_t value = 0;

	for (size_t i = 0; at != NULL && i < bytes; i++)
		value = value << 8 | at[i];
	return value;
}

/* --- questions --- */

static bool
take_fingerprint(struct rest *rest, char out[static FINGERPRINT + 1])
{
	const char *digits = take(rest, FINGERPRINT);

	if (digits == NULL)
		return false;
	memcpy(out, digits, FINGERPRINT);
	out[FINGERPRINT] = '\0';
	return encode_is_hex(out, FINGERPRINT);
}

/* Nothing for a visitor without a certificate. */
static void
put_visitor(struct buffer *out, const struct visitor *visitor)
{
	put_number(out, visitor->has_certificate, 1);
	if (!visitor->has_certificate)
		return;
	assert(visitor->certificate[FINGERPRINT] == '\0');
	assert(visitor->public_key[FINGERPRINT] == '\0');
	buffer_append(out, visitor->certificate, FINGERPRINT);
	buffer_append(out, visitor->public_key, FINGERPRINT);
	put_number(out, (uint64_t)visitor->not_before, 8);
	put_number(out, (uint64_t)visitor->not_after, 8);
}

static bool
take_visitor(struct rest *rest, struct visitor *out)
{
	uint64_t has_certificate = take_number(rest, 1);

	*out = (struct visitor){.has_certificate = has_certificate == 1};
	if (has_certificate != 1)
		return has_certificate == 0;
	if (!take_fingerprint(rest, out->certificate) || !take_fingerprint(rest, out->public_key))
		return false;
	out->not_before = (int64_t)take_number(rest, 8);
	out->not_after = (int64_t)take_number(rest, 8);
	return true;
}

void
message_encode_request(const struct request_message *question, struct buffer *out)
{
	assert(question->line_len <= sizeof(question->line));
	put_visitor(out, &question->visitor);
	put_number(out, (uint64_t)question->port, 2);
	buffer_append(out, question->line, question->line_len);
}

bool
message_decode_request(const void *bytes, size_t len, struct request_message *out)
{
	struct rest rest = {bytes, len, false};

	if (!take_visitor(&rest, &out->visitor))
		return false;
	out->port = (int)take_number(&rest, 2);
	if (rest.failed || out->port == 0 || rest.len > sizeof(out->line))
		return false;
	out->line_len = rest.len;
	if (rest.len > 0)
		memcpy(out->line, rest.at, rest.len);
	return true;
}

/* --- notes --- */

void
message_encode_printing(
    const struct request_message *question, uint64_t printing, struct buffer *out)
{
	put_number(out, printing, PRINTING_BYTES);
	message_encode_request(question, out);
}

bool
message_decode_printing(
    const void *bytes, size_t len, struct request_message *out, uint64_t *out_printing)
{
	struct rest rest = {bytes, len, false};

	*out_printing = take_number(&rest, PRINTING_BYTES);
	return *out_printing != 0 && message_decode_request(rest.at, rest.len, out);
}

/* --- answers --- */

void
message_encode_response(const struct response *response, struct buffer *out)
{
	size_t meta_len = strlen(response->meta);

	assert(meta_len <= RESPONSE_META_MAX);
	assert(response->file_bytes >= 0 && response->body.len <= MESSAGE_BODY_MAX);
	put_number(out, response->status, 1);
	put_number(out, response->file_fd == -1 ? 0 : (uint64_t)response->file_bytes, 8);
	put_number(out, meta_len, 2);
	buffer_append(out, response->meta, meta_len);
	buffer_append(out, buffer_text(&response->body), response->body.len);
}

bool
message_decode_response(const void *bytes, size_t len, int file_fd, struct response *out)
{
	struct rest rest = {bytes, len, false};
	uint64_t status = take_number(&rest, 1);
	uint64_t file_bytes = take_number(&rest, 8);
	size_t meta_len = (size_t)take_number(&rest, 2);
	const char *meta = take(&rest, meta_len);

	if (rest.failed || status < STATUS_FIRST || status > STATUS_LAST ||
	    meta_len > RESPONSE_META_MAX || (file_bytes > 0 && file_fd == -1) ||
	    file_bytes > INT64_MAX)
		return false;
	response_set(out, (enum gemini_status)status, "%.*s", (int)meta_len, meta);
	buffer_append(&out->body, rest.at, rest.len);
	out->file_fd = file_fd;
	out->file_bytes = (off_t)file_bytes;
	return true;
}
