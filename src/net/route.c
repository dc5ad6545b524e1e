#include "net/route.h"

#include <assert.h>
#include <string.h>

static bool
is_port_ours(const struct capsule_config *capsule, int listen_port, int port)
{
	if (port <= 0) /* none written; 0 is nobody's, though it means "any" and "none" below */
		return port == -1;
	return listen_port == 0 || port == listen_port || port == capsule->port;
}

/* Some clients send an address as server name, which RFC 6066 does not allow: it means nothing. */
static bool
is_address(const char *name)
{
	return strchr(name, ':') != NULL || name[strspn(name, "0123456789.")] == '\0';
}

/* Whether the name asked for in the handshake, if any, is the URL's or another of its capsule's
 * (protocol notes A.2, rule 7). */
static bool
is_name_of(const struct config *config, const struct capsule_config *capsule, const char *name)
{
	return is_address(name) || config_capsule(config, name) == capsule;
}

/* The URL is well formed: is it one of ours? Says what is wrong if it is not. */
static const char *
find_capsule(
    const struct config *config, int listen_port, const char *server_name, struct route *route)
{
	assert(route->url.host[0] != '\0' && route->url.path[0] == '/');
	route->capsule = config_capsule(config, route->url.host);
	if (route->capsule == NULL)
		return "This host is not served here";
	if (!is_port_ours(route->capsule, listen_port, route->url.port))
		return "This port is not served here";
	if (!is_name_of(config, route->capsule, server_name))
		return "The TLS server name is not the URL's host";
	return NULL;
}

static bool
refuse(struct response *refusal, enum gemini_status status, const char *meta)
{
	response_set(refusal, status, "%s", meta);
	return false;
}

bool
route_request(const struct config *config, int listen_port, const char *server_name,
    const char *line, size_t len, struct route *out, struct response *refusal)
{
	char reason[128];

	assert(server_name != NULL && listen_port >= 0);
	switch (url_parse(line, len, &out->url, reason, sizeof(reason))) {
	case URL_OK:
		break;
	case URL_MALFORMED:
		return refuse(refusal, GEMINI_BAD_REQUEST, reason);
	case URL_FOREIGN:
		return refuse(
		    refusal, GEMINI_PROXY_REFUSED, "Only gemini:// and titan:// are served here");
	}
	const char *wrong = find_capsule(config, listen_port, server_name, out);
	if (wrong != NULL)
		return refuse(refusal, GEMINI_PROXY_REFUSED, wrong);
	assert(out->capsule != NULL && out->url.scheme != URL_OTHER);
	out->is_titan = out->url.scheme == URL_TITAN;
	if (out->is_titan && !titan_parse(&out->url, &out->titan, reason, sizeof(reason)))
		return refuse(refusal, GEMINI_BAD_REQUEST, reason);
	return true;
}
