#include "supervisor/notify.h"

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/log.h"

static const char *const words[] = {
    [NOTIFY_READY] = "READY=1",
    [NOTIFY_RELOADING] = "RELOADING=1",
    [NOTIFY_STOPPING] = "STOPPING=1",
};

/* Type=notify-reload of systemd wants the monotonic time with RELOADING=1. */
static int
write_message(char *out, size_t size, enum notify_state state)
{
	struct timespec now;

	if (state != NOTIFY_RELOADING)
		return snprintf(out, size, "%s\n", words[state]);
	clock_gettime(CLOCK_MONOTONIC, &now);
	return snprintf(out, size, "%s\nMONOTONIC_USEC=%lld\n", words[state],
	    (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
}

void
notify_manager(enum notify_state state)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = getenv("NOTIFY_SOCKET");
	char message[128];

	if (path == NULL || *path == '\0')
		return;
	size_t len = strlen(path);
	if (len >= sizeof(address.sun_path)) {
		log_warning("NOTIFY_SOCKET is too long: the service manager is not told");
		return;
	}
	memcpy(address.sun_path, path, len);
	if (path[0] == '@') /* an abstract address begins with NUL, and ends where it ends */
		address.sun_path[0] = '\0';
	int message_len = write_message(message, sizeof(message), state);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t address_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	if (fd == -1 || sendto(fd, message, (size_t)message_len, 0, (struct sockaddr *)&address,
			    address_len) == -1)
		log_warning("the service manager could not be told %s", words[state]);
	if (fd != -1)
		close(fd);
}
