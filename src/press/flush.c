#include "press/flush.h"

#include <assert.h>

#include "press/batch.h"
#include "press/dates.h"
#include "press/editions.h"
#include "press/gone.h"
#include "press/ingest.h"

/* What is noted of a list while it is taken in, as somebody has changed it in this very moment, is
 * written then. */
static void
take_in_dates(struct press *press)
{
	struct strings lists = {0};

	for (int round = 0; round < 2; round++) {
		dates_write(press, &lists);
		for (size_t i = 0; i < lists.count; i++)
			ingest_path(press, lists.items[i]);
		strings_free(&lists);
	}
}

bool
press_flush(struct press *press, const struct press_credit *credit)
{
	if (!press->batch.is_open)
		return true;
	if (gone_write(press))
		ingest_path(press, GONE_PATH);
	take_in_dates(press);
	bool is_committed = batch_commit(press, credit);
	assert(!press->batch.is_open);
	editions_tend(press);
	return is_committed;
}
