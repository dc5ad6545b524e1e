#include "check.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ipc/unix_socket.h"
#include "supervisor/listen.h"

static char folder[64];
static char socket_path[128], socket_name[160];

static int
make_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/test-listen-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(socket_path, sizeof(socket_path), "%s/gemini.sock", folder);
	snprintf(socket_name, sizeof(socket_name), "unix:%s", socket_path);
	return 0;
}

static int
remove_folder(void **state)
{
	(void)state;
	unlink(socket_path);
	return rmdir(folder);
}

static struct strings
one(const char *address)
{
	struct strings list = {0};

	assert_true(strings_add(&list, address));
	return list;
}

static struct listeners
open_one(const char *address)
{
	struct strings list = one(address);
	struct listeners l;
	struct error err = {""};

	if (!listeners_open(&list, NULL, (gid_t)-1, &l, &err))
		fail_msg("%s", err.text);
	strings_free(&list);
	return l;
}

static void
expect_refusal(const char *address, const char *reason)
{
	struct strings list = one(address);
	struct listeners l = LISTENERS_EMPTY;
	struct error err;

	assert_false(listeners_open(&list, NULL, (gid_t)-1, &l, &err));
	if (strstr(err.text, reason) == NULL)
		fail_msg("\"%s\" does not hold \"%s\"", err.text, reason);
	assert_null(strchr(err.text, '\n'));
	assert_int_equal(l.count, 0);
	strings_free(&list);
}

static int
option(int fd, int level, int name)
{
	int value = -1;
	socklen_t len = sizeof(value);

	assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
	return value;
}

static void
any_port_is_one_port_for_both_families(void **state)
{
	struct strings list = one("127.0.0.1:0");
	struct listeners l;
	struct error err;

	(void)state;
	strings_add(&list, "[::1]:0");
	if (!listeners_open(&list, NULL, (gid_t)-1, &l, &err))
		skip(); /* a machine without IPv6 */
	assert_int_equal(l.count, 2);
	assert_int_not_equal(l.items[0].port, 0);
	assert_int_equal(l.items[0].port, l.items[1].port);
	assert_int_equal(listeners_port(&l), l.items[0].port);
	assert_string_equal(l.items[1].name, "[::1]:0");
	listeners_close(&l);
	strings_free(&list);
}

