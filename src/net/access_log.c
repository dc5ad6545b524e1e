#include "net/access_log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"

#define NEW_SUFFIX ".new"

static bool
is_new_file(const char *target)
{
	return target[0] == '/' && access(target, F_OK) == -1 && errno == ENOENT;
}

bool
access_log_open(const struct log_config *log, struct error *err)
{
	struct buffer path = BUFFER_EMPTY;

	buffer_puts(&path, log->access);
	if (is_new_file(log->access))
		buffer_puts(&path, NEW_SUFFIX);
	bool ok = path.failed ? error_set(err, "out of memory") : log_open_access(path.data, err);
	buffer_free(&path);
	return ok;
}

void
access_log_publish(const struct log_config *log)
{
	struct buffer path = BUFFER_EMPTY;

	buffer_printf(&path, "%s" NEW_SUFFIX, log->access);
	if (!path.failed && is_new_file(log->access) && rename(path.data, log->access) == -1 &&
	    errno != ENOENT)
		log_error("access log %s: %s", log->access, strerror(errno));
	buffer_free(&path);
}
