#include "config/setters.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/encode.h"
#include "base/text.h"
#include "base/time.h"
#include "config/values.h"
#include "gemini/language.h"
#include "gemini/url.h"

/* Makes *(const char **)field a copy of text. */
static void
keep_text(struct loading *l, void *field, const char *text)
{
	const char **place = field;

	*place = loading_copy(l, text);
}

bool
set_text(struct loading *l, const struct directive *d, void *field, const char *value)
{
	(void)d;
	if (value[0] == '\0')
		return false;
	keep_text(l, field, value);
	return true;
}

bool
set_boolean(struct loading *l, const struct directive *d, void *field, const char *value)
{
	(void)l;
	(void)d;
	return value_boolean(value, field);
}

bool
set_number(struct loading *l, const struct directive *d, void *field, const char *value)
{
	(void)l;
	return value_number(value, d->least, d->most, field);
}

bool
set_size(struct loading *l, const struct directive *d, void *field, const char *value)
{
	(void)l;
	(void)d;
	return value_size(value, field);
}

bool
set_workers(struct loading *l, const struct directive *d, void *field, const char *value)
{
	int *workers = field;

	if (strcmp(value, "auto") != 0)
		return set_number(l, d, field, value);
	*workers = value_processors() < d->most ? value_processors() : d->most;
	return true;
}

bool
set_choice(struct loading *l, const struct directive *d, void *field, const char *value)
{
	(void)l;
	for (unsigned i = 0; d->choices[i] != NULL; i++)
		if (strcmp(d->choices[i], value) == 0) {
			memcpy(field, &i, sizeof(i)); /* an enum without negative values */
			return true;
		}
	return false;
}

bool
set_format(struct loading *l, const struct directive *d, void *field, const char *value)
{
	bool *is_json = field;

	(void)l;
	(void)d;
	*is_json = strcmp(value, "json") == 0;
	return *is_json || strcmp(value, "text") == 0;
}

bool
set_language(struct loading *l, const struct directive *d, void *field, const char *value)
{
	return language_is_tag(value) && set_text(l, d, field, value);
}

bool
set_timezone(struct loading *l, const struct directive *d, void *field, const char *value)
{
	return zone_exists(value) && set_text(l, d, field, value);
}

bool
set_user(struct loading *l, const struct directive *d, void *field, const char *value)
{
	bool is_name = strpbrk(value, ":/ \t") == NULL && set_text(l, d, field, value);

	return is_name && (l->purpose != CONFIG_TO_SERVE || getpwnam(value) != NULL);
}

bool
set_label(struct loading *l, const struct directive *d, void *field, const char *value)
{
	struct pending_labels *labels = l->target;

	(void)field;
	return set_text(l, d, &labels->text[d->offset], value);
}

/* URLs go on the wire in ASCII. */
static bool
is_ascii(unsigned char byte)
{
	return byte < 0x80;
}

static const char *
url_copy(struct loading *l, const char *url)
{
	struct buffer text = BUFFER_EMPTY;

	encode_percent(&text, url, strlen(url), is_ascii);
	return loading_take(l, &text);
}

bool
set_url(struct loading *l, const struct directive *d, void *field, const char *value)
{
	const char **place = field;

	(void)d;
	if (!value_is_url(value))
		return false;
	*place = url_copy(l, value);
	return true;
}

/* A path as a request has it: decoded. False if it is none. */
static bool
decode_path(const char *written, char out[static URL_MAX + 1])
{
	return value_is_path_reference(written) && strlen(written) <= URL_MAX &&
	       strpbrk(written, "?#") == NULL && url_decode_query(written, out);
}

bool
set_gone(struct loading *l, const struct directive *d, void *field, const char *value)
{
	char path[URL_MAX + 1];

	(void)d;
	if (!decode_path(value, path))
		return false;
	loading_add(l, field, path);
	return true;
}

