/* The worker's side of an upload and of a page of the desk. */
#include "workerside.h"

static int
set_up(void **state)
{
	each_test_anew(state);
	setup.handler = hand_to_link;
	setup.body = publisher_link_body;
	setup.forget = publisher_link_forget;
	setup.handler_arg = NULL;
	clockwork.is_stepped = true;
	worker_open();
	assert_int_equal(hear_frame(CHANNEL_HELLO), 0);
	return 0;
}

static int
set_up_with_publisher(void **state)
{
	set_up(state);
	begin_publisher(PUBLISHER);
	return 0;
}

static int
tear_down(void **state)
{
	(void)state;
	worker_close();
	return 0;
}

/* Between two rows of a table. */
static void
start_anew(void **state)
{
	tear_down(state);
	set_up_with_publisher(state);
}

static void
nothing_is_asked_before_a_publisher_has_said_hello(void **state)
{
	struct talk page = ask(PAGE, ""), upload = ask(UPLOAD, "");

	(void)state;
	hear_nothing();
	tell(CHANNEL_HELLO, 0, "", 0, -1); /* no number of a publisher's */
	hear_nothing();
	begin_publisher(PUBLISHER);
	uint32_t first = hear_question(CHANNEL_ASK, PAGE);
	uint32_t second = hear_question(CHANNEL_MAY, UPLOAD);
	assert_int_not_equal(first, second);
	hear_nothing();
	bye(&page);
	bye(&upload);
}

static void
ids_go_round_without_0(void **state)
{
	(void)state;
	drawn = UINT32_MAX - 1;
	start_anew(state);
	drawn = 0;
	struct business before = reach(PAGE_ASKED), behind = reach(PAGE_ASKED);
	assert_int_equal(before.id, UINT32_MAX);
	assert_int_equal(behind.id, 1);
	bye(&before.talk);
	bye(&behind.talk);
}

static void
a_page_is_asked_for_and_answered(void **state)
{
	int descriptors = count_descriptors();
	struct talk t = ask(PAGE, "");

	(void)state;
	assert_int_equal(counted_bytes(), 0);
	tell_answer(
	    hear_question(CHANNEL_ASK, PAGE), GEMINI_SUCCESS, "text/gemini", "# The desk\n");
	assert_int_equal(worker.went_on, 1);
	assert_said(&t, "20 text/gemini\r\n# The desk\n");
	hear_nothing();
	bye(&t);
	assert_int_equal(count_descriptors(), descriptors);
}

static void
an_upload_asks_twice_and_its_body_travels_sealed(void **state)
{
	static const struct {
		const char *label, *line, *before, *after;
	} cases[] = {
	    {"a body that waits to be wanted", UPLOAD, "", BODY},
	    {"one that does not", UPLOAD, BODY, ""},
	    {"some of each", UPLOAD, "0123", "456789"},
	    {"none at all", "titan://a.test/x;size=0", "", ""},
	};

	for (size_t i = 0; i < ROWS(cases); i++) {
		size_t len = strlen(cases[i].before) + strlen(cases[i].after);
		int descriptors = count_descriptors();
		print_message("%s\n", cases[i].label);
		struct talk t = ask(cases[i].line, cases[i].before);
		uint32_t id = hear_question(CHANNEL_MAY, cases[i].line);
		hear_nothing();
		assert_int_equal(counted_bytes(), len);
		tell_go(id);
		if (*cases[i].after != '\0') {
			hear_nothing();
			say_more(&t, cases[i].after);
		}
		assert_int_equal(hear_body(CHANNEL_PUT, cases[i].line, BODY, len), id);
		assert_int_equal(counted_bytes(), len);
		assert_said(&t, "");
		tell_answer(id, GEMINI_REDIRECT, "/desk/x", NULL);
		assert_said(&t, "30 /desk/x\r\n");
		assert_int_equal(counted_bytes(), 0);
		assert_int_equal(count_descriptors(), descriptors);
		bye(&t);
		hear_nothing();
		start_anew(state);
	}
}

