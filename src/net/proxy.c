#include "net/proxy.h"

#include <arpa/inet.h>
#include <assert.h>
#include <ctype.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define V1_PREFIX        "PROXY "
#define V1_MAX           107 /* bytes of a version 1 line, CRLF included */
#define V1_FIELDS        6   /* PROXY, family, source, destination, source port, destination port */
#define V2_SIGNATURE     "\r\n\r\n\0\r\nQUIT\n"
#define V2_SIGNATURE_LEN 12
#define V2_HEAD          16 /* bytes before the addresses */
#define V2_VERSION       0x20
#define V2_LOCAL         0
#define V2_PROXY         1

/* --- version 1: a line of text ------------------------------------------------------------- */

static bool
parse_port(const char *text, in_port_t *out)
{
	unsigned port = 0;
	size_t len = strlen(text);

	if (len == 0 || len > 5 || (len > 1 && text[0] == '0'))
		return false;
	for (; *text != '\0'; text++) {
		if (!isdigit((unsigned char)*text))
			return false;
		port = port * 10 + (unsigned)(*text - '0');
	}
	if (port > 65535)
		return false;
	*out = htons((uint16_t)port);
	return true;
}

static bool
parse_tcp4(char *const fields[V1_FIELDS], struct sockaddr_storage *out)
{
	struct sockaddr_in *in = (struct sockaddr_in *)out;
	struct in_addr destination;
	in_port_t destination_port;

	in->sin_family = AF_INET;
	return inet_pton(AF_INET, fields[2], &in->sin_addr) == 1 &&
	       inet_pton(AF_INET, fields[3], &destination) == 1 &&
	       parse_port(fields[4], &in->sin_port) && parse_port(fields[5], &destination_port);
}

static bool
parse_tcp6(char *const fields[V1_FIELDS], struct sockaddr_storage *out)
{
	struct sockaddr_in6 *in = (struct sockaddr_in6 *)out;
	struct in6_addr destination;
	in_port_t destination_port;

	in->sin6_family = AF_INET6;
	return inet_pton(AF_INET6, fields[2], &in->sin6_addr) == 1 &&
	       inet_pton(AF_INET6, fields[3], &destination) == 1 &&
	       parse_port(fields[4], &in->sin6_port) && parse_port(fields[5], &destination_port);
}

/* Cuts the line at each single blank; false when that does not make V1_FIELDS fields. */
static bool
split_fields(char *line, char *fields[V1_FIELDS])
{
	for (size_t i = 0; i < V1_FIELDS; i++) {
		fields[i] = strsep(&line, " ");
		if (fields[i] == NULL)
			return false;
	}
	return line == NULL;
}

/* The line without its CRLF. */
static enum proxy_verdict
parse_line(char *line, struct sockaddr_storage *out_client)
{
	static const char unknown[] = V1_PREFIX "UNKNOWN";
	char *fields[V1_FIELDS];
	struct sockaddr_storage client = {0};
	char after_unknown = line[strnlen(line, sizeof(unknown) - 1)];
	bool ok;

	if (strncmp(line, unknown, sizeof(unknown) - 1) == 0 &&
	    (after_unknown == '\0' || after_unknown == ' ')) {
		*out_client = client;
		return PROXY_LOCAL;
	}
	if (!split_fields(line, fields))
		return PROXY_BAD;
	if (strcmp(fields[1], "TCP4") == 0)
		ok = parse_tcp4(fields, &client);
	else
		ok = strcmp(fields[1], "TCP6") == 0 && parse_tcp6(fields, &client);
	if (!ok)
		return PROXY_BAD;
	*out_client = client;
	return PROXY_READY;
}

static enum proxy_verdict
parse_v1(const uint8_t *bytes, size_t len, struct sockaddr_storage *out_client, size_t *out_used)
{
	size_t seen = len < V1_MAX ? len : V1_MAX;
	const uint8_t *lf = memchr(bytes, '\n', seen);
	char line[V1_MAX]; /* without its CRLF, and a NUL behind it */
	enum proxy_verdict verdict;
	size_t line_len;

	if (lf == NULL)
		return seen == V1_MAX ? PROXY_BAD : PROXY_MORE;
	line_len = (size_t)(lf - bytes);
	assert(line_len > strlen(V1_PREFIX) - 1); /* there is a byte before the line end */
	assert(line_len < sizeof(line));
	if (bytes[line_len - 1] != '\r' || memchr(bytes, '\0', line_len) != NULL)
		return PROXY_BAD;
	memcpy(line, bytes, line_len - 1);
	line[line_len - 1] = '\0';
	verdict = parse_line(line, out_client);
	assert(verdict != PROXY_MORE); /* the line is whole */
	if (verdict != PROXY_BAD)
		*out_used = line_len + 1;
	return verdict;
}

