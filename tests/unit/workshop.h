/*
 * workshop - a capsule in a temporary folder, its press, and a reader of its edition: what the
 * tests of store/ and press/ set up.
 */
#ifndef UNIT_WORKSHOP_H
#define UNIT_WORKSHOP_H

#include "check.h"
#include "clockwork.h"

#include <fcntl.h>
#include <ftw.h>
#include <linux/openat2.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "config/config.h"
#include "press/absence.h"
#include "press/press.h"
#include "store/edition.h"

#define WORKSHOP_WAIT_MS 20000 /* for events that must come */

struct workshop {
	char folder[64], root[96], state[96], printed[128]; /* printed: STATE/HOST */
	struct config config;
	struct capsule_config capsule;
	struct press *press;
	struct edition *edition;
};

static inline void
workshop_open(struct workshop *w)
{
	*w = (struct workshop){.folder = "/tmp/broadsheet-test-XXXXXX"};
	assert_non_null(mkdtemp(w->folder));
	snprintf(w->root, sizeof(w->root), "%s/capsule", w->folder);
	snprintf(w->state, sizeof(w->state), "%s/var", w->folder);
	snprintf(w->printed, sizeof(w->printed), "%s/example.org", w->state);
	assert_int_equal(mkdir(w->root, 0755), 0);
	w->config = (struct config){.capsules = &w->capsule, .capsule_count = 1};
	w->config.server.state = w->state;
	w->config.limits.upload_size = 8 * 1024 * 1024;
	w->capsule = (struct capsule_config){.host = (char *)"example.org",
	    .root = w->root,
	    .title = (char *)"The Example",
	    .tagline = (char *)"",
	    .language = (char *)"en",
	    .timezone = (char *)"UTC",
	    .articles_per_page = 20,
	    .history = true};
}

static inline int
workshop_unlink(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)type, (void)ftw;
	return remove(path);
}

static inline void
workshop_delete_tree(const char *path)
{
	nftw(path, workshop_unlink, 16, FTW_DEPTH | FTW_PHYS);
}

/* Whether links inside the root are followed: without openat2 (an old kernel, or valgrind instead
 * of one) store/folder.c follows none. */
static inline bool
workshop_follows_links(void)
{
	struct open_how how = {.flags = O_PATH | O_CLOEXEC};
	long fd = syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof(how));

	if (fd != -1)
		close((int)fd);
	return fd != -1;
}

static inline void
workshop_close(struct workshop *w)
{
	edition_close(w->edition);
	press_close(w->press);
	workshop_delete_tree(w->folder);
}

/* The name of a file of the capsule in the file system; one at a time. */
static inline const char *
workshop_name(const struct workshop *w, const char *path)
{
	static char name[4096];

	snprintf(name, sizeof(name), "%s%s", w->root, path);
	return name;
}

/* Writes a file of the capsule, and the folders above it. */
static inline void
workshop_put(const struct workshop *w, const char *path, const char *text)
{
	char name[4096];

	snprintf(name, sizeof(name), "%s", workshop_name(w, path));
	for (char *slash = name + strlen(w->root) + 1; (slash = strchr(slash, '/')) != NULL;
	     slash++) {
		*slash = '\0';
		mkdir(name, 0755);
		*slash = '/';
	}
	FILE *file = fopen(name, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static inline void
workshop_delete(const struct workshop *w, const char *path)
{
	assert_int_equal(unlink(workshop_name(w, path)), 0);
}

/* What lies at a path, "" without a file; one at a time. */
static inline const char *
workshop_source(const struct workshop *w, const char *path)
{
	static char text[64 * 1024];
	FILE *file = fopen(workshop_name(w, path), "r");
	size_t len = file == NULL ? 0 : fread(text, 1, sizeof(text) - 1, file);

	text[len] = '\0';
	if (file != NULL)
		fclose(file);
	return text;
}

/* Lets the press work until nothing is left. */
static inline void
workshop_work(struct workshop *w)
{
	while (press_work(w->press, PRESS_SLICE_MS))
		;
}

/* Opens the press and lets it print everything. */
static inline void
workshop_print(struct workshop *w)
{
	struct error err;

	w->press = press_open(&w->config, &w->capsule, &err);
	if (w->press == NULL)
		fail_msg("%s", err.text);
	workshop_work(w);
}

/* The press ends and starts again. */
static inline void
workshop_restart(struct workshop *w)
{
	edition_close(w->edition);
	w->edition = NULL;
	press_close(w->press);
	w->press = NULL;
	workshop_print(w);
}

/* Takes in what the watch tells: at least one event must come. */
static inline void
workshop_notice(struct workshop *w)
{
	struct pollfd watched = {.fd = press_watch_fd(w->press), .events = POLLIN};

	assert_int_equal(poll(&watched, 1, WORKSHOP_WAIT_MS), 1);
	do {
		press_watch_ready(w->press);
		workshop_work(w);
	} while (poll(&watched, 1, 0) == 1);
	if (press_next_due(w->press) < INT64_MAX) { /* what has gone is looked at a little later */
		clockwork.monotonic_ahead_ms += ABSENCE_QUIET_MS;
		workshop_work(w);
	}
}

/* The newest finished edition, opened anew. */
static inline struct edition *
workshop_edition(struct workshop *w)
{
	struct error err;

	edition_close(w->edition);
	w->edition = NULL;
	if (edition_open(w->printed, &w->edition, &err) != EDITION_FOUND)
		fail_msg("no finished edition");
	return w->edition;
}

/* Whether an article is live, and has that title unless it is NULL. */
static inline bool
workshop_is_live(struct workshop *w, const char *path, const char *title)
{
	struct edition *edition = workshop_edition(w);
	struct article article;

	assert_true(edition_begin(edition));
	enum edition_result result = edition_article(edition, path, &article);
	bool is_live =
	    result == EDITION_FOUND && (title == NULL || strcmp(article.card.title, title) == 0);
	edition_end(edition);
	assert_int_not_equal(result, EDITION_FAILED);
	return is_live;
}

/* What the edition says of a path, as text: "gone: NOTE", "moved: TARGET", or "nothing". */
static inline const char *
workshop_fate(struct workshop *w, const char *path)
{
	static char fate[4096];
	struct edition *edition = workshop_edition(w);
	struct buffer text = BUFFER_EMPTY;

	snprintf(fate, sizeof(fate), "nothing");
	assert_true(edition_begin(edition));
	if (edition_moved(edition, path, &text) == EDITION_FOUND)
		snprintf(fate, sizeof(fate), "moved: %s", buffer_text(&text));
	else if (edition_gone(edition, path, &text) == EDITION_FOUND)
		snprintf(fate, sizeof(fate), "gone: %s", buffer_text(&text));
	edition_end(edition);
	buffer_free(&text);
	return fate;
}

#endif
