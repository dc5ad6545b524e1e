/* JPEG: ITU-T T.81 Annex B, JFIF 1.02, Exif, ICC.1 Annex B.4. */
#include <string.h>

#include "picture/walk.h"

#define JFIF_BYTES  14 /* of payload without a thumbnail */
#define ADOBE_BYTES 12

enum marker {
	SOF0 = 0xC0,
	JPG = 0xC8,
	SOF15 = 0xCF,
	RST0 = 0xD0,
	RST7 = 0xD7,
	SOI = 0xD8,
	EOI = 0xD9,
	SOS = 0xDA,
	DQT = 0xDB,
	EXP = 0xDF,
	APP0 = 0xE0,
	APP1 = 0xE1,
	APP2 = 0xE2,
	APP13 = 0xED,
	APP14 = 0xEE,
	APP15 = 0xEF,
	COM = 0xFE,
	TEM = 0x01,
};

struct jpeg {
	struct walk *walk;
	size_t at;
	bool has_jfif, has_adobe, has_frame, has_scan;
};

/* A segment's payload, without marker and length. */
struct segment {
	uint8_t marker;
	const uint8_t *data;
	size_t size;
};

static bool
starts(const struct segment *segment, const char *word, size_t len)
{
	return segment->size >= len && memcmp(segment->data, word, len) == 0;
}
#define STARTS(segment, word) starts(segment, word, sizeof(word) - 1)

static void
put_segment(struct jpeg *jpeg, uint8_t marker, const void *head, size_t head_size, const void *data,
    size_t size)
{
	struct buffer *out = jpeg->walk->out;
	size_t length = 2 + head_size + size;
	const uint8_t start[] = {0xFF, marker, (uint8_t)(length >> 8), (uint8_t)length};

	buffer_append(out, start, sizeof(start));
	buffer_append(out, head, head_size);
	buffer_append(out, data, size);
}

/* Finds the next marker; what lies before it is no part of a picture, but may be there. */
static bool
next_marker(struct jpeg *jpeg, uint8_t *out)
{
	const struct walk *walk = jpeg->walk;
	size_t first = jpeg->at, at = jpeg->at;

	for (; at + 1 < walk->size; at++) {
		if (walk->data[at] != 0xFF || walk->data[at + 1] == 0xFF || walk->data[at + 1] == 0)
			continue;
		if (at > first)
			jpeg->walk->found |= PICTURE_MORE;
		jpeg->at = at + 2;
		*out = walk->data[at + 1];
		return true;
	}
	return error_set(
	    walk->err, "byte %zu: it breaks off, the end of the picture was expected", walk->size);
}

static bool
read_segment(struct jpeg *jpeg, uint8_t marker, struct segment *out)
{
	const struct walk *walk = jpeg->walk;
	size_t left = walk->size - jpeg->at;
	size_t length = left < 2 ? 0 : walk_be16(walk->data + jpeg->at);

	if (length < 2 || length > left)
		return error_set(walk->err, "byte %zu: a segment (%02X) of %zu bytes, %zu are left",
		    jpeg->at, marker, length, left);
	*out = (struct segment){marker, walk->data + jpeg->at + 2, length - 2};
	jpeg->at += length;
	return true;
}

/* Copies what was compressed, up to the next marker that is no part of it. */
static void
copy_scan(struct jpeg *jpeg)
{
	const struct walk *walk = jpeg->walk;
	size_t first = jpeg->at, at = jpeg->at;

	while (at < walk->size) {
		const uint8_t *mark = memchr(walk->data + at, 0xFF, walk->size - at);
		if (mark == NULL) {
			at = walk->size;
			break;
		}
		at = (size_t)(mark - walk->data);
		if (at + 1 == walk->size)
			break;
		uint8_t next = mark[1];
		if (next != 0 && next != 0xFF && (next < RST0 || next > RST7))
			break;
		at += next == 0xFF ? 1 : 2;
	}
	buffer_append(walk->out, walk->data + first, at - first);
	jpeg->at = at;
}

static void
take_jfif(struct jpeg *jpeg, const struct segment *segment)
{
	uint8_t head[JFIF_BYTES];

	if (jpeg->has_jfif || segment->size < JFIF_BYTES) {
		jpeg->walk->found |= PICTURE_MORE;
		return;
	}
	jpeg->has_jfif = true;
	memcpy(head, segment->data, JFIF_BYTES);
	if (segment->size > JFIF_BYTES)
		jpeg->walk->found |= PICTURE_PREVIEW;
	head[12] = head[13] = 0; /* width and height of the thumbnail */
	put_segment(jpeg, APP0, head, sizeof(head), NULL, 0);
}

