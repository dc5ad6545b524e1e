#include "sandbox/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The kernel's interface, with what Debian 12's header does not know yet. */
#define CREATE_RULESET_VERSION (1u << 0)
#define RULE_PATH_BENEATH      1

#define FS_EXECUTE     (1ull << 0)
#define FS_WRITE_FILE  (1ull << 1)
#define FS_READ_FILE   (1ull << 2)
#define FS_READ_DIR    (1ull << 3)
#define FS_REMOVE_DIR  (1ull << 4)
#define FS_REMOVE_FILE (1ull << 5)
#define FS_MAKE_CHAR   (1ull << 6)
#define FS_MAKE_DIR    (1ull << 7)
#define FS_MAKE_REG    (1ull << 8)
#define FS_MAKE_SOCK   (1ull << 9)
#define FS_MAKE_FIFO   (1ull << 10)
#define FS_MAKE_BLOCK  (1ull << 11)
#define FS_MAKE_SYM    (1ull << 12)
#define FS_REFER       (1ull << 13)
#define FS_TRUNCATE    (1ull << 14)
#define FS_IOCTL_DEV   (1ull << 15)

#define NET_BIND_TCP    (1ull << 0)
#define NET_CONNECT_TCP (1ull << 1)

#define SCOPE_ABSTRACT_UNIX_SOCKET (1ull << 0)
#define SCOPE_SIGNAL               (1ull << 1)

struct ruleset {
	uint64_t handled_access_fs;
	uint64_t handled_access_net; /* from version 4 */
	uint64_t scoped;             /* from version 6 */
};

struct path_beneath {
	uint64_t allowed_access;
	int32_t parent_fd;
} __attribute__((packed));

/* What each version knows more than the one before. */
static const struct {
	int version;
	struct ruleset adds;
	size_t ruleset_size;
} versions[] = {
    {1, {.handled_access_fs = FS_REFER - 1}, offsetof(struct ruleset, handled_access_net)},
    {2, {.handled_access_fs = FS_REFER}, offsetof(struct ruleset, handled_access_net)},
    {3, {.handled_access_fs = FS_TRUNCATE}, offsetof(struct ruleset, handled_access_net)},
    {4, {.handled_access_net = NET_BIND_TCP | NET_CONNECT_TCP}, offsetof(struct ruleset, scoped)},
    {5, {.handled_access_fs = FS_IOCTL_DEV}, offsetof(struct ruleset, scoped)},
    {6, {.scoped = SCOPE_ABSTRACT_UNIX_SOCKET | SCOPE_SIGNAL}, sizeof(struct ruleset)},
};

/* Rights to a folder and all below it. A file has those of them that make sense for a file. */
#define RIGHTS_TO_READ (FS_READ_FILE | FS_READ_DIR)
#define RIGHTS_TO_WRITE                                                                            \
	(FS_WRITE_FILE | FS_TRUNCATE | FS_MAKE_REG | FS_MAKE_DIR | FS_REMOVE_FILE |                \
	    FS_REMOVE_DIR | FS_REFER)
static const uint64_t rights[] = {
    [LANDLOCK_READ] = RIGHTS_TO_READ,
    [LANDLOCK_READ_AND_WRITE] = RIGHTS_TO_READ | RIGHTS_TO_WRITE,
};
#define RIGHTS_TO_A_FILE (FS_READ_FILE | FS_WRITE_FILE | FS_TRUNCATE)

static struct ruleset
known_to(int version, size_t *out_size)
{
	struct ruleset all = {0};

	for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++) {
		if (versions[i].version > version)
			break;
		all.handled_access_fs |= versions[i].adds.handled_access_fs;
		all.handled_access_net |= versions[i].adds.handled_access_net;
		all.scoped |= versions[i].adds.scoped;
		*out_size = versions[i].ruleset_size;
	}
	return all;
}

int
landlock_version(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, CREATE_RULESET_VERSION);

	return version < 0 ? 0 : (int)version;
}

int
landlock_begin(int version, struct error *err)
{
	size_t size = 0;
	struct ruleset ruleset = known_to(version, &size);
	int fd = (int)syscall(SYS_landlock_create_ruleset, &ruleset, size, 0);

	if (fd == -1)
		error_set(err, "Landlock: %s", strerror(errno));
	return fd;
}

bool
landlock_allow(int rules_fd, int version, const char *path, enum landlock_access access)
{
	size_t size = 0;
	struct path_beneath rule = {
	    .allowed_access = rights[access] & known_to(version, &size).handled_access_fs,
	    .parent_fd = open(path, O_PATH | O_CLOEXEC),
	};
	struct stat st;
	int saved = 0;

	if (rule.parent_fd == -1)
		return false;
	if (fstat(rule.parent_fd, &st) == 0 && !S_ISDIR(st.st_mode))
		rule.allowed_access &= RIGHTS_TO_A_FILE;
	if (syscall(SYS_landlock_add_rule, rules_fd, RULE_PATH_BENEATH, &rule, 0) == -1)
		saved = errno;
	close(rule.parent_fd);
	errno = saved;
	return saved == 0;
}

bool
landlock_enforce(int rules_fd, struct error *err)
{
	bool ok = syscall(SYS_landlock_restrict_self, rules_fd, 0) == 0;

	if (!ok)
		error_set(err, "Landlock: %s", strerror(errno));
	close(rules_fd);
	return ok;
}
