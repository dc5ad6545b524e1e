/*
 * workerside - a worker as far as its link to the publisher sees one: real connections over TLS in
 * memory, a loop, and the test as the publisher at the other end of the channel.
 */
#ifndef UNIT_WORKERSIDE_H
#define UNIT_WORKERSIDE_H

#include "talk.h"

#include <dirent.h>
#include <signal.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include "clockwork.h"
#include "ipc/channel.h"
#include "ipc/message.h"
#include "ipc/sealed.h"
#include "worker/connection.h"
#include "worker/publisher_link.h"

#define SLOT      3
#define PORT      1970
#define PUBLISHER 7 /* the number that the first publisher says hello with */
#define PAGE      "gemini://a.test/desk/"
#define UPLOAD    "titan://a.test/x;size=10"
#define BODY      "0123456789"
#define LIMIT_MS  (PUBLISHER_LINK_SECONDS * 1000)
#define TICK_MS   250 /* how often the link looks who has waited too long */

#define COME_BACK "41 Try again soon: the desk does not answer now\r\n"
#define LOOK_FIRST                                                                                 \
	"41 No answer yet: what you sent may have been saved; look at /desk/ before you send it "  \
	"again\r\n"

static struct identity heidi;

static uint32_t drawn; /* unless 0, what chance gives the link to begin its ids behind */

ssize_t
getrandom(void *out, size_t len, unsigned flags)
{
	if (drawn == 0 || len != sizeof(drawn))
		return syscall(SYS_getrandom, out, len, flags);
	memcpy(out, &drawn, sizeof(drawn));
	return sizeof(drawn);
}

/* A worker, as far as the link sees one, and the publisher's end of its channel. */
static struct {
	uv_loop_t loop;
	int worker_fd, publisher_fd;
	struct publisher_link *link;
	struct shared memory;
	struct scoreboard *board;
	struct conn *open[8]; /* connections, which a test that fails leaves behind */
	struct buffer news;   /* hosts that have a new edition, each with a space behind it */
	int went_on;          /* connections that were moved by the publisher */
} worker;

/* What the publisher was sent last. */
static struct {
	struct channel_frame frame;
	int memfd;
	uint8_t bytes[CHANNEL_FRAME_MAX];
} heard;

/* --- the worker --- */

/* The link calls this one instead of that of worker/connection.c: tests move bytes themselves. */
void
connection_go_on(struct conn *conn)
{
	(void)conn;
	worker.went_on++;
}

static void
take_edition(void *arg, const char *host, size_t len)
{
	assert_ptr_equal(arg, &worker);
	buffer_append(&worker.news, host, len);
	buffer_putc(&worker.news, ' ');
}

static void
hand_to_link(void *arg, struct conn *conn, const struct conn_request *request)
{
	(void)arg;
	if (request->titan == NULL)
		publisher_link_page(worker.link, conn, request, PORT);
	else
		publisher_link_upload(worker.link, conn, request, PORT);
}

static void
worker_open(void)
{
	int ends[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends), 0);
	worker.worker_fd = ends[0];
	worker.publisher_fd = ends[1];
	worker.board = scoreboard_new(&worker.memory);
	assert_non_null(worker.board);
	assert_int_equal(uv_loop_init(&worker.loop), 0);
	worker.link = publisher_link_open(&(struct publisher_link_setup){
	    .loop = &worker.loop,
	    .channel_fd = worker.worker_fd,
	    .config = &room.config,
	    .board = worker.board,
	    .slot = SLOT,
	    .on_edition = take_edition,
	    .arg = &worker,
	});
	assert_non_null(worker.link);
	worker.went_on = 0;
}

static void
worker_close(void)
{
	for (size_t i = 0; i < ROWS(worker.open); i++) {
		conn_free(worker.open[i]);
		worker.open[i] = NULL;
	}
	publisher_link_close(worker.link);
	uv_run(&worker.loop, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&worker.loop), 0);
	close(worker.worker_fd);
	if (worker.publisher_fd != -1)
		close(worker.publisher_fd);
	shared_close(&worker.memory);
	buffer_free(&worker.news);
}

