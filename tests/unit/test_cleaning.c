/* Pictures that are sent: what is stored of them, and what the page says that follows. */
#include "newsroom.h"

#include "darkroom.h"
#include "upload/cleaning.h"

static const char *
send_sort(
    struct newsroom *n, const char *path, const char *mime, const struct sort *sort, bool is_dirty)
{
	struct buffer bytes = BUFFER_EMPTY;

	sort->make(&bytes, is_dirty, 6);
	const char *said = newsroom_send_bytes(n, "heidi", path, mime, bytes.data, bytes.len);
	buffer_free(&bytes);
	return said;
}

static bool
is_clean(struct newsroom *n, const char *path, const struct sort *sort)
{
	struct buffer expected = BUFFER_EMPTY;

	sort->make(&expected, false, 6);
	bool is_same = memcmp(newsroom_file(n, path), expected.data, expected.len) == 0;
	buffer_free(&expected);
	return is_same;
}

static void
says(struct newsroom *n, const char *url, const char *sentence)
{
	begins(url, newsroom_ask(n, "heidi", url), "20 ");
	if (strstr(buffer_text(&n->answer.body), sentence) == NULL)
		fail_msg("%s: no \"%s\" in\n%s", url, sentence, buffer_text(&n->answer.body));
}

static void
what_was_taken_out_is_said(void **state)
{
	struct newsroom *n = *state;

	begins("dirty", send_sort(n, "/images/a.jpg", "image/jpeg", &sorts[0], true),
	    "30 gemini://example.org/desk/image/images/a.jpg");
	assert_true(is_clean(n, "/images/a.jpg", &sorts[0]));
	says(n, "gemini://example.org/desk/image/images/a.jpg",
	    "The place, the camera, notes of its makers, a comment, a preview, what followed its "
	    "end and data that no reader needs were taken out of the picture before it was kept.");
	send_sort(n, "/images/a.jpg", "image/jpeg", &sorts[0], false);
	says(n, "gemini://example.org/desk/image/images/a.jpg",
	    "Nothing had to be taken out of the picture.");
}

static void
the_made_path_is_that_of_the_cleaned_picture(void **state)
{
	struct newsroom *n = *state;
	char first[512];

	snprintf(
	    first, sizeof(first), "%s", send_sort(n, "/images/", "image/gif", &sorts[2], true));
	begins("first", first, "30 gemini://example.org/desk/image/images/2025/");
	assert_string_equal(send_sort(n, "/images/", "image/gif", &sorts[2], false), first);
	assert_string_equal(send_sort(n, "/images/", "image/gif", &sorts[2], true), first);
}

static void
pictures_elsewhere_are_cleaned_too(void **state)
{
	static const char *const paths[] = {"/a.jpg", "/articles/2025/a.jpg", "/a"};
	struct newsroom *n = *state;

	for (size_t i = 0; i < ROWS(paths); i++) {
		begins(paths[i], send_sort(n, paths[i], "image/jpeg", &sorts[0], true),
		    "30 gemini://example.org/");
		check_row(paths[i], is_clean(n, paths[i], &sorts[0]));
	}
}

static void
what_cannot_be_cleaned_is_refused_and_not_there(void **state)
{
	static const struct {
		const char *path, *mime, *bytes;
		size_t len;
		const char *reason;
	} rows[] = {
	    {"/a.tiff", "image/tiff", "II*\0\x08\0\0\0\0\0\0\0", 12, "TIFF or a raw file"},
	    {"/a", "application/octet-stream", "II*\0\x08\0\0\0\0\0\0\0", 12, "TIFF or a raw file"},
	    {"/images/a.gif", "image/gif", "GIF89a\1\0\1\0\0\0\0", 13, "byte 13: it breaks off"},
	};
	struct newsroom *n = *state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		const char *said = newsroom_send_bytes(
		    n, "heidi", rows[i].path, rows[i].mime, rows[i].bytes, rows[i].len);
		begins(rows[i].path, said, "50 Save the picture anew, as JPEG, PNG");
		check_row(rows[i].path, strstr(said, rows[i].reason) != NULL);
		check_row_text(rows[i].path, newsroom_file(n, rows[i].path), "");
	}
}

static void
other_files_are_stored_as_they_came(void **state)
{
	static const struct {
		const char *path, *mime, *bytes;
	} rows[] = {
	    {"/a.svg", "image/svg+xml", "<svg><metadata/></svg>"},
	    {"/a.zip", "application/zip", "II*: no picture's name"},
	    {"/images/a.pdf", "application/pdf", "%PDF-1.4\n"},
	};
	struct newsroom *n = *state;

	for (size_t i = 0; i < ROWS(rows); i++) {
		begins(rows[i].path,
		    newsroom_send_bytes(n, "heidi", rows[i].path, rows[i].mime, rows[i].bytes,
			strlen(rows[i].bytes)),
		    "30 ");
		check_row_text(rows[i].path, newsroom_file(n, rows[i].path), rows[i].bytes);
	}
	says(n, "gemini://example.org/desk/image/images/a.pdf", "A PDF is kept as it came");
}

/* History may be older than the cleaning. */
static void
version_that_is_brought_back_is_cleaned(void **state)
{
	struct newsroom *n = *state;
	char page[256], *link;

	n->shop.capsule.keep_metadata = true;
	send_sort(n, "/images/a.jpg", "image/jpeg", &sorts[0], true);
	assert_false(is_clean(n, "/images/a.jpg", &sorts[0]));
	says(n, "gemini://example.org/desk/image/images/a.jpg", "Pictures are kept as they came");
	n->shop.capsule.keep_metadata = false;
	send_sort(n, "/images/a.jpg", "image/jpeg", &sorts[0], false);
	newsroom_ask(n, "heidi", "gemini://example.org/desk/history/images/a.jpg/");
	link = NULL;
	for (char *at = (char *)buffer_text(&n->answer.body);
	     (at = strstr(at, "=> /desk/restore/")) != NULL; at++)
		link = at + 3;
	assert_non_null(link); /* to the oldest version */
	snprintf(page, sizeof(page), "gemini://example.org%.*s", (int)strcspn(link, " "), link);
	newsroom_ask(n, "heidi", page);
	link = strstr(buffer_text(&n->answer.body), "/desk/do/");
	assert_non_null(link);
	snprintf(
	    page, sizeof(page), "gemini://example.org%.*s?yes", (int)strcspn(link, " \n"), link);
	begins("restored", newsroom_ask(n, "heidi", page), "30 ");
	assert_true(is_clean(n, "/images/a.jpg", &sorts[0]));
}

static void
the_desk_says_what_readers_do_not_get(void **state)
{
	struct newsroom *n = *state;

	workshop_put(&n->shop, "/images/a.jpg", "\xff\xd8\xff\xe1 and nothing more");
	press_look(n->shop.press, "/images/a.jpg");
	says(n, "gemini://example.org/desk/", "Broken: /images/a.jpg: held back: ");
	says(n, "gemini://example.org/desk/image/images/a.jpg",
	    "Readers do not get this picture: held back: ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    NEWSROOM_TEST(what_was_taken_out_is_said),
	    NEWSROOM_TEST(the_made_path_is_that_of_the_cleaned_picture),
	    NEWSROOM_TEST(pictures_elsewhere_are_cleaned_too),
	    NEWSROOM_TEST(what_cannot_be_cleaned_is_refused_and_not_there),
	    NEWSROOM_TEST(other_files_are_stored_as_they_came),
	    NEWSROOM_TEST(version_that_is_brought_back_is_cleaned),
	    NEWSROOM_TEST(the_desk_says_what_readers_do_not_get),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
