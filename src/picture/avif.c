/*
 * AVIF: boxes of ISO/IEC 14496-12, items of 23008-12 (HEIF),
 * https://aomediacodec.github.io/av1-avif/
 *
 * Items are found by their offset in the file, so nothing may move: what goes is overwritten with
 * zeros where it lies. Only what follows the last box is cut off.
 */
#include <string.h>

#include "picture/walk.h"

#define BOX_BYTES 8
#define DEPTH_MAX 8
/* More no picture has: what is looked through for each item must not grow without end. */
#define ITEMS_MAX 1024
#define LIST_MAX  ((size_t)128 * 1024) /* bytes of iinf, of iref */
#define PARTS_MAX 65536                /* places where data of items lies */
#define MDATS_MAX 16
#define METAS_MAX 16 /* of tracks */

/* Boxes that go through, and what is below them. */
enum inside {
	LEAF,    /* as it is */
	BOXES,   /* other boxes */
	META,    /* items: version and flags, then boxes */
	TIMES,   /* a header with times of making, which go */
	HANDLER, /* says of what kind a track is */
};
static const struct known {
	char in[5], type[5];
	enum inside inside;
	uint8_t skip; /* bytes before the boxes */
} known[] = {
    {"file", "ftyp", LEAF, 0},
    {"file", "mdat", LEAF, 0},
    {"file", "meta", META, 4},
    {"file", "moov", BOXES, 0},
    {"meta", "hdlr", LEAF, 0},
    {"meta", "pitm", LEAF, 0},
    {"meta", "iloc", LEAF, 0},
    {"meta", "iinf", LEAF, 0},
    {"meta", "iref", LEAF, 0},
    {"meta", "idat", LEAF, 0},
    {"meta", "grpl", LEAF, 0},
    {"meta", "dinf", LEAF, 0},
    {"meta", "iprp", BOXES, 0},
    {"iprp", "ipma", LEAF, 0},
    {"iprp", "ipco", BOXES, 0},
    {"ipco", "ispe", LEAF, 0},
    {"ipco", "pixi", LEAF, 0},
    {"ipco", "av1C", LEAF, 0},
    {"ipco", "colr", LEAF, 0},
    {"ipco", "irot", LEAF, 0},
    {"ipco", "imir", LEAF, 0},
    {"ipco", "clap", LEAF, 0},
    {"ipco", "pasp", LEAF, 0},
    {"ipco", "auxC", LEAF, 0},
    {"ipco", "a1op", LEAF, 0},
    {"ipco", "a1lx", LEAF, 0},
    {"ipco", "lsel", LEAF, 0},
    {"ipco", "clli", LEAF, 0},
    {"ipco", "mdcv", LEAF, 0},
    {"ipco", "cclv", LEAF, 0},
    {"ipco", "amve", LEAF, 0},
    {"ipco", "rloc", LEAF, 0},
    {"moov", "mvhd", TIMES, 0},
    {"moov", "trak", BOXES, 0},
    {"trak", "tkhd", TIMES, 0},
    {"trak", "tref", LEAF, 0},
    {"trak", "edts", LEAF, 0},
    {"trak", "mdia", BOXES, 0},
    {"mdia", "mdhd", TIMES, 0},
    {"mdia", "hdlr", HANDLER, 0},
    {"mdia", "minf", BOXES, 0},
    {"minf", "vmhd", LEAF, 0},
    {"minf", "nmhd", LEAF, 0},
    {"minf", "hdlr", LEAF, 0},
    {"minf", "dinf", LEAF, 0},
    {"minf", "stbl", LEAF, 0},
};

struct box {
	size_t start, body, end;
	char type[5];
};

/* What the boxes about items say, wherever they stand. */
struct avif {
	struct walk *walk;
	size_t base; /* where in out the file begins */
	struct box iloc, iinf, iref, idat;
	struct box mdats[MDATS_MAX];
	size_t mdat_count;
	struct box metas[METAS_MAX]; /* of tracks: they go, and so does what they speak of */
	size_t meta_count;
	size_t blanked; /* bytes of items */
	bool has_meta, has_picture;
};

