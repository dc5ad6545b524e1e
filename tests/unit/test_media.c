#include "check.h"

#include <sys/mman.h>
#include <unistd.h>

#include "store/media.h"

static void
the_ending_of_a_name_tells_its_type(void **state)
{
	(void)state;
	static const struct {
		const char *name, *expected; /* NULL: nothing is told */
	} rows[] = {
	    {"a.gmi", "text/gemini"},
	    {"a.gemini", "text/gemini"},
	    {"/x.d/a.TXT", "text/plain"},
	    {"a.md", "text/markdown"},
	    {"a.png", "image/png"},
	    {"a.JPG", "image/jpeg"},
	    {"a.jpeg", "image/jpeg"},
	    {"a.gif", "image/gif"},
	    {"a.webp", "image/webp"},
	    {"a.avif", "image/avif"},
	    {"a.svg", "image/svg+xml"},
	    {"a.pdf", "application/pdf"},
	    {"a.mp3", "audio/mpeg"},
	    {"a.ogg", "audio/ogg"},
	    {"a.opus", "audio/ogg"},
	    {"a.flac", "audio/flac"},
	    {"a.mp4", "video/mp4"},
	    {"a.webm", "video/webm"},
	    {"a.zip", "application/zip"},
	    {"a.tar.gz", "application/gzip"},
	    {"a.tar", "application/x-tar"},
	    {"a.html", "text/html"},
	    {"a.css", "text/css"},
	    {"a.xml", "text/xml"},
	    {"a.atom", "application/atom+xml"},
	    {"a.json", "application/json"},
	    {"a.csv", "text/csv"},
	    {"a.asc", "text/plain"},
	    {"a.ics", "text/calendar"},
	    {"a.epub", "application/epub+zip"},
	    {"a.aac", "audio/aac"}, /* the first and the last of the table */
	    {"a.zst", "application/zstd"},
	    {"README", NULL},
	    {"a.unknown", NULL},
	    {"a.", NULL},
	    {".png", NULL},
	    {"/png.d/.gmi", NULL},
	    {"/a.png/b", NULL},
	    {"", NULL},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *type = media_by_name(rows[i].name);
		check_row_text(rows[i].name, type == NULL ? "nothing" : type,
		    rows[i].expected == NULL ? "nothing" : rows[i].expected);
	}
}

static void
content_tells_where_the_name_does_not(void **state)
{
	(void)state;
	static const struct {
		const char *label, *bytes;
		size_t len;
		const char *expected;
	} rows[] = {
	    {"PNG", "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\2\0\0\0", 29, "image/png"},
	    {"PDF", "%PDF-1.4\n", 9, "application/pdf"},
	    {"ASCII", "Plain words.\n", 13, "text/plain"},
	    {"UTF-8", "Pr\xc3\xa1v\xc3\xa9 slovo.\n", 15, "text/plain"},
	    {"Latin 1", "Garantie f\xfcr alle, und gr\xfc\xdf Gott.\n", 34,
		"text/plain; charset=iso-8859-1"},
	    {"prose that looks like mail", "From: me\nSubject: you\n\nWords.\n", 30, "text/plain"},
	    {"prose that looks like a program", "import os\nimport sys\n", 21, "text/plain"},
	    {"an empty file", "", 0, "text/plain"},
	    {"bytes", "\0\1\2\3\4\5\6\7", 8, "application/octet-stream"},
	};
	struct error err;
	struct media *media = media_open(&err);

	assert_non_null(media);
	for (size_t i = 0; i < ROWS(rows); i++) {
		int fd = memfd_create("sample", MFD_CLOEXEC);
		assert_int_equal(write(fd, rows[i].bytes, rows[i].len), (ssize_t)rows[i].len);
		check_row_text(rows[i].label, media_by_content(media, fd), rows[i].expected);
		close(fd);
	}
	media_close(media);
}

static void
picture_is_told_by_its_bytes_under_any_name_or_by_its_name(void **state)
{
	(void)state;
	static const struct {
		const char *label, *name, *bytes;
		size_t len;
		bool expected;
	} rows[] = {
	    {"JPEG", "/a.jpg", "\xff\xd8\xff\xe0\0\x10JFIF\0\1", 12, true},
	    {"JPEG named text", "/a.txt", "\xff\xd8\xff\xe0\0\x10JFIF\0\1", 12, true},
	    {"JPEG named gemtext", "/a.gmi", "\xff\xd8\xff\xfe  a comment", 14, true},
	    {"JPEG without ending", "/a", "\xff\xd8\xff\xe0\0\x10JFIF\0\1", 12, true},
	    {"TIFF named zip", "/a.zip", "II*\0\x08\0\0\0bytes", 13, true},
	    {"GIF named page", "/a.html", "GIF89a\1\0\1\0\x80\0\0", 13, true},
	    {"words about GIF", "/a.gmi", "GIF89a is from 1989.", 20, false},
	    {"words about Photoshop", "/a", "8BPS begins its files.", 22, false},
	    {"words", "/a.txt", "Words, and more.", 16, false},
	    {"words named JPEG", "/a.jpg", "Words, and more.", 16, true},
	    {"a byte before it", "/a.JPG", "x\xff\xd8\xff\xe0\0\x10JFIF\0", 12, true},
	    {"too short for anything", "/a.png", "\x89", 1, true},
	    {"nothing yet", "/a.jpg", "", 0, false},
	    {"a drawing", "/a.svg", "<svg></svg>  ", 13, false},
	    {"an icon", "/a.ico", "\0\0\1\0\1\0\x10\x10\0\0\1\0", 12, false},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].label,
		    media_is_picture(rows[i].name, rows[i].bytes, rows[i].len) == rows[i].expected);
}

static void
what_cannot_be_read_is_just_bytes(void **state)
{
	(void)state;
	struct error err;
	struct media *media = media_open(&err);

	assert_string_equal(media_by_content(media, -1), "application/octet-stream");
	media_close(media);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_ending_of_a_name_tells_its_type),
	    cmocka_unit_test(content_tells_where_the_name_does_not),
	    cmocka_unit_test(picture_is_told_by_its_bytes_under_any_name_or_by_its_name),
	    cmocka_unit_test(what_cannot_be_read_is_just_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