bool
set_redirect(struct loading *l, const struct directive *d, void *field, const char *value)
{
	struct capsule_config *capsule = field;
	char written[URL_MAX + 1], from[URL_MAX + 1];
	size_t from_len = strcspn(value, " \t");
	const char *to = value + from_len + strspn(value + from_len, " \t");

	(void)d;
	if (from_len > URL_MAX)
		return false;
	memcpy(written, value, from_len);
	written[from_len] = '\0';
	if (!decode_path(written, from) || (!value_is_path_reference(to) && !value_is_url(to)) ||
	    strcmp(written, to) == 0)
		return false;
	struct redirect_config *redirects =
	    loading_grow(l, capsule->redirects, capsule->redirect_count, sizeof(*redirects));
	if (redirects == NULL)
		return true;
	capsule->redirects = redirects;
	redirects[capsule->redirect_count++] = (struct redirect_config){
	    .from = loading_copy(l, from),
	    .to = url_copy(l, to),
	};
	return true;
}

/* Takes "." and ".." off the front of a relative path and puts the folder before it. The folder
 * is real, with no link in it, so ".." is what stands before its last slash. */
static const char *
absolute_path(struct loading *l, const char *value)
{
	struct buffer path = BUFFER_EMPTY;
	size_t folder_len = value[0] == '/' ? 0 : strlen(l->folder);

	while (value[0] == '.' && folder_len > 0) {
		size_t dots = strspn(value, ".");
		if (dots > 2 || (value[dots] != '/' && value[dots] != '\0'))
			break; /* a name that begins with a dot */
		while (dots == 2 && folder_len > 0 && l->folder[--folder_len] != '/')
			;
		value += dots + strspn(value + dots, "/");
	}
	buffer_append(&path, l->folder, folder_len);
	if (value[0] != '/')
		buffer_putc(&path, '/');
	buffer_puts(&path, value);
	while (path.len > 1 && path.data[path.len - 1] == '/')
		buffer_truncate(&path, path.len - 1);
	return loading_take(l, &path);
}

bool
set_path(struct loading *l, const struct directive *d, void *field, const char *value)
{
	const char **place = field;

	(void)d;
	if (value[0] == '\0')
		return false;
	*place = absolute_path(l, value);
	return true;
}

/* Sets a path of something that must be there, of that type, when we are to serve. */
static bool
set_existing(
    struct loading *l, const struct directive *d, void *field, const char *value, mode_t type)
{
	const char *const *place = field;
	struct stat status;
	const char *trouble = NULL;

	if (!set_path(l, d, field, value))
		return false;
	if (*place == NULL || l->purpose != CONFIG_TO_SERVE)
		return true;
	if (stat(*place, &status) != 0 || access(*place, R_OK) != 0)
		trouble = strerror(errno);
	else if ((status.st_mode & S_IFMT) != type)
		trouble = "it is none";
	if (trouble != NULL)
		problems_add(&l->problems, l->line, "%s %s = %s: expected %s at %s: %s",
		    l->section_title, d->key, value, d->expected, *place, trouble);
	return true;
}

bool
set_folder(struct loading *l, const struct directive *d, void *field, const char *value)
{
	return set_existing(l, d, field, value, S_IFDIR);
}

bool
set_file(struct loading *l, const struct directive *d, void *field, const char *value)
{
	return set_existing(l, d, field, value, S_IFREG);
}

/* The state folder is made where it is missing; what is no folder is in the way. */
bool
set_state(struct loading *l, const struct directive *d, void *field, const char *value)
{
	const char *const *place = field;
	struct stat status;

	if (!set_path(l, d, field, value))
		return false;
	return *place == NULL || l->purpose != CONFIG_TO_SERVE || stat(*place, &status) != 0 ||
	       S_ISDIR(status.st_mode);
}

/* Whether a log can be at that path: a file, or what is not there in a folder that is. */
static bool
can_be_a_log(const char *path)
{
	struct stat status;

	if (stat(path, &status) == 0)
		return !S_ISDIR(status.st_mode);
	char *folder = strdup(path);
	char *slash = folder == NULL ? NULL : strrchr(folder, '/');
	if (slash != NULL)
		slash[1] = '\0';
	bool can = slash == NULL || (stat(folder, &status) == 0 && S_ISDIR(status.st_mode));
	free(folder);
	return can;
}

