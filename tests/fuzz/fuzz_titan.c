/* The bytes are the parameters of an upload: what is accepted is clean and complete. */
#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "gemini/titan.h"

#define TARGET "titan://h/x;"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_value(const char *value)
{
	assert(text_is_utf8(value, strlen(value)));
	for (; *value != '\0'; value++)
		assert((unsigned char)*value >= 0x20 && *value != 0x7F);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char uri[URL_MAX] = TARGET, reason[128] = "";
	size_t start = strlen(TARGET);
	struct url url;
	struct titan titan;

	if (size > sizeof(uri) - start)
		return 0;
	memcpy(uri + start, data, size);
	if (url_parse(uri, start + size, &url, reason, sizeof(reason)) != URL_OK)
		return 0;
	bool is_fine = titan_parse(&url, &titan, reason, sizeof(reason));
	assert(is_fine == (reason[0] == '\0'));
	if (!is_fine)
		return 0;
	assert(titan.is_edit == (strcmp(url.params, "edit") == 0));
	assert(titan.is_edit || strstr(url.params, "size=") != NULL);
	assert(titan.size < UINT64_C(1000000000000000000));
	assert(titan.mime[0] != '\0');
	check_value(titan.mime);
	check_value(titan.token);
	return 0;
}
