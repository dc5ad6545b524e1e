/* The press in a real folder: what is dropped in, changed and taken away there, and what becomes
 * of it in edition and history. The real-time clock is ours, see clock_gettime() below. */
#include "workshop.h"

#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

#include "base/time.h"
#include "store/history.h"

#define HOUR 3600

static struct workshop shop;
static time_t clock_shift; /* seconds that the clock is ahead */

/* Instead of the C library's: a test need not wait for an article to be due. */
int
clock_gettime(clockid_t clock, struct timespec *out)
{
	long result = syscall(SYS_clock_gettime, clock, out);

	if (clock == CLOCK_REALTIME)
		out->tv_sec += clock_shift;
	return (int)result;
}

static int64_t
now(void)
{
	struct timespec real;

	clock_gettime(CLOCK_REALTIME, &real);
	return real.tv_sec;
}

static int
set_up(void **state)
{
	(void)state;
	clock_shift = 0;
	workshop_open(&shop);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	workshop_close(&shop);
	return 0;
}

static struct press_status
status(void)
{
	struct press_status status;

	press_status(shop.press, &status);
	return status;
}

/* What history holds at path, or "(absent)". */
static const char *
committed(const char *path)
{
	static char text[512];
	char repository[160];
	struct buffer bytes = BUFFER_EMPTY;
	struct error err;

	snprintf(repository, sizeof(repository), "%s/history.git", shop.printed);
	struct history *history = history_open(repository, &err);
	assert_non_null(history);
	snprintf(text, sizeof(text), "(absent)");
	if (history_read(history, "HEAD", path, &bytes, &err) == HISTORY_TAKEN)
		snprintf(text, sizeof(text), "%s", buffer_text(&bytes));
	buffer_free(&bytes);
	history_close(history);
	return text;
}

/* The bytes of a file of the capsule, "" if there is none. */
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

/* Everything that readers can see of an edition, as text. */
static char *
dump(void)
{
	static const char *const queries[] = {
	    ("SELECT quote(id), path, date, title, authors, summary, lang, image, dek, updated, "
	     "body"
	     " FROM article ORDER BY id"),
	    "SELECT folder, name, state, published, reason, mime FROM file ORDER BY folder, name",
	    "SELECT path, target FROM moved ORDER BY path, target",
	    "SELECT path FROM gone ORDER BY path",
	    "SELECT path FROM uncommitted ORDER BY path",
	    "SELECT state, files FROM tally WHERE files > 0 ORDER BY state",
	    "SELECT path, entries FROM folder ORDER BY path",
	};
	struct buffer out = BUFFER_EMPTY;
	char path[192];
	sqlite3 *db = NULL;

	snprintf(path, sizeof(path), "%s/edition-%u.db", shop.printed, press_edition(shop.press));
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	for (size_t i = 0; i < ROWS(queries); i++) {
		sqlite3_stmt *row = NULL;
		assert_int_equal(sqlite3_prepare_v2(db, queries[i], -1, &row, NULL), SQLITE_OK);
		while (sqlite3_step(row) == SQLITE_ROW)
			for (int k = 0; k < sqlite3_column_count(row); k++)
				buffer_printf(&out, "%s%s",
				    (const char *)sqlite3_column_text(row, k),
				    k + 1 == sqlite3_column_count(row) ? "\n" : "|");
		sqlite3_finalize(row);
	}
	sqlite3_close(db);
	return buffer_take(&out);
}

static void
nothing_is_served_before_all_is_printed(void **state)
{
	(void)state;
	struct error err;
	char path[64];

	for (int i = 0; i < 50; i++) {
		snprintf(path, sizeof(path), "/articles/%d.gmi", i);
		workshop_put(&shop, path, "# Title\n\nText.\n");
	}
	shop.press = press_open(&shop.config, &shop.capsule, &err);
	assert_non_null(shop.press);
	assert_int_equal(press_edition(shop.press), 0);
	assert_true(press_work(shop.press, 0)); /* one step */
	assert_true(status().is_scanning);
	assert_int_equal(edition_open(shop.printed, &shop.edition, &err), EDITION_ABSENT);
	workshop_work(&shop);
	assert_int_equal(press_edition(shop.press), 1);
	assert_false(status().is_scanning);
	assert_int_equal(status().articles, 50);
	assert_true(workshop_is_live(&shop, "/articles/7.gmi", "Title"));
}

static void
an_empty_capsule_is_an_edition_too(void **state)
{
	(void)state;

	workshop_print(&shop);
	assert_int_equal(press_edition(shop.press), 1);
	assert_int_equal(status().articles, 0);
	assert_string_equal(status().commit, "");
}

