/*
 * config - the ini file as one immutable struct. A reload loads a new one and swaps.
 *
 * Every string and array is owned by the config: the strings in one list, so that a new key has
 * nothing to release; a new list is released in config.c. Paths are absolute (those in the file are
 * relative to the folder of the file). Optional strings are NULL when absent.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/strings.h"
#include "config/labels.h"

enum log_addresses { LOG_ADDRESSES_FULL, LOG_ADDRESSES_TRUNCATED, LOG_ADDRESSES_NONE };
enum editor_role { ROLE_CONTRIBUTOR, ROLE_AUTHOR, ROLE_EDITOR };
enum zone_requirement { ZONE_CERTIFICATE, ZONE_EDITOR, ZONE_LISTED, ZONE_AUTHORITY };

/* An address block that may speak the PROXY protocol. IPv4 as ::ffff:a.b.c.d. */
struct address_block {
	uint8_t address[16];
	int prefix_bits; /* 0 to 128 */
};

struct server_config {
	struct strings listen; /* "ADDRESS:PORT", "[ADDRESS]:PORT" or "unix:PATH"; never empty */
	int workers;           /* at least 1: `auto` is the number of usable processors */
	const char *user;      /* or NULL */
	const char *state;
	bool sandbox;
	bool proxy_protocol;
	struct address_block *proxy_from;
	size_t proxy_from_count;
};

struct log_config {
	const char *access; /* "stderr", "syslog", "none" or a path */
	bool json;
	enum log_addresses addresses;
};

struct limits_config {
	int connections;
	int connections_per_client;
	int requests_per_minute; /* 0: no limit */
	int handshake_timeout;   /* seconds, as the next two */
	int request_timeout;
	int send_timeout;
	uint64_t upload_size; /* bytes */
};

struct redirect_config {
	const char *from, *to;
};

struct zone_config {
	const char *host;   /* the capsule's */
	const char *prefix; /* begins and ends with "/" */
	enum zone_requirement require;
	struct strings fingerprints; /* 64 lower-case hex digits each */
	const char *authority;       /* or NULL */
	int line;                    /* of its section, for messages */
};

struct capsule_config {
	const char *host; /* lower case */
	struct strings aliases;
	const char *root, *certificate, *key;
	int port;                    /* public port, or 0: the listening one */
	const char *title, *tagline; /* title: the host without one; tagline "" without one */
	const char *language, *timezone;
	int articles_per_page;
	const char *letters; /* or NULL */
	bool listing, history, titan_delete, keep_metadata;
	struct redirect_config *redirects;
	size_t redirect_count;
	struct strings gone;
	struct labels labels;
	struct zone_config *zones; /* of this capsule */
	size_t zone_count;
	int line; /* of its section, for messages */
};

struct editor_config {
	const char *id, *name;
	struct strings fingerprints; /* 64 lower-case hex digits each */
	enum editor_role role;
	struct strings capsules; /* hosts; empty: all */
};

struct place; /* config/places.h */

struct config {
	const char *path; /* of the ini file, absolute */
	struct server_config server;
	struct log_config log;
	struct limits_config limits;
	struct capsule_config *capsules; /* at least one */
	size_t capsule_count;
	struct editor_config *editors;
	size_t editor_count;
	struct strings texts; /* every string that a field above, or a label, points to */
	struct place *places; /* what config_places_lie_apart() compares; none CONFIG_TO_READ */
	size_t place_count;
};

enum config_purpose {
	CONFIG_TO_SERVE, /* every file that is named must exist and be readable, and lie apart */
	CONFIG_TO_WRITE, /* they need not exist, but lie apart */
	CONFIG_TO_READ,  /* neither is looked at (`cert new` makes them) */
};

/* NULL is a no-op. */
void config_free(struct config *config);
/* Releases the lists of a zone. */
void zone_config_done(struct zone_config *zone);

/* Where to listen when the ini file does not say; ends with NULL. */
extern const char *const config_default_listen[];
/* Whether that is the list: then a machine that lacks an address family is no mistake. */
bool config_listens_by_default(const struct strings *listen);

/* Whether places that must lie apart still do, as at loading: folders may have been moved, or
 * become links, since. False with the same errors. */
bool config_places_lie_apart(const struct config *config, struct error *err);

/* The port that a capsule's addresses name: its public one, else the one listened on (at most 0:
 * none is known), else URL_DEFAULT_PORT. */
int config_port(const struct capsule_config *capsule, int listen_port);

/* The capsule that answers for host (name or alias, lower case), or NULL. */
const struct capsule_config *config_capsule(const struct config *config, const char *host);

#endif
