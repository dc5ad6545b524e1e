#include "ipc/child.h"

#include <assert.h>
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>

void
child_signals(void)
{
	static const int ignored[] = {SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGPIPE};
	sigset_t none;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	signal(SIGTERM, SIG_DFL);
	signal(SIGCHLD, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

void
child_ready(int ready_fd)
{
	ssize_t n;

	assert(ready_fd != -1);
	do /* a supervisor that is gone takes its children along: no error to handle here */
		n = write(ready_fd, "", 1);
	while (n == -1 && errno == EINTR);
	close(ready_fd);
}

static void
on_first_turn(uv_async_t *handle)
{
	child_ready((int)(intptr_t)handle->data);
	uv_close((uv_handle_t *)handle, NULL);
}

bool
child_ready_in_loop(uv_loop_t *loop, int ready_fd)
{
	static uv_async_t first_turn;

	if (uv_async_init(loop, &first_turn, on_first_turn) != 0)
		return false;
	first_turn.data = (void *)(intptr_t)ready_fd;
	return uv_async_send(&first_turn) == 0;
}
