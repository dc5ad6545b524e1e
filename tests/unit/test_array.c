#include "check.h"

#include <stdint.h>
#include <stdlib.h>

#include "base/array.h"

static void
items_stay_while_it_grows(void **state)
{
	size_t *items = NULL, capacity = 0;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		size_t *grown = array_room(items, i, &capacity, sizeof(*items));
		assert_non_null(grown);
		assert_true(capacity > i);
		items = grown;
		items[i] = i;
	}
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(items[i], i);
	free(items);
}

static void
room_that_is_there_is_not_made_again(void **state)
{
	size_t capacity = 0;
	char *items = array_room(NULL, 0, &capacity, 1);

	(void)state;
	assert_non_null(items);
	size_t before = capacity;
	assert_ptr_equal(array_room(items, before - 1, &capacity, 1), items);
	assert_int_equal(capacity, before);
	free(items);
}

static void
too_much_changes_nothing(void **state)
{
	size_t capacity = SIZE_MAX / 4;
	char item = 'x';

	(void)state;
	assert_null(array_room(&item, capacity, &capacity, 16));
	assert_int_equal(capacity, SIZE_MAX / 4);
	assert_int_equal(item, 'x');
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(items_stay_while_it_grows),
	    cmocka_unit_test(room_that_is_there_is_not_made_again),
	    cmocka_unit_test(too_much_changes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
