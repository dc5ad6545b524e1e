/* PNG and APNG: https://www.w3.org/TR/png-3/ */
#include <string.h>

#include "picture/walk.h"

#define SIGNATURE_BYTES 8
#define CHUNK_BYTES     12 /* length, type and CRC */

/* What goes through, and how long it can be; 0: as long as it likes. */
static const struct {
	char type[5];
	uint32_t most;
} allowed[] = {
    {"IHDR", 13},
    {"PLTE", 768},
    {"IDAT", 0},
    {"tRNS", 256},
    {"cHRM", 32},
    {"gAMA", 4},
    {"iCCP", 0},
    {"sBIT", 4},
    {"sRGB", 1},
    {"cICP", 4},
    {"mDCV", 24},
    {"mDCv", 24},
    {"cLLI", 8},
    {"cLLi", 8},
    {"bKGD", 6},
    {"hIST", 512},
    {"pHYs", 9},
    {"acTL", 8},
    {"fcTL", 26},
    {"fdAT", 0},
};

static const uint8_t end_chunk[] = {0, 0, 0, 0, 'I', 'E', 'N', 'D', 0xAE, 0x42, 0x60, 0x82};

struct chunk {
	const uint8_t *start; /* its length */
	const uint8_t *type;
	const uint8_t *data;
	uint32_t size; /* of data */
};

static bool
is_type(const struct chunk *chunk, const char *type)
{
	return memcmp(chunk->type, type, 4) == 0;
}

static bool
is_allowed(const struct chunk *chunk)
{
	for (size_t i = 0; i < sizeof(allowed) / sizeof(*allowed); i++)
		if (is_type(chunk, allowed[i].type))
			return allowed[i].most == 0 || chunk->size <= allowed[i].most;
	return false;
}

static bool
read_chunk(const struct walk *walk, size_t at, struct chunk *out)
{
	size_t left = walk->size - at;

	if (left < CHUNK_BYTES)
		return error_set(
		    walk->err, "byte %zu: it breaks off, another chunk was expected", walk->size);
	uint32_t size = walk_be32(walk->data + at);
	if (size > left - CHUNK_BYTES)
		return error_set(walk->err, "byte %zu: a chunk of %lu bytes, %zu are left", at,
		    (unsigned long)size, left - CHUNK_BYTES);
	*out = (struct chunk){walk->data + at, walk->data + at + 4, walk->data + at + 8, size};
	return true;
}

/* CRC-32 of ISO 3309, as Annex D of the specification has it. */
static uint32_t
crc_of(const uint8_t *data, size_t size)
{
	uint32_t crc = 0xFFFFFFFF;

	for (size_t i = 0; i < size; i++) {
		crc ^= data[i];
		for (int bit = 0; bit < 8; bit++)
			crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320 : crc >> 1;
	}
	return ~crc;
}

static void
take_exif(struct walk *walk, const struct chunk *chunk)
{
	uint8_t made[CHUNK_BYTES + EXIF_MINIMAL] = {0, 0, 0, EXIF_MINIMAL, 'e', 'X', 'I', 'f'};

	if (!exif_reduce(walk, chunk->data, chunk->size, made + 8))
		return;
	uint32_t crc = crc_of(made + 4, 4 + EXIF_MINIMAL);
	for (int i = 0; i < 4; i++)
		made[8 + EXIF_MINIMAL + i] = (uint8_t)(crc >> (24 - 8 * i));
	buffer_append(walk->out, made, sizeof(made));
}

static void
note_text(struct walk *walk, const struct chunk *chunk)
{
	static const char xmp[] = "XML:com.adobe.xmp", raw[] = "Raw profile type ";

	walk->found |= PICTURE_COMMENT;
	if (chunk->size >= sizeof(xmp) && memcmp(chunk->data, xmp, sizeof(xmp)) == 0)
		xmp_note(walk, chunk->data, chunk->size);
	else if (chunk->size >= sizeof(raw) && memcmp(chunk->data, raw, sizeof(raw) - 1) == 0)
		walk->found |= PICTURE_CAMERA | PICTURE_NOTES; /* Exif, IPTC or XMP in hex */
}

/* False if it is needed to show the picture, but has no place in it. */
static bool
take_chunk(struct walk *walk, const struct chunk *chunk)
{
	bool is_critical = (chunk->type[0] & 0x20) == 0;

	if (is_allowed(chunk)) {
		buffer_append(walk->out, chunk->start, CHUNK_BYTES + (size_t)chunk->size);
		return true;
	}
	if (is_critical)
		return error_set(walk->err, "byte %zu: a chunk that has no place here",
		    (size_t)(chunk->start - walk->data));
	if (is_type(chunk, "eXIf"))
		take_exif(walk, chunk);
	else if (is_type(chunk, "tEXt") || is_type(chunk, "zTXt") || is_type(chunk, "iTXt"))
		note_text(walk, chunk);
	else
		walk->found |= PICTURE_MORE;
	return true;
}

bool
png_walk(struct walk *walk)
{
	size_t at = SIGNATURE_BYTES;
	struct chunk chunk = {0};

	buffer_append(walk->out, walk->data, SIGNATURE_BYTES);
	for (;;) {
		if (!read_chunk(walk, at, &chunk))
			return false;
		if ((at == SIGNATURE_BYTES) != is_type(&chunk, "IHDR"))
			return error_set(
			    walk->err, "byte %zu: IHDR was expected first, and once", at);
		at += CHUNK_BYTES + (size_t)chunk.size;
		if (is_type(&chunk, "IEND"))
			break;
		if (!take_chunk(walk, &chunk))
			return false;
	}
	if (memcmp(chunk.start, end_chunk, sizeof(end_chunk)) != 0)
		walk->found |= PICTURE_MORE;
	buffer_append(walk->out, end_chunk, sizeof(end_chunk));
	if (at < walk->size)
		walk->found |= PICTURE_TAIL;
	return true;
}