/* A word, or a file; a file name that looks like a mistyped word is taken for one. */
bool
set_access(struct loading *l, const struct directive *d, void *field, const char *value)
{
	static const char *const words[] = {"stderr", "syslog", "none"};
	size_t count = sizeof(words) / sizeof(words[0]);

	for (size_t i = 0; i < count; i++)
		if (strcmp(value, words[i]) == 0) {
			keep_text(l, field, value);
			return true;
		}
	if (strpbrk(value, "./") == NULL && strings_nearest(value, words, count) != NULL)
		return false;
	if (!set_path(l, d, field, value))
		return false;
	const char *const *path = field;
	return *path == NULL || l->purpose != CONFIG_TO_SERVE || can_be_a_log(*path);
}

bool
set_listen(struct loading *l, const struct directive *d, void *field, const char *value)
{
	struct buffer name = BUFFER_EMPTY;
	bool fits = true;

	(void)d;
	if (!text_starts(value, "unix:")) {
		if (!value_socket_address(value))
			return false;
		loading_add(l, field, value);
		return true;
	}
	if (value[5] == '\0')
		return false;
	const char *path = absolute_path(l, value + 5);
	if (path == NULL)
		return true;
	fits = strlen(path) < sizeof(((struct sockaddr_un *)0)->sun_path);
	if (!fits)
		problems_add(&l->problems, l->line,
		    "%s listen = %s: %s has %zu bytes, expected at most %zu", l->section_title,
		    value, path, strlen(path), sizeof(((struct sockaddr_un *)0)->sun_path) - 1);
	buffer_printf(&name, "unix:%s", path);
	if (fits)
		loading_add(l, field, buffer_text(&name));
	buffer_free(&name);
	return true;
}

bool
set_proxy_from(struct loading *l, const struct directive *d, void *field, const char *value)
{
	struct server_config *server = field;
	struct address_block block;

	(void)d;
	if (!value_address_block(value, &block))
		return false;
	struct address_block *blocks =
	    loading_grow(l, server->proxy_from, server->proxy_from_count, sizeof(*blocks));
	if (blocks == NULL)
		return true;
	server->proxy_from = blocks;
	blocks[server->proxy_from_count++] = block;
	return true;
}

bool
set_alias(struct loading *l, const struct directive *d, void *field, const char *value)
{
	char host[VALUE_HOST_MAX + 1];

	(void)d;
	if (!value_host(value, host))
		return false;
	if (loading_claim_host(l, host))
		loading_add(l, field, host);
	return true;
}

bool
set_fingerprint(struct loading *l, const struct directive *d, void *field, const char *value)
{
	char hex[65];

	(void)d;
	if (!value_fingerprint(value, hex))
		return false;
	loading_add(l, field, hex);
	return true;
}

bool
set_editor_fingerprint(struct loading *l, const struct directive *d, void *field, const char *value)
{
	char hex[65];

	if (!value_fingerprint(value, hex))
		return false;
	for (size_t i = 0; i < l->config->editor_count; i++) {
		const struct editor_config *editor = &l->config->editors[i];
		if (!strings_contain(&editor->fingerprints, hex))
			continue;
		problems_add(&l->problems, l->line,
		    "%s fingerprint = %s: expected one that is nobody's yet, [editor %s] has it",
		    l->section_title, value, editor->id);
		return true;
	}
	return set_fingerprint(l, d, field, value);
}

/* The capsule may come later in the file: settle.c looks for it. */
bool
set_editor_capsule(struct loading *l, const struct directive *d, void *field, const char *value)
{
	const struct editor_config *editor = field;

	(void)d;
	struct pending_capsule *named =
	    loading_grow(l, l->capsules, l->capsule_count, sizeof(*named));
	if (named == NULL)
		return true;
	l->capsules = named;
	named[l->capsule_count++] = (struct pending_capsule){
	    .editor = (size_t)(editor - l->config->editors),
	    .host = loading_copy(l, value),
	    .line = l->line,
	};
	return true;
}