static void
a_long_body_arrives_whole(void **state)
{
	static const char line[] = "titan://a.test/x;size=100000";
	static char body[LONG_BODY];
	struct talk t = ask(line, "");

	(void)state;
	for (size_t i = 0; i < sizeof(body); i++)
		body[i] = body_byte(i);
	tell_go(hear_question(CHANNEL_MAY, line));
	for (size_t at = 0; at < sizeof(body); at += 1000) {
		hear_nothing();
		client_say(t.client, body + at, 1000);
		pump(t.client, t.conn);
	}
	hear_body(CHANNEL_PUT, line, body, sizeof(body));
	bye(&t);
}

static void
a_refusal_reaches_the_client_and_no_body_is_taken(void **state)
{
	int descriptors = count_descriptors();
	struct talk t = ask(UPLOAD, "01234");

	(void)state;
	tell_answer(hear_question(CHANNEL_MAY, UPLOAD), GEMINI_FAILURE, "Not here", NULL);
	assert_said(&t, "50 Not here\r\n");
	assert_int_equal(counted_bytes(), 0);
	say_more(&t, "56789");
	assert_int_equal(conn_state(t.conn), CONN_DRAIN);
	hear_nothing();
	assert_int_equal(count_descriptors(), descriptors);
	bye(&t);
}

static void
too_much_at_once_is_refused_and_asked_nobody(void **state)
{
	static const char line[] = "titan://a.test/x;size=20000000";
	struct talk first = ask(line, ""), second = ask(line, "");

	(void)state;
	hear_question(CHANNEL_MAY, line);
	hear_nothing();
	assert_said(&second,
	    "41 Wait until your other uploads are done: too much of yours is on its way\r\n");
	assert_int_equal(counted_bytes(), 20000000);
	bye(&first);
	assert_int_equal(counted_bytes(), 0);
	struct talk third = ask(line, "");
	hear_question(CHANNEL_MAY, line);
	bye(&second);
	bye(&third);
}

static void
an_upload_that_no_memory_is_left_for_is_told_to_come_back(void **state)
{
	static const char words[] = "41 Try again soon: out of memory\r\n";
	static const struct {
		const char *label;
		__rlimit_resource_t resource; /* as glibc calls it */
		bool comes;                   /* the body, before there is none */
	} cases[] = {
	    {"no descriptor", RLIMIT_NOFILE, false},
	    {"no room", RLIMIT_FSIZE, false},
	    {"no room for the rest", RLIMIT_FSIZE, true},
	};

	signal(SIGXFSZ, SIG_IGN);
	for (size_t i = 0; i < ROWS(cases); i++) {
		int descriptors = count_descriptors();
		struct rlimit usual, none;
		print_message("%s\n", cases[i].label);
		struct business b = reach(cases[i].comes ? BODY_COMES : MAY_ASKED);
		getrlimit(cases[i].resource, &usual);
		none = (struct rlimit){.rlim_cur = 3, .rlim_max = usual.rlim_max};
		assert_int_equal(setrlimit(cases[i].resource, &none), 0);
		if (cases[i].comes)
			say_more(&b.talk, "56789");
		else
			tell_go(b.id);
		setrlimit(cases[i].resource, &usual);
		assert_said(&b.talk, words);
		assert_int_equal(counted_bytes(), 0);
		assert_int_equal(count_descriptors(), descriptors);
		bye(&b.talk);
		start_anew(state);
	}
}

enum leaving { GONE, TOO_SLOW, FIN, TOO_LONG };

static void
leave(struct talk *t, enum leaving how)
{
	if (how == TOO_SLOW)
		conn_expired(t->conn);
	else if (how == FIN)
		conn_receive_end(t->conn);
	else if (how == TOO_LONG)
		say_more(t, "56789 and more");
	else
		bye(t);
}

