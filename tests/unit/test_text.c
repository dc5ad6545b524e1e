#include "check.h"

#include <stdlib.h>

#include "base/text.h"

#define BYTES(literal) literal, sizeof(literal) - 1

typedef void appender(struct buffer *out, const char *text, size_t len);

/* What append makes of the bytes; the caller frees it. */
static char *
appended(appender *append, const char *bytes, size_t len)
{
	struct buffer b = BUFFER_EMPTY;

	append(&b, bytes, len);
	return buffer_take(&b);
}

struct append_row {
	const char *label, *bytes;
	size_t len;
	const char *expected;
};

static void
check_appends(appender *append, const struct append_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		char *text = appended(append, rows[i].bytes, rows[i].len);
		check_row_text(rows[i].label, text, rows[i].expected);
		free(text);
	}
}

static void
only_well_formed_utf8_passes(void **state)
{
	(void)state;
	static const struct {
		const char *label, *bytes;
		size_t len;
		bool is_valid;
	} rows[] = {
	    {"nothing", BYTES(""), true},
	    {"ASCII with NUL", BYTES("a\0b"), true},
	    {"two, three and four bytes", BYTES("é€😀"), true},
	    {"the last code point", BYTES("\xF4\x8F\xBF\xBF"), true},
	    {"before the surrogates", BYTES("\xED\x9F\xBF"), true},
	    {"a surrogate", BYTES("\xED\xA0\x80"), false},
	    {"beyond U+10FFFF", BYTES("\xF4\x90\x80\x80"), false},
	    {"overlong slash, two bytes", BYTES("\xC0\xAF"), false},
	    {"overlong slash, three bytes", BYTES("\xE0\x80\xAF"), false},
	    {"overlong slash, four bytes", BYTES("\xF0\x80\x80\xAF"), false},
	    {"a lone continuation", BYTES("a\x80"), false},
	    {"a cut character", BYTES("\xE2\x82"), false},
	    {"a lead before ASCII",
		BYTES("\xC3"
		      "A"),
		false},
	    {"Latin-1", BYTES("caf\xE9"), false},
	    {"0xFF", BYTES("\xFF"), false},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(
		    rows[i].label, text_is_utf8(rows[i].bytes, rows[i].len) == rows[i].is_valid);
}

static void
every_code_point_survives_encoding_and_decoding(void **state)
{
	(void)state;

	for (uint32_t c = 0; c <= 0x10FFFF; c++) {
		char bytes[4];
		uint32_t decoded = 0;
		size_t len = text_encode(bytes, c);
		bool is_surrogate = c >= 0xD800 && c <= 0xDFFF;
		assert_int_equal(text_decode(bytes, len, &decoded), is_surrogate ? 0 : len);
		assert_int_equal(text_decode(bytes, len - 1, &decoded), 0);
		if (!is_surrogate)
			assert_int_equal(decoded, c);
	}
}

static void
cuts_fall_between_characters(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t max, cut;
	} rows[] = {
	    {"abc", 5, 3},
	    {"abc", 3, 3},
	    {"abc", 2, 2},
	    {"a€c", 3, 1},
	    {"a€c", 2, 1},
	    {"a€c", 4, 4},
	    {"€", 2, 0},
	    {"😀x", 3, 0},
	    {"😀x", 4, 4},
	    {"", 0, 0},
	    {"abc", 0, 0},
	    {"\x80\x80\x80\x80\x80\x80", 5, 5},
	};

	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].text,
		    text_cut(rows[i].text, strlen(rows[i].text), rows[i].max) == rows[i].cut);
}

static void
a_cut_at_a_word_keeps_words_whole(void **state)
{
	(void)state;
	static const struct {
		const char *text;
		size_t max_characters;
		const char *expected;
	} rows[] = {
	    {"free advice tables", 100, "free advice tables"},
	    {"free advice tables", 18, "free advice tables"},
	    {"free advice tables", 17, "free advice"},
	    {"free advice tables", 11, "free advice"},
	    {"free advice tables", 12, "free advice"},
	    {"free advice tables", 10, "free"},
	    {"free advice", 3, "fre"},
	    {"ünïcödé wörds", 7, "ünïcödé"},
	    {"ünïcödé wörds", 9, "ünïcödé"},
	    {"東京東京東京", 4, "東京東京"},
	    {"two  blanks", 5, "two"},
	    {"", 5, ""},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char cut[64] = "";
		memcpy(cut, rows[i].text,
		    text_cut_word(rows[i].text, strlen(rows[i].text), rows[i].max_characters));
		check_row_text(rows[i].text, cut, rows[i].expected);
	}
}

