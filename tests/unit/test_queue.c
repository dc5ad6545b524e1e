#include "check.h"

#include <stdio.h>
#include <stdlib.h>

#include "press/queue.h"

/* Whether the oldest path is that one; takes it. */
static bool
next_is(struct queue *queue, const char *expected)
{
	char *path = queue_take(queue);
	bool is_next = path != NULL && strcmp(path, expected) == 0;

	free(path);
	return is_next;
}

static void
first_come_is_first_served(void **state)
{
	(void)state;
	struct queue queue = {0};
	char path[32];
	int taken = 0;

	for (int i = 0; i < 1000; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		assert_int_equal(queue_add(&queue, path), QUEUE_TAKEN);
		if (i % 3 != 0)
			continue; /* the ring goes round while it grows */
		snprintf(path, sizeof(path), "/%d", taken++);
		assert_true(next_is(&queue, path));
	}
	for (; taken < 1000; taken++) {
		snprintf(path, sizeof(path), "/%d", taken);
		assert_true(next_is(&queue, path));
	}
	assert_null(queue_take(&queue));
	queue_clear(&queue);
}

static void
the_same_path_in_a_row_counts_once(void **state)
{
	(void)state;
	struct queue queue = {0};

	queue_add(&queue, "/a");
	queue_add(&queue, "/a");
	queue_add(&queue, "/b");
	queue_add(&queue, "/a");
	assert_int_equal(queue.count, 3);
	assert_true(next_is(&queue, "/a"));
	assert_true(next_is(&queue, "/b"));
	assert_true(next_is(&queue, "/a"));
	queue_clear(&queue);
}

static void
a_full_queue_says_so(void **state)
{
	(void)state;
	struct queue queue = {0};
	char path[32];

	for (int i = 0; i < QUEUE_MAX; i++) {
		snprintf(path, sizeof(path), "/%d", i);
		assert_int_equal(queue_add(&queue, path), QUEUE_TAKEN);
	}
	assert_int_equal(queue_add(&queue, "/one/more"), QUEUE_FULL);
	queue_clear(&queue);
	assert_int_equal(queue_add(&queue, "/one/more"), QUEUE_TAKEN);
	queue_clear(&queue);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(first_come_is_first_served),
	    cmocka_unit_test(the_same_path_in_a_row_counts_once),
	    cmocka_unit_test(a_full_queue_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
