#include "gemini/url.h"

#include <arpa/inet.h>
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "base/encode.h"
#include "base/text.h"

#define BYTE_ORDER_MARK "\xEF\xBB\xBF"
#define PORT_MAX        65535

/* A piece of the URI, borrowed from it. */
struct span {
	const char *at;
	size_t len;
};

struct parts {
	struct span scheme, authority, path, query;
	bool has_query;
};

/* The functions below return what is wrong, in words for the peer, or NULL. */

static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7F;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Whether c is one of the characters in set. */
static bool
is_one_of(char c, const char *set)
{
	return c != '\0' && strchr(set, c) != NULL;
}

static bool
span_holds(struct span s, char c)
{
	return memchr(s.at, c, s.len) != NULL;
}

static bool
span_starts(struct span s, const char *prefix)
{
	size_t len = strlen(prefix);

	return s.len >= len && memcmp(s.at, prefix, len) == 0;
}

static bool
span_equals(struct span s, const char *lower_case)
{
	return s.len == strlen(lower_case) && strncasecmp(s.at, lower_case, s.len) == 0;
}

static void
span_copy(struct span s, char *out)
{
	assert(s.len <= URL_MAX);
	memcpy(out, s.at, s.len);
	out[s.len] = '\0';
}

/* The first len bytes of *rest, which then begins behind them. */
static struct span
span_take(struct span *rest, size_t len)
{
	struct span taken = {rest->at, len};

	assert(len <= rest->len);
	rest->at += len;
	rest->len -= len;
	return taken;
}

/* How many bytes come before the first that is in set. */
static size_t
span_before(struct span s, const char *set)
{
	size_t len = 0;

	while (len < s.len && !is_one_of(s.at[len], set))
		len++;
	return len;
}

/* What holds for every byte of a request, wherever it stands. A blank may yet be in order. */
static const char *
check_bytes(struct span text)
{
	if (text.len == 0)
		return "The request is empty";
	if (text.len > URL_MAX)
		return "The address is longer than 1024 bytes";
	if (span_starts(text, BYTE_ORDER_MARK))
		return "The address begins with a byte order mark";
	if (!text_is_utf8(text.at, text.len))
		return "The address is not valid UTF-8";
	for (size_t i = 0; i < text.len; i++) {
		char c = text.at[i];
		if (is_control(c))
			return "The address holds a control character";
		if (is_one_of(c, "\"<>^`{}|\\"))
			return "The address holds a character that must be percent-encoded";
		if (c == '#')
			return "The address has a fragment";
		if (c == '%' && !encode_read_percent(text.at + i, text.len - i, NULL))
			return "The address has a malformed percent escape";
	}
	return NULL;
}

/* RFC 3986 section 3. The authority of a titan URI ends at a ";" too: without a path, Lagrange
 * writes the parameters right behind it. */
static const char *
split(struct span text, struct parts *out)
{
	out->scheme = span_take(&text, span_before(text, ":"));
	if (!span_starts(text, "://"))
		return "The address does not begin with a scheme and ://";
	span_take(&text, strlen("://"));
	if (out->scheme.len == 0 || !is_letter(out->scheme.at[0]))
		return "The address has no scheme";
	for (size_t i = 0; i < out->scheme.len; i++) {
		char c = out->scheme.at[i];
		if (!is_letter(c) && !is_digit(c) && !is_one_of(c, "+-."))
			return "The scheme of the address is malformed";
	}
	bool is_titan = span_equals(out->scheme, "titan");
	out->authority = span_take(&text, span_before(text, is_titan ? "/?;" : "/?"));
	out->path = span_take(&text, span_before(text, "?"));
	assert(text.len == 0 || *text.at == '?');
	out->has_query = text.len > 0;
	if (out->has_query)
		span_take(&text, 1);
	out->query = text;
	return NULL;
}

static const char *
parse_port(struct span digits, int *out)
{
	int port = 0;

	*out = -1;
	if (digits.len == 0)
		return NULL;
	for (size_t i = 0; i < digits.len; i++) {
		if (!is_digit(digits.at[i]))
			return "The port is not a number";
		port = port * 10 + (digits.at[i] - '0');
		if (port > PORT_MAX)
			return "The port is greater than 65535";
	}
	assert(port >= 0 && port <= PORT_MAX);
	*out = port;
	return NULL;
}

