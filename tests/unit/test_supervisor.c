/*
 * The supervisor with stand-ins for its children: this program is started again as `serve`, so
 * that an upgrade finds it too. What the stand-ins do is told by the environment, what they did by
 * lines in a file.
 */
#include "check.h"
#include "clockwork.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command/certificates.h"
#include "command/command.h"
#include "ipc/child.h"
#include "ipc/unix_socket.h"
#include "publisher/publisher.h"
#include "publisher/writer_lock.h"
#include "sandbox/sandbox.h"
#include "supervisor/state_lock.h"
#include "worker/worker.h"

#define PATIENCE_MS 30000

static char folder[64];
static char own_path[512];

/* --- the stand-ins --- */

static volatile sig_atomic_t is_told;

static void
on_sigterm(int number)
{
	(void)number;
	is_told = 1;
}

/* One line for each start: role, worker, generation, pid. */
static void
note(const char *event, const struct child_setup *setup)
{
	char line[128];
	int fd = open(getenv("TEST_NOTES"), O_WRONLY | O_APPEND | O_CREAT, 0600);
	int len = snprintf(line, sizeof(line), "%s %d %d %d %02x\n", event, setup->worker,
	    setup->generation, (int)getpid(), setup->ticket_key[0]);

	if (write(fd, line, (size_t)len) != len)
		_exit(50);
	close(fd);
}

static bool
is_asked_to(const char *behaviour)
{
	const char *asked = getenv("TEST_WORKER");

	return asked != NULL && strcmp(asked, behaviour) == 0;
}

static int
wait_for_sigterm(void)
{
	struct sigaction action = {.sa_handler = on_sigterm};
	sigset_t term, none;

	sigemptyset(&none);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	sigaction(SIGTERM, &action, NULL);
	while (!is_told || is_asked_to("stay"))
		sigsuspend(&none);
	return 0;
}

static sigjmp_buf next_piece;

static void
on_fault(int number)
{
	siglongjmp(next_piece, number);
}

/* Writes all over the scoreboard, and notes to how many pieces of it that was possible. */
static void
scribble(const struct child_setup *setup)
{
	volatile int written = 0;
	char event[32];

	signal(SIGSEGV, on_fault);
	for (volatile size_t i = 0; i < SCOREBOARD_PIECE_OF(SCOREBOARD_SLOTS); i++) {
		if (sigsetjmp(next_piece, 1) == 0) {
			memset((char *)setup->board + i * SCOREBOARD_PIECE, 0x7f, SCOREBOARD_PIECE);
			written++;
		}
	}
	snprintf(event, sizeof(event), "wrote-%d", written);
	note(event, setup);
}

int
worker_run(const struct child_setup *setup)
{
	struct error err;

	child_signals();
	note("worker", setup);
	if (is_asked_to("scribble")) {
		note(sandbox_drop(setup, &err) ? "dropped" : "refused", setup);
		scribble(setup);
	}
	if (is_asked_to("fail"))
		return 3;
	child_ready(setup->ready_fd);
	if (is_asked_to("die") || is_asked_to("scribble"))
		return 4;
	return wait_for_sigterm();
}

int
publisher_run(const struct child_setup *setup)
{
	struct error err;

	child_signals();
	if (writer_lock_take(setup->config->server.state, &err) == -1)
		return 5;
	note("publisher", setup);
	child_ready(setup->ready_fd);
	if (is_asked_to("restart all") && setup->generation == 1)
		return CHILD_EXIT_RESTART_ALL;
	return wait_for_sigterm();
}

/* --- a server of our own --- */

/* With TEST_CLOCK=stands no time passes for the supervisor. */
static int
serve(int argc, char **argv)
{
	const char *asked = getenv("TEST_CLOCK");

	clockwork.is_stepped = asked != NULL && strcmp(asked, "stands") == 0;
	return command_serve(argc, argv);
}

