/* Whatever the bytes: a refusal has a reason, and an accepted path is clean and names the same
 * thing when it is written out and read again. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "gemini/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_path(const struct url *url)
{
	assert(url->path[0] == '/' && strlen(url->path) == url->path_len);
	assert(text_is_utf8(url->path, url->path_len));
	for (const char *segment = url->path; segment != NULL; segment = strchr(segment, '/')) {
		size_t len = strcspn(++segment, "/");
		assert(len != 1 || segment[0] != '.');
		assert(len != 2 || memcmp(segment, "..", 2) != 0);
	}
	for (size_t i = 0; i < url->path_len; i++) {
		unsigned char c = (unsigned char)url->path[i];
		assert(c >= 0x20 && c != 0x7F && c != '\\');
	}
}

static void
check_round_trip(const struct url *url)
{
	struct buffer text = BUFFER_EMPTY;
	struct url again;
	char reason[128];

	buffer_printf(&text, "gemini://%s", url->host);
	if (text_ends(url->host, "."))
		buffer_putc(&text, '.'); /* one final dot is taken off, each time */
	text_append_path(&text, url->path, url->path_len);
	if (url->has_query)
		buffer_printf(&text, "?%s", url->query);
	if (text.len <= URL_MAX) {
		assert(url_parse(text.data, text.len, &again, reason, sizeof(reason)) == URL_OK);
		assert(strcmp(again.path, url->path) == 0);
		assert(strcmp(again.host, url->host) == 0);
		assert(strcmp(again.query, url->query) == 0);
	}
	buffer_free(&text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct url url;
	char reason[128] = "", decoded[URL_MAX + 1];
	enum url_verdict verdict =
	    url_parse((const char *)data, size, &url, reason, sizeof(reason));

	assert((verdict == URL_OK) == (reason[0] == '\0'));
	if (verdict != URL_OK)
		return 0;
	check_path(&url);
	check_round_trip(&url);
	assert(url.scheme != URL_OTHER && url.host[0] != '\0');
	assert(url.port >= -1 && url.port <= 65535);
	assert(url.raw_path[0] == '\0' || url.raw_path[0] == '/');
	if (url_decode_query(url.query, decoded))
		assert(text_is_utf8(decoded, strlen(decoded)));
	return 0;
}
