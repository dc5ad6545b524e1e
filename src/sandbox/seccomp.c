#include "sandbox/seccomp.h"

#include <errno.h>
#include <seccomp.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* Names that this machine or this libseccomp does not know are passed over, so that one list
 * serves x86-64 and arm64, Debian 12 and 13. */
typedef const char *const name_list[];

/* The formatter would put each name on a line of its own: */
/* clang-format off */

/* What both kinds do all day: the event loop, memory, time, and files that are open. */
static name_list common = {
    /* descriptors */
    "read", "readv", "pread64", "preadv", "preadv2", "write", "writev", "pwrite64", "close",
    "fcntl", "memfd_create", "ftruncate", "lseek", "dup", "fstat", "newfstatat", "statx", "fstatfs", "fadvise64",
    /* looking at files, as far as Landlock lets it */
    "open", "openat", "openat2", "stat", "lstat", "access", "faccessat", "faccessat2", "getdents64",
    "readlink", "readlinkat", "statfs",
    /* connections that are there already; for sendmsg and shutdown see add_conditional() */
    "accept", "accept4", "getsockname", "getpeername", "recvfrom", "recvmsg", "getsockopt",
    /* the event loop */
    "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2", "eventfd2", "pipe2",
    "poll", "ppoll", "select", "pselect6",
    /* memory */
    "brk", "munmap", "mremap", "madvise", "membarrier",
    /* time and randomness */
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep", "gettimeofday", "time",
    "getrandom",
    /* who and where we are */
    "getpid", "getppid", "gettid", "getuid", "geteuid", "getgid", "getegid", "uname", "sysinfo",
    "getrusage", "getcpu", "sched_getaffinity", "sched_yield",
    /* signals, locks and the end */
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigtimedwait", "sigaltstack", "futex",
    "futex_waitv", "rseq", "set_robust_list", "restart_syscall", "exit", "exit_group",
};

/* What only the publisher does: it writes, watches and moves files. */
static name_list publisher_only = {
    "mkdir", "mkdirat", "rename", "renameat", "renameat2", "unlink", "unlinkat", "rmdir", "link",
    "linkat", "chmod", "fchmod", "fchmodat", "fchmodat2", "utime", "utimes", "utimensat",
    "futimesat", "umask", "getcwd", "fsync", "fdatasync", "sync_file_range", "msync", "truncate",
    "fallocate", "copy_file_range", "sendfile", "pwritev", "pwritev2", "flock",
    "inotify_init1", "inotify_add_watch", "inotify_rm_watch", "timerfd_create",
    "timerfd_settime",
};

/* What libraries try and can do without: refused instead of killed for. */
static name_list absent = {
    "io_uring_setup", "io_uring_enter", "io_uring_register", /* libuv from 1.45 on */
    "fchown", /* SQLite as root, to give a -wal file its database's owner */
};

/* clang-format on */

struct filter {
	scmp_filter_ctx context;
	int error; /* the first failure, as a negative errno */
};

static void
add(struct filter *f, uint32_t action, const char *name, unsigned count,
    const struct scmp_arg_cmp *arguments)
{
	int number = seccomp_syscall_resolve_name(name);

	if (number == __NR_SCMP_ERROR || f->error != 0)
		return;
	f->error = seccomp_rule_add_array(f->context, action, number, count, arguments);
}

static void
add_list(struct filter *f, uint32_t action, name_list names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add(f, action, names[i], 0, NULL);
}
#define ADD_LIST(f, action, list) add_list(f, action, list, sizeof(list) / sizeof((list)[0]))

static void
allow_value(struct filter *f, const char *name, unsigned argument, scmp_datum_t value)
{
	const struct scmp_arg_cmp is_value = {argument, SCMP_CMP_EQ, value, 0};

	add(f, SCMP_ACT_ALLOW, name, 1, &is_value);
}

static void
allow_without_bits(struct filter *f, const char *name, unsigned argument, scmp_datum_t bits)
{
	const struct scmp_arg_cmp has_none = {argument, SCMP_CMP_MASKED_EQ, bits, 0};

	add(f, SCMP_ACT_ALLOW, name, 1, &has_none);
}

/* Calls that are allowed with some arguments alone. */
static void
add_conditional(struct filter *f)
{
	static const scmp_datum_t requests[] = {
	    FIONBIO,                   /* uv_poll_init() */
	    FIOCLEX, FIONREAD, TCGETS, /* isatty() */
	};

	allow_without_bits(f, "mmap", 2, PROT_EXEC);
	allow_without_bits(f, "mprotect", 2, PROT_EXEC);
	allow_value(f, "tgkill", 0, (scmp_datum_t)getpid()); /* abort() */
	allow_value(f, "prlimit64", 2, 0);                   /* looking, not setting */
	/* There are more ways to connect than connect(): a listening socket that is shut for
	 * reading is a plain one again, and MSG_FASTOPEN connects it while sending. Neither is
	 * needed, but the end of an answer and channel_send(). */
	allow_value(f, "shutdown", 1, SHUT_WR);
	allow_value(f, "sendmsg", 2, MSG_NOSIGNAL);
	for (size_t i = 0; i < sizeof(requests) / sizeof(requests[0]); i++)
		allow_value(f, "ioctl", 1, requests[i]);
}

/* The first failure, as a negative errno, if there was none before. */
static int
load(struct filter *f)
{
	return f->error != 0 ? f->error : seccomp_load(f->context);
}

static int
build_and_load(struct filter *f, enum sandbox_kind kind)
{
	/* A tree instead of a ladder: a look-up takes a handful of steps. */
	f->error = seccomp_attr_set(f->context, SCMP_FLTATR_CTL_OPTIMIZE, 2);
	if (f->error == 0)
		f->error =
		    seccomp_attr_set(f->context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	ADD_LIST(f, SCMP_ACT_ALLOW, common);
	if (kind == SANDBOX_PUBLISHER)
		ADD_LIST(f, SCMP_ACT_ALLOW, publisher_only);
	ADD_LIST(f, SCMP_ACT_ERRNO(ENOSYS), absent);
	add_conditional(f);
	return load(f);
}

static enum seccomp_result
outcome(int result, struct error *err)
{
	if (result == 0)
		return SECCOMP_ON;
	error_set(err, "seccomp: %s", strerror(-result));
	return result == -EINVAL || result == -ENOSYS ? SECCOMP_ABSENT : SECCOMP_FAILED;
}

enum seccomp_result
seccomp_refuse_rings(struct error *err)
{
	struct filter f = {.context = seccomp_init(SCMP_ACT_ALLOW)};

	if (f.context == NULL)
		return outcome(-ENOMEM, err);
	add(&f, SCMP_ACT_ERRNO(ENOSYS), "io_uring_setup", 0, NULL);
	int result = load(&f);
	seccomp_release(f.context);
	return outcome(result, err);
}

enum seccomp_result
seccomp_enter(enum sandbox_kind kind, struct error *err)
{
	struct filter f = {.context = seccomp_init(SCMP_ACT_KILL_PROCESS)};

	if (f.context == NULL)
		return outcome(-ENOMEM, err);
	int result = build_and_load(&f, kind);
	seccomp_release(f.context);
	return outcome(result, err);
}