static void
a_value_becomes_one_line(void **state)
{
	(void)state;
	static const struct append_row rows[] = {
	    {"plain", BYTES("plain text"), "plain text"},
	    {"blanks around", BYTES(" \t text \n"), "text"},
	    {"line ends", BYTES("a\r\nb\nc"), "a  b c"},
	    {"NUL", BYTES("a\0b"), "a b"},
	    {"NEL",
		BYTES("a\xC2\x85"
		      "b"),
		"a b"},
	    {"separators",
		BYTES("a\xE2\x80\xA8"
		      "b\xE2\x80\xA9"
		      "c"),
		"a b c"},
	    {"DEL",
		BYTES("a\x7F"
		      "b"),
		"a b"},
	    {"Latin-1", BYTES("caf\xE9!"), "caf\xEF\xBF\xBD!"},
	    {"nothing but controls", BYTES("\r\n\t"), ""},
	};

	check_appends(text_append_line, rows, ROWS(rows));
}

static void
a_line_is_trimmed_without_touching_what_stands_before_it(void **state)
{
	(void)state;
	struct buffer b = BUFFER_EMPTY;

	buffer_puts(&b, "> ");
	text_append_line(&b, "  \n", 3);
	assert_string_equal(buffer_text(&b), "> ");
	buffer_free(&b);
}

