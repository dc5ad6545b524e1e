#include "darkroom.h"

#include <stdio.h>

static bool
holds(const struct buffer *b, const char *word)
{
	return b->len > 0 && memmem(b->data, b->len, word, strlen(word)) != NULL;
}

/* From memory of exactly that size, so that a sanitizer sees who reads on. */
static enum picture_verdict
clean(const char *bytes, size_t len, struct buffer *out, unsigned *found, struct error *err)
{
	uint8_t *exact = malloc(len > 0 ? len : 1);

	assert_non_null(exact);
	memcpy(exact, bytes, len);
	err->text[0] = '\0';
	enum picture_verdict verdict = picture_clean(exact, len, out, found, err);
	free(exact);
	return verdict;
}

static void
check_cleaned(const struct sort *sort, unsigned orientation)
{
	struct buffer dirty = BUFFER_EMPTY, expected = BUFFER_EMPTY, out = BUFFER_EMPTY;
	struct error err;
	unsigned found;

	sort->make(&dirty, true, orientation);
	sort->make(&expected, false, orientation);
	check_row(sort->label, clean(dirty.data, dirty.len, &out, &found, &err) == PICTURE_CLEANED);
	check_row(sort->label, out.len == expected.len);
	check_row(sort->label, memcmp(out.data, expected.data, out.len) == 0);
	check_row(sort->label, found == sort->found);
	buffer_free(&dirty);
	buffer_free(&expected);
	buffer_free(&out);
}

static void
nothing_is_left_but_the_picture(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(sorts); i++)
		check_cleaned(&sorts[i], 1);
}

static void
orientation_is_kept_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(sorts); i++)
		check_cleaned(&sorts[i], 6);
}

static void
what_is_clean_stays_as_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(sorts); i++) {
		struct buffer bytes = BUFFER_EMPTY, out = BUFFER_EMPTY;
		struct error err;
		unsigned found = 99;

		sorts[i].make(&bytes, false, 6);
		check_row(sorts[i].label,
		    clean(bytes.data, bytes.len, &out, &found, &err) == PICTURE_CLEAN);
		check_row(sorts[i].label, found == 0 && out.len == 0);
		buffer_free(&bytes);
	}
}

static void
picture_that_breaks_off_is_broken_wherever_that_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(sorts); i++) {
		struct buffer bytes = BUFFER_EMPTY, out = BUFFER_EMPTY;
		struct error err;
		unsigned found;

		sorts[i].make(&bytes, false, 1);
		for (size_t len = 12; len < bytes.len; len++) {
			enum picture_verdict verdict = clean(bytes.data, len, &out, &found, &err);
			check_row(sorts[i].label,
			    verdict == PICTURE_BROKEN || (len < 20 && verdict == PICTURE_OTHER));
			check_row(
			    sorts[i].label, (err.text[0] != '\0') == (verdict == PICTURE_BROKEN));
			check_row(sorts[i].label, out.len == 0);
		}
		buffer_free(&bytes);
	}
}

/* Whatever is altered: what comes out keeps no secret in a place where one was found, and is clean.
 */
static void
cleaning_twice_is_cleaning_once(void **state)
{
	(void)state;
	for (size_t i = 0; i < ROWS(sorts); i++) {
		struct buffer bytes = BUFFER_EMPTY;

		sorts[i].make(&bytes, true, 6);
		for (size_t at = 0; at < bytes.len * 4; at++) {
			static const char masks[] = "\xff\x01\x80\x20";
			struct buffer out = BUFFER_EMPTY, again = BUFFER_EMPTY;
			struct error err;
			unsigned found;

			bytes.data[at / 4] ^= masks[at % 4];
			if (clean(bytes.data, bytes.len, &out, &found, &err) == PICTURE_CLEANED) {
				check_row(sorts[i].label, out.len <= bytes.len + PICTURE_GROWTH);
				check_row(sorts[i].label, clean(out.data, out.len, &again, &found,
							      &err) == PICTURE_CLEAN);
			}
			bytes.data[at / 4] ^= masks[at % 4];
			buffer_free(&out);
			buffer_free(&again);
		}
		buffer_free(&bytes);
	}
}

