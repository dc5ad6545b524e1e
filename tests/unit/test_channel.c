#include "ipc/channel.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static int ends[2]; /* of a fresh channel, for each test */
static uint8_t received[CHANNEL_FRAME_MAX];

static int
channel_begin(void **state)
{
	(void)state;
	return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends);
}

static int
channel_end(void **state)
{
	(void)state;
	close(ends[0]);
	close(ends[1]);
	return 0;
}

static int
open_descriptors(void)
{
	int count = 0;

	for (int fd = 0; fd < 256; fd++)
		count += fcntl(fd, F_GETFD) != -1;
	return count;
}

/* Sends raw bytes with that many copies of standard input along. */
static void
send_raw(const void *bytes, size_t len, size_t descriptors)
{
	struct iovec part = {.iov_base = (void *)bytes, .iov_len = len};
	union {
		struct cmsghdr align;
		char bytes[CMSG_SPACE(4 * sizeof(int))];
	} ancillary = {0};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	int fds[4] = {0};

	if (descriptors > 0) {
		message.msg_control = ancillary.bytes;
		message.msg_controllen = CMSG_SPACE(descriptors * sizeof(int));
		struct cmsghdr *c = CMSG_FIRSTHDR(&message);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(descriptors * sizeof(int));
		memcpy(CMSG_DATA(c), fds, descriptors * sizeof(int));
	}
	assert_int_equal(sendmsg(ends[0], &message, 0), (ssize_t)len);
}

static void
bad_datagrams_are_no_frames(void **state)
{
	static const struct {
		const char *label;
		const char *bytes;
		size_t len;
		bool expected;
	} cases[] = {
	    {"empty", "", 0, false},
	    {"head cut", "\1\4\0\0\0\0\0\1\0\0\0", 11, false},
	    {"no payload", "\1\4\0\0\0\0\0\1\0\0\0\0", 12, true},
	    {"payload", "\1\4\0\0\0\0\0\1\0\0\0\2hi", 14, true},
	    {"wrong version", "\2\4\0\0\0\0\0\1\0\0\0\0", 12, false},
	    {"version 0", "\0\4\0\0\0\0\0\1\0\0\0\0", 12, false},
	    {"kind 0", "\1\0\0\0\0\0\0\1\0\0\0\0", 12, false},
	    {"unknown kind", "\1\17\0\0\0\0\0\1\0\0\0\0", 12, false},
	    {"reserved byte", "\1\4\1\0\0\0\0\1\0\0\0\0", 12, false},
	    {"other reserved byte", "\1\4\0\1\0\0\0\1\0\0\0\0", 12, false},
	    {"length too small", "\1\4\0\0\0\0\0\1\0\0\0\1hi", 14, false},
	    {"length too large", "\1\4\0\0\0\0\0\1\0\0\0\3hi", 14, false},
	    {"length near 2^32", "\1\4\0\0\0\0\0\1\xff\xff\xff\xf4", 12, false},
	};
	struct channel_frame frame;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool is_frame = channel_decode(cases[i].bytes, cases[i].len, &frame);
		if (is_frame != cases[i].expected)
			print_error("%s\n", cases[i].label);
		assert_int_equal(is_frame, cases[i].expected);
	}
}

static void
a_frame_arrives_as_it_was_sent(void **state)
{
	const struct channel_frame sent = {CHANNEL_EDITION, 0xfedcba98, "example.org", 11};
	struct channel_frame frame;
	int memfd;

	(void)state;
	assert_int_equal(channel_send(ends[0], &sent, -1), CHANNEL_OK);
	assert_int_equal(
	    channel_receive(ends[1], received, sizeof(received), &frame, &memfd), CHANNEL_OK);
	assert_int_equal(frame.kind, CHANNEL_EDITION);
	assert_int_equal(frame.id, 0xfedcba98);
	assert_int_equal(frame.len, 11);
	assert_memory_equal(frame.payload, "example.org", 11);
	assert_int_equal(memfd, -1);
}

static void
the_largest_frame_fits(void **state)
{
	static char payload[CHANNEL_PAYLOAD_MAX];
	const struct channel_frame sent = {CHANNEL_DONE, 1, payload, sizeof(payload)};
	struct channel_frame frame;
	int memfd;

	(void)state;
	memset(payload, 'x', sizeof(payload));
	assert_int_equal(channel_send(ends[0], &sent, -1), CHANNEL_OK);
	assert_int_equal(
	    channel_receive(ends[1], received, sizeof(received), &frame, &memfd), CHANNEL_OK);
	assert_int_equal(frame.len, sizeof(payload));
	assert_memory_equal(frame.payload, payload, sizeof(payload));
}