static void
a_client_that_leaves_lets_go_of_what_it_held_and_late_answers_are_ignored(void **state)
{
	static const struct {
		const char *label;
		enum stage stage;
		enum leaving how;
		uint64_t counted;
	} cases[] = {
	    {"a page that was not asked for yet", PAGE_UNSENT, GONE, 0},
	    {"a page", PAGE_ASKED, GONE, 0},
	    {"an upload that was not asked about yet", MAY_UNSENT, GONE, 10},
	    {"an upload", MAY_ASKED, GONE, 10},
	    {"an upload that waited too long", MAY_ASKED, TOO_SLOW, 10},
	    {"a body on its way", BODY_COMES, GONE, 10},
	    {"a body that does not come", BODY_COMES, TOO_SLOW, 10},
	    {"a body that is cut", BODY_COMES, FIN, 10},
	    {"a body that is too long", BODY_COMES, TOO_LONG, 10},
	    {"a body that was not sent on yet", PUT_UNSENT, GONE, 10},
	    {"a body that was", PUT_ASKED, GONE, 10},
	    {"a body that was not sent again yet", REPUT_UNSENT, GONE, 10},
	    {"a body that was sent again", REPUT_ASKED, GONE, 10},
	};

	for (size_t i = 0; i < ROWS(cases); i++) {
		int descriptors = count_descriptors();
		print_message("%s\n", cases[i].label);
		struct business b = reach(cases[i].stage);
		assert_int_equal(counted_bytes(), cases[i].counted);
		leave(&b.talk, cases[i].how);
		assert_int_equal(counted_bytes(), 0);
		assert_int_equal(worker.board->slots[SLOT].uploaders[0].client, 0);
		assert_int_equal(count_descriptors(), descriptors);

		empty_channel(b.ballast);
		if (cases[i].stage == REPUT_UNSENT)
			assert_int_equal(hear_frame(CHANNEL_HELLO), PUBLISHER + 1);
		hear_nothing();
		worker.went_on = 0;
		tell_go(b.id);
		tell_answer(b.id, GEMINI_SUCCESS, "text/gemini", "late");
		assert_int_equal(worker.went_on, 0);
		assert_int_equal(count_descriptors(), descriptors);
		hear_nothing();
		if (cases[i].how != GONE)
			bye(&b.talk);
		start_anew(state);
	}
}

static void
the_next_publisher_is_asked_all_that_has_no_answer(void **state)
{
	struct business answered = reach(PAGE_ASKED), page = reach(PAGE_ASKED);
	struct business may = reach(MAY_ASKED), put = reach(PUT_ASKED), body = reach(BODY_COMES);

	(void)state;
	tell_answer(answered.id, GEMINI_SUCCESS, "text/gemini", "first");
	assert_said(&answered.talk, "20 text/gemini\r\nfirst");

	for (uint32_t number = PUBLISHER + 1; number < PUBLISHER + 3; number++) {
		begin_publisher(number);
		assert_int_equal(hear_question(CHANNEL_ASK, PAGE), page.id);
		assert_int_equal(hear_question(CHANNEL_MAY, UPLOAD), may.id);
		assert_int_equal(hear_body(CHANNEL_REPUT, UPLOAD, BODY, 10), put.id);
		hear_nothing();
		tell(CHANNEL_HELLO, number, "", 0, -1); /* greetings that cross change nothing */
		hear_nothing();
	}
	say_more(&body.talk, "56789");
	assert_int_equal(hear_body(CHANNEL_PUT, UPLOAD, BODY, 10), body.id);
	tell_go(may.id);
	say_more(&may.talk, BODY);
	assert_int_equal(hear_body(CHANNEL_PUT, UPLOAD, BODY, 10), may.id);

	const struct business *all[] = {&page, &may, &put, &body};
	worker.went_on = 0;
	for (size_t i = 0; i < ROWS(all); i++) {
		tell_answer(all[i]->id, GEMINI_FAILURE, "once", NULL);
		tell_answer(all[i]->id, GEMINI_SUCCESS, "text/gemini", "twice");
		struct talk t = all[i]->talk;
		assert_said(&t, "50 once\r\n");
		bye(&t);
	}
	assert_int_equal(worker.went_on, (int)ROWS(all));
	bye(&answered.talk);
}