/* Lets the loop do all that is to be done now. */
static void
turn(void)
{
	for (int i = 0; i < 3; i++)
		uv_run(&worker.loop, UV_RUN_NOWAIT);
}

static void
pass(int64_t ms)
{
	clockwork.step_ns = ms * 1000000;
	uv_update_time(&worker.loop);
	clockwork.step_ns = 0;
	turn();
}

static int
count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	int count = 0;

	assert_non_null(folder);
	while (readdir(folder) != NULL)
		count++;
	closedir(folder);
	return count;
}

static uint64_t
counted_bytes(void)
{
	return worker.board->slots[SLOT].upload_bytes;
}

/* --- the publisher --- */

static enum channel_result
hear(void)
{
	turn();
	return channel_receive(
	    worker.publisher_fd, heard.bytes, sizeof(heard.bytes), &heard.frame, &heard.memfd);
}

static void
hear_nothing(void)
{
	assert_int_equal(hear(), CHANNEL_AGAIN);
}

static uint32_t
hear_frame(enum channel_kind kind)
{
	assert_int_equal(hear(), CHANNEL_OK);
	assert_int_equal(heard.frame.kind, kind);
	assert_int_equal(heard.memfd != -1, kind == CHANNEL_PUT || kind == CHANNEL_REPUT);
	return heard.frame.id;
}

/* Hears the question of heidi's, whose line is that one. */
static uint32_t
hear_question(enum channel_kind kind, const char *line)
{
	struct request_message question;
	uint32_t id = hear_frame(kind);

	assert_int_not_equal(id, 0);
	assert_true(message_decode_request(heard.frame.payload, heard.frame.len, &question));
	assert_int_equal(question.line_len, strlen(line));
	assert_memory_equal(question.line, line, strlen(line));
	assert_int_equal(question.port, PORT);
	assert_true(question.visitor.has_certificate);
	return id;
}

/* The same with a body, sealed and of just that size. */
static uint32_t
hear_body(enum channel_kind kind, const char *line, const char *body, size_t len)
{
	struct sealed sealed;
	struct error err;
	uint32_t id = hear_question(kind, line);

	assert_true(sealed_open(heard.memfd, len, &sealed, &err));
	assert_int_equal(sealed.len, len);
	assert_memory_equal(sealed.bytes, body, len);
	sealed_done(&sealed);
	close(heard.memfd);
	return id;
}

static void
tell(enum channel_kind kind, uint32_t id, const void *payload, size_t len, int memfd)
{
	struct channel_frame frame = {.kind = kind, .id = id, .payload = payload, .len = len};

	assert_int_equal(channel_send(worker.publisher_fd, &frame, memfd), CHANNEL_OK);
	turn();
}

static void
tell_go(uint32_t id)
{
	tell(CHANNEL_GO, id, "", 0, -1);
}

/* Answers with that file, if it is not NULL. */
static void
tell_answer(uint32_t id, enum gemini_status status, const char *meta, const char *file)
{
	struct buffer payload = BUFFER_EMPTY;
	struct response response;
	struct error err;

	response_init(&response);
	response_set(&response, status, "%s", meta);
	if (file != NULL) {
		response.file_fd = sealed_new(file, strlen(file), &err);
		response.file_bytes = (off_t)strlen(file);
		assert_int_not_equal(response.file_fd, -1);
	}
	message_encode_response(&response, &payload);
	tell(CHANNEL_ANSWER, id, payload.data, payload.len, response.file_fd);
	buffer_free(&payload);
	response_free(&response);
}

/* A publisher begins, and is greeted back. */
static void
begin_publisher(uint32_t number)
{
	tell(CHANNEL_HELLO, number, "", 0, -1);
	assert_int_equal(hear_frame(CHANNEL_HELLO), number);
}

/* Leaves no room in the channel; returns how many frames are in the way. */
static int
fill_channel(void)
{
	static const char ballast[CHANNEL_PAYLOAD_MAX];
	struct channel_frame frame = {
	    .kind = CHANNEL_GIVEN, .payload = ballast, .len = sizeof(ballast)};
	int count = 0;

	while (channel_send(worker.worker_fd, &frame, -1) == CHANNEL_OK)
		count++;
	assert_int_not_equal(count, 0);
	return count;
}

