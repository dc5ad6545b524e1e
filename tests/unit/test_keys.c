/* Tests of article/keys: the keys of front matter, and what was meant to be one. */
#include "check.h"

#include "article/keys.h"

static void
keys_are_found_in_small_letters_and_capitals(void **state)
{
	static const struct {
		const char *name;
		size_t len;
		enum key key;
	} rows[] = {
	    {"title", 5, KEY_TITLE},
	    {"Image-ALT", 9, KEY_IMAGE_ALT},
	    {"image-alt", 5, KEY_IMAGE},
	    {"sent-to", 7, KEY_SENT_TO},
	    {"titl", 4, KEY_COUNT},
	    {"tithe", 5, KEY_COUNT},
	    {"", 0, KEY_COUNT},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].name, keys_find(rows[i].name, rows[i].len) == rows[i].key);
}

/* Three marks each: that many letters too many are no misspelling. */
static void
a_misspelt_key_is_known_without_its_marks(void **state)
{
	static const struct {
		const char *name, *nearest; /* NULL: none */
		enum key hiding;
	} rows[] = {
	    {"statsu", "status", KEY_STATUS},
	    {"DAET", "date", KEY_DATE},
	    {"retract", "retracted", KEY_RETRACTED},
	    {"titel", "title", KEY_COUNT},
	    {"imagealt", "image-alt", KEY_COUNT},
	    {"***status", "status", KEY_STATUS},
	    {"\u00b7\u00b7\u00b7status", "status", KEY_STATUS},
	    {"\u2010\u2010\u2010status", "status", KEY_STATUS},
	    {"\u205e\u205e\u205estatus", "status", KEY_STATUS},
	    {"\u200b\u200b\u200bstatus", "status", KEY_STATUS},
	    {"---status", NULL, KEY_COUNT},
	    {"aaastatus", NULL, KEY_COUNT},
	    {"\u00e9\u00e9\u00e9status", NULL, KEY_COUNT},
	    {"\u3042\u3042\u3042status", NULL, KEY_COUNT},
	    {"mood", NULL, KEY_COUNT},
	    {"", NULL, KEY_COUNT},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		size_t len = strlen(rows[i].name);
		const char *nearest = keys_nearest(rows[i].name, len);

		check_row(rows[i].name, (nearest == NULL) == (rows[i].nearest == NULL));
		if (nearest != NULL)
			check_row_text(rows[i].name, nearest, rows[i].nearest);
		const char *value = rows[i].hiding == KEY_STATUS ? "draft" : "2027-01-01";
		check_row(rows[i].name,
		    keys_nearest_hiding(rows[i].name, len, value, strlen(value)) == rows[i].hiding);
	}
}

static void
what_stands_behind_a_name_is_not_read(void **state)
{
	(void)state;
	assert_string_equal(keys_nearest("status of things", 6), "status");
	assert_int_equal(keys_nearest_hiding("datejust", 4, "2027", 4), KEY_DATE);
}

/* 64 bytes and more are nobody's misspelling, however few of them are letters. */
static void
a_name_of_any_length_may_be_asked_for(void **state)
{
	char name[300];

	(void)state;
	memset(name, 'x', sizeof(name));
	for (size_t len = 0; len <= sizeof(name); len++)
		assert_null(keys_nearest(name, len));
	memset(name, '*', sizeof(name));
	memcpy(name + sizeof(name) - 6, "status", 6);
	assert_string_equal(keys_nearest(name, sizeof(name)), "status");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(keys_are_found_in_small_letters_and_capitals),
	    cmocka_unit_test(a_misspelt_key_is_known_without_its_marks),
	    cmocka_unit_test(what_stands_behind_a_name_is_not_read),
	    cmocka_unit_test(a_name_of_any_length_may_be_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
