/*
 * route - which capsule a request line is for, and what it asks there. Pure.
 */
#ifndef NET_ROUTE_H
#define NET_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

#include "config/config.h"
#include "gemini/response.h"
#include "gemini/titan.h"
#include "gemini/url.h"

struct route {
	const struct capsule_config *capsule;
	struct url url;
	bool is_titan;
	struct titan titan; /* undefined for gemini:// */
};

/* Reads the request in line[0..len), which may hold any bytes and came over a connection to
 * listen_port (0: URLs may name any port) whose handshake named server_name ("" without one).
 * False if it is malformed (59) or not for us (53): *refusal, initialised, says so, and *out is
 * undefined. */
bool route_request(const struct config *config, int listen_port, const char *server_name,
    const char *line, size_t len, struct route *out, struct response *refusal);

#endif