static void
who_gets_no_answer_in_time_is_told_whether_to_look_first(void **state)
{
	static const struct {
		const char *label;
		enum stage stage;
		const char *words;
	} cases[] = {
	    {"a page that was not asked for", PAGE_UNSENT, COME_BACK},
	    {"a page", PAGE_ASKED, COME_BACK},
	    {"an upload that was not asked about", MAY_UNSENT, COME_BACK},
	    {"an upload", MAY_ASKED, COME_BACK},
	    {"a body that was not sent on", PUT_UNSENT, COME_BACK},
	    {"a body that was", PUT_ASKED, LOOK_FIRST},
	    {"a body that was not sent again", REPUT_UNSENT, LOOK_FIRST},
	    {"a body that was sent again", REPUT_ASKED, LOOK_FIRST},
	};

	for (size_t i = 0; i < ROWS(cases); i++) {
		print_message("%s\n", cases[i].label);
		struct business b = reach(cases[i].stage);
		worker.went_on = 0;
		pass(LIMIT_MS - 1);
		assert_int_equal(worker.went_on, 0);
		assert_said(&b.talk, "");
		pass(TICK_MS);
		assert_int_equal(worker.went_on, 1);
		assert_said(&b.talk, cases[i].words);
		assert_int_equal(counted_bytes(), 0);

		empty_channel(b.ballast);
		tell_answer(b.id, GEMINI_SUCCESS, "text/gemini", "late");
		assert_int_equal(worker.went_on, 1);
		bye(&b.talk);
		start_anew(state);
	}
}

static void
each_question_has_its_own_time_and_a_body_on_its_way_none(void **state)
{
	struct business b = reach(MAY_ASKED);

	(void)state;
	pass(LIMIT_MS - 1);
	tell_go(b.id);
	pass(10 * (int64_t)LIMIT_MS);
	assert_said(&b.talk, "");
	say_more(&b.talk, BODY);
	hear_body(CHANNEL_PUT, UPLOAD, BODY, 10);
	pass(LIMIT_MS - 1);
	assert_said(&b.talk, "");
	tell_answer(b.id, GEMINI_REDIRECT, "/desk/x", NULL);
	assert_said(&b.talk, "30 /desk/x\r\n");
	bye(&b.talk);
}

static void
a_full_channel_keeps_the_order(void **state)
{
	static const char *lines[] = {
	    "gemini://a.test/desk/1", UPLOAD, "gemini://a.test/desk/2", "gemini://a.test/desk/3"};
	struct talk talks[ROWS(lines)];
	int ballast = fill_channel();

	(void)state;
	for (size_t i = 0; i < ROWS(lines); i++)
		talks[i] = ask(lines[i], "");
	bye(&talks[2]); /* and is not asked for */
	empty_channel(ballast);
	hear_question(CHANNEL_ASK, lines[0]);
	hear_question(CHANNEL_MAY, lines[1]);
	hear_question(CHANNEL_ASK, lines[3]);
	hear_nothing();
	bye(&talks[0]);
	bye(&talks[1]);
	bye(&talks[3]);
}

static void
hello_comes_first_though_the_channel_is_full(void **state)
{
	struct business page = reach(PAGE_ASKED);
	int ballast = fill_channel();

	(void)state;
	tell(CHANNEL_HELLO, PUBLISHER + 1, "", 0, -1);
	struct talk later = ask(UPLOAD, "");
	empty_channel(ballast);
	assert_int_equal(hear_frame(CHANNEL_HELLO), PUBLISHER + 1);
	assert_int_equal(hear_question(CHANNEL_ASK, PAGE), page.id);
	hear_question(CHANNEL_MAY, UPLOAD);
	hear_nothing();
	bye(&page.talk);
	bye(&later);
}

