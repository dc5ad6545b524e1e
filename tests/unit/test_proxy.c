#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "net/proxy.h"

#define SIGNATURE "\r\n\r\n\0\r\nQUIT\n"
#define TCP4                                                                                       \
	"\xc0\0\x02\x07"                                                                           \
	"\xc0\0\x02\x01"                                                                           \
	"\x03\xe8"                                                                                 \
	"\x07\xad"
#define BYTES(text) text, sizeof(text) - 1
#define TCP6_SOURCE "\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x07"
#define TEN         "0123456789"

static const struct {
	const char *label, *bytes;
	size_t len;
	enum proxy_verdict verdict;
	size_t used;
	const char *client; /* "" for unknown; with its port */
} cases[] = {
    {"nothing yet", BYTES(""), PROXY_MORE, 0, NULL},
    {"v1 IPv4", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 1000 1965\r\n\x16"), PROXY_READY, 42,
	"192.0.2.7 1000"},
    {"v1 IPv6", BYTES("PROXY TCP6 2001:db8::7 2001:db8::1 65535 0\r\n"), PROXY_READY, 44,
	"2001:db8::7 65535"},
    {"v1 unknown", BYTES("PROXY UNKNOWN\r\n"), PROXY_LOCAL, 15, ""},
    {"v1 unknown, and more", BYTES("PROXY UNKNOWN ffff::1 any thing\r\n"), PROXY_LOCAL, 33, ""},
    {"v1 begun", BYTES("PRO"), PROXY_MORE, 0, NULL},
    {"v1 without LF", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 1000 1965\r"), PROXY_MORE, 0, NULL},
    {"v1 ended by LF", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 1000 1965\n"), PROXY_BAD, 0, NULL},
    {"v1 of another family", BYTES("PROXY TCP5 192.0.2.7 192.0.2.1 1 2\r\n"), PROXY_BAD, 0, NULL},
    {"v1 UNKNOWN run on", BYTES("PROXY UNKNOWNS\r\n"), PROXY_BAD, 0, NULL},
    {"v1 families mixed", BYTES("PROXY TCP6 192.0.2.7 192.0.2.1 1 2\r\n"), PROXY_BAD, 0, NULL},
    {"v1 short of a port", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 1000\r\n"), PROXY_BAD, 0, NULL},
    {"v1 a field too many", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 1 2 3\r\n"), PROXY_BAD, 0, NULL},
    {"v1 two blanks", BYTES("PROXY TCP4  192.0.2.7 192.0.2.1 1 2\r\n"), PROXY_BAD, 0, NULL},
    {"v1 a blank at the end", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 1 2 \r\n"), PROXY_BAD, 0, NULL},
    {"v1 port with a zero in front", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 01 2\r\n"), PROXY_BAD, 0,
	NULL},
    {"v1 no port", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1  2\r\n"), PROXY_BAD, 0, NULL},
    {"v1 port with a letter", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 1a 2\r\n"), PROXY_BAD, 0, NULL},
    {"v1 port beyond 32 bits", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 4294967297 2\r\n"), PROXY_BAD,
	0, NULL},
    {"v1 port too large", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 65536 2\r\n"), PROXY_BAD, 0, NULL},
    {"v1 port signed", BYTES("PROXY TCP4 192.0.2.7 192.0.2.1 +1 2\r\n"), PROXY_BAD, 0, NULL},
    {"v1 octal address", BYTES("PROXY TCP4 192.0.2.007 192.0.2.1 1 2\r\n"), PROXY_BAD, 0, NULL},
    {"v1 in lower case", BYTES("proxy TCP4 192.0.2.7 192.0.2.1 1 2\r\n"), PROXY_BAD, 0, NULL},
    {"v1 with a NUL", BYTES("PROXY UNKNOWN \0\r\n"), PROXY_BAD, 0, NULL},
    {"v1 longest", BYTES("PROXY UNKNOWN " TEN TEN TEN TEN TEN TEN TEN TEN TEN "0\r\n"), PROXY_LOCAL,
	107, ""},
    {"v1 too long", BYTES("PROXY UNKNOWN " TEN TEN TEN TEN TEN TEN TEN TEN TEN "01\r\n"), PROXY_BAD,
	0, NULL},
    {"v1 endless", BYTES("PROXY UNKNOWN " TEN TEN TEN TEN TEN TEN TEN TEN TEN TEN), PROXY_BAD, 0,
	NULL},
    {"v2 IPv4", BYTES(SIGNATURE "\x21\x11\0\x0c" TCP4 "\x16"), PROXY_READY, 28, "192.0.2.7 1000"},
    {"v2 IPv6", BYTES(SIGNATURE "\x21\x21\0\x24" TCP6_SOURCE TCP6_SOURCE "\x03\xe8\x07\xad"),
	PROXY_READY, 52, "2001:db8::7 1000"},
    {"v2 with extensions", BYTES(SIGNATURE "\x21\x11\0\x10" TCP4 "\x04\0\x01x\x16"), PROXY_READY,
	32, "192.0.2.7 1000"},
    {"v2 extension missing", BYTES(SIGNATURE "\x21\x11\0\x10" TCP4 "\x04"), PROXY_MORE, 0, NULL},
    {"v2 local", BYTES(SIGNATURE "\x20\0\0\0"), PROXY_LOCAL, 16, ""},
    {"v2 local with addresses", BYTES(SIGNATURE "\x20\x11\0\x0c" TCP4), PROXY_LOCAL, 28, ""},
    {"v2 of unknown family", BYTES(SIGNATURE "\x21\0\0\x02zz"), PROXY_LOCAL, 18, ""},
    {"v2 half a signature", BYTES("\r\n\r\n\0\r"), PROXY_MORE, 0, NULL},
    {"v2 no addresses yet", BYTES(SIGNATURE "\x21\x11\0\x0c"), PROXY_MORE, 0, NULL},
    {"v2 of version 1", BYTES(SIGNATURE "\x11\x11\0\x0c" TCP4), PROXY_BAD, 0, NULL},
    {"v2 of command 2", BYTES(SIGNATURE "\x22\x11\0\x0c" TCP4), PROXY_BAD, 0, NULL},
    {"v2 of datagrams", BYTES(SIGNATURE "\x21\x12\0\x0c" TCP4), PROXY_BAD, 0, NULL},
    {"v2 of family 4", BYTES(SIGNATURE "\x21\x41\0\x0c" TCP4), PROXY_BAD, 0, NULL},
    {"v2 shorter than its address", BYTES(SIGNATURE "\x21\x11\0\x0b" TCP4), PROXY_BAD, 0, NULL},
    {"a broken signature", BYTES("\r\n\r\n\0\r\nQUIP"), PROXY_BAD, 0, NULL},
    {"TLS", BYTES("\x16\x03\x01\x02\0"), PROXY_BAD, 0, NULL},
    {"plain text", BYTES("gemini://a.test/\r\n"), PROXY_BAD, 0, NULL},
};
#define CASES (sizeof(cases) / sizeof(cases[0]))

static const char *
show(const struct sockaddr_storage *client)
{
	static char text[INET6_ADDRSTRLEN + 8];
	const struct sockaddr_in *in = (const struct sockaddr_in *)client;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)client;
	in_port_t port = client->ss_family == AF_INET ? in->sin_port : in6->sin6_port;

	if (client->ss_family == AF_UNSPEC)
		return "";
	inet_ntop(client->ss_family,
	    client->ss_family == AF_INET ? (const void *)&in->sin_addr : &in6->sin6_addr, text,
	    sizeof(text));
	snprintf(text + strlen(text), 8, " %u", ntohs(port));
	return text;
}

static void
headers_are_read_to_the_letter(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		struct sockaddr_storage client = {.ss_family = 99};
		size_t used = 0;
		print_message("%s\n", cases[i].label);
		assert_int_equal(
		    proxy_parse(cases[i].bytes, cases[i].len, &client, &used), cases[i].verdict);
		assert_int_equal(used, cases[i].used);
		if (cases[i].client != NULL)
			assert_string_equal(show(&client), cases[i].client);
		else
			assert_int_equal(client.ss_family, 99); /* untouched */
	}
}

static void
verdict_does_not_depend_on_chunking(void **state)
{
	(void)state;
	for (size_t i = 0; i < CASES; i++) {
		enum proxy_verdict verdict = PROXY_MORE;
		size_t len = 0, used = 0;
		struct sockaddr_storage client;
		while (verdict == PROXY_MORE && len < cases[i].len)
			verdict = proxy_parse(cases[i].bytes, ++len, &client, &used);
		print_message("%s\n", cases[i].label);
		assert_int_equal(verdict, cases[i].verdict);
		assert_int_equal(used, cases[i].used);
	}
}

static void
a_unix_client_is_nobody_in_particular(void **state)
{
	char bytes[16 + 216] = SIGNATURE "\x21\x31\0\xd8/run/x.sock";
	struct sockaddr_storage client;
	size_t used;

	(void)state;
	assert_int_equal(proxy_parse(bytes, sizeof(bytes), &client, &used), PROXY_READY);
	assert_int_equal(used, sizeof(bytes));
	assert_int_equal(client.ss_family, AF_UNIX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(headers_are_read_to_the_letter),
	    cmocka_unit_test(verdict_does_not_depend_on_chunking),
	    cmocka_unit_test(a_unix_client_is_nobody_in_particular),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
