/*
 * walk - what the walkers of this room share. Each appends to out what of its kind goes through,
 * notes what does not in found, and returns false with the reason if it cannot get to the end.
 *
 *   picture.c  which kind it is, and the words for what was found
 *   exif.c     the one thing that is wanted of Exif: the orientation
 *   jpeg.c png.c webp.c gif.c avif.c
 */
#ifndef PICTURE_WALK_H
#define PICTURE_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"
#include "picture/picture.h"

struct walk {
	const uint8_t *data;
	size_t size;
	struct buffer *out;
	unsigned found;
	bool has_orientation; /* was written already: one is enough */
	struct error *err;
};

bool jpeg_walk(struct walk *walk);
bool png_walk(struct walk *walk);
bool webp_walk(struct walk *walk);
bool gif_walk(struct walk *walk);
bool avif_walk(struct walk *walk);

/* A TIFF structure that holds the orientation alone. */
#define EXIF_MINIMAL 26 /* bytes */

/* Looks through a TIFF structure (Exif without "Exif\0\0"), notes what is in it, and returns
 * whether out is to stand in its place: it does not if the picture is upright. */
bool exif_reduce(
    struct walk *walk, const uint8_t *tiff, size_t size, uint8_t out[static EXIF_MINIMAL]);

/* Notes an XMP packet. */
void xmp_note(struct walk *walk, const uint8_t *bytes, size_t size);

/* Numbers as they stand in files. */
static inline uint16_t
walk_be16(const uint8_t *at)
{
	return (uint16_t)(at[0] << 8 | at[1]);
}

static inline uint32_t
walk_be32(const uint8_t *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static inline uint32_t
walk_le32(const uint8_t *at)
{
	return (uint32_t)at[3] << 24 | (uint32_t)at[2] << 16 | (uint32_t)at[1] << 8 | at[0];
}

#endif
