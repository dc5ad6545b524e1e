/*
 * darkroom - pictures made byte by byte, with a secret in whatever is no picture.
 */
#ifndef UNIT_DARKROOM_H
#define UNIT_DARKROOM_H

#include <stdlib.h>

#include "base/buffer.h"
#include "check.h"
#include "picture/picture.h"

#define SECRET "SECRET"

static inline void
put_bytes(struct buffer *b, const char *bytes, size_t len)
{
	buffer_append(b, bytes, len);
}
#define PUT(b, text) put_bytes(b, text, sizeof(text) - 1)

static inline void
put_be(struct buffer *b, size_t bytes, size_t number)
{
	while (bytes-- > 0)
		buffer_putc(b, (char)(number >> (8 * bytes)));
}

static inline void
put_le(struct buffer *b, size_t bytes, size_t number)
{
	for (; bytes > 0; bytes--, number >>= 8)
		buffer_putc(b, (char)number);
}

/* Appends what is in `inner` and empties it. */
static inline void
put_inner(struct buffer *b, struct buffer *inner)
{
	buffer_append(b, buffer_text(inner), inner->len);
	buffer_free(inner);
}

/* A TIFF with orientation, a GPS directory, a maker note and a thumbnail. */
static inline void
put_tiff(struct buffer *b, unsigned orientation)
{
	PUT(b, "II*\0\x08\0\0\0\x03\0");
	PUT(b, "\x12\x01\x03\0\x01\0\0\0");
	put_le(b, 4, orientation);
	PUT(b, "\x69\x87\x04\0\x01\0\0\0\x32\0\0\0");
	PUT(b, "\x25\x88\x04\0\x01\0\0\0\x32\0\0\0");
	PUT(b, "\x32\0\0\0" SECRET " 52.5 N 13.4 E " SECRET);
}

/* The TIFF that is left of it. */
static inline void
put_upright(struct buffer *b, unsigned orientation)
{
	PUT(b, "MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0");
	buffer_putc(b, (char)orientation);
	PUT(b, "\0\0\0\0\0\0");
}

/* --- JPEG --- */

static inline void
put_segment(struct buffer *b, int marker, const char *bytes, size_t len)
{
	buffer_putc(b, '\xff');
	buffer_putc(b, (char)marker);
	put_be(b, 2, 2 + len);
	put_bytes(b, bytes, len);
}
#define SEGMENT(b, marker, text) put_segment(b, marker, text, sizeof(text) - 1)

static inline void
put_segment_of(struct buffer *b, int marker, struct buffer *inner)
{
	put_segment(b, marker, buffer_text(inner), inner->len);
	buffer_free(inner);
}

static inline void
put_exif_segment(struct buffer *b, unsigned orientation, void (*make)(struct buffer *, unsigned))
{
	struct buffer inner = BUFFER_EMPTY;

	PUT(&inner, "Exif\0\0");
	make(&inner, orientation);
	put_segment_of(b, 0xE1, &inner);
}

static inline void
make_jpeg(struct buffer *b, bool is_dirty, unsigned orientation)
{
	PUT(b, "\xff\xd8");
	if (is_dirty)
		SEGMENT(b, 0xE0, "JFIF\0\x01\x02\x01\0\x48\0\x48\x01\x01" SECRET);
	else
		SEGMENT(b, 0xE0, "JFIF\0\x01\x02\x01\0\x48\0\x48\0\0");
	if (is_dirty)
		put_exif_segment(b, orientation, put_tiff);
	else if (orientation > 1)
		put_exif_segment(b, orientation, put_upright);
	if (is_dirty) {
		SEGMENT(b, 0xE1, "http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" SECRET);
		SEGMENT(b, 0xE2, "MPF\0" SECRET);
		SEGMENT(b, 0xED, "Photoshop 3.0\0" SECRET);
		SEGMENT(b, 0xE4, SECRET);
	}
	SEGMENT(b, 0xE2, "ICC_PROFILE\0\x01\x01profile");
	SEGMENT(b, 0xDB, "tables");
	if (is_dirty)
		SEGMENT(b, 0xFE, SECRET);
	SEGMENT(b, 0xEE, "Adobe\0\x64\0\0\0\0\x01");
	SEGMENT(b, 0xC2, "frame");
	SEGMENT(b, 0xDA, "scan");
	PUT(b, "ab\xff\0cd\xff\xd0\xff\xff\0ef");
	SEGMENT(b, 0xC4, "more");
	SEGMENT(b, 0xDA, "scan");
	PUT(b, "gh\xff\xd9");
	if (is_dirty)
		PUT(b, "\xff\xd8\xff\xe1" SECRET "\xff\xd9");
}

/* --- PNG --- */

static inline void
put_chunk(struct buffer *b, const char *type, const char *bytes, size_t len)
{
	put_be(b, 4, len);
	buffer_puts(b, type);
	put_bytes(b, bytes, len);
	PUT(b, "CRC!"); /* nobody looks at it but decoders */
}
#define CHUNK(b, type, text) put_chunk(b, type, text, sizeof(text) - 1)

