#include "workshop.h"

#include <time.h>

#include "history/history.h"

static struct workshop shop; /* for its folder */
static struct history *history;
static char repository[128];

static int
set_up(void **state)
{
	struct error err;

	(void)state;
	workshop_open(&shop);
	snprintf(repository, sizeof(repository), "%s/history.git", shop.folder);
	history = history_open(repository, &err);
	return history == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	history_close(history);
	history = NULL;
	workshop_close(&shop);
	return 0;
}

static void
put(const char *path, const char *text)
{
	struct error err;

	if (history_put(history, path, text, strlen(text), &err) != HISTORY_TAKEN)
		fail_msg("%s: %s", path, err.text);
}

static void
take_out(const char *path)
{
	struct error err;

	assert_int_equal(history_remove(history, path, &err), HISTORY_TAKEN);
}

static void
commit(const char *message)
{
	struct error err;

	if (!history_commit(history, "Heidi", "heidi@example.org", message, &err))
		fail_msg("%s", err.text);
	assert_int_equal(history_bytes(history), 0);
}

/* What the newest commit holds at path, or "(absent)". */
static const char *
content(const char *path)
{
	static char text[256];
	struct buffer bytes = BUFFER_EMPTY;
	struct error err;

	snprintf(text, sizeof(text), "(absent)");
	if (history_read(history, "HEAD", path, &bytes, &err) == HISTORY_TAKEN)
		snprintf(text, sizeof(text), "%s", buffer_text(&bytes));
	buffer_free(&bytes);
	return text;
}

/* The first line that a git command prints about the repository. */
static const char *
git(const char *command)
{
	static char line[512];
	char shell[1024];

	snprintf(shell, sizeof(shell), "git --git-dir=%s %s 2>&1", repository, command);
	FILE *pipe = popen(shell, "r");
	assert_non_null(pipe);
	line[0] = '\0';
	if (fgets(line, sizeof(line), pipe) != NULL)
		line[strcspn(line, "\n")] = '\0';
	pclose(pipe);
	return line;
}

static void
a_commit_holds_what_was_put(void **state)
{
	(void)state;

	assert_string_equal(history_head(history), "");
	put("/articles/2025/a.gmi", "one");
	put("/about.gmi", "about");
	commit("First");
	assert_int_equal(strlen(history_head(history)), HISTORY_COMMIT_LEN);
	assert_string_equal(content("/articles/2025/a.gmi"), "one");
	assert_string_equal(content("/about.gmi"), "about");
	assert_string_equal(content("/none"), "(absent)");
	assert_true(history_holds(history, "/about.gmi"));
	assert_false(history_holds(history, "/articles")); /* a folder is no file */
}

static void
git_itself_reads_it(void **state)
{
	(void)state;

	put("/articles/a.gmi", "one");
	commit("Add articles/a.gmi");
	assert_string_equal(
	    git("log --format='%an <%ae> %s'"), "Heidi <heidi@example.org> Add articles/a.gmi");
	assert_string_equal(git("show HEAD:articles/a.gmi"), "one");
	assert_string_equal(git("symbolic-ref HEAD"), "refs/heads/main");
	assert_string_equal(git("fsck --strict --no-dangling"), "");
}

static void
no_commit_is_made_when_nothing_changed(void **state)
{
	(void)state;
	char head[HISTORY_COMMIT_LEN + 1];

	put("/a", "one");
	commit("First");
	snprintf(head, sizeof(head), "%s", history_head(history));
	commit("Nothing noted");
	put("/a", "one");
	take_out("/none");
	take_out("/none/at/all");
	commit("Nothing changed");
	assert_string_equal(history_head(history), head);
	take_out("/a");
	put("/a", "one");
	commit("Gone and back");
	assert_string_equal(history_head(history), head);
}

