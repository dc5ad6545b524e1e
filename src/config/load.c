#include "config/load.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buffer.h"
#include "config/ini.h"
#include "config/loading.h"
#include "config/settle.h"
#include "config/walk.h"

#define INI_BYTES_MAX (1024 * 1024) /* nobody writes that by hand; a wrong FILE may be huge */
#define READ_CHUNK    8192

static const char *const default_paths[] = {
    "conf/broadsheet.ini", "/etc/broadsheet/broadsheet.ini"};

const char *
config_default_path(void)
{
	for (size_t i = 0; i < sizeof(default_paths) / sizeof(default_paths[0]); i++)
		if (access(default_paths[i], F_OK) == 0)
			return default_paths[i];
	return NULL;
}

/* Notes the folder in which name lies, links followed so that a ".." in a value can be taken off
 * as text, and the absolute path of name. False if out of memory. */
static bool
locate(struct loading *l, const char *name)
{
	const char *slash = strrchr(name, '/');
	struct buffer path = BUFFER_EMPTY;
	char *parent = slash == NULL ? strdup(".") : strndup(name, (size_t)(slash - name) + 1);
	char *folder = parent != NULL ? realpath(parent, NULL) : NULL;

	if (folder == NULL && parent != NULL)
		folder = strdup(parent[0] == '/' ? parent : "/"); /* a file from memory */
	free(parent);
	if (folder == NULL)
		return false;
	buffer_puts(&path, strcmp(folder, "/") == 0 ? "" : folder);
	buffer_putc(&path, '/');
	buffer_puts(&path, slash != NULL ? slash + 1 : name);
	l->folder = folder;
	l->config->path = loading_take(l, &path);
	return l->config->path != NULL;
}

struct config *
config_parse(
    const char *name, const char *bytes, size_t len, enum config_purpose purpose, struct error *err)
{
	struct loading l = {.problems.file = name, .purpose = purpose};
	struct ini_listener listener = {walk_section, walk_pair, &l};
	struct config *config = NULL;

	l.config = calloc(1, sizeof(*l.config));
	if (l.config == NULL || !locate(&l, name)) {
		error_set(err, "%s: out of memory", name);
		goto out;
	}
	ini_read(bytes, len, &listener, &l.problems);
	walk_end(&l);
	loading_settle(&l);
	if (problems_settle(&l.problems, err)) {
		config = l.config;
		l.config = NULL; /* the caller's now */
	}
out:
	loading_done(&l);
	config_free(l.config);
	return config;
}

static bool
read_file(const char *path, struct buffer *out, struct error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t got = -1;

	if (fd == -1)
		return error_set(err, "%s: %s", path, strerror(errno));
	do {
		char *place = buffer_reserve(out, READ_CHUNK);
		if (place == NULL)
			break;
		got = read(fd, place, READ_CHUNK);
		if (got > 0)
			buffer_grow(out, (size_t)got);
	} while ((got > 0 && out->len <= INI_BYTES_MAX) || (got == -1 && errno == EINTR));
	if (out->failed)
		error_set(err, "%s: out of memory", path);
	else if (got == -1)
		error_set(err, "%s: %s", path, strerror(errno));
	else if (got > 0)
		error_set(err, "%s: more than %d bytes, expected an ini file", path, INI_BYTES_MAX);
	close(fd);
	return !out->failed && got == 0;
}

struct config *
config_load(const char *path, enum config_purpose purpose, struct error *err)
{
	struct buffer bytes = BUFFER_EMPTY;
	struct config *config = NULL;

	if (read_file(path, &bytes, err))
		config = config_parse(path, buffer_text(&bytes), bytes.len, purpose, err);
	buffer_free(&bytes);
	return config;
}
