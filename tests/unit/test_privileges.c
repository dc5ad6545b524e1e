/* Becoming somebody else takes root. */
#include "check.h"

#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/privileges.h"

static const struct passwd *nobody;

/* Whether a child that did that went on well. */
static bool
goes_well(bool (*in_child)(void))
{
	pid_t pid = fork();
	int status = 0;

	assert_int_not_equal(pid, -1);
	if (pid == 0)
		_exit(in_child() ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static bool
is_nobody_in_nobodys_groups(void)
{
	gid_t mine[64], asked[64];
	int asked_count = 64, count;
	struct error err;

	if (!privileges_become(nobody->pw_name, nobody->pw_uid, nobody->pw_gid, &err))
		return false;
	getgrouplist(nobody->pw_name, nobody->pw_gid, asked, &asked_count);
	count = getgroups(64, mine);
	for (int i = 0; i < count; i++)
		if (mine[i] == 0)
			return false;
	return count == asked_count && getuid() == nobody->pw_uid && geteuid() == nobody->pw_uid &&
	       getegid() == nobody->pw_gid && setuid(0) == -1 && setgid(0) == -1;
}

static bool
is_told_that_it_cannot(void)
{
	struct error err = {""};

	return setuid(nobody->pw_uid) == 0 && !privileges_become("root", 0, 0, &err) &&
	       strncmp(err.text, "becoming user root: ", 20) == 0;
}

static void
who_is_to_stay_stays(void **state)
{
	struct error err;
	uid_t uid = geteuid();

	(void)state;
	assert_true(privileges_become("", (uid_t)-1, (gid_t)-1, &err));
	assert_int_equal(geteuid(), uid);
}

static void
root_becomes_another_with_no_way_back(void **state)
{
	(void)state;
	nobody = getpwnam("nobody");
	if (geteuid() != 0 || nobody == NULL)
		skip();
	assert_true(goes_well(is_nobody_in_nobodys_groups));
}

static void
who_is_not_root_is_told_why_not(void **state)
{
	(void)state;
	nobody = getpwnam("nobody");
	if (geteuid() != 0 || nobody == NULL)
		skip();
	assert_true(goes_well(is_told_that_it_cannot));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_is_to_stay_stays),
	    cmocka_unit_test(root_becomes_another_with_no_way_back),
	    cmocka_unit_test(who_is_not_root_is_told_why_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
