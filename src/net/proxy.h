/*
 * proxy - the PROXY protocol header, versions 1 and 2 (haproxy's proxy-protocol.txt). Pure.
 */
#ifndef NET_PROXY_H
#define NET_PROXY_H

#include <stddef.h>
#include <sys/socket.h>

enum proxy_verdict {
	PROXY_MORE,  /* not whole yet */
	PROXY_READY, /* *out_used bytes were the header; *out_client is filled */
	PROXY_LOCAL, /* the same, but the proxy speaks for itself (health check, UNKNOWN) */
	PROXY_BAD,   /* no such header: close */
};

#define PROXY_HEADER_MAX (16 + 65535) /* bytes; version 1 has at most 107 */

/* Looks at the bytes so far. */
enum proxy_verdict proxy_parse(
    const void *bytes, size_t len, struct sockaddr_storage *out_client, size_t *out_used);

#endif