static void
a_memfd_comes_along_and_is_closed_on_exec(void **state)
{
	const struct channel_frame sent = {CHANNEL_DONE, 7, "", 0};
	struct channel_frame frame;
	char text[6] = "";
	int memfd = memfd_create("test", MFD_CLOEXEC), got;

	(void)state;
	assert_int_equal(write(memfd, "hello", 5), 5);
	assert_int_equal(channel_send(ends[0], &sent, memfd), CHANNEL_OK);
	close(memfd);
	assert_int_equal(
	    channel_receive(ends[1], received, sizeof(received), &frame, &got), CHANNEL_OK);
	assert_int_not_equal(got, -1);
	assert_int_equal(fcntl(got, F_GETFD), FD_CLOEXEC);
	assert_int_equal(pread(got, text, 5, 0), 5);
	assert_string_equal(text, "hello");
	close(got);
}

static void
no_descriptor_is_kept_of_a_bad_frame(void **state)
{
	static const struct {
		const char *label;
		const char *bytes;
		size_t len, descriptors;
	} cases[] = {
	    {"wrong version, one", "\2\4\0\0\0\0\0\1\0\0\0\0", 12, 1},
	    {"good frame, two", "\1\4\0\0\0\0\0\1\0\0\0\0", 12, 2},
	    {"good frame, four", "\1\4\0\0\0\0\0\1\0\0\0\0", 12, 4},
	    {"one byte, one", "\1", 1, 1},
	};
	struct channel_frame frame;
	int memfd, before = open_descriptors();

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		send_raw(cases[i].bytes, cases[i].len, cases[i].descriptors);
		enum channel_result result =
		    channel_receive(ends[1], received, sizeof(received), &frame, &memfd);
		if (result != CHANNEL_BROKEN || open_descriptors() != before)
			print_error("%s\n", cases[i].label);
		assert_int_equal(result, CHANNEL_BROKEN);
		assert_int_equal(memfd, -1);
		assert_int_equal(open_descriptors(), before);
	}
}

static void
a_datagram_longer_than_a_frame_is_broken(void **state)
{
	static char bytes[CHANNEL_FRAME_MAX + 1] = "\1\4\0\0\0\0\0\1\0\0\x7f\xf4";
	struct channel_frame frame;
	int memfd;

	(void)state;
	send_raw(bytes, sizeof(bytes), 1);
	assert_int_equal(
	    channel_receive(ends[1], received, sizeof(received), &frame, &memfd), CHANNEL_BROKEN);
	assert_int_equal(memfd, -1);
}

static void
nothing_there_is_again(void **state)
{
	struct channel_frame frame;
	int memfd;

	(void)state;
	assert_int_equal(
	    channel_receive(ends[1], received, sizeof(received), &frame, &memfd), CHANNEL_AGAIN);
}

static void
a_full_channel_does_not_block(void **state)
{
	static char payload[CHANNEL_PAYLOAD_MAX];
	const struct channel_frame sent = {CHANNEL_DONE, 1, payload, sizeof(payload)};
	enum channel_result result;
	int count = 0;

	(void)state;
	while ((result = channel_send(ends[0], &sent, -1)) == CHANNEL_OK && count < 10000)
		count++;
	assert_int_equal(result, CHANNEL_AGAIN);
	assert_true(count > 0);
}

static void
a_peer_that_left_is_closed_both_ways(void **state)
{
	const struct channel_frame sent = {CHANNEL_DONE, 1, "", 0};
	struct channel_frame frame;
	int memfd;

	(void)state;
	shutdown(ends[1], SHUT_RDWR);
	assert_int_equal(channel_send(ends[0], &sent, -1), CHANNEL_CLOSED);
	assert_int_equal(
	    channel_receive(ends[0], received, sizeof(received), &frame, &memfd), CHANNEL_CLOSED);
}

/* Else a worker gone bad could leave its successors without a publisher. */
static void
an_empty_datagram_is_no_end(void **state)
{
	const struct channel_frame sent = {CHANNEL_DONE, 1, "", 0};
	struct channel_frame frame;
	int memfd;

	(void)state;
	send_raw("", 0, 0);
	assert_int_equal(channel_send(ends[0], &sent, -1), CHANNEL_OK);
	assert_int_equal(
	    channel_receive(ends[1], received, sizeof(received), &frame, &memfd), CHANNEL_BROKEN);
	assert_int_equal(
	    channel_receive(ends[1], received, sizeof(received), &frame, &memfd), CHANNEL_OK);
}

int
main(void)
{
#define CHANNEL_TEST(test) cmocka_unit_test_setup_teardown(test, channel_begin, channel_end)
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(bad_datagrams_are_no_frames),
	    CHANNEL_TEST(a_frame_arrives_as_it_was_sent),
	    CHANNEL_TEST(the_largest_frame_fits),
	    CHANNEL_TEST(a_memfd_comes_along_and_is_closed_on_exec),
	    CHANNEL_TEST(no_descriptor_is_kept_of_a_bad_frame),
	    CHANNEL_TEST(a_datagram_longer_than_a_frame_is_broken),
	    CHANNEL_TEST(nothing_there_is_again),
	    CHANNEL_TEST(a_full_channel_does_not_block),
	    CHANNEL_TEST(an_empty_datagram_is_no_end),
	    CHANNEL_TEST(a_peer_that_left_is_closed_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
