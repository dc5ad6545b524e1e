#include "supervisor/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/text.h"
#include "config/config.h"
#include "ipc/unix_socket.h"

#define BACKLOG              4096
#define DEFER_ACCEPT_SECONDS 1    /* a silent connection is ours after that, with its deadline */
#define UNIX_SOCKET_MODE     0660 /* a forwarder's: no one else is to claim an address there */
#define FIRST_INHERITED_FD   3
#define UNIX_PREFIX          "unix:"

/* Reads "ADDRESS:PORT" or "[ADDRESS]:PORT". */
static bool
resolve(const char *text, struct sockaddr_storage *out, socklen_t *out_len)
{
	struct addrinfo hints = {
	    .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE,
	    .ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *found;
	const char *colon = strrchr(text, ':');
	char host[128];

	if (colon == NULL || (size_t)(colon - text) >= sizeof(host))
		return false;
	size_t len = (size_t)(colon - text);
	if (len >= 2 && text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	memcpy(host, text, len);
	host[len] = '\0';
	if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
		return false;
	memcpy(out, found->ai_addr, found->ai_addrlen);
	*out_len = found->ai_addrlen;
	freeaddrinfo(found);
	return true;
}

/* Where the port lies in an address of either family: network byte order. */
static in_port_t *
port_of(struct sockaddr_storage *address)
{
	return address->ss_family == AF_INET6 ? &((struct sockaddr_in6 *)address)->sin6_port
					      : &((struct sockaddr_in *)address)->sin_port;
}

static bool
set_option(int fd, int level, int name, int value)
{
	return setsockopt(fd, level, name, &value, sizeof(value)) == 0;
}

/* Port 0 is any port: the one another socket of ours has already, if it is free here too. */
static bool
bind_port(int fd, struct sockaddr_storage *address, socklen_t len, int favoured_port)
{
	in_port_t *port = port_of(address);

	if (*port == 0 && favoured_port != 0) {
		*port = htons((uint16_t)favoured_port);
		if (bind(fd, (struct sockaddr *)address, len) == 0)
			return true;
		*port = 0;
	}
	return bind(fd, (struct sockaddr *)address, len) == 0;
}

/* TCP_NODELAY is inherited by accepted connections: one system call less for each of them. */
static bool
prepare_tcp(int fd, struct sockaddr_storage *address, socklen_t len, int favoured_port)
{
	return set_option(fd, SOL_SOCKET, SO_REUSEADDR, 1) &&
	       (address->ss_family != AF_INET6 || set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY, 1)) &&
	       set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1) &&
	       set_option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT, DEFER_ACCEPT_SECONDS) &&
	       bind_port(fd, address, len, favoured_port) && listen(fd, BACKLOG) == 0;
}

/* Returns -1 with errno set. */
static int
open_tcp(const char *text, int favoured_port)
{
	struct sockaddr_storage address = {0};
	socklen_t len;

	if (!resolve(text, &address, &len)) {
		errno = EINVAL;
		return -1;
	}
	int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1 || prepare_tcp(fd, &address, len, favoured_port))
		return fd;
	int saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

/* What a person can do about it. */
static const char *
advice(int error)
{
	if (error == EADDRINUSE)
		return ": is another server running?";
	if (error == EACCES)
		return ": ports below 1024 need root or CAP_NET_BIND_SERVICE";
	return "";
}

static int
open_unix(const char *path, gid_t group, struct error *err)
{
	int fd = unix_socket_listen(path, SOCK_STREAM, UNIX_SOCKET_MODE, err);

	if (fd != -1 && group != (gid_t)-1 && lchown(path, (uid_t)-1, group) == -1) {
		error_set(err, "%s: %s", path, strerror(errno));
		unlink(path);
		close(fd);
		fd = -1;
	}
	if (fd == -1)
		error_prefix(err, "listen");
	return fd;
}

/* Returns the descriptor, or -1 with the reason; *out_error is the system's number for it. */
static int
open_address(const char *name, int favoured_port, gid_t group, int *out_error, struct error *err)
{
	if (text_starts(name, UNIX_PREFIX))
		return open_unix(name + strlen(UNIX_PREFIX), group, err);
	int fd = open_tcp(name, favoured_port);
	*out_error = errno;
	if (fd == -1)
		error_set(err, "listen %s: %s%s", name, strerror(*out_error), advice(*out_error));
	return fd;
}

static const struct listener *
find(const struct listeners *l, const char *name)
{
	for (size_t i = 0; l != NULL && i < l->count; i++)
		if (strcmp(l->items[i].name, name) == 0)
			return &l->items[i];
	return NULL;
}

static int
duplicate(const struct listener *old, struct error *err)
{
	int fd = fcntl(old->fd, F_DUPFD_CLOEXEC, 0);

	if (fd == -1)
		error_set(err, "listen %s: %s", old->name, strerror(errno));
	return fd;
}

/* Whether the machine has no IPv6, which the default list does not insist on. */
static bool
may_be_missing(const struct strings *addresses, const char *name, int error)
{
	return (error == EAFNOSUPPORT || error == EADDRNOTAVAIL) && name[0] == '[' &&
	       config_listens_by_default(addresses);
}

static bool
open_all(const struct strings *addresses, const struct listeners *old, gid_t group,
    struct listeners *made, struct error *err)
{
	for (size_t i = 0; i < addresses->count; i++) {
		const char *name = addresses->items[i];
		const struct listener *same = find(old, name);
		int error = 0;
		int fd = same != NULL
			     ? duplicate(same, err)
			     : open_address(name, listeners_port(made), group, &error, err);
		if (fd == -1 && may_be_missing(addresses, name, error)) {
			log_warning("%s: going on without it", err->text);
			continue;
		}
		if (fd == -1)
			return false;
		if (!listeners_add(made, fd, name)) {
			close(fd);
			return error_set(err, "listen %s: out of memory", name);
		}
	}
	return made->count > 0 || error_set(err, "listen: no address is left to listen on");
}

