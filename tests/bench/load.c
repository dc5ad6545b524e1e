/*
 * load - asks a Gemini server for one page, many times and from many connections at once, and says
 * what that cost.
 *
 *   load [options] PORT URL
 *     -n COUNT        requests (1)
 *     -c CONNECTIONS  at the same time (1)
 *     -r              resume sessions, as browsers do
 *     -s PID          report what this server's process tree spent, too
 *     -u SECONDS      ask again and again, one connection at a time, until the answer is 20
 *     -i PREFIX       show the client certificate PREFIX.crt, with PREFIX.key
 *     -p FIRST        publish: the URL is a titan:// one of a folder, and each request uploads an
 *                     article of 2 KB there, as upload-FIRST.gmi and on; good answers are 30
 *
 * Connects to 127.0.0.1:PORT with the URL's host as server name. Prints one line of KEY=VALUE and
 * exits 0 if every answer was good (20) and ended with close_notify. Sockets are left as most
 * clients leave them (Nagle's algorithm on), so that a server that holds its ticket back shows.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#define WAIT_MS  20000 /* without any event: the server hangs */
#define RETRY_US 500   /* between the attempts of -u */

struct request {
	int fd;
	SSL *ssl;
	bool has_asked;
	char head[3]; /* of the answer */
	char *text;   /* what is asked: the line, and a body behind it */
	size_t got;   /* bytes of the answer */
	double began_ms;
};

static struct options {
	long count, connections, until_seconds;
	bool resumes;
	int server_pid;
	int port;
	long first_upload; /* 0: reads */
	const char *identity;
	char url[1100];
	char host[256];
} options = {.count = 1, .connections = 1};

static struct {
	long begun, good, failed, resumed;
	uint64_t bytes;
	double *ms; /* of each good request */
} result;

static SSL_CTX *context;
static SSL_SESSION *session; /* the latest */

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static double
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* --- what the server spent ----------------------------------------------------------------- */

static uint64_t tree_cpu_ns(int pid);

/* Processor time of one thread, and of the processes it started. */
static uint64_t
thread_cpu_ns(int pid, const char *thread)
{
	char path[300];
	uint64_t ns = 0;
	int child;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%s/schedstat", pid, thread);
	file = fopen(path, "re");
	if (file != NULL) {
		if (fscanf(file, "%" SCNu64, &ns) != 1)
			ns = 0;
		fclose(file);
	}
	snprintf(path, sizeof(path), "/proc/%d/task/%s/children", pid, thread);
	file = fopen(path, "re");
	if (file != NULL) {
		while (fscanf(file, "%d", &child) == 1)
			ns += tree_cpu_ns(child);
		fclose(file);
	}
	return ns;
}

static uint64_t
tree_cpu_ns(int pid)
{
	char path[64];
	uint64_t ns = 0;
	DIR *threads;
	struct dirent *entry;

	snprintf(path, sizeof(path), "/proc/%d/task", pid);
	threads = opendir(path);
	if (threads == NULL)
		return 0;
	while ((entry = readdir(threads)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]))
			ns += thread_cpu_ns(pid, entry->d_name);
	closedir(threads);
	return ns;
}

/* --- one request --------------------------------------------------------------------------- */

static int
keep_session(SSL *ssl, SSL_SESSION *new_session)
{
	(void)ssl;
	SSL_SESSION_free(session);
	session = new_session;
	return 1;
}

static void
context_open(void)
{
	context = SSL_CTX_new(TLS_client_method());
	if (context == NULL)
		die("SSL_CTX_new");
	SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(context, keep_session);
	if (options.identity != NULL) {
		char path[1100];

		snprintf(path, sizeof(path), "%s.crt", options.identity);
		if (SSL_CTX_use_certificate_file(context, path, SSL_FILETYPE_PEM) != 1)
			die(path);
		snprintf(path, sizeof(path), "%s.key", options.identity);
		if (SSL_CTX_use_PrivateKey_file(context, path, SSL_FILETYPE_PEM) != 1)
			die(path);
	}
}

/* What the next request says. To be freed. */
static char *
new_text(void)
{
	char *text = NULL, *body = NULL;
	long number = options.first_upload + result.begun;

	if (options.first_upload == 0) {
		if (asprintf(&text, "%s\r\n", options.url) == -1)
			die("load");
		return text;
	}
	if (asprintf(&body, "---\ntitle = Upload %ld\ntags = topic 1\n---\n%02000ld\n", number,
		number) == -1 ||
	    asprintf(&text, "%supload-%ld.gmi;mime=text/gemini;size=%zu\r\n%s", options.url, number,
		strlen(body), body) == -1)
		die("load");
	free(body);
	return text;
}

static bool
request_begin(struct request *r, int epoll_fd)
{
	struct sockaddr_in to = {.sin_family = AF_INET,
	    .sin_port = htons((uint16_t)options.port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	struct epoll_event event = {.events = EPOLLIN | EPOLLOUT | EPOLLET, .data.ptr = r};

	*r = (struct request){.began_ms = now_ms(), .text = new_text()};
	r->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (r->fd == -1)
		die("socket");
	if (connect(r->fd, (struct sockaddr *)&to, sizeof(to)) == -1 && errno != EINPROGRESS) {
		close(r->fd);
		free(r->text);
		return false;
	}
	r->ssl = SSL_new(context);
	if (r->ssl == NULL || SSL_set_fd(r->ssl, r->fd) != 1)
		die("SSL_new");
	SSL_set_connect_state(r->ssl);
	SSL_set_tlsext_host_name(r->ssl, options.host);
	if (options.resumes && session != NULL)
		SSL_set_session(r->ssl, session);
	if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, r->fd, &event) == -1)
		die("epoll_ctl");
	return true;
}

enum progress { WAITS, WHOLE, BROKEN };

