/*
 * acknowledged - how much of what was sent has arrived. In a file of its own: the kernel's header
 * that tells and the C library's, which libuv includes, exclude each other.
 */
#ifndef WORKER_ACKNOWLEDGED_H
#define WORKER_ACKNOWLEDGED_H

#include <stdint.h>

/* Bytes that the peer of a TCP socket has acknowledged so far; 0 for any other socket. */
uint64_t acknowledged_bytes(int tcp_fd);

#endif