static void
a_file_dropped_in_is_live_and_follows_its_changes(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/old.gmi", "# Old\n");
	workshop_print(&shop);
	workshop_put(&shop, "/articles/a.gmi", "# One\n");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "One"));
	assert_string_equal(committed("/articles/a.gmi"), "# One\n");
	workshop_put(&shop, "/articles/a.gmi", "# Two\n"); /* as long as before */
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Two"));
	assert_string_equal(committed("/articles/a.gmi"), "# Two\n");
	workshop_delete(&shop, "/articles/a.gmi");
	workshop_notice(&shop);
	assert_false(workshop_is_live(&shop, "/articles/a.gmi", NULL));
	assert_string_equal(workshop_fate(&shop, "/articles/a.gmi"), "gone: ");
	assert_string_equal(committed("/articles/a.gmi"), "(absent)");
	assert_true(workshop_is_live(&shop, "/articles/old.gmi", "Old"));
}

static void
a_folder_moved_in_and_out_goes_as_a_whole(void **state)
{
	(void)state;
	char outside[128];

	workshop_put(&shop, "/about.gmi", "");
	workshop_print(&shop);
	workshop_put(&shop, "/../new/2025/a.gmi", "# A\n");
	workshop_put(&shop, "/../new/2025/06/b.gmi", "# B\n");
	snprintf(outside, sizeof(outside), "%s/new", shop.folder);
	assert_int_equal(rename(outside, workshop_name(&shop, "/articles")), 0);
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/2025/a.gmi", "A"));
	assert_true(workshop_is_live(&shop, "/articles/2025/06/b.gmi", "B"));

	workshop_put(&shop, "/articles/2025/06/c.gmi", "# C\n"); /* it is watched by now */
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/2025/06/c.gmi", "C"));

	assert_int_equal(rename(workshop_name(&shop, "/articles"), outside), 0);
	workshop_notice(&shop);
	assert_int_equal(status().articles, 0);
	assert_string_equal(workshop_fate(&shop, "/articles/2025/06/b.gmi"), "gone: ");
	assert_string_equal(committed("/articles/2025/06/b.gmi"), "(absent)");
	assert_int_equal(rename(outside, workshop_name(&shop, "/articles")), 0);
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/2025/06/c.gmi", "C"));
	assert_string_equal(source("/.gone"), "");
}

static void
gone_is_a_file_that_people_edit_too(void **state)
{
	(void)state;

	workshop_put(&shop, "/.gone", "# ours\n/old/page\n");
	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_put(&shop, "/articles/b.gmi", "# B\n");
	workshop_print(&shop);
	assert_string_equal(workshop_fate(&shop, "/old/page"), "gone: ");
	workshop_delete(&shop, "/articles/a.gmi");
	workshop_notice(&shop);
	assert_string_equal(source("/.gone"), "# ours\n/old/page\n/articles/a.gmi\n");
	assert_string_equal(committed("/.gone"), "# ours\n/old/page\n/articles/a.gmi\n");

	workshop_put(&shop, "/articles/a.gmi", "# Back\n");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Back"));
	assert_string_equal(source("/.gone"), "# ours\n/old/page\n");
	assert_string_equal(workshop_fate(&shop, "/articles/a.gmi"), "nothing");

	workshop_put(&shop, "/.gone", "/another\n");
	workshop_notice(&shop);
	assert_string_equal(workshop_fate(&shop, "/another"), "gone: ");
	assert_string_equal(workshop_fate(&shop, "/old/page"), "nothing");
	workshop_delete(&shop, "/.gone");
	workshop_notice(&shop);
	assert_string_equal(workshop_fate(&shop, "/another"), "nothing");
}

static void
an_article_of_this_very_moment_is_not_one_to_come(void **state)
{
	(void)state;
	struct timespec real;

	workshop_put(&shop, "/about.gmi", "");
	workshop_print(&shop);
	clock_gettime(CLOCK_REALTIME, &real);
	long until_then_us = 1000000 - real.tv_nsec / 1000 - 20000;
	usleep(until_then_us < 0 ? 0 : (useconds_t)until_then_us);
	for (int i = 0; i < 20; i++) { /* across the turn of a second */
		char path[64];
		snprintf(path, sizeof(path), "/articles/%d.gmi", i);
		workshop_put(&shop, path, "# Now\n");
		press_watch_ready(shop.press);
		workshop_work(&shop);
		usleep(2000);
	}
	assert_int_equal(status().articles, 20);
}

static void
what_was_never_live_is_not_gone_but_absent(void **state)
{
	(void)state;
	static const char *const paths[] = {
	    "/articles/draft.gmi", "/articles/broken.gmi", "/articles/later.gmi", "/images/a.png"};

	workshop_put(&shop, paths[0], "---\nstatus = draft\n---\nText\n");
	workshop_put(&shop, paths[1], "---\ndate = never\n---\nText\n");
	workshop_put(&shop, paths[2], "---\ndate = 9000-01-01\n---\nText\n");
	workshop_put(&shop, paths[3], "png");
	workshop_put(&shop, "/about.gmi", "");
	workshop_print(&shop);
	assert_int_equal(status().drafts, 1);
	assert_int_equal(status().broken, 1);
	assert_int_equal(status().scheduled, 1);
	assert_int_equal(status().files, 2);
	for (size_t i = 0; i < ROWS(paths); i++) {
		check_row(paths[i], !workshop_is_live(&shop, paths[i], NULL));
		workshop_delete(&shop, paths[i]);
	}
	workshop_notice(&shop);
	for (size_t i = 0; i < ROWS(paths); i++)
		check_row_text(paths[i], workshop_fate(&shop, paths[i]), "nothing");
	assert_string_equal(source("/.gone"), "");
}