static inline void
make_png(struct buffer *b, bool is_dirty, unsigned orientation)
{
	struct buffer inner = BUFFER_EMPTY;

	PUT(b, "\x89PNG\r\n\x1a\n");
	CHUNK(b, "IHDR", "\0\0\0\1\0\0\0\1\10\2\0\0\0");
	if (is_dirty) {
		put_tiff(&inner, orientation);
		put_chunk(b, "eXIf", buffer_text(&inner), inner.len);
		CHUNK(b, "tEXt", "Author\0" SECRET);
		CHUNK(b, "iTXt", "XML:com.adobe.xmp\0" SECRET);
		CHUNK(b, "tIME", SECRET);
		CHUNK(b, "caBX", SECRET);
	} else if (orientation == 6) {
		PUT(b, "\0\0\0\x1a"
		       "eXIf");
		put_upright(b, orientation);
		PUT(b, "\xd6\x67\x4b\x69");
	}
	buffer_free(&inner);
	CHUNK(b, "gAMA", "\0\0\xb1\x8f");
	CHUNK(b, "sRGB", "\0");
	CHUNK(b, "cICP", "\1\15\0\1");
	CHUNK(b, "acTL", "\0\0\0\2\0\0\0\0");
	CHUNK(b, "fcTL", "frame");
	CHUNK(b, "IDAT", "pixels");
	CHUNK(b, "fdAT", "more pixels");
	PUT(b, "\0\0\0\0IEND\xae\x42\x60\x82");
	if (is_dirty)
		PUT(b, SECRET);
}

/* --- GIF --- */

static inline void
make_gif(struct buffer *b, bool is_dirty, unsigned orientation)
{
	(void)orientation; /* a GIF has none */
	PUT(b, "GIF89a\1\0\1\0\x80\0\0RGBrgb");
	PUT(b, "\x21\xff\x0bNETSCAPE2.0\3\1\0\0\0");
	PUT(b, "\x21\xff\x0bICCRGBG1012\7profile\0");
	if (is_dirty) {
		PUT(b, "\x21\xfe\6" SECRET "\6" SECRET "\0");
		PUT(b, "\x21\xff\x0bXMP DataXMP\6" SECRET "\0");
		PUT(b, "\x21\xff\x0bMAKERNOTE10\6" SECRET "\0");
		PUT(b, "\x21\xf9\4\0\0\0\0\0\x21\1\6" SECRET "\0");
		PUT(b, "\x21\x77\6" SECRET "\0");
	}
	PUT(b, "\x21\xf9\4\0\5\0\0\0");
	PUT(b, "\x2c\0\0\0\0\1\0\1\0\0\2\2\x44\1\0");
	PUT(b, "\x21\xf9\4\0\5\0\0\0");
	PUT(b, "\x2c\0\0\0\0\1\0\1\0\x80RGBrgb\2\2\x4c\1\0;");
	if (is_dirty)
		PUT(b, SECRET);
}

/* --- WebP --- */

static inline void
put_riff(struct buffer *b, const char *type, const char *bytes, size_t len)
{
	buffer_puts(b, type);
	put_le(b, 4, len);
	put_bytes(b, bytes, len);
	if (len % 2 == 1)
		buffer_putc(b, '\0');
}
#define RIFF(b, type, text) put_riff(b, type, text, sizeof(text) - 1)

static inline void
put_riff_of(struct buffer *b, const char *type, struct buffer *inner)
{
	put_riff(b, type, buffer_text(inner), inner->len);
	buffer_free(inner);
}

static inline void
make_webp(struct buffer *b, bool is_dirty, unsigned orientation)
{
	struct buffer file = BUFFER_EMPTY, inner = BUFFER_EMPTY;

	PUT(&file, "WEBPVP8X\x0a\0\0\0");
	buffer_putc(&file, (char)(0x32 | (is_dirty ? 0x0c : orientation > 1 ? 0x08 : 0)));
	PUT(&file, "\0\0\0\0\0\0\0\0\0");
	RIFF(&file, "ICCP", "profile");
	RIFF(&file, "ANIM", "colour");
	PUT(&inner, "sixteen bytes of");
	if (is_dirty)
		RIFF(&inner, "XMP ", SECRET);
	RIFF(&inner, "ALPH", "alpha");
	RIFF(&inner, "VP8 ", "pixels");
	put_riff_of(&file, "ANMF", &inner);
	if (is_dirty) {
		PUT(&inner, "Exif\0\0");
		put_tiff(&inner, orientation);
		put_riff_of(&file, "EXIF", &inner);
		RIFF(&file, "XMP ", SECRET);
		RIFF(&file, "mkrN", SECRET);
	} else if (orientation > 1) {
		put_upright(&inner, orientation);
		put_riff_of(&file, "EXIF", &inner);
	}
	put_riff_of(b, "RIFF", &file);
	if (is_dirty)
		PUT(b, SECRET);
}