/* Takes them out again, all before the loop may use the room. */
static void
empty_channel(int count)
{
	while (count-- > 0) {
		assert_int_equal(channel_receive(worker.publisher_fd, heard.bytes,
				     sizeof(heard.bytes), &heard.frame, &heard.memfd),
		    CHANNEL_OK);
		assert_int_equal(heard.frame.kind, CHANNEL_GIVEN);
	}
}

/* --- clients --- */

static void
say_more(struct talk *t, const char *text)
{
	say(t, text);
	pump(t->client, t->conn);
}

/* Notes that a connection is open, in the place of that one. */
static void
note_open(const struct conn *old, struct conn *new)
{
	size_t i = 0;

	while (i < ROWS(worker.open) && worker.open[i] != old)
		i++;
	assert_true(i < ROWS(worker.open));
	worker.open[i] = new;
}

static void
bye(struct talk *t)
{
	note_open(t->conn, NULL);
	talk_end(t);
}

/* heidi asks with that line; more follows it in another record. */
static struct talk
ask(const char *line, const char *more)
{
	struct talk t = talk_with(TLS1_3_VERSION, "a.test", &heidi);

	note_open(NULL, t.conn);
	pump(t.client, t.conn);
	say(&t, line);
	say_more(&t, "\r\n");
	if (*more != '\0')
		say_more(&t, more);
	turn();
	return t;
}

static void
assert_said(struct talk *t, const char *text)
{
	pump(t->client, t->conn);
	assert_string_equal(t->client->got, text);
	assert_int_equal(t->client->is_closed, *text != '\0');
}

/* How far some business with the publisher has got. */
enum stage {
	PAGE_UNSENT, /* the channel is full */
	PAGE_ASKED,
	MAY_UNSENT,
	MAY_ASKED,
	BODY_COMES, /* half of it is here */
	PUT_UNSENT,
	PUT_ASKED,
	REPUT_UNSENT, /* another publisher has begun */
	REPUT_ASKED,
};

struct business {
	struct talk talk;
	uint32_t id; /* 0: nothing was asked */
	int ballast; /* in the channel */
};

static struct business
reach_upload(enum stage stage)
{
	struct business b = {.talk = ask(UPLOAD, "")};

	b.id = hear_question(CHANNEL_MAY, UPLOAD);
	if (stage == MAY_ASKED)
		return b;
	tell_go(b.id);
	say_more(&b.talk, "01234");
	if (stage == BODY_COMES)
		return b;
	if (stage == PUT_UNSENT)
		b.ballast = fill_channel();
	say_more(&b.talk, "56789");
	if (stage == PUT_UNSENT)
		return b;
	hear_body(CHANNEL_PUT, UPLOAD, BODY, 10);
	if (stage == REPUT_UNSENT) {
		b.ballast = fill_channel();
		tell(CHANNEL_HELLO, PUBLISHER + 1, "", 0, -1);
	} else if (stage == REPUT_ASKED) {
		begin_publisher(PUBLISHER + 1);
		hear_body(CHANNEL_REPUT, UPLOAD, BODY, 10);
	}
	return b;
}

static struct business
reach(enum stage stage)
{
	struct business b = {.id = 0};

	switch (stage) {
	case PAGE_UNSENT:
	case MAY_UNSENT:
		b.ballast = fill_channel();
		b.talk = ask(stage == PAGE_UNSENT ? PAGE : UPLOAD, "");
		return b;
	case PAGE_ASKED:
		b.talk = ask(PAGE, "");
		b.id = hear_question(CHANNEL_ASK, PAGE);
		return b;
	case MAY_ASKED:
	case BODY_COMES:
	case PUT_UNSENT:
	case PUT_ASKED:
	case REPUT_UNSENT:
	case REPUT_ASKED:
		break;
	}
	return reach_upload(stage);
}

#endif