static enum progress
request_step(struct request *r)
{
	char bytes[16384];
	int status = 1;

	ERR_clear_error();
	if (!r->has_asked) {
		status = SSL_write(r->ssl, r->text, (int)strlen(r->text));
		r->has_asked = status > 0;
	}
	while (r->has_asked && (status = SSL_read(r->ssl, bytes, sizeof(bytes))) > 0) {
		for (size_t i = r->got; i < sizeof(r->head) && i - r->got < (size_t)status; i++)
			r->head[i] = bytes[i - r->got];
		r->got += (size_t)status;
	}
	switch (SSL_get_error(r->ssl, status)) {
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return WAITS;
	case SSL_ERROR_ZERO_RETURN:
		return WHOLE;
	default:
		return BROKEN;
	}
}

static void
request_end(struct request *r, enum progress progress)
{
	const char *good = options.first_upload == 0 ? "20 " : "30 ";

	if (progress == WHOLE && memcmp(r->head, good, sizeof(r->head)) == 0) {
		result.ms[result.good++] = now_ms() - r->began_ms;
		result.bytes += r->got;
		result.resumed += SSL_session_reused(r->ssl);
	} else {
		result.failed++;
	}
	/* A session is kept for the next only if its SSL was shut down. */
	SSL_set_shutdown(r->ssl, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
	SSL_free(r->ssl);
	close(r->fd);
	free(r->text);
}

/* --- all of them --------------------------------------------------------------------------- */

/* Begins the next request, unless enough have been begun. True if one is under way. */
static bool
begin_next(struct request *r, int epoll_fd)
{
	while (result.begun < options.count) {
		result.begun++;
		if (request_begin(r, epoll_fd))
			return true;
		result.failed++;
	}
	return false;
}

static void
run_all(void)
{
	struct request *requests = calloc((size_t)options.connections, sizeof(*requests));
	struct epoll_event events[64];
	int epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	long open = 0;

	if (requests == NULL || epoll_fd == -1)
		die("load");
	for (long i = 0; i < options.connections; i++)
		open += begin_next(&requests[i], epoll_fd);
	while (open > 0) {
		int count = epoll_wait(epoll_fd, events, 64, WAIT_MS);
		if (count <= 0) {
			result.failed += open;
			break;
		}
		for (int i = 0; i < count; i++) {
			struct request *r = events[i].data.ptr;
			enum progress progress = request_step(r);
			if (progress == WAITS)
				continue;
			request_end(r, progress);
			open -= !begin_next(r, epoll_fd);
		}
	}
	close(epoll_fd);
	free(requests);
}

/* Until one is good or the time is up. */
static void
run_until_good(void)
{
	double deadline_ms = now_ms() + (double)options.until_seconds * 1e3;

	while (result.good == 0 && now_ms() < deadline_ms) {
		options.count = result.begun + 1;
		run_all();
		if (result.good == 0)
			usleep(RETRY_US);
	}
	result.failed = 0;
}

static int
by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static void
print_result(double took_ms, uint64_t cpu_ns)
{
	long n = result.good;

	qsort(result.ms, (size_t)n, sizeof(*result.ms), by_value);
	printf("good=%ld failed=%ld resumed=%ld bytes=%" PRIu64 " seconds=%.3f per_second=%.0f "
	       "p50_ms=%.2f p99_ms=%.2f",
	    n, result.failed, result.resumed, result.bytes, took_ms / 1e3,
	    (double)n / took_ms * 1e3, n > 0 ? result.ms[n / 2] : 0,
	    n > 0 ? result.ms[(n * 99 + 99) / 100 - 1] : 0);
	if (options.server_pid > 0 && n > 0)
		printf(" cpu_us=%.1f", (double)cpu_ns / 1e3 / (double)n);
	printf("\n");
}

/* --- the command line ---------------------------------------------------------------------- */

static void
usage(void)
{
	fprintf(stderr,
	    "usage: load [-r] [-n COUNT] [-c CONNECTIONS] [-s PID] [-u SECONDS] [-i PREFIX]"
	    " [-p FIRST] PORT URL\n");
	exit(2);
}

static void
read_options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "n:c:rs:u:i:p:")) != -1) {
		switch (option) {
		case 'n':
			options.count = atol(optarg);
			break;
		case 'c':
			options.connections = atol(optarg);
			break;
		case 'r':
			options.resumes = true;
			break;
		case 's':
			options.server_pid = atoi(optarg);
			break;
		case 'u':
			options.until_seconds = atol(optarg);
			break;
		case 'i':
			options.identity = optarg;
			break;
		case 'p':
			options.first_upload = atol(optarg);
			break;
		default:
			usage();
		}
	}
	if (argc - optind != 2 || options.count < 1 || options.connections < 1)
		usage();
	options.port = atoi(argv[optind]);
	snprintf(options.url, sizeof(options.url), "%s", argv[optind + 1]);
	if (sscanf(options.url, "%*[a-z]://%255[^:/]", options.host) != 1)
		usage();
}

int
main(int argc, char **argv)
{
	double began_ms;
	uint64_t cpu_ns = 0;

	read_options(argc, argv);
	signal(SIGPIPE, SIG_IGN);
	context_open();
	result.ms = calloc((size_t)options.count + 1, sizeof(*result.ms));
	if (result.ms == NULL)
		die("load");
	if (options.server_pid > 0)
		cpu_ns = tree_cpu_ns(options.server_pid);
	began_ms = now_ms();
	if (options.until_seconds > 0)
		run_until_good();
	else
		run_all();
	print_result(now_ms() - began_ms,
	    options.server_pid > 0 ? tree_cpu_ns(options.server_pid) - cpu_ns : 0);
	return result.good > 0 && result.failed == 0 ? 0 : 1;
}
