#include "check.h"

#include "base/encode.h"

static bool
is_letter(unsigned char byte)
{
	return (byte >= 'a' && byte <= 'z') || byte >= 0xFE;
}

static void
what_does_not_stand_is_escaped(void **state)
{
	static const struct {
		const char *label, *bytes;
		size_t len;
		const char *expected;
	} rows[] = {
	    {"nothing", "", 0, ""},
	    {"what stands", "abc", 3, "abc"},
	    {"what does not", "a b%", 4, "a%20b%25"},
	    {"NUL", "\0", 1, "%00"},
	    {"bytes above ASCII", "\xC3\xA9", 2, "%C3%A9"},
	    {"they may stand, too", "\xFF", 1, "\xFF"},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer out = BUFFER_EMPTY;
		encode_percent(&out, rows[i].bytes, rows[i].len, is_letter);
		check_row_text(rows[i].label, buffer_text(&out), rows[i].expected);
		buffer_free(&out);
	}
}

static void
an_escape_is_a_sign_and_two_digits(void **state)
{
	static const struct {
		const char *text;
		size_t len;
		bool is_escape;
		char byte;
	} rows[] = {
	    {"%41", 3, true, 'A'},
	    {"%fF", 3, true, '\xFF'},
	    {"%00x", 4, true, '\0'},
	    {"%41", 2, false, '-'},
	    {"%4", 2, false, '-'},
	    {"%4g", 3, false, '-'},
	    {"%g4", 3, false, '-'},
	    {"%%41", 4, false, '-'},
	    {"% 1", 3, false, '-'},
	    {"41%", 3, false, '-'},
	    {"", 0, false, '-'},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char byte = '-';
		check_row(rows[i].text,
		    encode_read_percent(rows[i].text, rows[i].len, &byte) == rows[i].is_escape);
		check_row(rows[i].text, byte == rows[i].byte);
		check_row(rows[i].text,
		    encode_read_percent(rows[i].text, rows[i].len, NULL) == rows[i].is_escape);
	}
}

static void
hex_is_written_in_lower_case_and_read_back(void **state)
{
	uint8_t bytes[256], read[256];
	char hex[513];

	(void)state;
	for (int i = 0; i < 256; i++)
		bytes[i] = (uint8_t)i;
	encode_hex(bytes, 256, hex);
	assert_int_equal(strlen(hex), 512);
	assert_memory_equal(hex, "000102", 6);
	assert_string_equal(hex + 506, "fdfeff");
	assert_true(encode_is_hex(hex, 512));
	assert_true(encode_read_hex(hex, 256, read));
	assert_memory_equal(bytes, read, 256);
}

static void
only_our_own_hex_is_read_as_bytes(void **state)
{
	static const struct {
		const char *text;
		size_t bytes;
		bool is_read;
	} rows[] = {
	    {"", 0, true},
	    {"00ff", 2, true},
	    {"00ff99", 2, true}, /* the rest is not looked at */
	    {"00F", 1, true},
	    {"0F", 1, false},
	    {"0", 1, false},
	    {"", 1, false},
	    {"00f", 2, false},
	    {" 0", 1, false},
	    {"+1", 1, false},
	    {"0x", 1, false},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		uint8_t out[2];
		check_row(rows[i].text,
		    encode_read_hex(rows[i].text, rows[i].bytes, out) == rows[i].is_read);
	}
}

static void
a_hex_digit_is_one_in_either_case(void **state)
{
	static const char digits[] = "0123456789abcdefABCDEF";

	(void)state;
	for (int c = -128; c < 128; c++) {
		const char *digit = c == 0 ? NULL : strchr(digits, c);
		int value = digit == NULL ? -1 : (int)(digit - digits);
		assert_int_equal(encode_hex_digit((char)c), value >= 16 ? value - 6 : value);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_does_not_stand_is_escaped),
	    cmocka_unit_test(an_escape_is_a_sign_and_two_digits),
	    cmocka_unit_test(hex_is_written_in_lower_case_and_read_back),
	    cmocka_unit_test(only_our_own_hex_is_read_as_bytes),
	    cmocka_unit_test(a_hex_digit_is_one_in_either_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
