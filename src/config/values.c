#include "config/values.h"

#include <arpa/inet.h>
#include <errno.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "base/encode.h"
#include "base/text.h"

static const char letters_and_digits[] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
static const char digits[] = "0123456789";
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

bool
value_boolean(const char *text, bool *out)
{
	bool is_yes = strcmp(text, "yes") == 0;

	if (!is_yes && strcmp(text, "no") != 0)
		return false;
	*out = is_yes;
	return true;
}

/* Digits and nothing else; the number that overflows is none. */
static bool
read_digits(const char *text, size_t len, uint64_t *out)
{
	uint64_t value = 0;

	if (len == 0 || len > 18 || strspn(text, digits) < len)
		return false;
	for (size_t i = 0; i < len; i++)
		value = value * 10 + (uint64_t)(text[i] - '0');
	*out = value;
	return true;
}

bool
value_number(const char *text, long least, long most, int *out)
{
	uint64_t value = 0;

	if (!read_digits(text, strlen(text), &value) || value < (uint64_t)least ||
	    value > (uint64_t)most)
		return false;
	*out = (int)value;
	return true;
}

bool
value_size(const char *text, uint64_t *out)
{
	static const struct {
		char letter;
		unsigned shift;
	} units[] = {{'K', 10}, {'M', 20}, {'G', 30}};
	size_t len = strlen(text);
	uint64_t value = 0;
	unsigned shift = 0;

	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (len > 0 && text[len - 1] == units[i].letter)
			shift = units[i].shift;
	if (!read_digits(text, shift > 0 ? len - 1 : len, &value) || value == 0 ||
	    value > UINT64_MAX >> shift)
		return false;
	*out = value << shift;
	return true;
}

/* Labels of letters, digits and inner hyphens, 63 bytes at most each (RFC 1123). */
static bool
is_host_name(const char *text)
{
	for (;;) {
		size_t len = strcspn(text, ".");
		if (len == 0 || len > 63 || text[0] == '-' || text[len - 1] == '-')
			return false;
		for (size_t i = 0; i < len; i++)
			if (text[i] != '-' && strchr(letters_and_digits, text[i]) == NULL)
				return false;
		if (text[len] == '\0')
			return true;
		text += len + 1;
	}
}

/* Copies what lies between [ and ] at the start of text. Returns what follows, or NULL. */
static const char *
within_brackets(const char *text, char out[static INET6_ADDRSTRLEN])
{
	const char *end = text[0] == '[' ? strchr(text, ']') : NULL;

	if (end == NULL || end - text - 1 >= INET6_ADDRSTRLEN)
		return NULL;
	memcpy(out, text + 1, (size_t)(end - text - 1));
	out[end - text - 1] = '\0';
	return end + 1;
}

static bool
is_bracketed_address(const char *text)
{
	char address[INET6_ADDRSTRLEN];
	struct in6_addr parsed;
	const char *after = within_brackets(text, address);

	return after != NULL && after[0] == '\0' && inet_pton(AF_INET6, address, &parsed) == 1;
}

bool
value_host(const char *text, char out[static VALUE_HOST_MAX + 1])
{
	size_t len = strlen(text);

	if (len == 0 || len > VALUE_HOST_MAX ||
	    (!is_host_name(text) && !is_bracketed_address(text)))
		return false;
	for (size_t i = 0; i <= len; i++)
		out[i] = (char)(text[i] >= 'A' && text[i] <= 'Z' ? text[i] + 32 : text[i]);
	return true;
}

bool
value_socket_address(const char *text)
{
	char address[INET6_ADDRSTRLEN];
	unsigned char parsed[sizeof(struct in6_addr)];
	const char *after = within_brackets(text, address);
	int family = AF_INET6;
	int port;

	if (after == NULL) {
		size_t len = strcspn(text, ":");
		if (len >= sizeof(address))
			return false;
		memcpy(address, text, len);
		address[len] = '\0';
		after = text + len;
		family = AF_INET;
	}
	return inet_pton(family, address, parsed) == 1 && after[0] == ':' &&
	       value_number(after + 1, 0, 65535, &port);
}

/* Reads an address; an IPv4 one as ::ffff:a.b.c.d. Returns its own number of bits, 0 for none. */
static int
read_address(const char *text, uint8_t out[static 16])
{
	static const uint8_t mapped[12] = {[10] = 0xFF, [11] = 0xFF};

	if (inet_pton(AF_INET6, text, out) == 1)
		return 128;
	memcpy(out, mapped, sizeof(mapped));
	return inet_pton(AF_INET, text, out + sizeof(mapped)) == 1 ? 32 : 0;
}

bool
value_address_block(const char *text, struct address_block *out)
{
	struct address_block block;
	char address[INET6_ADDRSTRLEN];
	size_t len = strcspn(text, "/");

	if (len >= sizeof(address))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	int address_bits = read_address(address, block.address);
	int bits = address_bits;
	if (address_bits == 0 ||
	    (text[len] == '/' && !value_number(text + len + 1, 0, address_bits, &bits)))
		return false;
	block.prefix_bits = bits + 128 - address_bits;
	for (int i = 0; i < 16; i++) {
		int kept = block.prefix_bits - 8 * i;
		if (kept < 8)
			block.address[i] &= (uint8_t)(kept <= 0 ? 0 : 0xFF << (8 - kept));
	}
	*out = block;
	return true;
}

bool
value_fingerprint(const char *text, char out[static 65])
{
	char hex[65];
	size_t len = 0;

	for (; *text != '\0'; text++) {
		if (*text == ':')
			continue;
		if (encode_hex_digit(*text) == -1 || len == 64)
			return false;
		hex[len++] = (char)(*text | 0x20); /* lower case; digits have the bit */
	}
	if (len != 64)
		return false;
	hex[len] = '\0';
	memcpy(out, hex, sizeof(hex));
	return true;
}

/* Bytes that RFC 3986 has somewhere in a URL; UTF-8 is escaped on the way out. */
static bool
has_only_url_bytes(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text <= 0x20 || strchr("\"<>\\^`{|}\x7F", *text) != NULL)
			return false;
	return true;
}

bool
value_is_url(const char *text)
{
	size_t scheme_len = strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789+-.");

	return scheme_len > 0 && strchr(letters, text[0]) != NULL && text[scheme_len] == ':' &&
	       text[scheme_len + 1] != '\0' && has_only_url_bytes(text);
}

bool
value_is_path_reference(const char *text)
{
	return text[0] == '/' && text[1] != '/' && has_only_url_bytes(text);
}

bool
value_is_id(const char *text)
{
	size_t len = strlen(text);

	return len > 0 && len <= VALUE_ID_MAX &&
	       strspn(text, "-_abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") ==
		   len;
}

int
value_processors(void)
{
	cpu_set_t usable;

	if (sched_getaffinity(0, sizeof(usable), &usable) != 0)
		return 1;
	return CPU_COUNT(&usable) > 0 ? CPU_COUNT(&usable) : 1;
}