static void
the_latest_word_on_a_path_counts(void **state)
{
	(void)state;

	put("/a", "one");
	put("/b", "one");
	put("/a", "two");
	take_out("/b");
	take_out("/c");
	put("/c", "three");
	commit("First");
	assert_string_equal(content("/a"), "two");
	assert_string_equal(content("/b"), "(absent)");
	assert_string_equal(content("/c"), "three");
}

static void
a_file_may_become_a_folder_and_back(void **state)
{
	(void)state;

	put("/a/x", "file");
	put("/keep", "kept");
	commit("A file");
	take_out("/a/x");
	put("/a/x/y/z", "below");
	commit("A folder");
	assert_string_equal(content("/a/x/y/z"), "below");
	take_out("/a/x/y/z");
	put("/a/x", "file again");
	commit("A file again");
	assert_string_equal(content("/a/x"), "file again");
	take_out("/a"); /* a folder now: only files can be taken out */
	commit("Nothing");
	assert_string_equal(content("/a/x"), "file again");
	assert_string_equal(content("/keep"), "kept");
	assert_string_equal(git("fsck --strict --no-dangling"), "");
}

static void
everything_may_go(void **state)
{
	(void)state;

	put("/a/b/c", "x");
	commit("One");
	take_out("/a/b/c");
	commit("None");
	assert_string_equal(content("/a/b/c"), "(absent)");
	put("/a/b/c", "y");
	commit("One again");
	assert_string_equal(content("/a/b/c"), "y");
	assert_string_equal(git("rev-list --count HEAD"), "3");
}

static void
names_that_git_refuses_are_told(void **state)
{
	(void)state;
	static const char *const refused[] = {"/.git", "/a/.git/config", "/.GIT/x", "/a/../b",
	    "/a/./b", "/git~1", "/a/Git~1. /b", "/git~1:b", "/\u200C.git/b"};
	static const char *const taken[] = {"/a b", "/100%", "/\xc5\xbe.gmi", "/-rf", "/.gone",
	    "/.gitignore", "/a/\"quoted\"", "/back\\slash"};
	struct error err;

	for (size_t i = 0; i < ROWS(refused); i++)
		check_row(
		    refused[i], history_put(history, refused[i], "x", 1, &err) == HISTORY_REFUSED);
	for (size_t i = 0; i < ROWS(taken); i++)
		put(taken[i], "x");
	commit("Names");
	for (size_t i = 0; i < ROWS(taken); i++)
		check_row_text(taken[i], content(taken[i]), "x");
}

static void
many_files_become_one_pack(void **state)
{
	(void)state;
	char path[64];

	for (int i = 0; i < 500; i++) {
		snprintf(path, sizeof(path), "/articles/%d/%d.gmi", i % 7, i);
		put(path, path);
	}
	assert_true(history_bytes(history) > 500);
	commit("Many");
	assert_string_equal(git("count-objects"), "0 objects, 0 kilobytes");
	assert_string_equal(git("count-objects -v | grep packs"), "packs: 1");
	assert_string_equal(content("/articles/3/3.gmi"), "/articles/3/3.gmi");
	put("/one", "more");
	commit("One more");
	assert_string_equal(git("count-objects -v | grep packs"), "packs: 1");
	assert_string_equal(git("fsck --strict --no-dangling"), "");
}

static void
changes_since_a_commit_are_named(void **state)
{
	(void)state;
	struct strings paths = {0};
	char first[HISTORY_COMMIT_LEN + 1];
	struct error err;

	put("/same", "x");
	put("/changed", "x");
	put("/deleted/a", "x");
	commit("First");
	snprintf(first, sizeof(first), "%s", history_head(history));
	put("/changed", "y");
	take_out("/deleted/a");
	put("/added/a", "x");
	commit("Second");
	assert_true(history_knows(history, first));
	assert_false(history_knows(history, "0123456789012345678901234567890123456789"));
	assert_false(history_knows(history, ""));
	assert_false(history_knows(history, "HEAD"));
	assert_true(history_changed_since(history, first, &paths, &err));
	assert_int_equal(paths.count, 3);
	assert_string_equal(paths.items[0], "/added/a");
	assert_string_equal(paths.items[1], "/changed");
	assert_string_equal(paths.items[2], "/deleted/a");
	strings_free(&paths);
	assert_false(history_changed_since(history, "nonsense", &paths, &err));
}

