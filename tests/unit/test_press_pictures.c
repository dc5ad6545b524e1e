/* Pictures that a hand laid into the folder: cleaned before history or readers have them, or held
 * back. */
#include "putting.h"

#include "darkroom.h"
#include "press/pictures.h"
#include "store/edition.h"

static void
lay_bytes(const char *path, const void *bytes, size_t len)
{
	workshop_put(&shop, path, "");
	FILE *file = fopen(workshop_name(&shop, path), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
}

static void
lay(const char *path, const struct sort *sort, bool is_dirty)
{
	struct buffer bytes = BUFFER_EMPTY;

	sort->make(&bytes, is_dirty, 6);
	lay_bytes(path, bytes.data, bytes.len);
	buffer_free(&bytes);
}

/* Whether exactly the clean picture lies there. */
static bool
is_clean(const char *path, const struct sort *sort)
{
	struct buffer expected = BUFFER_EMPTY;
	char bytes[8192];
	FILE *file = fopen(workshop_name(&shop, path), "r");

	assert_non_null(file);
	size_t len = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	sort->make(&expected, false, 6);
	bool is_same = len == expected.len && memcmp(bytes, expected.data, len) == 0;
	buffer_free(&expected);
	return is_same;
}

/* Whether any object in history, whichever commit has it, holds the word. */
static bool
history_knows_word(const char *word)
{
	char command[512], line[16] = "";

	snprintf(command, sizeof(command),
	    "git --git-dir=%s/history.git cat-file --batch --batch-all-objects | grep -ac '%s'",
	    shop.printed, word);
	FILE *git = popen(command, "r");
	assert_non_null(git);
	assert_non_null(fgets(line, sizeof(line), git));
	pclose(git);
	return atoi(line) > 0;
}

static enum file_state
state_of(const char *path, char reason[static 512])
{
	struct file_row file;

	reason[0] = '\0';
	if (!press_file(shop.press, path, &file))
		return FILE_STATE_COUNT;
	snprintf(reason, 512, "%s", file.reason);
	return file.state;
}

static void
each_kind_is_cleaned_where_it_lies(void **state)
{
	char path[64], reason[512];

	(void)state;
	for (size_t i = 0; i < ROWS(sorts); i++) {
		snprintf(path, sizeof(path), "/images/%zu.jpg", i); /* whatever the name says */
		lay(path, &sorts[i], true);
	}
	workshop_print(&shop);
	for (size_t i = 0; i < ROWS(sorts); i++) {
		snprintf(path, sizeof(path), "/images/%zu.jpg", i);
		check_row(sorts[i].label, is_clean(path, &sorts[i]));
		check_row(sorts[i].label, state_of(path, reason) == FILE_PLAIN);
		check_row(sorts[i].label, strcmp(committed(path), "(absent)") != 0);
	}
	assert_false(history_knows_word(SECRET));
}

static void
no_name_hides_a_picture(void **state)
{
	static const char *const paths[] = {"/a.txt", "/b.gmi", "/c.html", "/d", "/index.gmi"};
	char reason[512];

	(void)state;
	for (size_t i = 0; i < ROWS(paths); i++)
		lay(paths[i], &sorts[0], true);
	lay("/articles/e.gmi", &sorts[0], true);
	lay("/drafts/f.gmi", &sorts[0], true);
	workshop_print(&shop);
	for (size_t i = 0; i < ROWS(paths); i++) {
		check_row(paths[i], is_clean(paths[i], &sorts[0]));
		check_row(paths[i], state_of(paths[i], reason) == FILE_PLAIN);
	}
	assert_int_equal(state_of("/articles/e.gmi", reason), FILE_BROKEN);
	assert_string_equal(committed("/articles/e.gmi"), "(absent)");
	assert_string_equal(committed("/drafts/f.gmi"), "(absent)");
	assert_false(history_knows_word(SECRET));
}

/* It may have been overwritten since it was looked through. */
static void
history_gets_only_bytes_that_are_clean(void **state)
{
	struct buffer dirty = BUFFER_EMPTY, clean = BUFFER_EMPTY;

	(void)state;
	workshop_print(&shop);
	for (size_t i = 0; i < ROWS(sorts); i++) {
		sorts[i].make(&dirty, true, 6);
		sorts[i].make(&clean, false, 6);
		check_row(sorts[i].label,
		    pictures_are_clean(shop.press, "/a.txt", clean.data, clean.len));
		check_row(sorts[i].label,
		    !pictures_are_clean(shop.press, "/a.jpg", dirty.data, dirty.len));
		check_row(sorts[i].label,
		    !pictures_are_clean(shop.press, "/a.txt", dirty.data, dirty.len));
		check_row(sorts[i].label,
		    !pictures_are_clean(shop.press, "/a.jpg", dirty.data, dirty.len / 2));
		buffer_free(&dirty);
		buffer_free(&clean);
	}
	assert_true(pictures_are_clean(shop.press, "/a.txt", "words", 5));
	assert_false(pictures_are_clean(shop.press, "/a.jpg", "words", 5));
}

static void
permissions_and_time_of_change_are_kept(void **state)
{
	struct timespec times[2] = {{1000000000, 0}, {1000000000, 0}};
	struct stat st;

	(void)state;
	lay("/a.png", &sorts[1], true);
	assert_int_equal(chmod(workshop_name(&shop, "/a.png"), 0640), 0);
	assert_int_equal(utimensat(AT_FDCWD, workshop_name(&shop, "/a.png"), times, 0), 0);
	workshop_print(&shop);
	assert_true(is_clean("/a.png", &sorts[1]));
	assert_int_equal(stat(workshop_name(&shop, "/a.png"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_mtim.tv_sec, 1000000000);
	assert_int_equal(count_temporary("/"), 0);
}

/* The file that takes its place is noticed as well, and must be left alone. */
static void
picture_laid_later_is_cleaned_once(void **state)
{
	struct stat before, after;

	(void)state;
	workshop_print(&shop);
	lay("/a.jpg", &sorts[0], true);
	workshop_notice(&shop);
	assert_true(is_clean("/a.jpg", &sorts[0]));
	assert_int_equal(stat(workshop_name(&shop, "/a.jpg"), &before), 0);
	workshop_work(&shop);
	workshop_restart(&shop);
	assert_int_equal(stat(workshop_name(&shop, "/a.jpg"), &after), 0);
	assert_int_equal(before.st_ino, after.st_ino);
	assert_string_equal(git_log(), "broadsheet <press@example.org>: Add a.jpg\n");
}

static void
picture_that_cannot_be_cleaned_is_held_back(void **state)
{
	static const struct {
		const char *label, *path, *bytes;
		size_t len;
		enum file_state state;
	} rows[] = {
	    {"breaks off", "/a.jpg",
		"\xff\xd8\xff\xe1\0\x20"
		"Exif\0\0" SECRET,
		18, FILE_BROKEN},
	    {"TIFF", "/b.tiff", "II*\0\x08\0\0\0" SECRET, 14, FILE_BROKEN},
	    {"HEIC by another name", "/c.jpg",
		"\0\0\0\x18"
		"ftypheic\0\0\0\0mif1heic" SECRET,
		30, FILE_BROKEN},
	    {"a raw file without a name for it", "/d", "FUJIFILMCCD-RAW \0" SECRET, 23,
		FILE_BROKEN},
	    {"no picture at all", "/e.png", "only " SECRET " words", 17, FILE_BROKEN},
	    {"a byte before it", "/e.jpg", "\n\xff\xd8\xff\xe0\0\x10JFIF\0" SECRET, 18,
		FILE_BROKEN},
	    {"too short for anything", "/f.jpg", "\xff\xd8\xff\xe0", 4, FILE_BROKEN},
	    {"a name of another kind", "/g.zip", "II*\0\x08\0\0\0" SECRET, 14, FILE_BROKEN},
	    {"nothing in it yet", "/h.jpg", "", 0, FILE_PLAIN},
	    {"words about pictures", "/i.gmi", "GIF89a is a format.", 19, FILE_PLAIN},
	};
	char reason[512];

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		lay_bytes(rows[i].path, rows[i].bytes, rows[i].len);
	workshop_print(&shop);
	for (size_t i = 0; i < ROWS(rows); i++) {
		bool is_held = rows[i].state == FILE_BROKEN;

		check_row(rows[i].label, state_of(rows[i].path, reason) == rows[i].state);
		check_row(rows[i].label, (strstr(reason, "held back: ") == reason) == is_held);
		check_row(
		    rows[i].label, (strcmp(committed(rows[i].path), "(absent)") == 0) == is_held);
	}
	assert_false(history_knows_word(SECRET));
}

static void
held_back_picture_is_taken_in_when_it_is_mended(void **state)
{
	char reason[512];

	(void)state;
	lay_bytes("/a.png", "\x89PNG\r\n\x1a\n" SECRET, 14);
	workshop_print(&shop);
	assert_int_equal(state_of("/a.png", reason), FILE_BROKEN);
	lay("/a.png", &sorts[1], true);
	workshop_notice(&shop);
	assert_int_equal(state_of("/a.png", reason), FILE_PLAIN);
	assert_true(is_clean("/a.png", &sorts[1]));
	assert_false(history_knows_word(SECRET));
}

static void
link_waits_for_what_it_leads_to(void **state)
{
	char reason[512];
	struct stat st;

	(void)state;
	if (!workshop_follows_links())
		skip();
	lay("/z.jpg", &sorts[0], true); /* is looked at after the link */
	char *name = strdup(workshop_name(&shop, "/a.jpg"));
	assert_int_equal(symlink("z.jpg", name), 0);
	workshop_print(&shop);
	assert_int_equal(lstat(name, &st), 0);
	assert_true(S_ISLNK(st.st_mode));
	assert_int_equal(state_of("/a.jpg", reason), FILE_PLAIN);
	assert_true(is_clean("/z.jpg", &sorts[0]));
	assert_false(history_knows_word(SECRET));
	free(name);
}

static void
keep_metadata_leaves_pictures_alone_until_it_is_taken_back(void **state)
{
	(void)state;
	shop.capsule.keep_metadata = true;
	lay("/a.jpg", &sorts[0], true);
	lay_bytes("/b.tiff", "II*\0\x08\0\0\0\0\0\0\0", 12);
	workshop_print(&shop);
	char reason[512];
	assert_false(is_clean("/a.jpg", &sorts[0]));
	assert_int_equal(state_of("/b.tiff", reason), FILE_PLAIN);
	assert_true(history_knows_word(SECRET));

	press_close(shop.press);
	shop.capsule.keep_metadata = false;
	workshop_print(&shop);
	assert_true(is_clean("/a.jpg", &sorts[0]));
	assert_int_equal(state_of("/b.tiff", reason), FILE_BROKEN);
}

/* A cleaned AVIF is as long as it was: what tells the original from it is the time of change. */
static void
original_laid_over_it_once_more_is_cleaned_once_more(void **state)
{
	struct timespec times[2] = {{1000000000, 0}, {1000000000, 0}};
	struct buffer dirty = BUFFER_EMPTY, clean = BUFFER_EMPTY;
	struct stat st;

	(void)state;
	make_avif(&dirty, true, 1);
	make_avif(&clean, false, 1);
	lay_bytes("/a.avif", dirty.data, clean.len); /* without what follows its end */
	assert_int_equal(utimensat(AT_FDCWD, workshop_name(&shop, "/a.avif"), times, 0), 0);
	workshop_print(&shop);
	assert_true(is_clean("/a.avif", &sorts[4]));
	assert_int_equal(stat(workshop_name(&shop, "/a.avif"), &st), 0);
	ino_t inode = st.st_ino;

	lay_bytes("/a.avif", dirty.data, clean.len);
	assert_int_equal(utimensat(AT_FDCWD, workshop_name(&shop, "/a.avif"), times, 0), 0);
	assert_int_equal(stat(workshop_name(&shop, "/a.avif"), &st), 0);
	assert_int_equal(st.st_ino, inode);
	workshop_notice(&shop);
	assert_true(is_clean("/a.avif", &sorts[4]));
	buffer_free(&dirty);
	buffer_free(&clean);
}

/* Whoever gives it inode, size and time of change of what was there cannot give it its ctime. */
static void
forged_picture_is_cleaned(void **state)
{
	struct buffer dirty = BUFFER_EMPTY, clean = BUFFER_EMPTY;
	struct stat st, forged;

	(void)state;
	make_avif(&dirty, true, 1);
	make_avif(&clean, false, 1);
	lay_bytes("/a.avif", clean.data, clean.len);
	workshop_print(&shop);
	workshop_work(&shop);
	assert_int_equal(stat(workshop_name(&shop, "/a.avif"), &st), 0);
	do {
		struct timespec times[2] = {st.st_atim, st.st_mtim};

		lay_bytes("/a.avif", dirty.data, clean.len);
		assert_int_equal(utimensat(AT_FDCWD, workshop_name(&shop, "/a.avif"), times, 0), 0);
		assert_int_equal(stat(workshop_name(&shop, "/a.avif"), &forged), 0);
	} while (forged.st_ctim.tv_sec == st.st_ctim.tv_sec &&
		 forged.st_ctim.tv_nsec == st.st_ctim.tv_nsec);
	assert_int_equal(forged.st_ino, st.st_ino);
	workshop_notice(&shop);
	assert_true(is_clean("/a.avif", &sorts[4]));
	assert_false(history_knows_word(SECRET));
	buffer_free(&dirty);
	buffer_free(&clean);
}

/* Or readers would wait for it for ever. */
static void
picture_that_gets_other_permissions_is_looked_at_again(void **state)
{
	struct edition_looks looks;
	struct stat st;

	(void)state;
	lay("/a.jpg", &sorts[0], false);
	workshop_print(&shop);
	assert_int_equal(chmod(workshop_name(&shop, "/a.jpg"), 0600), 0);
	assert_int_equal(stat(workshop_name(&shop, "/a.jpg"), &st), 0);
	workshop_notice(&shop);
	struct edition *edition = workshop_edition(&shop);
	assert_true(edition_begin(edition));
	assert_int_equal(edition_file_looks(edition, "/a.jpg", &looks), EDITION_FOUND);
	assert_int_equal(looks.ctime_ns, st.st_ctim.tv_sec * 1000000000 + st.st_ctim.tv_nsec);
	edition_end(edition);
}

/* More than history takes, and still cleaned. */
static void
picture_beyond_upload_size_is_cleaned(void **state)
{
	(void)state;
	shop.config.limits.upload_size = 32;
	lay("/a.gif", &sorts[2], true);
	workshop_print(&shop);
	assert_true(is_clean("/a.gif", &sorts[2]));
	assert_string_equal(committed("/a.gif"), "(absent)");
}

/* A hand may lay it there in the moment before an upload replaces it. */
static void
what_an_upload_replaces_is_cleaned_for_history(void **state)
{
	struct buffer clean = BUFFER_EMPTY;
	struct error err;

	(void)state;
	workshop_print(&shop);
	lay("/a.jpg", &sorts[0], true);
	sorts[0].make(&clean, false, 1);
	struct press_change change = {"/a.jpg", clean.data, clean.len};
	assert_true(press_put(shop.press, &change, 1, &heidi, &err));
	assert_string_equal(git_log(), "Heidi <heidi@example.org>: publish /articles/a.gmi\n"
				       "broadsheet <press@example.org>: Add a.jpg\n");
	assert_false(history_knows_word(SECRET));
	buffer_free(&clean);
}

static void
edition_says_whether_readers_may_have_it(void **state)
{
	struct edition_looks looks;

	(void)state;
	lay("/a.jpg", &sorts[0], true);
	lay_bytes("/b.tiff", "II*\0\x08\0\0\0\0\0\0\0", 12);
	workshop_print(&shop);
	struct edition *edition = workshop_edition(&shop);
	struct stat st;
	assert_int_equal(stat(workshop_name(&shop, "/a.jpg"), &st), 0);
	assert_true(edition_begin(edition));
	assert_int_equal(edition_file_looks(edition, "/a.jpg", &looks), EDITION_FOUND);
	assert_false(looks.is_held);
	assert_int_equal(looks.size, st.st_size);
	assert_int_equal(looks.inode, st.st_ino);
	assert_int_equal(edition_file_looks(edition, "/b.tiff", &looks), EDITION_FOUND);
	assert_true(looks.is_held);
	assert_int_equal(edition_file_looks(edition, "/c.jpg", &looks), EDITION_ABSENT);
	edition_end(edition);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PRESS_TEST(each_kind_is_cleaned_where_it_lies),
	    PRESS_TEST(no_name_hides_a_picture),
	    PRESS_TEST(history_gets_only_bytes_that_are_clean),
	    PRESS_TEST(forged_picture_is_cleaned),
	    PRESS_TEST(picture_that_gets_other_permissions_is_looked_at_again),
	    PRESS_TEST(permissions_and_time_of_change_are_kept),
	    PRESS_TEST(picture_laid_later_is_cleaned_once),
	    PRESS_TEST(picture_that_cannot_be_cleaned_is_held_back),
	    PRESS_TEST(held_back_picture_is_taken_in_when_it_is_mended),
	    PRESS_TEST(link_waits_for_what_it_leads_to),
	    PRESS_TEST(keep_metadata_leaves_pictures_alone_until_it_is_taken_back),
	    PRESS_TEST(original_laid_over_it_once_more_is_cleaned_once_more),
	    PRESS_TEST(picture_beyond_upload_size_is_cleaned),
	    PRESS_TEST(what_an_upload_replaces_is_cleaned_for_history),
	    PRESS_TEST(edition_says_whether_readers_may_have_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
