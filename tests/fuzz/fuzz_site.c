/*
 * The bytes are the path and query of a reader without a certificate, asked of a publication with
 * lists of all kinds: there is an answer, it tells nothing of what lies in the zone, and its own
 * way to the next page leads to one. A file that lies at the path is served if paths_kind() calls
 * it one, and only then.
 */
#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "article/paths.h"
#include "base/text.h"
#include "config/load.h"
#include "site/answer.h"
#include "site/site_inside.h"
#include "store/edition_writer.h"

#define ARTICLES 12
#define SECRET   "qzxjw" /* stands in everything of the zone, and nowhere else */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/fuzz_site.XXXXXX";

static void
remove_folder(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", folder);
	if (system(command) != 0) /* NOLINT(cert-env33-c): a constant, but for mkdtemp's letters */
		fprintf(stderr, "%s: still there\n", folder);
}

static void
put_article(struct edition_writer *writer, int number, bool is_secret)
{
	char path[96], title[64], names[96];
	const char *word = is_secret ? SECRET : "open";

	snprintf(path, sizeof(path), "/articles/%s/%d/%s-%d.gmi", is_secret ? "members" : "city",
	    number % 3, word, number);
	snprintf(title, sizeof(title), "Title %s %d", word, number);
	snprintf(names, sizeof(names), "%s\n%s %d\n..\nC++", word, word, number);
	struct article article = {
	    .card = {0, path, is_secret ? "2024-06-13" : "2025-06-13", title, names, "", "", "", "",
		""},
	    .dek = "",
	    .updated = "",
	    .tags = names,
	    .corrections = "",
	    .body = "Tide.\n",
	    .body_len = strlen("Tide.\n"),
	};
	writer_put_article(writer, 1700000000 + number, &article);
}

static void
print_edition(const char *state)
{
	struct edition_writer *writer = NULL;
	struct error err;

	if (writer_open(state, 1, &writer, &err) != WRITER_UNFINISHED)
		abort();
	writer_begin(writer);
	for (int i = 0; i < 2 * ARTICLES; i++)
		put_article(writer, i, i % 2 == 1);
	writer_finish(writer);
	if (!writer_commit(writer, &err))
		abort();
	writer_close(writer);
}

static struct site *
open_site(void)
{
	static const char ini[] = "[server]\nstate = var\n[capsule example.org]\nroot = capsule\n"
				  "certificate = c.crt\nkey = c.key\ntitle = The Example\n"
				  "articles-per-page = 3\n[zone example.org/articles/members/]\n"
				  "require = certificate\n";
	static const char *const folders[] = {"capsule", "var", "var/example.org"};
	static struct site *site;
	char name[64];
	struct error err;

	if (site != NULL)
		return site;
	if (mkdtemp(folder) == NULL || atexit(remove_folder) != 0)
		abort();
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(name, sizeof(name), "%s/%s", folder, folders[i]);
		if (mkdir(name, 0755) == -1)
			abort();
	}
	print_edition(name);
	snprintf(name, sizeof(name), "%s/test.ini", folder);
	struct config *config = config_parse(name, ini, strlen(ini), CONFIG_TO_READ, &err);
	site = config == NULL ? NULL : site_open(config, &config->capsules[0], &err);
	if (site == NULL)
		abort();
	return site;
}

/* Asks for what text[0..len) names; false if that is no address. */
static bool
ask(const char *text, size_t len, struct url *url, struct response *out)
{
	static const struct visitor nobody;
	struct buffer address = BUFFER_EMPTY;
	char reason[128];

	buffer_puts(&address, "gemini://example.org");
	buffer_append(&address, text, len);
	bool is_address =
	    url_parse(address.data, address.len, url, reason, sizeof(reason)) == URL_OK &&
	    strcmp(url->host, "example.org") == 0;
	buffer_free(&address);
	response_init(out);
	if (is_address)
		site_answer(open_site(), url, &nobody, out);
	return is_address;
}

/* What was asked stands in the page of a search, in any spelling: then nothing can be said. */
static bool
names_secret(const struct url *url)
{
	char words[URL_MAX + 1];

	return strcasestr(url->path, SECRET) != NULL || strcasestr(url->query, SECRET) != NULL ||
	       (url_decode_query(url->query, words) && strcasestr(words, SECRET) != NULL);
}

static void
check_next_page(const char *body)
{
	const char *label = strstr(body, " Show more\n");
	const char *start = label;
	struct response next;
	struct url url;

	if (label == NULL)
		return;
	while (start > body && start[-1] != '\n')
		start--;
	assert(text_starts(start, "=> /"));
	start += strlen("=> ");
	if (strchr(start, ' ') < label || label - start > URL_MAX / 2)
		return; /* a title of that sound; or no room for it in an address */
	assert(ask(start, (size_t)(label - start), &url, &next));
	assert(next.status == GEMINI_SUCCESS && next.body.len > 0);
	response_free(&next);
}

/* Makes the folders above path below the root, or removes those that are empty. */
static void
change_folders(int root_fd, const char *path, bool is_wanted)
{
	char above[URL_MAX + 1];

	snprintf(above, sizeof(above), "%s", path + 1);
	if (is_wanted)
		for (char *end = strchr(above, '/'); end != NULL; end = strchr(end + 1, '/')) {
			*end = '\0';
			(void)mkdirat(root_fd, above, 0755);
			*end = '/';
		}
	else
		for (char *end; (end = strrchr(above, '/')) != NULL;) {
			*end = '\0';
			(void)unlinkat(root_fd, above, AT_REMOVEDIR);
		}
}

/* Lays a file down at the path, asks for it, and holds what comes against the table. */
static void
check_file(const char *text, size_t len, const char *path)
{
	struct response answer;
	struct url url;
	int root_fd = open_site()->root_fd;

	if (path[1] == '\0' || text_ends(path, "/") || strstr(path, "//") != NULL)
		return;
	change_folders(root_fd, path, true);
	int fd = openat(root_fd, path + 1, O_CREAT | O_EXCL | O_WRONLY, 0644);
	if (fd != -1) {
		close(fd);
		assert(ask(text, len, &url, &answer));
		bool is_served = answer.file_fd != -1;
		bool is_open = answer.status != GEMINI_CERTIFICATE_REQUIRED;
		enum path_kind kind = paths_kind(path);
		/* No front page of its own, and nothing in the file to look at first. */
		assert(is_served == (is_open && (kind == PATH_FILE || kind == PATH_NEWS ||
						    kind == PATH_IN_NEWS)));
		response_free(&answer);
		unlinkat(root_fd, path + 1, 0);
	}
	change_folders(root_fd, path, false);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct response answer;
	struct url url;

	if (ask((const char *)data, size, &url, &answer)) {
		const char *body = buffer_text(&answer.body);

		assert(!answer.body.failed && answer.status != GEMINI_TEMPORARY_FAILURE);
		assert(text_is_utf8(body, answer.body.len) && strlen(body) == answer.body.len);
		assert((answer.status == GEMINI_SUCCESS) == (answer.body.len > 0));
		if (!names_secret(&url))
			assert(strcasestr(body, SECRET) == NULL &&
			       strcasestr(answer.meta, SECRET) == NULL);
		check_next_page(body);
		check_file((const char *)data, size, url.path);
	}
	response_free(&answer);
	return 0;
}
