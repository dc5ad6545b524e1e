/* What the desk does with a press: files written, committed as their editor's and printed before
 * press_put() returns; and what it can ask. */
#include "workshop.h"

#include <dlfcn.h>
#include <errno.h>
#include <git2.h>
#include <poll.h>
#include <signal.h>
#include <sys/statvfs.h>
#include <sys/wait.h>

#include "base/text.h"

static struct workshop shop;
static const struct press_credit heidi = {"Heidi", "heidi@example.org", "publish /articles/a.gmi"};

/* Where the process is killed, as by kill -9. */
enum point { NOWHERE, BEFORE_COMMIT, AFTER_COMMIT, AFTER_PRINT };
static enum point killed_at;

static void
die_at(enum point point)
{
	if (killed_at == point)
		kill(getpid(), SIGKILL);
}

/* Instead of libgit2's: moving the branch is what makes the commit. */
int
git_reference_create(git_reference **out, git_repository *repository, const char *name,
    const git_oid *id, int force, const char *log_message)
{
	int (*real)(
	    git_reference **, git_repository *, const char *, const git_oid *, int, const char *);

	*(void **)&real = dlsym(RTLD_NEXT, "git_reference_create");
	die_at(BEFORE_COMMIT);
	int code = real(out, repository, name, id, force, log_message);
	die_at(AFTER_COMMIT);
	return code;
}

/* What somebody's editor does in the very moment in which an upload takes its name. */
static struct {
	const char *path; /* NULL: nothing */
	bool is_after;    /* or before */
	bool is_removal;
} hand;
static bool can_exchange, has_room;

static void
move_hand(bool is_after)
{
	const char *path = hand.path;

	if (path == NULL || is_after != hand.is_after)
		return;
	hand.path = NULL;
	if (hand.is_removal) {
		workshop_delete(&shop, path);
		return;
	}
	workshop_put(&shop, "/articles/new", "# Hand\n");
	char *name = strdup(workshop_name(&shop, "/articles/new"));
	assert_int_equal(rename(name, workshop_name(&shop, path)), 0);
	free(name);
}

int
renameat2(int old_fd, const char *old, int new_fd, const char *new, unsigned flags)
{
	int code = -1;

	move_hand(false);
	if (can_exchange)
		code = (int)syscall(SYS_renameat2, old_fd, old, new_fd, new, flags);
	else
		errno = EINVAL;
	if (code == 0)
		move_hand(true);
	return code;
}

int
renameat(int old_fd, const char *old, int new_fd, const char *new)
{
	int code = (int)syscall(SYS_renameat2, old_fd, old, new_fd, new, 0);

	if (code == 0)
		move_hand(true);
	return code;
}

int
statvfs(const char *path, struct statvfs *out)
{
	(void)path;
	*out = (struct statvfs){.f_frsize = 4096, .f_bavail = has_room ? 1 << 20 : 9};
	return 0;
}

static int
set_up(void **state)
{
	(void)state;
	hand.path = NULL;
	can_exchange = has_room = true;
	workshop_open(&shop);
	workshop_put(&shop, "/about.gmi", "About\n");
	workshop_print(&shop);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	workshop_close(&shop);
	return 0;
}

/* The commits, newest first: "AUTHOR: MESSAGE" a line. */
static const char *
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

static const char *
source(const char *path)
{
	static char text[4096];
	FILE *file = fopen(workshop_name(&shop, path), "r");
	size_t len = file == NULL ? 0 : fread(text, 1, sizeof(text) - 1, file);

	text[len] = '\0';
	if (file != NULL)
		fclose(file);
	return text;
}

/* Names that begin with "." in a folder of the capsule. */
static int
count_hidden(const char *folder)
{
	char command[4160], line[16] = "";

	snprintf(
	    command, sizeof(command), "ls -A %s | grep -c '^\\.'", workshop_name(&shop, folder));
	FILE *ls = popen(command, "r");
	assert_non_null(ls);
	if (fgets(line, sizeof(line), ls) == NULL)
		line[0] = '\0';
	pclose(ls);
	return atoi(line);
}

static void
put(const char *path, const char *text)
{
	struct press_change change = {path, text, text == NULL ? 0 : strlen(text)};
	struct error err;

	if (!press_put(shop.press, &change, 1, &heidi, &err))
		fail_msg("%s", err.text);
}