static void
tcp_sockets_are_set_up_for_all_their_connections(void **state)
{
	struct listeners l = open_one("127.0.0.1:0");
	int fd = l.items[0].fd;

	(void)state;
	assert_int_equal(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
	assert_int_not_equal(option(fd, IPPROTO_TCP, TCP_DEFER_ACCEPT), 0);
	assert_int_equal(option(fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	assert_true(fcntl(fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	listeners_close(&l);
}

static void
address_in_use_is_named_with_a_question(void **state)
{
	struct listeners l = open_one("127.0.0.1:0");
	char taken[64], reason[128];

	(void)state;
	snprintf(taken, sizeof(taken), "127.0.0.1:%d", l.items[0].port);
	snprintf(reason, sizeof(reason),
	    "listen %s: Address already in use: is another server running?", taken);
	expect_refusal(taken, reason);
	listeners_close(&l);
}

static void
stale_unix_socket_is_replaced(void **state)
{
	(void)state;
	struct listeners dead = open_one(socket_name);
	listeners_close(&dead);
	assert_int_equal(access(socket_path, F_OK), 0);

	struct listeners l = open_one(socket_name);
	assert_true(l.items[0].is_unix);
	assert_int_equal(l.items[0].port, 0);
	int fd = unix_socket_connect(socket_path, SOCK_STREAM);
	assert_int_not_equal(fd, -1);
	close(fd);
	listeners_unlink(&l);
	listeners_close(&l);
	assert_int_equal(access(socket_path, F_OK), -1);
}

static void
living_unix_socket_is_left_alone(void **state)
{
	(void)state;
	struct listeners l = open_one(socket_name);
	expect_refusal(socket_name, "is another server running?");
	int fd = unix_socket_connect(socket_path, SOCK_STREAM);
	assert_int_not_equal(fd, -1);
	close(fd);
	listeners_unlink(&l);
	listeners_close(&l);
}

static void
file_in_the_way_is_not_removed(void **state)
{
	int fd = open(socket_path, O_WRONLY | O_CREAT, 0600);

	(void)state;
	close(fd);
	expect_refusal(socket_name, "no socket");
	assert_int_equal(unlink(socket_path), 0);
}

static void
path_too_long_for_an_address_works(void **state)
{
	char deep[200], path[256];
	struct error err;

	(void)state;
	snprintf(deep, sizeof(deep), "%s/%0120d", folder, 0);
	assert_int_equal(mkdir(deep, 0700), 0);
	snprintf(path, sizeof(path), "%s/control.sock", deep);
	int fd = unix_socket_listen(path, SOCK_SEQPACKET, 0600, &err);
	assert_int_not_equal(fd, -1);
	struct stat st;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	int client_fd = unix_socket_connect(path, SOCK_SEQPACKET);
	assert_int_not_equal(client_fd, -1);
	close(client_fd);
	close(fd);
	unlink(path);
	rmdir(deep);
}

static void
same_address_keeps_its_socket_over_a_reload(void **state)
{
	struct strings list = one("127.0.0.1:0");
	struct listeners old = open_one("127.0.0.1:0"), l;
	struct error err;

	(void)state;
	assert_true(listeners_open(&list, &old, (gid_t)-1, &l, &err));
	assert_int_equal(l.items[0].port, old.items[0].port);
	assert_int_not_equal(l.items[0].fd, old.items[0].fd);
	listeners_close(&old);
	assert_int_equal(option(l.items[0].fd, SOL_SOCKET, SO_ACCEPTCONN), 1);
	listeners_close(&l);
	strings_free(&list);
}

static void
failed_reload_leaves_the_old_unix_socket(void **state)
{
	struct listeners old = open_one(socket_name), tcp = open_one("127.0.0.1:0"), l;
	struct strings list = one(socket_name);
	char taken[64];
	struct error err;

	(void)state;
	snprintf(taken, sizeof(taken), "127.0.0.1:%d", tcp.items[0].port);
	strings_add(&list, taken);
	assert_false(listeners_open(&list, &old, (gid_t)-1, &l, &err));
	assert_int_equal(access(socket_path, F_OK), 0);
	listeners_unlink(&old);
	listeners_close(&old);
	listeners_close(&tcp);
	strings_free(&list);
}

/* Runs in a child, where descriptor 3 may be anything. */
static int
inherit_at_three(int fd, const char *pid)
{
	struct listeners l;
	struct error err;

	dup2(fd, 3);
	setenv("LISTEN_FDS", "1", 1);
	setenv("LISTEN_PID", pid, 1);
	if (!listeners_inherit(&l, &err))
		return 2;
	if (getenv("LISTEN_FDS") != NULL || getenv("LISTEN_PID") != NULL)
		return 3;
	if (l.count == 0)
		return 4;
	int is_good = l.are_inherited && l.items[0].fd == 3 && l.items[0].port > 0 &&
		      strncmp(l.items[0].name, "127.0.0.1:", 10) == 0 &&
		      (fcntl(3, F_GETFD) & FD_CLOEXEC) != 0 &&
		      (fcntl(3, F_GETFL) & O_NONBLOCK) != 0;
	listeners_close(&l);
	return is_good ? 0 : 5;
}

static int
status_of_inheriting(int fd, bool is_for_us)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		char own[32];
		snprintf(own, sizeof(own), "%ld", is_for_us ? (long)getpid() : (long)getppid());
		_exit(inherit_at_three(fd, own));
	}
	waitpid(pid, &status, 0);
	return WEXITSTATUS(status);
}

static void
service_managers_sockets_are_taken_if_meant_for_us(void **state)
{
	struct listeners l = open_one("127.0.0.1:0");
	int unbound_fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(status_of_inheriting(l.items[0].fd, true), 0);
	assert_int_equal(status_of_inheriting(l.items[0].fd, false), 4);
	assert_int_equal(status_of_inheriting(unbound_fd, true), 2);
	close(unbound_fd);
	listeners_close(&l);
}

static int
count_descriptors(void)
{
	DIR *listing = opendir("/proc/self/fd");
	int count = 0;

	while (readdir(listing) != NULL)
		count++;
	closedir(listing);
	return count;
}

static void
no_descriptor_is_left_open(void **state)
{
	int before = count_descriptors();

	(void)state;
	any_port_is_one_port_for_both_families(NULL);
	address_in_use_is_named_with_a_question(NULL);
	living_unix_socket_is_left_alone(NULL);
	path_too_long_for_an_address_works(NULL);
	failed_reload_leaves_the_old_unix_socket(NULL);
	assert_int_equal(count_descriptors(), before);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(any_port_is_one_port_for_both_families),
	    cmocka_unit_test(tcp_sockets_are_set_up_for_all_their_connections),
	    cmocka_unit_test(address_in_use_is_named_with_a_question),
	    cmocka_unit_test(stale_unix_socket_is_replaced),
	    cmocka_unit_test(living_unix_socket_is_left_alone),
	    cmocka_unit_test(file_in_the_way_is_not_removed),
	    cmocka_unit_test(path_too_long_for_an_address_works),
	    cmocka_unit_test(same_address_keeps_its_socket_over_a_reload),
	    cmocka_unit_test(failed_reload_leaves_the_old_unix_socket),
	    cmocka_unit_test(service_managers_sockets_are_taken_if_meant_for_us),
	    cmocka_unit_test(no_descriptor_is_left_open),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
