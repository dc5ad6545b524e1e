/* WebP: https://developers.google.com/speed/webp/docs/riff_container */
#include <string.h>

#include "picture/walk.h"

#define RIFF_BYTES  12
#define CHUNK_BYTES 8
#define FRAME_BYTES 16 /* of ANMF before its chunks */
#define VP8X_BYTES  10
#define FLAG_EXIF   0x08
#define FLAG_XMP    0x04

struct chunk {
	const uint8_t *type;
	const uint8_t *data;
	uint32_t size;
};

/* A row of chunks: those of the file, or of a frame. */
struct row {
	size_t at, end;
};

static bool
is_type(const struct chunk *chunk, const char *type)
{
	return memcmp(chunk->type, type, 4) == 0;
}

static bool
read_chunk(const struct walk *walk, struct row *row, struct chunk *out)
{
	size_t left = row->end - row->at;

	if (left < CHUNK_BYTES)
		return error_set(walk->err, "byte %zu: another chunk was expected", row->at);
	const uint8_t *start = walk->data + row->at;
	uint32_t size = walk_le32(start + 4);
	if (size > left - CHUNK_BYTES)
		return error_set(walk->err, "byte %zu: a chunk of %lu bytes, %zu are left", row->at,
		    (unsigned long)size, left - CHUNK_BYTES);
	*out = (struct chunk){start, start + CHUNK_BYTES, size};
	row->at += CHUNK_BYTES + (size_t)size;
	if (size % 2 == 1 && row->at < row->end)
		row->at++; /* the byte that makes it even */
	return true;
}

static void
write_le32(char *at, size_t number)
{
	for (int i = 0; i < 4; i++)
		at[i] = (char)(number >> (8 * i));
}

/* Begins a chunk, whose size is filled in when it ends. Returns where it begins. */
static size_t
begin_chunk(struct walk *walk, const void *type)
{
	size_t at = walk->out->len;

	buffer_append(walk->out, type, 4);
	buffer_append(walk->out, "\0\0\0", 4);
	return at;
}

static void
end_chunk(struct walk *walk, size_t at)
{
	if (walk->out->failed)
		return;
	size_t size = walk->out->len - at - CHUNK_BYTES;
	write_le32(walk->out->data + at + 4, size);
	if (size % 2 == 1)
		buffer_append(walk->out, "", 1);
}

static void
put_chunk(struct walk *walk, const void *type, const void *data, size_t size)
{
	size_t at = begin_chunk(walk, type);

	buffer_append(walk->out, data, size);
	end_chunk(walk, at);
}

/* The picture of a frame: nothing but what is to be decoded. */
static bool
take_frame(struct walk *walk, const struct chunk *frame)
{
	size_t first = (size_t)(frame->data - walk->data);
	struct row row = {first + FRAME_BYTES, first + frame->size};
	struct chunk chunk = {0};

	if (frame->size < FRAME_BYTES)
		return error_set(walk->err, "byte %zu: a frame of %lu bytes, %d are the least",
		    first, (unsigned long)frame->size, FRAME_BYTES);
	size_t at = begin_chunk(walk, frame->type);
	buffer_append(walk->out, frame->data, FRAME_BYTES);
	while (row.at < row.end) {
		if (!read_chunk(walk, &row, &chunk))
			return false;
		if (is_type(&chunk, "ALPH") || is_type(&chunk, "VP8 ") || is_type(&chunk, "VP8L"))
			put_chunk(walk, chunk.type, chunk.data, chunk.size);
		else
			walk->found |= PICTURE_MORE;
	}
	end_chunk(walk, at);
	return true;
}

static void
take_exif(struct walk *walk, const struct chunk *chunk)
{
	uint8_t reduced[EXIF_MINIMAL];
	bool has_name = chunk->size >= 6 && memcmp(chunk->data, "Exif\0", 6) == 0;
	size_t skip = has_name ? 6 : 0;

	if (exif_reduce(walk, chunk->data + skip, chunk->size - skip, reduced))
		put_chunk(walk, chunk->type, reduced, sizeof(reduced));
}

static bool
take_chunk(struct walk *walk, const struct chunk *chunk)
{
	if (is_type(chunk, "ANMF"))
		return take_frame(walk, chunk);
	if (is_type(chunk, "VP8 ") || is_type(chunk, "VP8L") || is_type(chunk, "ALPH") ||
	    is_type(chunk, "ICCP") || (is_type(chunk, "ANIM") && chunk->size == 6))
		put_chunk(walk, chunk->type, chunk->data, chunk->size);
	else if (is_type(chunk, "EXIF"))
		take_exif(walk, chunk);
	else if (is_type(chunk, "XMP "))
		xmp_note(walk, chunk->data, chunk->size);
	else
		walk->found |= PICTURE_MORE;
	return true;
}

/* The head of an extended file, which says what is in it. Returns where its flags are, 0 without
 * one. */
static size_t
take_head(struct walk *walk, struct row *row)
{
	struct row ahead = *row;
	struct chunk chunk = {0};

	if (!read_chunk(walk, &ahead, &chunk) || !is_type(&chunk, "VP8X") ||
	    chunk.size < VP8X_BYTES)
		return 0;
	*row = ahead;
	put_chunk(walk, chunk.type, chunk.data, VP8X_BYTES);
	return walk->out->len - VP8X_BYTES;
}

bool
webp_walk(struct walk *walk)
{
	uint32_t told = walk_le32(walk->data + 4);
	struct row row = {RIFF_BYTES, 0};
	struct chunk chunk = {0};

	if (told < 4 || told > walk->size - 8)
		return error_set(walk->err, "byte 4: a file of %lu bytes, it has %zu",
		    (unsigned long)told + 8, walk->size);
	row.end = 8 + (size_t)told;
	buffer_append(walk->out, walk->data, RIFF_BYTES);
	size_t flags_at = take_head(walk, &row);
	while (row.at < row.end)
		if (!read_chunk(walk, &row, &chunk) || !take_chunk(walk, &chunk))
			return false;
	if (walk->out->failed)
		return true;
	char *out = walk->out->data;
	write_le32(out + 4, walk->out->len - 8);
	if (flags_at != 0)
		out[flags_at] = (char)((out[flags_at] & ~(FLAG_EXIF | FLAG_XMP)) |
				       (walk->has_orientation ? FLAG_EXIF : 0));
	size_t end = row.end + (told % 2);
	if (end < walk->size)
		walk->found |= PICTURE_TAIL;
	return true;
}
