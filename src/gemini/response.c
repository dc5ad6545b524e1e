#include "gemini/response.h"

#include <assert.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

static const struct {
	enum gemini_status status;
	const char *words;
} status_words[] = {
    {GEMINI_INPUT, "Input"},
    {GEMINI_SENSITIVE_INPUT, "Sensitive input"},
    {GEMINI_SUCCESS, "text/gemini"},
    {GEMINI_REDIRECT, "/"},
    {GEMINI_MOVED, "/"},
    {GEMINI_TEMPORARY_FAILURE, "Temporary failure"},
    {GEMINI_UNAVAILABLE, "Server unavailable"},
    {GEMINI_SLOW_DOWN, "5"},
    {GEMINI_FAILURE, "Permanent failure"},
    {GEMINI_NOT_FOUND, "Not found"},
    {GEMINI_GONE, "Gone"},
    {GEMINI_PROXY_REFUSED, "Proxy request refused"},
    {GEMINI_BAD_REQUEST, "Bad request"},
    {GEMINI_CERTIFICATE_REQUIRED, "Certificate required"},
    {GEMINI_NOT_AUTHORISED, "Certificate not authorised"},
    {GEMINI_CERTIFICATE_INVALID, "Certificate not valid"},
};

static const char *
words_for(enum gemini_status status)
{
	for (size_t i = 0; i < sizeof(status_words) / sizeof(status_words[0]); i++)
		if (status_words[i].status == status)
			return status_words[i].words;
	return "-";
}

static void
drop_body(struct response *r)
{
	buffer_free(&r->body);
	if (r->file_fd != -1)
		close(r->file_fd);
	r->file_fd = -1;
	r->file_bytes = 0;
	assert(r->body.len == 0);
}

static void
set_meta(struct response *r, const char *text, size_t len)
{
	assert(len > 0 && len <= RESPONSE_META_MAX);
	memcpy(r->meta, text, len);
	r->meta[len] = '\0';
}

void
response_init(struct response *r)
{
	*r = (struct response){.file_fd = -1};
	response_set(r, GEMINI_TEMPORARY_FAILURE, "%s", "");
}

void
response_free(struct response *r)
{
	drop_body(r);
}

void
response_set(struct response *r, enum gemini_status status, const char *format, ...)
{
	struct buffer text = BUFFER_EMPTY, meta = BUFFER_EMPTY;
	va_list args;

	va_start(args, format);
	buffer_vprintf(&text, format, args);
	va_end(args);
	text_append_line(&meta, buffer_text(&text), text.len);
	if (text.failed || meta.failed || meta.len == 0)
		set_meta(r, words_for(status), strlen(words_for(status)));
	else
		set_meta(r, meta.data, text_cut(meta.data, meta.len, RESPONSE_META_MAX));

	r->status = status;
	drop_body(r);
	buffer_free(&text);
	buffer_free(&meta);
}

void
response_head(const struct response *r, struct buffer *out)
{
	assert(r->status >= 10 && r->status < 70); /* two digits (protocol notes A.3) */
	assert(r->meta[0] != '\0' && strpbrk(r->meta, "\r\n") == NULL); /* nobody adds a line */
	assert(r->file_bytes >= 0);
	buffer_printf(out, "%d %s\r\n", (int)r->status, r->meta);
}
