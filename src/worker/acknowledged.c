#include "worker/acknowledged.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

uint64_t
acknowledged_bytes(int tcp_fd)
{
	struct tcp_info info = {0};
	socklen_t len = sizeof(info);

	return getsockopt(tcp_fd, IPPROTO_TCP, TCP_INFO, &info, &len) == 0 ? info.tcpi_bytes_acked
									   : 0;
}