static void
names_decide_what_is_an_article(void **state)
{
	(void)state;
	static const struct {
		const char *path;
		bool is_article;
	} rows[] = {
	    {"/articles/a.gmi", true},
	    {"/articles/a.md", true},
	    {"/articles/deep/er/a.gmi", true},
	    {"/articles/index.gmi", true},
	    {"/articles/\xc5\xbdofie s%41.gmi", true},
	    {"/articles/header.gmi", false},
	    {"/articles/opinion/footer.gmi", false},
	    {"/articles/a.txt", false},
	    {"/articles/a.GMI", false},
	    {"/articles/.hidden.gmi", false},
	    {"/articles/bad\xff.gmi", false},
	    {"/drafts/a.gmi", false},
	    {"/about.gmi", false},
	    {"/index.gmi", false},
	};
	int64_t articles = 0;

	for (size_t i = 0; i < ROWS(rows); i++)
		workshop_put(&shop, rows[i].path, "# Title\n");
	workshop_print(&shop);
	for (size_t i = 0; i < ROWS(rows); i++) {
		check_row(rows[i].path,
		    workshop_is_live(&shop, rows[i].path, NULL) == rows[i].is_article);
		articles += rows[i].is_article;
	}
	assert_int_equal(status().articles, articles);
	assert_int_equal(status().drafts, 1);
	assert_int_equal(status().widest_folder, 10); /* files and folders of /articles/ */
}

