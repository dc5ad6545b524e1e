#include "supervisor/upgrade.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/encode.h"
#include "base/text.h"

#define VARIABLE     "BROADSHEET_HANDOVER" /* holds the number of the memfd */
#define HANDOVER_MAX (1024 * 1024)         /* bytes; a child is some 30, a listener some 100 */
#define CHILDREN_MAX 1024
#define PREFLIGHT_MS 5000

bool
program_find(struct program *program, const char *config_path, struct error *err)
{
	ssize_t len = readlink("/proc/self/exe", program->binary, sizeof(program->binary) - 1);

	program->config_path = config_path;
	if (len == -1)
		return error_set(err, "/proc/self/exe: %s", strerror(errno));
	program->binary[len] = '\0';
	return true;
}

/* --- writing --- */

static void
describe(struct buffer *out, const struct handover *h)
{
	char key[2 * TLS_TICKET_KEY_BYTES + 1];

	encode_hex(h->ticket_key, sizeof(h->ticket_key), key);
	buffer_printf(out, "lock %d\ngeneration %d\nticket %s\ninherited %s\n", h->lock_fd,
	    h->generation, key, h->listeners.are_inherited ? "yes" : "no");
	if (h->control_fd != -1)
		buffer_printf(out, "control %d\n", h->control_fd);
	for (size_t i = 0; i < h->listeners.count; i++)
		buffer_printf(
		    out, "listener %d %s\n", h->listeners.items[i].fd, h->listeners.items[i].name);
	for (size_t i = 0; i < h->children->child_count; i++)
		buffer_printf(out, "child %ld %d %d\n", (long)h->children->children[i].pid,
		    (int)h->children->children[i].role, h->children->children[i].worker);
	for (size_t i = 0; i < h->children->channel_count; i++)
		buffer_printf(out, "channel %d\n", h->children->publisher_ends[i]);
}

static void
set_inherited(const struct handover *h, bool is_inherited)
{
	int flags = is_inherited ? 0 : FD_CLOEXEC;

	fcntl(h->lock_fd, F_SETFD, flags);
	if (h->control_fd != -1)
		fcntl(h->control_fd, F_SETFD, flags);
	for (size_t i = 0; i < h->listeners.count; i++)
		fcntl(h->listeners.items[i].fd, F_SETFD, flags);
	for (size_t i = 0; i < h->children->channel_count; i++)
		fcntl(h->children->publisher_ends[i], F_SETFD, flags);
}

/* A memfd with the description, which outlives the exec; -1 with errno set. */
static int
write_description(const struct handover *h)
{
	struct buffer text = BUFFER_EMPTY;
	int fd = memfd_create("broadsheet-handover", 0);

	describe(&text, h);
	if (text.failed)
		errno = ENOMEM;
	if (fd != -1 && (text.failed || write(fd, text.data, text.len) != (ssize_t)text.len)) {
		close(fd);
		fd = -1;
	}
	buffer_free(&text);
	return fd;
}

/* --- trying and executing --- */

static _Noreturn void
run_version(const char *binary)
{
	int null_fd = open("/dev/null", O_WRONLY);

	dup2(null_fd, STDOUT_FILENO);
	execl(binary, binary, "--version", (char *)NULL);
	_exit(EXIT_FAILURE);
}

/* Whether the binary runs at all: its loader, its libraries, its first lines. */
static bool
preflight(const char *binary, struct error *err)
{
	int status;
	pid_t pid = fork();

	if (pid == 0)
		run_version(binary);
	if (pid == -1)
		return error_set(err, "fork: %s", strerror(errno));
	struct pollfd end = {.fd = pidfd_open(pid, 0), .events = POLLIN};
	if (end.fd != -1 && poll(&end, 1, PREFLIGHT_MS) <= 0)
		kill(pid, SIGKILL);
	if (end.fd != -1)
		close(end.fd);
	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	return error_set(err, "%s --version fails: it would not start", binary);
}

static void
execute(const struct program *program, int description_fd)
{
	const char *binary = program->binary;
	char number[16];

	snprintf(number, sizeof(number), "%d", description_fd);
	setenv(VARIABLE, number, 1);
	if (program->config_path != NULL)
		execl(binary, binary, "serve", "-c", program->config_path, (char *)NULL);
	else
		execl(binary, binary, "serve", (char *)NULL);
	unsetenv(VARIABLE);
}

bool
upgrade_exec(const struct program *program, const struct handover *handover, struct error *err)
{
	if (!preflight(program->binary, err))
		return false;
	int fd = write_description(handover);
	if (fd == -1)
		return error_set(err, "memfd: %s", strerror(errno));
	set_inherited(handover, true);
	execute(program, fd);
	error_set(err, "%s: %s", program->binary, strerror(errno));
	set_inherited(handover, false);
	close(fd);
	return false;
}

