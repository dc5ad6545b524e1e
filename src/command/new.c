/*
 * new - begins a publication: a folder with ini file, certificate and a first article, so laid out
 * that nothing needs to be set.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/time.h"
#include "command/certificates.h"
#include "command/command.h"
#include "command/files.h"
#include "command/options.h"
#include "config/load.h"
#include "config/location.h"
#include "config/values.h"

static const char *const names[] = {"HOST"};
static const struct usage usage = {
    .text = "usage: broadsheet new HOST [DIR]\n"
	    "\n"
	    "Begins a publication in the folder DIR (default: HOST): conf/broadsheet.ini,\n"
	    "a certificate in certs/, and capsule/articles/ with a first article. Nothing that\n"
	    "is there is touched: if one of these files exists, nothing is written.\n",
    .min_words = 1,
    .max_words = 2,
    .names = names,
};

/* What is made, in this order; the last two are made from the ini file. */
enum piece { PIECE_ARTICLE, PIECE_INI, PIECE_KEY, PIECE_CERTIFICATE, PIECE_COUNT };

struct publication {
	char host[VALUE_HOST_MAX + 1];
	struct buffer paths[PIECE_COUNT];
};

static bool
name_pieces(struct publication *p, const char *folder)
{
	buffer_printf(&p->paths[PIECE_ARTICLE], "%s/capsule/articles/welcome.gmi", folder);
	buffer_printf(&p->paths[PIECE_INI], "%s/conf/broadsheet.ini", folder);
	buffer_printf(&p->paths[PIECE_KEY], "%s/certs/%s.key", folder, p->host);
	buffer_printf(&p->paths[PIECE_CERTIFICATE], "%s/certs/%s.crt", folder, p->host);
	for (size_t i = 0; i < PIECE_COUNT; i++)
		if (p->paths[i].failed)
			return false;
	return true;
}

/* Whether something is there already, saying what. */
static bool
is_taken(const struct publication *p)
{
	bool taken = false;

	for (size_t i = 0; i < PIECE_COUNT; i++)
		if (file_exists(p->paths[i].data)) {
			fprintf(stderr, "broadsheet new: %s: already there\n", p->paths[i].data);
			taken = true;
		}
	if (taken)
		fputs("broadsheet new: nothing was written\n", stderr);
	return taken;
}

/* Whether folder lies below a root of that ini file, saying so. One that cannot be read, or is not
 * there, publishes nothing. */
static bool
is_published_by(const char *ini, const char *folder)
{
	struct config *config = config_load(ini, CONFIG_TO_READ, NULL);
	bool found = false;

	for (size_t i = 0; config != NULL && !found && i < config->capsule_count; i++) {
		const char *root = config->capsules[i].root;
		found = location_path_lies_in(folder, root);
		if (found)
			fprintf(stderr,
			    "broadsheet new: %s: %s publishes what lies below %s, the new key "
			    "would too: choose a folder outside\n",
			    folder, config->path, root);
	}
	config_free(config);
	return found;
}

/* The ini file that `new` may have made in the folder at the first len bytes of path. */
static bool
is_published_from(const char *path, size_t len, const char *folder)
{
	struct buffer ini = BUFFER_EMPTY;

	buffer_printf(&ini, "%.*s/conf/broadsheet.ini", (int)len, path);
	bool found = is_published_by(buffer_text(&ini), folder);
	buffer_free(&ini);
	return found;
}

/* Looks at the ini file of this system, and at each that may be in a folder above. */
static bool
is_published(const char *folder)
{
	struct buffer path = BUFFER_EMPTY;
	struct location location;
	char here[PATH_MAX] = "";

	if (folder[0] != '/' && getcwd(here, sizeof(here)) != NULL)
		buffer_printf(&path, "%s/", here);
	buffer_puts(&path, folder);
	bool is_known = !path.failed && location_find(path.data, &location);
	const char *real = is_known ? location.real : "";
	bool found = is_known && is_published_by("/etc/broadsheet/broadsheet.ini", real);
	for (size_t len = strlen(real); !found && len > 0; len--)
		if (len == 1 || real[len] == '/' || real[len] == '\0')
			found = is_published_from(real, len, real);
	if (!path.failed)
		location_done(&location);
	buffer_free(&path);
	return found;
}

static void
write_article(const struct publication *p, struct buffer *out)
{
	struct timestamp today = timestamp_at(time(NULL), "UTC");

	today.has_time = today.has_zone = false;
	buffer_puts(out, "---\n"
			 "title = Welcome\n"
			 "date = ");
	timestamp_append(out, &today);
	buffer_printf(out,
	    "\n"
	    "summary = The first article of %s.\n"
	    "---\n"
	    "This is an article. Change it, or save another one beside it: the front page follows\n"
	    "by itself.\n"
	    "\n"
	    "=> gemini://geminiprotocol.net/docs/gemtext.gmi How to write gemtext\n",
	    p->host);
}

