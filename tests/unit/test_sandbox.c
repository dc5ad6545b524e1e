/* The sandbox, tried from inside: each attempt is made by a child that has shut itself in. */
#include "check.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sandbox/landlock.h"
#include "sandbox/sandbox.h"

enum outcome { WORKS, REFUSED, KILLED };

static const char *const outcome_names[] = {"works", "is refused", "is killed"};

static char folder[64];
static struct capsule_config capsule;
static struct config config;
static struct child_setup setup;

/* AddressSanitizer's runtime makes calls of its own: such a build goes without the filter. */
#ifdef __SANITIZE_ADDRESS__
#define HAS_FILTER false
#else
#define HAS_FILTER true
#endif

/* Neither the kernel's interfaces nor a filter can be had under valgrind, which is in between. */
static bool
is_under_valgrind(void)
{
	const char *preload = getenv("LD_PRELOAD");

	return preload != NULL && strstr(preload, "valgrind") != NULL;
}

static char *
path_below(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void
write_file(const char *name)
{
	int fd = open(path_below(name), O_WRONLY | O_CREAT, 0666);

	assert_int_not_equal(fd, -1);
	assert_int_equal(write(fd, "text", 4), 4);
	close(fd);
}

static int
make_folders(void **state)
{
	static const char *const names[] = {"root", "root/sub", "state", "outside"};

	(void)state;
	strcpy(folder, "/tmp/test-sandbox-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	for (size_t i = 0; i < ROWS(names); i++)
		mkdir(path_below(names[i]), 0777);
	write_file("root/page.gmi");
	write_file("state/edition-1.db");
	write_file("outside/secret");

	capsule = (struct capsule_config){
	    .host = strdup("localhost"), .root = strdup(path_below("root"))};
	config = (struct config){.capsules = &capsule, .capsule_count = 1};
	config.server.state = strdup(path_below("state"));
	config.server.sandbox = true;
	setup = (struct child_setup){
	    .config = &config, .supervisor_pid = getpid(), .uid = (uid_t)-1, .worker = 1};
	return 0;
}

static int
remove_folders(void **state)
{
	char command[96];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	free((char *)capsule.host);
	free((char *)capsule.root);
	free((char *)config.server.state);
	return system(command);
}

/* --- attempts: each returns whether it worked --- */

static bool
can_open(const char *name, int flags)
{
	return open(path_below(name), flags, 0600) != -1;
}

static bool
read_root(void)
{
	return can_open("root/page.gmi", O_RDONLY) && can_open("root", O_RDONLY | O_DIRECTORY);
}

static bool
read_state(void)
{
	return can_open("state/edition-1.db", O_RDONLY);
}

static bool
read_outside(void)
{
	return can_open("outside/secret", O_RDONLY);
}

static bool
read_passwd(void)
{
	return open("/etc/passwd", O_RDONLY) != -1;
}

static bool
read_zone(void)
{
	return open("/usr/share/zoneinfo/UTC", O_RDONLY) != -1;
}

static bool
write_root(void)
{
	return can_open("root/page.gmi", O_WRONLY);
}

static bool
truncate_root(void)
{
	return can_open("root/page.gmi", O_RDONLY | O_TRUNC);
}

static bool
create_in_root(void)
{
	return can_open("root/new.gmi", O_WRONLY | O_CREAT);
}

static bool
write_state(void)
{
	return can_open("state/edition-1.db", O_RDWR);
}

static bool
write_outside(void)
{
	return can_open("outside/secret", O_WRONLY);
}

static bool
create_outside(void)
{
	return can_open("outside/new", O_WRONLY | O_CREAT);
}

static bool
rename_between_folders(void)
{
	char from[128];

	strcpy(from, path_below("root/page.gmi"));
	return rename(from, path_below("root/sub/page.gmi")) == 0;
}

static bool
rename_to_outside(void)
{
	char from[128];

	strcpy(from, path_below("root/page.gmi"));
	return rename(from, path_below("outside/page.gmi")) == 0;
}

static bool
remove_in_root(void)
{
	return unlink(path_below("root/page.gmi")) == 0;
}

static bool
make_fifo(void)
{
	return mknod(path_below("root/fifo"), S_IFIFO | 0600, 0) == 0;
}

static bool
change_mode(void)
{
	return chmod(path_below("root/page.gmi"), 0777) == 0;
}

static bool
open_socket(void)
{
	return socket(AF_INET, SOCK_STREAM, 0) != -1;
}

static bool
execute(void)
{
	execl("/bin/true", "true", (char *)NULL);
	return false;
}

static bool
start_process(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return pid > 0;
}

static bool
signal_parent(void)
{
	return kill(getppid(), 0) == 0;
}

/* --- connecting out: a worker has listening sockets, and others that a peer left --- */

/* Made before the attempts: a listening socket as a worker has one, a socket that is closed as
 * that of a peer is who left, and where somebody else listens. */
static int listener_fd, closed_fd, goal_fd;
static struct sockaddr_in goal;

static int
listen_somewhere(struct sockaddr_in *out)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(*out);

	*out =
	    (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	assert_int_equal(bind(fd, (struct sockaddr *)out, sizeof(*out)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)out, &len), 0);
	return fd;
}

static void
open_sockets(void)
{
	struct sockaddr_in own;

	listener_fd = listen_somewhere(&own);
	goal_fd = listen_somewhere(&goal);
	closed_fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void
close_sockets(void)
{
	close(listener_fd);
	close(goal_fd);
	close(closed_fd);
}

static bool
connect_out(void)
{
	return connect(closed_fd, (struct sockaddr *)&goal, sizeof(goal)) == 0;
}

static bool
close_listener(void)
{
	return shutdown(listener_fd, SHUT_RDWR) == 0;
}

static bool
shut_listener_for_reading(void)
{
	return shutdown(listener_fd, SHUT_RD) == 0;
}

static bool
end_writing(void)
{
	return shutdown(goal_fd, SHUT_WR) == 0 || errno == ENOTCONN;
}

static bool
send_to_address(void)
{
	const struct sockaddr *address = (struct sockaddr *)&goal;

	return sendto(closed_fd, "x", 1, MSG_FASTOPEN, address, sizeof(goal)) != -1;
}

static bool
message_with(int flags)
{
	struct iovec part = {.iov_base = &(char){'x'}, .iov_len = 1};
	struct msghdr message = {
	    .msg_name = &goal, .msg_namelen = sizeof(goal), .msg_iov = &part, .msg_iovlen = 1};

	return sendmsg(closed_fd, &message, flags) != -1;
}

static bool
message_by_fast_open(void)
{
	return message_with(MSG_FASTOPEN | MSG_NOSIGNAL);
}

static bool
message_to_address(void)
{
	return message_with(MSG_NOSIGNAL);
}

static bool
messages_by_fast_open(void)
{
	struct iovec part = {.iov_base = &(char){'x'}, .iov_len = 1};
	struct mmsghdr message = {
	    .msg_hdr = {
		.msg_name = &goal, .msg_namelen = sizeof(goal), .msg_iov = &part, .msg_iovlen = 1}};

	return sendmmsg(closed_fd, &message, 1, MSG_FASTOPEN | MSG_NOSIGNAL) != -1;
}

static bool
listen_again(void)
{
	return listen(listener_fd, 1) == 0;
}

static bool
bind_elsewhere(void)
{
	return bind(closed_fd, (struct sockaddr *)&goal, sizeof(goal)) == 0;
}

static bool
drop_all_with_a_filter(void)
{
	struct sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog program = {.len = 1, .filter = &drop};

	return setsockopt(listener_fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) ==
	       0;
}

#ifdef __x86_64__
#define X32_BIT 0x40000000

static bool
call_by_x32(void)
{
	return syscall(X32_BIT | SYS_getpid) != -1;
}

/* The call with number 20 of a 32-bit program is getpid(): harmless, were it not for its kind. */
static bool
call_by_i386(void)
{
	long result;

	__asm__ volatile("int $0x80" : "=a"(result) : "a"(20) : "memory");
	return result > 0;
}
#endif

/* Whether a library that tries io_uring is told that the kernel has none. */
static bool
finds_no_ring(void)
{
	char params[256] = {0};

	for (int number = SYS_io_uring_setup; number <= SYS_io_uring_register; number++)
		if (syscall(number, 1, params, 0, 0, NULL, 0) != -1 || errno != ENOSYS)
			return false;
	return true;
}

static bool
can_make_ring(void)
{
	char params[256] = {0};

	return syscall(SYS_io_uring_setup, 1, params) != -1 || errno != ENOSYS;
}

/* --- trying them --- */

static bool
is_foreign(bool (*attempt)(void))
{
#ifdef __x86_64__
	return attempt == call_by_i386;
#else
	(void)attempt;
	return false;
#endif
}

static enum outcome
outcome_of(enum sandbox_kind kind, bool (*attempt)(void))
{
	struct error err;
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (!sandbox_drop(&setup, &err) || !sandbox_enter(&setup, kind, &err)) {
			fprintf(stderr, "%s\n", err.text);
			_exit(99);
		}
		_exit(attempt() ? WORKS : REFUSED);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFSIGNALED(status)) {
		/* SIGSEGV: the kernel has no such calls at all. */
		assert_true(WTERMSIG(status) == SIGSYS ||
			    (WTERMSIG(status) == SIGSEGV && is_foreign(attempt)));
		return KILLED;
	}
	assert_int_not_equal(WEXITSTATUS(status), 99);
	return WEXITSTATUS(status) == WORKS ? WORKS : REFUSED;
}

struct attempt {
	const char *label;
	bool (*attempt)(void);
	enum outcome expected;
};

static void
check_attempts(enum sandbox_kind kind, const struct attempt *attempts, size_t count)
{
	if (is_under_valgrind())
		skip();
	for (size_t i = 0; i < count; i++) {
		const struct attempt *a = &attempts[i];
		if (a->expected == KILLED && !HAS_FILTER)
			continue;
		if (a->expected == REFUSED && landlock_version() < 3)
			continue;
		write_file("root/page.gmi");
		open_sockets();
		enum outcome outcome = outcome_of(kind, a->attempt);
		close_sockets();
		check_row_text(a->label, outcome_names[outcome], outcome_names[a->expected]);
	}
}

static void
worker_reads_its_folders_and_nothing_else(void **state)
{
	static const struct attempt attempts[] = {
	    {"read a page", read_root, WORKS},
	    {"read the edition", read_state, WORKS},
	    {"read outside", read_outside, REFUSED},
	    {"read /etc/passwd", read_passwd, REFUSED},
	    {"write a page", write_root, REFUSED},
	    {"cut a page", truncate_root, REFUSED},
	    {"make a page", create_in_root, REFUSED},
	    {"write the edition", write_state, REFUSED},
	    {"write outside", write_outside, REFUSED},
	    {"rename a page", rename_between_folders, KILLED},
	    {"remove a page", remove_in_root, KILLED},
	    {"change a page's mode", change_mode, KILLED},
	    {"open a socket", open_socket, KILLED},
	    {"run a program", execute, KILLED},
	    {"start a process", start_process, KILLED},
	    {"signal the supervisor", signal_parent, KILLED},
	};

	(void)state;
	check_attempts(SANDBOX_WORKER, attempts, ROWS(attempts));
}

static void
child_connects_to_nobody(void **state)
{
	static const struct attempt attempts[] = {
	    {"connect", connect_out, KILLED},
	    {"turn a listener into a plain socket", close_listener, KILLED},
	    {"the same by half", shut_listener_for_reading, KILLED},
	    {"shut for writing", end_writing, WORKS},
	    {"sendto an address", send_to_address, KILLED},
	    {"sendmsg with fast open", message_by_fast_open, KILLED},
	    {"sendmsg to an address", message_to_address, REFUSED},
	    {"sendmmsg with fast open", messages_by_fast_open, KILLED},
	    {"listen anew", listen_again, KILLED},
	    {"bind", bind_elsewhere, KILLED},
	    {"filter what others are sent", drop_all_with_a_filter, KILLED},
#ifdef __x86_64__
	    {"a call of the x32 kind", call_by_x32, KILLED},
	    {"a call of the i386 kind", call_by_i386, KILLED},
#endif
	};

	(void)state;
	if (!HAS_FILTER)
		skip();
	check_attempts(SANDBOX_WORKER, attempts, ROWS(attempts));
	check_attempts(SANDBOX_PUBLISHER, attempts, ROWS(attempts));
}

static void
publisher_writes_in_its_folders_alone(void **state)
{
	static const struct attempt attempts[] = {
	    {"read a page", read_root, WORKS},
	    {"write a page", write_root, WORKS},
	    {"make a page", create_in_root, WORKS},
	    {"write the edition", write_state, WORKS},
	    {"read a time zone", read_zone, WORKS},
	    {"rename between folders", rename_between_folders, WORKS},
	    {"remove a page", remove_in_root, WORKS},
	    {"rename to outside", rename_to_outside, REFUSED},
	    {"read outside", read_outside, REFUSED},
	    {"write outside", write_outside, REFUSED},
	    {"make a file outside", create_outside, REFUSED},
	    {"make a FIFO", make_fifo, KILLED},
	    {"open a socket", open_socket, KILLED},
	    {"run a program", execute, KILLED},
	    {"start a process", start_process, KILLED},
	};

	(void)state;
	check_attempts(SANDBOX_PUBLISHER, attempts, ROWS(attempts));
}

/* An event loop that had a ring when the sandbox is shut would go on using it. */
static void
no_ring_is_to_be_had_before_and_in_the_sandbox(void **state)
{
	struct error err;
	int status;

	(void)state;
	if (!HAS_FILTER || is_under_valgrind())
		skip();
	assert_int_equal(outcome_of(SANDBOX_WORKER, finds_no_ring), WORKS);
	assert_int_equal(outcome_of(SANDBOX_PUBLISHER, finds_no_ring), WORKS);
	pid_t pid = fork();
	if (pid == 0)
		_exit(sandbox_drop(&setup, &err) && !can_make_ring() ? 0 : 1);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void
sandbox_can_be_switched_off(void **state)
{
	(void)state;
	config.server.sandbox = false;
	assert_int_equal(outcome_of(SANDBOX_WORKER, read_passwd), WORKS);
	assert_int_equal(outcome_of(SANDBOX_WORKER, open_socket), WORKS);
	config.server.sandbox = true;
}

static void
missing_root_does_not_stop_it(void **state)
{
	const char *root = capsule.root;

	(void)state;
	if (is_under_valgrind())
		skip();
	capsule.root = strdup(path_below("not-there"));
	assert_int_equal(outcome_of(SANDBOX_WORKER, read_state), WORKS);
	free((char *)capsule.root);
	capsule.root = root;
}

static bool
is_nobody_for_good(void)
{
	return getuid() != 0 && geteuid() != 0 && getegid() != 0 && setuid(0) == -1 &&
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1 && prctl(PR_GET_DUMPABLE) == 0;
}

static void
root_becomes_the_user_for_good(void **state)
{
	const struct passwd *nobody = getpwnam("nobody");

	(void)state;
	if (geteuid() != 0 || nobody == NULL)
		skip();
	setup.uid = nobody->pw_uid;
	setup.gid = nobody->pw_gid;
	strcpy(setup.user, "nobody");
	config.server.sandbox = false;
	assert_int_equal(outcome_of(SANDBOX_WORKER, is_nobody_for_good), WORKS);
	config.server.sandbox = true;
	setup.user[0] = '\0';
	setup.uid = (uid_t)-1;
}

static void
child_of_another_parent_refuses_to_live(void **state)
{
	struct error err;

	(void)state;
	setup.supervisor_pid = 1;
	pid_t pid = fork();
	if (pid == 0)
		_exit(sandbox_drop(&setup, &err) ? 0 : 1);
	int status;
	waitpid(pid, &status, 0);
	assert_int_equal(WEXITSTATUS(status), 1);
	setup.supervisor_pid = getpid();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(worker_reads_its_folders_and_nothing_else),
	    cmocka_unit_test(child_connects_to_nobody),
	    cmocka_unit_test(publisher_writes_in_its_folders_alone),
	    cmocka_unit_test(no_ring_is_to_be_had_before_and_in_the_sandbox),
	    cmocka_unit_test(sandbox_can_be_switched_off),
	    cmocka_unit_test(missing_root_does_not_stop_it),
	    cmocka_unit_test(root_becomes_the_user_for_good),
	    cmocka_unit_test(child_of_another_parent_refuses_to_live),
	};

	return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
