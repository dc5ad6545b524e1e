#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net/clients.h"

#define WORKERS     3
#define CONNECTIONS 200

static struct clients *clients;

static int
open_clients(void **state)
{
	(void)state;
	clients = clients_new(WORKERS, CONNECTIONS);
	return clients == NULL;
}

static int
close_clients(void **state)
{
	(void)state;
	clients_free(clients);
	return 0;
}

static struct sockaddr_storage
at(const char *address)
{
	struct sockaddr_storage client = {0};
	struct sockaddr_in *in = (struct sockaddr_in *)&client;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&client;

	if (inet_pton(AF_INET, address, &in->sin_addr) == 1)
		client.ss_family = AF_INET;
	else if (inet_pton(AF_INET6, address, &in6->sin6_addr) == 1)
		client.ss_family = AF_INET6;
	else
		fail_msg("%s is no address", address);
	return client;
}

/* 10.0.x.y of a number. */
static struct sockaddr_storage
numbered(uint32_t number)
{
	struct sockaddr_storage client = at("10.0.0.0");

	((struct sockaddr_in *)&client)->sin_addr.s_addr = htonl(0x0a000000 + number);
	return client;
}

static int
enter(int worker, const char *address)
{
	struct sockaddr_storage client = at(address);

	return clients_enter(clients, worker, &client);
}

static void
leave(int worker, const char *address)
{
	struct sockaddr_storage client = at(address);

	clients_leave(clients, worker, &client);
}

static void
connections_add_up_over_all_workers(void **state)
{
	(void)state;
	assert_int_equal(enter(0, "192.0.2.1"), 1);
	assert_int_equal(enter(0, "192.0.2.1"), 2);
	assert_int_equal(enter(2, "192.0.2.1"), 3);
	leave(0, "192.0.2.1");
	assert_int_equal(enter(1, "192.0.2.1"), 3);
	leave(0, "192.0.2.1");
	leave(0, "192.0.2.1"); /* one too many changes nothing */
	assert_int_equal(enter(0, "192.0.2.1"), 3);
}

static void
a_client_is_an_ipv4_address_or_an_ipv6_network(void **state)
{
	static const struct {
		const char *label, *one, *other;
		int together;
	} cases[] = {
	    {"neighbours", "192.0.2.1", "192.0.2.2", 1},
	    {"one /64", "2001:db8::1", "2001:db8::2:0:0:1", 2},
	    {"one /64, the byte behind it another", "2001:db8::1", "2001:db8::200:0:0:1", 2},
	    {"two networks whose first byte differs", "2001:db8::1", "3001:db8::1", 1},
	    {"two /64s", "2001:db8::1", "2001:db8:0:1::1", 1},
	    {"an IPv4 address in IPv6", "198.51.100.1", "::ffff:198.51.100.1", 2},
	    {"two such", "::ffff:198.51.100.2", "::ffff:198.51.100.3", 1},
	    {"the loopback", "::1", "::1", 2},
	    {"the two loopbacks", "::1", "127.0.0.1", 1},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		print_message("%s\n", cases[i].label);
		assert_int_equal(enter(0, cases[i].one), 1);
		assert_int_equal(enter(1, cases[i].other), cases[i].together);
		leave(0, cases[i].one);
		leave(1, cases[i].other);
	}
}

static void
who_has_no_address_is_not_counted(void **state)
{
	struct sockaddr_storage unspecified = {0}, local = {.ss_family = AF_UNIX};

	(void)state;
	assert_int_equal(clients_enter(clients, 0, &unspecified), 0);
	assert_int_equal(clients_enter(clients, 0, &local), 0);
	clients_leave(clients, 0, &local);
	assert_int_equal(clients_request(clients, &unspecified, 1, 1), 0);
	assert_int_equal(clients_request(clients, &unspecified, 1, 1), 0);
}

static void
a_restarted_worker_begins_with_none(void **state)
{
	(void)state;
	enter(0, "192.0.2.1");
	enter(0, "192.0.2.2");
	enter(1, "192.0.2.1");
	clients_reset(clients, 0);
	assert_int_equal(enter(0, "192.0.2.1"), 2);
	assert_int_equal(enter(0, "192.0.2.2"), 1);
}

/* With what was left in any slot somebody would have one too many. */
static void
a_restarted_worker_begins_with_none_even_after_a_full_table(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 5 * CONNECTIONS; i++) {
		struct sockaddr_storage client = numbered(i);
		clients_enter(clients, 0, &client);
	}
	clients_reset(clients, 0);
	for (uint32_t i = 0; i < 5 * CONNECTIONS; i++) {
		struct sockaddr_storage client = numbered(i);
		assert_int_equal(clients_enter(clients, 0, &client), 1);
		clients_leave(clients, 0, &client);
	}
}