static void
write_ini(const struct publication *p, struct buffer *out)
{
	buffer_printf(out,
	    "; The publication %s. The manual page broadsheet.ini(5) tells all keys.\n"
	    "\n"
	    "[server]\n"
	    "; Where to listen, a list; these two are the default.\n"
	    ";listen = [::]:1965\n"
	    ";listen = 0.0.0.0:1965\n"
	    "; Whom the processes become if started as root.\n"
	    ";user = broadsheet\n"
	    "state = ../var\n"
	    "\n"
	    "[capsule %s]\n"
	    "root = ../capsule\n"
	    "certificate = ../certs/%s.crt\n"
	    "key = ../certs/%s.key\n"
	    "title = %s\n"
	    ";tagline = News for a small planet\n"
	    ";language = en\n"
	    ";timezone = UTC\n",
	    p->host, p->host, p->host, p->host, p->host);
}

static bool
make_file(const struct publication *p, enum piece piece,
    void (*write)(const struct publication *p, struct buffer *out), struct error *err)
{
	struct buffer text = BUFFER_EMPTY;

	write(p, &text);
	bool ok = text.failed
		      ? error_set(err, "out of memory")
		      : file_write(p->paths[piece].data, text.data, text.len, 0644, FILE_NEW, err);
	buffer_free(&text);
	return ok;
}

static bool
make_certificate(const struct publication *p, struct error *err)
{
	struct config *config = config_load(p->paths[PIECE_INI].data, CONFIG_TO_WRITE, err);
	bool ok = config != NULL && certificates_make(&config->capsules[0], err);

	config_free(config);
	return ok;
}

/* Makes all pieces, or none: what was made is taken away again when the next one fails. */
static bool
make_all(const struct publication *p, struct error *err)
{
	if (!make_file(p, PIECE_ARTICLE, write_article, err))
		return false;
	if (make_file(p, PIECE_INI, write_ini, err)) {
		if (make_certificate(p, err))
			return true;
		unlink(p->paths[PIECE_INI].data);
	}
	unlink(p->paths[PIECE_ARTICLE].data);
	return false;
}

/* Whether the shell would find this program by its name alone. */
static bool
is_in_path(const char *self)
{
	const char *path = getenv("PATH");
	struct stat own, found;

	if (path == NULL || stat(self, &own) != 0)
		return false;
	for (; *path != '\0'; path += strcspn(path, ":"), path += *path == ':') {
		char candidate[PATH_MAX];
		snprintf(
		    candidate, sizeof(candidate), "%.*s/broadsheet", (int)strcspn(path, ":"), path);
		if (access(candidate, X_OK) == 0 && stat(candidate, &found) == 0)
			return found.st_dev == own.st_dev && found.st_ino == own.st_ino;
	}
	return false;
}

/* Prints a word so that a shell reads it as one. */
static void
print_quoted(const char *word)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				    "-_./:@%+,=";

	if (word[0] != '\0' && word[strspn(word, plain)] == '\0') {
		printf(" %s", word);
		return;
	}
	fputs(" '", stdout);
	for (; *word != '\0'; word++)
		if (*word == '\'')
			fputs("'\\''", stdout);
		else
			putchar(*word);
	putchar('\'');
}

static void
print_command(const char *program, const char *verb, const char *ini)
{
	putchar(' ');
	print_quoted(program);
	printf(" %s -c", verb);
	print_quoted(ini);
	putchar('\n');
}

/* The next three commands, each as it can be pasted into a shell here. */
static void
print_next(const struct publication *p, const char *folder)
{
	char self[PATH_MAX] = "broadsheet";
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	struct buffer second = BUFFER_EMPTY;

	if (len > 0)
		self[len] = '\0';
	const char *program = is_in_path(self) ? "broadsheet" : self;
	printf("made the publication %s. Next, look it over, serve it, and add an article:\n\n",
	    p->host);
	print_command(program, "check", p->paths[PIECE_INI].data);
	print_command(program, "serve", p->paths[PIECE_INI].data);
	buffer_printf(&second, "%s/capsule/articles/second.gmi", folder);
	fputs("  cp", stdout);
	print_quoted(p->paths[PIECE_ARTICLE].data);
	print_quoted(buffer_text(&second));
	printf(
	    "\n\nReaders find it at gemini://%s/; what is saved below capsule/articles/ is there "
	    "within two seconds.\n",
	    p->host);
	buffer_free(&second);
}

static int
begin(struct publication *p, const char *folder)
{
	struct error err;

	if (!name_pieces(p, folder)) {
		fputs("broadsheet new: out of memory\n", stderr);
		return EXIT_FAILED;
	}
	if (is_taken(p) || is_published(folder))
		return EXIT_FAILED;
	if (!make_all(p, &err)) {
		fprintf(stderr, "broadsheet new: %s\n", err.text);
		return EXIT_FAILED;
	}
	print_next(p, folder);
	return EXIT_DONE;
}

int
command_new(int argc, char **argv)
{
	struct publication publication = {.host = ""};
	struct options options;
	int status = options_read(&usage, argc, argv, &options);

	if (status != OPTIONS_GO_ON)
		return status;
	if (!value_host(options.words[0], publication.host)) {
		fprintf(stderr, "broadsheet new: %s: expected a host name such as example.org\n",
		    options.words[0]);
		return EXIT_USAGE;
	}
	status = begin(&publication, options.word_count > 1 ? options.words[1] : publication.host);
	for (size_t i = 0; i < PIECE_COUNT; i++)
		buffer_free(&publication.paths[i]);
	return status;
}
