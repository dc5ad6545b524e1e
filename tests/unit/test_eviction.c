/* Whose turn it is to make room when the server is full. */
#include "check.h"

#include "worker/eviction.h"

#define SECOND_NS ((uint64_t)1000000000)
#define OWN_NS    (100 * SECOND_NS)
#define LONG_NS   (OWN_NS - 5 * SECOND_NS) /* has waited for much longer */
#define NEAR_NS   (OWN_NS - SECOND_NS / 2) /* and for a bit longer */
#define STEP_MS   5

/* Asks every few milliseconds; returns after how long it is ours, or most_ms. */
static uint64_t
wait_for(struct eviction *eviction, uint64_t oldest_ns, uint64_t from_ms, uint64_t most_ms)
{
	uint64_t waited_ms = 0;

	while (waited_ms < most_ms &&
	       !eviction_is_ours(eviction, OWN_NS, oldest_ns, from_ms + waited_ms))
		waited_ms += STEP_MS;
	return waited_ms;
}

static void
who_holds_the_oldest_makes_room(void **state)
{
	struct eviction eviction = {0};

	(void)state;
	assert_true(eviction_is_ours(&eviction, OWN_NS, OWN_NS, 1000));
	assert_false(eviction_is_ours(&eviction, OWN_NS, OWN_NS - 1, 1000));
	assert_false(eviction_is_ours(&eviction, OWN_NS, LONG_NS, 1000));
}

static void
who_holds_nobody_never_makes_room(void **state)
{
	struct eviction eviction = {0};

	(void)state;
	for (uint64_t now_ms = 1000; now_ms < 5000; now_ms += STEP_MS) {
		assert_false(eviction_is_ours(&eviction, 0, OWN_NS, now_ms));
		assert_false(eviction_is_ours(&eviction, 0, 0, now_ms));
	}
}

static void
who_does_not_answer_loses_the_turn(void **state)
{
	struct eviction eviction = {0};

	(void)state;
	assert_int_equal(wait_for(&eviction, LONG_NS, 1000, 5000), EVICTION_SILENT_MS);
	assert_int_equal(wait_for(&eviction, LONG_NS, 1000 + EVICTION_SILENT_MS, 5000), 0);
}

static void
who_answers_keeps_the_turn(void **state)
{
	struct eviction eviction = {0};

	(void)state;
	for (uint64_t i = 0; i < 1000; i++)
		assert_false(eviction_is_ours(&eviction, OWN_NS, LONG_NS + i, 1000 + i * STEP_MS));
}

static void
a_storm_waits_for_no_turn_among_those_who_wait_alike(void **state)
{
	struct eviction eviction = {0};
	uint64_t now_ms = 1000;

	(void)state;
	for (; now_ms < 1000 + EVICTION_STORM_MS; now_ms += STEP_MS)
		assert_false(eviction_is_ours(&eviction, OWN_NS, NEAR_NS + now_ms, now_ms));
	for (; now_ms < 5000; now_ms += STEP_MS)
		assert_true(eviction_is_ours(&eviction, OWN_NS, NEAR_NS + now_ms, now_ms));
	assert_false(eviction_is_ours(&eviction, OWN_NS, LONG_NS, now_ms));
}

static void
a_knock_now_and_then_is_no_storm(void **state)
{
	struct eviction eviction = {0};

	(void)state;
	for (uint64_t now_ms = 1000; now_ms < 5000; now_ms += EVICTION_CALM_MS + 1)
		assert_false(eviction_is_ours(&eviction, OWN_NS, NEAR_NS, now_ms));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(who_holds_the_oldest_makes_room),
	    cmocka_unit_test(who_holds_nobody_never_makes_room),
	    cmocka_unit_test(who_does_not_answer_loses_the_turn),
	    cmocka_unit_test(who_answers_keeps_the_turn),
	    cmocka_unit_test(a_storm_waits_for_no_turn_among_those_who_wait_alike),
	    cmocka_unit_test(a_knock_now_and_then_is_no_storm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