static void
a_table_has_twice_the_room_that_is_needed(void **state)
{
	struct clients *some = clients_new(1, 256);
	int counted = 0;

	(void)state;
	for (uint32_t i = 0; i < 2000; i++) {
		struct sockaddr_storage client = numbered(i);
		counted += clients_enter(some, 0, &client);
	}
	assert_int_equal(counted, 512);
	clients_free(some);
}

/* Bytes of this process's address space. */
static long
mapped_bytes(void)
{
	FILE *file = fopen("/proc/self/statm", "re");
	long pages = 0;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%ld", &pages), 1);
	fclose(file);
	return pages * sysconf(_SC_PAGESIZE);
}

static void
all_memory_is_given_back(void **state)
{
	const long mib = 1024 * 1024;
	long before = mapped_bytes();

	(void)state;
	for (int i = 0; i < 20; i++) { /* 4 MiB of buckets each */
		struct clients *some = clients_new(1, 64 * 1024);
		assert_non_null(some);
		clients_free(some);
	}
	assert_true(mapped_bytes() - before < 40 * mib);
}

/* 64 MiB are more than a process may map that may have nothing more. */
static void
without_memory_there_are_no_clients(void **state)
{
	(void)state;
	pid_t pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0) {
		struct rlimit none = {0, 0};
		setrlimit(RLIMIT_AS, &none);
		_exit(clients_new(1, 1024 * 1024) == NULL ? 0 : 1);
	}
	int status;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Against a plain array, in a table as full as it gets. */
static void
counts_survive_any_order_of_coming_and_going(void **state)
{
	static int expected[CONNECTIONS * 3];
	unsigned seed = 7;
	int open = 0;

	(void)state;
	for (int step = 0; step < 200000; step++) {
		uint32_t who = (uint32_t)rand_r(&seed) % (CONNECTIONS * 3);
		struct sockaddr_storage client = numbered(who);
		int comes = rand_r(&seed) % 2;
		if (comes && open < CONNECTIONS) {
			assert_int_equal(clients_enter(clients, 0, &client), ++expected[who]);
			open++;
		} else if (expected[who] > 0) {
			clients_leave(clients, 0, &client);
			expected[who]--;
			open--;
		}
	}
	for (uint32_t who = 0; who < CONNECTIONS * 3; who++) {
		struct sockaddr_storage client = numbered(who);
		assert_int_equal(clients_enter(clients, 1, &client), expected[who] + 1);
		clients_leave(clients, 1, &client);
	}
}

static void
a_full_table_counts_no_more_but_breaks_nothing(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 5 * CONNECTIONS; i++) {
		struct sockaddr_storage client = numbered(i);
		assert_in_range(clients_enter(clients, 0, &client), 0, 1);
	}
	for (uint32_t i = 0; i < 5 * CONNECTIONS; i++) {
		struct sockaddr_storage client = numbered(i);
		clients_leave(clients, 0, &client);
	}
	assert_int_equal(enter(0, "192.0.2.1"), 1);
}

static void
as_many_requests_as_a_minute_allows(void **state)
{
	static const int limits[] = {1, 7, 60, 1000, 60000};
	struct sockaddr_storage client = at("192.0.2.1");
	int64_t now = 1000000;

	(void)state;
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++, now += 60000) {
		for (int n = 0; n < limits[i]; n++)
			assert_int_equal(clients_request(clients, &client, limits[i], now), 0);
		assert_int_not_equal(clients_request(clients, &client, limits[i], now), 0);
	}
}

static void
the_wait_is_told_in_seconds_and_keeping_it_is_enough(void **state)
{
	struct sockaddr_storage client = at("192.0.2.1");
	int64_t now = 5;
	int wait;

	(void)state;
	for (int i = 0; i < 6; i++)
		assert_int_equal(clients_request(clients, &client, 6, now), 0);
	for (int i = 0; i < 20; i++) { /* asking again does not prolong it */
		wait = clients_request(clients, &client, 6, now);
		assert_int_equal(wait, 10);
	}
	assert_int_equal(clients_request(clients, &client, 6, now + 9000), 1);
	assert_int_equal(clients_request(clients, &client, 6, now + wait * 1000), 0);
	assert_int_equal(clients_request(clients, &client, 6, now + wait * 1000), 10);
}

