/*
 * log - the one way out for words to the admin. Two streams: messages (always standard error)
 * and access lines (where [log] access says). Text or JSON, one line each.
 *
 * The one global of the program. Pure code does not log.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

enum log_level { LOG_ERROR, LOG_WARNING, LOG_NOTICE, LOG_DEBUG };

/* Who is talking, e.g. "worker 1"; borrowed for ever. Shown in each message. */
void log_set_name(const char *name);
void log_set_json(bool on);

/* Opens where access lines go: "stderr", "syslog", "none" or a file (appended to, made 0640).
 * Call again to reopen. On failure the old target stays. */
bool log_open_access(const char *target, struct error *err);

/* The descriptor of the access log, or -1; for handing it to a new program. */
int log_access_fd(void);

/* One message. Control bytes and invisible characters in the finished text are escaped here, for
 * every caller. */
void log_message(enum log_level level, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#define log_error(...)   log_message(LOG_ERROR, __VA_ARGS__)
#define log_warning(...) log_message(LOG_WARNING, __VA_ARGS__)
#define log_notice(...)  log_message(LOG_NOTICE, __VA_ARGS__)

/* One answered request. Strings are hostile: they are escaped here. As text it is one line of
 * `TIME CLIENT URL STATUS BYTES MS USER`, with "-" for what is not known and no blank inside a
 * column; as JSON an object with these keys in lower case, `user` only where there is one. */
struct log_request {
	const char *url;    /* what was asked, or "-" */
	const char *client; /* already shortened as [log] addresses says */
	const char *user;   /* an editor's ID or NULL */
	int status;         /* 0 when no answer was sent */
	uint64_t bytes;     /* of the answer, head included, before TLS */
	double ms;          /* from accept to the last byte handed over */
};
void log_access(const struct log_request *request);

#endif
