/* Editions and history over restarts, reprints, losses, full disks and kills. */
#include "presswork.h"

#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>

/* Everything that readers can see of an edition, as text. */
static char *
dump(void)
{
	static const char *const queries[] = {
	    ("SELECT quote(id), path, date, title, authors, summary, lang, image, dek, updated, "
	     "body"
	     " FROM article ORDER BY id"),
	    /* of a plain file the column holds its ctime */
	    ("SELECT folder, name, state, iif(state = 0, 0, published), reason, mime FROM file"
	     " ORDER BY folder, name"),
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
damage_found_by_a_scan_with_changes_on_their_way_costs_none_of_them(void **state)
{
	(void)state;
	struct error err;
	char path[160];

	for (int i = 0; i < 2000; i++) {
		snprintf(path, sizeof(path), "/articles/a-file-%d.txt", i);
		workshop_put(&shop, path, "text");
	}
	workshop_print(&shop);
	press_close(shop.press);
	snprintf(path, sizeof(path), "%s/edition-1.db-wal", shop.printed);
	assert_int_equal(truncate(path, 0), 0);
	workshop_put(&shop, "/a.txt", "comes before the articles");
	shop.press = press_open(&shop.config, &shop.capsule, &err);
	assert_non_null(shop.press);
	assert_true(press_work(shop.press, 0)); /* lists the root */
	assert_true(press_work(shop.press, 0)); /* takes in the new file */
	for (long page = 15; page < 95; page += 20)
		damage(1, 4096 * page);
	workshop_work(&shop);
	assert_int_equal(press_edition(shop.press), 2);
	assert_string_equal(committed("/a.txt"), "comes before the articles");
	assert_int_equal(status().files, 2001);
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
	workshop_put(&shop, "/images/a.svg", "<svg/>");
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
	usleep(microseconds); /* the moment is the point */
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PRESS_TEST(a_restart_changes_nothing_when_nothing_changed),
	    PRESS_TEST(changes_made_while_it_was_down_are_found),
	    PRESS_TEST(a_reprint_is_another_edition_with_the_same_contents),
	    PRESS_TEST(another_timezone_is_another_edition),
	    PRESS_TEST(a_lost_edition_is_printed_again_and_history_follows),
	    PRESS_TEST(a_lost_history_is_made_again),
	    PRESS_TEST(a_damaged_edition_is_printed_into_the_next),
	    PRESS_TEST(damage_found_by_a_scan_with_changes_on_their_way_costs_none_of_them),
	    PRESS_TEST(a_failed_commit_holds_nothing_back_and_is_made_later),
	    PRESS_TEST(a_full_disk_loses_nothing),
	    PRESS_TEST(a_kill_at_any_moment_leaves_what_the_next_start_finishes),
	    PRESS_TEST(many_files_make_few_commits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
