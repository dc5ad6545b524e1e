/*
 * idle - opens COUNT TLS connections to 127.0.0.1:PORT (server name localhost), asks nothing, and
 * tells what each costs the server: KB of the process tree of PID (PSS), by what that grows.
 *
 *   idle PORT PID COUNT
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

/* KB of one process, shared pages in shares, and of all its children. */
static long
tree_kb(int pid)
{
	char path[64], line[256];
	long kb = 0, value;
	int child;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/smaps_rollup", pid);
	file = fopen(path, "re");
	while (file != NULL && fgets(line, sizeof(line), file) != NULL)
		if (sscanf(line, "Pss: %ld", &value) == 1)
			kb = value;
	if (file != NULL)
		fclose(file);
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	file = fopen(path, "re");
	if (file == NULL)
		return kb;
	while (fscanf(file, "%d", &child) == 1)
		kb += tree_kb(child);
	fclose(file);
	return kb;
}

static SSL *
open_one(SSL_CTX *context, int port)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	SSL *ssl = SSL_new(context);

	if (fd == -1 || connect(fd, (struct sockaddr *)&to, sizeof(to)) == -1)
		die("connect");
	SSL_set_fd(ssl, fd);
	SSL_set_tlsext_host_name(ssl, "localhost");
	return SSL_connect(ssl) == 1 ? ssl : NULL;
}

int
main(int argc, char **argv)
{
	struct rlimit limit;
	long count = argc == 4 ? atol(argv[3]) : 0, open = 0;

	if (count < 1) {
		fprintf(stderr, "usage: idle PORT PID COUNT\n");
		return 2;
	}
	getrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
	SSL_CTX *context = SSL_CTX_new(TLS_client_method());
	SSL *first = open_one(context, atoi(argv[1])); /* what only the first costs */
	long before = tree_kb(atoi(argv[2]));
	for (long i = 0; i < count; i++)
		open += open_one(context, atoi(argv[1])) != NULL;
	printf("connections=%ld kb=%.1f\n", open,
	    (double)(tree_kb(atoi(argv[2])) - before) / (double)open);
	return first != NULL && open == count ? 0 : 1;
}
