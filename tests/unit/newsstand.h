/*
 * newsstand - a publication printed by a real press into a temporary folder, and its site: what
 * the tests of site/ ask.
 */
#ifndef UNIT_NEWSSTAND_H
#define UNIT_NEWSSTAND_H

#include "check.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/text.h"
#include "config/load.h"
#include "gemini/url.h"
#include "press/press.h"
#include "site/answer.h"

#define GEMTEXT "text/gemini; charset=utf-8; lang=en"

/* Of the ini file: what lies there is for members. */
#define MEMBERS_ZONE "[zone example.org/articles/members/]\nrequire = certificate\n"

struct file {
	const char *path, *text;
};

/* One publication; every test fills its own. */
struct newsstand {
	char folder[64];
	struct config *config;
	struct press *press;
	struct site *site;
};

static inline void
make_file(const struct newsstand *n, const char *path, const char *text)
{
	char name[512];

	snprintf(name, sizeof(name), "%s/capsule/%s", n->folder, path);
	for (char *slash = name + strlen(n->folder) + 1; (slash = strchr(slash, '/')) != NULL;
	     slash++) {
		*slash = '\0';
		mkdir(name, 0755);
		*slash = '/';
	}
	FILE *file = fopen(name, "w");
	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static inline void
load_config(struct newsstand *n, const char *capsule_lines, const char *other_sections)
{
	struct buffer ini = BUFFER_EMPTY;
	char name[128];
	struct error err;

	snprintf(name, sizeof(name), "%s/test.ini", n->folder);
	buffer_printf(&ini,
	    "[server]\nstate = var\n[capsule example.org]\nroot = capsule\ncertificate = c.crt\n"
	    "key = c.key\ntitle = The Example\n%s%s",
	    capsule_lines, other_sections);
	n->config = config_parse(name, ini.data, ini.len, CONFIG_TO_READ, &err);
	if (n->config == NULL)
		fail_msg("%s", err.text);
	buffer_free(&ini);
}

/* Makes folder and configuration; nothing is printed yet. */
static inline void
set_up(struct newsstand *n, const struct file *files, const char *capsule_lines,
    const char *other_sections)
{
	static const char *const folders[] = {"/capsule", "/var", "/var/example.org"};
	char name[128];

	*n = (struct newsstand){.folder = "/tmp/test_site.XXXXXX"};
	assert_non_null(mkdtemp(n->folder));
	for (size_t i = 0; i < ROWS(folders); i++) {
		snprintf(name, sizeof(name), "%s%s", n->folder, folders[i]);
		assert_int_equal(mkdir(name, 0755), 0);
	}
	for (; files->path != NULL; files++)
		make_file(n, files->path, files->text);
	load_config(n, capsule_lines, other_sections);
}

/* Not time(): its clock is coarse, and lags behind the press's own when a second begins. */
static inline int64_t
now_precisely(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

static inline void
print_edition(struct newsstand *n)
{
	struct error err;

	if (n->press == NULL)
		n->press = press_open(n->config, &n->config->capsules[0], &err);
	if (n->press == NULL)
		fail_msg("%s", err.text);
	press_watch_ready(n->press);
	do /* what has gone is looked at a moment later: until then the press asks to be called */
		while (press_work(n->press, 1000))
			continue;
	while (press_next_due(n->press) <= now_precisely() + 1);
}

static inline void
open_site(struct newsstand *n)
{
	struct error err;

	n->site = site_open(n->config, &n->config->capsules[0], &err);
	if (n->site == NULL)
		fail_msg("%s", err.text);
}

/* Prints what was made, and asks from then on. */
static inline void
open_printed(struct newsstand *n)
{
	print_edition(n);
	open_site(n);
}

static inline void
set_up_printed(struct newsstand *n, const struct file *files, const char *capsule_lines,
    const char *other_sections)
{
	set_up(n, files, capsule_lines, other_sections);
	open_printed(n);
}

static inline int
remove_entry(const char *path, const struct stat *file, int type, struct FTW *walk)
{
	(void)file, (void)type, (void)walk;
	return remove(path);
}

static inline void
tear_down(struct newsstand *n)
{
	site_close(n->site);
	press_close(n->press);
	config_free(n->config);
	if (n->folder[0] != '\0')
		nftw(n->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
	*n = (struct newsstand){0};
}

/* What each test of a group begins and ends with; its state is a newsstand yet to be set up. */
static inline int
newsstand_begin(void **state)
{
	static struct newsstand n;

	*state = &n;
	return 0;
}

static inline int
newsstand_end(void **state)
{
	tear_down(*state);
	return 0;
}

#define NEWSSTAND_TEST(name) cmocka_unit_test_setup_teardown(name, newsstand_begin, newsstand_end)

static const struct visitor nobody;

static inline void
ask_as(const struct newsstand *n, const char *path, const struct visitor *visitor,
    struct response *out)
{
	char text[URL_MAX + 1], reason[128];
	struct url url;

	snprintf(text, sizeof(text), "gemini://example.org%s", path);
	assert_int_equal(url_parse(text, strlen(text), &url, reason, sizeof(reason)), URL_OK);
	response_init(out);
	site_answer(n->site, &url, visitor, out);
}

/* The whole body, wherever it is; the caller frees it. */
static inline char *
body_of(struct response *r)
{
	struct buffer body = BUFFER_EMPTY;

	buffer_append(&body, buffer_text(&r->body), r->body.len);
	if (r->file_fd != -1) {
		char *room = buffer_reserve(&body, (size_t)r->file_bytes);

		assert_int_equal(pread(r->file_fd, room, (size_t)r->file_bytes, 0), r->file_bytes);
		buffer_grow(&body, (size_t)r->file_bytes);
	}
	if (body.data == NULL)
		buffer_puts(&body, "");
	return buffer_take(&body);
}

/* The page at a path, until the next call. */
static inline const char *
page_as(const struct newsstand *n, const char *path, const struct visitor *visitor)
{
	static char page[64 * 1024];
	struct response r;

	ask_as(n, path, visitor, &r);
	char *body = body_of(&r);
	if (r.status != GEMINI_SUCCESS)
		fail_msg("%s answered %d %s", path, (int)r.status, r.meta);
	assert_true(strlen(body) < sizeof(page));
	strcpy(page, body);
	free(body);
	response_free(&r);
	return page;
}

static inline const char *
page_at(const struct newsstand *n, const char *path)
{
	return page_as(n, path, &nobody);
}

static inline void
expect_body(const struct newsstand *n, const char *path, const char *expected)
{
	assert_string_equal(page_at(n, path), expected);
}

struct row {
	const char *label, *path;
	int status;
	const char *meta; /* NULL: any */
	const char *body; /* what it begins with; NULL: any */
};

static inline void
expect_row(const struct newsstand *n, const struct row *row, const struct visitor *visitor)
{
	struct response r;

	ask_as(n, row->path, visitor, &r);
	char *body = body_of(&r);
	bool is_right = (int)r.status == row->status &&
			(row->meta == NULL || strcmp(r.meta, row->meta) == 0) &&
			(row->body == NULL || text_starts(body, row->body)) &&
			(r.status == GEMINI_SUCCESS || body[0] == '\0');
	if (!is_right)
		fail_msg("%s: %s answered %d %s, body: %s", row->label, row->path, (int)r.status,
		    r.meta, body);
	free(body);
	response_free(&r);
}

static inline void
expect_rows(const struct newsstand *n, const struct row *rows)
{
	for (; rows->label != NULL; rows++)
		expect_row(n, rows, &nobody);
}

/* Copies the target of the link with that label. */
static inline bool
find_link(const char *body, const char *label, char *out, size_t size)
{
	for (const char *link = body; (link = strstr(link, "=> ")) != NULL; link++) {
		size_t target = strcspn(link + 3, " \n");
		const char *text = link + 3 + target + 1;

		if (strncmp(text, label, strlen(label)) == 0 && text[strlen(label)] == '\n') {
			snprintf(out, size, "%.*s", (int)target, link + 3);
			return true;
		}
	}
	return false;
}

#endif