/* --- reading --- */

static bool
read_lock(const char *value, struct handover *h)
{
	h->lock_fd = (int)strtol(value, NULL, 10);
	return fcntl(h->lock_fd, F_SETFD, FD_CLOEXEC) == 0;
}

static bool
read_control(const char *value, struct handover *h)
{
	h->control_fd = (int)strtol(value, NULL, 10);
	return fcntl(h->control_fd, F_SETFD, FD_CLOEXEC) == 0;
}

static bool
read_generation(const char *value, struct handover *h)
{
	h->generation = h->children->number = (int)strtol(value, NULL, 10);
	return h->generation > 0;
}

static bool
read_ticket(const char *hex, struct handover *h)
{
	return strlen(hex) == 2 * TLS_TICKET_KEY_BYTES &&
	       encode_read_hex(hex, TLS_TICKET_KEY_BYTES, h->ticket_key);
}

static bool
read_inherited(const char *value, struct handover *h)
{
	h->listeners.are_inherited = strcmp(value, "yes") == 0;
	return true;
}

static bool
read_listener(const char *value, struct handover *h)
{
	char *end;
	int fd = (int)strtol(value, &end, 10);

	if (*end != ' ' || fcntl(fd, F_SETFD, FD_CLOEXEC) == -1)
		return false;
	return listeners_add(&h->listeners, fd, end + 1);
}

/* PID ROLE WORKER */
static bool
read_child(const char *value, struct handover *h)
{
	char *rest;
	long pid = strtol(value, &rest, 10);
	long role = strtol(rest, &rest, 10);
	long worker = strtol(rest, &rest, 10);

	if (pid <= 0 || *rest != '\0' || h->children->child_count == CHILDREN_MAX)
		return false;
	struct child *child = &h->children->children[h->children->child_count++];
	child->pid = (pid_t)pid;
	child->role = role == PROCESS_PUBLISHER ? PROCESS_PUBLISHER : PROCESS_WORKER;
	child->worker = (int)worker;
	return true;
}

static bool
read_channel(const char *value, struct handover *h)
{
	int fd = (int)strtol(value, NULL, 10);

	if (fcntl(fd, F_SETFD, FD_CLOEXEC) == -1 || h->children->channel_count == CHILDREN_MAX)
		return false;
	h->children->publisher_ends[h->children->channel_count++] = fd;
	return true;
}

static const struct {
	const char *word;
	bool (*read)(const char *value, struct handover *h);
} readers[] = {
    {"lock", read_lock},
    {"control", read_control},
    {"generation", read_generation},
    {"ticket", read_ticket},
    {"inherited", read_inherited},
    {"listener", read_listener},
    {"child", read_child},
    {"channel", read_channel},
};

/* A word and, after a blank, its value. Words that a later version added are passed over. */
static bool
read_line(char *line, struct handover *h)
{
	char *value = line;
	const char *word = strsep(&value, " ");

	for (size_t i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		if (strcmp(word, readers[i].word) == 0)
			return value != NULL && readers[i].read(value, h);
	return true;
}

static bool
read_lines(char *text, struct handover *h)
{
	char *rest = text;
	char *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0' && !read_line(line, h))
			return false;
	return h->lock_fd != -1 && h->generation > 0;
}

static bool
read_description(int fd, struct buffer *out)
{
	off_t len = lseek(fd, 0, SEEK_END);

	if (len <= 0 || len > HANDOVER_MAX)
		return false;
	char *to = buffer_reserve(out, (size_t)len);
	if (to == NULL || pread(fd, to, (size_t)len, 0) != len)
		return false;
	buffer_grow(out, (size_t)len);
	return true;
}

bool
upgrade_is_under_way(void)
{
	return getenv(VARIABLE) != NULL;
}

enum upgrade_result
upgrade_receive(struct handover *out, struct error *err)
{
	const char *number = getenv(VARIABLE);
	struct buffer text = BUFFER_EMPTY;
	struct handover h = {.lock_fd = -1, .control_fd = -1};

	if (number == NULL)
		return UPGRADE_NONE;
	int fd = (int)strtol(number, NULL, 10);
	unsetenv(VARIABLE);
	h.children = generation_adopt(0, CHILDREN_MAX);
	if (h.children == NULL) {
		error_set(err, "out of memory");
		return UPGRADE_BROKEN;
	}
	h.children->child_count = 0;
	bool ok = read_description(fd, &text) && read_lines(text.data, &h);
	close(fd);
	buffer_free(&text);
	if (!ok) {
		generation_free(h.children, NULL);
		listeners_close(&h.listeners);
		error_set(err, "what the program before the upgrade handed over cannot be read");
		return UPGRADE_BROKEN;
	}
	*out = h;
	return UPGRADE_RECEIVED;
}
