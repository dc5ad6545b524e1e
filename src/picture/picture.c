#include "picture/picture.h"

#include <string.h>

#include "picture/walk.h"

#define SNIFF_MIN 12 /* bytes: what is shorter has no room for anything */

enum kind { OTHER, SEALED, JPEG, PNG, GIF, WEBP, AVIF };

static bool (*const walkers[])(struct walk *) = {
    [JPEG] = jpeg_walk,
    [PNG] = png_walk,
    [GIF] = gif_walk,
    [WEBP] = webp_walk,
    [AVIF] = avif_walk,
};

/* The brands of ISO media files that are pictures, but not ours to walk. */
static const char *const sealed_brands[] = {"heic", "heix", "hevc", "hevx", "heim", "heis", "hevm",
    "hevs", "mif1", "msf1", "crx ", "jpeg", "j2ki"};

static const struct {
	const char *bytes;
	size_t len;
	const char *name;
} sealed[] = {
    {"II*\0", 4, "TIFF or a raw file"},
    {"MM\0*", 4, "TIFF or a raw file"},
    {"II+\0", 4, "TIFF"},
    {"MM\0+", 4, "TIFF"},
    {"IIRO", 4, "a raw file"},
    {"IIRS", 4, "a raw file"},
    {"MMOR", 4, "a raw file"},
    {"IIU\0", 4, "a raw file"},
    {"FUJIFILMCCD-RAW", 12, "a raw file"},
    {"FOVb", 4, "a raw file"},
    {"8BPS", 4, "Photoshop"},
    {"\0\0\0\x0cJXL ", 8, "JPEG XL"},
    {"\0\0\0\x0cjP  ", 8, "JPEG 2000"},
};

/* One of the brands an ISO media file is of: the major one first, then those it goes with. */
static const uint8_t *
brand(const uint8_t *data, size_t size, size_t number)
{
	size_t at = number == 0 ? 8 : 12 + 4 * number;

	return at + 4 <= size && at + 4 <= walk_be32(data) ? data + at : NULL;
}

static bool
has_brand(const uint8_t *data, size_t size, const char *wanted)
{
	const uint8_t *found;

	for (size_t i = 0; (found = brand(data, size, i)) != NULL; i++)
		if (memcmp(found, wanted, 4) == 0)
			return true;
	return false;
}

static enum kind
media_kind(const uint8_t *data, size_t size, const char **out_name)
{
	if (has_brand(data, size, "avif") || has_brand(data, size, "avis"))
		return AVIF;
	for (size_t i = 0; i < sizeof(sealed_brands) / sizeof(*sealed_brands); i++)
		if (has_brand(data, size, sealed_brands[i])) {
			*out_name = "HEIC or a raw file";
			return SEALED;
		}
	return OTHER;
}

/* Tells by the first PICTURE_SAMPLE bytes; *out_name is set for what is sealed. */
static enum kind
kind_of(const uint8_t *data, size_t size, const char **out_name)
{
	size = size < PICTURE_SAMPLE ? size : PICTURE_SAMPLE;
	if (size < SNIFF_MIN)
		return OTHER;
	if (memcmp(data, "\xff\xd8\xff", 3) == 0)
		return JPEG;
	if (memcmp(data, "\x89PNG\r\n\x1a\n", 8) == 0)
		return PNG;
	if (memcmp(data, "GIF87a", 6) == 0 || memcmp(data, "GIF89a", 6) == 0)
		return GIF;
	if (memcmp(data, "RIFF", 4) == 0 && memcmp(data + 8, "WEBP", 4) == 0)
		return WEBP;
	if (memcmp(data + 4, "ftyp", 4) == 0)
		return media_kind(data, size, out_name);
	for (size_t i = 0; i < sizeof(sealed) / sizeof(*sealed); i++)
		if (memcmp(data, sealed[i].bytes, sealed[i].len) == 0) {
			*out_name = sealed[i].name;
			return SEALED;
		}
	return OTHER;
}

bool
picture_is_one(const uint8_t *data, size_t size)
{
	const char *name;

	return kind_of(data, size, &name) != OTHER;
}

/* Walks it, and sees what came of it. out holds nothing else yet. */
static enum picture_verdict
walk(enum kind kind, struct walk *walk)
{
	struct buffer *out = walk->out;

	if (!walkers[kind](walk))
		return out->failed ? PICTURE_NO_MEMORY : PICTURE_BROKEN;
	if (out->failed)
		return PICTURE_NO_MEMORY;
	if (out->len == walk->size && memcmp(out->data, walk->data, walk->size) == 0) {
		walk->found = 0;
		return PICTURE_CLEAN;
	}
	if (walk->found == 0)
		walk->found = PICTURE_MORE;
	return PICTURE_CLEANED;
}

enum picture_verdict
picture_clean(
    const uint8_t *data, size_t size, struct buffer *out, unsigned *out_found, struct error *err)
{
	struct buffer made = BUFFER_EMPTY;
	struct walk w = {.data = data, .size = size, .out = &made, .err = err};
	const char *name = "";
	enum kind kind = kind_of(data, size, &name);

	*out_found = 0;
	if (kind == OTHER)
		return PICTURE_OTHER;
	if (kind == SEALED) {
		error_set(err, "%s, which is no kind that can be cleaned", name);
		return PICTURE_SEALED;
	}
	enum picture_verdict verdict = walk(kind, &w);
	*out_found = w.found;
	if (verdict == PICTURE_CLEANED && out->data == NULL) {
		*out = made; /* a large picture is not copied once more */
		return verdict;
	}
	if (verdict == PICTURE_CLEANED)
		buffer_append(out, made.data, made.len);
	buffer_free(&made);
	return verdict == PICTURE_CLEANED && out->failed ? PICTURE_NO_MEMORY : verdict;
}

void
picture_put_words(struct buffer *out, unsigned found)
{
	static const struct {
		unsigned bit;
		const char *word;
	} words[] = {
	    {PICTURE_PLACE, "the place"},
	    {PICTURE_CAMERA, "the camera"},
	    {PICTURE_NOTES, "notes of its makers"},
	    {PICTURE_COMMENT, "a comment"},
	    {PICTURE_PREVIEW, "a preview"},
	    {PICTURE_TAIL, "what followed its end"},
	    {PICTURE_MORE, "data that no reader needs"},
	};

	for (size_t i = 0, first = 1; i < sizeof(words) / sizeof(*words); i++) {
		if ((found & words[i].bit) == 0)
			continue;
		found &= ~words[i].bit;
		buffer_puts(out, first ? "" : found == 0 ? " and " : ", ");
		buffer_puts(out, words[i].word);
		first = 0;
	}
}