/* --- version 2: binary --------------------------------------------------------------------- */

struct v2_tcp4 { /* as on the wire */
	uint8_t source[4], destination[4], source_port[2], destination_port[2];
};
struct v2_tcp6 {
	uint8_t source[16], destination[16], source_port[2], destination_port[2];
};

static void
read_tcp4(const uint8_t *addresses, struct sockaddr_storage *out)
{
	struct sockaddr_in *in = (struct sockaddr_in *)out;

	in->sin_family = AF_INET;
	memcpy(&in->sin_addr, addresses + offsetof(struct v2_tcp4, source), 4);
	memcpy(&in->sin_port, addresses + offsetof(struct v2_tcp4, source_port), 2);
}

static void
read_tcp6(const uint8_t *addresses, struct sockaddr_storage *out)
{
	struct sockaddr_in6 *in = (struct sockaddr_in6 *)out;

	in->sin6_family = AF_INET6;
	memcpy(&in->sin6_addr, addresses + offsetof(struct v2_tcp6, source), 16);
	memcpy(&in->sin6_port, addresses + offsetof(struct v2_tcp6, source_port), 2);
}

static void
read_unix(const uint8_t *addresses, struct sockaddr_storage *out)
{
	(void)addresses; /* the path of a client's socket tells nothing */
	out->ss_family = AF_UNIX;
}

/* The families of stream sockets; what the proxy does not know comes as UNSPEC. */
static const struct {
	uint8_t code;
	uint16_t address_bytes;
	void (*read)(const uint8_t *addresses, struct sockaddr_storage *out);
} v2_families[] = {
    {0x00, 0, NULL},
    {0x11, sizeof(struct v2_tcp4), read_tcp4},
    {0x21, sizeof(struct v2_tcp6), read_tcp6},
    {0x31, 2 * 108, read_unix},
};

/* A whole header: the head, and behind it address_bytes of addresses and extensions (which are
 * skipped). */
static enum proxy_verdict
read_addresses(uint8_t family, const uint8_t *addresses, size_t address_bytes,
    struct sockaddr_storage *out_client)
{
	for (size_t i = 0; i < sizeof(v2_families) / sizeof(v2_families[0]); i++) {
		if (v2_families[i].code != family)
			continue;
		if (address_bytes < v2_families[i].address_bytes)
			return PROXY_BAD;
		*out_client = (struct sockaddr_storage){0};
		if (v2_families[i].read == NULL)
			return PROXY_LOCAL;
		v2_families[i].read(addresses, out_client);
		return PROXY_READY;
	}
	return PROXY_BAD;
}

static enum proxy_verdict
parse_v2(const uint8_t *bytes, size_t len, struct sockaddr_storage *out_client, size_t *out_used)
{
	enum proxy_verdict verdict = PROXY_LOCAL;
	uint8_t command;
	size_t rest_len;

	if (len < V2_HEAD)
		return PROXY_MORE;
	command = bytes[12] & 0x0f;
	if ((bytes[12] & 0xf0) != V2_VERSION || (command != V2_LOCAL && command != V2_PROXY))
		return PROXY_BAD;
	rest_len = (size_t)(bytes[14] << 8 | bytes[15]);
	if (len - V2_HEAD < rest_len)
		return PROXY_MORE;
	if (command == V2_PROXY) /* of LOCAL, family and addresses are to be ignored */
		verdict = read_addresses(bytes[13], bytes + V2_HEAD, rest_len, out_client);
	else
		*out_client = (struct sockaddr_storage){0};
	if (verdict != PROXY_BAD)
		*out_used = V2_HEAD + rest_len;
	assert(verdict == PROXY_BAD || *out_used <= len);
	assert(V2_HEAD + rest_len <= PROXY_HEADER_MAX);
	return verdict;
}

static bool
may_begin_with(const void *bytes, size_t len, const char *prefix, size_t prefix_len)
{
	return memcmp(bytes, prefix, len < prefix_len ? len : prefix_len) == 0;
}

enum proxy_verdict
proxy_parse(const void *bytes, size_t len, struct sockaddr_storage *out_client, size_t *out_used)
{
	if (len == 0)
		return PROXY_MORE;
	if (may_begin_with(bytes, len, V2_SIGNATURE, V2_SIGNATURE_LEN))
		return parse_v2(bytes, len, out_client, out_used);
	if (may_begin_with(bytes, len, V1_PREFIX, strlen(V1_PREFIX)))
		return parse_v1(bytes, len, out_client, out_used);
	return PROXY_BAD;
}
