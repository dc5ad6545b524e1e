#include "ipc/channel.h"

#include <assert.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static void
put_u32(uint8_t *out, uint32_t value)
{
	out[0] = (uint8_t)(value >> 24);
	out[1] = (uint8_t)(value >> 16);
	out[2] = (uint8_t)(value >> 8);
	out[3] = (uint8_t)value;
}

static uint32_t
get_u32(const uint8_t *bytes)
{
	return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
	       bytes[3];
}

void
channel_encode_head(const struct channel_frame *frame, uint8_t out[static CHANNEL_HEAD])
{
	assert(frame->len <= CHANNEL_PAYLOAD_MAX);
	assert(frame->kind >= CHANNEL_EDITION && frame->kind <= CHANNEL_GIVEN);
	assert(frame->payload != NULL || frame->len == 0);
	out[0] = CHANNEL_VERSION;
	out[1] = (uint8_t)frame->kind;
	out[2] = 0;
	out[3] = 0;
	put_u32(out + 4, frame->id);
	put_u32(out + 8, (uint32_t)frame->len);
}

bool
channel_decode(const void *bytes, size_t len, struct channel_frame *out)
{
	const uint8_t *head = bytes;

	if (len < CHANNEL_HEAD || len > CHANNEL_FRAME_MAX)
		return false;
	if (head[0] != CHANNEL_VERSION || head[2] != 0 || head[3] != 0)
		return false;
	if (head[1] < CHANNEL_EDITION || head[1] > CHANNEL_GIVEN)
		return false;
	if (get_u32(head + 8) != len - CHANNEL_HEAD)
		return false;

	out->kind = (enum channel_kind)head[1];
	out->id = get_u32(head + 4);
	out->payload = head + CHANNEL_HEAD;
	out->len = len - CHANNEL_HEAD;
	assert(out->len <= CHANNEL_PAYLOAD_MAX);
	return true;
}

static enum channel_result
result_of_errno(void)
{
	switch (errno) {
	case EAGAIN:
	case ENOBUFS:
	case ENOMEM:
		return CHANNEL_AGAIN;
	case EPIPE:
	case ECONNRESET:
	case ENOTCONN:
		return CHANNEL_CLOSED;
	default:
		return CHANNEL_BROKEN;
	}
}

/* Room for one descriptor, aligned as the kernel wants it. */
union ancillary {
	struct cmsghdr align;
	char bytes[CMSG_SPACE(sizeof(int))];
};

enum channel_result
channel_send(int fd, const struct channel_frame *frame, int memfd)
{
	uint8_t head[CHANNEL_HEAD];
	struct iovec parts[2] = {
	    {.iov_base = head, .iov_len = sizeof(head)},
	    {.iov_base = (void *)frame->payload, .iov_len = frame->len},
	};
	struct msghdr message = {.msg_iov = parts, .msg_iovlen = 2};
	union ancillary ancillary = {0};
	ssize_t n;

	channel_encode_head(frame, head);
	if (memfd != -1) {
		message.msg_control = ancillary.bytes;
		message.msg_controllen = sizeof(ancillary.bytes);
		struct cmsghdr *c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &memfd, sizeof(int));
	}
	do
		n = sendmsg(fd, &message, MSG_NOSIGNAL);
	while (n == -1 && errno == EINTR);
	return n == -1 ? result_of_errno() : CHANNEL_OK;
}

/* Keeps the only descriptor that came along and closes any others: alignment leaves room for two
 * where one was meant. False if there was more than one. */
static bool
take_descriptor(struct msghdr *message, int *out_fd)
{
	size_t count = 0;

	for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		size_t here = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < here; i++) {
			int fd;
			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (count++ == 0)
				*out_fd = fd;
			else
				close(fd);
		}
	}
	return count <= 1;
}

/* Nothing was received: because nobody is there any more, or because that is what was sent. */
static enum channel_result
result_of_nothing(int fd)
{
	struct pollfd other_end = {.fd = fd, .events = POLLRDHUP};

	if (poll(&other_end, 1, 0) == 1 && (other_end.revents & (POLLRDHUP | POLLHUP)) != 0)
		return CHANNEL_CLOSED;
	return CHANNEL_BROKEN;
}

enum channel_result
channel_receive(int fd, void *buffer, size_t size, struct channel_frame *out, int *out_memfd)
{
	struct iovec part = {.iov_base = buffer, .iov_len = size};
	union ancillary ancillary;
	struct msghdr message = {
	    .msg_iov = &part,
	    .msg_iovlen = 1,
	    .msg_control = ancillary.bytes,
	    .msg_controllen = sizeof(ancillary.bytes),
	};
	ssize_t n;
	int memfd = -1;

	assert(size >= CHANNEL_FRAME_MAX); /* or a whole frame may be taken for a cut one */
	*out_memfd = -1;
	do
		n = recvmsg(fd, &message, MSG_CMSG_CLOEXEC);
	while (n == -1 && errno == EINTR);
	if (n == -1)
		return result_of_errno();

	bool is_good = take_descriptor(&message, &memfd) &&
		       (message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) == 0 &&
		       channel_decode(buffer, (size_t)n, out);
	if (is_good) {
		*out_memfd = memfd;
		return CHANNEL_OK;
	}
	if (memfd != -1)
		close(memfd);
	return n == 0 ? result_of_nothing(fd) : CHANNEL_BROKEN;
}