/* --- AVIF --- */

static inline void
put_box(struct buffer *b, const char *type, struct buffer *inner)
{
	put_be(b, 4, 8 + inner->len);
	buffer_puts(b, type);
	put_inner(b, inner);
}

static inline void
put_infe(struct buffer *b, unsigned id, const char *type)
{
	struct buffer box = BUFFER_EMPTY;

	PUT(&box, "\2\0\0\0");
	put_be(&box, 2, id);
	put_be(&box, 2, 0);
	buffer_puts(&box, type);
	PUT(&box, "\0");
	put_box(b, "infe", &box);
}

static inline void
put_location(struct buffer *b, unsigned id, size_t at, size_t len)
{
	put_be(b, 2, id);
	PUT(b, "\0\0\0\1");
	put_be(b, 4, at);
	put_be(b, 4, len);
}

static inline void
put_items(struct buffer *b)
{
	struct buffer box = BUFFER_EMPTY;

	PUT(&box, "\0\0\0\0\0\4");
	put_infe(&box, 1, "av01");
	put_infe(&box, 2, "Exif");
	put_infe(&box, 3, "mime");
	put_infe(&box, 4, "av01");
	put_box(b, "iinf", &box);
	PUT(&box, "\0\0\0\0\0\0\0\x0ethmb\0\4\0\1\0\1");
	put_box(b, "iref", &box);
}

#define AVIF_DATA 400 /* where the body of mdat begins */

static inline void
put_meta(struct buffer *b, bool is_dirty)
{
	struct buffer meta = BUFFER_EMPTY, box = BUFFER_EMPTY, row = BUFFER_EMPTY;

	PUT(&meta, "\0\0\0\0");
	PUT(&box, "\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0");
	put_box(&meta, "hdlr", &box);
	PUT(&box, "\0\0\0\0\x44\0\0\4");
	put_location(&box, 1, AVIF_DATA, 6);
	put_location(&box, 2, AVIF_DATA + 6, 6);
	put_location(&box, 3, AVIF_DATA + 12, 6);
	put_location(&box, 4, AVIF_DATA + 18, 6);
	put_box(&meta, "iloc", &box);
	put_items(&meta);
	PUT(&row, "\0\0\0\x09irot\1");
	if (is_dirty)
		PUT(&row, "\0\0\0\x0eudes" SECRET);
	else
		PUT(&row, "\0\0\0\x0e"
			  "free\0\0\0\0\0\0");
	put_box(&box, "ipco", &row);
	put_box(&meta, "iprp", &box);
	put_box(b, "meta", &meta);
}

static inline void
make_avif(struct buffer *b, bool is_dirty, unsigned orientation)
{
	struct buffer box = BUFFER_EMPTY;

	(void)orientation; /* irot has it */
	PUT(b, "\0\0\0\x14"
	       "ftypavif\0\0\0\0mif1");
	put_meta(b, is_dirty);
	put_bytes(&box, is_dirty ? SECRET SECRET : "\0\0\0\0\0\0\0\0\0\0\0\0", 12);
	put_box(b, is_dirty ? "uuid" : "free", &box);
	size_t gap = AVIF_DATA - 8 - b->len;
	assert_in_range(gap, 8, AVIF_DATA);
	for (size_t i = 8; i < gap; i++)
		buffer_putc(&box, '\0');
	put_box(b, "free", &box);
	put_bytes(&box,
	    is_dirty ? "pixels" SECRET SECRET SECRET : "pixels\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
	    24);
	put_box(b, "mdat", &box);
	if (is_dirty)
		PUT(b, "\0\0\0\x14"
		       "ftypmp42\0\0\0\0isom" SECRET);
}

/* Every kind, and what is in its dirty one. */
static const struct sort {
	const char *label;
	void (*make)(struct buffer *b, bool is_dirty, unsigned orientation);
	unsigned found;
} sorts[] = {
    {"JPEG", make_jpeg,
	PICTURE_PLACE | PICTURE_CAMERA | PICTURE_NOTES | PICTURE_COMMENT | PICTURE_PREVIEW |
	    PICTURE_TAIL | PICTURE_MORE},
    {"PNG", make_png,
	PICTURE_PLACE | PICTURE_CAMERA | PICTURE_NOTES | PICTURE_COMMENT | PICTURE_PREVIEW |
	    PICTURE_TAIL | PICTURE_MORE},
    {"GIF", make_gif, PICTURE_NOTES | PICTURE_COMMENT | PICTURE_TAIL | PICTURE_MORE},
    {"WebP", make_webp,
	PICTURE_PLACE | PICTURE_CAMERA | PICTURE_NOTES | PICTURE_PREVIEW | PICTURE_TAIL |
	    PICTURE_MORE},
    {"AVIF", make_avif,
	PICTURE_CAMERA | PICTURE_NOTES | PICTURE_PREVIEW | PICTURE_TAIL | PICTURE_MORE},
};

#endif
