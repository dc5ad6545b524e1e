/*
 * check - cmocka with the headers it wants first, and checks that name the row of a table.
 */
#ifndef UNIT_CHECK_H
#define UNIT_CHECK_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define ROWS(table) (sizeof(table) / sizeof((table)[0]))

/* Fails the test, naming the row, unless the condition holds. */
#define check_row(label, condition)                                                                \
	do {                                                                                       \
		if (!(condition))                                                                  \
			fail_msg("%s: %s", label, #condition);                                     \
	} while (false)

/* The same for two strings. */
#define check_row_text(label, actual, expected)                                                    \
	do {                                                                                       \
		const char *is_ = (actual), *should_ = (expected);                                 \
		if (strcmp(is_, should_) != 0)                                                     \
			fail_msg("%s: \"%s\", expected \"%s\"", label, is_, should_);              \
	} while (false)

#endif
