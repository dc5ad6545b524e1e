/*
 * values - what may stand behind a key. Pure, but for value_processors().
 *
 * Each reader returns false for a value that is none of its kind and leaves *out alone.
 */
#ifndef CONFIG_VALUES_H
#define CONFIG_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/config.h"

#define VALUE_HOST_MAX 253 /* bytes, as in the DNS */
#define VALUE_ID_MAX   64  /* bytes of an editor's ID */

bool value_boolean(const char *text, bool *out);

/* Digits only, from least to most. */
bool value_number(const char *text, long least, long most, int *out);

/* Bytes: digits, and perhaps K, M or G (of 1024). At least 1. */
bool value_size(const char *text, uint64_t *out);

/* A host name as a capsule has it, lower-cased: ASCII, or an IP literal (IPv6 in brackets). */
bool value_host(const char *text, char out[static VALUE_HOST_MAX + 1]);

/* "ADDRESS:PORT" with an IPv4 address, or "[ADDRESS]:PORT" with an IPv6 one. */
bool value_socket_address(const char *text);

/* "10.0.0.0/8", "fd00::/8", or one address. Bits beyond the prefix are cleared. */
bool value_address_block(const char *text, struct address_block *out);

/* SHA-256 in hex, colons and case ignored, as 64 lower-case digits. */
bool value_fingerprint(const char *text, char out[static 65]);

/* "SCHEME:…" in bytes that a URL may have (RFC 3986); UTF-8 is let pass. */
bool value_is_url(const char *text);

/* The same for a reference that begins with "/" (but not "//"). */
bool value_is_path_reference(const char *text);

/* An editor's ID: letters, digits, "-" and "_", at most VALUE_ID_MAX. */
bool value_is_id(const char *text);

/* The number of processors this process may use, at least 1. */
int value_processors(void);

#endif
