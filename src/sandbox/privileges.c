#include "sandbox/privileges.h"

#include <errno.h>
#include <grp.h>
#include <string.h>
#include <unistd.h>

static bool
can_go_back(uid_t uid)
{
	return uid != 0 && (setuid(0) == 0 || seteuid(0) == 0 || setgid(0) == 0);
}

bool
privileges_become(const char *user, uid_t uid, gid_t gid, struct error *err)
{
	if (uid == (uid_t)-1)
		return true;
	if (initgroups(user, gid) == -1 || setgid(gid) == -1 || setuid(uid) == -1)
		return error_set(err, "becoming user %s: %s", user, strerror(errno));
	if (getuid() != uid || geteuid() != uid || getegid() != gid || can_go_back(uid))
		return error_set(err, "becoming user %s did not last", user);
	return true;
}