struct cursor {
	const struct walk *walk;
	size_t at, end;
	bool failed;
};

static uint64_t
take_number(struct cursor *c, size_t bytes)
{
	uint64_t number = 0;

	if (c->failed || bytes > c->end - c->at) {
		c->failed = true;
		return 0;
	}
	for (; bytes > 0; bytes--)
		number = number << 8 | c->walk->data[c->at++];
	return number;
}

static struct cursor
cursor_in(const struct walk *walk, const struct box *box)
{
	return (struct cursor){walk, box->body, box->end, false};
}

/* Overwrites bytes [at, end), and notes what they were unless they were blank already. */
static void
blank(struct avif *avif, size_t at, size_t end, unsigned what)
{
	struct buffer *out = avif->walk->out;

	if (out->failed)
		return;
	for (size_t i = at; i < end; i++) {
		if (out->data[avif->base + i] != 0)
			avif->walk->found |= what;
		out->data[avif->base + i] = 0;
	}
}

static bool
read_box(const struct walk *walk, size_t at, size_t end, struct box *out)
{
	size_t left = end - at, head = BOX_BYTES;

	if (left < BOX_BYTES)
		return error_set(walk->err, "byte %zu: a box was expected", at);
	uint64_t size = walk_be32(walk->data + at);
	if (size == 1 && left >= 16) {
		size = (uint64_t)walk_be32(walk->data + at + 8) << 32 |
		       walk_be32(walk->data + at + 12);
		head = 16;
	} else if (size == 0) {
		size = left;
	}
	if (size < head || size > left)
		return error_set(walk->err, "byte %zu: a box of %llu bytes, %zu are left", at,
		    (unsigned long long)size, left);
	*out = (struct box){at, at + head, at + (size_t)size, ""};
	memcpy(out->type, walk->data + at + 4, 4);
	return true;
}

static const struct known *
find_known(const char *in, const char *type)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcmp(known[i].in, in) == 0 && strcmp(known[i].type, type) == 0)
			return &known[i];
	return NULL;
}

/* A box with no place here stays as an empty one, so that nothing moves. */
static void
blank_box(struct avif *avif, const struct box *box)
{
	struct buffer *out = avif->walk->out;
	bool is_free = strcmp(box->type, "free") == 0 || strcmp(box->type, "skip") == 0;
	unsigned what = strcmp(box->type, "uuid") == 0 || strcmp(box->type, "udta") == 0 ||
				strcmp(box->type, "meta") == 0
			    ? PICTURE_NOTES
			    : PICTURE_MORE;

	if (!is_free && !out->failed) {
		avif->walk->found |= what;
		memcpy(out->data + avif->base + box->start + 4, "free", 4);
	}
	blank(avif, box->body, box->end, what);
}

/* Creation and modification, after version and flags. */
static bool
take_times(struct avif *avif, const struct box *box)
{
	struct cursor c = cursor_in(avif->walk, box);
	size_t wide = take_number(&c, 4) >> 24 == 0 ? 4 : 8;

	take_number(&c, wide);
	take_number(&c, wide);
	if (c.failed)
		return error_set(
		    avif->walk->err, "byte %zu: %s is too short", box->start, box->type);
	blank(avif, c.at - 2 * wide, c.at, PICTURE_CAMERA);
	return true;
}

/* A track of another kind than pictures could hold the places of a walk. */
static bool
take_handler(struct avif *avif, const struct box *box)
{
	const uint8_t *kind = avif->walk->data + box->body + 8;

	if (box->end - box->body >= 12 &&
	    (memcmp(kind, "pict", 4) == 0 || memcmp(kind, "auxv", 4) == 0 ||
		memcmp(kind, "vide", 4) == 0))
		return true;
	return error_set(
	    avif->walk->err, "byte %zu: a track that is not one of pictures", box->start);
}