/* Whether host, which begins with a bracket, is an IPv6 address in brackets. */
static bool
is_ipv6_literal(struct span host)
{
	char address[INET6_ADDRSTRLEN];
	unsigned char bytes[16];

	if (host.at[host.len - 1] != ']' || host.len - 2 >= sizeof(address))
		return false;
	span_copy((struct span){host.at + 1, host.len - 2}, address);
	return inet_pton(AF_INET6, address, bytes) == 1;
}

static const char *
parse_host(struct span host, char out[static 256])
{
	if (span_starts(host, "[")) {
		if (!is_ipv6_literal(host))
			return "The host is not an IPv6 address in brackets";
	} else if (span_holds(host, '[') || span_holds(host, ']')) {
		return "The host has a stray bracket";
	}
	if (host.len > 0 && host.at[host.len - 1] == '.')
		host.len--;
	if (host.len == 0)
		return "The address has no host";
	if (host.len > 255)
		return "The host is longer than 255 bytes";
	span_copy(host, out);
	for (; *out != '\0'; out++)
		if (*out >= 'A' && *out <= 'Z')
			*out |= 0x20;
	return NULL;
}

static const char *
parse_authority(struct span authority, struct url *out)
{
	if (span_holds(authority, '@'))
		return "The address has a user name";
	if (span_holds(authority, ' '))
		return "The address holds a blank";
	/* The colons of an IPv6 address stand between the brackets. */
	size_t bracketed = span_starts(authority, "[") ? span_before(authority, "]") : 0;
	struct span rest = authority;
	span_take(&rest, bracketed);
	struct span host = {authority.at, bracketed + span_before(rest, ":")};
	struct span port = authority;
	span_take(&port, host.len);
	if (port.len > 0)
		span_take(&port, 1);

	const char *wrong = parse_host(host, out->host);
	return wrong != NULL ? wrong : parse_port(port, &out->port);
}

/* Whether a titan parameter that we know begins here, behind its ";". */
static bool
is_known_parameter(struct span s)
{
	return span_starts(s, "size=") || span_starts(s, "mime=") || span_starts(s, "token=");
}

/* Where the parameters of a titan path begin: the index of their ";", or path.len. They belong
 * to the last segment, but a value may hold a "/" (mime=text/plain): so the segment is the one
 * with the first parameter that we know, if there is any. */
static size_t
find_params(struct span path)
{
	size_t segment = 0;

	if (span_starts(path, ";"))
		return 0;
	for (size_t i = 0; i < path.len; i++) {
		struct span behind = {path.at + i + 1, path.len - i - 1};
		if (path.at[i] == '/')
			segment = i;
		else if (path.at[i] == ';' && is_known_parameter(behind))
			break;
	}
	return segment + span_before((struct span){path.at + segment, path.len - segment}, ";");
}

static const char *
check_segment(const char *segment)
{
	for (; *segment != '\0'; segment++)
		if (is_control(*segment) || *segment == '/' || *segment == '\\')
			return "The path hides a slash or a control character in an escape";
	return NULL;
}

/* Decodes one segment and applies it to the path so far: "." stays, ".." goes up one. */
static const char *
append_segment(struct span segment, bool is_last, struct url *out)
{
	char name[URL_MAX + 1];

	if (!url_decode(segment.at, segment.len, name))
		return "The path is not valid UTF-8 when decoded";
	const char *wrong = check_segment(name);
	if (wrong != NULL)
		return wrong;

	assert(out->path_len == 0 || out->path[0] == '/');
	bool is_up = strcmp(name, "..") == 0;
	if (is_up && out->path_len == 0)
		return "The path climbs above the root";
	if (is_up)
		while (out->path[--out->path_len] != '/')
			continue;
	if (is_up || strcmp(name, ".") == 0) {
		if (!is_last)
			return NULL;
		name[0] = '\0';
	}
	/* What is decoded is not longer than it was written. */
	assert(out->path_len + 1 + strlen(name) <= URL_MAX);
	out->path[out->path_len++] = '/';
	memcpy(out->path + out->path_len, name, strlen(name));
	out->path_len += strlen(name);
	return NULL;
}

/* RFC 3986 section 5.2.4, on decoded segments: an escaped dot is a dot. */
static const char *
parse_path(struct span path, struct url *out)
{
	bool is_last = false;

	if (path.len == 0)
		path = (struct span){"/", 1};
	while (!is_last) {
		assert(path.len > 0 && *path.at == '/');
		span_take(&path, 1);
		struct span segment = span_take(&path, span_before(path, "/"));
		is_last = path.len == 0;
		const char *wrong = append_segment(segment, is_last, out);
		if (wrong != NULL)
			return wrong;
	}
	assert(out->path_len > 0 && out->path_len <= URL_MAX && out->path[0] == '/');
	out->path[out->path_len] = '\0';
	return NULL;
}