static const char *
path_below(const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void
write_text(const char *name, const char *text)
{
	FILE *file = fopen(path_below(name), "w");

	assert_non_null(file);
	fputs(text, file);
	assert_int_equal(fclose(file), 0);
}

static void
make_certificate(void)
{
	char host[] = "localhost", certificate[128], key[128];
	struct capsule_config capsule = {.host = host, .certificate = certificate, .key = key};
	struct error err;

	snprintf(certificate, sizeof(certificate), "%s", path_below("a.crt"));
	snprintf(key, sizeof(key), "%s", path_below("a.key"));
	if (!certificates_make(&capsule, &err))
		fail_msg("%s", err.text);
}

static void
write_ini(const char *server_lines)
{
	char text[512];

	snprintf(text, sizeof(text),
	    "[server]\nstate = var\nworkers = 2\nlisten = 127.0.0.1:0\nlisten = "
	    "unix:%s/gemini.sock\n"
	    "%s[capsule localhost]\nroot = root\ncertificate = a.crt\nkey = a.key\nport = 1999\n",
	    folder, server_lines);
	write_text("broadsheet.ini", text);
}

static int
set_up(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/test-supervisor-XXXXXX");
	if (mkdtemp(folder) == NULL)
		return -1;
	mkdir(path_below("root"), 0700);
	make_certificate();
	write_text("notes", "");
	write_ini("");
	setenv("TEST_NOTES", path_below("notes"), 1);
	unsetenv("TEST_WORKER");
	unsetenv("TEST_CLOCK");
	return 0;
}

static pid_t running[2]; /* servers that have not ended; 0: none */

static int
tear_down(void **state)
{
	char command[96];

	(void)state;
	for (size_t i = 0; i < 2; i++) { /* of a test that failed */
		if (running[i] != 0)
			kill(running[i], SIGKILL);
		running[i] = 0;
	}
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return system(command);
}

struct server {
	pid_t pid;
	int out_fd; /* its standard output */
};

static struct server
start(void)
{
	int out[2];

	assert_int_equal(pipe(out), 0);
	pid_t pid = fork();
	if (pid == 0) {
		int log_fd = open(path_below("log"), O_WRONLY | O_APPEND | O_CREAT, 0600);
		dup2(out[1], STDOUT_FILENO);
		dup2(log_fd, STDERR_FILENO);
		close(out[0]);
		close(out[1]);
		execl(own_path, "test", "serve", "-c", path_below("broadsheet.ini"), (char *)NULL);
		_exit(127);
	}
	close(out[1]);
	assert_true(pid > 0);
	running[running[0] != 0] = pid;
	return (struct server){pid, out[0]};
}

static void
expect_ready(const struct server *server)
{
	struct pollfd ready = {.fd = server->out_fd, .events = POLLIN};
	char line[256] = "";

	assert_int_equal(poll(&ready, 1, PATIENCE_MS), 1);
	ssize_t len = read(server->out_fd, line, sizeof(line) - 1);
	assert_true(len >= 0);
	assert_string_equal(line, "serving gemini://localhost:1999/\n");
}

static void
pause_shortly(void)
{
	nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* How a server ended, once it did. */
static int
status_of(struct server *server)
{
	int64_t end = now_ms() + PATIENCE_MS;
	int status;
	pid_t ended;

	while ((ended = waitpid(server->pid, &status, WNOHANG)) == 0) {
		if (now_ms() > end)
			fail_msg("process %d does not end", (int)server->pid);
		pause_shortly();
	}
	assert_int_equal(ended, server->pid);
	running[running[0] != ended] = 0;
	close(server->out_fd);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static int
stop(struct server *server)
{
	kill(server->pid, SIGTERM);
	return status_of(server);
}

/* A file's text, static. */
static const char *
text_of(const char *name)
{
	static char text[16384];
	int fd = open(path_below(name), O_RDONLY);
	ssize_t len = fd == -1 ? 0 : read(fd, text, sizeof(text) - 1);

	close(fd);
	text[len < 0 ? 0 : len] = '\0';
	return text;
}

static void
expect_text(const char *name, const char *text)
{
	int64_t end = now_ms() + PATIENCE_MS;

	while (strstr(text_of(name), text) == NULL) {
		if (now_ms() > end)
			fail_msg("%s has no \"%s\":\n%s", name, text, text_of(name));
		pause_shortly();
	}
}

static int
count(const char *name, const char *text)
{
	int n = 0;

	for (const char *at = strstr(text_of(name), text); at != NULL; at = strstr(at + 1, text))
		n++;
	return n;
}

static void
expect_count(const char *text, int wanted)
{
	int64_t end = now_ms() + PATIENCE_MS;

	while (count("notes", text) < wanted) {
		if (now_ms() > end)
			fail_msg("not %d of \"%s\":\n%s\n%s", wanted, text, text_of("notes"),
			    text_of("log"));
		pause_shortly();
	}
	assert_int_equal(count("notes", text), wanted);
}

/* The pid in the last note that begins so. */
static pid_t
pid_of(const char *beginning)
{
	const char *found = NULL;
	const char *text = text_of("notes");
	int worker, generation, pid = 0;

	for (const char *at = strstr(text, beginning); at != NULL; at = strstr(at + 1, beginning))
		found = at;
	assert_non_null(found);
	assert_int_equal(sscanf(found, "%*s %d %d %d", &worker, &generation, &pid), 3);
	return pid;
}

static void
expect_gone(pid_t pid)
{
	int64_t end = now_ms() + PATIENCE_MS;

	while (kill(pid, 0) == 0) {
		if (now_ms() > end)
			fail_msg("process %d is still there:\n%s", (int)pid, text_of("log"));
		pause_shortly();
	}
}

/* --- tests --- */

static void
ready_line_comes_and_sigterm_leaves_nothing_behind(void **state)
{
	struct server server = start();
	struct stat st;

	(void)state;
	expect_ready(&server);
	expect_count("worker 0 1 ", 1);
	expect_count("worker 1 1 ", 1);
	assert_int_equal(stat(path_below("var"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0700);
	assert_int_equal(stat(path_below("var/localhost"), &st), 0);
	assert_int_equal(stat(path_below("var/control.sock"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(stat(path_below("gemini.sock"), &st), 0);
	assert_int_equal(stop(&server), 0);
	assert_int_equal(access(path_below("var/control.sock"), F_OK), -1);
	assert_int_equal(access(path_below("gemini.sock"), F_OK), -1);
}

static void
worker_that_cannot_start_ends_the_first_start(void **state)
{
	(void)state;
	setenv("TEST_WORKER", "fail", 1);
	struct server server = start();
	assert_int_equal(status_of(&server), 1);
	expect_text("log", "exited with status 3 before it was ready");
	assert_int_equal(access(path_below("gemini.sock"), F_OK), -1);
}

static void
second_server_names_the_pid_of_the_first(void **state)
{
	char expected[64];
	struct server first = start();

	(void)state;
	expect_ready(&first);
	struct server second = start();
	assert_int_equal(status_of(&second), 1);
	snprintf(expected, sizeof(expected), "is held by process %d", (int)first.pid);
	expect_text("log", expected);
	assert_int_equal(stop(&first), 0);
}

static void
killed_child_is_started_again(void **state)
{
	struct server server = start();

	(void)state;
	expect_ready(&server);
	expect_count("publisher", 1);
	kill(pid_of("worker 1"), SIGKILL);
	expect_count("worker 1 1 ", 2);
	kill(pid_of("publisher"), SIGABRT);
	expect_count("publisher", 2);
	expect_count("worker 0 1 ", 1);
	expect_text("log", "was killed by signal 6");
	assert_int_equal(stop(&server), 0);
}

static void
child_that_dies_at_once_is_not_started_in_a_frenzy(void **state)
{
	(void)state;
	setenv("TEST_WORKER", "die", 1);
	struct server server = start();
	expect_count("worker 0 1 ", 3);
	expect_text("log", "exited with status 4: starting it again after 100 ms");
	expect_text("log", "exited with status 4: starting it again after 200 ms");
	expect_text("log", "exited with status 4: starting it again after 400 ms");
	assert_int_equal(stop(&server), 0);
}

static void
child_that_dies_at_once_is_not_started_before_its_time(void **state)
{
	(void)state;
	setenv("TEST_WORKER", "die", 1);
	setenv("TEST_CLOCK", "stands", 1);
	struct server server = start();
	for (int i = 0; i < 2; i++) {
		char note[32], line[96];
		snprintf(note, sizeof(note), "worker %d 1 ", i);
		expect_count(note, 1);
		snprintf(line, sizeof(line),
		    "(pid %d) exited with status 4: starting it again after 100 ms",
		    (int)pid_of(note));
		expect_text("log", line);
	}
	kill(server.pid, SIGHUP); /* the new ones start, and none of the old */
	expect_count("worker 0 2 ", 1);
	expect_count("worker 0 1 ", 1);
	expect_count("worker 1 1 ", 1);
	assert_int_equal(stop(&server), 0);
}

static void
child_that_scribbles_over_the_scoreboard_stops_nobody(void **state)
{
	(void)state;
	setenv("TEST_WORKER", "scribble", 1);
	struct server server = start();
	expect_count("dropped 0 1 ", 3);
	assert_int_equal(count("notes", "refused"), 0);
	kill(server.pid, SIGHUP); /* slots are there for the next generation too */
	expect_text("notes", "wrote-1 0 2 ");
	assert_int_equal(count("notes", "wrote-"), count("notes", "wrote-1 "));
	assert_int_equal(stop(&server), 0);
}

static void
reload_begins_a_generation_and_drains_the_old_one(void **state)
{
	struct server server = start();

	(void)state;
	expect_ready(&server);
	expect_count("publisher -1 1 ", 1);
	pid_t old_worker = pid_of("worker 0"), old_publisher = pid_of("publisher");
	write_ini("");
	kill(server.pid, SIGHUP);
	expect_text("log", "generation 2 is serving");
	expect_gone(old_worker);
	expect_gone(old_publisher);
	expect_count("publisher -1 2 ", 1);
	expect_count("worker 1 2 ", 1);
	assert_int_equal(access(path_below("gemini.sock"), F_OK), 0);
	int fd = unix_socket_connect(path_below("gemini.sock"), SOCK_STREAM);
	assert_int_not_equal(fd, -1);
	close(fd);
	assert_int_equal(stop(&server), 0);
}

static void
reload_with_a_mistake_goes_on_with_what_was_there(void **state)
{
	struct server server = start();

	(void)state;
	expect_ready(&server);
	write_ini("bogus = 1\n");
	kill(server.pid, SIGHUP);
	expect_text("log", "bogus");
	expect_text("log", "going on with the one before");
	expect_text("log", "generation 2 is serving");
	assert_int_equal(stop(&server), 0);
}

static void
log_that_was_moved_away_is_made_when_it_is_in_use(void **state)
{
	(void)state;
	write_ini("[log]\naccess = access.log\n");
	struct server server = start();
	expect_ready(&server);
	assert_int_equal(access(path_below("access.log"), F_OK), 0);
	pid_t old_worker = pid_of("worker 0");
	unlink(path_below("access.log"));
	kill(server.pid, SIGUSR1);
	expect_text("log", "generation 2 is serving");
	assert_int_equal(access(path_below("access.log"), F_OK), 0);
	expect_gone(old_worker);
	assert_int_equal(access(path_below("access.log.new"), F_OK), -1);
	assert_int_equal(stop(&server), 0);
}

static void
publisher_may_ask_for_a_new_start_of_all(void **state)
{
	(void)state;
	setenv("TEST_WORKER", "restart all", 1);
	struct server server = start();
	expect_count("worker 0 2 ", 1);
	expect_text("log", "generation 2 is serving");
	assert_int_equal(stop(&server), 0);
}

static void
second_sigterm_does_not_wait(void **state)
{
	(void)state;
	setenv("TEST_WORKER", "stay", 1);
	setenv("TEST_CLOCK", "stands", 1); /* so the first alone would never end them */
	struct server server = start();
	expect_ready(&server);
	pid_t worker = pid_of("worker 0");
	kill(server.pid, SIGTERM);
	expect_text("log", "stopping");
	kill(server.pid, SIGTERM);
	assert_int_equal(status_of(&server), 0);
	expect_gone(worker);
}

static void
stubborn_child_is_killed_in_the_end(void **state)
{
	(void)state;
	setenv("TEST_WORKER", "stay", 1);
	struct server server = start();
	expect_ready(&server);
	assert_int_equal(stop(&server), 0);
	expect_text("log", "generation 1 did not finish in time: killing it");
}

static void
killed_supervisor_takes_its_children_and_the_lock_along(void **state)
{
	struct error err;
	struct server server = start();

	(void)state;
	expect_ready(&server);
	expect_count("publisher", 1);
	pid_t worker = pid_of("worker 0"), publisher = pid_of("publisher");
	kill(server.pid, SIGKILL);
	assert_int_equal(status_of(&server), -SIGKILL);
	expect_gone(worker);
	expect_gone(publisher);
	int fd = state_lock_take(path_below("var"), &err);
	assert_int_not_equal(fd, -1);
	close(fd);
	struct server next = start();
	expect_ready(&next);
	assert_int_equal(stop(&next), 0);
}

static void
upgrade_keeps_pid_sockets_and_ticket_key(void **state)
{
	struct server server = start();
	char key[8];

	(void)state;
	expect_ready(&server);
	expect_count("publisher -1 1 ", 1);
	pid_t old_worker = pid_of("worker 0"), old_publisher = pid_of("publisher");
	const char *first = strchr(text_of("notes"), '\n') - 2;
	snprintf(key, sizeof(key), " %.2s\n", first);
	kill(server.pid, SIGUSR2);
	expect_text("log", "generation 2 is serving");
	expect_gone(old_worker);
	expect_gone(old_publisher);
	expect_count("publisher -1 2 ", 1);
	assert_int_equal(count("notes", key), 6);
	int fd = unix_socket_connect(path_below("gemini.sock"), SOCK_STREAM);
	assert_int_not_equal(fd, -1);
	close(fd);
	assert_int_equal(access(path_below("var/control.sock"), F_OK), 0);
	assert_int_equal(stop(&server), 0);
	assert_int_equal(access(path_below("gemini.sock"), F_OK), -1);
}

static void
unknown_user_is_a_mistake_in_the_ini_file(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	write_ini("user = no-such-user\n");
	struct server server = start();
	assert_int_equal(status_of(&server), 2);
	expect_text("log", "[server] user = no-such-user");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    TEST(ready_line_comes_and_sigterm_leaves_nothing_behind),
	    TEST(worker_that_cannot_start_ends_the_first_start),
	    TEST(second_server_names_the_pid_of_the_first),
	    TEST(killed_child_is_started_again),
	    TEST(child_that_dies_at_once_is_not_started_in_a_frenzy),
	    TEST(child_that_dies_at_once_is_not_started_before_its_time),
	    TEST(child_that_scribbles_over_the_scoreboard_stops_nobody),
	    TEST(reload_begins_a_generation_and_drains_the_old_one),
	    TEST(reload_with_a_mistake_goes_on_with_what_was_there),
	    TEST(log_that_was_moved_away_is_made_when_it_is_in_use),
	    TEST(publisher_may_ask_for_a_new_start_of_all),
	    TEST(second_sigterm_does_not_wait),
	    TEST(stubborn_child_is_killed_in_the_end),
	    TEST(killed_supervisor_takes_its_children_and_the_lock_along),
	    TEST(upgrade_keeps_pid_sockets_and_ticket_key),
	    TEST(unknown_user_is_a_mistake_in_the_ini_file),
	};

	if (argc > 1 && strcmp(argv[1], "--version") == 0)
		return 0;
	if (argc > 1 && strcmp(argv[1], "serve") == 0)
		return serve(argc - 1, argv + 1);
	if (readlink("/proc/self/exe", own_path, sizeof(own_path) - 1) == -1)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
