#include "supervisor/descriptors.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/log.h"

#define PER_CONNECTION 2  /* the socket, and the file that is being sent */
#define PER_CAPSULE    8  /* its folder, edition and their like */
#define PER_PROCESS    64 /* logs, channels, the event loop, listening sockets */

void
descriptors_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur < limit.rlim_max) {
		limit.rlim_cur = limit.rlim_max;
		if (setrlimit(RLIMIT_NOFILE, &limit) == -1)
			log_warning("the descriptor limit could not be raised");
	}
}

/* Any worker may be given all connections by the kernel, so each must be able to hold them. */
void
descriptors_fit(struct config *config)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur == RLIM_INFINITY)
		return;
	rlim_t reserved = PER_PROCESS + PER_CAPSULE * config->capsule_count;
	rlim_t room = limit.rlim_cur > reserved ? (limit.rlim_cur - reserved) / PER_CONNECTION : 0;
	if (room < 1)
		room = 1;
	if ((rlim_t)config->limits.connections <= room)
		return;
	log_warning(
	    "[limits] connections = %d is lowered to %d: a process may open only %llu files",
	    config->limits.connections, (int)room, (unsigned long long)limit.rlim_cur);
	config->limits.connections = (int)room;
}

static int
compare_ints(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return (x > y) - (x < y);
}

/* Closes first to last, both included. */
static void
close_between(int first, int last)
{
	long limit = sysconf(_SC_OPEN_MAX);

	if (first > last || close_range((unsigned)first, (unsigned)last, 0) == 0)
		return;
	for (int fd = first; fd <= last && fd < limit; fd++) /* a kernel before 5.9 */
		close(fd);
}

void
descriptors_keep_only(int *keep, size_t count)
{
	int next = STDERR_FILENO + 1;

	qsort(keep, count, sizeof(*keep), compare_ints);
	for (size_t i = 0; i < count; i++) {
		close_between(next, keep[i] - 1);
		if (keep[i] >= next)
			next = keep[i] + 1;
	}
	close_between(next, (int)(~0u >> 1));
}
