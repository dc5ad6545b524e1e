#include "check.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "supervisor/notify.h"

/* A service manager's socket at that name; an abstract one if it begins with "@". */
static int
manager_at(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	strcpy(address.sun_path, name);
	if (name[0] == '@')
		address.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	setenv("NOTIFY_SOCKET", name, 1);
	return fd;
}

static void
expect_message(int fd, const char *beginning)
{
	char message[256] = "";

	assert_true(recv(fd, message, sizeof(message) - 1, 0) > 0);
	if (strncmp(message, beginning, strlen(beginning)) != 0)
		fail_msg("\"%s\" does not begin with \"%s\"", message, beginning);
}

static void
each_state_is_one_datagram(void **state)
{
	char folder[] = "/tmp/test-notify-XXXXXX", path[64];

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/notify", folder);
	int fd = manager_at(path);
	notify_manager(NOTIFY_READY);
	expect_message(fd, "READY=1\n");
	notify_manager(NOTIFY_RELOADING);
	expect_message(fd, "RELOADING=1\nMONOTONIC_USEC=");
	notify_manager(NOTIFY_STOPPING);
	expect_message(fd, "STOPPING=1\n");
	close(fd);
	unlink(path);
	rmdir(folder);
}

static void
abstract_socket_is_found(void **state)
{
	char name[64];

	(void)state;
	snprintf(name, sizeof(name), "@test-notify-%ld", (long)getpid());
	int fd = manager_at(name);
	notify_manager(NOTIFY_READY);
	expect_message(fd, "READY=1\n");
	close(fd);
}

/* Tells the manager, and returns what the log says of it: static. */
static const char *
notify_and_listen(void)
{
	static char said[512];
	int real_fd = dup(STDERR_FILENO), fd = memfd_create("log", MFD_CLOEXEC);

	dup2(fd, STDERR_FILENO);
	notify_manager(NOTIFY_READY);
	dup2(real_fd, STDERR_FILENO);
	close(real_fd);
	ssize_t len = pread(fd, said, sizeof(said) - 1, 0);
	close(fd);
	assert_true(len >= 0);
	said[len] = '\0';
	return said;
}

static void
nobody_to_tell_is_no_trouble(void **state)
{
	(void)state;
	static const struct {
		const char *socket, *says; /* NULL: it is not set */
	} rows[] = {
	    {NULL, ""},
	    {"", ""},
	    {"/nowhere/to/be/found", "the service manager could not be told READY=1\n"},
	    {"@nobody-listens-here", "the service manager could not be told READY=1\n"},
	    {"/long/"
	     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	     "xx"
	     "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		"NOTIFY_SOCKET is too long: the service manager is not told\n"},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		if (rows[i].socket == NULL)
			unsetenv("NOTIFY_SOCKET");
		else
			setenv("NOTIFY_SOCKET", rows[i].socket, 1);
		const char *said = notify_and_listen();
		const char *words = strstr(said, "warning: ");
		check_row_text(rows[i].socket == NULL ? "(unset)" : rows[i].socket,
		    words == NULL ? said : words + strlen("warning: "), rows[i].says);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(each_state_is_one_datagram),
	    cmocka_unit_test(abstract_socket_is_found),
	    cmocka_unit_test(nobody_to_tell_is_no_trouble),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