/* Keeps in mind where the boxes are that tell of items. */
static bool
remember(struct avif *avif, const struct box *box)
{
	const struct {
		const char *type;
		struct box *place;
	} places[] = {{"iloc", &avif->iloc}, {"iinf", &avif->iinf}, {"iref", &avif->iref},
	    {"idat", &avif->idat}};

	if (strcmp(box->type, "mdat") == 0) {
		if (avif->mdat_count == MDATS_MAX)
			return error_set(
			    avif->walk->err, "byte %zu: more than %d mdat", box->start, MDATS_MAX);
		avif->mdats[avif->mdat_count++] = *box;
	}
	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		if (strcmp(box->type, places[i].type) != 0)
			continue;
		if (places[i].place->end != 0)
			return error_set(
			    avif->walk->err, "byte %zu: a second %s", box->start, box->type);
		*places[i].place = *box;
	}
	return true;
}

/* The items of a track have their data in an mdat that may still be to come. */
static bool
remember_meta(struct avif *avif, const struct box *box)
{
	if (avif->meta_count == METAS_MAX || box->end - box->body < 4)
		return error_set(
		    avif->walk->err, "byte %zu: a meta too many, or too short", box->start);
	avif->metas[avif->meta_count++] = *box;
	return true;
}

static bool take_boxes(struct avif *avif, const char *in, size_t at, size_t end, int depth);

static bool
take_box(struct avif *avif, const char *in, const struct box *box, int depth)
{
	const struct known *row = find_known(in, box->type);
	size_t skip = row == NULL ? 0 : row->skip;

	if (row == NULL && strcmp(box->type, "meta") == 0)
		return remember_meta(avif, box);
	if (row == NULL) {
		blank_box(avif, box);
		return true;
	}
	if (box->end - box->body < skip)
		return error_set(
		    avif->walk->err, "byte %zu: %s is too short", box->start, box->type);
	switch (row->inside) {
	case LEAF:
		return depth > 1 || remember(avif, box);
	case META:
		if (avif->has_meta)
			return error_set(avif->walk->err, "byte %zu: a second meta", box->start);
		avif->has_meta = avif->has_picture = true;
		/* fall through */
	case BOXES:
		avif->has_picture = true;
		return take_boxes(avif, row->type, box->body + skip, box->end, depth + 1);
	case TIMES:
		return take_times(avif, box);
	case HANDLER:
		return take_handler(avif, box);
	}
	return true;
}

static bool
take_boxes(struct avif *avif, const char *in, size_t at, size_t end, int depth)
{
	struct box box;

	if (depth > DEPTH_MAX)
		return error_set(
		    avif->walk->err, "byte %zu: boxes in boxes, %d deep", at, DEPTH_MAX);
	for (; at < end; at = box.end)
		if (!read_box(avif->walk, at, end, &box) || !take_box(avif, in, &box, depth))
			return false;
	return true;
}

/* What follows the boxes of a picture is cut off: noise, or a film with a beginning of its own. */
static bool
take_file(struct avif *avif)
{
	struct walk *walk = avif->walk;
	struct box box;
	size_t at = 0;

	while (at < walk->size) {
		bool is_box = read_box(walk, at, walk->size, &box);

		if (avif->has_picture && (!is_box || strcmp(box.type, "ftyp") == 0)) {
			walk->found |= PICTURE_TAIL;
			buffer_truncate(walk->out, avif->base + at);
			break;
		}
		if (!is_box || !take_box(avif, "file", &box, 0))
			return false;
		at = box.end;
	}
	return avif->has_picture ||
	       error_set(walk->err, "byte %zu: its end, but no picture before", walk->size);
}

/* --- items --- */

/* Whether an item is a smaller copy of another. */
static bool
is_thumbnail(const struct avif *avif, uint64_t id)
{
	const struct walk *walk = avif->walk;
	struct cursor c = cursor_in(walk, &avif->iref);
	size_t wide = avif->iref.end == 0 || take_number(&c, 4) >> 24 == 0 ? 2 : 4;
	struct box box;

	while (!c.failed && c.at < c.end && read_box(walk, c.at, c.end, &box)) {
		struct cursor from = cursor_in(walk, &box);

		if (strcmp(box.type, "thmb") == 0 && take_number(&from, wide) == id && !from.failed)
			return true;
		c.at = box.end;
	}
	return false;
}

