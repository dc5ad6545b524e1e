#include "base/log.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/text.h"
#include "base/time.h"

#define SYSLOG_PRIORITY 30 /* facility daemon (3), severity info (6): RFC 5424 section 6.2.1 */
#define FILE_MODE       0640

enum target { TARGET_NONE, TARGET_STDERR, TARGET_FILE, TARGET_SYSLOG };

static struct {
	const char *name;
	bool is_json;
	enum target access;
	int access_fd; /* owned if the target is a file or syslog */
} state = {"broadsheet", false, TARGET_NONE, -1};

static const char *const level_words[] = {
    [LOG_ERROR] = "error",
    [LOG_WARNING] = "warning",
    [LOG_NOTICE] = "notice",
    [LOG_DEBUG] = "debug",
};

/* Access lines go somewhere, or nowhere. */
static void
log_check(void)
{
	assert(state.name != NULL);
	assert((state.access == TARGET_NONE) == (state.access_fd == -1));
	assert(state.access != TARGET_STDERR || state.access_fd == STDERR_FILENO);
}

void
log_set_name(const char *name)
{
	assert(name != NULL);
	state.name = name;
}

void
log_set_json(bool on)
{
	state.is_json = on;
}

/* Connected here and kept: a sandboxed worker can open no socket later. After a restart of the
 * syslog daemon, SIGHUP opens it anew, as it does a file. */
static int
open_syslog(struct error *err)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "/dev/log"};
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd != -1 && connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	error_set(err, "access log: syslog at %s: %s", address.sun_path, strerror(errno));
	if (fd != -1)
		close(fd);
	return -1;
}

/* Non-blocking, so that a pipe without a reader is an error and not a server that hangs. */
static int
open_file(const char *path, struct error *err)
{
	int flags = O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
	int fd = open(path, flags, FILE_MODE);

	if (fd == -1)
		error_set(err, "access log %s: %s", path, strerror(errno));
	return fd;
}

bool
log_open_access(const char *target, struct error *err)
{
	enum target kind = TARGET_FILE;
	int fd = -1;

	log_check();
	if (strcmp(target, "none") == 0) {
		kind = TARGET_NONE;
	} else if (strcmp(target, "stderr") == 0) {
		kind = TARGET_STDERR;
		fd = STDERR_FILENO;
	} else {
		if (strcmp(target, "syslog") == 0) {
			kind = TARGET_SYSLOG;
			fd = open_syslog(err);
		} else {
			fd = open_file(target, err);
		}
		if (fd == -1)
			return false;
	}

	if (state.access == TARGET_FILE || state.access == TARGET_SYSLOG)
		close(state.access_fd);
	state.access = kind;
	state.access_fd = fd;
	log_check();
	return true;
}

int
log_access_fd(void)
{
	return state.access_fd;
}

static void
append_now(struct buffer *line)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	struct timestamp t = timestamp_at(now.tv_sec, "UTC");
	timestamp_append(line, &t);
}

static void
append_field(struct buffer *line, const char *name, const char *value)
{
	buffer_printf(line, "\"%s\":\"", name);
	text_append_json(line, value, strlen(value));
	buffer_putc(line, '"');
}

/* Ends the line, writes it in one call and releases it. Nobody is left to tell when that fails,
 * and a full disk or pipe must not stop the server. */
static void
write_line(int fd, struct buffer *line)
{
	static const char lost[] = "a log line was lost: out of memory\n";

	assert(fd >= 0);
	buffer_putc(line, '\n');
	ssize_t written =
	    line->failed ? write(fd, lost, sizeof(lost) - 1) : write(fd, line->data, line->len);
	(void)written;
	buffer_free(line);
}

static void
append_message(struct buffer *line, enum log_level level, const char *message)
{
	if (state.is_json) {
		buffer_puts(line, "{\"time\":\"");
		append_now(line);
		buffer_puts(line, "\",");
		append_field(line, "level", level_words[level]);
		buffer_putc(line, ',');
		append_field(line, "process", state.name);
		buffer_putc(line, ',');
		append_field(line, "message", message);
		buffer_putc(line, '}');
		return;
	}
	append_now(line);
	buffer_printf(line, " %s: ", state.name);
	if (level != LOG_NOTICE)
		buffer_printf(line, "%s: ", level_words[level]);
	text_append_escaped(line, message, strlen(message));
}

void
log_message(enum log_level level, const char *format, ...)
{
	assert(level >= LOG_ERROR && level <= LOG_DEBUG && level_words[level] != NULL);
	struct buffer message = BUFFER_EMPTY, line = BUFFER_EMPTY;
	int saved_errno = errno; /* logging an error must not change what the caller sees */
	va_list args;

	va_start(args, format);
	buffer_vprintf(&message, format, args);
	va_end(args);
	append_message(&line, level, message.failed ? "out of memory" : buffer_text(&message));
	write_line(STDERR_FILENO, &line);
	buffer_free(&message);
	errno = saved_errno;
}

static const char *
or_dash(const char *text)
{
	return text == NULL || *text == '\0' ? "-" : text;
}

/* Appends a column: blanks are escaped too, so that the columns can be counted. */
static void
append_column(struct buffer *line, const char *text)
{
	while (*text != '\0') {
		size_t word = strcspn(text, " ");
		text_append_escaped(line, text, word);
		text += word;
		for (; *text == ' '; text++)
			buffer_puts(line, "\\x20");
	}
	buffer_putc(line, ' ');
}

static void
append_access_json(struct buffer *line, const struct log_request *request)
{
	buffer_puts(line, "{\"time\":\"");
	append_now(line);
	buffer_puts(line, "\",");
	append_field(line, "client", or_dash(request->client));
	buffer_putc(line, ',');
	append_field(line, "url", or_dash(request->url));
	buffer_printf(line, ",\"status\":%d,\"bytes\":%llu,\"ms\":%.1f", request->status,
	    (unsigned long long)request->bytes, request->ms);
	if (request->user != NULL) {
		buffer_putc(line, ',');
		append_field(line, "user", request->user);
	}
	buffer_putc(line, '}');
}

/* TIME CLIENT URL STATUS BYTES MS USER */
static void
append_access_text(struct buffer *line, const struct log_request *request)
{
	append_now(line);
	buffer_putc(line, ' ');
	append_column(line, or_dash(request->client));
	append_column(line, or_dash(request->url));
	buffer_printf(line, "%d %llu %.1f ", request->status, (unsigned long long)request->bytes,
	    request->ms);
	append_column(line, or_dash(request->user));
	assert(line->failed || line->data[line->len - 1] == ' ');
	buffer_truncate(line, line->len - 1);
}

void
log_access(const struct log_request *request)
{
	struct buffer line = BUFFER_EMPTY;

	log_check();
	assert(request->status == 0 || (request->status >= 10 && request->status < 70));
	if (state.access == TARGET_NONE)
		return;
	if (state.access == TARGET_SYSLOG)
		buffer_printf(&line, "<%d>broadsheet[%d]: ", SYSLOG_PRIORITY, (int)getpid());
	if (state.is_json)
		append_access_json(&line, request);
	else
		append_access_text(&line, request);
	write_line(state.access_fd, &line);
}