#define BYTES(text) text, sizeof(text) - 1
#define PNG_HEAD    "\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR\0\0\0\1\0\0\0\1\10\2\0\0\0CRC!"
#define PNG_END     "\0\0\0\0IEND\xae\x42\x60\x82"
#define AVIF_HEAD                                                                                  \
	"\0\0\0\x10"                                                                               \
	"ftypavif\0\0\0\0"

static void
verdict_tells_what_cannot_be_cleaned(void **state)
{
	static const struct {
		const char *label, *bytes;
		size_t len;
		enum picture_verdict verdict;
		const char *reason; /* the beginning of it */
	} rows[] = {
	    {"nothing", BYTES(""), PICTURE_OTHER, ""},
	    {"too short for anything", BYTES("\xff\xd8\xff\xe0"), PICTURE_OTHER, ""},
	    {"text", BYTES("Only words are here.\n"), PICTURE_OTHER, ""},
	    {"SVG", BYTES("<svg xmlns=\"http://www.w3.org/2000/svg\"/>"), PICTURE_OTHER, ""},
	    {"a film",
		BYTES("\0\0\0\x14"
		      "ftypmp42\0\0\0\0isom"),
		PICTURE_OTHER, ""},
	    {"sound in RIFF", BYTES("RIFF\4\0\0\0WAVE"), PICTURE_OTHER, ""},
	    {"TIFF", BYTES("II*\0\x08\0\0\0\0\0\0\0"), PICTURE_SEALED, "TIFF"},
	    {"big-endian TIFF", BYTES("MM\0*\0\0\0\x08\0\0\0\0"), PICTURE_SEALED, "TIFF"},
	    {"HEIC",
		BYTES("\0\0\0\x18"
		      "ftypheic\0\0\0\0mif1heic"),
		PICTURE_SEALED, "HEIC"},
	    {"JPEG XL", BYTES("\0\0\0\x0cJXL \r\n\x87\n"), PICTURE_SEALED, "JPEG XL"},
	    {"Photoshop", BYTES("8BPS\0\1\0\0\0\0\0\0"), PICTURE_SEALED, "Photoshop"},
	    {"JPEG, giant segment",
		BYTES("\xff\xd8\xff\xe1\xff\xff"
		      "Exif\0\0"),
		PICTURE_BROKEN, "byte 4: a segment (E1) of 65535 bytes, 8 are left"},
	    {"JPEG, no segment length",
		BYTES("\xff\xd8\xff\xe1\0\1"
		      "Exif\0\0"),
		PICTURE_BROKEN, "byte 4: a segment (E1) of 1"},
	    {"JPEG of nothing", BYTES("\xff\xd8\xff\xfe\0\2\xff\xfe\0\2\xff\xd9"), PICTURE_BROKEN,
		"byte 12: its end, but no picture"},
	    {"JPEG in JPEG", BYTES("\xff\xd8\xff\xd8\xff\xd9\xff\xd9\0\0\0\0"), PICTURE_BROKEN,
		"byte 3: a marker (D8)"},
	    {"JPEG-LS", BYTES("\xff\xd8\xff\xf7\0\x0b\0\0\0\0\0\0\0"), PICTURE_BROKEN,
		"byte 3: a marker (F7)"},
	    {"PNG, giant chunk", BYTES(PNG_HEAD "\xff\xff\xff\xfftEXt" PNG_END), PICTURE_BROKEN,
		"byte 33: a chunk of 4294967295 bytes, 8 are left"},
	    {"PNG, unknown and needed", BYTES(PNG_HEAD "\0\0\0\0CgBICRC!" PNG_END), PICTURE_BROKEN,
		"byte 33: a chunk that has no place"},
	    {"PNG, two heads", BYTES(PNG_HEAD "\0\0\0\0IHDRCRC!" PNG_END), PICTURE_BROKEN,
		"byte 33: IHDR"},
	    {"PNG without head", BYTES("\x89PNG\r\n\x1a\n" PNG_END), PICTURE_BROKEN,
		"byte 8: IHDR"},
	    {"GIF, table cut", BYTES("GIF89a\1\0\1\0\xf7\0\0RGB"), PICTURE_BROKEN,
		"byte 16: it breaks off, 765 more"},
	    {"GIF, odd block", BYTES("GIF89a\1\0\1\0\0\0\0\x77;"), PICTURE_BROKEN,
		"byte 13: a block (77)"},
	    {"WebP, giant", BYTES("RIFF\xff\xff\xff\xffWEBPVP8 \0\0\0\0"), PICTURE_BROKEN,
		"byte 4: a file of 4294967303 bytes, it has 20"},
	    {"WebP, giant chunk", BYTES("RIFF\x0c\0\0\0WEBPVP8 \xff\xff\xff\xff"), PICTURE_BROKEN,
		"byte 12: a chunk of 4294967295 bytes, 0 are left"},
	    {"WebP, short frame", BYTES("RIFF\x0e\0\0\0WEBPANMF\2\0\0\0ab"), PICTURE_BROKEN,
		"byte 20: a frame of 2 bytes"},
	    {"WebP, frame beyond its end",
		BYTES("RIFF\x24\0\0\0WEBPANMF\x18\0\0\0sixteen bytes ofVP8 \1\0\0\0"),
		PICTURE_BROKEN, "byte 36: a chunk of 1 bytes, 0 are left"},
	    {"AVIF of nothing", BYTES(AVIF_HEAD), PICTURE_BROKEN, "byte 16: its end, but no"},
	    {"AVIF, giant box", BYTES(AVIF_HEAD "\xff\xff\xff\xffmeta"), PICTURE_BROKEN,
		"byte 16: a box of 4294967295 bytes, 8 are left"},
	    {"AVIF, giant large box",
		BYTES(AVIF_HEAD "\0\0\0\1meta\xff\xff\xff\xff\xff\xff\xff\xff"), PICTURE_BROKEN,
		"byte 16: a box of 18446744073709551615 bytes"},
	    {"AVIF, box too small", BYTES(AVIF_HEAD "\0\0\0\7meta"), PICTURE_BROKEN,
		"byte 16: a box of 7 bytes"},
	    {"AVIF, short meta", BYTES(AVIF_HEAD "\0\0\0\x0ameta\0\0"), PICTURE_BROKEN,
		"byte 16: meta is too short"},
	    {"AVIF, a track of places",
		BYTES(AVIF_HEAD "\0\0\0\x2cmoov\0\0\0\x24trak\0\0\0\x1cmdia\0\0\0\x14hdlr"
				"\0\0\0\0\0\0\0\0meta"),
		PICTURE_BROKEN, "byte 40: a track that is not one of pictures"},
	    {"AVIF, item data nowhere",
		BYTES(AVIF_HEAD "\0\0\0\x2ameta\0\0\0\0\0\0\0\x1eiloc\0\0\0\0\x44\0\0\1\0\1\0\0\0\1"
				"\xff\xff\xff\xff\xff\xff\xff\xff"),
		PICTURE_BROKEN, "iloc: a part that is not in the file"},
	    {"AVIF, item data where boxes are",
		BYTES(AVIF_HEAD "\0\0\0\x2ameta\0\0\0\0\0\0\0\x1eiloc\0\0\0\0\x44\0\0\1\0\1\0\0\0\1"
				"\0\0\0\0\0\0\0\x10"),
		PICTURE_BROKEN, "iloc: a part (0 to 16) of what is none"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer out = BUFFER_EMPTY;
		struct error err;
		unsigned found;

		enum picture_verdict verdict =
		    clean(rows[i].bytes, rows[i].len, &out, &found, &err);
		err.text[strlen(rows[i].reason)] = '\0';
		check_row_text(rows[i].label, err.text, rows[i].reason);
		check_row(rows[i].label, verdict == rows[i].verdict);
		check_row(rows[i].label, picture_is_one((const uint8_t *)rows[i].bytes,
					     rows[i].len) == (verdict != PICTURE_OTHER));
	}
}

/* An animated AVIF has its metadata once more in the track, with data of its own. */
static void
metadata_of_a_track_goes_with_its_data(void **state)
{
	struct buffer bytes = BUFFER_EMPTY, out = BUFFER_EMPTY, meta = BUFFER_EMPTY;
	struct buffer box = BUFFER_EMPTY, trak = BUFFER_EMPTY;
	struct error err;
	unsigned found;

	(void)state;
	PUT(&bytes, AVIF_HEAD);
	PUT(&meta, "\0\0\0\0");
	PUT(&box, "\0\0\0\0\x44\0\0\1");
	put_location(&box, 2, 16 + 93 + 8 + 6, 6); /* after head, moov and the head of mdat */
	put_box(&meta, "iloc", &box);
	PUT(&box, "\0\0\0\0\0\1");
	put_infe(&box, 2, "Exif");
	put_box(&meta, "iinf", &box);
	put_box(&trak, "meta", &meta);
	put_box(&box, "trak", &trak);
	put_box(&bytes, "moov", &box);
	assert_int_equal(bytes.len, 16 + 93);
	PUT(&bytes, "\0\0\0\x14mdatpixels" SECRET);
	assert_int_equal(clean(bytes.data, bytes.len, &out, &found, &err), PICTURE_CLEANED);
	assert_false(holds(&out, SECRET));
	assert_true(holds(&out, "pixels"));
	assert_false(holds(&out, "iloc"));
	assert_int_equal(found, PICTURE_CAMERA | PICTURE_NOTES);
	buffer_free(&bytes);
	buffer_free(&out);
}

/* Directories of Exif may lie anywhere and be of any length: none of it gets out. */
static void
exif_that_lies_is_taken_out(void **state)
{
	static const struct {
		const char *label, *bytes;
		size_t len;
	} rows[] = {
	    {"empty", BYTES("")},
	    {"no TIFF", BYTES(SECRET SECRET)},
	    {"directory far away", BYTES("MM\0*\xff\xff\xff\xff" SECRET)},
	    {"directory at the very end", BYTES("MM\0*\0\0\0\x0e" SECRET)},
	    {"65535 entries", BYTES("MM\0*\0\0\0\x08\xff\xff" SECRET SECRET SECRET)},
	    {"an orientation that is none",
		BYTES("MM\0*\0\0\0\x08\0\1\1\x12\0\3\0\0\0\1\0\x63\0\0\0\0\0\0")},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer bytes = BUFFER_EMPTY, out = BUFFER_EMPTY;
		struct error err;
		unsigned found;

		PUT(&bytes, PNG_HEAD);
		put_chunk(&bytes, "eXIf", rows[i].bytes, rows[i].len);
		PUT(&bytes, PNG_END);
		check_row(rows[i].label,
		    clean(bytes.data, bytes.len, &out, &found, &err) == PICTURE_CLEANED);
		check_row(rows[i].label, out.len == sizeof(PNG_HEAD PNG_END) - 1);
		check_row(rows[i].label, !holds(&out, SECRET) && found == PICTURE_CAMERA);
		buffer_free(&bytes);
		buffer_free(&out);
	}
}

static void
words_name_what_was_found(void **state)
{
	static const struct {
		unsigned found;
		const char *words;
	} rows[] = {
	    {0, ""},
	    {PICTURE_PLACE, "the place"},
	    {PICTURE_PLACE | PICTURE_CAMERA, "the place and the camera"},
	    {PICTURE_PLACE | PICTURE_PREVIEW | PICTURE_MORE,
		"the place, a preview and data that no reader needs"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer out = BUFFER_EMPTY;

		picture_put_words(&out, rows[i].found);
		check_row_text(rows[i].words, buffer_text(&out), rows[i].words);
		buffer_free(&out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_is_left_but_the_picture),
	    cmocka_unit_test(orientation_is_kept_alone),
	    cmocka_unit_test(what_is_clean_stays_as_it_is),
	    cmocka_unit_test(picture_that_breaks_off_is_broken_wherever_that_is),
	    cmocka_unit_test(cleaning_twice_is_cleaning_once),
	    cmocka_unit_test(verdict_tells_what_cannot_be_cleaned),
	    cmocka_unit_test(metadata_of_a_track_goes_with_its_data),
	    cmocka_unit_test(exif_that_lies_is_taken_out),
	    cmocka_unit_test(words_name_what_was_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
