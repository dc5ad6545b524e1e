/*
 * newsstand - a publication printed by a real press into a temporary folder, and its site: what
 * the tests of site/ ask.
 */
#ifndef UNIT_NEWSSTAND_H
#define UNIT_NEWSSTAND_H

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buffer.h"
#include "base/text.h"
#include "config/config.h"
#include "gemini/url.h"
#include "press/press.h"
#include "site/site.h"

#define GEMTEXT "text/gemini; charset=utf-8; lang=en"

struct file {
	const char *path, *text;
};

/* One publication; every test makes its own. */
struct fixture {
	char folder[64];
	struct config *config;
	struct press *press;
	struct site *site;
};

static inline void
make_file(const struct fixture *f, const char *path, const char *text)
{
	char name[512];

	snprintf(name, sizeof(name), "%s/capsule/%s", f->folder, path);
	for (char *slash = name + strlen(f->folder) + 1; (slash = strchr(slash, '/')) != NULL;
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
load_config(struct fixture *f, const char *capsule_lines, const char *other_sections)
{
	struct buffer ini = BUFFER_EMPTY;
	char name[128];
	struct error err;

	snprintf(name, sizeof(name), "%s/test.ini", f->folder);
	buffer_printf(&ini,
	    "[server]\nstate = var\n[capsule example.org]\nroot = capsule\ncertificate = c.crt\n"
	    "key = c.key\ntitle = The Example\n%s%s",
	    capsule_lines, other_sections);
	f->config = config_parse(name, ini.data, ini.len, CONFIG_TO_READ, &err);
	if (f->config == NULL)
		fail_msg("%s", err.text);
	buffer_free(&ini);
}

/* Makes folder and configuration; nothing is printed yet. */
static inline void
set_up(struct fixture *f, const struct file *files, const char *capsule_lines,
    const char *other_sections)
{
	static const char *const folders[] = {"/capsule", "/var", "/var/example.org"};
	char name[128];

	*f = (struct fixture){.folder = "/tmp/test_site.XXXXXX"};
	assert_non_null(mkdtemp(f->folder));
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		snprintf(name, sizeof(name), "%s%s", f->folder, folders[i]);
		assert_int_equal(mkdir(name, 0755), 0);
	}
	for (; files->path != NULL; files++)
		make_file(f, files->path, files->text);
	load_config(f, capsule_lines, other_sections);
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
print_edition(struct fixture *f)
{
	struct error err;

	if (f->press == NULL)
		f->press = press_open(f->config, &f->config->capsules[0], &err);
	if (f->press == NULL)
		fail_msg("%s", err.text);
	press_watch_ready(f->press);
	do /* what has gone is looked at a moment later: until then the press asks to be called */
		while (press_work(f->press, 1000))
			continue;
	while (press_next_due(f->press) <= now_precisely() + 1);
}

static inline void
open_site(struct fixture *f)
{
	struct error err;

	f->site = site_open(f->config, &f->config->capsules[0], &err);
	if (f->site == NULL)
		fail_msg("%s", err.text);
}

static inline void
set_up_printed(struct fixture *f, const struct file *files, const char *capsule_lines,
    const char *other_sections)
{
	set_up(f, files, capsule_lines, other_sections);
	print_edition(f);
	open_site(f);
}

static inline int
remove_entry(const char *path, const struct stat *file, int type, struct FTW *walk)
{
	(void)file, (void)type, (void)walk;
	return remove(path);
}

static inline void
tear_down(struct fixture *f)
{
	site_close(f->site);
	if (f->press != NULL)
		press_close(f->press);
	config_free(f->config);
	nftw(f->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static const struct visitor nobody;

static inline void
ask_as(
    const struct fixture *f, const char *path, const struct visitor *visitor, struct response *out)
{
	char text[URL_MAX + 1], reason[128];
	struct url url;

	snprintf(text, sizeof(text), "gemini://example.org%s", path);
	assert_int_equal(url_parse(text, strlen(text), &url, reason, sizeof(reason)), URL_OK);
	response_init(out);
	site_answer(f->site, &url, visitor, out);
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

static inline void
expect_body(const struct fixture *f, const char *path, const char *expected)
{
	struct response r;

	ask_as(f, path, &nobody, &r);
	char *body = body_of(&r);
	assert_int_equal(r.status, GEMINI_SUCCESS);
	assert_string_equal(body, expected);
	free(body);
	response_free(&r);
}

struct row {
	const char *label, *path;
	int status;
	const char *meta; /* NULL: any */
	const char *body; /* what it begins with; NULL: any */
};

static inline void
expect_row(const struct fixture *f, const struct row *row, const struct visitor *visitor)
{
	struct response r;

	ask_as(f, row->path, visitor, &r);
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
expect_rows(const struct fixture *f, const struct row *rows)
{
	for (; rows->label != NULL; rows++)
		expect_row(f, rows, &nobody);
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