static void
take_exif(struct jpeg *jpeg, const struct segment *segment)
{
	uint8_t reduced[EXIF_MINIMAL];
	bool is_closed = segment->size >= 6 && segment->data[5] == 0;

	if (exif_reduce(jpeg->walk, segment->data + 6, segment->size - 6, reduced)) {
		if (!is_closed)
			jpeg->walk->found |= PICTURE_CAMERA;
		put_segment(jpeg, APP1, "Exif\0", 6, reduced, sizeof(reduced));
	}
}

/* APP0 to APP15 and comments: nothing is let through that has no place here. */
static void
take_application(struct jpeg *jpeg, const struct segment *segment)
{
	struct walk *walk = jpeg->walk;

	if (segment->marker == APP0 && STARTS(segment, "JFIF\0"))
		take_jfif(jpeg, segment);
	else if ((segment->marker == APP0 && STARTS(segment, "JFXX\0")) ||
		 (segment->marker == APP2 && STARTS(segment, "MPF\0")))
		walk->found |= PICTURE_PREVIEW;
	else if (segment->marker == APP1 && STARTS(segment, "Exif\0") && segment->size >= 6)
		take_exif(jpeg, segment);
	else if (segment->marker == APP1 && STARTS(segment, "http://ns.adobe.com/x"))
		xmp_note(walk, segment->data, segment->size);
	else if (segment->marker == APP2 && STARTS(segment, "ICC_PROFILE\0"))
		put_segment(jpeg, APP2, segment->data, segment->size, NULL, 0);
	else if (segment->marker == APP13)
		walk->found |= PICTURE_NOTES;
	else if (segment->marker == APP14 && STARTS(segment, "Adobe") && !jpeg->has_adobe &&
		 segment->size >= ADOBE_BYTES) {
		jpeg->has_adobe = true;
		if (segment->size > ADOBE_BYTES)
			walk->found |= PICTURE_MORE;
		put_segment(jpeg, APP14, segment->data, ADOBE_BYTES, NULL, 0);
	} else
		walk->found |= segment->marker == COM ? PICTURE_COMMENT : PICTURE_MORE;
}

/* What the decoder needs: frames, tables, scans. */
static bool
is_picture(uint8_t marker)
{
	return (marker >= SOF0 && marker <= SOF15 && marker != JPG) ||
	       (marker >= DQT && marker <= EXP) || marker == SOS;
}

static bool
is_frame(uint8_t marker)
{
	return marker >= SOF0 && marker <= SOF15 && marker != 0xC4 && marker != JPG &&
	       marker != 0xCC;
}

static bool
take_segment(struct jpeg *jpeg, uint8_t marker)
{
	struct walk *walk = jpeg->walk;
	struct segment segment = {0};
	bool is_application = (marker >= APP0 && marker <= APP15) || marker == COM;

	if (!is_application && !is_picture(marker))
		return error_set(walk->err, "byte %zu: a marker (%02X) that has no place here",
		    jpeg->at - 1, marker);
	if (!read_segment(jpeg, marker, &segment))
		return false;
	if (is_application) {
		take_application(jpeg, &segment);
		return true;
	}
	put_segment(jpeg, marker, segment.data, segment.size, NULL, 0);
	jpeg->has_frame |= is_frame(marker);
	if (marker == SOS) {
		jpeg->has_scan = true;
		copy_scan(jpeg);
	}
	return true;
}

/* A camera puts its large preview behind the end (MPF), others whole films. */
static void
note_tail(struct jpeg *jpeg)
{
	const struct walk *walk = jpeg->walk;
	size_t left = walk->size - jpeg->at;

	if (left == 0)
		return;
	jpeg->walk->found |= PICTURE_TAIL;
	if (memmem(walk->data + jpeg->at, left, "\xff\xd8\xff", 3) != NULL)
		jpeg->walk->found |= PICTURE_PREVIEW;
}

bool
jpeg_walk(struct walk *walk)
{
	struct jpeg jpeg = {.walk = walk, .at = 2};
	uint8_t marker = 0;

	buffer_append(walk->out, "\xff\xd8", 2);
	for (;;) {
		if (!next_marker(&jpeg, &marker))
			return false;
		if (marker == EOI)
			break;
		if (marker == TEM || (marker >= RST0 && marker <= RST7))
			walk->found |= PICTURE_MORE; /* means nothing here, and has no length */
		else if (!take_segment(&jpeg, marker))
			return false;
	}
	if (!jpeg.has_frame || !jpeg.has_scan)
		return error_set(walk->err, "byte %zu: its end, but no picture before", jpeg.at);
	buffer_append(walk->out, "\xff\xd9", 2);
	note_tail(&jpeg);
	return true;
}