/* Brackets are for hosts alone; blanks (where the scheme lets them pass) for parameters alone. */
static const char *
check_none_of(struct span s, const char *set)
{
	if (span_before(s, set) < s.len)
		return "The address holds a blank or a bracket that must be percent-encoded";
	return NULL;
}

/* Path, parameters and query of a URI that is gemini or titan. */
static const char *
parse_resource(const struct parts *parts, struct url *out)
{
	struct span path = parts->path, params = parts->path;
	const char *wrong;

	span_take(&params, out->scheme == URL_TITAN ? find_params(path) : path.len);
	path.len -= params.len;
	if ((wrong = check_none_of(path, " []")) != NULL ||
	    (wrong = check_none_of(params, "[]")) != NULL ||
	    (wrong = check_none_of(parts->query, " []")) != NULL ||
	    (wrong = parse_path(path, out)) != NULL)
		return wrong;

	assert(params.len == 0 || (*params.at == ';' && out->scheme == URL_TITAN));
	if (span_starts(parts->path, "/"))
		span_copy(parts->path, out->raw_path);
	out->has_params = params.len > 0;
	if (out->has_params) {
		span_take(&params, 1);
		span_copy(params, out->params);
	}
	out->has_query = parts->has_query;
	span_copy(parts->query, out->query);
	return NULL;
}

/* What all who get a URL rely on. */
static void
url_check(const struct url *url)
{
	assert(url->scheme == URL_GEMINI || url->scheme == URL_TITAN);
	assert(url->host[0] != '\0');
	assert(url->port >= -1 && url->port <= PORT_MAX);
	assert(url->path[0] == '/' && url->path_len <= URL_MAX);
	assert(strlen(url->path) == url->path_len); /* no NUL in it */
	assert(url->raw_path[0] == '\0' || url->raw_path[0] == '/');
	assert(url->has_query || url->query[0] == '\0');
	assert(url->has_params || url->params[0] == '\0');
	assert(!url->has_params || url->scheme == URL_TITAN);
}

static enum url_scheme
scheme_of(struct span name)
{
	if (span_equals(name, "gemini"))
		return URL_GEMINI;
	return span_equals(name, "titan") ? URL_TITAN : URL_OTHER;
}

enum url_verdict
url_parse(const char *text, size_t len, struct url *out, char *reason, size_t reason_size)
{
	struct span whole = {text, len};
	struct parts parts = {0};
	struct url url = {0};
	const char *wrong;

	if ((wrong = check_bytes(whole)) != NULL || (wrong = split(whole, &parts)) != NULL)
		goto malformed;
	url.scheme = scheme_of(parts.scheme);
	if (url.scheme != URL_TITAN && span_holds(whole, ' ')) {
		wrong = "The address holds a blank";
		goto malformed;
	}
	if ((wrong = parse_authority(parts.authority, &url)) != NULL)
		goto malformed;
	if (url.scheme == URL_OTHER) {
		snprintf(reason, reason_size, "Only gemini and titan are served here");
		return URL_FOREIGN;
	}
	if ((wrong = parse_resource(&parts, &url)) != NULL)
		goto malformed;
	url_check(&url);
	*out = url;
	return URL_OK;
malformed:
	snprintf(reason, reason_size, "%s", wrong);
	return URL_MALFORMED;
}

void
url_put_origin(struct buffer *out, const char *scheme, const char *host, int port)
{
	buffer_printf(out, "%s://%s", scheme, host);
	if (port != URL_DEFAULT_PORT)
		buffer_printf(out, ":%d", port);
}

bool
url_decode(const char *text, size_t len, char *out)
{
	size_t out_len = 0;

	for (size_t i = 0; i < len; i++) {
		char c = text[i];
		if (c == '%') {
			if (!encode_read_percent(text + i, len - i, &c))
				return false;
			i += 2;
		}
		if (c == '\0')
			return false;
		out[out_len++] = c;
	}
	assert(out_len <= len);
	out[out_len] = '\0';
	return text_is_utf8(out, out_len);
}

bool
url_decode_query(const char *query, char *out)
{
	return url_decode(query, strlen(query), out);
}
