/*
 * picture - takes out of a picture what its readers need not know: where and when and with what it
 * was taken, by whom, previews that may show more than the picture, and whatever lies behind its
 * end. What is seen stays bit for bit: pixels, animation, colour profile, orientation. Pure.
 *
 * Each kind is walked along its segments, chunks or boxes, and only what is on a list of what a
 * picture needs goes through. Our own code, since a library for metadata removes what it knows,
 * leaves what it does not (previews behind the end, blocks of makers), writes no AVIF, and reads
 * hostile structures deeply in the one process that may write.
 */
#ifndef PICTURE_PICTURE_H
#define PICTURE_PICTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"
#include "base/error.h"

/* A picture larger than this is not cleaned, but counts as one that cannot be. */
#define PICTURE_MAX ((size_t)64 * 1024 * 1024)
/* As many bytes of its beginning tell what kind it is. */
#define PICTURE_SAMPLE 64
/* By so many bytes a cleaned picture may be longer than it was: the orientation written anew. */
#define PICTURE_GROWTH 64

enum picture_verdict {
	PICTURE_CLEAN,   /* there is nothing in it to be taken out */
	PICTURE_CLEANED, /* out has it without */
	PICTURE_BROKEN,  /* cannot be walked to its end: err says where and why */
	PICTURE_SEALED,  /* of a kind that carries such things, and is not walked here: err names
			  * it (TIFF, most raw files, HEIC, JPEG 2000, JPEG XL, Photoshop) */
	PICTURE_OTHER,   /* none of these kinds: nothing is said of it */
	PICTURE_NO_MEMORY,
};

/* What was found in a picture, as bits. */
enum picture_found {
	PICTURE_PLACE = 1,    /* GPS */
	PICTURE_CAMERA = 2,   /* Exif: camera, serial numbers, time, maker notes */
	PICTURE_NOTES = 4,    /* XMP, IPTC and the like: titles, names, the way of its editing */
	PICTURE_COMMENT = 8,  /* comments and text chunks */
	PICTURE_PREVIEW = 16, /* smaller copies of it, or of what it was before */
	PICTURE_TAIL = 32,    /* bytes behind its end */
	PICTURE_MORE = 64,    /* what is not on the list of what a picture needs */
};

/* Whether the first bytes of a file (PICTURE_SAMPLE, or all if there are less) are those of a kind
 * that is anything but PICTURE_OTHER. */
bool picture_is_one(const uint8_t *data, size_t size);

/* Looks through a whole picture. Only with PICTURE_CLEANED anything is appended to out;
 * *out_found (bits of enum picture_found) is set with CLEAN (none), CLEANED and BROKEN (so far).
 * A picture that was cleaned is PICTURE_CLEAN. Never reads behind data[0..size). */
enum picture_verdict picture_clean(
    const uint8_t *data, size_t size, struct buffer *out, unsigned *out_found, struct error *err);

/* Appends what was found in plain words: "the place, the camera and a preview". Nothing for 0. */
void picture_put_words(struct buffer *out, unsigned found);

#endif
