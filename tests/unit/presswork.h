/*
 * presswork - a workshop for each test, and what its press made of the files there: what the tests
 * of a press at work share.
 */
#ifndef UNIT_PRESSWORK_H
#define UNIT_PRESSWORK_H

#include "workshop.h"

#include "base/buffer.h"
#include "history/history.h"

static struct workshop shop;

static inline int
presswork_set_up(void **state)
{
	(void)state;
	workshop_open(&shop);
	return 0;
}

static inline int
presswork_tear_down(void **state)
{
	(void)state;
	workshop_close(&shop);
	return 0;
}

static inline struct press_status
status(void)
{
	struct press_status status;

	press_status(shop.press, &status);
	return status;
}

/* What history holds at path, or "(absent)". */
static inline const char *
committed(const char *path)
{
	static char text[512];
	char repository[160];
	struct buffer bytes = BUFFER_EMPTY;
	struct error err;

	snprintf(repository, sizeof(repository), "%s/history.git", shop.printed);
	struct history *history = history_open(repository, &err);
	assert_non_null(history);
	snprintf(text, sizeof(text), "(absent)");
	if (history_read(history, "HEAD", path, &bytes, &err) == HISTORY_TAKEN)
		snprintf(text, sizeof(text), "%s", buffer_text(&bytes));
	buffer_free(&bytes);
	history_close(history);
	return text;
}

static inline const char *
source(const char *path)
{
	return workshop_source(&shop, path);
}

/* A test in a workshop of its own. */
#define PRESS_TEST(name)                                                                           \
	cmocka_unit_test_setup_teardown(name, presswork_set_up, presswork_tear_down)

#endif
