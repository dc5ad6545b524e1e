#include "store/list_name.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"

#define HASH_BITS 24

/* FNV-1a, folded. */
static void
write_hash(const char *text, char out[static LIST_HASH_LEN + 1])
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text != '\0'; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	hash ^= hash >> HASH_BITS ^ hash >> 2 * HASH_BITS;
	snprintf(out, LIST_HASH_LEN + 1, "%06x", (unsigned)(hash & ((1u << HASH_BITS) - 1)));
}

static void
write_key(struct list_name *name, const char *folded, size_t len)
{
	if (len <= LIST_KEY_MAX) {
		memcpy(name->key, folded, len + 1);
		return;
	}
	size_t cut = text_cut(folded, len, LIST_KEY_MAX - 1 - LIST_HASH_LEN);
	snprintf(name->key, sizeof(name->key), "%.*s-%s", (int)cut, folded, name->hash);
}

bool
list_name_make(struct list_name *out, const char *name, size_t len, bool *out_failed)
{
	struct buffer text = BUFFER_EMPTY, folded = BUFFER_EMPTY;

	buffer_append(&text, name, len);
	text_fold(&folded, buffer_text(&text));
	*out_failed = text.failed || folded.failed;
	bool is_there = !*out_failed && folded.len > 0;
	if (is_there) {
		write_hash(folded.data, out->hash);
		write_key(out, folded.data, folded.len);
		text_slug(out->key, out->base);
	}
	buffer_free(&text);
	buffer_free(&folded);
	return is_there;
}

void
list_name_slug(
    char out[static LIST_SLUG_MAX + 1], const char *base, const char *hash, bool is_first)
{
	if (base[0] == '\0')
		snprintf(out, LIST_SLUG_MAX + 1, "%s", hash);
	else if (is_first)
		snprintf(out, LIST_SLUG_MAX + 1, "%s", base);
	else
		snprintf(out, LIST_SLUG_MAX + 1, "%s-%s", base, hash);
}

bool
list_name_split(
    const char *slug, char base[static TEXT_SLUG_MAX + 1], char hash[static LIST_HASH_LEN + 1])
{
	size_t len = strlen(slug);

	if (len < LIST_HASH_LEN || len > LIST_SLUG_MAX)
		return false;
	const char *digits = slug + len - LIST_HASH_LEN;
	if (strspn(digits, "0123456789abcdef") != LIST_HASH_LEN)
		return false;
	if (digits != slug && (digits == slug + 1 || digits[-1] != '-'))
		return false;
	size_t base_len = digits == slug ? 0 : (size_t)(digits - slug) - 1;
	memcpy(base, slug, base_len);
	base[base_len] = '\0';
	memcpy(hash, digits, LIST_HASH_LEN + 1);
	return true;
}