static void
folders_are_listed(void **state)
{
	(void)state;
	static const struct {
		const char *folder, *first;
		size_t count;
	} rows[] = {
	    {"/", "a/", 2}, {"/a/", "b/", 2}, {"/a/b/", "c", 1}, {"/none/", NULL, 0},
	    {"/z/", NULL, 0}, /* a file */
	};
	struct error err;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct strings names = {0};
		if (i == 0) {
			assert_true(history_list(history, "/", &names, &err)); /* nothing yet */
			assert_int_equal(names.count, 0);
			put("/a/b/c", "x");
			put("/a/d", "x");
			put("/z", "x");
			commit("First");
		}
		check_row(rows[i].folder, history_list(history, rows[i].folder, &names, &err));
		check_row(rows[i].folder, names.count == rows[i].count);
		if (rows[i].first != NULL)
			check_row_text(rows[i].folder, names.items[0], rows[i].first);
		strings_free(&names);
	}
}

static void
old_revisions_can_be_read(void **state)
{
	(void)state;
	struct buffer bytes = BUFFER_EMPTY;
	char first[HISTORY_COMMIT_LEN + 1];
	struct error err;

	put("/a", "one");
	commit("First");
	snprintf(first, sizeof(first), "%s", history_head(history));
	put("/a", "two");
	commit("Second");
	first[10] = '\0'; /* an abbreviated one will do */
	assert_int_equal(history_read(history, first, "/a", &bytes, &err), HISTORY_TAKEN);
	assert_string_equal(buffer_text(&bytes), "one");
	assert_int_equal(history_read(history, first, "/b", &bytes, &err), HISTORY_ABSENT);
	assert_int_equal(history_read(history, "ffffffffff", "/a", &bytes, &err), HISTORY_ABSENT);
	buffer_free(&bytes);
}

static void
it_is_found_again_after_a_restart(void **state)
{
	(void)state;
	char head[HISTORY_COMMIT_LEN + 1];
	struct error err;

	put("/a", "one");
	commit("First");
	snprintf(head, sizeof(head), "%s", history_head(history));
	put("/lost", "not committed");
	history_close(history);
	history = history_open(repository, &err);
	assert_non_null(history);
	assert_string_equal(history_head(history), head);
	put("/b", "two");
	commit("Second");
	assert_string_equal(content("/a"), "one");
	assert_string_equal(content("/lost"), "(absent)");
}

static void
locks_of_a_killed_process_are_removed(void **state)
{
	(void)state;
	static const char *const locks[] = {
	    "HEAD.lock", "config.lock", "refs/heads/main.lock", "objects/pack/pack_git2_1a2b3c"};
	char path[256];
	struct error err;

	history_close(history);
	for (size_t i = 0; i < ROWS(locks); i++) {
		snprintf(path, sizeof(path), "%s/%s", repository, locks[i]);
		fclose(fopen(path, "w"));
	}
	history = history_open(repository, &err);
	assert_non_null(history);
	for (size_t i = 0; i < ROWS(locks); i++) {
		snprintf(path, sizeof(path), "%s/%s", repository, locks[i]);
		check_row(locks[i], access(path, F_OK) == -1);
	}
	put("/a", "one");
	commit("First");
}

static void
a_repository_half_made_is_completed(void **state)
{
	(void)state;
	static const char *const missing[] = {"refs", "objects", "HEAD"};
	char path[256];
	struct error err;

	history_close(history);
	for (size_t i = 0; i < ROWS(missing); i++) {
		snprintf(path, sizeof(path), "%s/%s", repository, missing[i]);
		workshop_delete_tree(path);
	}
	history = history_open(repository, &err);
	assert_non_null(history);
	put("/a", "one");
	commit("First");
	assert_string_equal(content("/a"), "one");
}

