/* What the desk does with a press: files written, committed as their editor's and printed before
 * press_put() returns; and what it can ask. */
#include "putting.h"

#include <errno.h>
#include <sys/statvfs.h>

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
	hand.path = NULL;
	can_exchange = has_room = true;
	return putting_set_up(state);
}

static struct file_row
file(const char *path)
{
	struct file_row file = {.state = FILE_STATE_COUNT};

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
	assert_int_equal(count_temporary("/articles/2025"), 0);
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

		presswork_tear_down(NULL);
		set_up(NULL);
		if (!rows[i].is_new)
			put("/articles/a.gmi", "# One\n");
		can_exchange = rows[i].can_exchange;
		workshop_put(&shop, "/articles/other.gmi", "# Other\n");
		workshop_notice(&shop);
		hand.path = "/articles/a.gmi";
		hand.is_after = rows[i].is_after;
		put("/articles/a.gmi", "# Two\n");
		const char *live = rows[i].is_after ? "Hand" : "Two";
		check_row(rows[i].label, workshop_is_live(&shop, "/articles/a.gmi", live));
		snprintf(expected, sizeof(expected),
		    "%s%sbroadsheet <press@example.org>: Add articles/other.gmi\n%s"
		    "broadsheet <press@example.org>: Add about.gmi\n",
		    rows[i].is_after ? by_hand : upload, rows[i].is_after ? upload : by_hand,
		    rows[i].is_new ? "" : upload);
		check_row_text(rows[i].label, git_log(), expected);
		check_row(rows[i].label, count_temporary("/articles") == 0);
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
	assert_int_equal(count_temporary("/articles"), 0);
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
	assert_int_equal(count_temporary("/"), 0);
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

	struct file_row f = file("/drafts/d.gmi");
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, presswork_tear_down)

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
	    TEST(editors_are_in_every_edition),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