static void
behind_a_closed_channel_nobody_waits_for_long(void **state)
{
	struct business page = reach(PAGE_ASKED), may = reach(MAY_ASKED);
	struct business body = reach(BODY_COMES), put = reach(PUT_ASKED);

	(void)state;
	close(worker.publisher_fd);
	worker.publisher_fd = -1;
	turn();
	struct talk later = ask(PAGE, "");
	say_more(&body.talk, "56789");
	assert_said(&page.talk, "");
	pass(TICK_MS);
	assert_said(&page.talk, COME_BACK);
	assert_said(&may.talk, COME_BACK);
	assert_said(&body.talk, COME_BACK);
	assert_said(&put.talk, LOOK_FIRST);
	assert_said(&later, COME_BACK);
	assert_int_equal(counted_bytes(), 0);
	bye(&page.talk);
	bye(&may.talk);
	bye(&body.talk);
	bye(&put.talk);
	bye(&later);
}

static void
what_answers_no_question_is_ignored(void **state)
{
	int descriptors = count_descriptors();
	struct business page = reach(PAGE_ASKED), body = reach(BODY_COMES);
	struct business put = reach(PUT_ASKED);

	(void)state;
	worker.went_on = 0;
	tell_answer(page.id - 1, GEMINI_SUCCESS, "text/gemini", "nobody's");
	tell_answer(0, GEMINI_SUCCESS, "text/gemini", "nobody's");
	tell_answer(body.id, GEMINI_SUCCESS, "text/gemini", "nothing was asked");
	tell_go(body.id);
	assert_int_equal(worker.went_on, 0);
	tell_go(page.id);
	tell_go(put.id);
	tell(CHANNEL_PUT, page.id, "", 0, -1);
	tell(CHANNEL_DONE, page.id, "", 0, -1);
	hear_nothing();
	assert_said(&page.talk, "");
	assert_said(&body.talk, "");
	assert_said(&put.talk, "");
	assert_int_equal(count_descriptors(), descriptors + 2); /* the two bodies */

	say_more(&body.talk, "56789");
	hear_body(CHANNEL_PUT, UPLOAD, BODY, 10);
	bye(&page.talk);
	bye(&body.talk);
	bye(&put.talk);
}

static void
frames_that_are_none_are_passed_over(void **state)
{
	static char too_long[CHANNEL_FRAME_MAX + 1] = {CHANNEL_VERSION, CHANNEL_ANSWER};
	static const struct {
		const char *label, *bytes;
		size_t len;
	} cases[] = {
	    {"nothing", "", 0},
	    {"half a head", "\1\xb", 2},
	    {"of another version", "\2\xb\0\0\0\0\0\1\0\0\0\0", 12},
	    {"of no kind", "\1\0\0\0\0\0\0\1\0\0\0\0", 12},
	    {"with another length", "\1\xb\0\0\0\0\0\1\0\0\0\1", 12},
	    {"too long", too_long, sizeof(too_long)},
	};

	for (size_t i = 0; i < ROWS(cases); i++) {
		print_message("%s\n", cases[i].label);
		struct business page = reach(PAGE_ASKED);
		assert_int_equal(
		    send(worker.publisher_fd, cases[i].bytes, cases[i].len, MSG_NOSIGNAL),
		    cases[i].len);
		hear_nothing();
		assert_said(&page.talk, "");
		tell_answer(page.id, GEMINI_FAILURE, "as ever", NULL);
		assert_said(&page.talk, "50 as ever\r\n");
		bye(&page.talk);
		start_anew(state);
	}
}