static struct press_file
file(const char *path)
{
	struct press_file file = {.state = FILE_STATE_COUNT};

	press_file(shop.press, path, &file);
	return file;
}

static void
what_is_put_is_durable_committed_and_live_when_it_returns(void **state)
{
	(void)state;

	put("/articles/2025/a.gmi", "# One\n");
	assert_string_equal(source("/articles/2025/a.gmi"), "# One\n");
	assert_true(workshop_is_live(&shop, "/articles/2025/a.gmi", "One"));
	assert_string_equal(git_log(), "Heidi <heidi@example.org>: publish /articles/a.gmi\n"
				       "broadsheet <press@example.org>: Add about.gmi\n");
	assert_int_equal(count_hidden("/articles/2025"), 0);
}

static void
its_own_events_find_nothing_to_do(void **state)
{
	(void)state;

	put("/articles/a.gmi", "# One\n");
	put("/articles/b.gmi", "# Two\n");
	put("/articles/a.gmi", NULL);
	char *before = strdup(git_log());
	workshop_notice(&shop);
	struct press_status status;
	press_status(shop.press, &status);
	assert_false(status.is_scanning);
	assert_string_equal(git_log(), before);
	free(before);
}

static void
a_change_by_hand_is_committed_by_itself_before(void **state)
{
	(void)state;

	put("/articles/a.gmi", "# One\n");
	workshop_put(&shop, "/articles/a.gmi", "# Hand\n"); /* and no event was read */
	put("/articles/a.gmi", "# Two\n");
	assert_string_equal(git_log(), "Heidi <heidi@example.org>: publish /articles/a.gmi\n"
				       "broadsheet <press@example.org>: Change articles/a.gmi\n"
				       "Heidi <heidi@example.org>: publish /articles/a.gmi\n"
				       "broadsheet <press@example.org>: Add about.gmi\n");
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Two"));
}

static void
a_change_by_hand_right_after_is_seen(void **state)
{
	(void)state;

	put("/articles/a.gmi", "# One\n");
	workshop_put(&shop, "/articles/a.gmi", "# Two\n"); /* in place, as long as before */
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Two"));
}

static void
of_a_hand_and_an_upload_at_once_neither_is_lost(void **state)
{
	(void)state;
	static const char upload[] = "Heidi <heidi@example.org>: publish /articles/a.gmi\n",
			  by_hand[] = "broadsheet <press@example.org>: Change articles/a.gmi\n";
	static const struct {
		const char *label;
		bool is_new, is_after, can_exchange;
	} rows[] = {
	    {"before", false, false, true},
	    {"after", false, true, true},
	    {"before a new one", true, false, true},
	    {"after a new one", true, true, true},
	    {"before, on a disk that cannot exchange", false, false, false},
	    {"after, on a disk that cannot exchange", false, true, false},
	    {"before a new one, on a disk that cannot exchange", true, false, false},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		char expected[512];

		tear_down(NULL);
		set_up(NULL);
		if (!rows[i].is_new)
			put("/articles/a.gmi", "# One\n");
		can_exchange = rows[i].can_exchange;
		hand.path = "/articles/a.gmi";
		hand.is_after = rows[i].is_after;
		workshop_put(&shop, "/articles/other.gmi", "# Other\n");
		workshop_notice(&shop);
		put("/articles/a.gmi", "# Two\n");
		const char *live = rows[i].is_after ? "Hand" : "Two";
		check_row(rows[i].label, workshop_is_live(&shop, "/articles/a.gmi", live));
		snprintf(expected, sizeof(expected),
		    "%s%sbroadsheet <press@example.org>: Add articles/other.gmi\n%s"
		    "broadsheet <press@example.org>: Add about.gmi\n",
		    rows[i].is_after ? by_hand : upload, rows[i].is_after ? upload : by_hand,
		    rows[i].is_new ? "" : upload);
		check_row_text(rows[i].label, git_log(), expected);
		check_row(rows[i].label, count_hidden("/articles") == 0);
	}
}

