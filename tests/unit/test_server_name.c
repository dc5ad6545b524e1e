/* The server_name extension of a handshake, which a peer writes: it is read before the library has
 * looked at it. The module is compiled in here, for clients cannot be made to send nonsense. */
#include "check.h"

#include "net/tls.c"

#define BYTES(text) text, sizeof(text) - 1

static void
a_name_is_read_if_it_is_there_whole(void **state)
{
	static const struct {
		const char *label, *bytes;
		size_t len; /* of the extension: what lies behind it is not its own */
		const char *name;
	} rows[] = {
	    {"a name",
		BYTES("\0\x09\0\0\x06"
		      "a.test"),
		"a.test"},
	    {"in capitals",
		BYTES("\0\x09\0\0\x06"
		      "A.TEST"),
		"a.test"},
	    {"and another one",
		BYTES("\0\x09\0\0\x01"
		      "a\0\0\x01"
		      "b"),
		"a"},
	    {"of no length", BYTES("\0\x03\0\0\0"), ""},
	    {"of another type", BYTES("\0\x04\x01\0\x01x"), ""},
	    {"nothing", "\0\x04\0\0\x01x", 0, ""},
	    {"cut before its length", "\0\x04\0\0\x01x", 4, ""},
	    {"cut before its last byte",
		"\0\x09\0\0\x06"
		"a.test",
		10, ""},
	    {"of a length that is too great",
		BYTES("\0\x09\xff\xff\xff"
		      "a.test"),
		""},
	    {"of a length with a high byte",
		BYTES("\0\x09\0\x01\x06"
		      "a.test"),
		""},
	};

	(void)state;
	for (size_t i = 0; i < ROWS(rows); i++) {
		char name[SERVER_NAME_MAX + 1] = "";

		read_server_name((const unsigned char *)rows[i].bytes, rows[i].len, name);
		check_row_text(rows[i].label, name, rows[i].name);
	}
}

static void
the_longest_name_is_read_and_a_longer_one_is_none(void **state)
{
	unsigned char bytes[5 + SERVER_NAME_MAX + 1];
	char name[SERVER_NAME_MAX + 1];

	(void)state;
	for (size_t len = SERVER_NAME_MAX; len <= SERVER_NAME_MAX + 1; len++) {
		memset(bytes, 'x', sizeof(bytes));
		memcpy(bytes, "\0\0\0", 3);
		bytes[3] = (unsigned char)(len >> 8);
		bytes[4] = (unsigned char)len;
		name[0] = '\0';
		read_server_name(bytes, 5 + len, name);
		assert_int_equal(strlen(name), len == SERVER_NAME_MAX ? len : 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_name_is_read_if_it_is_there_whole),
	    cmocka_unit_test(the_longest_name_is_read_and_a_longer_one_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