static void
a_broken_article_leaves_the_last_good_print(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/a.gmi", "# Good\n");
	workshop_print(&shop);
	workshop_put(&shop, "/articles/a.gmi", "---\ndate = tomorrow\n---\n# Bad\n");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Good"));
	assert_int_equal(status().broken, 1);
	assert_int_equal(status().articles, 0);
	assert_string_equal(committed("/articles/a.gmi"), "---\ndate = tomorrow\n---\n# Bad\n");
	workshop_restart(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Good"));
	workshop_put(&shop, "/articles/a.gmi", "# Better\n");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Better"));
	assert_int_equal(status().broken, 0);
	workshop_put(&shop, "/articles/a.gmi", "---\ndate = tomorrow\n---\n# Bad\n");
	workshop_notice(&shop);
	workshop_delete(&shop, "/articles/a.gmi");
	workshop_notice(&shop);
	assert_string_equal(workshop_fate(&shop, "/articles/a.gmi"), "gone: "); /* it was live */
}

static void
a_scheduled_article_becomes_live_when_due(void **state)
{
	(void)state;
	struct buffer text = BUFFER_EMPTY;
	struct timestamp due = timestamp_at(now() + HOUR, "UTC");

	buffer_puts(&text, "---\ndate = ");
	timestamp_append(&text, &due);
	buffer_puts(&text, "\n---\n# Later\n");
	workshop_put(&shop, "/articles/a.gmi", text.data);
	buffer_free(&text);
	workshop_print(&shop);
	assert_false(workshop_is_live(&shop, "/articles/a.gmi", NULL));
	assert_int_equal(status().scheduled, 1);
	assert_int_equal(press_next_due(shop.press), timestamp_seconds(&due, "UTC"));
	press_tick(shop.press);
	workshop_work(&shop);
	assert_false(workshop_is_live(&shop, "/articles/a.gmi", NULL));

	clock_shift = HOUR + 1;
	press_tick(shop.press);
	workshop_work(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Later"));
	assert_int_equal(status().scheduled, 0);
	assert_true(press_next_due(shop.press) == INT64_MAX);

	clock_shift = 0; /* the clock is put back */
	press_tick(shop.press);
	workshop_restart(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Later"));
}

/* The owner ticks a moment too early, works, and only then asks how long it may sleep. */
static void
what_came_due_after_a_tick_is_not_slept_over(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/a.gmi", "---\ndate = 2600-01-01\n---\n# Later\n");
	workshop_print(&shop);
	int64_t due = press_next_due(shop.press);
	press_tick(shop.press);
	clock_shift = (time_t)600 * 366 * 86400;
	assert_int_equal(press_next_due(shop.press), due);
}

static void
a_start_prints_what_came_due_meanwhile(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/a.gmi", "---\ndate = 2600-01-01\n---\n# Later\n");
	workshop_print(&shop);
	assert_false(workshop_is_live(&shop, "/articles/a.gmi", NULL));
	clock_shift = (time_t)600 * 366 * 86400;
	workshop_restart(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Later"));
}

static void
dates_are_those_written_or_of_the_first_sight(void **state)
{
	(void)state;
	static const struct {
		const char *path, *text, *day;
	} rows[] = {
	    {"/articles/day.gmi", "---\ndate = 2025-06-13\n---\n", "2025-06-13"},
	    {"/articles/zone.gmi", "---\ndate = 2025-06-13T23:30-11:00\n---\n", "2025-06-13"},
	    {"/articles/none.gmi", "# None\n", "2001-09-10"}, /* in New York, of the file's mtime */
	};
	struct timespec first[2] = {{.tv_sec = 1000180000}, {.tv_sec = 1000180000}};
	struct article article;

	shop.capsule.timezone = (char *)"America/New_York";
	for (size_t i = 0; i < ROWS(rows); i++) {
		workshop_put(&shop, rows[i].path, rows[i].text);
		assert_int_equal(
		    utimensat(AT_FDCWD, workshop_name(&shop, rows[i].path), first, 0), 0);
	}
	workshop_print(&shop);
	workshop_put(&shop, "/articles/none.gmi", "# Changed later\n");
	workshop_notice(&shop);
	struct edition *edition = workshop_edition(&shop);
	assert_true(edition_begin(edition));
	for (size_t i = 0; i < ROWS(rows); i++) {
		check_row(rows[i].path,
		    edition_article(edition, rows[i].path, &article) == EDITION_FOUND);
		check_row_text(rows[i].path, article.card.date, rows[i].day);
	}
	assert_string_equal(article.card.title, "Changed later");
	edition_end(edition);
}

static void
retracted_moved_and_existing_paths_answer_as_they_should(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/r.gmi", "---\nretracted = We erred.\n---\nText\n");
	workshop_put(&shop, "/articles/m.gmi",
	    "---\nmoved-from = /old/m\nmoved-from = /about.gmi\n---\n# Moved\n");
	workshop_put(&shop, "/articles/d.gmi", "---\nmoved-from = /old/d\nstatus = draft\n---\n");
	workshop_put(&shop, "/about.gmi", "About\n");
	workshop_print(&shop);
	assert_string_equal(workshop_fate(&shop, "/articles/r.gmi"), "gone: We erred.");
	assert_string_equal(workshop_fate(&shop, "/old/m"), "moved: /articles/m.gmi");
	assert_string_equal(workshop_fate(&shop, "/about.gmi"), "nothing");
	assert_string_equal(workshop_fate(&shop, "/old/d"), "nothing");
	workshop_delete(&shop, "/about.gmi");
	workshop_put(&shop, "/articles/m.gmi", "---\nmoved-from = /about.gmi\n---\n# Moved\n");
	workshop_notice(&shop);
	assert_string_equal(workshop_fate(&shop, "/old/m"), "nothing");
	assert_string_equal(workshop_fate(&shop, "/about.gmi"), "moved: /articles/m.gmi");
}

static void
odd_files_do_no_harm(void **state)
{
	(void)state;
	char name[300] = "/articles/";
	struct buffer type = BUFFER_EMPTY;

	memset(name + 10, 'n', 255);
	memcpy(name + 10 + 251, ".gmi", 5);
	workshop_put(&shop, name, "# Long name\n");
	workshop_put(&shop, "/articles/git~1.gmi", "# Fine for us\n");
	struct timespec far[2] = {{.tv_sec = 15000000000}, {.tv_sec = 15000000000}}; /* year 2445 */
	assert_int_equal(
	    utimensat(AT_FDCWD, workshop_name(&shop, "/articles/git~1.gmi"), far, 0), 0);
	workshop_put(&shop, "/git~1", "not for git\n");
	workshop_put(&shop, "/LICENSE", "Plain text\n");
	assert_int_equal(mkfifo(workshop_name(&shop, "/articles/fifo.gmi"), 0644), 0);
	assert_int_equal(symlink("/etc/passwd", workshop_name(&shop, "/articles/out.gmi")), 0);
	assert_int_equal(symlink("loop.gmi", workshop_name(&shop, "/articles/loop.gmi")), 0);
	assert_int_equal(symlink("git~1.gmi", workshop_name(&shop, "/articles/in.gmi")), 0);
	assert_int_equal(symlink("..", workshop_name(&shop, "/articles/up")), 0);
	workshop_put(&shop, "/articles/.broadsheet-1-1", "half");
	workshop_print(&shop);
	assert_true(workshop_is_live(&shop, name, "Long name"));
	bool has_link = workshop_is_live(&shop, "/articles/in.gmi", "Fine for us");
	assert_int_equal(has_link, workshop_follows_links());
	assert_int_equal(status().articles, 2 + has_link);
	assert_int_equal(status().broken, 0);
	assert_string_equal(committed("/LICENSE"), "Plain text\n");
	assert_string_equal(committed("/git~1"), "(absent)");
	assert_int_equal(status().uncommitted, 0);
	assert_int_equal(access(workshop_name(&shop, "/articles/.broadsheet-1-1"), F_OK), -1);
	assert_int_equal(
	    edition_file_type(workshop_edition(&shop), "/git~1", &type), EDITION_FOUND);
	assert_string_equal(buffer_text(&type), "text/plain");
	buffer_free(&type);
}

static void
large_files_are_served_without_history(void **state)
{
	(void)state;

	shop.config.limits.upload_size = 10;
	workshop_put(&shop, "/articles/small.gmi", "# Small\n");
	workshop_put(&shop, "/articles/large.gmi", "# Too large for history\n");
	workshop_print(&shop);
	assert_true(workshop_is_live(&shop, "/articles/large.gmi", "Too large for history"));
	assert_string_equal(committed("/articles/small.gmi"), "# Small\n");
	assert_string_equal(committed("/articles/large.gmi"), "(absent)");
}

static void
without_history_there_is_no_repository(void **state)
{
	(void)state;
	char repository[160];

	shop.capsule.history = false;
	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_print(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	snprintf(repository, sizeof(repository), "%s/history.git", shop.printed);
	assert_int_equal(access(repository, F_OK), -1);
	shop.capsule.history = true; /* switched on: all that is there is taken in */
	workshop_restart(&shop);
	assert_string_equal(committed("/articles/a.gmi"), "# A\n");
}

static void
a_restart_changes_nothing_when_nothing_changed(void **state)
{
	(void)state;
	char commit[41];

	workshop_put(&shop, "/articles/2025/a.gmi", "# A\n");
	workshop_put(&shop, "/b.txt", "b");
	workshop_print(&shop);
	char *before = dump();
	snprintf(commit, sizeof(commit), "%s", status().commit);
	workshop_restart(&shop);
	char *after = dump();
	assert_string_equal(after, before);
	assert_string_equal(status().commit, commit);
	assert_int_equal(press_edition(shop.press), 1);
	free(before);
	free(after);
}

static void
changes_made_while_it_was_down_are_found(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/2025/a.gmi", "# A\n");
	workshop_put(&shop, "/articles/2024/b.gmi", "# B\n");
	workshop_put(&shop, "/c", "a file");
	workshop_print(&shop);
	press_close(shop.press);
	workshop_put(&shop, "/articles/2025/a.gmi", "# Changed\n");
	workshop_put(&shop, "/articles/2025/new.gmi", "# New\n");
	workshop_delete_tree(workshop_name(&shop, "/articles/2024"));
	workshop_delete(&shop, "/c");
	workshop_put(&shop, "/c/d", "a folder");
	workshop_print(&shop);
	assert_true(workshop_is_live(&shop, "/articles/2025/a.gmi", "Changed"));
	assert_true(workshop_is_live(&shop, "/articles/2025/new.gmi", "New"));
	assert_string_equal(workshop_fate(&shop, "/articles/2024/b.gmi"), "gone: ");
	assert_string_equal(committed("/c/d"), "a folder");
}

static void
a_reprint_is_another_edition_with_the_same_contents(void **state)
{
	(void)state;
	char first[160];
	struct error err;

	workshop_put(&shop, "/articles/a.gmi", "---\nmoved-from = /old\n---\n# A\n");
	workshop_put(&shop, "/articles/b.gmi", "---\nretracted = No.\n---\n# B\n");
	workshop_put(&shop, "/.gone", "/x\n");
	workshop_print(&shop);
	char *before = dump();
	assert_true(press_reprint(shop.press, &err));
	assert_true(press_reprint(shop.press, &err)); /* while it goes on: the same one */
	assert_int_equal(press_edition(shop.press), 1);
	workshop_put(&shop, "/articles/c.gmi", "# Meanwhile\n");
	press_watch_ready(shop.press);
	assert_true(press_work(shop.press, 0)); /* one path: live in the edition that is served */
	workshop_work(&shop);
	assert_int_equal(press_edition(shop.press), 2);
	assert_true(workshop_is_live(&shop, "/articles/c.gmi", "Meanwhile"));
	workshop_delete(&shop, "/articles/c.gmi");
	workshop_notice(&shop);
	workshop_put(&shop, "/.gone", "/x\n");
	workshop_notice(&shop);
	char *after = dump();
	assert_string_equal(after, before);
	free(before);
	free(after);

	snprintf(first, sizeof(first), "%s/edition-1.db", shop.printed);
	assert_int_equal(access(first, F_OK), 0); /* readers may still have it */
	workshop_restart(&shop);
	assert_int_equal(access(first, F_OK), -1);
}

static void
another_timezone_is_another_edition(void **state)
{
	(void)state;
	struct article article;

	workshop_put(&shop, "/articles/a.gmi", "---\ndate = 2025-06-13\n---\n# A\n");
	workshop_print(&shop);
	assert_int_equal(
	    edition_article(workshop_edition(&shop), "/articles/a.gmi", &article), EDITION_FOUND);
	int64_t in_utc = article.card.id;
	shop.capsule.timezone = (char *)"Asia/Tokyo";
	workshop_restart(&shop);
	assert_int_equal(press_edition(shop.press), 2);
	assert_int_equal(
	    edition_article(workshop_edition(&shop), "/articles/a.gmi", &article), EDITION_FOUND);
	assert_true(article.card.id < in_utc); /* nine hours earlier */
	assert_string_equal(article.card.date, "2025-06-13");
}

static void
a_lost_edition_is_printed_again_and_history_follows(void **state)
{
	(void)state;
	char shell[256];

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_put(&shop, "/articles/lost/b.gmi", "# B\n");
	workshop_print(&shop);
	char commit[41];
	snprintf(commit, sizeof(commit), "%s", status().commit);
	press_close(shop.press);
	snprintf(shell, sizeof(shell), "rm %s/edition-*", shop.printed);
	assert_int_equal(system(shell), 0);
	workshop_print(&shop);
	assert_string_equal(status().commit, commit); /* nothing new to commit */

	press_close(shop.press);
	assert_int_equal(system(shell), 0);
	workshop_delete_tree(workshop_name(&shop, "/articles/lost"));
	workshop_print(&shop);
	assert_string_equal(committed("/articles/lost/b.gmi"), "(absent)");
	assert_string_equal(committed("/articles/a.gmi"), "# A\n");
}

static void
a_lost_history_is_made_again(void **state)
{
	(void)state;
	char repository[160];

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_print(&shop);
	press_close(shop.press);
	snprintf(repository, sizeof(repository), "%s/history.git", shop.printed);
	workshop_delete_tree(repository);
	workshop_print(&shop);
	assert_string_equal(committed("/articles/a.gmi"), "# A\n");
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
}

/* Overwrites the edition's file from some page on. */
static void
damage(unsigned number, long from)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/edition-%u.db", shop.printed, number);
	FILE *file = fopen(path, "r+");
	assert_non_null(file);
	assert_int_equal(fseek(file, from, SEEK_SET), 0);
	for (int i = 0; i < 20 * 4096; i++)
		fputc(0xa5, file);
	fclose(file);
}

static void
a_damaged_edition_is_printed_into_the_next(void **state)
{
	(void)state;
	static const long places[] = {0, 4096};
	char wal[160];

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_print(&shop);
	for (size_t i = 0; i < ROWS(places); i++) {
		unsigned number = press_edition(shop.press);
		edition_close(shop.edition);
		shop.edition = NULL;
		press_close(shop.press);
		damage(number, places[i]);
		snprintf(wal, sizeof(wal), "%s/edition-%u.db-wal", shop.printed, number);
		assert_int_equal(truncate(wal, 0), 0);
		workshop_put(
		    &shop, "/articles/a.gmi", "# Changed\n"); /* so that it is written to */
		workshop_print(&shop);
		assert_int_equal(press_edition(shop.press), number + 1);
		assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Changed"));
	}
}

static void
a_root_that_vanishes_takes_nothing_along(void **state)
{
	(void)state;
	char away[128];

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_print(&shop);
	snprintf(away, sizeof(away), "%s/away", shop.folder);
	assert_int_equal(rename(shop.root, away), 0);
	workshop_notice(&shop);
	assert_true(status().root_is_missing);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	workshop_restart(&shop); /* without it, too */
	assert_true(status().root_is_missing);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	assert_int_equal(press_edition(shop.press), 1);
	assert_int_equal(rename(away, shop.root), 0);
	press_tick(shop.press); /* a sandbox would not cover it: the owner has to start anew */
	assert_true(press_root_was_replaced(shop.press));
	workshop_restart(&shop);
	assert_false(status().root_is_missing);

	assert_int_equal(rename(shop.root, away), 0);
	press_tick(shop.press);
	assert_true(status().root_is_missing);
	assert_int_equal(rename(away, shop.root), 0);
	workshop_put(&shop, "/articles/b.gmi", "# B\n");
	press_tick(shop.press);
	workshop_work(&shop);
	assert_false(status().root_is_missing);
	assert_false(press_root_was_replaced(shop.press));
	assert_true(workshop_is_live(&shop, "/articles/b.gmi", "B"));
}

static void
a_root_that_is_suddenly_empty_takes_nothing_along(void **state)
{
	(void)state;

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_print(&shop);
	workshop_delete_tree(workshop_name(&shop, "/articles"));
	workshop_notice(&shop);
	assert_true(status().root_is_missing);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	workshop_put(&shop, "/articles/b.gmi", "# B\n");
	press_tick(shop.press);
	workshop_work(&shop);
	assert_true(workshop_is_live(&shop, "/articles/b.gmi", "B"));
	assert_string_equal(workshop_fate(&shop, "/articles/a.gmi"), "gone: ");
}

static void
a_root_removed_file_by_file_takes_nothing_along(void **state)
{
	(void)state;
	static const char *const removed[] = {
	    "/articles/a.gmi", "/articles/b.gmi", "/articles", "/about.gmi", ""};

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_put(&shop, "/articles/b.gmi", "# B\n");
	workshop_put(&shop, "/about.gmi", "");
	workshop_print(&shop);
	for (size_t i = 0; i < ROWS(removed); i++) { /* as rm -r does, while the press is awake */
		assert_int_equal(remove(workshop_name(&shop, removed[i])), 0);
		press_watch_ready(shop.press);
		workshop_work(&shop);
	}
	usleep(ABSENCE_QUIET_MS * 1000);
	press_tick(shop.press);
	workshop_work(&shop);
	assert_true(status().root_is_missing);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	assert_true(workshop_is_live(&shop, "/articles/b.gmi", "B"));
}

static void
an_article_saved_as_a_new_file_is_never_gone(void **state)
{
	(void)state;
	char shell[256];

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_print(&shop);
	workshop_delete(&shop, "/articles/a.gmi");
	press_watch_ready(shop.press);
	workshop_work(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	workshop_put(&shop, "/articles/a.gmi", "# Saved\n");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Saved"));
	assert_string_equal(source("/.gone"), "");
	snprintf(shell, sizeof(shell),
	    "git --git-dir=%s/history.git log --format=%%s | grep -q Delete", shop.printed);
	assert_int_not_equal(system(shell), 0);
}

static void
another_root_is_noticed(void **state)
{
	(void)state;
	char away[128];

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_print(&shop);
	assert_false(press_root_was_replaced(shop.press));
	snprintf(away, sizeof(away), "%s/away", shop.folder);
	assert_int_equal(rename(shop.root, away), 0);
	assert_int_equal(mkdir(shop.root, 0755), 0);
	workshop_notice(&shop);
	assert_true(press_root_was_replaced(shop.press));
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
}

static void
a_failed_commit_holds_nothing_back_and_is_made_later(void **state)
{
	(void)state;
	char objects[192], away[192];

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_put(&shop, "/articles/b.gmi", "# B\n");
	workshop_print(&shop);
	snprintf(objects, sizeof(objects), "%s/history.git/objects", shop.printed);
	snprintf(away, sizeof(away), "%s/away", shop.folder);
	assert_int_equal(rename(objects, away), 0);
	fclose(fopen(objects, "w"));
	workshop_put(&shop, "/articles/a.gmi", "# Changed\n");
	workshop_delete(&shop, "/articles/b.gmi");
	workshop_notice(&shop);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "Changed"));
	assert_true(status().uncommitted >= 2);
	press_tick(shop.press); /* still in vain */
	assert_true(status().uncommitted >= 2);
	assert_int_equal(unlink(objects), 0);
	assert_int_equal(rename(away, objects), 0);
	press_tick(shop.press);
	assert_int_equal(status().uncommitted, 0);
	assert_string_equal(committed("/articles/a.gmi"), "# Changed\n");
	assert_string_equal(committed("/articles/b.gmi"), "(absent)");
}

static void
a_full_disk_loses_nothing(void **state)
{
	(void)state;
	struct rlimit before, full = {.rlim_cur = 4096};

	workshop_put(&shop, "/articles/a.gmi", "# A\n");
	workshop_print(&shop);
	workshop_put(&shop, "/articles/b.gmi", "# B\n");
	signal(SIGXFSZ, SIG_IGN); /* a file that grows too large fails as on a full disk */
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	full.rlim_max = before.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &full), 0);
	workshop_notice(&shop);
	press_tick(shop.press);
	workshop_work(&shop);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_true(workshop_is_live(&shop, "/articles/a.gmi", "A"));
	assert_false(workshop_is_live(&shop, "/articles/b.gmi", NULL));
	press_tick(shop.press);
	workshop_work(&shop);
	assert_true(workshop_is_live(&shop, "/articles/b.gmi", "B"));
	assert_string_equal(committed("/articles/b.gmi"), "# B\n");
	assert_int_equal(status().uncommitted, 0);
}

/* Fills the capsule with something of everything. */
static void
fill(int count)
{
	char path[64], text[128];

	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "/articles/%d/%d.gmi", i % 5, i);
		snprintf(text, sizeof(text),
		    "---\ndate = 2025-01-%02d\nmoved-from = /old/%d\n%s---\n# %d\n", 1 + i % 28, i,
		    i % 11 == 0  ? "retracted = no\n"
		    : i % 7 == 0 ? "status = draft\n"
				 : "",
		    i);
		workshop_put(&shop, path, text);
	}
	workshop_put(&shop, "/images/a.png", "png");
	workshop_put(&shop, "/README", "read me");
}