static void
what_a_hand_removes_at_once_is_in_history(void **state)
{
	(void)state;

	hand.path = "/articles/a.gmi";
	hand.is_after = hand.is_removal = true;
	put("/articles/a.gmi", "# One\n");
	hand.is_removal = false;
	assert_string_equal(git_log(), "broadsheet <press@example.org>: Delete articles/a.gmi\n"
				       "Heidi <heidi@example.org>: publish /articles/a.gmi\n"
				       "broadsheet <press@example.org>: Add about.gmi\n");
	assert_string_equal(source("/articles/a.gmi"), "");
}

static void
without_room_for_history_nothing_is_written(void **state)
{
	(void)state;
	struct press_change change = {"/articles/a.gmi", "# Two\n", 6};
	struct error err;

	put("/articles/a.gmi", "# One\n");
	has_room = false;
	assert_false(press_put(shop.press, &change, 1, &heidi, &err));
	assert_string_equal(err.text, "tell your admin that the disk of the state folder is full");
	assert_string_equal(source("/articles/a.gmi"), "# One\n");
	has_room = true;
	put("/articles/a.gmi", "# Two\n");
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Two"));
}

static void
what_cannot_be_noted_as_somebodys_is_not_written(void **state)
{
	(void)state;
	struct press_change change = {"/articles/a.gmi", "# One\n", 6};
	char notes[192];
	struct error err;

	snprintf(notes, sizeof(notes), "%s/credits", shop.printed);
	(void)unlink(notes);
	assert_int_equal(mkdir(notes, 0700), 0);
	assert_false(press_put(shop.press, &change, 1, &heidi, &err));
	assert_string_equal(err.text, "noting whose it is: Is a directory");
	assert_string_equal(source("/articles/a.gmi"), "");
	assert_int_equal(rmdir(notes), 0);
	put("/articles/a.gmi", "# One\n");
}

static void
a_live_article_that_is_removed_is_gone_and_a_draft_is_not(void **state)
{
	(void)state;

	put("/articles/a.gmi", "# One\n");
	put("/drafts/d.gmi", "# Draft\n");
	put("/drafts/d.gmi", NULL);
	assert_string_equal(source("/.gone"), "");
	put("/articles/a.gmi", NULL);
	assert_string_equal(source("/.gone"), "/articles/a.gmi\n");
	assert_string_equal(workshop_fate(&shop, "/articles/a.gmi"), "gone: ");
	put("/articles/a.gmi", "# Back\n");
	assert_string_equal(source("/.gone"), "");
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Back"));
}

static void
several_files_are_one_commit(void **state)
{
	(void)state;
	struct error err;

	put("/drafts/d.gmi", "# Text\n");
	struct press_change changes[] = {
	    {"/articles/d.gmi", "# Text\n", 7}, {"/drafts/d.gmi", NULL, 0}};
	assert_true(press_put(shop.press, changes, 2, &heidi, &err));
	assert_string_equal(source("/drafts/d.gmi"), "");
	assert_true(workshop_is_live(&shop, "/articles/d.gmi", "Text"));
	assert_string_equal(git_log(), "Heidi <heidi@example.org>: publish /articles/a.gmi\n"
				       "Heidi <heidi@example.org>: publish /articles/a.gmi\n"
				       "broadsheet <press@example.org>: Add about.gmi\n");
}

static void
when_one_file_cannot_be_written_the_others_are_as_before(void **state)
{
	(void)state;
	struct error err;

	put("/articles/old.gmi", "# Old\n");
	struct press_change changes[] = {{"/articles/old.gmi", "# New\n", 6},
	    {"/articles/new.gmi", "# New\n", 6}, {"/about.gmi/x.gmi", "# New\n", 6}};
	char *before = strdup(git_log());
	assert_false(press_put(shop.press, changes, 3, &heidi, &err));
	assert_non_null(strstr(err.text, "/about.gmi"));
	assert_string_equal(source("/articles/old.gmi"), "# Old\n");
	assert_string_equal(source("/articles/new.gmi"), "");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/old.gmi", "Old"));
	assert_string_equal(git_log(), before);
	assert_int_equal(count_hidden("/articles"), 0);
	free(before);
}

