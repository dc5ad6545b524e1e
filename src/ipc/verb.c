#include "ipc/verb.h"

#include <string.h>

#include "ipc/channel.h"

/* On the wire a verb is its kind, one byte, then its texts in this order, each with its NUL. */
static const size_t texts[] = {
    offsetof(struct verb, host),
    offsetof(struct verb, as),
    offsetof(struct verb, path),
    offsetof(struct verb, mime),
    offsetof(struct verb, revision),
    offsetof(struct verb, id),
    offsetof(struct verb, name),
    offsetof(struct verb, role),
};
#define TEXT_COUNT (sizeof(texts) / sizeof(texts[0]))

struct verb
verb_of(enum verb_kind kind)
{
	return (struct verb){
	    .kind = kind,
	    .host = "",
	    .as = "",
	    .path = "",
	    .mime = "",
	    .revision = "",
	    .id = "",
	    .name = "",
	    .role = "",
	};
}

bool
verb_encode(const struct verb *verb, struct buffer *out)
{
	size_t before = out->len;

	buffer_putc(out, (char)verb->kind);
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		const char *text;

		memcpy(&text, (const char *)verb + texts[i], sizeof(text));
		buffer_append(out, text, strlen(text) + 1);
	}
	return !out->failed && out->len - before <= CHANNEL_PAYLOAD_MAX;
}

bool
verb_decode(const void *bytes, size_t len, struct verb *out)
{
	const char *at = bytes;

	if (len == 0 || (unsigned char)*at >= VERB_KIND_COUNT)
		return false;
	out->kind = (enum verb_kind)at[0];
	at++;
	len--;
	for (size_t i = 0; i < TEXT_COUNT; i++) {
		const char *end = len == 0 ? NULL : memchr(at, '\0', len);

		if (end == NULL)
			return false;
		memcpy((char *)out + texts[i], &at, sizeof(at));
		len -= (size_t)(end - at) + 1;
		at = end + 1;
	}
	return len == 0;
}