static void
it_is_for_its_owner_alone(void **state)
{
	(void)state;
	struct stat st;
	struct error err;

	assert_int_equal(stat(repository, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	if (geteuid() != 0)
		return; /* only root can give a folder away */
	history_close(history);
	assert_int_equal(chown(repository, 12345, (gid_t)-1), 0);
	history = history_open(repository, &err);
	assert_null(history);
	assert_non_null(strstr(err.text, "belongs to user 12345"));
	assert_non_null(strstr(err.text, "chown -R"));
}

static void
a_commit_that_fails_can_be_made_again(void **state)
{
	(void)state;
	char objects[256], away[256];
	struct error err;

	put("/a", "one");
	commit("First");
	snprintf(objects, sizeof(objects), "%s/objects", repository);
	snprintf(away, sizeof(away), "%s/away", repository);
	put("/a", "two");
	assert_int_equal(rename(objects, away), 0);
	fclose(fopen(objects, "w")); /* no folder: nothing can be written below it */
	assert_false(history_commit(history, "Heidi", "h@example.org", "Second", &err));
	assert_non_null(strstr(err.text, "committing"));
	assert_int_equal(unlink(objects), 0);
	assert_int_equal(rename(away, objects), 0);
	assert_string_equal(content("/a"), "one");
	put("/a", "two");
	commit("Second");
	assert_string_equal(content("/a"), "two");
}

static void
odd_names_of_authors_are_made_to_fit(void **state)
{
	(void)state;
	static const struct {
		const char *name, *mail, *expected;
	} rows[] = {
	    {"Heidi <x>", "h@example.org", "Heidi  x <h@example.org>"},
	    {"", "h@example.org", "nobody <nobody@localhost>"},
	    {"\xc5\xbdofie\nAuthor: me", "a@b", "\xc5\xbdofie Author: me <a@b>"},
	    {"<>", "a@b", "nobody <nobody@localhost>"},
	    {",;:", "a@b", "nobody <nobody@localhost>"},
	};
	struct error err;

	for (size_t i = 0; i < ROWS(rows); i++) {
		put("/a", rows[i].name);
		check_row(rows[i].name,
		    history_commit(history, rows[i].name, rows[i].mail, "Message", &err));
		check_row_text(rows[i].name, git("log -1 --format='%an <%ae>'"), rows[i].expected);
	}
}

static void
what_a_commit_changed_can_be_read(void **state)
{
	(void)state;
	struct history_revision revision;
	char parent[HISTORY_COMMIT_LEN + 1];
	struct error err;

	put("/a", "one");
	put("/b", "one");
	commit("First");
	char first[HISTORY_COMMIT_LEN + 1];
	memcpy(first, history_head(history), sizeof(first));
	put("/a", "one"); /* nothing new */
	put("/b", "two");
	put("/f/c", "three");
	commit("Second\n");

	assert_true(history_revision(history, history_head(history), &revision, &err));
	assert_string_equal(revision.message, "Second");
	assert_int_equal(revision.paths.count, 2);
	assert_string_equal(revision.paths.items[0], "/b");
	assert_string_equal(revision.paths.items[1], "/f/c");
	assert_in_range(revision.seconds, time(NULL) - 60, time(NULL));
	history_revision_free(&revision);
	assert_true(history_parent(history, history_head(history), parent, &err));
	assert_string_equal(parent, first);
	assert_true(history_revision(history, first, &revision, &err));
	assert_int_equal(revision.paths.count, 2);
	assert_int_equal(revision.removed.count, 0);
	history_revision_free(&revision);
	assert_true(history_parent(history, first, parent, &err));
	assert_string_equal(parent, "");
	assert_false(history_revision(history, "nonsense", &revision, &err));
}

/* What a commit took away of what it changed, as "/a /b". */
static const char *
removed_by(const char *commit)
{
	static char text[256];
	struct history_revision revision;
	struct error err;

	text[0] = '\0';
	assert_true(history_revision(history, commit, &revision, &err));
	for (size_t i = 0; i < revision.removed.count; i++)
		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s",
		    i == 0 ? "" : " ", revision.removed.items[i]);
	history_revision_free(&revision);
	return text;
}

static void
what_is_large_is_not_read_where_it_should_be_small(void **state)
{
	(void)state;
	struct buffer out = BUFFER_EMPTY;
	struct error err;

	put("/a", "seven b");
	commit("First");
	assert_int_equal(history_read_small(history, "HEAD", "/a", 6, &out, &err), HISTORY_REFUSED);
	assert_int_equal(out.len, 0);
	assert_int_equal(history_read_small(history, "HEAD", "/a", 7, &out, &err), HISTORY_TAKEN);
	assert_string_equal(buffer_text(&out), "seven b");
	assert_int_equal(history_read_small(history, "HEAD", "/b", 7, &out, &err), HISTORY_ABSENT);
	buffer_free(&out);
}

static void
what_a_commit_took_away_can_be_told(void **state)
{
	(void)state;
	char commit_id[HISTORY_COMMIT_LEN + 1];
	struct error err;

	put("/a", "one");
	put("/b", "one");
	put("/f/c", "one");
	commit("First");
	put("/a", "two");
	assert_int_equal(history_remove(history, "/b", &err), HISTORY_TAKEN);
	assert_int_equal(history_remove(history, "/f/c", &err), HISTORY_TAKEN);
	commit("Second");
	memcpy(commit_id, history_head(history), sizeof(commit_id));
	assert_string_equal(removed_by(commit_id), "/b /f/c");
	put("/a", "three");
	commit("Third");
	assert_string_equal(removed_by(history_head(history)), "");
	assert_string_equal(removed_by(commit_id), "/b /f/c");
}

static void
texts_are_compared_line_by_line(void **state)
{
	(void)state;
	static const struct {
		const char *label, *old, *new, *expected;
	} rows[] = {
	    {"same", "a\n", "a\n", ""},
	    {"empty", "", "", ""},
	    {"one line", "a\nb\nc\n", "a\nB\nc\n",
		"--- old\n+++ new\n@@ -1,3 +1,3 @@\n a\n-b\n+B\n c\n"},
	    {"made", "", "a\n", "--- old\n+++ new\n@@ -0,0 +1 @@\n+a\n"},
	    {"no line end", "a", "b",
		"--- old\n+++ new\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+b\n"
		"\\ No newline at end of file\n"},
	    {"no text", "a\xff", "b\xff", "They differ, and are no text that could be shown.\n"},
	};
	struct error err;

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct buffer out = BUFFER_EMPTY;
		check_row(rows[i].label, history_diff("old", rows[i].old, strlen(rows[i].old),
					     "new", rows[i].new, strlen(rows[i].new), &out, &err));
		check_row_text(rows[i].label, buffer_text(&out), rows[i].expected);
		buffer_free(&out);
	}
}