static void
what_cannot_be_a_file_is_refused_with_its_path(void **state)
{
	(void)state;
	static const struct {
		const char *path, *reason;
	} rows[] = {
	    {"/articles", "/articles"},
	    {"/about.gmi/below.gmi", "/about.gmi"},
	    {"/../outside.gmi", "/../outside.gmi"},
	};

	put("/articles/a.gmi", "# One\n");
	for (size_t i = 0; i < ROWS(rows); i++) {
		struct press_change change = {rows[i].path, "text", 4};
		struct error err = {0};
		check_row(rows[i].path, !press_put(shop.press, &change, 1, &heidi, &err));
		check_row(rows[i].path, strstr(err.text, rows[i].reason) != NULL);
	}
	assert_int_equal(count_hidden("/"), 0);
}

static void
an_upload_does_not_wait_for_the_first_edition(void **state)
{
	(void)state;
	struct error err;
	char path[64];

	press_close(shop.press);
	workshop_delete_tree(shop.state);
	for (int i = 0; i < 300; i++) {
		snprintf(path, sizeof(path), "/articles/%d.gmi", i);
		workshop_put(&shop, path, "# Title\n\nText.\n");
	}
	shop.press = press_open(&shop.config, &shop.capsule, &err);
	assert_non_null(shop.press);
	assert_true(press_work(shop.press, 0));
	put("/articles/a.gmi", "# Upload\n");
	assert_int_equal(press_edition(shop.press), 0);
	assert_int_equal(file("/articles/a.gmi").state, FILE_ARTICLE);
	assert_memory_equal(git_log(), "Heidi", 5);
	workshop_work(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Upload"));
	assert_true(workshop_is_live(&shop, "/articles/7.gmi", "Title"));
}

static void
an_upload_during_a_reprint_is_in_both_editions(void **state)
{
	(void)state;
	struct error err;

	assert_true(press_reprint(shop.press, &err));
	put("/articles/a.gmi", "# Upload\n");
	assert_int_equal(press_edition(shop.press), 1);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Upload"));
	workshop_work(&shop);
	assert_int_equal(press_edition(shop.press), 2);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Upload"));
}

static void
a_file_tells_what_its_source_says(void **state)
{
	(void)state;

	put("/drafts/d.gmi", "---\ntitle = Later\neditor = ada\nstatus = ready\n---\nText\n");
	put("/articles/x.gmi", "---\ntitle = Odd\neditor = carl\ndate = never\n---\nText\n");
	put("/articles/s.gmi", "---\ndate = 9000-01-01T10:00\n---\n# To come\n");
	put("/drafts/x.gmi", "---\neditor = carl\nstatus = odd\n---\nText\n");

	struct press_file f = file("/drafts/d.gmi");
	assert_int_equal(f.state, FILE_DRAFT);
	assert_string_equal(f.path, "/drafts/d.gmi");
	assert_string_equal(f.title, "Later");
	assert_string_equal(f.editor, "ada");
	assert_true(f.is_ready);
	f = file("/articles/x.gmi");
	assert_int_equal(f.state, FILE_BROKEN);
	assert_string_equal(f.title, "Odd");
	assert_string_equal(f.editor, "carl");
	assert_non_null(strstr(f.reason, "line 4"));
	f = file("/articles/s.gmi");
	assert_int_equal(f.state, FILE_SCHEDULED);
	assert_string_equal(f.date, "9000-01-01T10:00:00");
	f = file("/drafts/x.gmi");
	assert_int_equal(f.state, FILE_DRAFT);
	assert_string_equal(f.editor, "carl");
	assert_non_null(strstr(f.reason, "line 3"));
	assert_false(press_file(shop.press, "/nothing", &f));
}

static void
the_state_of_a_missing_root_is_told(void **state)
{
	(void)state;
	char aside[128];
	struct press_change change = {"/a.txt", "text", 4};
	struct error err;

	assert_int_not_equal(press_root_fd(shop.press), -1);
	assert_non_null(press_history(shop.press));
	snprintf(aside, sizeof(aside), "%s/aside", shop.folder);
	assert_int_equal(rename(shop.root, aside), 0);
	assert_false(press_put(shop.press, &change, 1, &heidi, &err));
	assert_int_equal(press_root_fd(shop.press), -1);
	assert_int_equal(rename(aside, shop.root), 0);
	put("/a.txt", "text");
}

static void
append_revision(void *arg, const struct press_revision *revision)
{
	buffer_printf(arg, "%s: %s\n", revision->name, revision->message);
}

/* The revisions of a path, newest first, and at the end what is said besides. */
static const char *
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

static void
take_commit(void *arg, const struct press_revision *revision)
{
	memcpy(arg, revision->commit, sizeof(revision->commit));
}

static void
put_three(void)
{
	put("/articles/a.gmi", "# One\n");
	workshop_put(&shop, "/articles/a.gmi", "# Hand\n");
	put("/articles/a.gmi", "# Three\n");
	put("/articles/b.gmi", "# Other\n");
}

static const char three[] = "Heidi: publish /articles/a.gmi\n"
			    "broadsheet: Change articles/a.gmi\n"
			    "Heidi: publish /articles/a.gmi\n";

static void
revisions_of_a_path_are_told_newest_first(void **state)
{
	(void)state;
	char commit[HISTORY_COMMIT_LEN + 1];
	struct error err;

	put_three();
	assert_string_equal(revisions("/articles/a.gmi", NULL, 9), three);
	assert_string_equal(revisions("/about.gmi", NULL, 9), "broadsheet: Add about.gmi\n");
	assert_string_equal(revisions("/none.gmi", NULL, 9), "");
	assert_true(
	    press_revisions(shop.press, "/articles/a.gmi", NULL, 1, take_commit, commit, &err));
	assert_string_equal(
	    revisions("/articles/a.gmi", commit, 1), "broadsheet: Change articles/a.gmi\n");
	assert_true(
	    press_revisions(shop.press, "/articles/a.gmi", commit, 9, take_commit, commit, &err));
	assert_string_equal(revisions("/articles/a.gmi", commit, 9), "");
}

static void
a_new_edition_reads_revisions_back(void **state)
{
	(void)state;
	struct error err;
	char command[256];

	put_three();
	press_close(shop.press);
	snprintf(command, sizeof(command), "rm %s/edition-*", shop.printed);
	assert_int_equal(system(command), 0);
	shop.press = press_open(&shop.config, &shop.capsule, &err);
	assert_non_null(shop.press);
	put("/articles/c.gmi", "# New\n"); /* before anything was read back */
	assert_string_equal(
	    revisions("/articles/c.gmi", NULL, 1), "Heidi: publish /articles/a.gmi\n");
	assert_string_equal(revisions("/articles/a.gmi", NULL, 9),
	    "(older changes are still being read from history: look again soon)");
	workshop_work(&shop);
	assert_string_equal(revisions("/articles/a.gmi", NULL, 9), three);
	assert_string_equal(revisions("/about.gmi", NULL, 9), "broadsheet: Add about.gmi\n");
	assert_string_equal(
	    revisions("/articles/c.gmi", NULL, 9), "Heidi: publish /articles/a.gmi\n");
	assert_true(press_reprint(shop.press, &err));
	workshop_work(&shop);
	assert_string_equal(revisions("/articles/a.gmi", NULL, 9), three);
}

static void
a_commit_that_was_not_printed_is_told_after_a_restart(void **state)
{
	(void)state;
	char command[512];

	put("/articles/a.gmi", "# One\n");
	press_close(shop.press);
	shop.press = NULL;
	snprintf(command, sizeof(command), "cp -r %s %s/before", shop.printed, shop.state);
	assert_int_equal(system(command), 0);
	workshop_print(&shop);
	put("/articles/a.gmi", "# Two\n");
	press_close(shop.press);
	shop.press = NULL;
	snprintf(command, sizeof(command), "rm %s/edition-* && cp %s/before/edition-* %s",
	    shop.printed, shop.state, shop.printed);
	assert_int_equal(system(command), 0);
	workshop_print(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Two"));
	assert_string_equal(revisions("/articles/a.gmi", NULL, 9),
	    "Heidi: publish /articles/a.gmi\nHeidi: publish /articles/a.gmi\n");
}

static void
without_history_there_are_no_revisions(void **state)
{
	(void)state;

	press_close(shop.press);
	shop.press = NULL;
	shop.capsule.history = false;
	workshop_print(&shop);
	put("/articles/a.gmi", "# One\n");
	assert_string_equal(revisions("/articles/a.gmi", NULL, 9),
	    "(this capsule keeps no history (history = no))");
}

static void
append_deleted(void *arg, const struct press_revision *revision)
{
	buffer_printf(arg, "%s ", revision->path);
}

/* What is deleted, the latest first, behind a path. */
static const char *
deleted(const char *after, size_t limit)
{
	static char text[1024];
	struct buffer out = BUFFER_EMPTY;
	struct error err;

	if (!press_deleted(shop.press, after, limit, append_deleted, &out, &err))
		buffer_printf(&out, "(%s)", err.text);
	snprintf(text, sizeof(text), "%s", buffer_text(&out));
	buffer_free(&out);
	return text;
}

static void
put_as(const char *message, const struct press_change *changes, size_t count)
{
	struct press_credit credit = heidi;
	struct error err;

	credit.message = message;
	assert_true(press_put(shop.press, changes, count, &credit, &err));
}

static void
delete_some(void)
{
	static const struct press_change removal[] = {{"/articles/a.gmi", NULL, 0},
	    {"/articles/b.gmi", NULL, 0}, {"/articles/c.gmi", NULL, 0}};
	static const struct press_change move[] = {
	    {"/articles/e.gmi", "# D\n", 4}, {"/articles/d.gmi", NULL, 0}};

	put("/articles/a.gmi", "# A\n");
	put("/articles/b.gmi", "# B\n");
	put("/articles/c.gmi", "# C\n");
	put("/articles/d.gmi", "# D\n");
	put_as("delete /articles/a.gmi", &removal[0], 1);
	put_as("delete /articles/b.gmi", &removal[1], 1);
	put_as("delete /articles/c.gmi", &removal[2], 1);
	put("/articles/b.gmi", "# B\n"); /* there again */
	put_as("move /articles/d.gmi", move, 2);
}

static void
what_is_deleted_is_told_the_latest_first(void **state)
{
	(void)state;

	assert_string_equal(deleted(NULL, 9), "");
	delete_some();
	assert_string_equal(deleted(NULL, 9), "/articles/c.gmi /articles/a.gmi ");
	assert_string_equal(deleted(NULL, 1), "/articles/c.gmi ");
	assert_string_equal(deleted("/articles/c.gmi", 9), "/articles/a.gmi ");
	assert_string_equal(deleted("/articles/b.gmi", 1), "/articles/c.gmi ");
	workshop_delete(&shop, "/about.gmi");
	workshop_notice(&shop);
	assert_string_equal(deleted(NULL, 1), "/about.gmi ");
}

static void
a_new_edition_reads_back_what_is_deleted(void **state)
{
	(void)state;
	struct error err;

	delete_some();
	assert_true(press_reprint(shop.press, &err));
	workshop_work(&shop);
	assert_int_equal(press_edition(shop.press), 2);
	assert_string_equal(deleted(NULL, 9), "/articles/c.gmi /articles/a.gmi ");
}

static bool
is_editor(const char *fingerprint)
{
	return edition_editor(workshop_edition(&shop), fingerprint) == EDITION_FOUND;
}

static void
editors_are_in_every_edition(void **state)
{
	(void)state;
	char *both[] = {(char *)"aa", (char *)"cc"};
	struct strings fingerprints = {both, 2}, one = {both, 1};
	struct error err;

	assert_false(is_editor("aa"));
	assert_true(press_put_editors(shop.press, &fingerprints, &err));
	assert_true(is_editor("aa"));
	assert_true(is_editor("cc"));
	assert_false(is_editor("a"));
	assert_true(press_reprint(shop.press, &err));
	workshop_work(&shop);
	assert_int_equal(press_edition(shop.press), 2);
	assert_true(is_editor("cc"));
	assert_true(press_put_editors(shop.press, &one, &err));
	assert_false(is_editor("cc"));
	assert_true(is_editor("aa"));
}

/* A press of its own puts an article, and is killed on the way. */
static void
put_and_die(const char *path, const char *text, enum point point)
{
	int status;

	press_close(shop.press);
	shop.press = NULL;
	pid_t child = fork();
	if (child == 0) {
		workshop_print(&shop);
		killed_at = point;
		put(path, text);
		die_at(AFTER_PRINT);
		_exit(1);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFSIGNALED(status));
}

static void
what_a_crash_cut_short_is_still_its_editors(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		enum point point;
	} rows[] = {
	    {"/articles/1.gmi", BEFORE_COMMIT},
	    {"/articles/2.gmi", AFTER_COMMIT},
	    {"/articles/3.gmi", AFTER_PRINT},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		put_and_die(rows[i].label, "# Upload\n", rows[i].point);
		workshop_print(&shop);
		check_row(rows[i].label, workshop_is_live(&shop, rows[i].label, "Upload"));
		check_row_text(rows[i].label, revisions(rows[i].label, NULL, 9),
		    "Heidi: publish /articles/a.gmi\n");
		check_row(rows[i].label, count_hidden("/articles") == 0);
	}
}

static void
what_was_changed_since_a_crash_is_not_the_editors(void **state)
{
	(void)state;

	put_and_die("/articles/a.gmi", "# Upload\n", BEFORE_COMMIT);
	workshop_put(&shop, "/articles/a.gmi", "# Hand\n");
	workshop_print(&shop);
	/* How many files it is beside depends on how fresh they are: see RACY_NS in press/ingest.c.
	 */
	const char *told = revisions("/articles/a.gmi", NULL, 9);
	assert_true(text_starts(told, "broadsheet: Take in "));
	assert_null(strstr(told, "Heidi"));
}

static void
a_commit_made_later_is_still_its_editors(void **state)
{
	(void)state;
	char objects[192], away[200];

	snprintf(objects, sizeof(objects), "%s/history.git/objects", shop.printed);
	snprintf(away, sizeof(away), "%s.away", objects);
	assert_int_equal(rename(objects, away), 0);
	int fd = open(objects, O_WRONLY | O_CREAT, 0600); /* a file in the way: root may write */
	assert_int_not_equal(fd, -1);
	close(fd);
	put("/articles/a.gmi", "# Upload\n");
	put("/articles/b.gmi", "# Upload\n");
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Upload"));
	press_tick(shop.press);
	assert_int_equal(unlink(objects), 0);
	assert_int_equal(rename(away, objects), 0);
	assert_string_equal(git_log(), "broadsheet <press@example.org>: Add about.gmi\n");
	press_tick(shop.press);
	assert_string_equal(git_log(), "Heidi <heidi@example.org>: publish /articles/a.gmi\n"
				       "Heidi <heidi@example.org>: publish /articles/a.gmi\n"
				       "broadsheet <press@example.org>: Add about.gmi\n");
	assert_string_equal(
	    revisions("/articles/b.gmi", NULL, 9), "Heidi: publish /articles/a.gmi\n");
	struct press_status status;
	press_status(shop.press, &status);
	assert_int_equal(status.uncommitted, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(what_is_put_is_durable_committed_and_live_when_it_returns),
	    TEST(its_own_events_find_nothing_to_do),
	    TEST(a_change_by_hand_is_committed_by_itself_before),
	    TEST(a_change_by_hand_right_after_is_seen),
	    TEST(of_a_hand_and_an_upload_at_once_neither_is_lost),
	    TEST(what_a_hand_removes_at_once_is_in_history),
	    TEST(without_room_for_history_nothing_is_written),
	    TEST(what_cannot_be_noted_as_somebodys_is_not_written),
	    TEST(a_live_article_that_is_removed_is_gone_and_a_draft_is_not),
	    TEST(several_files_are_one_commit),
	    TEST(when_one_file_cannot_be_written_the_others_are_as_before),
	    TEST(what_cannot_be_a_file_is_refused_with_its_path),
	    TEST(an_upload_does_not_wait_for_the_first_edition),
	    TEST(an_upload_during_a_reprint_is_in_both_editions),
	    TEST(a_file_tells_what_its_source_says),
	    TEST(the_state_of_a_missing_root_is_told),
	    TEST(revisions_of_a_path_are_told_newest_first),
	    TEST(a_new_edition_reads_revisions_back),
	    TEST(a_commit_that_was_not_printed_is_told_after_a_restart),
	    TEST(without_history_there_are_no_revisions),
	    TEST(what_is_deleted_is_told_the_latest_first),
	    TEST(a_new_edition_reads_back_what_is_deleted),
	    TEST(editors_are_in_every_edition),
	    TEST(what_a_crash_cut_short_is_still_its_editors),
	    TEST(what_was_changed_since_a_crash_is_not_the_editors),
	    TEST(a_commit_made_later_is_still_its_editors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
