/*
 * url - an absolute URI as Gemini and Titan requests carry it (RFC 3986 section 4.3; Gemini
 * specification 0.24.1). Pure.
 */
#ifndef GEMINI_URL_H
#define GEMINI_URL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"

#define URL_MAX          1024 /* bytes of a request's URI, CRLF not counted */
#define URL_DEFAULT_PORT 1965

enum url_scheme { URL_GEMINI, URL_TITAN, URL_OTHER };

struct url {
	enum url_scheme scheme;
	char host[256];             /* lower case, without one final dot; brackets kept for IPv6 */
	int port;                   /* -1 when none was written */
	char path[URL_MAX + 1];     /* decoded once, dot segments resolved, begins with "/" */
	size_t path_len;            /* bytes; the path holds no NUL */
	char raw_path[URL_MAX + 1]; /* as written, with params; "" or begins with "/" */
	bool has_query;
	char query[URL_MAX + 1];  /* as written, percent-encoded; "" without one */
	char params[URL_MAX + 1]; /* titan only: what follows the first ";" of the last segment */
	bool has_params;
};

enum url_verdict {
	URL_OK,
	URL_MALFORMED, /* answer 59; reason says what is wrong */
	URL_FOREIGN,   /* well formed, scheme neither gemini nor titan: answer 53 */
};

/*
 * Parses the URI in text[0..len), which may hold any bytes, and fills *out only on URL_OK.
 * Refused as malformed (protocol notes A.2, in order): empty, over URL_MAX bytes, a byte order
 * mark, invalid UTF-8, control bytes, blank " < > ^ ` { } | \ , no "scheme://", userinfo,
 * fragment, empty host, a port that is not digits up to 65535, malformed brackets or escapes, a
 * decoded segment holding "/", "\", NUL, control bytes or invalid UTF-8, a path climbing above
 * the root. Raw UTF-8 is accepted in path and query. In a titan URI params may hold blanks and
 * raw UTF-8, the query begins at the first "?" and ";" in an earlier segment is literal; the
 * path is then what stands before the params. As a value may hold "/", the last segment is the
 * one with the first of size=, mime= or token=, if there is one.
 * An empty segment ("//") stays in the path: it names nothing, and no access rule is fooled.
 */
enum url_verdict url_parse(
    const char *text, size_t len, struct url *out, char *reason, size_t reason_size);

/* Appends `SCHEME://HOST`, and the port if it is not URL_DEFAULT_PORT. */
void url_put_origin(struct buffer *out, const char *scheme, const char *host, int port);

/* Decodes the percent escapes of text[0..len) once into out, which holds len + 1. False for a
 * malformed escape, a NUL or a result that is not valid UTF-8; out is then undefined. */
bool url_decode(const char *text, size_t len, char *out);

/* Decodes the percent escapes of a query (RFC 3986; "+" is a plus) into out, which holds
 * strlen(query)+1. False if that is not valid UTF-8 or holds NUL. */
bool url_decode_query(const char *query, char *out);

#endif