static void
what_is_too_large_is_not_compared(void **state)
{
	(void)state;
	struct buffer old = BUFFER_EMPTY, out = BUFFER_EMPTY;
	struct error err;

	while (old.len <= HISTORY_DIFF_MAX)
		buffer_puts(&old, "a line\n");
	assert_true(history_diff("old", buffer_text(&old), old.len, "new", "", 0, &out, &err));
	assert_string_equal(
	    buffer_text(&out), "They differ, and are too large to be compared line by line.\n");
	buffer_free(&old);
	buffer_free(&out);
}

static struct history_text
text(const char *bytes)
{
	return (struct history_text){bytes, strlen(bytes)};
}

static void
changes_that_do_not_touch_are_merged(void **state)
{
	(void)state;
	static const struct {
		const char *label, *base, *ours, *theirs;
		enum history_merged result;
		const char *merged;
	} rows[] = {
	    {"nothing", "a\n\nb\n", "a\n\nb\n", "a\n\nb\n", HISTORY_MERGED, "a\n\nb\n"},
	    {"empty", "", "", "", HISTORY_MERGED, ""},
	    {"ours", "a\n\nb\n", "A\n\nb\n", "a\n\nb\n", HISTORY_MERGED, "A\n\nb\n"},
	    {"theirs", "a\n\nb\n", "a\n\nb\n", "a\n\nB\n", HISTORY_MERGED, "a\n\nB\n"},
	    {"both", "a\n\nb\n", "A\n\nb\n", "a\n\nB\n", HISTORY_MERGED, "A\n\nB\n"},
	    {"the same", "a\n\nb\n", "A\n\nb\n", "A\n\nb\n", HISTORY_MERGED, "A\n\nb\n"},
	    {"one line", "a\n", "b\n", "c\n", HISTORY_TOUCHING, ""},
	    {"side by side", "a\nb\n", "A\nb\n", "a\nB\n", HISTORY_TOUCHING, ""},
	    {"gone and changed", "a\n\nb\n", "a\n", "a\n\nB\n", HISTORY_TOUCHING, ""},
	    {"added at the end", "a\n", "a\nb\n", "a\nc\n", HISTORY_TOUCHING, ""},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct history_text base = text(rows[i].base), ours = text(rows[i].ours),
				    theirs = text(rows[i].theirs);
		struct buffer out = BUFFER_EMPTY;

		check_row(
		    rows[i].label, history_merge(&base, &ours, &theirs, &out) == rows[i].result);
		check_row_text(rows[i].label, buffer_text(&out), rows[i].merged);
		buffer_free(&out);
	}
}

