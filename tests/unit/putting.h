/*
 * putting - heidi puts files through a press, and what history tells of it: what the tests of
 * press_put() and of revisions share.
 */
#ifndef UNIT_PUTTING_H
#define UNIT_PUTTING_H

#include "presswork.h"

static const struct press_credit heidi = {"Heidi", "heidi@example.org", "publish /articles/a.gmi"};

/* Each test begins with a page that was there before. */
static inline int
putting_set_up(void **state)
{
	presswork_set_up(state);
	workshop_put(&shop, "/about.gmi", "About\n");
	workshop_print(&shop);
	return 0;
}

/* The commits, newest first: "AUTHOR: MESSAGE" a line. */
static inline const char *
git_log(void)
{
	static char text[4096];
	char command[256];

	snprintf(command, sizeof(command),
	    "git --git-dir=%s/history.git log --format='%%an <%%ae>: %%s'", shop.printed);
	FILE *git = popen(command, "r");
	assert_non_null(git);
	text[fread(text, 1, sizeof(text) - 1, git)] = '\0';
	pclose(git);
	return text;
}

/* What a write left beside its target in a folder of the capsule. */
static inline int
count_temporary(const char *folder)
{
	char command[4160], line[16] = "";

	snprintf(command, sizeof(command), "ls -A %s | grep -c '^[.]broadsheet-'",
	    workshop_name(&shop, folder));
	FILE *ls = popen(command, "r");
	assert_non_null(ls);
	if (fgets(line, sizeof(line), ls) == NULL)
		line[0] = '\0';
	pclose(ls);
	return atoi(line);
}

static inline void
put(const char *path, const char *text)
{
	struct press_change change = {path, text, text == NULL ? 0 : strlen(text)};
	struct error err;

	if (!press_put(shop.press, &change, 1, &heidi, &err))
		fail_msg("%s", err.text);
}

static inline void
append_revision(void *arg, const struct path_revision *revision)
{
	buffer_printf(arg, "%s: %s\n", revision->name, revision->message);
}

/* The revisions of a path, newest first, and at the end what is said besides. */
static inline const char *
revisions(const char *path, const char *before, size_t limit)
{
	static char text[2048];
	struct buffer out = BUFFER_EMPTY;
	struct error err;

	if (!press_revisions(shop.press, path, before, limit, append_revision, &out, &err))
		buffer_printf(&out, "(%s)", err.text);
	snprintf(text, sizeof(text), "%s", buffer_text(&out));
	buffer_free(&out);
	return text;
}

#define PUTTING_TEST(name)                                                                         \
	cmocka_unit_test_setup_teardown(name, putting_set_up, presswork_tear_down)

#endif
