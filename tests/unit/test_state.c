#include "check.h"

#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "supervisor/state.h"
#include "supervisor/state_lock.h"

static char folder[64];
static char first_host[] = "example.org", second_host[] = "example.net";
static struct capsule_config capsules[] = {{.host = first_host}, {.host = second_host}};
static struct config config = {.capsules = capsules, .capsule_count = ROWS(capsules)};
static struct settings settings = {.config = &config};

static const char *
path_below(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static int
set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/test-state-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	config.server.state = strdup(path_below("deep/var"));
	settings.user = (struct user){.uid = (uid_t)-1, .gid = (gid_t)-1};
	return 0;
}

static int
tear_down(void **state)
{
	char command[96];

	(void)state;
	free((char *)config.server.state);
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

static void
prepare(void)
{
	struct error err;

	if (!state_prepare(&settings, &err))
		fail_msg("%s", err.text);
}

static struct stat
look_at(const char *name)
{
	struct stat st;

	if (lstat(path_below(name), &st) == -1)
		fail_msg("%s is missing", name);
	return st;
}

/* Makes the settings' user somebody who is not root. */
static void
become_nobody_later(void)
{
	const struct passwd *nobody = getpwnam("nobody");

	if (geteuid() != 0 || nobody == NULL)
		skip();
	settings.user = (struct user){nobody->pw_uid, nobody->pw_gid, "nobody"};
}

static void
missing_folders_are_made_private(void **state)
{
	(void)state;
	prepare();
	prepare(); /* and a second time changes nothing */
	assert_int_equal(look_at("deep/var").st_mode, S_IFDIR | 0700);
	assert_int_equal(look_at("deep/var/example.org").st_mode, S_IFDIR | 0700);
	assert_int_equal(look_at("deep/var/example.net").st_mode, S_IFDIR | 0700);
}

static void
file_in_the_way_is_named(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(mkdir(path_below("deep"), 0700), 0);
	close(open(path_below("deep/var"), O_WRONLY | O_CREAT, 0600));
	assert_false(state_prepare(&settings, &err));
	assert_non_null(strstr(err.text, "deep/var"));
}

static void
what_root_made_is_given_to_the_user_whole(void **state)
{
	(void)state;
	prepare();
	mkdir(path_below("deep/var/example.org/history.git"), 0700);
	close(open(path_below("deep/var/example.org/history.git/HEAD"), O_WRONLY | O_CREAT, 0600));
	assert_int_equal(symlink("/etc/passwd", path_below("deep/var/link")), 0);
	become_nobody_later();
	prepare();
	assert_int_equal(look_at("deep/var").st_uid, settings.user.uid);
	assert_int_equal(look_at("deep/var/example.net").st_uid, settings.user.uid);
	assert_int_equal(
	    look_at("deep/var/example.org/history.git/HEAD").st_uid, settings.user.uid);
	assert_int_equal(look_at("deep/var/link").st_uid, settings.user.uid);

	struct stat passwd;
	assert_int_equal(stat("/etc/passwd", &passwd), 0);
	assert_int_equal(passwd.st_uid, 0);
}

static void
folder_of_another_user_is_not_taken(void **state)
{
	struct error err;

	(void)state;
	become_nobody_later();
	prepare();
	assert_int_equal(chown(path_below("deep/var"), 12345, 12345), 0);
	assert_false(state_prepare(&settings, &err));
	assert_non_null(strstr(err.text, "belongs to user 12345"));
}

static void
folder_of_other_things_is_not_given_away(void **state)
{
	struct error err;

	(void)state;
	assert_int_equal(mkdir(path_below("deep"), 0755), 0);
	assert_int_equal(mkdir(path_below("deep/var"), 0755), 0);
	assert_int_equal(mkdir(path_below("deep/var/lost+found"), 0700), 0);
	assert_int_equal(mkdir(path_below("deep/var/spool"), 0700), 0);
	become_nobody_later();
	assert_false(state_prepare(&settings, &err));
	assert_non_null(strstr(err.text, "expected an empty folder"));
	assert_int_equal(look_at("deep/var").st_uid, 0);
	assert_int_equal(look_at("deep/var/spool").st_uid, 0);

	assert_int_equal(rmdir(path_below("deep/var/spool")), 0);
	prepare();
	assert_int_equal(look_at("deep/var").st_uid, settings.user.uid);
}

static void
link_in_place_of_a_capsules_folder_is_not_followed(void **state)
{
	struct error err;

	(void)state;
	prepare();
	mkdir(path_below("elsewhere"), 0700);
	assert_int_equal(rmdir(path_below("deep/var/example.org")), 0);
	assert_int_equal(symlink(folder, path_below("deep/var/example.org")), 0);
	become_nobody_later();
	assert_false(state_prepare(&settings, &err));
	assert_int_equal(look_at("elsewhere").st_uid, 0);
}

static void
lock_is_held_once_and_says_by_whom(void **state)
{
	struct error err;
	char expected[64];

	(void)state;
	prepare();
	int fd = state_lock_take(config.server.state, &err);
	assert_int_not_equal(fd, -1);
	assert_int_equal(state_lock_take(config.server.state, &err), -1);
	snprintf(expected, sizeof(expected), "is held by process %ld", (long)getpid());
	assert_non_null(strstr(err.text, expected));
	close(fd);
	fd = state_lock_take(config.server.state, &err);
	assert_int_not_equal(fd, -1);
	close(fd);
}

/* A process that takes the lock and is gone; the child it leaves keeps it until it is killed. */
static pid_t
leave_an_orphan(void)
{
	struct error err;
	pid_t orphan = -1;
	int told[2];

	assert_int_equal(pipe(told), 0);
	pid_t holder = fork();
	if (holder == 0) {
		state_lock_take(config.server.state, &err);
		orphan = fork();
		if (orphan == 0)
			for (;;)
				pause();
		_exit(write(told[1], &orphan, sizeof(orphan)) != sizeof(orphan));
	}
	assert_int_equal(read(told[0], &orphan, sizeof(orphan)), sizeof(orphan));
	assert_int_equal(waitpid(holder, NULL, 0), holder);
	close(told[0]);
	close(told[1]);
	return orphan;
}

static pid_t orphan;

static void
end_the_orphan(void)
{
	if (orphan > 0)
		kill(orphan, SIGKILL);
	orphan = 0;
}

/* Instead of the C library's: whoever waits finds that the orphan ends. */
int
nanosleep(const struct timespec *wanted, struct timespec *left)
{
	end_the_orphan();
	return (int)syscall(SYS_nanosleep, wanted, left);
}

static void
lock_that_the_dead_left_to_a_child_is_waited_for(void **state)
{
	struct error err;

	(void)state;
	prepare();
	orphan = leave_an_orphan();
	int fd = state_lock_take(config.server.state, &err);
	bool was_waited_for = orphan == 0;
	end_the_orphan();
	assert_true(was_waited_for);
	assert_int_not_equal(fd, -1);
	close(fd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(missing_folders_are_made_private),
	    TEST(file_in_the_way_is_named),
	    TEST(what_root_made_is_given_to_the_user_whole),
	    TEST(folder_of_another_user_is_not_taken),
	    TEST(folder_of_other_things_is_not_given_away),
	    TEST(link_in_place_of_a_capsules_folder_is_not_followed),
	    TEST(lock_is_held_once_and_says_by_whom),
	    TEST(lock_that_the_dead_left_to_a_child_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