/* Changes the capsule: half of the articles are new, some are gone. */
static void
change(int count, int round)
{
	char path[64], text[64];

	for (int i = 0; i < count; i += 3) {
		snprintf(path, sizeof(path), "/articles/%d/%d.gmi", i % 5, i);
		if (i % 2 == 0) {
			snprintf(
			    text, sizeof(text), "---\ndate = 2025-02-01\n---\n# Round %d\n", round);
			workshop_put(&shop, path, text);
		} else if (access(workshop_name(&shop, path), F_OK) == 0) {
			workshop_delete(&shop, path);
		}
	}
}

/* A child presses until it is killed, some microseconds on. */
static void
press_and_die(unsigned microseconds)
{
	struct error err;

	fflush(NULL);
	pid_t child = fork();
	assert_int_not_equal(child, -1);
	if (child == 0) {
		struct press *press = press_open(&shop.config, &shop.capsule, &err);
		while (press != NULL && press_work(press, 1))
			;
		pause();
		_exit(0);
	}
	usleep(microseconds);
	kill(child, SIGKILL);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void
a_kill_at_any_moment_leaves_what_the_next_start_finishes(void **state)
{
	(void)state;
	enum { ARTICLES = 150, KILLS = 25 };
	char shell[256];

	srand(20);
	fill(ARTICLES);
	for (int i = 0; i < KILLS; i++) {
		press_and_die((unsigned)rand() % 90000);
		if (i % 5 == 4)
			change(ARTICLES, i);
	}
	workshop_print(&shop);
	assert_string_equal(committed("/articles/1/1.gmi"), source("/articles/1/1.gmi"));
	assert_string_equal(committed("/articles/3/3.gmi"), "(absent)");
	assert_int_equal(status().uncommitted, 0);
	char *survivor = dump();
	press_close(shop.press);
	snprintf(shell, sizeof(shell), "rm %s/edition-*", shop.printed);
	assert_int_equal(system(shell), 0);
	workshop_print(&shop);
	char *fresh = dump();
	assert_string_equal(survivor, fresh);
	free(survivor);
	free(fresh);
	snprintf(shell, sizeof(shell),
	    "git --git-dir=%s/history.git fsck --no-dangling 2>&1 | grep -q .", shop.printed);
	assert_int_not_equal(system(shell), 0); /* fsck has nothing to say */
}

static void
many_files_make_few_commits(void **state)
{
	(void)state;
	char shell[256];

	fill(1500);
	workshop_print(&shop);
	snprintf(shell, sizeof(shell),
	    "test $(git --git-dir=%s/history.git rev-list --count HEAD) -le 6", shop.printed);
	assert_int_equal(system(shell), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(nothing_is_served_before_all_is_printed),
	    TEST(an_empty_capsule_is_an_edition_too),
	    TEST(a_file_dropped_in_is_live_and_follows_its_changes),
	    TEST(a_folder_moved_in_and_out_goes_as_a_whole),
	    TEST(gone_is_a_file_that_people_edit_too),
	    TEST(an_article_of_this_very_moment_is_not_one_to_come),
	    TEST(what_was_never_live_is_not_gone_but_absent),
	    TEST(names_decide_what_is_an_article),
	    TEST(a_broken_article_leaves_the_last_good_print),
	    TEST(a_scheduled_article_becomes_live_when_due),
	    TEST(what_came_due_after_a_tick_is_not_slept_over),
	    TEST(a_start_prints_what_came_due_meanwhile),
	    TEST(dates_are_those_written_or_of_the_first_sight),
	    TEST(retracted_moved_and_existing_paths_answer_as_they_should),
	    TEST(odd_files_do_no_harm),
	    TEST(large_files_are_served_without_history),
	    TEST(without_history_there_is_no_repository),
	    TEST(a_restart_changes_nothing_when_nothing_changed),
	    TEST(changes_made_while_it_was_down_are_found),
	    TEST(a_reprint_is_another_edition_with_the_same_contents),
	    TEST(another_timezone_is_another_edition),
	    TEST(a_lost_edition_is_printed_again_and_history_follows),
	    TEST(a_lost_history_is_made_again),
	    TEST(a_damaged_edition_is_printed_into_the_next),
	    TEST(a_root_that_vanishes_takes_nothing_along),
	    TEST(a_root_that_is_suddenly_empty_takes_nothing_along),
	    TEST(a_root_removed_file_by_file_takes_nothing_along),
	    TEST(an_article_saved_as_a_new_file_is_never_gone),
	    TEST(another_root_is_noticed),
	    TEST(a_failed_commit_holds_nothing_back_and_is_made_later),
	    TEST(a_full_disk_loses_nothing),
	    TEST(a_kill_at_any_moment_leaves_what_the_next_start_finishes),
	    TEST(many_files_make_few_commits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