static void
marks_of_direction_are_dropped(void **state)
{
	static const struct {
		const char *text, *expected;
	} cases[] = {
	    {"", ""},
	    {"plain", "plain"},
	    {"\u202e", ""},
	    {"a\u202eb\u202cc", "abc"},
	    {"\u2066a\u2067b\u2068c\u2069", "abc"},
	    {"\u202aa\u202bb\u202d", "ab"},
	    {"\u200ea\u200fb\u061c", "ab"},
	    {"a\u200b\u200db\u2065\u202f\u206a", "a\u200b\u200db\u2065\u202f\u206a"},
	    {"\u05d0\u202e\xff\u05d1", "\u05d0\xff\u05d1"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char text[64];

		strcpy(text, cases[i].text);
		text[text_drop_directions(text, strlen(text))] = '\0';
		assert_string_equal(text, cases[i].expected);
	}
}

static void
what_does_not_show_is_told_apart(void **state)
{
	static const uint32_t unseen[] = {' ', '\t', '\n', 0x7F, 0xA0, 0xAD, 0x2009, 0x200B, 0x200D,
	    0x200E, 0x2028, 0x202E, 0x202F, 0x2060, 0x3000, 0xFE0F, 0xFEFF, 0xE0041};
	static const uint32_t seen[] = {
	    '-', 'a', 0xA1, 0xB7, 0x0300, 0x2010, 0x2014, 0x2022, 0x3001, 0xFF0D, 0x1F600};

	(void)state;
	for (size_t i = 0; i < sizeof(unseen) / sizeof(unseen[0]); i++)
		if (!text_is_unseen(unseen[i]))
			fail_msg("U+%04X shows", unseen[i]);
	for (size_t i = 0; i < sizeof(seen) / sizeof(seen[0]); i++)
		if (text_is_unseen(seen[i]))
			fail_msg("U+%04X does not show", seen[i]);
}

static void
a_log_shows_what_would_move_the_cursor(void **state)
{
	(void)state;
	static const struct append_row rows[] = {
	    {"plain", BYTES("gemini://example.org/é"), "gemini://example.org/é"},
	    {"line ends", BYTES("a\r\nb"), "a\\x0d\\x0ab"},
	    {"escape sequence", BYTES("\x1B[2J"), "\\x1b[2J"},
	    {"C1 control",
		BYTES("\xC2\x9B"
		      "2J"),
		"\\xc2\\x9b2J"},
	    {"backslash", BYTES("\\x0a"), "\\x5cx0a"},
	    {"invalid bytes", BYTES("\xFF\xC3"), "\\xff\\xc3"},
	};

	check_appends(text_append_escaped, rows, ROWS(rows));
}

static void
nothing_invisible_is_left_raw_for_a_log(void **state)
{
	(void)state;
	static const uint32_t ranges[][2] = {
	    {0xAD, 0xAD},       /* soft hyphen */
	    {0x61C, 0x61C},     /* Arabic letter mark */
	    {0x180E, 0x180E},   /* Mongolian vowel separator */
	    {0x200B, 0x200F},   /* zero width, and marks of direction */
	    {0x2028, 0x202E},   /* separators, embeddings and overrides */
	    {0x2060, 0x206F},   /* word joiner, isolates, deprecated ones */
	    {0xFEFF, 0xFEFF},   /* byte order mark */
	    {0xFFF9, 0xFFFB},   /* annotations */
	    {0xE0000, 0xE0FFF}, /* tags, and selectors of variants */
	};

	for (size_t i = 0; i < ROWS(ranges); i++) {
		for (uint32_t c = ranges[i][0]; c <= ranges[i][1]; c++) {
			struct buffer text = BUFFER_EMPTY, json = BUFFER_EMPTY;
			char bytes[4];
			size_t len = text_encode(bytes, c);
			text_append_escaped(&text, bytes, len);
			text_append_json(&json, bytes, len);
			for (const char *at = text.data; *at != '\0'; at++)
				assert_in_range(*at, ' ', '~');
			for (const char *at = json.data; *at != '\0'; at++)
				assert_in_range(*at, ' ', '~');
			buffer_free(&text);
			buffer_free(&json);
		}
	}
}

static void
json_strings_are_escaped(void **state)
{
	(void)state;
	static const struct append_row rows[] = {
	    {"quotes and backslash", BYTES("\"\\/"), "\\\"\\\\/"},
	    {"controls", BYTES("\0\n\x1F\x7F"), "\\u0000\\u000a\\u001f\\u007f"},
	    {"UTF-8", BYTES("é😀"), "é😀"},
	    {"an override", BYTES("a\u202Ez"), "a\\u202ez"},
	    {"a tag", BYTES("a\U000E0041z"), "a\\udb40\\udc41z"},
	    {"invalid bytes", BYTES("a\xFFz"), "a\xEF\xBF\xBDz"},
	};

	check_appends(text_append_json, rows, ROWS(rows));
}

static void
paths_are_percent_encoded(void **state)
{
	(void)state;
	static const struct append_row rows[] = {
	    {"unreserved", BYTES("/a-Z_0.~"), "/a-Z_0.~"},
	    {"what may stand in a path", BYTES("/a;b=1,c@d:e!$&'()*+"), "/a;b=1,c@d:e!$&'()*+"},
	    {"what may not", BYTES("/a b?c#d%[e]"), "/a%20b%3Fc%23d%25%5Be%5D"},
	    {"UTF-8", BYTES("/é"), "/%C3%A9"},
	    {"controls", BYTES("/\n\0"), "/%0A%00"},
	};

	check_appends(text_append_path, rows, ROWS(rows));
}

static void
slugs_read_like_their_names(void **state)
{
	(void)state;
	static const struct {
		const char *name, *slug;
	} rows[] = {
	    {"Legal Aid", "legal-aid"},
	    {"  --Los   Angeles!  ", "los-angeles"},
	    {"Žluťoučký kůň", "zlutoucky-kun"},
	    {"Straße & Ærø, Łódź", "strasse-aero-lodz"},
	    {"Þingvellir", "thingvellir"},
	    {"Émile Zola’s J’accuse…", "emile-zola-s-j-accuse"},
	    {"E\xCC\x81mile", "emile"}, /* decomposed */
	    {"Đặng Việt", "dang-viet"},
	    {"Новости дня: Ёлка, Київ", "новости-дня-елка-киів"},
	    {"Αθήνα ΟΔΟΣ ὁδός", "αθηνα-οδοσ-οδοσ"},
	    {"東京・2025年", "東京-2025年"},
	    {"हिन्दी समाचार", "हिन्दी-समाचार"},
	    {"שָׁלוֹם", "שלום"},
	    {"CO₂ und m²", "co2-und-m2"},
	    {"Sun ☀️ and 👩‍💻", "sun-and"},
	    {"ＡＢＣ１", "abc1"},
	    {"caf\xE9 au lait", "caf-au-lait"},
	    {"", ""},
	    {"!?…", ""},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char slug[TEXT_SLUG_MAX + 1];
		text_slug(rows[i].name, slug);
		check_row_text(rows[i].name, slug, rows[i].slug);
	}
}

static void
slugs_are_cut_at_a_character(void **state)
{
	(void)state;
	char name[200] = "", slug[TEXT_SLUG_MAX + 1];

	memset(name, 'a', 59);
	strcpy(name + 59, " b");
	text_slug(name, slug);
	assert_int_equal(strlen(slug), 59); /* no "-" is left at the end */
	strcpy(name + 59, "жb");
	text_slug(name, slug);
	assert_int_equal(strlen(slug), 59);
	memset(name, 'a', sizeof(name) - 1);
	text_slug(name, slug);
	assert_int_equal(strlen(slug), TEXT_SLUG_MAX);
}

static void
the_slug_of_a_slug_is_itself(void **state)
{
	(void)state;

	for (uint32_t c = 1; c <= 0x10FFFF; c++) {
		char name[6] = "a", once[TEXT_SLUG_MAX + 1], twice[TEXT_SLUG_MAX + 1];
		name[1 + text_encode(name + 1, c)] = '\0';
		text_slug(name, once);
		text_slug(once, twice);
		check_row_text(name, twice, once);
	}
}

static void
folding_takes_case_and_blanks_but_no_marks(void **state)
{
	(void)state;
	static const struct {
		const char *label, *name, *expected;
	} rows[] = {
	    {"nothing", "", ""},
	    {"blanks", " \t ", ""},
	    {"case", "Legal AID", "legal aid"},
	    {"runs of blanks", "  legal \u00a0 aid ", "legal aid"},
	    {"symbols stay", "C++", "c++"},
	    {"marks stay", "\u00c9mile \u00c5\u0141\u0179\u0178",
		"\u00e9mile \u00e5\u0142\u017a\u00ff"},
	    {"Greek, with marks", "\u0386\u039b", "\u03ac\u03bb"},
	    {"Cyrillic, with marks", "\u0419\u0401", "\u0439\u0451"},
	    {"other scripts", "\u65e5\u672c", "\u65e5\u672c"},
	    {"invalid bytes", "A\xff", "a\ufffd"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buffer b = BUFFER_EMPTY;

		text_fold(&b, rows[i].name);
		check_row_text(rows[i].label, buffer_text(&b), rows[i].expected);
		buffer_free(&b);
	}
}

static void
starts_and_ends_are_compared_whole(void **state)
{
	(void)state;

	assert_true(text_starts("articles/x.gmi", "articles/"));
	assert_false(text_starts("art", "articles/"));
	assert_true(text_ends("x.gmi", ".gmi"));
	assert_false(text_ends("gmi", ".gmi"));
	assert_true(text_ends("x", ""));
}

static void
the_line_of_the_first_bad_byte_is_told(void **state)
{
	static const struct {
		const char *label, *bytes;
		size_t len, line;
	} rows[] = {
	    {"nothing", "", 0, 0},
	    {"all well", "a\nb\n", 4, 0},
	    {"in the first line", "\xFF\n\xFF", 3, 1},
	    {"behind a line end", "a\n\xFF", 3, 2},
	    {"CR ends no line", "a\r\r\n\xFF", 5, 2},
	    {"cut at the end", "a\n\n\xC3", 4, 3},
	    {"NUL is well", "\0\n\xFF", 3, 2},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++)
		check_row(rows[i].label, text_bad_line(rows[i].bytes, rows[i].len) == rows[i].line);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(only_well_formed_utf8_passes),
	    cmocka_unit_test(the_line_of_the_first_bad_byte_is_told),
	    cmocka_unit_test(every_code_point_survives_encoding_and_decoding),
	    cmocka_unit_test(cuts_fall_between_characters),
	    cmocka_unit_test(a_cut_at_a_word_keeps_words_whole),
	    cmocka_unit_test(a_value_becomes_one_line),
	    cmocka_unit_test(a_line_is_trimmed_without_touching_what_stands_before_it),
	    cmocka_unit_test(marks_of_direction_are_dropped),
	    cmocka_unit_test(what_does_not_show_is_told_apart),
	    cmocka_unit_test(a_log_shows_what_would_move_the_cursor),
	    cmocka_unit_test(nothing_invisible_is_left_raw_for_a_log),
	    cmocka_unit_test(json_strings_are_escaped),
	    cmocka_unit_test(paths_are_percent_encoded),
	    cmocka_unit_test(slugs_read_like_their_names),
	    cmocka_unit_test(slugs_are_cut_at_a_character),
	    cmocka_unit_test(the_slug_of_a_slug_is_itself),
	    cmocka_unit_test(folding_takes_case_and_blanks_but_no_marks),
	    cmocka_unit_test(starts_and_ends_are_compared_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
