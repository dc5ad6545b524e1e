/* GIF87a and GIF89a, with the loop of animations (NETSCAPE2.0) and colour profiles. */
#include <string.h>

#include "picture/walk.h"

#define HEAD_BYTES       13 /* signature and logical screen */
#define DESCRIPTOR_BYTES 10 /* of an image, its introducer included */
#define NAME_BYTES       11 /* of an application */
#define LOOP_BYTES       32 /* more is no loop count */

enum introducer { EXTENSION = 0x21, IMAGE = 0x2C, TRAILER = 0x3B };
enum label { PLAIN_TEXT = 0x01, GRAPHIC_CONTROL = 0xF9, COMMENT = 0xFE, APPLICATION = 0xFF };

struct gif {
	struct walk *walk;
	size_t at;
	/* Where in out the control for the next picture or text begins: it goes with that. */
	size_t control_at;
	bool has_control;
};

/* Whether so many bytes are left. */
static bool
has(const struct gif *gif, size_t wanted)
{
	const struct walk *walk = gif->walk;

	return wanted <= walk->size - gif->at ||
	       error_set(walk->err, "byte %zu: it breaks off, %zu more bytes were expected",
		   walk->size, wanted - (walk->size - gif->at));
}

static size_t
table_bytes(uint8_t flags)
{
	return (flags & 0x80) == 0 ? 0 : (size_t)3 << ((flags & 7) + 1);
}

/* Moves behind sub-blocks and the empty one that ends them. */
static bool
skip_blocks(struct gif *gif)
{
	for (;;) {
		if (!has(gif, 1))
			return false;
		size_t size = gif->walk->data[gif->at];
		if (!has(gif, 1 + size))
			return false;
		gif->at += 1 + size;
		if (size == 0)
			return true;
	}
}

static bool
take_image(struct gif *gif)
{
	const struct walk *walk = gif->walk;
	size_t first = gif->at;

	if (!has(gif, DESCRIPTOR_BYTES))
		return false;
	size_t head = DESCRIPTOR_BYTES + table_bytes(walk->data[gif->at + 9]) + 1;
	if (!has(gif, head)) /* the 1: how wide the codes are */
		return false;
	gif->at += head;
	if (!skip_blocks(gif))
		return false;
	buffer_append(walk->out, walk->data + first, gif->at - first);
	gif->has_control = false;
	return true;
}

/* data: the block of the application's name, its length first; size: of all its blocks. */
static bool
is_wanted(const uint8_t *data, size_t size)
{
	if (size <= NAME_BYTES + 1 || data[0] != NAME_BYTES)
		return false;
	if (memcmp(data + 1, "NETSCAPE2.0", NAME_BYTES) == 0 ||
	    memcmp(data + 1, "ANIMEXTS1.0", NAME_BYTES) == 0)
		return size <= LOOP_BYTES;
	return memcmp(data + 1, "ICCRGBG1012", NAME_BYTES) == 0;
}

static void
take_application(struct gif *gif, size_t first)
{
	struct walk *walk = gif->walk;
	const uint8_t *blocks = walk->data + first + 2;
	size_t size = gif->at - first - 2;

	if (is_wanted(blocks, size))
		buffer_append(walk->out, walk->data + first, gif->at - first);
	else if (size > NAME_BYTES && memcmp(blocks + 1, "XMP Data", 8) == 0)
		xmp_note(walk, blocks, size);
	else
		walk->found |= PICTURE_MORE;
}

static bool
take_extension(struct gif *gif)
{
	struct walk *walk = gif->walk;
	size_t first = gif->at;

	if (!has(gif, 2))
		return false;
	uint8_t label = walk->data[gif->at + 1];
	gif->at += 2;
	if (!skip_blocks(gif))
		return false;
	if (label == GRAPHIC_CONTROL && gif->at - first == 8) {
		gif->has_control = true;
		gif->control_at = walk->out->len;
		buffer_append(walk->out, walk->data + first, gif->at - first);
	} else if (label == APPLICATION) {
		take_application(gif, first);
	} else {
		walk->found |=
		    label == COMMENT || label == PLAIN_TEXT ? PICTURE_COMMENT : PICTURE_MORE;
		if (label == PLAIN_TEXT && gif->has_control)
			buffer_truncate(walk->out, gif->control_at);
		gif->has_control &= label != PLAIN_TEXT;
	}
	return true;
}

static bool
take_head(struct gif *gif)
{
	const struct walk *walk = gif->walk;

	if (!has(gif, HEAD_BYTES) || !has(gif, HEAD_BYTES + table_bytes(walk->data[10])))
		return false;
	gif->at = HEAD_BYTES + table_bytes(walk->data[10]);
	buffer_append(walk->out, walk->data, gif->at);
	return true;
}

bool
gif_walk(struct walk *walk)
{
	struct gif gif = {.walk = walk};

	if (!take_head(&gif))
		return false;
	for (;;) {
		if (!has(&gif, 1))
			return false;
		switch (walk->data[gif.at]) {
		case EXTENSION:
			if (!take_extension(&gif))
				return false;
			break;
		case IMAGE:
			if (!take_image(&gif))
				return false;
			break;
		case TRAILER:
			buffer_append(walk->out, ";", 1);
			if (gif.at + 1 < walk->size)
				walk->found |= PICTURE_TAIL;
			return true;
		case 0: /* some programs end a picture twice */
			walk->found |= PICTURE_MORE;
			gif.at++;
			break;
		default:
			return error_set(walk->err,
			    "byte %zu: a block (%02X) that has no place here", gif.at,
			    walk->data[gif.at]);
		}
	}
}
