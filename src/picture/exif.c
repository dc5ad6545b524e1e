#include <string.h>

#include "picture/walk.h"

#define TAG_ORIENTATION 0x0112
#define TAG_GPS         0x8825
#define TYPE_SHORT      3
#define ENTRY_BYTES     12

static const uint8_t minimal[EXIF_MINIMAL] = {
    'M', 'M', 0, 42, 0, 0, 0, 8,           /* big-endian; the first directory follows */
    0, 1,                                  /* of one entry */
    0x01, 0x12, 0, TYPE_SHORT, 0, 0, 0, 1, /* the orientation, one number */
    0, 0, 0, 0,                            /* which is put at ORIENTATION_AT */
    0, 0, 0, 0                             /* and no further directory */
};
#define ORIENTATION_AT 19

struct tiff {
	const uint8_t *data;
	size_t size;
	bool is_little;
};

static uint16_t
read16(const struct tiff *tiff, const uint8_t *at)
{
	const uint8_t swapped[] = {at[1], at[0]};

	return walk_be16(tiff->is_little ? swapped : at);
}

static uint32_t
read32(const struct tiff *tiff, const uint8_t *at)
{
	return tiff->is_little ? walk_le32(at) : walk_be32(at);
}

static bool
open_tiff(const uint8_t *data, size_t size, struct tiff *out)
{
	*out = (struct tiff){data, size, size > 0 && data[0] == 'I'};
	return size >= 8 && (memcmp(data, "II*\0", 4) == 0 || memcmp(data, "MM\0*", 4) == 0);
}

/* Returns the orientation, 1 if there is none that can be read. What is cut off says nothing. */
static unsigned
look_through(struct walk *walk, const struct tiff *tiff)
{
	size_t at = read32(tiff, tiff->data + 4);
	unsigned orientation = 1;

	if (at > tiff->size || tiff->size - at < 2)
		return orientation;
	size_t count = read16(tiff, tiff->data + at);
	at += 2;
	for (; count > 0 && tiff->size - at >= ENTRY_BYTES; count--, at += ENTRY_BYTES) {
		const uint8_t *entry = tiff->data + at;
		uint16_t tag = read16(tiff, entry);

		if (tag == TAG_GPS)
			walk->found |= PICTURE_PLACE;
		if (tag == TAG_ORIENTATION && read16(tiff, entry + 2) == TYPE_SHORT)
			orientation = read16(tiff, entry + 8);
	}
	if (count == 0 && tiff->size - at >= 4 && read32(tiff, tiff->data + at) != 0)
		walk->found |= PICTURE_PREVIEW; /* the second directory is that of a thumbnail */
	return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

bool
exif_reduce(struct walk *walk, const uint8_t *data, size_t size, uint8_t out[static EXIF_MINIMAL])
{
	struct tiff tiff;
	unsigned orientation = open_tiff(data, size, &tiff) ? look_through(walk, &tiff) : 1;
	bool is_wanted = orientation != 1 && !walk->has_orientation;

	memcpy(out, minimal, sizeof(minimal));
	out[ORIENTATION_AT] = (uint8_t)orientation;
	walk->has_orientation |= is_wanted;
	if (!is_wanted || size != sizeof(minimal) || memcmp(data, out, size) != 0)
		walk->found |= PICTURE_CAMERA;
	return is_wanted;
}

void
xmp_note(struct walk *walk, const uint8_t *bytes, size_t size)
{
	walk->found |= PICTURE_NOTES;
	if (memmem(bytes, size, "GPSL", 4) != NULL) /* GPSLatitude, GPSLongitude */
		walk->found |= PICTURE_PLACE;
	if (memmem(bytes, size, "xmpGImg:image", 13) != NULL)
		walk->found |= PICTURE_PREVIEW;
}