static void
texts_are_as_far_apart_as_their_words(void **state)
{
	(void)state;
	static const struct {
		const char *label, *a, *b;
		size_t distance; /* each word with its blank or line end */
	} rows[] = {
	    {"empty", "", "", 0},
	    {"the same", "one two\n", "one two\n", 0},
	    {"a word more", "one three\n", "one two three\n", 4},
	    {"another word", "one two three\n", "one four three\n", 4 + 5},
	    {"all", "one\n", "", 4},
	    {"a line more", "one\n", "one\n\ntwo\n", 1 + 4},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct history_text a = text(rows[i].a), b = text(rows[i].b);
		size_t there = SIZE_MAX, back = SIZE_MAX;

		check_row(rows[i].label, history_distance(&a, &b, &there));
		check_row(rows[i].label, history_distance(&b, &a, &back));
		check_row(rows[i].label, there == rows[i].distance && back == there);
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(a_commit_holds_what_was_put),
	    TEST(git_itself_reads_it),
	    TEST(no_commit_is_made_when_nothing_changed),
	    TEST(the_latest_word_on_a_path_counts),
	    TEST(a_file_may_become_a_folder_and_back),
	    TEST(everything_may_go),
	    TEST(names_that_git_refuses_are_told),
	    TEST(many_files_become_one_pack),
	    TEST(changes_since_a_commit_are_named),
	    TEST(folders_are_listed),
	    TEST(old_revisions_can_be_read),
	    TEST(it_is_found_again_after_a_restart),
	    TEST(locks_of_a_killed_process_are_removed),
	    TEST(a_repository_half_made_is_completed),
	    TEST(it_is_for_its_owner_alone),
	    TEST(a_commit_that_fails_can_be_made_again),
	    TEST(what_a_commit_changed_can_be_read),
	    TEST(what_is_large_is_not_read_where_it_should_be_small),
	    TEST(what_a_commit_took_away_can_be_told),
	    TEST(texts_are_compared_line_by_line),
	    TEST(what_is_too_large_is_not_compared),
	    TEST(odd_names_of_authors_are_made_to_fit),
	    cmocka_unit_test(changes_that_do_not_touch_are_merged),
	    cmocka_unit_test(texts_are_as_far_apart_as_their_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