/* What an item is, if readers do not need it; 0 for what makes the picture. */
static unsigned
item_found(const struct avif *avif, uint64_t id, const char *type)
{
	static const char *const wanted[] = {"av01", "grid", "iovl", "iden", "tmap"};

	if (strcmp(type, "Exif") == 0)
		return PICTURE_CAMERA;
	if (strcmp(type, "mime") == 0)
		return PICTURE_NOTES;
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		if (strcmp(type, wanted[i]) == 0)
			return is_thumbnail(avif, id) ? PICTURE_PREVIEW : 0;
	return PICTURE_MORE;
}

/* The type of an item, "" if it is not listed. False if the list cannot be read. */
static bool
find_type(const struct avif *avif, uint64_t id, char out[static 5])
{
	const struct walk *walk = avif->walk;
	struct cursor c = cursor_in(walk, &avif->iinf);
	struct box box;

	memset(out, 0, 5);
	if (avif->iinf.end == 0)
		return true;
	take_number(&c, take_number(&c, 4) >> 24 == 0 ? 2 : 4);
	while (!c.failed && c.at < c.end) {
		if (!read_box(walk, c.at, c.end, &box))
			return false;
		struct cursor infe = cursor_in(walk, &box);
		unsigned version = (unsigned)(take_number(&infe, 4) >> 24);

		if (version < 2)
			return error_set(
			    walk->err, "byte %zu: an item of version %u", box.start, version);
		uint64_t item = take_number(&infe, version == 2 ? 2 : 4);
		take_number(&infe, 2);
		uint32_t type = (uint32_t)take_number(&infe, 4);
		if (infe.failed)
			return error_set(walk->err, "byte %zu: an item cut short", box.start);
		if (item == id) {
			for (int i = 0; i < 4; i++)
				out[i] = (char)(type >> (24 - 8 * i));
			return true;
		}
		c.at = box.end;
	}
	return !c.failed || error_set(walk->err, "iinf: it is too short");
}

/* How iloc writes its numbers. */
struct layout {
	unsigned version;
	size_t offset, length, base, index; /* bytes of each */
	size_t parts;                       /* seen so far */
};

static void
blank_item(struct avif *avif, size_t at, size_t end, unsigned what)
{
	struct walk *walk = avif->walk;
	const uint8_t *bytes = walk->data + at;
	unsigned before = walk->found;

	blank(avif, at, end, what);
	if (walk->found == before && (before & what) == 0)
		return; /* was blank */
	if (what == PICTURE_NOTES)
		xmp_note(walk, bytes, end - at);
	if (what == PICTURE_CAMERA && end - at > 4) {
		uint8_t reduced[EXIF_MINIMAL];
		size_t skip = walk_be32(bytes);

		/* The orientation is that of irot and imir: here only what there is is noted. */
		if (skip < end - at - 4)
			exif_reduce(walk, bytes + 4 + skip, end - at - 4 - skip, reduced);
	}
}

/* Whether it lies in one mdat: nothing else may be overwritten. */
static bool
is_in_data(const struct avif *avif, size_t at, size_t end)
{
	for (size_t i = 0; i < avif->mdat_count; i++)
		if (at >= avif->mdats[i].body && at < end && end <= avif->mdats[i].end)
			return true;
	return false;
}

