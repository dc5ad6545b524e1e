#include "net/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>

#define IPV4_NETWORK_BYTES 3 /* of 4: what `addresses = truncated` leaves */
#define IPV6_NETWORK_BYTES 6 /* of 16 */

static const uint8_t mapped_prefix[12] = {[10] = 0xff, [11] = 0xff};

void
address_unmap(struct sockaddr_storage *address)
{
	struct sockaddr_in6 v6;
	struct sockaddr_in v4 = {.sin_family = AF_INET};

	if (address->ss_family != AF_INET6)
		return;
	memcpy(&v6, address, sizeof(v6));
	if (memcmp(v6.sin6_addr.s6_addr, mapped_prefix, sizeof(mapped_prefix)) != 0)
		return;
	v4.sin_port = v6.sin6_port;
	memcpy(&v4.sin_addr, v6.sin6_addr.s6_addr + sizeof(mapped_prefix), sizeof(v4.sin_addr));
	memset(address, 0, sizeof(*address));
	memcpy(address, &v4, sizeof(v4));
}

/* The 16 bytes of an address, an IPv4 one as ::ffff:a.b.c.d. False for other families. */
static bool
address_bytes(const struct sockaddr_storage *address, uint8_t out[static 16])
{
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;

	switch (address->ss_family) {
	case AF_INET:
		memcpy(&v4, address, sizeof(v4));
		memcpy(out, mapped_prefix, sizeof(mapped_prefix));
		memcpy(out + sizeof(mapped_prefix), &v4.sin_addr, sizeof(v4.sin_addr));
		return true;
	case AF_INET6:
		memcpy(&v6, address, sizeof(v6));
		memcpy(out, v6.sin6_addr.s6_addr, 16);
		return true;
	default:
		return false;
	}
}

static bool
block_holds(const struct address_block *block, const uint8_t bytes[static 16])
{
	size_t whole = (size_t)block->prefix_bits / 8;
	unsigned rest = (unsigned)block->prefix_bits % 8;

	if (memcmp(block->address, bytes, whole) != 0)
		return false;
	return rest == 0 || (block->address[whole] ^ bytes[whole]) >> (8 - rest) == 0;
}

bool
address_is_in(
    const struct sockaddr_storage *address, const struct address_block *blocks, size_t count)
{
	uint8_t bytes[16];

	if (!address_bytes(address, bytes))
		return false;
	for (size_t i = 0; i < count; i++)
		if (block_holds(&blocks[i], bytes))
			return true;
	return false;
}

void
address_format(const struct sockaddr_storage *address, enum log_addresses how,
    char out[static ADDRESS_TEXT_MAX])
{
	struct sockaddr_storage plain = *address;
	uint8_t bytes[16];

	address_unmap(&plain);
	bool is_ip = address_bytes(&plain, bytes);
	bool is_v4 = plain.ss_family == AF_INET;
	memcpy(out, "-", sizeof("-"));
	if (how == LOG_ADDRESSES_NONE || !is_ip)
		return;

	uint8_t *start = is_v4 ? bytes + sizeof(mapped_prefix) : bytes;
	size_t size = is_v4 ? 4 : 16;
	size_t shown = is_v4 ? IPV4_NETWORK_BYTES : IPV6_NETWORK_BYTES;
	if (how == LOG_ADDRESSES_TRUNCATED)
		memset(start + shown, 0, size - shown);
	inet_ntop(plain.ss_family, start, out, ADDRESS_TEXT_MAX);
}
