/* An answer is cut off when its file is not the one that was looked at any more. */
#include "net/delivery.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

static void
file_of_another_ctime_is_not_sent(void **state)
{
	(void)state;
	static const struct {
		const char *label;
		bool is_told;
		time_t later;
		bool expected;
	} rows[] = {
	    {"it is as it was", true, 0, true},
	    {"it was changed since", true, 1, false},
	    {"nobody asks", false, 0, true},
	};

	for (size_t i = 0; i < ROWS(rows); i++) {
		struct delivery delivery;
		struct response response;
		struct stat st;
		char record[DELIVERY_RECORD_BYTES];
		const char *out;
		size_t len;

		delivery_init(&delivery);
		response_init(&response);
		response_set(&response, GEMINI_SUCCESS, "image/gif");
		response.file_fd = memfd_create("picture", MFD_CLOEXEC);
		assert_int_equal(write(response.file_fd, "GIF", 3), 3);
		assert_int_equal(fstat(response.file_fd, &st), 0);
		response.file_bytes = 3;
		if (rows[i].is_told)
			response.file_changed = (struct timespec){
			    st.st_ctim.tv_sec - rows[i].later, st.st_ctim.tv_nsec};
		assert_true(delivery_begin(&delivery, &response));
		check_row(rows[i].label,
		    delivery_next(&delivery, record, &out, &len) == rows[i].expected);
		delivery_done(&delivery);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(file_of_another_ctime_is_not_sent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
