/*
 * unix_socket - AF_UNIX addresses for paths of any length (sun_path holds 107 bytes: a longer one
 * is reached through its folder's descriptor).
 */
#ifndef IPC_UNIX_SOCKET_H
#define IPC_UNIX_SOCKET_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/error.h"

/* Makes a listening, non-blocking socket of type (SOCK_STREAM or SOCK_SEQPACKET) at path with
 * these permissions. A socket that lies there and that nobody listens on is replaced; a living one
 * and any other kind of file is left, and an error. Returns -1 with the reason. */
int unix_socket_listen(const char *path, int type, mode_t mode, struct error *err);

/* Connects, blocking. Returns -1 with errno set. */
int unix_socket_connect(const char *path, int type);

#endif