/* One extent of an item; what: 0 if it stays. */
static bool
take_extent(struct avif *avif, struct cursor *c, struct layout *layout, uint64_t base,
    unsigned method, unsigned what)
{
	const struct walk *walk = avif->walk;
	size_t size = walk->out->failed ? walk->size : walk->out->len - avif->base;
	size_t first = method == 1 ? avif->idat.body : 0;
	size_t last = method == 1 ? avif->idat.end : size;

	if (layout->version > 0)
		take_number(c, layout->index);
	uint64_t offset = take_number(c, layout->offset);
	uint64_t length = take_number(c, layout->length);
	if (c->failed)
		return error_set(walk->err, "iloc: it is too short");
	if (++layout->parts > PARTS_MAX)
		return error_set(walk->err, "iloc: more than %d parts", PARTS_MAX);
	if (method > 1)
		return true; /* lies in other items, which are looked at themselves */
	if (base > last - first || offset > last - first - base ||
	    length > last - first - base - offset)
		return error_set(walk->err, "iloc: a part that is not in the file");
	if (what == 0 || avif->walk->out->failed)
		return true;
	size_t at = first + (size_t)(base + offset), end = at + (size_t)length;
	avif->blanked += end - at;
	if ((method == 0 && !is_in_data(avif, at, end)) || avif->blanked > walk->size)
		return error_set(walk->err, "iloc: a part (%zu to %zu) of what is none", at, end);
	blank_item(avif, at, end, what);
	return true;
}

static bool
take_item(struct avif *avif, struct cursor *c, struct layout *layout)
{
	const struct walk *walk = avif->walk;
	uint64_t id = take_number(c, layout->version < 2 ? 2 : 4);
	unsigned method = layout->version == 0 ? 0 : (unsigned)take_number(c, 2) & 15;
	char type[5];

	take_number(c, 2); /* where the data is: elsewhere is nowhere for us */
	uint64_t base = take_number(c, layout->base);
	uint64_t extents = take_number(c, 2);
	if (c->failed)
		return error_set(walk->err, "iloc: it is too short");
	if (!find_type(avif, id, type))
		return false;
	unsigned what = item_found(avif, id, type);
	if (method > 1 && what != 0)
		return error_set(walk->err, "iloc: an item (%s) made of others", type);
	for (; extents > 0; extents--)
		if (!take_extent(avif, c, layout, base, method, what))
			return false;
	return true;
}

/* Overwrites the items that readers do not need. */
static bool
take_items(struct avif *avif)
{
	const struct walk *walk = avif->walk;
	struct cursor c = cursor_in(walk, &avif->iloc);
	struct layout layout = {0};

	if (avif->iloc.end == 0)
		return true; /* no items, no data of theirs */
	if (avif->iinf.end - avif->iinf.body > LIST_MAX ||
	    avif->iref.end - avif->iref.body > LIST_MAX)
		return error_set(walk->err, "byte %zu: too many items", avif->iinf.start);
	layout.version = (unsigned)(take_number(&c, 4) >> 24);
	unsigned sizes = (unsigned)take_number(&c, 2);
	layout.offset = sizes >> 12;
	layout.length = sizes >> 8 & 15;
	layout.base = sizes >> 4 & 15;
	layout.index = sizes & 15;
	uint64_t count = take_number(&c, layout.version < 2 ? 2 : 4);
	if (c.failed || layout.version > 2 || count > ITEMS_MAX || layout.offset > 8 ||
	    layout.length > 8 || layout.base > 8 || (layout.version > 0 && layout.index > 8))
		return error_set(
		    walk->err, "byte %zu: an iloc that cannot be read", avif->iloc.start);
	for (; count > 0; count--)
		if (!take_item(avif, &c, &layout))
			return false;
	return true;
}

/* What the metadata of tracks speaks of goes first, then that itself. */
static bool
take_metas(struct avif *avif)
{
	for (size_t i = 0; i < avif->meta_count; i++) {
		const struct box *meta = &avif->metas[i];
		struct avif inner = {.walk = avif->walk, .base = avif->base};

		memcpy(inner.mdats, avif->mdats, sizeof(inner.mdats));
		inner.mdat_count = avif->mdat_count;
		if (!take_boxes(&inner, "meta", meta->body + 4, meta->end, 1) ||
		    !take_items(&inner))
			return false;
		blank_box(avif, meta);
	}
	return true;
}

bool
avif_walk(struct walk *walk)
{
	struct avif avif = {.walk = walk, .base = walk->out->len};

	buffer_append(walk->out, walk->data, walk->size);
	return take_file(&avif) && take_items(&avif) && take_metas(&avif);
}