static void
an_answer_that_cannot_be_read_is_a_temporary_failure(void **state)
{
	int descriptors = count_descriptors();
	struct business page = reach(PAGE_ASKED);
	struct error err;
	int memfd = sealed_new("body", 4, &err);

	(void)state;
	tell(CHANNEL_ANSWER, page.id, "?", 1, memfd);
	close(memfd);
	assert_said(&page.talk, "40 Temporary failure\r\n");
	assert_int_equal(count_descriptors(), descriptors);
	bye(&page.talk);
}

static void
a_new_edition_is_told_on(void **state)
{
	(void)state;
	tell(CHANNEL_EDITION, 0, "a.test", 6, -1);
	tell(CHANNEL_EDITION, 0, "b.test", 6, -1);
	assert_string_equal(buffer_text(&worker.news), "a.test b.test ");
}

/* What a page was answered with is told while it is asked for: see worker.c. */
static void
note_page(void *arg, struct conn *conn, const struct conn_request *request)
{
	(void)arg;
	publisher_link_note(worker.link, request, PORT, 0x1234567890);
	handler.file_fd = -1;
	answer(conn);
}

static void
a_printing_is_told_unless_that_would_have_to_wait(void **state)
{
	struct request_message question;
	uint64_t printing;

	(void)state;
	setup.handler = note_page;
	struct talk before = ask(PAGE, "");
	hear_nothing();
	begin_publisher(PUBLISHER);
	struct talk told = ask(PAGE, "");
	hear_frame(CHANNEL_GIVEN);
	assert_true(
	    message_decode_printing(heard.frame.payload, heard.frame.len, &question, &printing));
	assert_int_equal(printing, 0x1234567890);
	assert_int_equal(question.line_len, strlen(PAGE));
	assert_true(question.visitor.has_certificate);
	int ballast = fill_channel();
	struct talk untold = ask(PAGE, "");
	assert_body(untold.client, 5);
	empty_channel(ballast);
	hear_nothing();
	bye(&before);
	bye(&told);
	bye(&untold);
}

static int
open_group(void **state)
{
	heidi = identity_usual("heidi");
	return open_room(state);
}

static int
close_group(void **state)
{
	identity_done(&heidi);
	return close_room(state);
}

#define LINK_TEST(name)  cmocka_unit_test_setup_teardown(name, set_up_with_publisher, tear_down)
#define EARLY_TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    EARLY_TEST(nothing_is_asked_before_a_publisher_has_said_hello),
	    LINK_TEST(ids_go_round_without_0),
	    LINK_TEST(a_page_is_asked_for_and_answered),
	    LINK_TEST(an_upload_asks_twice_and_its_body_travels_sealed),
	    LINK_TEST(a_long_body_arrives_whole),
	    LINK_TEST(a_refusal_reaches_the_client_and_no_body_is_taken),
	    LINK_TEST(too_much_at_once_is_refused_and_asked_nobody),
	    LINK_TEST(an_upload_that_no_memory_is_left_for_is_told_to_come_back),
	    LINK_TEST(a_client_that_leaves_lets_go_of_what_it_held_and_late_answers_are_ignored),
	    LINK_TEST(the_next_publisher_is_asked_all_that_has_no_answer),
	    LINK_TEST(who_gets_no_answer_in_time_is_told_whether_to_look_first),
	    LINK_TEST(each_question_has_its_own_time_and_a_body_on_its_way_none),
	    LINK_TEST(a_full_channel_keeps_the_order),
	    LINK_TEST(hello_comes_first_though_the_channel_is_full),
	    LINK_TEST(behind_a_closed_channel_nobody_waits_for_long),
	    LINK_TEST(what_answers_no_question_is_ignored),
	    LINK_TEST(frames_that_are_none_are_passed_over),
	    LINK_TEST(an_answer_that_cannot_be_read_is_a_temporary_failure),
	    LINK_TEST(a_new_edition_is_told_on),
	    EARLY_TEST(a_printing_is_told_unless_that_would_have_to_wait),
	};

	return cmocka_run_group_tests(tests, open_group, close_group);
}
