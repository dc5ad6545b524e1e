/*
 * address - who is at the other end: comparing and showing socket addresses. Pure.
 */
#ifndef NET_ADDRESS_H
#define NET_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

#include "config/config.h"

#define ADDRESS_TEXT_MAX 64 /* bytes, with the final NUL */

/* Turns ::ffff:a.b.c.d into the IPv4 address it is. Others stay. */
void address_unmap(struct sockaddr_storage *address);

/* Whether an IPv4 or IPv6 address lies in one of the blocks. */
bool address_is_in(
    const struct sockaddr_storage *address, const struct address_block *blocks, size_t count);

/* Writes the address as the access log shows it: whole; the network alone (/24, /48), as
 * "192.0.2.0"; or "-", as for a peer without one. */
void address_format(const struct sockaddr_storage *address, enum log_addresses how,
    char out[static ADDRESS_TEXT_MAX]);

#endif