static bool
duplicate_all(const struct listeners *old, struct listeners *made, struct error *err)
{
	made->are_inherited = old->are_inherited;
	for (size_t i = 0; i < old->count; i++) {
		int fd = duplicate(&old->items[i], err);
		if (fd == -1)
			return false;
		if (!listeners_add(made, fd, old->items[i].name)) {
			close(fd);
			return error_set(err, "out of memory");
		}
	}
	return true;
}

bool
listeners_open(const struct strings *addresses, const struct listeners *old, gid_t group,
    struct listeners *out, struct error *err)
{
	struct listeners made = LISTENERS_EMPTY;
	bool ok = old != NULL && old->are_inherited ? duplicate_all(old, &made, err)
						    : open_all(addresses, old, group, &made, err);

	if (ok) {
		*out = made;
		return true;
	}
	if (old != NULL)
		listeners_forget(&made, old);
	listeners_unlink(&made);
	listeners_close(&made);
	return false;
}

bool
listeners_add(struct listeners *l, int fd, const char *name)
{
	struct listener *items = realloc(l->items, (l->count + 1) * sizeof(*items));
	struct sockaddr_storage address = {0};
	socklen_t len = sizeof(address);
	char *copy = strdup(name);

	if (items != NULL)
		l->items = items;
	if (items == NULL || copy == NULL) {
		free(copy);
		return false;
	}
	if (getsockname(fd, (struct sockaddr *)&address, &len) == -1)
		address.ss_family = AF_UNSPEC;
	bool is_tcp = address.ss_family == AF_INET || address.ss_family == AF_INET6;
	l->items[l->count++] = (struct listener){
	    .fd = fd,
	    .is_unix = address.ss_family == AF_UNIX,
	    .port = is_tcp ? ntohs(*port_of(&address)) : 0,
	    .name = copy,
	};
	return true;
}

/* A number from the environment; 0 without one. */
static long
environment_number(const char *name)
{
	const char *text = getenv(name);

	return text == NULL ? 0 : strtol(text, NULL, 10);
}

/* Makes an inherited descriptor as one of ours is, if it is a listening stream socket at all. */
static bool
adopt(int fd)
{
	int type = 0, is_listening = 0;
	socklen_t len = sizeof(int);

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == -1 ||
	    getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &is_listening, &len) == -1 ||
	    type != SOCK_STREAM || !is_listening)
		return false;
	set_option(fd, IPPROTO_TCP, TCP_NODELAY, 1); /* fails on a Unix socket: no harm */
	int flags = fcntl(fd, F_GETFL);
	return flags != -1 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
	       fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

/* "ADDRESS:PORT", "[ADDRESS]:PORT" or "unix:PATH", as the socket itself says. */
static void
describe(int fd, char *out, size_t size)
{
	struct sockaddr_storage address = {0};
	socklen_t len = sizeof(address);
	char host[128], port[16];

	snprintf(out, size, "inherited descriptor %d", fd);
	if (getsockname(fd, (struct sockaddr *)&address, &len) == -1)
		return;
	if (address.ss_family == AF_UNIX)
		snprintf(out, size, UNIX_PREFIX "%s", ((struct sockaddr_un *)&address)->sun_path);
	else if (getnameinfo((struct sockaddr *)&address, len, host, sizeof(host), port,
		     sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) == 0)
		snprintf(
		    out, size, address.ss_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

bool
listeners_inherit(struct listeners *out, struct error *err)
{
	long count = environment_number("LISTEN_FDS");
	bool is_for_us = environment_number("LISTEN_PID") == (long)getpid();
	char name[256];

	*out = LISTENERS_EMPTY;
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDNAMES");
	if (!is_for_us || count <= 0)
		return true;
	for (int fd = FIRST_INHERITED_FD; fd < FIRST_INHERITED_FD + count; fd++) {
		if (!adopt(fd)) {
			listeners_close(out);
			return error_set(
			    err, "LISTEN_FDS: descriptor %d is no listening stream socket", fd);
		}
		describe(fd, name, sizeof(name));
		if (!listeners_add(out, fd, name)) {
			listeners_close(out);
			return error_set(err, "out of memory");
		}
	}
	out->are_inherited = true;
	return true;
}

static void
listener_done(struct listener *listener)
{
	close(listener->fd);
	free(listener->name);
}

void
listeners_close(struct listeners *l)
{
	for (size_t i = 0; i < l->count; i++)
		listener_done(&l->items[i]);
	free(l->items);
	*l = LISTENERS_EMPTY;
}

void
listeners_forget(struct listeners *l, const struct listeners *kept)
{
	size_t left = 0;

	for (size_t i = 0; i < l->count; i++) {
		if (find(kept, l->items[i].name) == NULL)
			l->items[left++] = l->items[i];
		else
			listener_done(&l->items[i]);
	}
	l->count = left;
}

void
listeners_unlink(const struct listeners *l)
{
	for (size_t i = 0; i < l->count && !l->are_inherited; i++)
		if (l->items[i].is_unix)
			unlink(l->items[i].name + strlen(UNIX_PREFIX));
}

int
listeners_port(const struct listeners *l)
{
	for (size_t i = 0; i < l->count; i++)
		if (l->items[i].port != 0)
			return l->items[i].port;
	return 0;
}
