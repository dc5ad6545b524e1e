#include "article/printing.h"

#include <stddef.h>
#include <string.h>

/* FNV-1a. */
#define HASH_START UINT64_C(0xcbf29ce484222325)
#define HASH_PRIME UINT64_C(0x100000001b3)

static uint64_t
add(uint64_t hash, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * HASH_PRIME;
	return hash;
}

uint64_t
printing_of(const struct article *article)
{
	const struct card *card = &article->card;
	const char *const parts[] = {card->date, card->title, card->authors, card->image,
	    card->image_alt, card->image_credit, article->dek, article->updated, article->tags,
	    article->corrections};
	uint64_t hash = HASH_START;

	/* The NUL goes in, too: it keeps one part from running into the next. */
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		hash = add(hash, parts[i], strlen(parts[i]) + 1);
	hash = add(hash, article->body, article->body_len);
	return hash == 0 ? 1 : hash;
}