static void
clients_do_not_use_up_each_others_requests(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < CONNECTIONS; i++) {
		struct sockaddr_storage client = numbered(i);
		assert_int_equal(clients_request(clients, &client, 1, 1000), 0);
	}
}

/* Each is quiet a second after its only request: so that their buckets are full before his is. */
static void
who_asked_too_often_is_remembered_longest(void **state)
{
	struct sockaddr_storage greedy = at("192.0.2.1");
	struct clients *few = clients_new(1, 1);

	(void)state;
	for (int i = 0; i < 60; i++)
		assert_int_equal(clients_request(few, &greedy, 60, 1000), 0);
	for (uint32_t i = 0; i < 5000; i++) {
		struct sockaddr_storage other = numbered(i);
		assert_int_equal(clients_request(few, &other, 60, 1000), 0);
	}
	assert_int_not_equal(clients_request(few, &greedy, 60, 1000), 0);
	clients_free(few);
}

static void
no_limit_means_none(void **state)
{
	struct sockaddr_storage client = at("192.0.2.1");

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(clients_request(clients, &client, 0, 1000), 0);
}

static pid_t
fork_worker(int worker)
{
	assert_true(clients_lend(clients, worker, true));
	pid_t pid = fork();
	assert_int_not_equal(pid, -1);
	if (pid == 0 && !clients_settle(clients, worker))
		_exit(255);
	assert_true(pid == 0 || clients_lend(clients, worker, false));
	return pid;
}

static int
end_of(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

static void
a_worker_counts_in_its_own_table_and_sees_the_others(void **state)
{
	struct sockaddr_storage client = at("192.0.2.1");

	(void)state;
	assert_int_equal(enter(0, "192.0.2.1"), 1);
	pid_t pid = fork_worker(1);
	if (pid == 0)
		_exit(clients_enter(clients, 1, &client));
	assert_int_equal(end_of(pid), 2);
	assert_int_equal(enter(2, "192.0.2.1"), 3);
}

static void
a_worker_cannot_count_in_the_table_of_another(void **state)
{
	struct sockaddr_storage client = at("192.0.2.1");

	(void)state;
	pid_t pid = fork_worker(1);
	if (pid == 0) {
		signal(SIGSEGV, SIG_DFL); /* cmocka would go on with the next test */
		_exit(clients_enter(clients, 2, &client) == 1 ? 0 : 254);
	}
	assert_int_not_equal(end_of(pid), 0);
	assert_int_equal(enter(2, "192.0.2.1"), 1);
}

/* Three processes ask at the same time: together they get what the limit allows, to the one. */
static void
requests_are_exact_over_processes(void **state)
{
	struct sockaddr_storage client = at("192.0.2.1");
	int granted = 0, status;

	(void)state;
	for (int worker = 0; worker < WORKERS; worker++) {
		pid_t pid = fork_worker(worker);
		if (pid != 0)
			continue;
		int mine = 0;
		for (int i = 0; i < 300; i++)
			mine += clients_request(clients, &client, 200, 1000) == 0;
		_exit(mine);
	}
	for (int worker = 0; worker < WORKERS; worker++) {
		assert_int_not_equal(wait(&status), -1);
		assert_true(WIFEXITED(status));
		granted += WEXITSTATUS(status);
	}
	assert_int_equal(granted, 200);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_clients, close_clients)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(connections_add_up_over_all_workers),
	    TEST(a_client_is_an_ipv4_address_or_an_ipv6_network),
	    TEST(who_has_no_address_is_not_counted),
	    TEST(a_restarted_worker_begins_with_none),
	    TEST(a_restarted_worker_begins_with_none_even_after_a_full_table),
	    TEST(a_table_has_twice_the_room_that_is_needed),
	    cmocka_unit_test(all_memory_is_given_back),
	    cmocka_unit_test(without_memory_there_are_no_clients),
	    TEST(counts_survive_any_order_of_coming_and_going),
	    TEST(a_full_table_counts_no_more_but_breaks_nothing),
	    TEST(as_many_requests_as_a_minute_allows),
	    TEST(the_wait_is_told_in_seconds_and_keeping_it_is_enough),
	    TEST(clients_do_not_use_up_each_others_requests),
	    cmocka_unit_test(who_asked_too_often_is_remembered_longest),
	    TEST(no_limit_means_none),
	    TEST(requests_are_exact_over_processes),
	    TEST(a_worker_counts_in_its_own_table_and_sees_the_others),
	    TEST(a_worker_cannot_count_in_the_table_of_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
