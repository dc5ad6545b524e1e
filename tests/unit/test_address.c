#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

/* The address as a socket would give it; family AF_UNSPEC for "". */
static struct sockaddr_storage
address_of(const char *text)
{
	struct sockaddr_storage out;
	struct sockaddr_in v4 = {.sin_family = AF_INET};
	struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};

	memset(&out, 0, sizeof(out));
	if (inet_pton(AF_INET, text, &v4.sin_addr) == 1)
		memcpy(&out, &v4, sizeof(v4));
	else if (inet_pton(AF_INET6, text, &v6.sin6_addr) == 1)
		memcpy(&out, &v6, sizeof(v6));
	return out;
}

static struct address_block
block_of(const char *text, int prefix_bits)
{
	struct address_block out = {.prefix_bits = prefix_bits};

	assert_int_equal(inet_pton(AF_INET6, text, out.address), 1);
	return out;
}

static void
addresses_are_shown_as_the_log_wants_them(void **state)
{
	static const struct {
		const char *label, *address;
		enum log_addresses how;
		const char *expected;
	} cases[] = {
	    {"IPv4 whole", "192.0.2.17", LOG_ADDRESSES_FULL, "192.0.2.17"},
	    {"IPv4 network", "192.0.2.17", LOG_ADDRESSES_TRUNCATED, "192.0.2.0"},
	    {"IPv4 hidden", "192.0.2.17", LOG_ADDRESSES_NONE, "-"},
	    {"IPv6 whole", "2001:db8:1:2::3", LOG_ADDRESSES_FULL, "2001:db8:1:2::3"},
	    {"IPv6 network", "2001:db8:1:2::3", LOG_ADDRESSES_TRUNCATED, "2001:db8:1::"},
	    {"IPv6 hidden", "2001:db8:1:2::3", LOG_ADDRESSES_NONE, "-"},
	    {"mapped", "::ffff:192.0.2.17", LOG_ADDRESSES_TRUNCATED, "192.0.2.0"},
	    {"none", "", LOG_ADDRESSES_FULL, "-"},
	};
	char out[ADDRESS_TEXT_MAX];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sockaddr_storage address = address_of(cases[i].address);
		address_format(&address, cases[i].how, out);
		if (strcmp(out, cases[i].expected) != 0)
			print_error("%s\n", cases[i].label);
		assert_string_equal(out, cases[i].expected);
	}
}

static void
blocks_hold_their_addresses_and_no_others(void **state)
{
	static const struct {
		const char *label, *block;
		int prefix_bits;
		const char *address;
		bool expected;
	} cases[] = {
	    {"same IPv4", "::ffff:192.0.2.1", 128, "192.0.2.1", true},
	    {"other IPv4", "::ffff:192.0.2.1", 128, "192.0.2.2", false},
	    {"in a /24", "::ffff:10.1.2.0", 96 + 24, "10.1.2.255", true},
	    {"past a /24", "::ffff:10.1.2.0", 96 + 24, "10.1.3.0", false},
	    {"in a /12", "::ffff:172.16.0.0", 96 + 12, "172.31.255.255", true},
	    {"past a /12", "::ffff:172.16.0.0", 96 + 12, "172.32.0.0", false},
	    {"mapped is IPv4", "::ffff:10.0.0.0", 96 + 8, "::ffff:10.9.9.9", true},
	    {"in a /33", "2001:db8:8000::", 33, "2001:db8:ffff::1", true},
	    {"past a /33", "2001:db8:8000::", 33, "2001:db8:7fff::1", false},
	    {"everything", "::", 0, "203.0.113.1", true},
	    {"no address", "::", 0, "", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sockaddr_storage address = address_of(cases[i].address);
		struct address_block block = block_of(cases[i].block, cases[i].prefix_bits);
		bool is_in = address_is_in(&address, &block, 1);
		if (is_in != cases[i].expected)
			print_error("%s\n", cases[i].label);
		assert_int_equal(is_in, cases[i].expected);
	}
}

static void
no_blocks_hold_nothing(void **state)
{
	struct sockaddr_storage address = address_of("127.0.0.1");

	(void)state;
	assert_false(address_is_in(&address, NULL, 0));
}

static void
a_mapped_address_becomes_ipv4_and_keeps_its_port(void **state)
{
	struct sockaddr_storage address = address_of("::ffff:198.51.100.7");
	struct sockaddr_in v4;

	(void)state;
	((struct sockaddr_in6 *)&address)->sin6_port = htons(1234);
	address_unmap(&address);
	memcpy(&v4, &address, sizeof(v4));
	assert_int_equal(v4.sin_family, AF_INET);
	assert_int_equal(ntohs(v4.sin_port), 1234);
	assert_int_equal(ntohl(v4.sin_addr.s_addr), 0xc6336407);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(addresses_are_shown_as_the_log_wants_them),
	    cmocka_unit_test(blocks_hold_their_addresses_and_no_others),
	    cmocka_unit_test(no_blocks_hold_nothing),
	    cmocka_unit_test(a_mapped_address_becomes_ipv4_and_keeps_its_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
