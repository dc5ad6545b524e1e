/* Whose a file is when its commit was cut short, by a crash or by a history out of order. */
#include "putting.h"

#include <dlfcn.h>
#include <git2.h>
#include <signal.h>
#include <sys/wait.h>

#include "base/text.h"

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

/* A press of its own puts an article, and is killed on the way. */
static void
put_and_die(const char *path, const char *text, enum point point)
{
	int how;

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
	assert_int_equal(waitpid(child, &how, 0), child);
	assert_true(WIFSIGNALED(how));
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
		check_row(rows[i].label, count_temporary("/articles") == 0);
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
	static const char upload[] = "---\ndate = 2025-06-13\n---\n# Upload\n";
	char objects[192], away[200];

	snprintf(objects, sizeof(objects), "%s/history.git/objects", shop.printed);
	snprintf(away, sizeof(away), "%s.away", objects);
	assert_int_equal(rename(objects, away), 0);
	int fd = open(objects, O_WRONLY | O_CREAT, 0600); /* a file in the way: root may write */
	assert_int_not_equal(fd, -1);
	close(fd);
	put("/articles/a.gmi", upload);
	put("/articles/b.gmi", upload);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    PUTTING_TEST(what_a_crash_cut_short_is_still_its_editors),
	    PUTTING_TEST(what_was_changed_since_a_crash_is_not_the_editors),
	    PUTTING_TEST(a_commit_made_later_is_still_its_editors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
