/* The memory of uploads, and how it is shared out. */
#include "check.h"

#include "worker/upload_quota.h"

#define LARGEST ((uint64_t)8 * 1024 * 1024)
#define SHARE   (UPLOAD_QUOTA_AT_ONCE / UPLOAD_QUOTA_CLIENT_PART) /* uploads of that size */

static struct scoreboard *board;
static struct shared memory;

static int
set_up(void **state)
{
	(void)state;
	board = scoreboard_new(&memory);
	return board == NULL;
}

static int
tear_down(void **state)
{
	(void)state;
	shared_close(&memory);
	return 0;
}

static enum upload_quota_verdict
take(int slot, uint64_t client)
{
	return upload_quota_take(board, slot, client, LARGEST, LARGEST);
}

static void
take_some(int slot, uint64_t client, int uploads)
{
	for (int i = 0; i < uploads; i++)
		assert_int_equal(take(slot, client), UPLOAD_QUOTA_TAKEN);
}

static void
one_client_leaves_room_for_others(void **state)
{
	(void)state;

	take_some(0, 7, SHARE / 2);
	take_some(1, 7, SHARE - SHARE / 2); /* another worker's count as well */
	assert_int_equal(take(0, 7), UPLOAD_QUOTA_SHARE_HELD);
	assert_int_equal(take(2, 7), UPLOAD_QUOTA_SHARE_HELD);
	take_some(2, 8, UPLOAD_QUOTA_AT_ONCE - SHARE);
}

static void
what_has_ended_makes_room(void **state)
{
	(void)state;

	take_some(0, 7, SHARE);
	upload_quota_end(board, 0, 7, LARGEST);
	take_some(3, 7, 1);
	assert_int_equal(take(0, 7), UPLOAD_QUOTA_SHARE_HELD);
	for (int i = 1; i < SHARE; i++)
		upload_quota_end(board, 0, 7, LARGEST);
	upload_quota_end(board, 3, 7, LARGEST);
	for (int slot = 0; slot < 4; slot++)
		assert_int_equal(board->slots[slot].upload_bytes, 0);
	take_some(0, 7, SHARE);
}

static void
all_together_have_a_limit(void **state)
{
	(void)state;

	for (int i = 0; i < UPLOAD_QUOTA_AT_ONCE; i++)
		take_some(i % 3, (uint64_t)i + 1, 1);
	assert_int_equal(take(0, 99), UPLOAD_QUOTA_FULL);
	assert_int_equal(take(0, 1), UPLOAD_QUOTA_FULL);
	upload_quota_end(board, 0, 1, LARGEST);
	take_some(1, 99, 1);
}

static void
small_ones_are_not_counted_by_number(void **state)
{
	(void)state;

	for (int i = 0; i < 1000; i++)
		assert_int_equal(upload_quota_take(board, 0, 7, 1024, 1024), UPLOAD_QUOTA_TAKEN);
}

static void
a_worker_knows_so_many_uploaders_and_no_more(void **state)
{
	(void)state;

	for (uint64_t i = 1; i <= SCOREBOARD_UPLOADERS; i++)
		assert_int_equal(upload_quota_take(board, 0, i, 1, LARGEST), UPLOAD_QUOTA_TAKEN);
	assert_int_equal(upload_quota_take(board, 0, 1000, 1, LARGEST), UPLOAD_QUOTA_FULL);
	upload_quota_end(board, 0, 5, 1);
	assert_int_equal(upload_quota_take(board, 0, 1000, 1, LARGEST), UPLOAD_QUOTA_TAKEN);
}

static void
what_a_killed_worker_held_is_dropped(void **state)
{
	(void)state;

	take_some(0, 7, SHARE);
	scoreboard_clear(&board->slots[0]);
	take_some(0, 7, SHARE);
}

static void
nonsense_in_a_slot_makes_no_room(void **state)
{
	static const uint64_t lies[] = {UINT64_MAX, UINT64_MAX - LARGEST, (uint64_t)1 << 63};

	(void)state;
	for (size_t i = 0; i < ROWS(lies); i++) {
		board->slots[5].upload_bytes = lies[i];
		board->slots[6].upload_bytes = lies[i];
		assert_int_equal(take(0, 7), UPLOAD_QUOTA_FULL);
	}
	for (size_t i = 0; i < SCOREBOARD_SLOTS; i++)
		board->slots[i].upload_bytes = (uint64_t)1 << 56; /* all together: 0 modulo 2^64 */
	assert_int_equal(take(0, 7), UPLOAD_QUOTA_FULL);
}

static void
the_certificate_tells_clients_apart(void **state)
{
	struct visitor a = {.has_certificate = true}, b = {.has_certificate = true};

	(void)state;
	memset(a.certificate, '0', 64);
	memset(b.certificate, '0', 64);
	assert_int_not_equal(upload_quota_client(&a), 0);
	a.certificate[15] = 'a';
	b.certificate[15] = 'f';
	assert_int_equal(upload_quota_client(&a), 10);
	assert_int_equal(upload_quota_client(&b), 15);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(one_client_leaves_room_for_others),
	    TEST(what_has_ended_makes_room),
	    TEST(all_together_have_a_limit),
	    TEST(small_ones_are_not_counted_by_number),
	    TEST(a_worker_knows_so_many_uploaders_and_no_more),
	    TEST(what_a_killed_worker_held_is_dropped),
	    TEST(nonsense_in_a_slot_makes_no_room),
	    TEST(the_certificate_tells_clients_apart),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
